"""What is answered on the spot is registered and settled in one step."""

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
