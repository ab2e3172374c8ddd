"""A person's due days as iCalendar (RFC 5545): one entry a day, behind a private address."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext, ngettext, override
from django.views.decorators.cache import never_cache
from icalendar import Calendar, Event

from huiyin.needs.queries import duedays
from huiyin.org.doors import Request, public
from huiyin.platform import clock, limits
from huiyin.platform.http import client_address

LINES_MOST = 20


def _summary(day: duedays.DueDay) -> str:
    parts = []
    if day.matters:
        parts.append(ngettext("%(count)s matter due", "%(count)s matters due", day.matters) % {"count": day.matters})
    if day.orders:
        parts.append(ngettext("%(count)s order due", "%(count)s orders due", day.orders) % {"count": day.orders})
    return gettext(", ").join(parts)


def _event(day: duedays.DueDay, owner: UUID) -> Event:
    event = Event()
    event.add("uid", f"{day.day.isoformat()}-{owner}@huiyin")
    event.add("dtstamp", clock.now())
    event.add("dtstart", day.day)
    event.add("dtend", day.day + timedelta(days=1))
    event.add("summary", _summary(day))
    rest = len(day.lines) - LINES_MOST
    more = [gettext("and %(count)s more") % {"count": rest}] if rest > 0 else []
    event.add("description", "\n".join([*day.lines[:LINES_MOST], *more]))
    event.add("url", f"{settings.PUBLIC_URL}/desk/")
    event.add("transp", "TRANSPARENT")
    return event


@public
@never_cache
def calendar(request: Request, user_id: UUID, token: str) -> HttpResponse:
    """The calendar behind a private address."""
    limits.hit("calendar", client_address(request), most=600, per_s=3600)
    owner = duedays.calendar_owner(request.actor, user_id, token=token)
    made = Calendar()
    with override("zh-hans"):
        made.add("prodid", "-//Huiyin//due days//ZH")
        made.add("version", "2.0")
        made.add("x-wr-calname", gettext("Due: %(name)s") % {"name": owner.name})
        made.add("refresh-interval;value=duration", "PT1H")
        for day in duedays.due_days(owner):
            made.add_component(_event(day, user_id))
    return HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8")
