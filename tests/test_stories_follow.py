"""What a new story goes on with and how new it is, and that folding keeps both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extract import follow
from monitor.extract.similar import Rarity
from monitor.extract.stories import Fingerprint
from monitor.extract.story_index import StoryIndex
from monitor.model import Reading, Story, Told
from monitor.pipeline.folding import evidence_types, fold_one
from monitor.pipeline.recent_stories import WINDOW, RecentStories
from monitor.store.engine import Store
from tests.clusters import CLUSTERS, EPISODE, items, labelled
from tests.readers import shipped
from tests.test_stories import PLAN, PLAN_MOVE, RESULTS, event, fingerprint, reading

NOON = datetime(2025, 6, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = shipped()
EVIDENCE = evidence_types(RULES)

ORDER = reading(
    "President signs order to pay for rare-earth mines under wartime act",
    "The order puts the Defense Production Act to work for rare-earth mines. Officials had weighed "
    "such loans for weeks; MP Materials, the only such mine, gains most.",
    entities=("donald-trump", "defense-production-act", "mp-materials", "rare-earths"),
    events=(event("dpa-invocation", "occurred"), event("public-funding", "announced", 9)),
    at=NOON + 8 * DAY,
    identity="00000000000000a9",
)


def told(key: str, days_before: float, story: str = "one") -> Told:
    return Told(key, story, f"article of {story}", NOON - days_before * DAY)


# ---------------------------------------------------------------- pure


def test_novelty_is_the_days_since_the_last_event_of_that_kind_about_one_of_the_same() -> None:
    mark = replace(fingerprint(RESULTS), matters=("earnings lynas", "earnings mp-materials"))
    before = [
        told("earnings mp-materials", 90),
        told("earnings lynas", 12.5),
        told("mp-materials", 1),
        told("tariff mp-materials", 2),
    ]
    assert follow.novelty(mark, before) == 12.5
    assert follow.novelty(mark, before[2:]) is None
    assert follow.novelty(mark, []) is None
    assert follow.novelty(replace(mark, matters=()), before) is None


def test_the_main_event_is_about_its_targets_or_what_is_named() -> None:
    one = replace(event("tariff"), targets=("country-cn",))
    aimed = reading("Title", entities=("donald-trump", "rare-earths"), events=[one])
    assert fingerprint(aimed).matters == ("tariff country-cn", "tariff rare-earths")
    by_law = reading("T", entities=("donald-trump", "defense-production-act"), events=[event("x")])
    assert fingerprint(by_law).matters == ("x defense-production-act",)
    by_man = reading("T", entities=("donald-trump", "country-us"), events=[event("x")])
    assert fingerprint(by_man).matters == ("x donald-trump",)
    assert fingerprint(reading("T", entities=("lynas",))).matters == ()


def test_those_that_share_the_most_keys_are_compared_the_latest_first() -> None:
    mark = fingerprint(PLAN)
    found = [
        *(told(key, 3, "both") for key in ("mp-materials", "rare-earths")),
        told("mp-materials", 2, "one"),
        told("mp-materials", 1, "later"),
        told("mp-materials", 91, "long ago"),
    ]
    assert list(follow.nearest(mark, found)) == ["both", "later", "one"]
    assert follow.nearest(mark, found)["both"] == "article of both"
    many = [told("mp-materials", 1, str(number)) for number in range(follow.COMPARED + 9)]
    assert len(follow.nearest(mark, many)) == follow.COMPARED


def rarity_of(*marks: Fingerprint) -> Rarity:
    index = StoryIndex(WINDOW)
    for mark in marks:
        index.remember(mark)
    return index.rarity


def test_what_was_considered_and_is_now_done_follows() -> None:
    plan, results, order = map(fingerprint, (PLAN, RESULTS, ORDER))
    rarity = rarity_of(plan, results)
    link = follow.follows(order, {"results": results, "plan": plan}, rarity)
    assert link is not None
    assert link.story_id == "plan"
    assert link.score == pytest.approx(follow.probability(sum(link.reasons.values())))
    assert follow.follows(order, {"results": results}, rarity) is None
    assert follow.follows(order, {}, rarity) is None


def test_a_story_in_several_parts_goes_on_from_the_last() -> None:
    plan, order = fingerprint(PLAN), fingerprint(ORDER)
    again = replace(plan, said_at=plan.said_at + DAY)
    rarity = rarity_of(plan, again)
    for earlier in ({"plan": plan, "again": again}, {"again": again, "plan": plan}):
        link = follow.follows(order, earlier, rarity)
        assert link is not None
        assert link.story_id == "again"


def test_a_report_of_a_move_follows_no_report_of_a_move() -> None:
    moves = [
        fingerprint(
            reading(
                "Miners at the close",
                f"MP Materials ended {percent}% higher at ${price} on {day}, helped by volume.",
                entities=("mp-materials",),
                events=[event("price-move")],
                at=NOON + number * DAY,
            )
        )
        for number, (percent, price, day) in enumerate(
            [("1.5", "25.10", "Thursday"), ("2.5", "25.73", "Friday")]
        )
    ]
    assert follow.follows(moves[1], {"one": moves[0]}, rarity_of(*moves)) is None


# ---------------------------------------------------------------- with a store


def folded(store: Store, readings: Sequence[Reading], index: StoryIndex) -> list[Story | None]:
    with store.begin() as tx:
        for one in readings:
            tx.articles.add(one.article, ())
            tx.articles.save_extraction(one.extraction, one.article.seen_at)
        return [fold_one(tx, index, one, EVIDENCE) for one in readings]


def kept(store: Store, stories: Sequence[Story | None]) -> list[Story | None]:
    with store.begin() as tx:
        return [one and tx.stories.get(one.id) for one in stories]


def in_memory() -> Store:
    return Store.open("sqlite://")


def test_what_a_story_follows_and_its_novelty_are_kept() -> None:
    store = in_memory()
    stories = kept(store, folded(store, [PLAN, RESULTS_LATER, ORDER], StoryIndex(WINDOW)))
    plan, results, order = stories
    assert plan is not None
    assert results is not None
    assert order is not None
    assert (plan.follows, plan.novelty) == (None, None)
    assert (results.follows, results.novelty) == (None, None)
    assert (order.follows, order.novelty) == (plan.id, 8.0)
    again = replace(ORDER, article=replace(ORDER.article, id="b", seen_at=NOON + 30 * DAY))
    [later] = kept(store, folded(store, [again], StoryIndex(WINDOW)))
    assert later is not None
    assert later.novelty == 22.0
    store.close()


RESULTS_LATER = replace(RESULTS, article=replace(RESULTS.article, id="r", seen_at=NOON + DAY))


def some_of_the_labelled(least: int = 0, most: int = 70) -> list[Reading]:
    found = items(CLUSTERS)[least:most]
    return [labelled(number, item, RULES.entities) for number, item in enumerate(found)]


def test_folding_an_article_again_changes_nothing() -> None:
    store, index = in_memory(), StoryIndex(WINDOW)
    readings = some_of_the_labelled()
    once = kept(store, folded(store, readings, index))
    size = len(index)
    with store.begin() as tx:
        twice = [fold_one(tx, index, one, EVIDENCE) for one in readings]
    assert twice == once
    assert kept(store, twice) == once
    assert len(index) == size
    store.close()


@cache
def without_a_stop(count: int) -> list[Story | None]:
    store, readings = in_memory(), some_of_the_labelled(most=count)
    stories = kept(store, folded(store, readings, StoryIndex(WINDOW)))
    store.close()
    return stories


@pytest.mark.parametrize("count", [40, pytest.param(70, marks=pytest.mark.slow)])
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_going_on_from_the_store_is_the_same_as_going_on(count: int, data: st.DataObject) -> None:
    """As when the program was stopped after some articles and started again."""
    breaks = data.draw(st.lists(st.integers(1, count - 1), max_size=3, unique=True))
    readings = some_of_the_labelled(most=count)
    store = in_memory()
    stories: list[Story | None] = []
    bounds = [0, *sorted(breaks), len(readings)]
    for start, end in pairwise(bounds):
        index = RecentStories().index(store, readings[start].article.seen_at)
        stories += folded(store, readings[start:end], index)
    assert kept(store, stories) == without_a_stop(count)
    store.close()


def test_novelty_is_what_a_scan_over_all_that_was_told_finds() -> None:
    """The truth from elsewhere: every earlier article compared, one by one."""
    readings = [
        labelled(number, item, RULES.entities) for number, item in enumerate(items(EPISODE))
    ]
    store = in_memory()
    stories = kept(store, folded(store, readings, StoryIndex(WINDOW)))
    store.close()
    begun: set[str] = set()
    first_told: dict[tuple[str, str], datetime] = {}  # (matter, story) → when it first told of it
    checked = 0
    for one, story in zip(readings, stories, strict=True):
        if story is None:
            continue
        mark = fingerprint(one)
        if story.id not in begun:
            begun.add(story.id)
            times = [at for (matter, _), at in first_told.items() if matter in mark.matters]
            days = None if not times else (mark.said_at - max(times)) / DAY
            assert story.novelty == days
            checked += days is not None
        for matter in mark.matters:
            first_told.setdefault((matter, story.id), mark.said_at)
    assert checked > 40


def test_what_is_evidence_and_no_cause_is_in_the_rules() -> None:
    assert set(EVIDENCE) == {"price-move", "official-statement"}
    strong = RULES.events["price-move"].model_copy(update={"prior": 0.9})
    rules = replace(RULES, events={**RULES.events, "price-move": strong})
    assert evidence_types(rules) == {"official-statement"}


def test_a_move_joins_the_news_that_it_names_where_the_rules_call_it_evidence() -> None:
    store, index = in_memory(), StoryIndex(WINDOW)
    moved = replace(PLAN_MOVE, article=replace(PLAN_MOVE.article, id="m"))
    plan, move = folded(store, [PLAN, moved], index)
    assert plan is not None
    assert move is not None
    assert plan.id == move.id
    store.close()
