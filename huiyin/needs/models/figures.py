"""Figures kept by month and unit, so that a dashboard reads thousands of rows instead of a million matters."""

from django.db import models

from huiyin.org.reach import Reach


class Figure(models.Model):
    """How many matters that fell to a unit a measure counts in a month; split by channel, by category, or not at all."""

    month = models.DateField()
    home = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=12)
    split = models.CharField(max_length=8, blank=True)  # "", channel, category
    key = models.CharField(max_length=40, blank=True)  # of the split
    count = models.IntegerField()

    reach = Reach(units=("home_id",))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "home", "measure", "split", "key"], name="figure_once"),
        ]
        indexes = [
            models.Index(
                fields=["measure", "month"],
                include=["home", "count"],
                condition=models.Q(split=""),
                name="figure_plain",
            ),
        ]


class FigureMonth(models.Model):
    """When the figures of a month were counted."""

    month = models.DateField(primary_key=True)
    as_of = models.DateTimeField()
