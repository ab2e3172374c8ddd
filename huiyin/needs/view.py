"""What pages of this room show: rows turned into the variables of the components (docs/components.md)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.needs import bearing, queries, rules
from huiyin.needs.queries import MoveRow, NeedRow, RatingRow, RequestRatingRow, orders
from huiyin.needs.queries.orders import OrderMoveRow, OrderRow
from huiyin.needs.rules import evaluation, searching
from huiyin.needs.rules import orders as order_rules
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.vocabulary import name_of
from huiyin.platform import files
from huiyin.platform.errors import Invalid, Message, NotFound
from huiyin.platform.machine import Step
from huiyin.platform.templatetags.web import hidden, local_day

_MOVES = {  # English message ids: what happened, as staff and residents read it
    "register": "Registered",
    "accept": "Taken on",
    "answer": "Answered",
    "deliver": "Answer delivered",
    "hand_up": "Escalated",
    "pass_on": "Passed on",
    "note": "Internal note",
    "withdraw": "Withdrawn by the resident",
    "sort": "Analysed",
    "file": "Filed by the category model",
    "learn": "Lesson kept",
    "merge": "Merged with another",
    "join": "Another was merged into it",
    "separate": "Separated again",
    "group": "Put into a theme",
    "ungroup": "Taken out of its theme",
    "dispatch": "Order made",
    "start": "Work has begun",
    "recall": "Back at the office that gives orders",
    "rematch": "Given to others",
    "finish": "Done and answered",
    "extend": "Promised day moved",
    "rate": "Rated",
    "lapse": "No rating came",
    "reopen": "Opened again",
    "conclude": "Closing word",
    "explain": "Ended as explained, not satisfied",
    "undo": "Last step taken back",
    "erase": "Personal content erased",
}


def said(label: str) -> str:
    """Return a message id of this room's tables in the reader's language."""
    return _(label)


def state_name(row: NeedRow) -> str:
    """Return where a matter stands as the office that holds it calls it: its own name for the stage, else the usual."""
    own = name_of(atlas.current().vocabulary_of(row.unit_id), rules.STAGE_OF[row.state])
    return own if own and row.state not in {"closed", "withdrawn"} else _(rules.STATE_LABELS[row.state])


def stages(row: NeedRow) -> dict[str, Any]:
    """Return the stages a resident sees, four at most, and where the matter stands."""
    return stage_only(row.state, preset=atlas.current().vocabulary_of(row.unit_id))


def stage_only(state: str, *, preset: str = "") -> dict[str, Any]:
    """Return the stages for a state: all that a tracking code without a PIN opens. Stages of one name are one."""
    keys = rules.RESIDENT_STAGES if state != "withdrawn" else ("collect", "withdrawn")
    here, shown = rules.RESIDENT_STAGE_OF[state], {}
    for key in keys:
        own = name_of(preset, rules.STAGE_OF[key]) if key not in {"closed", "withdrawn"} else ""
        shown[key] = own or _(rules.STATE_LABELS[key])
    return {
        "stages": list(shown.items()),
        "stage": here,
        "finished": state in {"closed", "withdrawn"},
        "state_label": shown[here],
    }


def place(unit_id: UUID) -> dict[str, Any]:
    """Return whose page this is and whom to call: the unit's community, else the unit itself."""
    here = atlas.current()
    unit = here.community_of(unit_id) or here.get(unit_id)
    if unit is None:
        return {}
    home = reverse("community", args=[unit.slug]) if unit.slug and unit.kind in {"village", "community"} else "/"
    return {"place_name": unit.name, "home_url": home, "desk_phone": unit.phone}


def receipt(row: NeedRow) -> dict[str, Any]:
    """Return what the receipt shows."""
    token = bearing.token_of(row.id)
    return {
        "pin": bearing.pin_of(row.id),
        "link": bearing.link_of(row.id, row.code),
        "progress_url": reverse("progress", args=[row.code, token]),
    }


EXCERPT_READ = 600  # characters; a hit further on is found and not shown
LONGEST_NUMBER = 40  # characters of personal data that the cut may not halve


def excerpt(words: str, marks: Sequence[str] = ()) -> list[tuple[str, bool]]:
    """Return what a list shows of a matter's words: personal data hidden, what was looked for marked."""
    return searching.excerpt(hidden(words[: EXCERPT_READ + LONGEST_NUMBER])[:EXCERPT_READ], marks)


def card(row: NeedRow, *, url: str, current: bool = False, marks: Sequence[str] = ()) -> dict[str, Any]:
    """Return a matter as a row of a list."""
    return {
        "url": url,
        "words": row.words[:120],  # for residents, whose own they are
        "pieces": excerpt(row.words, marks),
        "due_on": row.promised_on,
        "closed": row.closed,
        "holder": row.unit_name,
        "state": state_name(row),
        "meta": [
            _(rules.CHANNELS.get(row.channel, row.channel)),
            *([hidden(row.place_text)] if row.place_text else []),
        ],
        "photos": row.photos,
        "copies": row.copies,
        "urgent": row.urgent,
        "current": current,
    }


def order_card(row: OrderRow, *, query: str = "", current: bool = False) -> dict[str, Any]:
    """Return an order as a row of a list."""
    return {
        "url": reverse("order", args=[row.id]) + query,
        "words": hidden(row.what[:EXCERPT_READ])[:120],
        "due_on": row.due_on,
        "closed": row.over,
        "holder": row.lead_name or _("open for claiming"),
        "state": _(order_rules.STATE_LABELS[row.state]),
        "meta": [t for t in (_("Order %(number)s") % {"number": row.number}, hidden(row.place_text)) if t],
        "current": current,
        "row": row,
    }


_ORDER_MOVES = {  # English message ids
    "make": "Order made",
    "claim": "Claimed",
    "sign": "Signed for",
    "complete": "Done",
    "return": "Returned",
    "transfer": "Given to another",
    "suspend": "Suspended",
    "resume": "Goes on",
    "extend": "More time asked for",
    "grant": "More time granted",
    "refuse": "More time refused",
    "note": "Note",
    "cancel": "Recalled",
}


def order_timeline(moves: Sequence[OrderMoveRow]) -> list[dict[str, Any]]:
    """Return an order's history as lines of the timeline."""
    return [
        {
            "at": m.at,
            "title": _(_ORDER_MOVES.get(m.verb, m.verb)),
            "by": " · ".join(t for t in (m.unit_name, m.by) if t),
            "text": m.note,
            "current": index == len(moves) - 1,
        }
        for index, m in enumerate(moves)
    ]


def day(value: date) -> str:
    """Return a day as the office writes it."""
    return local_day(value)


def ratings(rows: Sequence[RatingRow]) -> list[dict[str, Any]]:
    """Return what the resident said, as lines to show."""
    return [
        {
            "at": r.at,
            "text": _("No reply: no opinion")
            if r.stars is None
            else " · ".join((_("Solved") if r.solved else _("Not solved"), _(evaluation.STARS[r.stars]))),
            "stars": r.stars or 0,
            "words": r.words,
            "by_phone": r.way == "phone",
        }
        for r in rows
    ]


def timeline(
    moves: Sequence[MoveRow], *, need_id: UUID | None = None, before: datetime | None = None, reader: UUID | None = None
) -> list[dict[str, Any]]:
    """Return the history as lines of the timeline; what others did since `before` is new to the reader."""
    return [
        {
            "at": m.at,
            "new": bool(before and m.at > before and m.by_id != reader),
            "photos": photos(m.photos, reverse("note_photo", args=[need_id, m.id, 0])) if m.photos and need_id else [],
            "title": _(_MOVES.get(m.verb, m.verb)),
            "by": " · ".join(t for t in (m.unit_name, m.by, _("stand-in") if m.stand_in else "") if t),
            "text": m.note,
            "current": index == len(moves) - 1,
        }
        for index, m in enumerate(moves)
    ]


def request_rating(row: RequestRatingRow) -> list[dict[str, Any]]:
    """Return what who worked on it said of the request, as words each with whether it is good."""
    return [
        {"text": _("The request was clear") if row.clear else _("The request was not clear"), "good": row.clear},
        {"text": _("It was as described") if row.genuine else _("It was not as described"), "good": row.genuine},
        {
            "text": _("The resident could be reached") if row.reachable else _("The resident could not be reached"),
            "good": row.reachable,
        },
    ]


def photos(count: int, url: str) -> list[dict[str, str]]:
    """Return the photo strip of `count` photos; `url` is that of position 0, ending in `0/`."""
    base = url[:-2]
    return [
        {"url": f"{base}{i}/", "thumb_url": f"{base}{i}/?s", "alt": _("Photo %(number)s") % {"number": i + 1}}
        for i in range(count)
    ]


def kept_photos(uploads: Sequence[Any]) -> tuple[str, ...]:
    """Return the hashes of the photos sent with a form. Raises Invalid naming the field."""
    if len(uploads) > settings.PHOTOS_PER_NEED:
        raise Invalid.of(photos=Message("At most %(most)s photos fit here.", {"most": settings.PHOTOS_PER_NEED}))
    return tuple(files.keep_photo(upload).sha256 for upload in uploads)


def photo(sha256: str, *, thumb: bool) -> FileResponse:
    """Return a photo as a response that only this visitor's browser may keep. Raises NotFound."""
    try:
        content = files.read_photo(sha256, thumb=thumb)
    except FileNotFoundError as error:
        raise NotFound() from error
    response = FileResponse(content, content_type="image/jpeg", filename="photo.jpg")  # never its hash
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def resident_page(actor: Actor, row: NeedRow, token: str) -> dict[str, Any]:
    """Return what the holder of the link sees beside the stages: answers, timeline, photos, who looked."""
    return {
        "answers": queries.answers(actor, row.id),
        "events": timeline(queries.moves(actor, row.id)),
        "looks": queries.looks(actor, row.id),
        "photos": photos(row.photos, reverse("resident_photo", args=[row.code, token, 0])),
        "may_withdraw": any(s.verb == "withdraw" for s in rules.LIFECYCLE.offers(row.state)),
        "waits_to_be_seen": row.state in {"answer", "feedback"},
        "rate_url": reverse("rate", args=[row.code, row.round, bearing.rating_token(row.id, row.round)])
        if row.state in {"answer", "evaluate"}
        else "",
        "ratings": ratings(queries.ratings(actor, row.id)),
        "workers": orders.workers_said(actor, row.id),
    }


def reaches(actor: Actor, capability: str, row: NeedRow) -> bool:
    """Return whether the actor's grants carry the capability over the unit that holds the matter."""
    path = atlas.current().units[row.unit_id].path
    return any(path.startswith(p) for p in actor.paths(capability))


def offered(actor: Actor, row: NeedRow) -> list[Step]:
    """Return the steps that this state offers and the actor may take on what its unit holds, in the machine's order."""
    return [s for s in rules.LIFECYCLE.offers(row.state) if reaches(actor, s.needs, row)]


def offices(actor: Actor, capability: str) -> list[tuple[str, str]]:
    """Return the offices over which the actor has a capability, as choices."""
    title = atlas.current().title
    return [(str(u.id), title(u.id)) for u in queries.offices_with(actor, capability=capability)]


def ticks(rows: Sequence[NeedRow], *, ticked: bool = True) -> list[dict[str, Any]]:
    """Return matters to be ticked (needs/_ticks.html), those that wait ticked already unless none is to be."""
    return [
        {
            "row": r, "pieces": excerpt(r.words), "url": desk_url(r.id), "state": state_name(r),
            "ticked": ticked and not r.closed,
        }
        for r in rows
    ]  # fmt: skip


def detail_alone(headers: Mapping[str, str]) -> bool:
    """Return whether htmx exchanges #detail and leaves the list as it is: then the list is not made."""
    return headers.get("HX-Target") == "detail" and "HX-History-Restore-Request" not in headers


def desk_url(need_id: UUID) -> str:
    """Return a matter's page on the desk."""
    return reverse("matter", args=[need_id])
