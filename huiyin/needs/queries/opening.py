"""What a tracking code, a PIN and a link open; and to whom a matter may be passed."""

from uuid import UUID

from huiyin.needs import bearing, rules
from huiyin.needs.errors import NoSuchCode
from huiyin.needs.models import Need
from huiyin.org import atlas
from huiyin.org.actors import Actor, Kind
from huiyin.org.atlas import UnitRow
from huiyin.platform import crypto
from huiyin.platform.errors import NotFound


def offices_below(actor: Actor) -> list[UnitRow]:
    """Return the units a matter may be passed to: those below the actor's grants, in the order of the tree."""
    here = atlas.current()
    paths = actor.paths("need.pass_on")
    return [
        u for u in here.units.values()
        if u.tree == "office" and u.ended_on is None and u.kind != "county" and any(u.path.startswith(p) for p in paths)
    ]  # fmt: skip


def offices_with(actor: Actor, *, capability: str) -> list[UnitRow]:
    """Return the offices, grids left out, over which the actor has a capability, in the order of the tree."""
    paths = actor.paths(capability)
    return [
        u for u in atlas.current().units.values()
        if u.tree == "office" and u.kind not in {"grid", "group", "core"} and u.ended_on is None
        and any(u.path.startswith(p) for p in paths)
    ]  # fmt: skip


def stage_of_code(actor: Actor, code: str) -> str:
    """Return the state for a tracking code alone. Raises NoSuchCode; the caller limits the tries."""
    plain = rules.plain_code(code)
    state = Need.objects.filter(code=plain).values_list("state", flat=True).first() if plain else None
    if state is None:
        raise NoSuchCode()
    return str(state)


def open_with_pin(actor: Actor, code: str, *, pin: str) -> tuple[str, str]:
    """Return code and link token for a code and PIN. Raises NoSuchCode alike for each being wrong."""
    plain = rules.plain_code(code)
    found = Need.objects.filter(code=plain).only("id").first() if plain else None
    digits = pin.translate({0xFF10 + i: str(i) for i in range(10)}).strip()
    right = bearing.pin_of(found.id) if found else "0000x"
    if not crypto.same(digits, right) or found is None or plain is None:
        raise NoSuchCode()
    return plain, bearing.token_of(found.id)


def bearer_of(actor: Actor, code: str, token: str) -> tuple[Actor, UUID]:
    """Return the actor a private link makes, and its matter. Raises NotFound."""
    found = Need.objects.filter(code=code).only("id").first() if rules.plain_code(code) == code else None
    if found is None or not crypto.same(token, bearing.token_of(found.id)):
        raise NotFound()
    return Actor(Kind.BEARER, opens=frozenset({found.id})), found.id


def rater_of(actor: Actor, code: str, *, round_: int, token: str) -> tuple[Actor, UUID]:
    """Return the actor a rating link makes, and its matter. Raises NotFound."""
    found = Need.objects.filter(code=code).only("id").first() if rules.plain_code(code) == code else None
    if found is None or not crypto.same(token, bearing.rating_token(found.id, round_)):
        raise NotFound()
    return Actor(Kind.BEARER, opens=frozenset({found.id})), found.id
