"""Work on many matters at once, done in the background: what was asked, how far it is, what was refused and why."""

from django.db import models
from django.db.models import Q

from huiyin.platform.ids import new_id


class Batch(models.Model):
    """One such piece of work, of the person who asked for it. `wish` is encrypted: it may hold residents' words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    label = models.CharField(max_length=120)
    wish_cipher = models.TextField(blank=True)
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stopped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["answer", "order", "theme", "import", "export"]), name="batch_kind"
            )
        ]


class BatchItem(models.Model):
    """One matter, or one row to become a matter: waiting, done or refused; written with the step itself."""

    batch = models.ForeignKey("needs.Batch", on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.IntegerField()
    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    row_cipher = models.TextField(blank=True)
    state = models.CharField(max_length=8, default="waiting")
    said = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="batch_item_once"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "done", "refused"]), name="batch_item_state"),
        ]


class Ticket(models.Model):
    """The number and deadline of a matter that a superior system sent (a hotline, say)."""

    need = models.OneToOneField("needs.Need", on_delete=models.PROTECT, related_name="ticket", primary_key=True)
    system = models.CharField(max_length=40)
    number = models.CharField(max_length=60)
    deadline_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "number"], name="ticket_once")]


class ImportFile(models.Model):
    """A table somebody sent in: read, looked at, and loaded only when told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    system = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    good = models.IntegerField()
    bad = models.IntegerField()
    faults = models.JSONField(default=list)
    made_at = models.DateTimeField()
    batch = models.ForeignKey("needs.Batch", on_delete=models.SET_NULL, null=True, related_name="imported")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["needs", "tickets"]), name="import_kind"),
        ]
        indexes = [models.Index(fields=["sha256"], name="import_by_content")]


class ImportChunk(models.Model):
    """Some rows of such a table, encrypted: they hold names and telephones. Gone when loaded, or after a day."""

    file = models.ForeignKey("needs.ImportFile", on_delete=models.CASCADE, related_name="chunks", db_index=False)
    first = models.IntegerField()
    rows_cipher = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "first"], name="import_chunk_once")]
