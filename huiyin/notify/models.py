"""Messages out, each under a key that makes a repeated request have one effect."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from huiyin.org.reach import Reach
from huiyin.platform.ids import new_id


class Message(models.Model):
    """One message to one address, encrypted as it names a person's phone or e-mail and may hold a code."""

    effect_key = models.CharField(max_length=120)
    way = models.CharField(max_length=10)
    to_cipher = models.TextField()
    subject = models.CharField(max_length=120, blank=True)
    body_cipher = models.TextField()
    about = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, default="queued")
    tries = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["effect_key"], name="message_effect_once"),
            models.CheckConstraint(condition=Q(way__in=["sms", "email"]), name="message_way"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "deferred", "held", "sent", "failed"]), name="message_state"
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at"]),
            models.Index(fields=["about"], condition=~Q(about=""), name="message_about"),
        ]


class Hook(models.Model):
    """An address of another office that is called when something happens to matters of a unit or below."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=300)
    secret_cipher = models.TextField()
    events = ArrayField(models.CharField(max_length=20))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name="") & ~Q(events=[]), name="hook_whole")]


class Call(models.Model):
    """One event told to one address: once for each key, tried until it is taken."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    hook = models.ForeignKey("notify.Hook", on_delete=models.CASCADE, related_name="calls", db_index=False)
    key = models.CharField(max_length=80)
    body = models.TextField()
    state = models.CharField(max_length=10, default="queued")
    tries = models.SmallIntegerField(default=0)
    status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hook", "key"], name="call_once"),
            models.CheckConstraint(condition=Q(state__in=["queued", "deferred", "sent", "failed"]), name="call_state"),
        ]
        indexes = [models.Index(fields=["hook", "-made_at"], name="call_of_hook")]
