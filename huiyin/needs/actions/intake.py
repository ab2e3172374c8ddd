"""A matter comes in. One transaction: the matter, its history, its contact, its messages, its jobs."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.needs import bearing, rules
from huiyin.needs.errors import OutsideReach
from huiyin.needs.events import NeedRegistered
from huiyin.needs.models import Barred, Contact, Move, Need, Photo, Ticket
from huiyin.needs.moving import tell
from huiyin.needs.routing import Route, route
from huiyin.notify import actions as notify
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import Actor, Kind
from huiyin.org.rules import plain_phone
from huiyin.platform import clock, crypto, events, limits, rows
from huiyin.platform.calendar import WorkCalendar
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow
from huiyin.platform.templatetags.web import local_day


@dataclass(frozen=True, slots=True)
class NewNeed:
    """What is asked of a new matter. `source` makes a repeated sending the same matter, as in `web:<uuid>`."""

    words: str
    channel: str
    source: str
    community_id: UUID | None = None
    building_id: UUID | None = None
    point: tuple[float, float] | None = None
    place_text: str = ""
    public: bool = False
    name: str = ""
    phone: str = ""
    email: str = ""
    about_staff: str = ""
    photos: tuple[str, ...] = ()
    received_at: datetime | None = None
    language: str = "zh-hans"
    category: str = ""  # a path of the tree
    ticket: "NewTicket | None" = None
    quiet: bool = False  # no confirmation goes out: what is loaded from a register was confirmed where it came in


@dataclass(frozen=True, slots=True)
class NewTicket:
    """The number and deadline a superior system gave."""

    system: str
    number: str
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the resident gets: code, PIN, link, the promised day and who has the matter now."""

    need_id: UUID
    code: str
    pin: str
    token: str
    promised_on: str
    unit_name: str
    urgent: bool


def _receipt(need: Need) -> Receipt:
    """Return the receipt of a matter."""
    unit_name = atlas.current().title(need.unit_id)
    return Receipt(
        need.id, need.code, bearing.pin_of(need.id), bearing.token_of(need.id),
        need.promised_on.isoformat(), unit_name, need.urgent,
    )  # fmt: skip


def _is_email(text: str) -> bool:
    try:
        validate_email(text.strip())
    except ValidationError:
        return False
    return len(text) <= 200


def _words_fault(words: str) -> str | Message | None:
    if not rules.fold(words):
        return "Please say what happened, in your own words."
    if len(words) > rules.WORDS_MOST:
        return Message(
            "This is longer than %(most)s characters. Please shorten it, or send the rest as a second matter.",
            {"most": rules.WORDS_MOST},
        )
    return None


def _time_fault(received_at: datetime | None) -> str | Message | None:
    if received_at is None:
        return None
    if received_at > clock.now():
        return Message("The time it was received lies in the future.")
    if received_at < clock.now() - timedelta(days=rules.OLDEST_DAYS):
        return Message("It was received more than a year ago. Please check the year.")
    return None


def _faults(actor: Actor, new: NewNeed) -> dict[str, str | Message]:
    faults: dict[str, str | Message] = {}
    if fault := _words_fault(new.words):
        faults["words"] = fault
    if "\x00" in new.words + new.place_text + new.name + new.email + new.about_staff:
        faults["words"] = "The text holds a character that cannot be stored. Please remove it."
    if new.email and not _is_email(new.email):
        faults["email"] = "This is not an e-mail address. Please check it."
    if fault := _time_fault(new.received_at):
        faults["received_at"] = fault
    if new.channel not in rules.CHANNELS or (not actor.works_by_grants and new.channel != "web"):
        faults["channel"] = "Please choose how the matter came in."
    for name, text, most in (
        ("place_text", new.place_text, 120),
        ("name", new.name, 60),
        ("about_staff", new.about_staff, 60),
    ):
        if len(text) > most:
            faults[name] = Message("At most %(most)s characters fit here.", {"most": most})
    return faults


def faults_of(actor: Actor, new: NewNeed) -> dict[str, str | Message]:
    """Return what `register` would refuse of a matter, by field, without taking it in; for a preview."""
    faults = _faults(actor, new)
    _checked_phone(new, faults)
    return faults


def _checked_phone(new: NewNeed, faults: dict[str, str | Message]) -> str:
    if not new.phone.strip():
        return ""
    try:
        return plain_phone(new.phone)
    except ValueError:
        faults["phone"] = "This is not a telephone number. Please check the digits."
        return ""


def _promised_on(new: NewNeed, received_at: datetime, calendar: WorkCalendar) -> date:
    """Return the promised day: a superior's deadline as it is, else five working days."""
    if new.ticket:
        return calendar.office_date(new.ticket.deadline_at)
    return rules.promised_on(calendar.office_date(received_at), calendar)


def _built(actor: Actor, new: NewNeed, where: Route, place: org.PlaceRow | None) -> Need:
    now = clock.now()
    received_at = new.received_at or now
    calendar = atlas.current().calendar
    lon, lat = new.point or ((place.lon, place.lat) if place else (None, None))
    return Need(
        code=rules.tracking_code(secrets.randbelow(10**10)), source=new.source, channel=new.channel, words=new.words,
        kind="complaint_staff" if new.about_staff.strip() else "", unit_id=where.unit.id, home_id=where.unit.id,
        building_id=place.building_id if place else None,
        place_text=" ".join(t for t in (place.text if place else "", new.place_text.strip()) if t)[:120],
        lon=lon, lat=lat, public=new.public and not new.about_staff, urgent=rules.is_emergency(new.words),
        owner_id=actor.user_id if actor.kind is Kind.RESIDENT else None, about_staff=new.about_staff.strip(),
        language=new.language, received_at=received_at,
        promised_on=_promised_on(new, received_at, calendar), category=new.category,
        registered_by_id=actor.user_id if actor.kind is Kind.STAFF else None, registered_at=now, changed_at=now,
    )  # fmt: skip


def _confirm(actor: Actor, need: Need, phone: str) -> None:
    with override(need.language):
        body = _(
            "Your matter was received: number %(code)s, PIN %(pin)s. You will have an answer by %(day)s at the latest. "
            "Progress: %(link)s"
        ) % {
            "code": rules.spoken_code(need.code),
            "pin": bearing.pin_of(need.id),
            "day": local_day(need.promised_on),
            "link": bearing.link_of(need.id, need.code),
        }
    letter = notify.Letter("sms", phone, "", body, about=f"need:{need.id}")
    notify.send(actor, letter, effect_key=f"need.received:{need.id}")


def _first_move(actor: Actor, need: Need) -> Move:
    office = actor.office
    return Move(
        need=need, at=need.registered_at, verb="register", from_state="", to_state=need.state, unit_id=need.unit_id,
        by_id=need.registered_by_id, by_kind=actor.kind_name, by_name=actor.name if actor.is_staff else "",
        by_unit_name=office[1] if office else "", stand_in_for=actor.stands_in_for,
    )  # fmt: skip


def _contact(need: Need, new: NewNeed, phone: str) -> list[Contact]:
    if not (new.name or phone or new.email):
        return []
    index, tail = crypto.phone_indexes(phone)
    name, number, email = (crypto.encrypt(text) for text in (new.name.strip(), phone, new.email.strip()))
    return [
        Contact(
            need=need, name_cipher=name, phone_cipher=number, phone_index=index, phone_tail=tail, email_cipher=email
        )
    ]  # fmt: skip


def _ticket(need: Need, new: NewNeed) -> list[Ticket]:
    given = new.ticket
    return [Ticket(need=need, system=given.system, number=given.number, deadline_at=given.deadline_at)] if given else []


@transaction.atomic
def _insert(actor: Actor, need: Need, new: NewNeed, *, phone: str, barred: frozenset[UUID], confirmed: bool) -> None:
    first = _first_move(actor, need)
    rows.insert(
        need,
        first,
        *_contact(need, new, phone),
        *_ticket(need, new),
        *(Barred(need=need, user_id=user_id) for user_id in sorted(barred)),
        *(Photo(need=need, file_id=sha, position=i) for i, sha in enumerate(new.photos)),
    )
    if confirmed:
        _confirm(actor, need, phone)
    events.emit(NeedRegistered(need.id))
    tell(need, first, by=actor)


def _sent_before(actor: Actor, new: NewNeed) -> Need | None:
    """Return the matter this very sending made before; the receipt of somebody else's is nobody's business."""
    known = Need.objects.filter(source=new.source).first()
    mine = actor.user_id if actor.kind is Kind.STAFF else None
    return known if known and known.words == new.words and known.registered_by_id == mine else None


def _check_route(actor: Actor, where: Route) -> None:
    if actor.kind is Kind.CLIENT and not where.fell_to.path.startswith(actor.paths("need.register")):
        raise OutsideReach()
    if actor.user_id in where.barred:
        raise NotNow(
            "A complaint about yourself is taken in by somebody else.", hint="Please let a colleague register it."
        )


def register(actor: Actor, *, new: NewNeed) -> Receipt:
    """Take in a matter and return its receipt; the same `source` again returns the first receipt.

    Anybody may. Raises Invalid with every faulty field, NotPlaced, NotFound for an unknown building.
    """
    if actor.works_by_grants and not actor.can("need.register"):
        raise NotFound()
    if not new.source.partition(":")[2]:
        raise Invalid.of(source="Please open this page again; what you typed is kept.")
    faults = _faults(actor, new)
    phone = _checked_phone(new, faults)
    if faults:
        raise Invalid.of(**faults)
    place = org.place(actor, new.building_id) if new.building_id else None
    where = route(
        atlas.current(), grid_id=place.grid_id if place else None, point=new.point,
        community_id=new.community_id, about_staff=new.about_staff,
    )  # fmt: skip
    _check_route(actor, where)
    # Nobody's telephone is flooded through our form: five confirmations a day, then the receipt alone must do.
    confirmed = (
        bool(phone)
        and not new.quiet
        and limits.allows("confirm", crypto.blind_index("phone", phone), most=5, per_s=86400)
    )
    for _attempt in range(3):
        need = _built(actor, new, where, place)
        try:
            _insert(actor, need, new, phone=phone, barred=where.barred, confirmed=confirmed)
        except IntegrityError:
            # Either this was sent before, or (once in 10**10 / matters) the code is taken: try another.
            if known := _sent_before(actor, new):
                return _receipt(known)
            continue
        return _receipt(need)
    raise NotFound()
