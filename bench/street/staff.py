"""What only the program itself can prepare for a bench at the desk: sessions of staff, open orders.

python -m bench.street.staff sessions COUNT | open COUNT | program 1 < nothing > lines, in the environment of the site
"""

import subprocess
import sys
import uuid
from collections.abc import Iterator

from bench.street.site import ROOT, Site


def _asked(site: Site, *arguments: str) -> list[str]:
    said = subprocess.run(
        [sys.executable, "-m", "bench.street.staff", *arguments],
        env=site.environment(), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if said.returncode:
        raise RuntimeError(said.stderr[-2000:])
    return said.stdout.split()


def sessions(site: Site, *, role: str, count: int) -> list[str]:
    """Return the session keys of this many people with a post of that role (or `user:KEY`), signed in."""
    return _asked(site, "sessions", role, str(count))


def open_orders(site: Site, *, count: int) -> list[str]:
    """Return the keys of this many orders that the street opened for claiming."""
    return _asked(site, "open", str(count))


def _sessions(role: str, count: int) -> Iterator[str]:
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from huiyin.org.models import Post

    store = import_module(settings.SESSION_ENGINE).SessionStore
    kind, _sep, key = role.partition(":")
    who = {"user_id": key} if kind == "user" else {"role": role}
    posts = Post.objects.filter(**who, ended_on__isnull=True).select_related("user").order_by("user_id")
    for post in posts[:count]:
        session = store()
        session[SESSION_KEY] = str(post.user_id)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = post.user.get_session_auth_hash()
        session.create()
        yield session.session_key


def program(site: Site) -> tuple[str, str]:
    """Return the key and the token of a program that reads and sends matters of the whole street."""
    key, token = _asked(site, "program", "1")
    return key, token


def _program() -> Iterator[str]:
    from huiyin.org import actions as org
    from huiyin.org import queries
    from huiyin.org.actors import SYSTEM
    from huiyin.org.models import Post

    post = Post.objects.filter(role="street_head").order_by("user_id")[0]
    secretary = queries.actor_of(SYSTEM, post.user_id)
    scopes = ["matters.read", "matters.write", "units.read"]
    opened = org.open_client(secretary, post.unit_id, name="bench", scopes=scopes, days=30)
    yield from (str(opened.client_id), opened.token)


def _open(count: int) -> Iterator[str]:
    from huiyin.needs import actions
    from huiyin.org import queries as org
    from huiyin.org.actors import PUBLIC, SYSTEM
    from huiyin.org.models import Post

    secretary = org.actor_of(SYSTEM, Post.objects.filter(role="street_head").values_list("user_id", flat=True)[0])
    community = org.communities(SYSTEM)[0]
    for _ in range(count):
        new = actions.NewNeed(words="路灯不亮", channel="web", source=f"web:{uuid.uuid4()}", community_id=community.id)
        need_id = actions.register(PUBLIC, new=new).need_id
        order = actions.make_order(secretary, [need_id], new=actions.NewOrder("请修路灯", open_to="offices"))
        yield str(order.id)


def main(arguments: list[str]) -> None:
    """Print what was asked for, one a line."""
    import django

    django.setup()
    if arguments[0] == "sessions":
        found = _sessions(arguments[1], int(arguments[2]))
    else:
        found = _program() if arguments[0] == "program" else _open(int(arguments[1]))
    print("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1:])
