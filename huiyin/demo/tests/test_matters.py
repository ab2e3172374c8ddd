"""A year of matters: as many as asked for, in every stage, at hours when people write and offices work."""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from shapely import Point
from shapely.geometry import shape

from huiyin.demo.world import Matter, World, make_world
from huiyin.demo.world.hours import CHINA, local_date, midnight
from huiyin.demo.world.phrases import HEADINGS
from huiyin.needs import rules
from huiyin.needs.rules import evaluation
from huiyin.needs.rules import orders as order_rules

TODAY = date(2026, 3, 4)
NOW = datetime(2026, 3, 4, 7, 30, tzinfo=UTC)  # half past three in the office
OPEN = ("collect", "analyse", "match", "carry_out")


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(today=TODAY)


@pytest.fixture(scope="module")
def year() -> World:
    return make_world(matters=3000, today=TODAY, now=NOW)


def open_ones(world: World) -> list[Matter]:
    return [matter for matter in world.matters if matter.stage in OPEN]


# a whole year


def test_a_year_of_three_thousand_is_made_within_five_seconds() -> None:
    start = time.process_time()
    assert len(make_world(matters=3000, today=TODAY, now=NOW).matters) == 3000
    assert time.process_time() - start < 5


def test_matters_stand_at_every_stage_and_most_are_closed(year: World) -> None:
    stages = Counter(matter.stage for matter in year.matters)
    assert stages["closed"] > 2200
    few = {stage: n for stage, n in stages.items() if stage != "closed"}
    assert set(few) == {*OPEN, "answer", "evaluate", "feedback", "withdrawn"}
    assert min(few.values()) >= 8
    orders = Counter(matter.order_stage for matter in open_ones(year))
    assert min(orders[stage] for stage in ("open", "assigned", "working", "suspended", "returned")) >= 3
    assert Counter(m.order_stage for m in year.matters)["done"] > 500


def test_some_were_opened_again_once_and_twice_and_some_explained(year: World) -> None:
    assert Counter(matter.round for matter in year.matters)[1] > 50
    assert Counter(matter.round for matter in year.matters)[2] > 20
    verbs = Counter[str](move.verb for matter in year.matters for move in matter.story)
    rare = (
        "explain",
        "suspend",
        "resume",
        "return",
        "transfer",
        "extend",
        "grant",
        "claim",
        "lapse",
        "conclude",
        "learn",
    )
    assert min(verbs[verb] for verb in rare) >= 20
    assert verbs["withdraw"] >= 20
    assert sum(bool(move.reason) for matter in year.matters for move in matter.story) >= 20


def test_what_is_open_is_mostly_recent_and_a_few_percent_are_overdue(year: World) -> None:
    ages = [(TODAY - local_date(matter.received_at)).days for matter in open_ones(year)]
    assert sum(age <= 7 for age in ages) / len(ages) > 0.7
    assert 0.02 < sum(age >= 12 for age in ages) / len(ages) < 0.2
    assert max(ages) < 60


def test_nobody_waits_for_a_rating_longer_than_the_office_does(year: World) -> None:
    for matter in year.matters:
        if matter.stage == "evaluate":
            assert NOW - matter.story[-1].at <= timedelta(days=evaluation.RATE_WITHIN_DAYS, hours=1)


@pytest.mark.parametrize("now", [NOW, NOW.replace(hour=1), NOW - timedelta(hours=10), NOW - timedelta(hours=15)])
def test_two_hundred_came_in_today_before_now(now: datetime) -> None:
    world = make_world(matters=3000, today=local_date(now), now=now)
    today = [matter.received_at for matter in world.matters if local_date(matter.received_at) == world.today]
    assert len(today) == 200
    assert max(today) < now
    opened = midnight(world.today) + timedelta(hours=8)
    assert min(today) >= (opened if now - opened > timedelta(hours=1) else midnight(world.today))


def test_working_days_and_mornings_are_busier(year: World) -> None:
    before = [m.received_at.astimezone(CHINA) for m in year.matters if local_date(m.received_at) < TODAY]
    days, hours = Counter(at.weekday() for at in before), Counter(at.hour for at in before)
    assert min(days[n] for n in range(5)) > 1.5 * max(days[5], days[6])
    assert sum(hours[h] for h in range(8, 12)) > 1.5 * sum(hours[h] for h in range(18, 24))
    assert not any(hours[h] for h in range(6))


def test_the_cold_comes_in_winter_and_the_water_in_summer(year: World) -> None:
    months = {key: Counter[int]() for key in HEADINGS}
    for matter in year.matters:
        if matter.received_at > NOW - timedelta(days=340):
            months[matter.subject][matter.received_at.astimezone(CHINA).month] += 1
    assert sum(months["winter_cold"][m] for m in (12, 1, 2)) > 0.6 * months["winter_cold"].total() > 6
    assert sum(months["storm_water"][m] for m in (5, 6, 7, 8)) > 0.6 * months["storm_water"].total() > 6
    assert not any(months["winter_cold"][m] for m in range(4, 11))


def test_every_class_of_the_subject_tree_comes_up(year: World) -> None:
    classes = Counter(HEADINGS[matter.subject].category.split("/")[0] for matter in year.matters)
    assert len(classes) == 15
    assert min(classes.values()) >= 3


def test_some_places_come_up_again_and_again(year: World) -> None:
    lately = [m for m in year.matters if (TODAY - local_date(m.received_at)).days <= 30 and m.place_text]
    assert sum(n >= 3 for n in Counter(m.place_text for m in lately).values()) >= 10


def test_the_same_thing_is_said_within_days_by_different_people(year: World) -> None:
    by_place: dict[tuple[str, str], list[Matter]] = {}
    for matter in year.matters:
        if matter.place_text:
            by_place.setdefault((matter.subject, matter.place_text), []).append(matter)
    pairs = [
        (a, b)
        for told in by_place.values()
        for a, b in itertools.pairwise(told)
        if b.received_at - a.received_at < timedelta(days=6) and alike(a.words, b.words) > 0.5
    ]
    assert len(pairs) >= 60
    assert all(a.words != b.words and (a.person is None or a.person != b.person) for a, b in pairs)


def alike(one: str, other: str) -> float:
    """Return the share of pairs of letters that two texts have in common."""
    a, b = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(a & b) / min(len(a), len(b))


def test_few_matters_read_alike_in_different_places(year: World) -> None:
    places = sorted({matter.place_text for matter in year.matters if matter.place_text}, key=len, reverse=True)
    bare = Counter(re.sub("|".join(map(re.escape, places)), "", matter.words) for matter in year.matters)
    assert len({matter.words for matter in year.matters}) == 3000
    assert len(bare) / 3000 > 0.85
    assert bare.most_common(1)[0][1] <= 12


# any number


@pytest.mark.parametrize("count", [0, 3, 20, 60])
def test_a_small_county_has_as_many_as_asked_for(count: int) -> None:
    assert len(make_world(matters=count, today=TODAY, now=NOW).matters) == count


def test_matters_come_by_every_channel(world: World) -> None:
    assert len({matter.channel for matter in world.matters}) == 6


def test_no_two_residents_use_the_same_words(world: World) -> None:
    assert len({matter.words for matter in world.matters}) == 300
    assert all(4 < len(matter.words) <= 300 for matter in world.matters)
    lengths = sorted(len(matter.words) for matter in world.matters)
    assert lengths[30] < 40
    assert lengths[-3] > 100
    assert not [m for m in world.matters if "{" in m.words or any("{" in x.text + x.note for x in m.story)]


@pytest.mark.parametrize("seed", range(1, 4))
def test_moves_follow_each_other_in_time_and_never_lie_in_the_future(seed: int) -> None:
    for matter in make_world(seed=seed, today=TODAY).matters:
        times = [matter.received_at, *(move.at for move in matter.story)]
        assert times == sorted(set(times))
        assert times[-1] < midnight(TODAY)
        assert TODAY - local_date(times[0]) < timedelta(days=366)
        assert all(moment.tzinfo is UTC for moment in times)


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 2), date(2026, 7, 19), date(2027, 2, 28)])
def test_any_day_gives_a_world_with_work_left_to_do(today: date) -> None:
    stages = Counter[str](matter.stage for matter in make_world(today=today).matters)
    assert min(stages[stage] for stage in (*OPEN, "answer", "evaluate", "feedback", "closed")) >= 1


def test_the_cast_of_the_demo_accounts_stands_at_every_stage(world: World) -> None:
    at_grid = [matter for matter in world.matters if matter.grid_key == "grid:lianhua:12"]
    assert {*OPEN, "answer", "evaluate", "feedback", "closed"} <= {matter.stage for matter in at_grid}
    led = {(move.lead_key, m.order_stage) for m in at_grid for move in m.story if move.verb == "order"}
    assert {("team:repair", "assigned"), ("team:repair", "working"), ("outside", "assigned"), ("", "open")} <= led
    assert {("grid:lianhua:12", "assigned"), ("grid:lianhua:12", "working"), ("grid:lianhua:12", "suspended")} <= led


def test_each_move_is_made_by_staff_of_the_unit_that_acts_while_it_is_theirs(world: World) -> None:
    posts = {(post.person_key, post.unit_key) for post in world.posts if post.ended_on is None}
    parents = {unit.key: unit.parent_key for unit in world.units}
    for matter in world.matters:
        holder = matter.starts_at_key
        for move in matter.story:
            by_resident = move.verb in ("rate", "lapse", "withdraw") or move.delivered_by == "page"
            assert (move.by_key, move.unit_key) in posts or (by_resident and not move.by_key)
            assert move.verb != "hand_up" or (move.to_key == parents[holder] and move.note)
            assert move.verb in ("hand_up", "pass_on", "order", "rate") or move.to_key == holder
            holder = move.to_key


def test_stories_keep_to_the_order_that_the_rules_allow(year: World) -> None:
    for matter in year.matters:
        story = " ".join(move.verb for move in matter.story)
        assert re.fullmatch(r"(sort ?)?((accept|hand_up|pass_on|withdraw|order|answer)( .*)?)?", story), story
        told = ("answer", "complete", "conclude", "explain")
        assert all(bool(move.text) == (move.verb in told) for move in matter.story if move.verb != "rate")
        assert all(bool(m.delivered_by) >= (m.verb in ("deliver", "answer", "conclude")) for m in matter.story)


def test_the_worlds_verbs_and_stages_are_those_of_the_rules(year: World) -> None:
    known = {step.verb for step in (*rules.LIFECYCLE.steps, *order_rules.LIFECYCLE.steps)} | {"order"}
    assert {move.verb for matter in year.matters for move in matter.story} <= known
    assert {matter.stage for matter in year.matters} <= set(rules.STATE_LABELS)
    assert {matter.order_stage for matter in year.matters} <= {"", *order_rules.STATE_LABELS}


def test_a_complaint_about_staff_starts_above_them_and_never_reaches_them(world: World) -> None:
    complaints = [matter for matter in world.matters if matter.about_staff_key]
    assert len(complaints) == 3
    for matter in complaints:
        units = {post.unit_key for post in world.posts if post.person_key == matter.about_staff_key}
        assert matter.starts_at_key not in units
        assert matter.about_staff_key not in {move.by_key for move in matter.story}
        assert not matter.public


def test_two_matters_speak_of_an_emergency_and_are_taken_up_at_once(world: World) -> None:
    urgent = [matter for matter in world.matters if matter.urgent_words]
    assert len(urgent) == 2
    assert all(m.story[0].at - m.received_at < timedelta(minutes=10) for m in urgent)


def test_a_matter_in_a_grid_lies_in_its_boundary(world: World) -> None:
    ground = {unit.key: shape(dict(unit.boundary)) for unit in world.units if unit.boundary}
    for matter in world.matters:
        if matter.grid_key:
            assert matter.lon is not None
            assert matter.lat is not None
            assert ground[matter.grid_key].contains(Point(matter.lon, matter.lat))
