"""Tables of people, units, addresses and posts. Paths are C-collated: a subtree is a range scan."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huiyin.org.reach import Reach
from huiyin.platform import clock
from huiyin.platform.ids import new_id


class UserManager(BaseUserManager["User"]):
    """Finds people by username for Django's password check."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the staff member of that name, whatever its case."""
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """A person with an account: one user, however many posts. Residents have no username or password."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, default="staff")
    username = models.CharField(_("Username"), max_length=40, unique=True, null=True)
    name = models.CharField(_("Full name"), max_length=60)
    phone_cipher = models.TextField(blank=True)
    phone_index = models.CharField(max_length=32, unique=True, null=True)
    email_cipher = models.TextField(blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField(default=clock.now)
    ended_on = models.DateField(null=True)
    must_change_password = models.BooleanField(default=False)  # somebody else knows it
    second_factor = models.BooleanField(default=False)  # has an authenticator app or a passkey; read at each request
    factor_reset_at = models.DateTimeField(null=True)  # somebody took it away; told at the next sign-in

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["staff", "resident"]), name="user_kind"),
            models.CheckConstraint(condition=~Q(kind="staff") | Q(username__isnull=False), name="staff_has_username"),
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # Django has a column; here it follows from ended_on
        """Whether this person may sign in today."""
        return self.ended_on is None or self.ended_on > clock.today()


class Unit(models.Model):
    """A node of a tree: an office, a grid, or a service team."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey("org.Unit", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=200, db_collation="C", unique=True)
    tree = models.CharField(max_length=10, default="office")
    kind = models.CharField(max_length=20)
    grid_kind = models.CharField(max_length=15, blank=True)
    name = models.CharField(max_length=60)
    slug = models.CharField(max_length=40, unique=True, null=True)
    boundary = models.JSONField(null=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=120, blank=True)
    duties = models.JSONField(default=list)
    vocabulary = models.CharField(max_length=12, blank=True)  # of org.vocabulary; empty: as the unit above
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    reach = Reach(path="path")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tree__in=["office", "service"]), name="unit_tree"),
            models.CheckConstraint(
                condition=Q(kind="grid", grid_kind__in=["comprehensive", "exclusive"])
                | (~Q(kind="grid") & Q(grid_kind="")),
                name="unit_grid_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="unit_dates"
            ),
            models.UniqueConstraint(
                fields=["parent", "name"],
                condition=Q(ended_on__isnull=True),
                name="unit_name_once",
                nulls_distinct=False,
            ),
        ]


class Estate(models.Model):
    """A housing estate or a villagers' group."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)

    reach = Reach(units=("community_id",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="estate_once")]


class Building(models.Model):
    """A building, or in a village a house."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    estate = models.ForeignKey("org.Estate", on_delete=models.PROTECT, related_name="buildings")
    grid = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    lon = models.FloatField()
    lat = models.FloatField()

    reach = Reach(units=("grid_id",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["estate", "name"], name="building_once")]


class Portfolio(models.Model):
    """The 30 to 50 households that one grid worker answers for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grid = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=40)

    reach = Reach(units=("grid_id",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grid", "name"], name="portfolio_once")]


class Door(models.Model):
    """A door: a flat, or in a village the house itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    building = models.ForeignKey("org.Building", on_delete=models.PROTECT, related_name="doors")
    portfolio = models.ForeignKey("org.Portfolio", on_delete=models.PROTECT, null=True, related_name="doors")
    stairwell = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=20)
    household_count = models.SmallIntegerField(default=1)

    reach = Reach(units=("building__grid_id",))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["building", "stairwell", "name"], name="door_once")]


class Post(models.Model):
    """A person holding a role in a unit from a day to a day, with a stand-in for a time."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("org.User", on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)  # the first day without the post
    stand_in = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="standing_in")
    stand_in_from = models.DateField(null=True)
    stand_in_until = models.DateField(null=True)  # the last day

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="post_dates"
            ),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True, stand_in_from__isnull=True, stand_in_until__isnull=True)
                | Q(
                    stand_in__isnull=False,
                    stand_in_from__isnull=False,
                    stand_in_until__gte=F("stand_in_from"),
                ),
                name="post_stand_in",
            ),
            models.CheckConstraint(condition=~Q(stand_in=F("user")), name="post_stand_in_other"),
            models.UniqueConstraint(
                fields=["user", "unit", "role"], condition=Q(ended_on__isnull=True), name="post_once"
            ),
        ]


class StaffSession(models.Model):
    """A sign-in of a member of staff: how, from where, from when until when; kept a while after its end."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("org.User", on_delete=models.CASCADE, related_name="sessions")
    key_hash = models.CharField(max_length=40, unique=True)
    how = models.CharField(max_length=20)
    agent = models.CharField(max_length=250, blank=True)
    address = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-started_at"])]


class PhoneCode(models.Model):
    """A one-time code sent to a phone: proof that the number is in the person's hand."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_index = models.CharField(max_length=32, db_index=True)
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)


class WorkDay(models.Model):
    """A day an office edits: worked or closed, above the national calendar."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()
    note = models.CharField(max_length=60, blank=True)


class Client(models.Model):
    """A program of another office: where it may ask or write, what, and until when. Its token is kept as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey("org.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    scopes = ArrayField(models.CharField(max_length=20))
    token_hash = models.CharField(max_length=64, unique=True)
    token_end = models.CharField(max_length=4)  # so that people tell tokens apart
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("org.User", on_delete=models.PROTECT, null=True, related_name="+")
    ends_on = models.DateField()  # the first day without
    ended_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)

    reach = Reach(units=("unit_id",))

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name="") & ~Q(scopes=[]), name="client_whole")]


class Reply(models.Model):
    """What a program was answered under a key it chose: the same question again gets the same answer."""

    client = models.ForeignKey("org.Client", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=100)
    question_hash = models.CharField(max_length=64)
    answer_cipher = models.TextField()  # a receipt holds the PIN and the private link
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="reply_once")]
