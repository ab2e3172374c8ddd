"""Tables of the closed loop. Words, history and answers are protected by triggers (see the migrations)."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

from huiyin.needs.rules import LIFECYCLE
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
    """What is told to the resident, and how it reached them. The newest one that is not void counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    way = models.CharField(max_length=10)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
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
            models.UniqueConstraint(fields=["need"], condition=Q(void_at__isnull=True), name="answer_one_counts"),
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
