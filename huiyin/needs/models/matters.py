"""A matter, its resident, its history and what is told."""

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import F, Q

from huiyin.needs.rules import LIFECYCLE, UNANSWERED_STATES
from huiyin.needs.rules.sorting import OPEN_KINDS
from huiyin.org.reach import Reach
from huiyin.platform.ids import new_id

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# What its resident let be shown; what was said in confidence never is.
LAID_OPEN = {"public": True, "about_staff": "", "erased_at__isnull": True, "kind__in": ("", *OPEN_KINDS)}


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
    filed_alone = models.BooleanField(default=False)  # the model chose the category; nobody has confirmed it yet
    theme = models.ForeignKey("needs.Theme", on_delete=models.PROTECT, null=True, related_name="needs", db_index=False)
    duplicate_of = models.ForeignKey(
        "needs.Need", on_delete=models.PROTECT, null=True, related_name="duplicates", db_index=False
    )
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
        sent="source",
        anybody={"need.browse": LAID_OPEN},
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
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")), name="need_no_own_copy"
            ),
            # not `unique=True`, which makes a second index for LIKE
            models.UniqueConstraint(fields=["code"], name="need_code_once"),
            models.UniqueConstraint(fields=["source"], name="need_source_once"),
        ]
        indexes = [
            models.Index(
                fields=["unit", "promised_on"],
                include=["id", "state", "duplicate_of", "round"],
                condition=Q(closed_at__isnull=True),
                name="need_open_by_unit",
            ),  # with what the figures above a list ask: they read the index alone
            models.Index(fields=["home", "promised_on"], condition=Q(closed_at__isnull=True), name="need_open_by_home"),
            models.Index(fields=["unit", "-received_at"], name="need_by_unit"),
            models.Index(fields=["home", "-received_at"], name="need_by_home"),
            models.Index(fields=["-received_at", "id"], name="need_by_time"),  # newest first, until a page is full
            models.Index(fields=["-received_at", "id"], condition=Q(public=True), name="need_public"),
            models.Index(fields=["owner"], condition=Q(owner__isnull=False), name="need_by_owner"),
            models.Index(fields=["building"], condition=Q(building__isnull=False), name="need_by_building"),
            models.Index(fields=["theme"], condition=Q(theme__isnull=False), name="need_by_theme"),
            models.Index(fields=["duplicate_of"], condition=Q(duplicate_of__isnull=False), name="need_copies"),
            models.Index(fields=["unit", "-received_at"], condition=Q(filed_alone=True), name="need_filed_alone"),
            models.Index(fields=["category", "-received_at"], condition=~Q(category=""), name="need_by_category"),
            models.Index(
                fields=["promised_on", "received_at", "id"],
                condition=Q(closed_at__isnull=True, state__in=UNANSWERED_STATES),
                name="need_waiting",
            ),  # what is due first, until a page is full
            BrinIndex(fields=["promised_on"], pages_per_range=32, name="need_by_promise"),  # a month's, for the figures
        ]


class NeedIndex(models.Model):
    """The pairs of neighbouring characters of a matter's words and place, a mark of each of its units and of its quarter.

    Kept by a trigger; erased with the words.
    """

    need = models.OneToOneField("needs.Need", on_delete=models.PROTECT, related_name="index", primary_key=True)
    grams = ArrayField(models.CharField(max_length=4))

    class Meta:
        indexes = [GinIndex(fields=["grams"], name="need_grams")]


class Contact(models.Model):
    """How to reach the resident, encrypted; each look is audited."""

    need = models.OneToOneField("needs.Need", on_delete=models.PROTECT, related_name="contact", primary_key=True)
    name_cipher = models.TextField(blank=True)
    phone_cipher = models.TextField(blank=True)
    phone_index = models.CharField(max_length=32, blank=True)
    phone_tail = models.CharField(max_length=32, blank=True)  # blind index of the last four digits
    email_cipher = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["phone_index"], condition=~Q(phone_index=""), name="contact_by_phone"),
            models.Index(fields=["phone_tail"], condition=~Q(phone_tail=""), name="contact_by_tail"),
        ]


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
        indexes = [
            BrinIndex(fields=["written_at"], pages_per_range=32, name="answer_by_time"),
            models.Index(fields=["replaces"], condition=Q(replaces__isnull=False), name="answer_replaced"),
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
        indexes = [BrinIndex(fields=["at"], pages_per_range=32, name="rating_by_time")]


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
