"""The outbox page of the demo, where a person trying it out reads the codes and mails the house would send."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from huiyin.notify import queries
from huiyin.org.doors import Request, public
from huiyin.platform.errors import NotFound


@public
def outbox(request: Request) -> HttpResponse:
    """Show the newest messages; absent outside the demo."""
    if not settings.OUTBOX_ONLY:
        raise NotFound()
    return render(request, "notify/outbox.html", {"messages_out": queries.outbox(request.actor)})
