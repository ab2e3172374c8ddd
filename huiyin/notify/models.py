"""Messages out, each under a key that makes a repeated request have one effect."""

from django.db import models
from django.db.models import Q


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
