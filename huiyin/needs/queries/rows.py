"""What queries return of a matter: frozen rows, from which no template wanders out of its scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Case, Count, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from huiyin.needs import rules
from huiyin.needs.models import Need, Photo
from huiyin.org import atlas
from huiyin.platform.templatetags.web import local_day

R = TypeVar("R")
# A subquery, counted for the rows of a page only: a join would group the whole register before it is sorted.
PHOTO_COUNT = Coalesce(
    Subquery(
        Photo.objects.filter(need_id=OuterRef("pk")).order_by().values("need_id").annotate(n=Count("pk")).values("n")
    ),
    0,
)


COPY_COUNT = Coalesce(
    Subquery(
        Need.objects.filter(duplicate_of_id=OuterRef("pk"))
        .order_by()
        .values("duplicate_of_id")
        .annotate(n=Count("pk"))
        .values("n")
    ),
    0,
)


WAITING_FIRST = (Case(When(state__in=rules.UNANSWERED_STATES, then=0), default=1), "promised_on", "received_at", "id")


def _theme_title(need: Need) -> str:
    """Return the title when it was read along; lists do without."""
    theme = need._state.fields_cache.get("theme")
    return theme.title if theme else ""


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A matter as its page and lists show it to whoever reaches it."""

    id: UUID
    code: str
    channel: str
    words: str
    kind: str
    unit_id: UUID
    unit_name: str
    place_text: str
    lon: float | None
    lat: float | None
    public: bool
    urgent: bool
    about_staff: str
    state: str
    received_at: datetime
    promised_on: date
    changed_at: datetime
    closed_at: datetime | None
    dimension: str = ""
    wants: str = ""
    size: str = ""
    category: str = ""
    round: int = 0
    outcome: str = ""
    photos: int = 0
    theme_id: UUID | None = None
    theme_title: str = ""
    duplicate_of: UUID | None = None
    copies: int = 0
    filed_alone: bool = False

    @classmethod
    def of(cls, need: Need) -> "NeedRow":
        """Return the row of a matter."""
        return cls(
            need.id, need.code, need.channel, need.words, need.kind, need.unit_id, atlas.current().title(need.unit_id),
            need.place_text, need.lon, need.lat, need.public, need.urgent, need.about_staff, need.state,
            need.received_at, need.promised_on, need.changed_at, need.closed_at, need.dimension, need.wants, need.size,
            need.category, need.round, need.outcome, getattr(need, "photo_count", 0), need.theme_id, _theme_title(need),
            need.duplicate_of_id, getattr(need, "copy_count", 0), need.filed_alone,
        )  # fmt: skip

    @property
    def closed(self) -> bool:
        """Whether the matter waits for nobody any more: answered counts, for the due badge."""
        return self.state not in rules.UNANSWERED_STATES

    @property
    def spoken_code(self) -> str:
        """The tracking code in groups."""
        return rules.spoken_code(self.code)

    @property
    def reply_facts(self) -> Mapping[str, str]:
        """What fills the fields of a template of replies (rules.replies.FIELDS)."""
        unit = atlas.current().get(self.unit_id)
        return {
            "code": self.spoken_code,
            "place": self.place_text,
            "category": self.category.rpartition("/")[2],
            "received": local_day(self.received_at),
            "promised": local_day(self.promised_on),
            "unit": self.unit_name,
            "phone": unit.phone if unit else "",
        }


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One line of the timeline. `by` is empty for residents, who see offices, not clerks."""

    at: datetime
    verb: str
    unit_name: str
    by: str
    note: str
    stand_in: bool = False
    id: int = 0
    by_id: UUID | None = None
    photos: int = 0


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A matter that repeats another, or that is repeated."""

    id: UUID
    code: str
    words: str
    state: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    """The number and deadline that a superior system gave."""

    system: str
    number: str
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class RequestRatingRow:
    """What who worked on it says of the request."""

    clear: bool
    genuine: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer and how it reached the resident."""

    id: UUID
    text: str
    way: str
    unit_name: str
    written_at: datetime
    delivered_at: datetime | None
    delivered_note: str
    kind: str = "result"
    round: int = 0
    outcome: str = ""
    reason: str = ""
    who_else: str = ""
    void: bool = False


@dataclass(frozen=True, slots=True)
class Masked:
    """What the desk shows of a resident before anybody looks: that a contact exists, not what it is."""

    has_name: bool
    has_phone: bool
    has_email: bool


@dataclass(frozen=True, slots=True)
class RatingRow:
    """What a resident said of a result; `stars` is None when no reply came."""

    round: int
    solved: bool | None
    stars: int | None
    words: str
    way: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LessonRow:
    """What was learned from an earlier matter of the same category."""

    text: str
    unit_name: str
    at: datetime


@dataclass(frozen=True)
class Page(Generic[R]):
    """A page of a list."""

    rows: Sequence[R]
    number: int
    has_next: bool
    total_text: str = ""

    @property
    def has_previous(self) -> bool:
        """Whether a page stands before this one."""
        return self.number > 1

    @property
    def previous_page_number(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        """The page after."""
        return self.number + 1
