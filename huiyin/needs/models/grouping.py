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
        ]
        indexes = [models.Index(fields=["-changed_at"], condition=Q(ended_at__isnull=True), name="theme_running")]
