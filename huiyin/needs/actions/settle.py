"""Registering in one step with more: answered on the spot, or several matters of one excerpt."""

from collections.abc import Sequence

from django.db import transaction

from huiyin.needs.actions.intake import NewNeed, Receipt, register
from huiyin.needs.actions.telling import answer, deliver
from huiyin.org.actors import Actor
from huiyin.platform.errors import Invalid, NotFound


@transaction.atomic
def register_settled(actor: Actor, *, new: NewNeed, text: str) -> Receipt:
    """Register a matter and record the answer that was given on the spot, all or nothing; the rating is still open.

    Raises what `register` raises; Invalid when the matter belongs to somebody this person cannot answer for.
    """
    receipt = register(actor, new=new)
    way = "phone" if new.channel == "phone" else "visit"
    try:
        answer(actor, receipt.need_id, text=text, way=way)
        deliver(actor, receipt.need_id)
    except NotFound as error:
        raise Invalid.of(settled="This matter goes to another office: leave the answer to them.") from error
    return receipt


class OneRefused(Exception):  # noqa: N818  # carries a refusal to the door, which shows it beside the matter it is about
    """One of several matters was refused; none was registered."""

    def __init__(self, index: int, refusal: Invalid) -> None:
        super().__init__(index)
        self.index, self.refusal = index, refusal


@transaction.atomic
def register_all(actor: Actor, *, news: Sequence[NewNeed]) -> list[Receipt]:
    """Register several matters, all or none; sent twice they are the same. Raises OneRefused, NotFound."""
    receipts: list[Receipt] = []
    for index, new in enumerate(news):
        try:
            receipts.append(register(actor, new=new))
        except Invalid as refusal:
            raise OneRefused(index, refusal) from refusal
    return receipts
