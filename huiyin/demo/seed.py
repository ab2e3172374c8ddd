"""Put an invented county into an empty database: the register by the loaders, each matter by the very actions
that a resident and a clerk would call, at the moments the story names. What was interrupted goes on."""

from datetime import timedelta

from django.db import transaction

from huiyin.demo import arranging, register, seeding, tellers, telling
from huiyin.demo.register import Progress
from huiyin.demo.seeding import Begun
from huiyin.demo.world import World, make_world
from huiyin.demo.world.hours import local_date
from huiyin.needs import actions as needs
from huiyin.org.actors import PUBLIC
from huiyin.platform import clock, events


def _world(begun: Begun) -> World:
    """Return the world as it was when it began: the same moment makes the same stories."""
    at = begun.began_at
    return make_world(like=begun.like, seed=1, matters=begun.matters, today=local_date(at), now=at)


@transaction.atomic  # a register half written would look like a whole one
def _begin(begun: Begun, say: Progress) -> tuple[World, Begun]:
    world = _world(begun)
    begun = Begun(begun.like, begun.matters, begun.began_at, register.write(world, say))
    seeding.begin(begun)
    return world, begun


def _complain(world: World, begun: Begun) -> None:
    """Let one complaint about the street's own people wait at the inspection."""
    about = next(a.person_key for a in world.accounts if a.username == "dispatcher")
    name = next(p.name for p in world.people if p.key == about)
    words = "打电话到街道问低保的进度，接电话的人说话很冲，我还没问完就挂了。"
    community = begun.ids[world.main_community_key]
    new = needs.NewNeed(words=words, channel="web", source="demo:complaint", community_id=community, about_staff=name)
    with clock.at(begun.began_at - timedelta(days=1)):
        needs.register(PUBLIC, new=new)


def _tell(world: World, begun: Begun, *, say: Progress, processes: int) -> None:
    already = seeding.told()
    done = sum(already.values())

    def told() -> None:
        nonlocal done
        done += 1
        say("matters", done, len(world.matters))

    if done:
        say("matters", done, len(world.matters))
    if processes > 1 and len(world.matters) > done:
        tellers.tell_side_by_side(world, begun.ids, already=already, told=told)
    else:
        for share, count in already.items():
            telling.tell_share(world, begun.ids, share, already=count, told=told)


def seed(*, like: str, matters: int, say: Progress, processes: int = 1) -> World:
    """Fill an empty database, or go on filling one, and return the world it was filled with.

    What was begun goes on as it was begun, whatever is asked for now. Raises TellerError.
    """
    begun = seeding.begun()
    if begun is None:
        world, begun = _begin(Begun(like, matters, clock.now(), {}), say)
    else:
        world = _world(begun)
    _tell(world, begun, say=say, processes=processes)
    with transaction.atomic():
        _complain(world, begun)
        arranging.arrange(world, begun.ids)
        seeding.end()
        for task in ("needs.find_common", "needs.learn_categories") if world.matters else ():
            events.defer(task)  # not only from tomorrow on
    return world
