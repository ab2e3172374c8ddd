"""What an office's confirmed matters taught the category model, and whether it may file by itself."""

from django.db import models
from django.db.models import Q

from huiyin.org.reach import Reach
from huiyin.platform.ids import new_id


class CategoryModel(models.Model):
    """One lesson of a street: the model at work, the one before it, or the record of one that was not kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8)
    data = models.BinaryField(null=True)  # engines.text.codec
    reason = models.CharField(max_length=12)  # rules.learning.REASONS
    confirmed = models.IntegerField()
    held_out = models.IntegerField()
    figures = models.JSONField(default=dict)  # rules.learning.FIGURES, before and now
    made_at = models.DateTimeField()

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["current", "previous"], data__isnull=False)
                | Q(state="record", data__isnull=True),
                name="category_model_state",
            ),
            models.UniqueConstraint(
                fields=["unit", "state"], condition=~Q(state="record"), name="category_model_one_at_work"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-made_at"], name="category_model_by_unit")]


class Filing(models.Model):
    """From how likely on a street lets the model file a matter by itself; no row: never."""

    unit = models.OneToOneField("org.Unit", on_delete=models.PROTECT, related_name="+", primary_key=True)
    percent = models.SmallIntegerField()
    changed_at = models.DateTimeField()
    swept_at = models.DateTimeField()  # what was registered before has been looked at

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(percent__range=(50, 100)), name="filing_percent")]
