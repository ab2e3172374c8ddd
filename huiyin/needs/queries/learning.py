"""The category model of each street: which is at work, what its lessons came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Case, QuerySet, When

from huiyin.needs.at_work import model_of
from huiyin.needs.models import CategoryModel, Filing, Need
from huiyin.needs.rules import learning as rules
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.org.atlas import UnitRow

if TYPE_CHECKING:
    from huiyin.engines.text.learning import Learned


@dataclass(frozen=True, slots=True)
class LessonOfModel:
    """What one night of learning came to. Figures are shares between 0 and 1, None where nothing was measured."""

    state: str
    reason: str
    confirmed: int
    held_out: int
    before: Mapping[str, float] | None
    now: Mapping[str, float] | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StreetModel:
    """How a street's category model stands."""

    unit_id: UUID
    unit_name: str
    percent: int | None  # from which it files alone
    lessons: list[LessonOfModel]
    waiting: int  # filed alone and not confirmed yet

    @property
    def at_work(self) -> LessonOfModel | None:
        """The lesson of the model at work; None while the shipped one is."""
        return next((lesson for lesson in self.lessons if lesson.state == "current"), None)

    @property
    def has_previous(self) -> bool:
        """Whether one before it is kept."""
        return any(lesson.state == "previous" for lesson in self.lessons)


def model_for(actor: Actor) -> "Learned | None":
    """Return the model of the street where the actor works."""
    street = atlas.current().street_of(actor.office[0]) if actor.office else None
    return model_of(street.id) if street else None


def _lesson(row: CategoryModel) -> LessonOfModel:
    figures: dict[str, Any] = row.figures
    return LessonOfModel(
        row.state, row.reason, row.confirmed, row.held_out, figures.get("old"), figures.get("new"), row.made_at
    )


def _to_confirm(unit: UnitRow) -> "QuerySet[Need]":
    return Need.objects.filter(filed_alone=True, closed_at__isnull=True, unit__path__startswith=unit.path)


def _street(actor: Actor, unit: UnitRow, percent: int | None) -> StreetModel:
    kept_first = Case(When(state="record", then=1), default=0)
    rows = CategoryModel.objects.filter(unit_id=unit.id).defer("data").order_by(kept_first, "-made_at")
    kept = sorted((_lesson(row) for row in rows[: rules.SHOWN_LESSONS]), key=lambda one: one.made_at, reverse=True)
    waiting = scope.within(actor, "need.sort", _to_confirm(unit))
    return StreetModel(unit.id, unit.name, percent, kept, waiting.count())


def street_models(actor: Actor) -> list[StreetModel]:
    """Return the models of the streets over which the actor decides, with their last lessons."""
    paths = actor.paths("filing.edit")
    reached = [u for u in atlas.current().streets() if any(u.path.startswith(p) for p in paths)]
    percents = dict(scope.within(actor, "filing.edit", Filing.objects.all()).values_list("unit_id", "percent"))
    return [_street(actor, u, percents.get(u.id)) for u in reached]
