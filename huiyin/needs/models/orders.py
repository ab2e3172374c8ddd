"""Orders: who leads, who helps, what was done."""

from django.db import models
from django.db.models import Func, Q, Value

from huiyin.needs.rules.orders import LIFECYCLE as ORDER_LIFECYCLE
from huiyin.needs.rules.orders import LIVE_STATES
from huiyin.org.reach import Reach
from huiyin.platform.ids import new_id


class OutsideParty(models.Model):
    """A property manager, utility or supplier without an account here: reached by a private link or a slip."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    ended_on = models.DateField(null=True)

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(ended_on__isnull=True), name="outside_party_once"
            )
        ]


class Order(models.Model):
    """A piece of work made from one or more matters. `unit` leads it and always answers for it.

    `worker` is the person it was given to, or who claimed it; `outside` the party the leading unit had it done by.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.BigIntegerField(
        unique=True, editable=False, db_default=Func(Value("needs_order_number"), function="nextval")
    )
    what = models.TextField()
    place_text = models.CharField(max_length=120, blank=True)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    made_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    made_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    worker = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    outside = models.ForeignKey("needs.OutsideParty", on_delete=models.PROTECT, null=True, related_name="+")
    open_to = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=10)
    due_on = models.DateField()
    resume_on = models.DateField(null=True)
    result = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=10, blank=True)
    who_else = models.CharField(max_length=120, blank=True)
    cost_fen = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    reach = Reach(
        units=("unit_id", "made_unit_id"),
        only={
            "order.work": ("unit_id",),
            "order.make": ("made_unit_id",),
        },
        shared="hands",
        owner="worker_id",
        bearer="id",
        upward={"order.claim": "made_unit_id"},
        anybody={"order.claim": {"open_to": "everyone"}},
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ORDER_LIFECYCLE.states), name="order_state"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="order_done",
            ),
            models.CheckConstraint(
                condition=Q(state="suspended", resume_on__isnull=False)
                | (~Q(state="suspended") & Q(resume_on__isnull=True)),
                name="order_suspended",
            ),
            models.CheckConstraint(condition=Q(cost_fen__isnull=True) | Q(cost_fen__gte=0), name="order_cost"),
            models.CheckConstraint(condition=~Q(what=""), name="order_what"),
        ]
        indexes = [
            models.Index(fields=["unit", "due_on"], condition=Q(state__in=LIVE_STATES), name="order_live_by_unit"),
            models.Index(
                fields=["made_unit", "due_on"], condition=Q(state__in=LIVE_STATES), name="order_live_by_maker"
            ),
            models.Index(fields=["worker"], condition=Q(worker__isnull=False), name="order_by_worker"),
            models.Index(fields=["due_on"], condition=Q(state="open"), name="order_open"),
        ]


class OrderNeed(models.Model):
    """Which matters an order serves, in which round of each. A link is never taken away; a matter that was merged by
    mistake leaves, and may be linked anew."""

    order = models.ForeignKey("needs.Order", on_delete=models.PROTECT, related_name="links")
    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="order_links")
    round = models.SmallIntegerField(default=0)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "need"], condition=Q(left_at__isnull=True), name="order_need_once")
        ]


class Hand(models.Model):
    """A co-handler (协办) of an order: a unit, and in it perhaps a person. They read it and add notes."""

    order = models.ForeignKey("needs.Order", on_delete=models.PROTECT, related_name="hands")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "unit"], name="hand_once")]


class OrderPhoto(models.Model):
    """A photo of the work done."""

    order = models.ForeignKey("needs.Order", on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("platform.StoredFile", on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="order_photo_position")]


class Extension(models.Model):
    """More time asked for; `unit`, a level above who works on it, decides."""

    order = models.ForeignKey("needs.Order", on_delete=models.PROTECT, related_name="extensions")
    until_on = models.DateField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    granted = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(granted__isnull=True), name="extension_one_at_a_time")
        ]


class OrderMove(models.Model):
    """One step in an order's history. Append-only, as `Move`."""

    order = models.ForeignKey("needs.Order", on_delete=models.PROTECT, related_name="moves", db_index=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=10)
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    by_kind = models.CharField(max_length=10)
    by_name = models.CharField(max_length=60, blank=True)
    by_unit_name = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="move_of_order")]
