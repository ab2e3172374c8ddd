"""How far an invented county has been told, so that one that was interrupted goes on."""

from django.db import models
from django.db.models import Q


class Seeding(models.Model):
    """What county is being told, as of which moment; one row at most.

    `ids` are the register's ids by the world's keys, for a process that goes on where another was interrupted; they
    are dropped when all is told.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    like = models.CharField(max_length=40)
    matters = models.IntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ids = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="seeding_once")]


class Share(models.Model):
    """One of the shares in which the matters are told side by side; `told` counts with each matter's transaction."""

    number = models.SmallIntegerField(primary_key=True)
    told = models.IntegerField(default=0)
