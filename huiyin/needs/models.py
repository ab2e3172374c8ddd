"""Tables of the closed loop. Words, history and answers are protected by triggers (see the migrations)."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Func, Q, Value

from huiyin.needs.rules import LIFECYCLE
from huiyin.needs.rules.orders import LIFECYCLE as ORDER_LIFECYCLE
from huiyin.needs.rules.orders import LIVE_STATES
from huiyin.org.reach import Reach
from huiyin.platform.ids import new_id

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class Need(models.Model):
    """What a resident asks for. `unit` holds it, always; `home` is where it fell first and keeps seeing it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=11)
    source = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    words = models.TextField()
    kind = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    home = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    building = models.ForeignKey("org.Building", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    place_text = models.CharField(max_length=120, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    public = models.BooleanField(default=False)
    urgent = models.BooleanField(default=False)
    owner = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    about_staff = models.CharField(max_length=60, blank=True)
    dimension = models.CharField(max_length=12, blank=True)
    wants = models.CharField(max_length=12, blank=True)
    size = models.CharField(max_length=8, blank=True)
    category = models.CharField(max_length=80, blank=True)
    round = models.SmallIntegerField(default=0)  # how often it was reopened
    outcome = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=12, default=LIFECYCLE.start)
    language = models.CharField(max_length=10, default="zh-hans")
    received_at = models.DateTimeField()
    promised_on = models.DateField()
    registered_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    reach = Reach(
        units=("unit_id",),
        seen_by=("home_id",),
        owner="owner_id",
        phone="contact__phone_index",
        bearer="id",
        barred="barred",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=LIFECYCLE.states), name="need_state"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, state__in=["closed", "withdrawn"])
                | (Q(closed_at__isnull=True) & ~Q(state__in=["closed", "withdrawn"])),
                name="need_closed",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="need_words"),
            models.CheckConstraint(condition=Q(received_at__gte=EARLIEST), name="need_received"),
            # not `unique=True`, which makes a second index for LIKE
            models.UniqueConstraint(fields=["code"], name="need_code_once"),
            models.UniqueConstraint(fields=["source"], name="need_source_once"),
        ]
        indexes = [
            models.Index(fields=["unit", "promised_on"], condition=Q(closed_at__isnull=True), name="need_open_by_unit"),
            models.Index(fields=["home", "promised_on"], condition=Q(closed_at__isnull=True), name="need_open_by_home"),
            models.Index(fields=["unit", "-received_at"], name="need_by_unit"),
            models.Index(fields=["home", "-received_at"], name="need_by_home"),
            models.Index(fields=["-received_at"], condition=Q(closed_at__isnull=False), name="need_recently_closed"),
            models.Index(fields=["owner"], condition=Q(owner__isnull=False), name="need_by_owner"),
            models.Index(fields=["building"], condition=Q(building__isnull=False), name="need_by_building"),
        ]


class Contact(models.Model):
    """How to reach the resident, encrypted; each look is audited."""

    need = models.OneToOneField("needs.Need", on_delete=models.PROTECT, related_name="contact", primary_key=True)
    name_cipher = models.TextField(blank=True)
    phone_cipher = models.TextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True)
    email_cipher = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="contact_by_phone")]


class Barred(models.Model):
    """A person who must not see a matter, as a complaint about them."""

    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="barred")
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["need", "user"], name="barred_once")]


class Photo(models.Model):
    """A photo the resident or the staff attached."""

    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("platform.StoredFile", on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["need", "position"], name="photo_position")]


class Answer(models.Model):
    """What is told to the resident, and how it reached them: the result, and after the rating the closing word.

    Of each kind and round the one that is not void counts. `written_by` is null for what the system writes.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    way = models.CharField(max_length=10)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, default="result")
    round = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=10, blank=True)
    who_else = models.CharField(max_length=120, blank=True)
    replaces = models.ForeignKey("needs.Answer", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    void_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+")
    delivered_note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=["page", "email", "phone", "visit", "paper"]), name="answer_way"
            ),
            models.CheckConstraint(condition=Q(kind__in=["result", "closing"]), name="answer_kind"),
            models.CheckConstraint(condition=~Q(outcome="unsolved") | ~Q(reason=""), name="answer_reason"),
            models.UniqueConstraint(
                fields=["need", "kind", "round"], condition=Q(void_at__isnull=True), name="answer_one_counts"
            ),
        ]


class Move(models.Model):
    """One step in a matter's history. Append-only: a trigger refuses UPDATE and DELETE."""

    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="moves", db_index=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=12)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    from_unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    by_kind = models.CharField(max_length=10)
    by_name = models.CharField(max_length=60, blank=True)
    by_unit_name = models.CharField(max_length=120, blank=True)
    stand_in_for = models.UUIDField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["need", "id"], name="move_of_need")]


class Rating(models.Model):
    """What the resident says of a result; once a round. A trigger refuses UPDATE and DELETE: the words are theirs."""

    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="ratings")
    round = models.SmallIntegerField()
    solved = models.BooleanField(null=True)  # null with `stars`: no reply, no opinion
    stars = models.SmallIntegerField(null=True)
    words = models.TextField(blank=True)
    way = models.CharField(max_length=8)
    at = models.DateTimeField()
    by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["need", "round"], name="rating_once_a_round"),
            models.CheckConstraint(condition=Q(way__in=["link", "phone", "none"]), name="rating_way"),
            models.CheckConstraint(
                condition=Q(way="none", stars__isnull=True, solved__isnull=True)
                | Q(way__in=["link", "phone"], stars__range=(1, 5), solved__isnull=False),
                name="rating_whole",
            ),
        ]


class RequestRating(models.Model):
    """What who worked on it says of the request: was it clear, true, was the resident to be reached."""

    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="request_ratings")
    by = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    clear = models.BooleanField()
    genuine = models.BooleanField()
    reachable = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["need", "by"], name="request_rated_once")]


class Lesson(models.Model):
    """What was learned from a matter (提升): shown beside the next one of its kind; perhaps a case for the case book."""

    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="lessons")
    category = models.CharField(max_length=80)
    text = models.TextField()
    case_candidate = models.BooleanField(default=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text="") & ~Q(category=""), name="lesson_whole")]
        indexes = [models.Index(fields=["category", "-at"], name="lesson_by_category")]


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
    """Which matters an order serves, in which round of each. Links are made with the order and stay."""

    order = models.ForeignKey("needs.Order", on_delete=models.PROTECT, related_name="links")
    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="order_links")
    round = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "need"], name="order_need_once")]


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
