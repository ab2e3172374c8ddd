"""The records of an invented county: what `make_world` hands to whoever loads it.

Every record is frozen and refers to others by key. Keys are stable for one preset and seed, so a loader
may use them to find again what it has already written. Times are aware UTC, places are WGS84 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypedDict

Tree = Literal["office", "inspection", "service"]
UnitKind = Literal["county", "street", "village", "community", "grid", "inspection", "brigade", "team"]
GridKind = Literal["comprehensive", "exclusive"]
Role = Literal[
    "county_admin",
    "street_head",
    "dispatcher",
    "clerk",
    "community_head",
    "grid_worker",
    "contact_member",
    "team_lead",
    "inspector",
]
Channel = Literal["web", "phone", "desk", "visit", "chat_group", "meeting"]
MatterKind = Literal["request", "question", "suggestion", "complaint"]
Verb = Literal[
    "sort", "accept", "hand_up", "pass_on", "answer", "deliver", "withdraw", "learn",
    "order", "claim", "sign", "suspend", "resume", "return", "transfer", "extend", "grant", "complete",
    "rate", "lapse", "conclude", "explain",
]  # fmt: skip
# As `needs.rules` and `needs.rules.orders` name them: a county told from this world stands where this world says.
Stage = Literal["collect", "analyse", "match", "carry_out", "answer", "evaluate", "feedback", "closed", "withdrawn"]
OrderStage = Literal["", "open", "assigned", "working", "suspended", "returned", "done"]
DeliveredBy = Literal["page", "email", "phone", "visit", "paper"]


class Polygon(TypedDict):
    """A GeoJSON Polygon with one ring: first point repeated last, counter-clockwise, 6 decimals."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of one of the organisation's trees. `slug` is the address of a public page, in pinyin."""

    key: str
    parent_key: str | None
    tree: Tree
    kind: UnitKind
    name: str
    boundary: Polygon | None = None
    slug: str | None = None
    grid_kind: GridKind | None = None


@dataclass(frozen=True, slots=True)
class Estate:
    """A residential estate (小区), in a village a villagers' group (村民小组)."""

    key: str
    name: str
    community_key: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Building:
    """A building or a village house; it lies inside the boundary of `grid_key`."""

    key: str
    estate_key: str
    name: str
    grid_key: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Door:
    """A flat, a house or a shop. `stairwell` is empty where there is only one way in."""

    key: str
    building_key: str
    stairwell: str
    name: str
    household_count: int


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. One person has one user name, however many posts."""

    key: str
    username: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Post:
    """A person holding a role in a unit, `ended_on` being the last day; a stand-in acts between two days."""

    key: str
    person_key: str
    unit_key: str
    role: Role
    started_on: date
    ended_on: date | None = None
    stand_in_key: str | None = None
    stand_in_from: date | None = None
    stand_in_until: date | None = None


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The doors of one grid for which one grid worker answers (包户)."""

    grid_key: str
    person_key: str
    door_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resident:
    """Who asked, as they gave their name."""

    name: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a matter: `by_key` acts for `unit_key`; `to_key` holds the matter afterwards.

    `by_key` is empty where the resident acts (rate, withdraw) or the system (lapse). `note` is for colleagues only;
    `text` is what the resident reads, or in a rating what they say.
    """

    verb: Verb
    by_key: str
    at: datetime
    unit_key: str
    to_key: str
    note: str = ""
    text: str = ""
    delivered_by: DeliveredBy | None = None
    stars: int = 0  # of a rating; one and two open the matter again
    reason: str = ""  # of an answer that it cannot be solved, as `needs.rules.evaluation` names it
    who_else: str = ""
    lead_key: str = ""  # of an order: the unit that leads it, "outside" for the property manager; empty: to be claimed
    open_to: Literal["", "offices", "everyone"] = ""
    days: int = 0  # how long an order rests, or how much more time is asked for


@dataclass(frozen=True, slots=True)
class Matter:
    """What a resident asked for, and its story so far, oldest move first.

    `starts_at_key` holds it when it is registered: its grid, else its community; a complaint about a
    member of staff starts one level above that person. `registered_by_key` is None for the web.
    """

    key: str
    channel: Channel
    kind: MatterKind
    subject: str
    words: str
    community_key: str
    grid_key: str | None
    place_text: str
    lon: float | None
    lat: float | None
    building_key: str | None
    public: bool
    received_at: datetime
    registered_by_key: str | None
    starts_at_key: str
    person: Resident | None
    anonymous: bool
    about_staff_key: str | None
    urgent_words: bool
    stage: Stage
    order_stage: OrderStage  # of its last order; empty when none was made
    round: int  # how often it was opened again
    story: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A demo account with an easy, fixed user name."""

    username: str
    person_key: str
    role: Role
    unit_key: str


@dataclass(frozen=True, slots=True)
class World:
    """An invented county, whole. The same preset, seed, day and numbers give an equal world."""

    like: str
    seed: int
    today: date
    lon: float
    lat: float
    main_community_key: str
    units: tuple[Unit, ...]
    estates: tuple[Estate, ...]
    buildings: tuple[Building, ...]
    doors: tuple[Door, ...]
    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    portfolios: tuple[Portfolio, ...]
    matters: tuple[Matter, ...]
    accounts: tuple[Account, ...]
