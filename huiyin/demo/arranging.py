"""What the demo's desk keeps beside the matters: templates of replies, a theme, some merged matters."""

from collections.abc import Mapping
from uuid import UUID

from huiyin.demo.world import World
from huiyin.needs import actions as needs
from huiyin.needs import queries
from huiyin.needs.queries import Filter, orders
from huiyin.needs.rules.sorting import COMPLAINT_STAFF
from huiyin.org import queries as org
from huiyin.org.actors import SYSTEM, Actor
from huiyin.platform.errors import Refusal

TEMPLATES: Mapping[str, str] = {
    "已派人上门": "您好，您{受理日期}反映的{地点}的问题，我们已经安排人员上门处理，{承诺日期}前给您结果。有疑问请打{单位}电话{单位电话}。",
    "需要多部门协调": "您好，您反映的问题涉及多个单位，我们已经牵头协调，{承诺日期}前答复您进展。请记好编号{编号}，随时可以查询。",
    "已办结": "您好，您反映的{地点}的问题已经处理完毕，请您看看是否满意。如还有问题，请打电话{单位电话}，我们再来。",
}
SUBJECTS = ("路灯", "电动车", "下水道", "停车", "噪音", "垃圾", "医保")
THEME_MOST, MERGES = 6, 3


def _actor(world: World, ids: Mapping[str, UUID], username: str) -> Actor:
    key = next(a.person_key for a in world.accounts if a.username == username)
    return org.actor_of(SYSTEM, ids[key])


def _theme(dispatcher: Actor) -> None:
    """Group the open matters of the subject that is asked for most."""
    found = {s: queries.held(dispatcher, which=Filter("open", text=s), most=THEME_MOST).rows for s in SUBJECTS}
    subject = max(found, key=lambda s: len(found[s]))
    if len(found[subject]) > 1:
        for row in found[subject]:
            needs.group(dispatcher, row.id, theme=f"{subject}问题集中办理")


def _merges(dispatcher: Actor) -> None:
    """Merge some open matters of one place that say alike."""
    done: set[UUID] = set()
    for row in queries.held(dispatcher, which=Filter("open"), most=200).rows:
        if len(done) >= 2 * MERGES:
            return
        alike = [queries.need(dispatcher, w.need_id) for w in orders.beside(dispatcher, row)] if row.place_text else []
        same = [w for w in alike if (w.place_text, w.unit_id, w.state) == (row.place_text, row.unit_id, row.state)]
        if row.id in done or row.kind == COMPLAINT_STAFF or not same or same[0].id in done:
            continue
        try:
            needs.merge(dispatcher, same[0].id, original_id=row.id)
        except Refusal:  # an order is out for it: another pair will do
            continue
        done |= {row.id, same[0].id}


def arrange(world: World, ids: Mapping[str, UUID]) -> None:
    """Keep what an office that has used the desk for a while would have."""
    dispatcher = _actor(world, ids, "dispatcher")
    office = dispatcher.office
    if office is None:
        return
    for name, text in TEMPLATES.items():
        needs.save_template(dispatcher, office[0], name=name, text=text)
    _theme(dispatcher)
    _merges(dispatcher)
    needs.save_view(dispatcher, name="紧急未办", query="urgent=1")
