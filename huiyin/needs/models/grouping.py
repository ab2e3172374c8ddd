"""Themes: matters that ask for the same, grouped so that one act serves them all."""

from django.db import models
from django.db.models import F, Q

from huiyin.org.reach import Reach
from huiyin.platform.ids import new_id


class Theme(models.Model):
    """A subject that several matters share. `unit` keeps it; merged into another it stays as a signpost."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=80)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("needs.Theme", on_delete=models.PROTECT, null=True, related_name="+")

    reach = Reach(units=("unit_id",), upward={"theme.read": "unit_id"})

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="theme_title"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | (~Q(merged_into=F("id")) & Q(ended_at__isnull=False)),
                name="theme_merged",
            ),
            models.UniqueConstraint(
                fields=["unit", "title"], condition=Q(ended_at__isnull=True), name="theme_title_once"
            ),
        ]
        indexes = [models.Index(fields=["-changed_at"], condition=Q(ended_at__isnull=True), name="theme_running")]


class CommonNeed(models.Model):
    """What many ask for, found by the text engine each night among the matters of a street; a person makes a theme of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)  # the engine's, the same from day to day
    name = models.CharField(max_length=120)
    places = models.JSONField(default=list)
    people = models.IntegerField()
    since = models.DateTimeField()
    last = models.DateTimeField()
    heat = models.FloatField()
    closeness = models.FloatField()
    common = models.BooleanField()
    found_at = models.DateTimeField()

    reach = Reach(units=("unit_id",), upward={"theme.read": "unit_id"})

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "key"], name="common_need_once")]


class Correction(models.Model):
    """What a person said of the groups that the engine found: it stands, whatever is found next night."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)  # rules.grouping.KINDS
    one = models.JSONField(default=list)  # keys of matters
    other = models.JSONField(default=list)
    name = models.CharField(max_length=120)
    made_by = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["apart", "together", "individual"]), name="correction_kind")
        ]


class CommonNeedMember(models.Model):
    """A matter of a common need."""

    group = models.ForeignKey("needs.CommonNeed", on_delete=models.CASCADE, related_name="members", db_index=False)
    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "need"], name="common_need_member_once")]
