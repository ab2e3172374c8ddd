"""The desk's page about one's own calendar of due days."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from huiyin.needs import actions
from huiyin.needs.queries import duedays
from huiyin.org.doors import Request, staff


@staff("need.read")
@never_cache
def my_calendar(request: Request) -> HttpResponse:
    """Show the address of one's calendar; make a new one, or end it."""
    if request.method == "POST":
        if request.POST.get("end"):
            actions.end_calendar(request.actor)
        else:
            actions.make_calendar(request.actor)
        return redirect("my_calendar")
    path = duedays.calendar_path(request.actor)
    return render(request, "needs/my_calendar.html", {"address": f"{settings.PUBLIC_URL}{path}" if path else ""})
