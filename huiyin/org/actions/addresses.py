"""Writes to the address register."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from huiyin.org import rules, scope
from huiyin.org.actors import Actor
from huiyin.org.models import Building, Door, Estate, Portfolio, Post, Unit
from huiyin.org.queries import Choice, PortfolioRow
from huiyin.platform import audit
from huiyin.platform.errors import Invalid


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 40:
        raise Invalid.of(name="Please give a name of at most 40 characters.")
    return name


@transaction.atomic
def add_estate(actor: Actor, community_id: UUID, *, name: str) -> Choice:
    """Add an estate or villagers' group. Raises NotFound, Invalid."""
    community = scope.lock(actor, "address.edit", Unit.objects.filter(kind__in=["village", "community"]), community_id)
    estate, made = Estate.objects.get_or_create(community=community, name=_named(name))
    if not made:
        raise Invalid.of(name="This estate is in the register already.")
    audit.record(actor, "estate.add", f"unit:{community.id}", name=estate.name)
    return Choice(estate.id, estate.name)


@transaction.atomic
def add_building(actor: Actor, estate_id: UUID, *, name: str, grid_id: UUID, point: rules.Point) -> Choice:
    """Add a building to an estate; it belongs to one grid. Raises NotFound, Invalid."""
    estate = scope.lock(actor, "address.edit", Estate.objects.all(), estate_id)
    grid = scope.lock(actor, "address.edit", Unit.objects.filter(kind="grid", ended_on__isnull=True), grid_id)
    building, made = Building.objects.get_or_create(
        estate=estate, name=_named(name), defaults={"grid": grid, "lon": point[0], "lat": point[1]}
    )
    if not made:
        raise Invalid.of(name="This building is in the register already.")
    audit.record(actor, "building.add", f"unit:{grid.id}", name=building.name)
    return Choice(building.id, building.name)


@transaction.atomic
def add_doors(actor: Actor, building_id: UUID, *, stairwell: str, names: Sequence[str]) -> int:
    """Add doors to a building, leaving those it has. Returns how many were new. Raises NotFound."""
    building = scope.lock(actor, "address.edit", Building.objects.all(), building_id)
    have = set(Door.objects.filter(building=building, stairwell=stairwell).values_list("name", flat=True))
    fresh = [n.strip()[:20] for n in dict.fromkeys(names) if n.strip() and n.strip() not in have]
    Door.objects.bulk_create([Door(building=building, stairwell=stairwell.strip(), name=n) for n in fresh])
    return len(fresh)


@transaction.atomic
def assign_portfolio(actor: Actor, portfolio_id: UUID, *, worker_id: UUID) -> PortfolioRow:
    """Give a portfolio to a grid worker of its grid. Raises NotFound, Invalid."""
    portfolio = scope.lock(actor, "portfolio.edit", Portfolio.objects.all(), portfolio_id)
    post = (
        Post.objects.filter(
            unit_id=portfolio.grid_id,
            user_id=worker_id,
            role__in=["grid_worker", "grid_head"],
            ended_on__isnull=True,
        )
        .select_related("user")
        .first()
    )
    if post is None:
        raise Invalid.of(worker="Please choose somebody who works in this grid.")
    portfolio.worker = post.user
    portfolio.save(update_fields=["worker"])
    audit.record(actor, "portfolio.assign", f"unit:{portfolio.grid_id}", worker=str(worker_id))
    doors = Door.objects.filter(portfolio=portfolio)
    households = doors.aggregate(n=Sum("household_count"))["n"] or 0
    return PortfolioRow(portfolio.id, portfolio.name, post.user.name, doors.count(), households)
