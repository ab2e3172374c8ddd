"""What a person at the desk keeps: views, templates of replies, what was seen, whom a note calls."""

from django.db import models
from django.db.models import Q

from huiyin.org.reach import Reach
from huiyin.platform.ids import new_id


class SavedView(models.Model):
    """A list with its filters under a name of one's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("org.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=30)
    query = models.CharField(max_length=1000)  # a Chinese character takes nine in an address

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]


class ReplyTemplate(models.Model):
    """A reply used again and again; what stands in braces is filled in from the matter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    text = models.TextField()
    changed_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    reach = Reach(units=("unit_id",), upward={"template.read": "unit_id"})

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(ended_at__isnull=True), name="reply_template_once"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(name=""), name="reply_template_whole"),
        ]


class Seen(models.Model):
    """When a person last had a matter open: what came later is new to them. Nobody else reads it."""

    user = models.ForeignKey("org.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    need = models.ForeignKey("needs.Need", on_delete=models.CASCADE, related_name="seen")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "need"], name="seen_once")]


class Mention(models.Model):
    """A note calls a colleague who reads the matter anyway."""

    move = models.ForeignKey("needs.Move", on_delete=models.PROTECT, related_name="mentions")
    need = models.ForeignKey("needs.Need", on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["move", "user"], name="mention_once")]
        indexes = [models.Index(fields=["user"], condition=Q(answered_at__isnull=True), name="mention_waiting")]


class NotePhoto(models.Model):
    """A picture attached to an internal note."""

    move = models.ForeignKey("needs.Move", on_delete=models.PROTECT, related_name="photos")
    file = models.ForeignKey("platform.StoredFile", on_delete=models.PROTECT, related_name="+")
    position = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["move", "position"], name="note_photo_position")]


class CalendarLink(models.Model):
    """The private address of a person's calendar of due days; a new number ends the old address."""

    user = models.OneToOneField("org.User", on_delete=models.CASCADE, related_name="+", primary_key=True)
    number = models.UUIDField(default=new_id)
    made_at = models.DateTimeField()
