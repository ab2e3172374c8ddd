"""Writes to people and posts."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from huiyin.org import atlas, rules, scope
from huiyin.org.actions.factors import drop_factors
from huiyin.org.actions.sessions import end_sessions_of
from huiyin.org.actors import Actor, Kind
from huiyin.org.errors import NameTaken
from huiyin.org.models import Portfolio, Post, Unit, User
from huiyin.org.queries import HeldPost
from huiyin.org.roles import ROLES, may_give
from huiyin.platform import audit, clock, crypto
from huiyin.platform.errors import Invalid, NotFound

MOST_STAND_IN = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is asked of a new member of staff."""

    username: str
    name: str
    password: str
    phone: str = ""


def _checked_person(person: NewPerson) -> NewPerson:
    username, name = person.username.strip().lower(), person.name.strip()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,39}", username):
        raise Invalid.of(username="Use 3 to 40 small letters, digits, dots and hyphens.")
    if User.objects.filter(username=username).exists():
        raise NameTaken(field="username")
    if not name or len(name) > 60:
        raise Invalid.of(name="Please give the name, at most 60 characters.")
    try:
        validate_password(person.password, User(username=username, name=name))
    except ValidationError as error:
        raise Invalid.of(password=" ".join(error.messages)) from error
    return NewPerson(username, name, person.password, _checked_phone(person.phone))


def _checked_phone(phone: str) -> str:
    try:
        return rules.plain_phone(phone) if phone.strip() else ""
    except ValueError as error:
        raise Invalid.of(phone="This is not a telephone number. Please check the digits.") from error


@transaction.atomic
def invite(actor: Actor, unit_id: UUID, *, person: NewPerson, role: str, from_on: date | None = None) -> HeldPost:
    """Open an account for a new member of staff and appoint them at once. Raises NotFound, Invalid, NameTaken."""
    fine = _checked_person(person)
    user = User.objects.create(
        kind="staff", username=fine.username, name=fine.name, password=make_password(fine.password),
        phone_cipher=crypto.encrypt(fine.phone), must_change_password=True,
    )  # fmt: skip
    return appoint(actor, unit_id, user_id=user.id, role=role, from_on=from_on)


@transaction.atomic
def appoint(actor: Actor, unit_id: UUID, *, user_id: UUID, role: str, from_on: date | None = None) -> HeldPost:
    """Give a person a post in a unit. Raises NotFound, Invalid."""
    unit = scope.lock(actor, "post.appoint", Unit.objects.filter(ended_on__isnull=True), unit_id)
    known = ROLES.get(role)
    if known is None or unit.kind not in known.unit_kinds:
        raise Invalid.of(role="This role is not held in a unit of this kind.")
    if not may_give(actor.roles_over(unit.path), role) and actor.kind is not Kind.SYSTEM:
        raise Invalid.of(role="You can give only what you hold yourself. Ask the administrator.")
    if user_id == actor.user_id:
        raise Invalid.of(user_id="You cannot appoint yourself.")
    user = User.objects.filter(pk=user_id, kind="staff").first()
    if user is None or not user.is_active:
        raise Invalid.of(user_id="Please choose a person with an account.")
    if Post.objects.filter(user=user, unit=unit, role=role, ended_on__isnull=True).exists():
        raise Invalid.of(user_id="This person holds this post already.")
    post = Post.objects.create(user=user, unit=unit, role=role, started_on=from_on or clock.today())
    audit.record(actor, "post.appoint", f"user:{user.id}", unit=str(unit.id), role=role)
    atlas.changed()
    return HeldPost.of(post)


def _running_after(day: date) -> Q:
    return Q(ended_on__isnull=True) | Q(ended_on__gt=day)


def _running(actor: Actor, post_id: UUID) -> Post:
    return scope.lock(actor, "post.appoint", Post.objects.filter(ended_on__isnull=True), post_id)


@transaction.atomic
def end_post(actor: Actor, post_id: UUID, *, on: date | None = None) -> HeldPost:
    """End a post: `on` is the first day without it, today by default. Raises NotFound, Invalid."""
    post = _running(actor, post_id)
    post.ended_on = max(on or clock.today(), post.started_on)
    post.save(update_fields=["ended_on"])
    audit.record(actor, "post.end", f"user:{post.user_id}", post=str(post.id))
    if not Post.objects.filter(user_id=post.user_id).filter(_running_after(clock.today())).exists():
        end_sessions_of(actor, post.user_id)  # nothing is left to be signed in for
    atlas.changed()
    return HeldPost.of(post)


@transaction.atomic
def hand_over(actor: Actor, post_id: UUID, *, to_user_id: UUID) -> HeldPost:
    """End a post today and give it, with its portfolios, to a successor. Raises NotFound, Invalid.

    Matters are held by the unit, so none is left with nobody.
    """
    post = _running(actor, post_id)
    if post.user_id == to_user_id:
        raise Invalid.of(to="The successor must be another person.")
    end_post(actor, post_id)
    successor = appoint(actor, post.unit_id, user_id=to_user_id, role=post.role)
    Portfolio.objects.filter(grid_id=post.unit_id, worker_id=post.user_id).update(worker_id=to_user_id)
    audit.record(actor, "post.hand_over", f"user:{post.user_id}", to=str(to_user_id))
    return successor


@transaction.atomic
def leave(actor: Actor, user_id: UUID) -> int:
    """End all posts of a person within reach, and the account when none is left; returns how many ended.

    Raises NotFound when no running post of this person is within reach, Invalid for oneself.
    """
    if user_id == actor.user_id:
        raise Invalid("You cannot end your own account.", hint="Ask a colleague who may appoint.")
    running = Post.objects.filter(user_id=user_id, ended_on__isnull=True)
    mine = list(scope.within(actor, "post.appoint", running).values_list("pk", flat=True))
    if not mine:
        raise NotFound()
    for post_id in mine:
        end_post(actor, post_id)
    if not running.exists():
        User.objects.filter(pk=user_id).update(ended_on=clock.today())
        end_sessions_of(actor, user_id)
        audit.record(actor, "user.end", f"user:{user_id}")
    standing_in = scope.within(actor, "post.appoint", Post.objects.filter(stand_in_id=user_id))
    ids = list(standing_in.values_list("pk", flat=True))
    Post.objects.filter(pk__in=ids).update(stand_in=None, stand_in_from=None, stand_in_until=None)
    return len(mine)


def _in_hand(actor: Actor, user_id: UUID) -> User:
    """Return a person, locked, of whom the actor may give every role, all of it within reach. Raises NotFound."""
    posts = Post.objects.filter(user_id=user_id, ended_on__isnull=True).select_related("unit")
    reached = set(scope.within(actor, "post.appoint", posts).values_list("pk", flat=True))
    held = list(posts)
    user = User.objects.select_for_update().filter(pk=user_id, kind="staff").first()
    if user is None or not held or user_id == actor.user_id:
        raise NotFound()
    gives = all(p.pk in reached and may_give(actor.roles_over(p.unit.path), p.role) for p in held)
    if not gives and actor.kind is not Kind.SYSTEM:
        raise NotFound()
    return user


@transaction.atomic
def give_password(actor: Actor, user_id: UUID, *, password: str) -> str:
    """Give somebody a new first password, to be changed at once; returns the username. Their sessions end with the old one.

    Only who may give every role this person holds, all of it within reach: nobody gets into a higher account this way.
    Raises NotFound, Invalid.
    """
    user = _in_hand(actor, user_id)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid.of(password=" ".join(error.messages)) from error
    user.password, user.must_change_password = make_password(password), True
    user.save(update_fields=["password", "must_change_password"])
    end_sessions_of(actor, user.id)
    audit.record(actor, "user.password", f"user:{user.id}")
    return str(user.username)


@transaction.atomic
def reset_factors(actor: Actor, user_id: UUID) -> None:
    """Take somebody's second factors away, who lost the phone; they are told at the next sign-in, and sessions end.

    Only who may give this person a new password. Raises NotFound, Invalid when there is none.
    """
    user = _in_hand(actor, user_id)
    if not drop_factors(actor, user.id):
        raise Invalid("This person has no second factor.")
    end_sessions_of(actor, user.id)
    audit.record(actor, "factor.reset", f"user:{user.id}")


@transaction.atomic
def password_changed(actor: Actor) -> None:
    """Note that somebody has chosen a password of their own."""
    if actor.user_id:
        User.objects.filter(pk=actor.user_id).update(must_change_password=False)
        audit.record(actor, "user.own_password", f"user:{actor.user_id}")


@transaction.atomic
def set_stand_in(
    actor: Actor,
    post_id: UUID,
    *,
    user_id: UUID | None,
    from_on: date | None = None,
    until_on: date | None = None,
) -> HeldPost:
    """Let another person stand in from a day to a day, or with None nobody any more. Raises NotFound, Invalid."""
    post = _running(actor, post_id)
    if user_id is None:
        post.stand_in = post.stand_in_from = post.stand_in_until = None
    else:
        start = min(from_on or clock.today(), date(2999, 1, 1))
        end = until_on or start + timedelta(days=7)
        if end < start:
            raise Invalid.of(until_on="The last day lies before the first.")
        other = User.objects.filter(pk=user_id, kind="staff").first()
        if other is None or not other.is_active or other.id == post.user_id:
            raise Invalid.of(user_id="Please choose another person with an account.")
        if other.id == actor.user_id and actor.kind is not Kind.SYSTEM:
            raise Invalid.of(user_id="You cannot appoint yourself.")
        if end - start > MOST_STAND_IN:
            raise Invalid.of(until_on="Somebody stands in for 92 days at most; then appoint them.")
        post.stand_in, post.stand_in_from, post.stand_in_until = other, start, end
    post.save(update_fields=["stand_in", "stand_in_from", "stand_in_until"])
    audit.record(actor, "post.stand_in", f"user:{post.user_id}", stand_in=str(user_id or ""))
    atlas.changed()
    return HeldPost.of(post)


@transaction.atomic
def resident_of_phone(actor: Actor, *, phone_index: str) -> User:
    """Return the resident whose phone was just proven, opening an account at the first time."""
    user, _ = User.objects.get_or_create(phone_index=phone_index, defaults={"kind": "resident", "name": ""})
    return user


def prefer_language(actor: Actor, *, language: str) -> None:
    """Keep the language a signed-in person chose."""
    if actor.user_id:
        User.objects.filter(pk=actor.user_id).update(language=language)
