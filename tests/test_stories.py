from __future__ import annotations

import itertools
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor.extract.likeness import Weights, probability, terms_of
from monitor.extract.stories import Fingerprint, begin, grow, is_relevant
from monitor.extract.stories import fingerprint as fingerprint_of
from monitor.extract.story_index import COMPARED, StoryIndex
from monitor.model import (
    Article,
    EntityType,
    Event,
    Exposure,
    Extraction,
    FirstTold,
    Mention,
    Reading,
    Span,
    Status,
)

PROJECT = Path(__file__).parents[1]
WINDOW = timedelta(days=4)
EVIDENCE = frozenset({"price-move", "official-statement"})
NOON = datetime(2025, 6, 12, 12, tzinfo=UTC)
ADAPTER = TypeAdapter(Fingerprint)
TYPES: dict[str, EntityType] = {
    "mp-materials": "company",
    "lynas": "company",
    "donald-trump": "person",
    "rare-earths": "material",
    "defense-production-act": "instrument",
    "white-house": "institution",
    "mountain-pass": "place",
    "country-us": "country",
}


def mention(identity: str) -> Mention:
    return Mention(identity, TYPES[identity], identity, None, identity, 0, len(identity))


def event(kind: str, status: Status = "occurred", start: int = 0) -> Event:
    return Event(kind, status, Span("", start, start), (), (), (), 1.0, f"{kind}.1", (0, 0))


def reading(
    title: str,
    text: str = "",
    *,
    entities: Sequence[str] = (),
    events: Sequence[Event] = (),
    exposures: Sequence[Exposure] = (),
    at: datetime = NOON,
    published: datetime | None = None,
    outlet: str = "Wire",
    identity: str = "00000000000000a1",
) -> Reading:
    article = Article(
        identity, "feed", outlet, f"https://example.org/{identity}", title, text, published, at
    )
    found = Extraction(identity, tuple(map(mention, entities)), tuple(events), (), tuple(exposures))
    return Reading(article, found)


PLAN = reading(
    "White House may use wartime act to pay for rare-earth mines",
    "Officials are weighing the Defense Production Act to hand loans to rare-earth projects, say "
    "people who know the plan. MP Materials, which runs the only such mine in the country, would "
    "gain most. No decision has been made.",
    entities=("donald-trump", "defense-production-act", "mp-materials", "rare-earths"),
    events=(event("dpa-invocation", "considered", 10), event("public-funding", "considered", 40)),
)
PLAN_MOVE = reading(
    "MP Materials shares up 14% as Washington considers loans under wartime act",
    "Shares of MP Materials gained 14% after a report that officials are weighing the Defense "
    "Production Act to give loans to rare-earth mines.",
    entities=("defense-production-act", "mp-materials", "rare-earths"),
    events=(
        event("price-move", start=1),
        event("dpa-invocation", "considered", 50),
        event("public-funding", "considered", 40),
    ),
    at=NOON + timedelta(hours=2),
)
RESULTS = reading(
    "MP Materials reports record quarter",
    "Revenue at MP Materials rose to $61 million in the quarter and the loss narrowed, helped by a "
    "record output of oxide.",
    entities=("mp-materials",),
    events=(event("earnings"),),
)
SUPPLY = reading(
    "MP Materials signs magnet supply contract with carmaker",
    "MP Materials will deliver magnets from its Texas plant to a carmaker under a contract of "
    "several years, the two companies said.",
    entities=("mp-materials",),
    events=(event("contract-award"),),
    at=NOON + timedelta(hours=1),
)


def fingerprint(one: Reading) -> Fingerprint:
    return fingerprint_of(one, EVIDENCE)


def index_of(*known: tuple[str, Reading]) -> StoryIndex:
    index = StoryIndex(WINDOW)
    for story, each in known:
        index.add(story, fingerprint(each))
    return index


# ---------------------------------------------------------------- which story


def test_a_price_move_folds_into_the_news_it_names_as_its_cause() -> None:
    match = index_of(("plan", PLAN), ("results", RESULTS)).find(fingerprint(PLAN_MOVE))
    assert match is not None
    assert match.story_id == "plan"
    assert match.score == pytest.approx(probability(sum(match.reasons.values())))
    assert match.reasons["events"] == Weights().events  # the move itself does not count


def test_two_events_of_one_company_on_one_day_stay_two_stories() -> None:
    assert index_of(("results", RESULTS)).find(fingerprint(SUPPLY)) is None


def test_a_follow_up_days_later_with_another_event_is_a_new_story() -> None:
    later = reading(
        "President signs order to pay for rare-earth mines under wartime act",
        "The order puts the Defense Production Act to work for rare-earth mines, a week of debate "
        "over the loans at an end.",
        entities=("donald-trump", "defense-production-act", "rare-earths"),
        events=(event("dpa-invocation", "occurred"), event("public-funding", "announced", 9)),
        at=NOON + timedelta(days=3),
    )
    assert index_of(("plan", PLAN)).find(fingerprint(later)) is None


def test_the_same_kind_of_event_alone_makes_no_story() -> None:
    """Half of a day's news may be about tariffs."""
    one = reading(
        "Toymaker sees dearer dolls for Christmas",
        "Import duties will be felt in shops by autumn, its chief executive warned.",
        entities=("donald-trump",),
        events=(event("tariff"),),
    )
    other = reading(
        "Growth of island economy halves",
        "Forecasters in Tokyo blamed levies on cars that Washington has put in force.",
        entities=("donald-trump",),
        events=(event("tariff"),),
    )
    assert index_of(("toys", one)).find(fingerprint(other)) is None


def test_a_copy_goes_where_its_original_is_whatever_has_joined_it_since() -> None:
    joined = [replace_seen(PLAN_MOVE, hours) for hours in range(3, 9)]
    index = index_of(("plan", PLAN), *(("plan", each) for each in joined))
    copy = reading(
        PLAN.article.title,
        PLAN.article.text,
        entities=("rare-earths",),  # as if little had been understood of it
        at=NOON + timedelta(hours=10),
    )
    match = index.find(fingerprint(copy))
    assert match is not None
    assert match.reasons["copied"] == Weights().copied
    assert match.score > 0.99


def replace_seen(old: Reading, hours: int) -> Reading:
    return replace(old, article=replace(old.article, seen_at=NOON + timedelta(hours=hours)))


def test_the_likelier_story_wins() -> None:
    index = index_of(("far", replace_seen(PLAN, 0)), ("near", replace_seen(PLAN_MOVE, 20)))
    match = index.find(fingerprint(replace_seen(PLAN_MOVE, 21)))
    assert match is not None
    assert match.story_id == "near"
    backwards = index_of(("near", replace_seen(PLAN_MOVE, 20)), ("far", replace_seen(PLAN, 0)))
    assert backwards.find(fingerprint(replace_seen(PLAN_MOVE, 21))) == match


def test_what_the_window_has_left_behind_is_dropped() -> None:
    index = index_of(("plan", PLAN), ("results", RESULTS))
    assert index.find(fingerprint(replace_seen(PLAN, 96))) is not None  # just inside
    assert len(index) == 2
    assert index.find(fingerprint(replace_seen(PLAN, 97))) is None
    assert len(index) == 0
    assert index_of().find(fingerprint(PLAN)) is None


def test_old_news_seen_today_is_not_todays_story() -> None:
    old = reading(
        PLAN.article.title,
        PLAN.article.text,
        entities=("rare-earths",),
        published=NOON - timedelta(days=30),
    )
    index = index_of(("old", old))
    assert index.find(fingerprint(PLAN)) is None
    assert len(index) == 1
    again = index.find(fingerprint(old))
    assert again is not None
    assert again.story_id == "old"


def test_a_story_of_many_articles_does_not_crowd_out_another() -> None:
    crowd = [("crowd", replace_seen(PLAN, 1)) for _ in range(COMPARED + 1)]
    index = index_of(("move", PLAN_MOVE), *crowd)
    mark = replace(fingerprint(replace_seen(PLAN_MOVE, 2)), sketch=())  # no key but the crowd's
    match = index.find(mark)
    assert match is not None
    assert match.story_id == "move"


def test_no_more_are_compared_than_is_said() -> None:
    """So that a look-up costs the same however much is stored: the one match is out of reach."""
    ahead = [(f"s{number}", replace_seen(SUPPLY, 1)) for number in range(COMPARED)]
    results = replace(fingerprint(RESULTS), sketch=(), title=(), figures=(), names=())
    index = StoryIndex(WINDOW)
    index.add("results", results)
    assert index.find(results) is not None
    for story, each in ahead:
        index.add(story, replace(results, words=("else",), seen_at=each.article.seen_at))
    assert index.find(results) is None


# ---------------------------------------------------------------- fingerprints

words = st.text("abcdefg ", min_size=1, max_size=60)
known = st.lists(st.sampled_from(sorted(TYPES)), max_size=4, unique=True)
kinds = st.lists(
    st.builds(
        event,
        st.sampled_from(["tariff", "price-move", "earnings", "dpa-invocation"]),
        st.sampled_from(["occurred", "announced", "considered", "denied", "reversed"]),
        st.integers(0, 50),
    ),
    max_size=3,
)
hours = st.integers(0, 60).map(lambda hour: NOON + timedelta(hours=hour))
touched = st.lists(
    st.builds(
        Exposure,
        st.sampled_from(["MP", "USAR", "LYC.AX"]),
        st.sampled_from([0.3, 0.6, 1.0]),
        st.sampled_from(["mp-materials", "rare-earths"]),
    ),
    max_size=3,
)
readings = st.builds(
    reading,
    words,
    words,
    entities=known,
    events=kinds,
    exposures=touched,
    at=hours,
    outlet=st.sampled_from(["Wire", "Paper", "Blog"]),
)


@given(readings)
def test_a_fingerprint_survives_json(one: Reading) -> None:
    mark = fingerprint(one)
    assert ADAPTER.validate_json(ADAPTER.dump_json(mark)) == mark
    assert ADAPTER.validate_python(ADAPTER.dump_python(mark, mode="json")) == mark


@given(readings, st.lists(readings, max_size=5))
def test_an_article_finds_itself(one: Reading, others: list[Reading]) -> None:
    mark = fingerprint(one)
    assume(len(mark.words) > 1)
    index = StoryIndex(WINDOW)
    index.add("one", mark)
    for number, other in enumerate(others):
        if fingerprint(other).sketch != mark.sketch:
            index.add(str(number), fingerprint(other))
    match = index.find(mark)
    assert match is not None
    assert match.story_id == "one"


@given(readings, st.lists(readings, max_size=4), st.randoms())
def test_the_order_in_which_others_came_does_not_decide(
    one: Reading, others: list[Reading], dice: random.Random
) -> None:
    """A law for as long as all of them are compared."""
    known = [(f"story {number % 3}", fingerprint(other)) for number, other in enumerate(others)]
    shuffled = dice.sample(known, len(known))
    scores = []
    for order in (known, shuffled):
        index = StoryIndex(WINDOW)
        for story, mark in order:
            index.add(story, mark)
        match = index.find(fingerprint(one))
        scores.append(match and match.score)
    assert scores[0] == scores[1]


@given(st.lists(readings, min_size=3, max_size=8), st.integers(1, 3))
def test_only_the_latest_tell_what_is_rare(found: list[Reading], memory: int) -> None:
    marks = [fingerprint(one) for one in found]
    index, last = StoryIndex(WINDOW, memory=memory), StoryIndex(WINDOW)
    for mark in marks:
        index.remember(mark)
    for mark in marks[-memory:]:
        last.remember(mark)
    terms = {term for mark in marks for term in terms_of(mark)}
    assert [index.rarity.weight(term) for term in sorted(terms)] == [
        last.rarity.weight(term) for term in sorted(terms)
    ]


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    code = (
        "from monitor.extract.stories import fingerprint; from tests.test_stories import *; "
        "print(ADAPTER.dump_json(fingerprint(PLAN)).decode())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, check=True, text=True
    )
    assert ADAPTER.validate_json(other.stdout) == fingerprint(PLAN)


def test_what_of_an_article_is_compared() -> None:
    mark = fingerprint(PLAN_MOVE)
    assert mark.events == ("public-funding/considered", "dpa-invocation/considered")
    assert mark.event_types == ("public-funding", "dpa-invocation")
    assert mark.figures == ("14",)
    assert mark.title[:3] == ("materi", "shares", "washin")
    alone = fingerprint(reading("MP up", entities=("mountain-pass",), events=[event("price-move")]))
    assert alone.events == ("price-move/occurred",)  # where there is nothing else
    assert alone.entities == ()


# ---------------------------------------------------------------- stories


def test_a_story_begins_with_its_first_article() -> None:
    mp, other = Exposure("MP", 1.0, "mp-materials"), Exposure("USAR", 0.5, "rare-earths")
    one = reading(
        "Title",
        entities=("rare-earths", "mp-materials", "rare-earths"),
        events=(event("tariff"), event("earnings"), event("tariff")),
        exposures=(other, mp),
    )
    story = begin(one)
    assert (story.title, story.url, story.first_source) == ("Title", one.article.url, "Wire")
    assert story.first_seen_at == story.last_seen_at == NOON
    assert story.articles == (one.article.id,)
    assert story.outlets == ("Wire",)
    assert story.entities == ("mp-materials", "rare-earths")
    assert story.events == (("tariff", "occurred"), ("earnings", "occurred"))
    assert story.exposures == (mp, other)
    assert len(story.id) == 16
    assert int(story.id, 16) >= 0
    assert begin(one).id == story.id
    assert begin(replace(one, article=replace(one.article, id="other"))).id != story.id


def test_an_earlier_article_that_comes_late_becomes_the_first() -> None:
    strong, weak = Exposure("MP", 1.0, "mp-materials"), Exposure("MP", 0.4, "rare-earths")
    late = reading("Late", events=[event("earnings")], exposures=[weak], identity="b")
    early = reading(
        "Early",
        events=[event("tariff"), event("earnings")],
        exposures=[strong],
        at=NOON - timedelta(hours=1),
        outlet="Paper",
        identity="a",
    )
    story = grow(begin(late), early)
    assert story.id == begin(late).id
    assert (story.title, story.url, story.first_source) == ("Early", early.article.url, "Paper")
    assert (story.first_seen_at, story.last_seen_at) == (early.article.seen_at, NOON)
    assert story.articles == ("a", "b")
    assert story.outlets == ("Paper", "Wire")
    assert story.events == (("tariff", "occurred"), ("earnings", "occurred"))
    assert story.exposures == (strong,)
    assert grow(story, early) == story
    assert story.first_told == FirstTold("Paper", early.article.seen_at, "a")


def test_who_was_first_is_who_told_first_though_another_was_seen_first() -> None:
    seen_first = reading("Copy", identity="b", published=NOON - timedelta(minutes=5))
    told_first = reading(
        "Scoop",
        identity="a",
        outlet="Paper",
        published=NOON - timedelta(hours=1),
        at=NOON + timedelta(hours=1),
    )
    story = grow(begin(seen_first), told_first)
    assert story.first_source == "Wire"
    assert story.first_told == FirstTold("Paper", NOON - timedelta(hours=1), "a")
    ahead = reading("Dated ahead", identity="c", published=NOON + timedelta(days=1))
    assert begin(ahead).first_told == FirstTold("Wire", NOON, "c")  # never before it was seen


def test_what_a_story_follows_stays_when_it_grows() -> None:
    late = begin(reading("Late", identity="b"), follows="before", novelty=3.5)
    early = reading("Early", identity="a", at=NOON - timedelta(hours=1))
    story = grow(late, early)
    assert (story.title, story.follows, story.novelty) == ("Early", "before", 3.5)


@given(st.lists(readings, min_size=2, max_size=4))
def test_growing_in_any_order_tells_the_same(found: list[Reading]) -> None:
    named = [
        replace(one, article=replace(one.article, id=str(number)))
        for number, one in enumerate(found)
    ]
    told = set()
    for first, *rest in itertools.permutations(named):
        story = begin(first)
        for one in rest:
            story = grow(story, one)
        assert story.id == begin(first).id
        told.add(
            (
                story.first_seen_at,
                story.last_seen_at,
                story.entities,
                frozenset(story.events),
                frozenset(story.outlets),
                frozenset(story.articles),
                story.exposures,
                story.first_told,
            )
        )
    assert len(told) == 1


@pytest.mark.parametrize(
    ("entities", "events", "relevant"),
    [
        ((), (), False),
        (("country-us", "mountain-pass", "white-house"), (), False),
        (("country-us",), (event("tariff"),), True),
        *[((each,), (), True) for each in ("donald-trump", "lynas", "rare-earths")],
        (("defense-production-act",), (), True),
    ],
)
def test_relevance(entities: Sequence[str], events: Sequence[Event], relevant: bool) -> None:
    assert is_relevant(reading("Title", entities=entities, events=events)) is relevant
