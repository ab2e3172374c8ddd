"""Tables every room stands on: audit, stored files, hit counters, generations, upkeep."""

from django.db import models


class AuditEntry(models.Model):
    """Who looked at or changed what. Append-only: a trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    user_id = models.UUIDField(null=True)
    user_name = models.CharField(max_length=60, blank=True)
    stand_in_for = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    unit_name = models.CharField(max_length=120, blank=True)
    about_unit_id = models.UUIDField(null=True)  # whose matter it was: that office reads the entry too
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)
    reference = models.CharField(max_length=12, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-at"]),
            models.Index(fields=["user_id", "-at"]),
            models.Index(fields=["unit_id", "at", "id"]),
            models.Index(fields=["about_unit_id", "at", "id"]),
            models.Index(fields=["action", "at", "id"]),
        ]


class StoredFile(models.Model):
    """A file kept under the SHA-256 of its bytes; rooms refer to it and authorise each download."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    media_type = models.CharField(max_length=40)
    size_bytes = models.IntegerField()
    width = models.IntegerField()
    height = models.IntegerField()
    stored_at = models.DateTimeField()


class Hit(models.Model):
    """How often a limited thing was tried in a window. Unlogged: a crash forgets it."""

    key = models.CharField(primary_key=True, max_length=64)
    tries = models.IntegerField(default=1)
    window_ends_at = models.DateTimeField(db_index=True)


class Generation(models.Model):
    """A number that is another after each change of something kept in memory by every process."""

    name = models.CharField(primary_key=True, max_length=30)
    number = models.BigIntegerField(default=0)


class Upkeep(models.Model):
    """A backup that was made, or a restore; written by the command itself, shown on the status page."""

    kind = models.CharField(max_length=10)
    at = models.DateTimeField()
    about = models.DateTimeField()  # the moment the backup holds
    place = models.TextField()
    version = models.CharField(max_length=20)
    size_bytes = models.BigIntegerField()
    seconds = models.FloatField()
    verified = models.BooleanField()
    faults = models.IntegerField()  # photos missing or not what their name says

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["backup", "restore"]), name="upkeep_kind"),
        ]
        indexes = [models.Index(fields=["kind", "-at"], name="upkeep_newest")]
