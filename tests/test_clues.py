"""What speaks for a story as the cause of a move: each clue by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from math import exp, log

import pytest

from monitor.correlate.clues import (
    GRACE,
    NEAR,
    POINTED,
    Pointing,
    StoryAt,
    Tells,
    When,
    age_of,
    clues_of,
    tells_of,
    timing_of,
    when_of,
)
from monitor.correlate.pointers import pointed_at
from monitor.model import Reason, Status, Timing
from tests.moves_and_stories import (
    BEFORE,
    CLOSED,
    IN_SESSION,
    NEXT,
    OPENED,
    SESSION,
    move,
    placed,
    scene,
    story,
)


class TestAge:
    def test_sessions_before_the_move(self) -> None:
        ages = [age_of(placed(story(), day), scene()) for day in (SESSION, *BEFORE)]
        assert ages == [0, 1, 2, 3]
        assert age_of(placed(story(), date(2025, 6, 6)), scene()) is None

    def test_what_came_later_only_where_it_tells_of_this_move(self) -> None:
        evening = story(at=CLOSED)
        assert age_of(placed(evening, NEXT), scene()) is None
        assert age_of(placed(evening, NEXT, NEXT), scene()) is None
        assert age_of(placed(evening, NEXT, SESSION), scene()) == 0

    def test_a_claim_of_a_move_the_other_way_is_not_of_this_one(self) -> None:
        up, down = (placed(story(), SESSION, SESSION, direction=way) for way in ("up", "down"))
        assert tells_of(up, move(0.1))
        assert not tells_of(down, move(0.1))
        assert tells_of(down, move(-0.1))
        assert tells_of(placed(story(), SESSION, SESSION), move(-0.1))


class TestTiming:
    @pytest.mark.parametrize(
        ("at", "began", "when", "timing"),
        [
            (OPENED - timedelta(seconds=1), None, "before-open", "news-first"),
            (OPENED, None, "in-session", "unknown"),
            (CLOSED - timedelta(seconds=1), None, "in-session", "unknown"),
            (CLOSED, None, "after-close", "price-first"),
            (IN_SESSION, IN_SESSION - GRACE, "before-move", "news-first"),
            (IN_SESSION, IN_SESSION - GRACE - timedelta(seconds=1), "after-began", "price-first"),
            (OPENED - timedelta(hours=1), IN_SESSION, "before-open", "news-first"),
        ],
    )
    def test_of_the_moves_own_session(
        self, at: datetime, began: datetime | None, when: When, timing: Timing
    ) -> None:
        assert when_of(story(at=at), 0, scene(began=began)) == when
        assert timing_of(when) == timing

    def test_of_an_earlier_one(self) -> None:
        assert when_of(story(), 2, scene()) == "earlier"
        assert clues_of(placed(story(), BEFORE[1]), scene(), Pointing())["timing.2"] == 1

    def test_the_nearer_before_a_move_in_the_session_the_more(self) -> None:
        began = IN_SESSION
        told = placed(story(at=began - NEAR))
        assert clues_of(told, scene(began=began), Pointing())["timing.near"] == pytest.approx(
            exp(-1)
        )
        just = placed(story(at=began + GRACE))
        assert clues_of(just, scene(began=began), Pointing())["timing.near"] == 1
        late = placed(story(at=began + timedelta(hours=1)))
        assert "timing.near" not in clues_of(late, scene(began=began), Pointing())

    def test_of_a_gap_at_the_open_nearness_says_nothing(self) -> None:
        told = placed(story(at=OPENED - timedelta(hours=12)))
        assert "timing.near" not in clues_of(told, scene(began=OPENED), Pointing())


class TestEvents:
    def test_the_weightiest_counts(self) -> None:
        told = placed(story("a", ("law", "denied"), ("grant", "announced")))
        clues = clues_of(told, scene(), Pointing())
        assert (clues["event.prior"], clues["status.weight"]) == (0.8, 0.9)

    def test_a_type_without_a_prior_has_the_common_one(self) -> None:
        clues = clues_of(placed(story("a", ("own-type", "occurred"))), scene(), Pointing())
        assert clues["event.prior"] == 0.5

    @pytest.mark.parametrize("kind", ["speech", "price"])
    def test_a_headline_about_the_price_makes_a_report(self, kind: str) -> None:
        told = replace(placed(story("a", (kind, "occurred"))), reports=0.5)
        clues = clues_of(told, scene(), Pointing())
        assert (clues["event.report"], clues["event.other"]) == (1, 0)
        assert clues["event.prior"] == clues["status.weight"] == 0
        other = clues_of(replace(told, reports=0.4), scene(), Pointing())
        assert (other["event.report"], other["event.other"]) == (0, 1)
        both = placed(story("a", (kind, "occurred"), ("law", "considered")))
        news = clues_of(replace(both, reports=1.0), scene(), Pointing())
        assert (news["event.report"], news["event.other"]) == (0, 0)

    def test_no_event_at_all_may_still_be_news(self) -> None:
        clues = clues_of(placed(story()), scene(), Pointing())
        assert (clues["event.other"], clues["event.report"]) == (1, 0)

    def test_what_is_denied_counts_less_than_what_is_considered_than_what_occurred(self) -> None:
        order: list[Status] = ["denied", "considered", "announced", "occurred"]
        told = [placed(story("a", ("law", status))) for status in order]
        found = [clues_of(one, scene(), Pointing())["status.weight"] for one in told]
        assert found == sorted(set(found))


def test_directness() -> None:
    told = replace(placed(story(weight=0.4)), focus=0.5, in_title=True)
    clues = clues_of(told, scene(), Pointing())
    assert clues["directness.weight"] == 0.4
    assert (clues["directness.own"], clues["directness.title"], clues["directness.focus"]) == (
        1,
        1,
        0.5,
    )
    through = clues_of(replace(told, own=False, in_title=False), scene(), Pointing())
    assert (through["directness.own"], through["directness.focus"]) == (0, 0)


def test_news_told_again() -> None:
    found = [
        clues_of(placed(story(novelty=days)), scene(), Pointing())["novelty.repeated"]
        for days in (None, 0.0, 5.0, 10.0, 90.0)
    ]
    assert found == [0.0, 1.0, 0.5, 0.0, 0.0]


def test_outlets_count_in_full_from_eight_on() -> None:
    found = [
        clues_of(placed(story(outlets=count)), scene(), Pointing())["corroboration.outlets"]
        for count in (1, 2, 8, 30)
    ]
    assert found == pytest.approx([0.0, 1 / 3, 1.0, 1.0])


def test_whose_move_a_story_tells_of() -> None:
    this = clues_of(placed(story(), SESSION, SESSION, BEFORE[0]), scene(), Pointing())
    assert (this["attribution.tells"], this["attribution.of-another"]) == (1, 0)
    report = replace(placed(story(), SESSION, SESSION), reports=1.0)
    clues = clues_of(report, scene(), Pointing())
    assert (clues["attribution.tells"], clues["attribution.reports"]) == (0, 1)
    other = clues_of(placed(story(), SESSION, BEFORE[0]), scene(), Pointing())
    assert (other["attribution.tells"], other["attribution.of-another"]) == (0, 1)
    neither = clues_of(placed(story()), scene(), Pointing())
    assert (neither["attribution.tells"], neither["attribution.of-another"]) == (0, 0)


def test_what_is_said_of_the_cause() -> None:
    def said(*reasons: Reason) -> tuple[float, float]:
        told = replace(placed(story()), tells=tuple(Tells(SESSION, None, one) for one in reasons))
        clues = clues_of(told, scene(), Pointing())
        return clues["attribution.named"], clues["attribution.unknown"]

    assert said() == said("not-told") == (0, 0)
    assert said("named", "unknown") == (1, 0)
    assert said("unknown", "not-told") == (0, 1)


def test_what_reports_say_of_a_story() -> None:
    told = placed(story())
    near = clues_of(told, scene(), Pointing(POINTED / 3))
    assert near["attribution.pointed"] == pytest.approx(1 / 3)
    assert near["attribution.passed-over"] == pytest.approx(2 / 3)
    assert clues_of(told, scene(), Pointing(0.0))["attribution.passed-over"] == 1
    none = clues_of(told, scene(), Pointing(None))
    assert (none["attribution.pointed"], none["attribution.passed-over"]) == (0, 0)
    assert clues_of(told, scene(), Pointing(0.0, elsewhere=True))["attribution.elsewhere"] == 1
    # what the reports that lead to it tell counts as told of it, and their outlets as its own
    report = placed(story("r", outlets=8), SESSION, SESSION)
    by = clues_of(told, scene(), Pointing(0.0, (report,)))
    assert (by["attribution.tells"], by["attribution.passed-over"]) == (1, 0)
    assert by["corroboration.outlets"] == 1


@pytest.mark.parametrize(
    ("own", "touched", "common", "fit"),
    [
        (True, (), 1.0, -1.0),  # one company's story, everybody's move
        (True, (), 0.0, 1.0),
        (True, ("B", "C"), 1.0, 1.0),  # three securities are touched
        (True, ("B",), 1.0, -1.0),
        (False, (), 1.0, 1.0),  # the material's story
        (False, (), 0.0, -1.0),
        (True, (), 0.5, 0.0),
        (True, (), None, 0.0),
    ],
)
def test_breadth_of_story_and_move(
    *, own: bool, touched: tuple[str, ...], common: float | None, fit: float
) -> None:
    told = placed(story(touched=touched), own=own)
    assert clues_of(told, scene(common=common), Pointing())["peers.fit"] == fit


def test_a_story_that_is_no_candidate_has_no_clues() -> None:
    with pytest.raises(ValueError, match="no candidate"):
        clues_of(placed(story(), NEXT), scene(), Pointing())


class TestPointers:
    def led(self, reports: list[StoryAt], stories: list[StoryAt]) -> list[list[str]]:
        return [[by.story.id for by in one.by] for one in pointed_at(reports, stories)]

    def report(self, words: str, name: str = "r", at: datetime = IN_SESSION) -> StoryAt:
        return replace(placed(story(name, at=at), words=words), reports=1.0)

    def test_a_report_points_at_the_story_it_speaks_of(self) -> None:
        report = self.report("shares jump after dam permit")
        permit = placed(story("p"), words="wins dam permit from river board")
        other = placed(story("o"), words="hires finance chief")
        found = pointed_at([report], [report, permit, other])
        assert found[0].likeness is None  # not at itself
        assert (found[1].likeness or 0) > 0.2
        assert found[2].likeness == 0
        assert [[by.story.id for by in one.by] for one in found] == [[], ["r"], []]
        assert [one.elsewhere for one in found] == [True, False, False]

    def test_by_hand(self) -> None:
        # of three texts "x" is in two, so weighs log(23/2); "y" and "z" in one: log(23)
        report, one, two = (
            placed(story(name), words=words)
            for name, words in (("r", "x y"), ("one", "x"), ("two", "z"))
        )
        weighs = log(23 / 2), log(23)
        size = (weighs[0] ** 2 + weighs[1] ** 2) ** 0.5
        found = [one.likeness for one in pointed_at([report], [report, one, two])]
        assert found[0] is None
        assert found[1:] == pytest.approx([weighs[0] / size, 0])

    def test_only_a_report_leads_anywhere(self) -> None:
        news, other = (placed(story(name), words="dam permit") for name in "ab")
        assert self.led([news], [news, other]) == [[], []]

    def test_it_leads_to_news_of_its_session_that_was_told_before(self) -> None:
        report = self.report("dam permit")
        late = placed(story("a", at=IN_SESSION + timedelta(minutes=1)), words="dam permit")
        old = placed(story("b"), BEFORE[0], words="dam permit")
        wrap = self.report("dam permit", "c")
        assert self.led([report], [report, late, old, wrap]) == [[], [], [], []]

    def test_an_event_of_one_kind_decides_between_two_as_like(self) -> None:
        report = replace(self.report("dam permit"), story=story("r", ("law", "occurred")))
        plain = placed(story("a"), words="dam permit")
        law = placed(story("b", ("law", "announced")), words="dam permit")
        assert self.led([report], [report, plain, law]) == [[], [], ["r"]]

    def test_a_rare_word_counts_for_more(self) -> None:
        stories = [placed(story(str(n)), words="common") for n in range(5)]
        rare, report = placed(story("a"), words="rare"), placed(story("r"), words="rare common")
        *commons, uncommon, _ = (
            one.likeness for one in pointed_at([report], [*stories, rare, report])
        )
        assert (uncommon or 0) > max(one or 0 for one in commons) > 0

    def test_nothing_points_without_reports_or_words(self) -> None:
        silent = placed(story())
        assert pointed_at([], [silent])[0] == Pointing()
        assert pointed_at([silent], [placed(story("b"))])[0].likeness == 0
