"""A session of staff from the sign-in to its end: noted once, seen now and then, over when idle or too old.

What is asked at each request stands in the session itself, which is read anyway: no statement more.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from huiyin.org import actions
from huiyin.org.actions import Whence
from huiyin.org.actors import Actor, Kind
from huiyin.org.models import User
from huiyin.org.queries import actor_for
from huiyin.platform import clock, sessions
from huiyin.platform.http import client_address

MARK = "desk"
SEEN_EVERY_S = 300
CONFIRMED = "confirmed_at"
CONFIRMED_FOR_S = 600


def key_of(request: HttpRequest) -> str:
    """Return the hash under which this request's session is kept."""
    return sessions.kept_as(request.session.session_key or "")


def _how(request: HttpRequest) -> str:
    """Return how this session was signed in: by password, with a code or passkey after it, or by passkey alone."""
    steps = request.session.get("account_authentication_methods") or []
    if any(s.get("passwordless") for s in steps):
        return "passkey"
    second = next((s.get("type") for s in reversed(steps) if s.get("method") == "mfa"), "")
    return {"totp": "password_app", "webauthn": "password_passkey", "recovery_codes": "password_recovery"}.get(
        second or "", "password"
    )


def _whence(request: HttpRequest) -> Whence:
    agent = request.headers.get("User-Agent", "").replace("\x00", "")
    return Whence(key_of(request), _how(request), agent, client_address(request))


def begin(request: HttpRequest, user: User) -> None:
    """Note a sign-in, and in the session what later requests compare."""
    actor = actor_for(user)
    if request.session.session_key is None:
        request.session.create()
    now = clock.now().timestamp()
    key = actions.session_began(actor, whence=_whence(request))
    request.session[MARK] = {"id": str(key), "key": key_of(request), "since": now, "seen": now}


def note_key(request: HttpRequest, actor: Actor) -> str:
    """Note the session's new key, as after a new password, and return its hash."""
    mark = request.session[MARK]
    actions.session_seen(actor, mark["id"], whence=_whence(request))
    request.session[MARK] = {**mark, "key": key_of(request)}
    return key_of(request)


def goes_on(request: HttpRequest, user: User) -> bool:
    """Return whether a session of staff may go on; note every few minutes that it was seen."""
    actor, mark, now = Actor(Kind.STAFF, user.id, user.name), request.session.get(MARK), clock.now().timestamp()
    if mark is None:
        begin(request, user)
        return True
    idle_s = now - mark["seen"]
    if idle_s > settings.STAFF_IDLE_S or now - mark["since"] > settings.SESSION_COOKIE_AGE:
        actions.session_over(actor, key_hash=mark["key"])
        return False
    if idle_s > SEEN_EVERY_S or mark["key"] != key_of(request):
        actions.session_seen(actor, mark["id"], whence=_whence(request))
        request.session[MARK] = {**mark, "key": key_of(request), "seen": now}
    return True


def held_back(user: User, actor: Actor) -> str:
    """Return the route somebody must go to before anything else opens, "" for none."""
    if user.must_change_password:
        return "account_change_password"
    roles = {grant.role for grant in actor.grants}
    return "account" if not user.second_factor and roles & settings.SECOND_FACTOR_ROLES else ""


def confirm(request: HttpRequest) -> None:
    """Note that the password was just given again."""
    request.session[CONFIRMED] = clock.now().timestamp()


def confirmed(request: HttpRequest) -> bool:
    """Return whether the password was given again within the last ten minutes."""
    return clock.now().timestamp() - float(request.session.get(CONFIRMED, 0)) < CONFIRMED_FOR_S


def told_of_reset(request: HttpRequest, user: User) -> str:
    """Return what to tell somebody whose second factor was taken away, once; "" for nobody else."""
    if user.factor_reset_at is None:
        return ""
    actions.reset_told(Actor(Kind.STAFF, user.id, user.name))
    return gettext(
        "Your second factor was removed by your office. If you did not ask for this, tell your administrator at once."
    )
