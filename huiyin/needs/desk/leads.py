"""Who may lead an order, as names to type and choose from."""

from uuid import UUID

from django.utils.translation import gettext as _

from huiyin.needs.actions import Lead
from huiyin.needs.queries import orders as queries
from huiyin.needs.queries.orders import OrderRow
from huiyin.org import atlas
from huiyin.org.actors import Actor, Grant, Kind
from huiyin.platform.errors import Invalid, Message


def labelled(actor: Actor, unit_id: UUID) -> dict[str, Lead]:
    """Return every possible lead of an order on what this unit holds, by the name the list shows."""
    title, leads = atlas.current().title, queries.leads_for(actor, unit_id)
    found = {title(u.id): Lead(unit_id=u.id) for u in leads.units}
    for post in leads.people:
        found.setdefault(f"{post.user_name}（{title(post.unit_id)}）", Lead(post.unit_id, post.user_id))
    for key, name in leads.outside:
        found[_("%(name)s (outside)") % {"name": name}] = Lead(outside_id=key)
    return found


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def chosen(labels: dict[str, Lead], typed: str, *, field: str = "lead") -> Lead:
    """Return the lead that was typed: a whole name, or a part that only one has. Raises Invalid."""
    wanted = _folded(typed)
    if not wanted:
        return Lead()
    found = [lead for label, lead in labels.items() if _folded(label) == wanted]
    found = found or [lead for label, lead in labels.items() if wanted in _folded(label)]
    if len(found) > 1:  # a unit's name stands in those of its people too: the unit is meant
        found = [lead for lead in found if not lead.worker_id] or found
    if len(found) != 1:
        nobody = "Nobody of this name is in the list: %(typed)s"  # i18n
        several = "Several have this name: %(typed)s"  # i18n
        text = several if found else nobody
        raise Invalid.of(**{field: Message(text, {"typed": typed.strip()[:60]})})
    return found[0]


def hands(labels: dict[str, Lead], typed: str) -> tuple[UUID, ...]:
    """Return the units of the co-handlers that were typed, separated by commas. Raises Invalid."""
    for mark in "，、;；":
        typed = typed.replace(mark, ",")
    leads = [chosen(labels, name, field="hands") for name in typed.split(",") if name.strip()]
    if any(lead.outside_id for lead in leads):
        raise Invalid.of(hands="An outside party gets an order of its own.")
    return tuple(lead.unit_id for lead in leads if lead.unit_id)


def labelled_for_order(actor: Actor, row: OrderRow) -> dict[str, Lead]:
    """Return every possible lead that this order may be given to: those of the office that made it."""
    found = labelled(actor, row.made_unit_id)
    return found or labelled(Actor(Kind.STAFF, grants=_as_maker(row)), row.made_unit_id)


def _as_maker(row: OrderRow) -> tuple[Grant, ...]:
    """Return the reach of the office that ordered: who works for it may pass the order on within it."""
    made = atlas.current().units[row.made_unit_id]
    return (Grant("dispatcher", made.id, made.name, made.path),)
