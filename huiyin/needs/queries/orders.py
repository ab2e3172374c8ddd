"""Every read of orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huiyin.needs import bearing
from huiyin.needs.models import Extension, Hand, Need, Order, OrderMove, OrderPhoto, OutsideParty
from huiyin.needs.queries.rows import NeedRow, Page
from huiyin.needs.rules import orders as order_rules
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor, Kind
from huiyin.org.atlas import PostRow, UnitRow
from huiyin.platform import clock, crypto
from huiyin.platform.errors import NotFound

LIST_MOST = 50


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as its page and lists show it to whoever reaches it."""

    id: UUID
    number: int
    what: str
    place_text: str
    unit_id: UUID
    unit_name: str
    made_unit_id: UUID
    made_unit_name: str
    worker_id: UUID | None
    worker_name: str
    outside_id: UUID | None
    outside_name: str
    open_to: str
    state: str
    due_on: date
    resume_on: date | None
    result: str
    outcome: str
    reason: str
    who_else: str
    cost_fen: int | None
    made_at: datetime
    changed_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, order: Order) -> "OrderRow":
        """Return the row of an order."""
        title = atlas.current().title
        return cls(
            order.id, order.number, order.what, order.place_text, order.unit_id, title(order.unit_id), order.made_unit_id,
            title(order.made_unit_id), order.worker_id, order.worker.name if order.worker else "",
            order.outside_id, order.outside.name if order.outside else "", order.open_to, order.state, order.due_on, order.resume_on,
            order.result, order.outcome, order.reason, order.who_else, order.cost_fen, order.made_at, order.changed_at,
            order.done_at,
        )  # fmt: skip

    @property
    def lead_name(self) -> str:
        """Who leads it, as it is said: the outside party, the person with the unit, or the unit."""
        if self.state == "open":
            return ""
        return self.outside_name or " ".join(t for t in (self.unit_name, self.worker_name) if t)

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.state not in order_rules.LIVE_STATES


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Figures above the list of orders."""

    sign: int
    working: int
    suspended: int
    returned: int
    overdue: int
    live: int


@dataclass(frozen=True, slots=True)
class WordsRow:
    """A matter behind an order, as who works on the order needs it: never a contact."""

    need_id: UUID
    code: str
    words: str
    place_text: str
    urgent: bool
    readable: bool


@dataclass(frozen=True, slots=True)
class OrderMoveRow:
    """One line of an order's history."""

    at: datetime
    verb: str
    unit_name: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """More time asked for and not decided; `mine` when the actor may decide."""

    until_on: date
    reason: str
    asked_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class PartyRow:
    """An outside party and the unit that keeps it."""

    id: UUID
    kind: str
    name: str
    phone: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Leads:
    """Who may lead an order of an office: units, persons with their unit, outside parties."""

    units: Sequence[UnitRow]
    people: Sequence[PostRow]
    outside: Sequence[tuple[UUID, str]]


def _rows(orders: "QuerySet[Order]") -> "QuerySet[Order]":
    return orders.select_related("worker", "outside")


def _which(which: str) -> Q:
    live = Q(state__in=order_rules.LIVE_STATES)
    return {
        "sign": Q(state="assigned"),
        "working": Q(state="working"),
        "suspended": Q(state="suspended"),
        "returned": Q(state="returned"),
        "overdue": live & Q(due_on__lt=clock.today()),
        "open": Q(state="open"),
        "done": Q(state__in=["done", "cancelled"]),
    }.get(which, live)


def _found(actor: Actor, capability: str = "order.read") -> "QuerySet[Order]":
    return scope.within(actor, capability, Order.objects.all())


def held_orders(actor: Actor, *, which: str = "live", text: str = "", page: int = 1) -> Page[OrderRow]:
    """Return a page of the orders within reach, what is due first on top, ended ones newest first."""
    rows = _found(actor).filter(_which(which))
    if text.strip():
        said = Q(what__icontains=text.strip()) | Q(place_text__icontains=text.strip())
        rows = rows.filter(said | Q(number=int(text)) if text.strip().isdecimal() and len(text) < 15 else said)
    order = ["-changed_at"] if which == "done" else ["due_on", "number"]
    start = (max(page, 1) - 1) * LIST_MOST
    found = list(_rows(rows).order_by(*order)[start : start + LIST_MOST + 1])
    return Page([OrderRow.of(o) for o in found[:LIST_MOST]], max(page, 1), len(found) > LIST_MOST)


def order_counts(actor: Actor) -> OrderCounts:
    """Return the figures above the list, in one statement over the live orders within reach."""
    live = _found(actor).filter(state__in=order_rules.LIVE_STATES)
    figures = live.aggregate(
        sign=Count("id", filter=Q(state="assigned")),
        working=Count("id", filter=Q(state="working")),
        suspended=Count("id", filter=Q(state="suspended")),
        returned=Count("id", filter=Q(state="returned")),
        overdue=Count("id", filter=Q(due_on__lt=clock.today())),
        live=Count("id"),
    )
    return OrderCounts(**figures)


def claimable(actor: Actor, *, most: int = LIST_MOST) -> list[OrderRow]:
    """Return the open orders this person may claim, what is due first on top."""
    rows = _found(actor, "order.claim").filter(state="open")
    return [OrderRow.of(o) for o in _rows(rows).order_by("due_on", "number")[:most]]


def order(actor: Actor, order_id: UUID) -> OrderRow:
    """Return one order that the actor reads or may claim. Raises NotFound."""
    rows = _rows(Order.objects.all())
    found = scope.within(actor, "order.read", rows).filter(pk=order_id).first()
    found = found or scope.within(actor, "order.claim", rows.filter(state="open")).filter(pk=order_id).first()
    if found is None:
        raise NotFound()
    return OrderRow.of(found)


def may_claim(actor: Actor, order_id: UUID) -> bool:
    """Return whether this person may claim this very order now."""
    return _found(actor, "order.claim").filter(pk=order_id, state="open").exists()


def capabilities(actor: Actor, row: OrderRow) -> frozenset[str]:
    """Return which of the capabilities of the order's steps this actor has over it, from the tree in memory."""
    units = atlas.current().units
    lead, made = units[row.unit_id].path, units[row.made_unit_id].path
    over = {"order.work": (lead,), "order.make": (made,)}
    named = {s.needs for s in order_rules.LIFECYCLE.steps} - {"order.claim"}
    found = {c for c in named if any(held.startswith(p) for held in over.get(c, (lead, made)) for p in actor.paths(c))}
    if "order.note" not in found and _found(actor, "order.note").filter(pk=row.id).exists():
        found.add("order.note")  # a co-handler
    return frozenset(found)


def orders_behind(actor: Actor, matter: NeedRow) -> list[OrderRow]:
    """Return the orders of a matter that the actor has read, oldest first."""
    return [
        OrderRow.of(o)
        for o in _rows(Order.objects.filter(links__need_id=matter.id, links__left_at=None)).order_by("number")
    ]


def matters_of(actor: Actor, row: OrderRow) -> list[WordsRow]:
    """Return the matters behind an order that the actor has read; their codes for staff only."""
    mine = scope.within(actor, "need.read", Need.objects.filter(pk=OuterRef("pk")))
    rows = (
        Need.objects.filter(order_links__order_id=row.id, order_links__left_at=None)
        .annotate(readable=Exists(mine))
        .order_by("received_at")
    )
    inside = actor.kind is Kind.STAFF
    found = [
        WordsRow(n.id, n.code if inside else "", n.words, n.place_text, n.urgent, n.readable and inside) for n in rows
    ]
    # who only might claim it reads what is to be done, not what residents said
    return [w for w in found if w.readable or row.state != "open"]


def beside(actor: Actor, matter: NeedRow, *, most: int = 8) -> list[WordsRow]:
    """Return open matters that one order could serve too: of the same building or place, or of the same category."""
    same = Q(category=matter.category) if matter.category else Q(pk__isnull=True)
    if matter.place_text:
        same |= Q(place_text=matter.place_text)
    rows = scope.within(actor, "order.make", Need.objects.filter(same, closed_at__isnull=True))
    rows = (
        rows.filter(state__in=("collect", "analyse", "carry_out"), duplicate_of=None)
        .exclude(pk=matter.id)
        .exclude(kind="complaint_staff")
    )
    return [WordsRow(n.id, n.code, n.words, n.place_text, n.urgent, True) for n in rows.order_by("promised_on")[:most]]


def order_moves(actor: Actor, order_id: UUID) -> list[OrderMoveRow]:
    """Return an order's history; the caller has read the order."""
    rows = OrderMove.objects.filter(order_id=order_id, order__in=_found(actor)).order_by("id")
    title = atlas.current().title
    return [OrderMoveRow(m.at, m.verb, title(m.unit_id), m.by_name, m.note) for m in rows]


def hands_of(actor: Actor, order_id: UUID) -> list[str]:
    """Return the names of an order's co-handlers; the caller has read the order."""
    title = atlas.current().title
    return [title(h.unit_id) for h in Hand.objects.filter(order_id=order_id, order__in=_found(actor)).order_by("id")]


def photos_of(actor: Actor, order_id: UUID) -> list[str]:
    """Return the hashes of an order's photos in their order; the caller has read the order."""
    rows = OrderPhoto.objects.filter(order_id=order_id, order__in=_found(actor)).order_by("position")
    return [str(sha) for sha in rows.values_list("file_id", flat=True)]


def extension_of(actor: Actor, row: OrderRow) -> ExtensionRow | None:
    """Return the time asked for and not decided yet."""
    asked = Extension.objects.filter(order_id=row.id, granted__isnull=True).first()
    if asked is None:
        return None
    path = atlas.current().units[asked.unit_id].path
    decides = any(path.startswith(p) for p in actor.paths("order.approve")) and asked.asked_by_id != actor.user_id
    return ExtensionRow(asked.until_on, asked.reason, asked.asked_at, decides)


def to_decide(actor: Actor) -> list[OrderRow]:
    """Return the orders for which somebody waits for this actor's word on more time."""
    asked = scope.within(actor, "order.approve", Extension.objects.filter(granted__isnull=True))
    asked = asked.exclude(asked_by_id=actor.user_id)
    rows = _found(actor).filter(pk__in=asked.values("order_id"))
    return [OrderRow.of(o) for o in _rows(rows).order_by("due_on", "number")]


def _office_for(actor: Actor, unit_id: UUID) -> UnitRow | None:
    """Return the office from which this actor would order work on what this unit holds."""
    here = atlas.current()
    paths = [p for p in actor.paths("order.make") if here.units[unit_id].path.startswith(p)]
    return max((u for u in here.units.values() if u.path in paths), key=lambda u: u.depth, default=None)


def leads_for(actor: Actor, unit_id: UUID) -> Leads:
    """Return who may lead an order on what this unit holds: whoever works somewhere below, beside or in a team."""
    here, made = atlas.current(), _office_for(actor, unit_id)
    if made is None:
        return Leads((), (), ())
    above = {u.id for u in here.above(made.id)}
    units = [
        u for u in here.units.values()
        if u.ended_on is None and here.holders(u.id, "order.work")
        and (u.path.startswith(made.path) or u.tree == "service" or (u.kind == "department" and u.parent_id in above))
    ]  # fmt: skip
    people = [p for u in units for p in here.posts.get(u.id, ()) if p.user_id in here.holders(u.id, "order.work")]
    parties = OutsideParty.objects.filter(unit_id__in=above, ended_on__isnull=True).order_by("name")
    return Leads(units, people, [(p.id, p.name) for p in parties])


def outside_parties(actor: Actor) -> list[PartyRow]:
    """Return the outside parties within reach."""
    rows = scope.within(actor, "outside.edit", OutsideParty.objects.filter(ended_on__isnull=True))
    title = atlas.current().title
    return [PartyRow(p.id, p.kind, p.name, p.phone, title(p.unit_id)) for p in rows.order_by("name")]


def outside_actor(actor: Actor, *, number: int, token: str) -> tuple[Actor, UUID]:
    """Return the actor that an outside party's link makes, and its order. Raises NotFound."""
    found = Order.objects.filter(number=number, outside__isnull=False).only("id", "outside_id").first()
    if found is None or found.outside_id is None:
        raise NotFound()
    if not crypto.same(token, bearing.order_token(found.id, found.outside_id)):
        raise NotFound()
    return Actor(Kind.BEARER, opens=frozenset({found.id})), found.id


def workers_said(actor: Actor, need_id: UUID) -> str:
    """Return which units work on a matter as its resident is told, "" when no order runs. Raises NotFound."""
    if not scope.within(actor, "need.read", Need.objects.filter(pk=need_id)).exists():
        raise NotFound()
    running = Order.objects.filter(
        links__need_id=need_id, links__left_at=None, state__in=order_rules.HELD_STATES
    ).order_by("number")
    title = atlas.current().title
    return "、".join(dict.fromkeys(title(u) for u in running.values_list("unit_id", flat=True)))
