"""Which story is why a security moved: by hand, by law, and for the surge of 12 June 2025."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.correlate.clues import Pointing, Scene, StoryAt, Tells, clues_of
from monitor.correlate.explain import Weights, choices, explain, none_of
from monitor.correlate.study.reaction import reaction
from monitor.correlate.weights import LEARNED, LEAST, MOST, REASONED
from monitor.market.moves import move_of
from monitor.market.sessions import Sessions
from monitor.model import (
    Explanation,
    Move,
    NoReaction,
    Reaction,
    Reason,
    Status,
    Story,
)
from tests.bars import real
from tests.moves_and_stories import (
    AS_OF,
    BEFORE,
    CLOSED,
    IN_SESSION,
    NEXT,
    OPENED,
    PRIORS,
    SESSION,
    UNKNOWN,
    abnormal,
    placed,
    scene,
    story,
)

EVEN: Mapping[str, float] = {"none.always": 0.0, "directness.weight": 1.0, "timing.1": -1.0}


def explained(
    *stories: StoryAt,
    ret: float = 0.14,
    reacted: Reaction | NoReaction | None = None,
    as_of: datetime = AS_OF,
    weights: Weights | None = None,
) -> Explanation:
    return explain(scene(ret), reacted or abnormal(0.006), stories, as_of=as_of, weights=weights)


class TestTheSurgeOf12June2025:
    """The stories of the episode, the bars of the exchange, its calendar."""

    CALENDAR = Sessions()

    def at(self, told: Story, *speaks_of: date) -> StoryAt:
        session = self.CALENDAR.event_session(told.first_seen_at)
        return placed(told, session, *speaks_of)

    def test_the_plan_to_use_the_act_comes_first(self) -> None:
        dpa = story("dpa", ("law", "considered"), ("grant", "considered"), ("price", "occurred"))
        london = story(
            "london",
            ("trade-agreement", "announced"),
            ("price", "occurred"),
            at=datetime(2025, 6, 11, 14, 0, tzinfo=UTC),
            outlets=4,
        )
        hearing = story("hearing", ("speech", "occurred"), at=IN_SESSION - timedelta(hours=2))
        mp, spy = real("MP"), real("SPY")
        surge = move_of(mp, SESSION, CLOSED, open_at=OPENED, expected_previous=BEFORE[0])
        assert isinstance(surge, Move)
        found = explain(
            Scene(surge, OPENED, BEFORE, PRIORS),
            reaction(mp, spy, SESSION, window=(0, 0)),
            [self.at(london, BEFORE[0]), self.at(hearing), self.at(dpa, SESSION)],
            as_of=AS_OF,
        )
        assert found.verdict == "explained"
        assert found.candidates[0].story.id == "dpa"
        assert found.candidates[0].score > 0.8
        assert [one.timing for one in found.candidates if one.story.id == "london"] == [
            "news-first"
        ]
        assert (found.session, found.as_of) == (SESSION, AS_OF)
        assert found.move is surge


class TestScore:
    """A conditional logit, by hand."""

    def test_probabilities_with_none_among_them(self) -> None:
        one = placed(story("a", weight=1.0))
        two = placed(story("b", weight=0.5), BEFORE[0])
        found = explained(one, two, weights=Weights(EVEN))
        total = 1 + exp(1.0) + exp(0.5 - 1.0)  # none, the one, the other
        assert [each.score for each in found.candidates] == pytest.approx(
            [exp(1.0) / total, exp(-0.5) / total]
        )
        assert found.candidates[1].reasons == {"directness": 0.5, "timing": -1.0}

    def test_terms_that_say_nothing_are_not_shown(self) -> None:
        (only,) = explained(placed(story()), weights=Weights({"status.weight": 1.0})).candidates
        assert only.reasons == {}

    @given(
        weights=st.lists(st.floats(0, 1), min_size=1, max_size=5),
        days=st.lists(st.sampled_from([SESSION, *BEFORE]), min_size=5, max_size=5),
        chance=st.booleans(),
    )
    def test_scores_and_that_of_none_add_up_to_one(
        self, *, weights: list[float], days: list[date], chance: bool
    ) -> None:
        told = [placed(story(str(n), weight=w), days[n]) for n, w in enumerate(weights)]
        reacted = abnormal(0.5 if chance else 0.01)
        found = explained(*told, reacted=reacted)
        named = sum(one.score for one in found.candidates)
        utilities = {one.story.id: exp(sum(one.reasons.values())) for one in found.candidates}
        nothing = none_of(scene(), told, AS_OF, chance=chance)
        none = exp(sum(LEARNED.get(name, 0.0) * value for name, value in nothing.items()))
        assert 0 < named < 1
        assert 1 - named == pytest.approx(none / (none + sum(utilities.values())), abs=1e-9)


class TestCandidates:
    def test_nothing_that_was_seen_later_than_as_of(self) -> None:
        told = placed(story(), SESSION, SESSION)
        assert explained(told, as_of=IN_SESSION).candidates
        before = IN_SESSION - timedelta(seconds=1)
        assert not explained(told, as_of=before).candidates
        # nor does a report of then say anything to those that had been seen
        early = placed(story("early", at=OPENED - timedelta(hours=1)))
        assert explained(early, told, as_of=before) == explained(early, as_of=before)

    def test_ties_go_to_the_first_seen_then_to_the_id(self) -> None:
        early = placed(story("z", at=IN_SESSION - timedelta(hours=1)))
        first, second = placed(story("a")), placed(story("b"))
        for order in ((second, first, early), (early, first, second), (first, early, second)):
            assert [one.story.id for one in explained(*order).candidates] == ["z", "a", "b"]

    def test_the_storys_own_reaction_comes_along(self) -> None:
        (only,) = explained(placed(story())).candidates
        assert only.reaction is UNKNOWN

    def test_a_report_yields_to_the_story_it_speaks_of(self) -> None:
        news = placed(
            story("news", at=OPENED - timedelta(hours=1)), words="dam permit river board granted"
        )
        report = placed(
            story("report", ("price", "occurred")),
            SESSION,
            SESSION,
            words="jump dam permit river",
        )
        report = replace(_headline(report), tells=(Tells(SESSION, "up", "named"),))
        found = explained(report, news)
        assert [one.story.id for one in found.candidates] == ["news", "report"]
        assert found.candidates[0].reports == ("report",)
        assert found.verdict == "explained"
        alone = explained(news)
        assert alone.candidates[0].score < found.candidates[0].score


def _headline(one: StoryAt) -> StoryAt:
    return replace(one, reports=1.0)


class TestVerdict:
    def test_a_significant_move_without_stories_is_unexplained(self) -> None:
        assert explained().verdict == "unexplained"
        assert explained().candidates == ()

    @pytest.mark.parametrize(
        ("p_value", "ret", "verdict"),
        [
            (0.06, 0.0299, "no-move"),
            (0.06, -0.0299, "no-move"),
            (0.06, -0.03, "weakly-explained"),
            (0.05, 0.001, "explained"),
            (None, 0.0299, "no-move"),
            (None, 0.03, "explained"),
        ],
    )
    def test_no_move_is_one_that_is_both_small_and_chance(
        self, p_value: float | None, ret: float, verdict: str
    ) -> None:
        reacted = UNKNOWN if p_value is None else abnormal(p_value)
        sure = Weights({"directness.weight": 9.0})
        found = explained(placed(story()), ret=ret, reacted=reacted, weights=sure)
        assert found.verdict == verdict

    def test_the_probability_of_any_decides(self) -> None:
        told = [placed(story("a")), placed(story("b"))]
        named = 2 * exp(1.0) / (1 + 2 * exp(1.0))
        for at, weakly, verdict in (
            (named - 1e-9, 0.1, "explained"),
            (named + 1e-9, named - 1e-9, "weakly-explained"),
            (0.99, named + 1e-9, "unexplained"),
        ):
            weights = Weights(EVEN, explained=at, weakly=weakly)
            assert explained(*told, weights=weights).verdict == verdict

    def test_a_report_explains_nothing_unless_it_names_a_cause(self) -> None:
        report = _headline(placed(story("a", ("price", "occurred")), SESSION, SESSION))
        sure = Weights({"directness.weight": 9.0})
        assert explained(report, weights=sure).verdict == "unexplained"
        names = replace(report, tells=(Tells(SESSION, None, "named"),))
        assert explained(names, weights=sure).verdict == "explained"


class TestNone:
    def test_what_the_press_says_of_the_cause(self) -> None:
        def told(*reasons: Reason) -> dict[str, float]:
            tells = tuple(Tells(SESSION, None, one) for one in reasons)
            return none_of(scene(), [replace(placed(story()), tells=tells)], AS_OF, chance=False)

        assert told()["none.said"] == told()["none.unnamed"] == 0
        assert told("not-told")["none.unnamed"] == 1
        assert told("unknown", "not-told")["none.said"] == 1
        assert told("unknown", "named")["none.said"] == 0
        assert told("named", "not-told")["none.unnamed"] == 0

    def test_chance_and_size(self) -> None:
        assert none_of(scene(0.1), [], AS_OF, chance=True)["none.chance"] == 1
        assert none_of(scene(-0.1), [], AS_OF, chance=False)["none.size"] == pytest.approx(0.5)
        assert none_of(scene(0.5), [], AS_OF, chance=False)["none.size"] == 1


class TestWeights:
    """What was learned stays within what can be meant."""

    def test_every_clue_has_a_weight_and_every_weight_a_clue(self) -> None:
        stories = [placed(story(), day) for day in (SESSION, *BEFORE)]
        stories += [placed(story(at=OPENED - timedelta(hours=1)))]
        stories += [placed(story(at=CLOSED), NEXT, SESSION)]
        clues = set(none_of(scene(), [], AS_OF, chance=False))
        for where in (scene(), scene(began=IN_SESSION - timedelta(hours=1)), scene(began=CLOSED)):
            for one in stories:
                clues |= set(clues_of(one, where, Pointing()))
        assert clues == set(LEARNED) == set(REASONED)

    def test_bounds(self) -> None:
        assert all(LEARNED[name] >= bound for name, bound in LEAST.items())
        assert all(LEARNED[name] <= bound for name, bound in MOST.items())

    def test_directions_that_must_hold(self) -> None:
        later = [LEARNED[f"timing.{age}"] for age in (1, 2, 3)]
        assert later == sorted(later, reverse=True)
        assert LEARNED["timing.before-open"] > LEARNED["timing.after-close"]
        assert LEARNED["timing.before-move"] > LEARNED["timing.after-began"]
        assert LEARNED["corroboration.outlets"] > 0 > LEARNED["attribution.unknown"]

    @pytest.mark.parametrize("status", ["denied", "considered", "announced"])
    def test_what_occurred_explains_more_than_what_did_not(self, status: Status) -> None:
        scores = {
            kind: explained(placed(story("a", ("law", kind)))).candidates[0].score
            for kind in ("occurred", status)
        }
        assert scores["occurred"] > scores[status]


def test_choices_carry_the_reports_that_lead_to_them() -> None:
    news = placed(story("n", at=OPENED - timedelta(hours=1)), words="dam permit")
    report = _headline(placed(story("r"), SESSION, SESSION, words="dam permit up"))
    found = {row.at.story.id: row.reports for row in choices(scene(), [news, report], AS_OF)}
    assert found == {"n": ("r",), "r": ()}
