"""Which story is why a security moved: by hand, by law, and for the surge of 12 June 2025."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.correlate.explain import StoryAt, Weights, explain
from monitor.correlate.market_model import reaction
from monitor.errors import MonitorError
from monitor.market.moves import move_of
from monitor.market.sessions import Sessions
from monitor.model import (
    Candidate,
    Explanation,
    Exposure,
    Move,
    NoReaction,
    Reaction,
    Status,
    Story,
)
from tests.bars import real

SESSION = date(2025, 6, 12)
BEFORE = (date(2025, 6, 11), date(2025, 6, 10), date(2025, 6, 9))
NEXT = date(2025, 6, 13)
OPENED, CLOSED = (
    datetime(2025, 6, 12, 13, 30, tzinfo=UTC),
    datetime(2025, 6, 12, 20, 0, tzinfo=UTC),
)
IN_SESSION = datetime(2025, 6, 12, 19, 30, tzinfo=UTC)
AS_OF = datetime(2025, 6, 13, 12, 0, tzinfo=UTC)
PRIORS = {
    "dpa-invocation": 0.9,
    "public-funding": 0.8,
    "trade-agreement": 0.8,
    "export-restriction": 0.9,
    "tariff": 0.7,
    "official-statement": 0.2,
    "price-move": 0.0,
}
UNKNOWN = NoReaction("MP", "not asked here")


def story(
    name: str = "a",
    *events: tuple[str, Status],
    at: datetime = IN_SESSION,
    outlets: int = 1,
    weight: float = 1.0,
) -> Story:
    return Story(
        id=name,
        title=name,
        url=None,
        first_seen_at=at,
        first_source="outlet 0",
        last_seen_at=at,
        articles=(name,),
        outlets=tuple(f"outlet {one}" for one in range(outlets)),
        entities=(),
        events=events or (("dpa-invocation", "occurred"),),
        exposures=(Exposure("MP", weight, "mp-materials"),),
    )


def placed(told: Story, session: date = SESSION, *speaks_of: date) -> StoryAt:
    return StoryAt(told, told.exposures[0], session, UNKNOWN, speaks_of)


def move(ret: float = 0.1388) -> Move:
    return Move(
        symbol="MP",
        session=SESSION,
        previous_session=BEFORE[0],
        previous_close=25.64,
        close=25.64 * (1 + ret),
        ret=ret,
        gap=None,
        high_ret=None,
        low_ret=None,
        volume_ratio=None,
        extremes=(),
        known_at=CLOSED,
    )


def abnormal(p_value: float) -> Reaction:
    return Reaction(
        "MP", "SPY", SESSION, (0, 0), 0.0, 1.0, 0.05, 120, (0.13,), 0.13, 0.05, 2.8, p_value
    )


def explained(
    *stories: StoryAt,
    ret: float = 0.1388,
    reacted: Reaction | NoReaction | None = None,
    began: datetime | None = None,
    as_of: datetime = AS_OF,
    weights: Weights | None = None,
) -> Explanation:
    return explain(
        move(ret),
        reacted or abnormal(0.006),
        stories,
        as_of=as_of,
        opened=OPENED,
        previous_sessions=BEFORE,
        priors=PRIORS,
        weights=weights,
        move_began=began,
    )


def only(*stories: StoryAt, began: datetime | None = None) -> Candidate:
    (candidate,) = explained(*stories, began=began).candidates
    return candidate


class TestTheSurgeOf12June2025:
    """The stories of the episode, the bars of the exchange, its calendar."""

    CALENDAR = Sessions()

    def at(self, told: Story, *speaks_of: date) -> StoryAt:
        return placed(told, self.CALENDAR.event_session(told.first_seen_at), *speaks_of)

    def stories(self) -> list[StoryAt]:
        dpa = story(
            "dpa-rare-earth-plan",
            ("dpa-invocation", "considered"),
            ("public-funding", "considered"),
            ("official-statement", "occurred"),
            ("price-move", "occurred"),
        )
        london = story(
            "london-framework",
            ("trade-agreement", "announced"),
            ("export-restriction", "considered"),
            ("tariff", "announced"),
            ("official-statement", "occurred"),
            ("price-move", "occurred"),
            at=datetime(2025, 6, 11, 14, 0, tzinfo=UTC),
            outlets=4,
        )
        hearing = story(
            "hegseth-hearing",
            ("public-funding", "considered"),
            ("official-statement", "occurred"),
            at=datetime(2025, 6, 12, 15, 0, tzinfo=UTC),
        )
        return [self.at(london, BEFORE[0]), self.at(hearing), self.at(dpa, SESSION)]

    def test_the_plan_to_use_the_act_comes_first(self) -> None:
        mp, spy = real("MP"), real("SPY")
        surge = move_of(mp, SESSION, self.CALENDAR.close_of(SESSION), expected_previous=BEFORE[0])
        assert isinstance(surge, Move)
        found = explain(
            surge,
            reaction(mp, spy, SESSION, window=(0, 0)),
            self.stories(),
            as_of=AS_OF,
            opened=self.CALENDAR.open_of(SESSION),
            previous_sessions=BEFORE,
            priors=PRIORS,
        )
        assert found.verdict == "explained"
        assert [one.story.id for one in found.candidates] == [
            "dpa-rare-earth-plan",
            "hegseth-hearing",
            "london-framework",
        ]
        assert [one.timing for one in found.candidates] == ["unknown", "unknown", "news-first"]
        assert found.candidates[0].score > found.candidates[1].score + 0.05
        assert (found.symbol, found.session, found.as_of) == ("MP", SESSION, AS_OF)
        assert found.move is surge
        assert isinstance(found.abnormal, Reaction)
        assert found.abnormal.p_value < 0.01

    def test_without_it_the_rest_explains_the_move_less(self) -> None:
        london, hearing, dpa = self.stories()
        assert explained(london).verdict == "weakly-explained"
        assert explained(london, hearing, dpa).candidates[0].story is dpa.story

    def test_the_best_story_of_the_day_before_needs_to_tell_of_the_move_itself(self) -> None:
        best = story("a", ("export-restriction", "occurred"), outlets=8)
        assert explained(placed(best, BEFORE[0])).verdict == "weakly-explained"
        assert explained(placed(best, BEFORE[0], SESSION)).verdict == "explained"


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
        assert explained(placed(story()), ret=ret, reacted=reacted).verdict == verdict

    def test_the_best_score_decides(self) -> None:
        score = only(placed(story())).score
        for explained_at, weakly_at, verdict in (
            (score, 0.1, "explained"),
            (score + 1e-6, score, "weakly-explained"),
            (0.99, score + 1e-6, "unexplained"),
        ):
            weights = Weights(explained=explained_at, weakly=weakly_at)
            assert explained(placed(story()), weights=weights).verdict == verdict


class TestCandidates:
    def test_stories_of_the_session_and_of_three_before_it(self) -> None:
        ages = [SESSION, *BEFORE]
        told = [placed(story(str(day), at=OPENED - timedelta(days=5)), day) for day in ages]
        old = placed(story("old"), date(2025, 6, 6))
        found = explained(old, *told).candidates
        assert [one.story.id for one in found] == [str(day) for day in ages]
        assert [one.reasons["timing"] for one in found] == pytest.approx([0.3, 0.12, 0.045, 0.015])

    def test_as_far_as_the_weights_look_back(self) -> None:
        told = [placed(story(str(day)), day) for day in (SESSION, *BEFORE)]
        weights = Weights(recency=(1.0, 0.5))
        assert len(explained(*told, weights=weights).candidates) == 2

    def test_nothing_that_was_seen_later_than_as_of(self) -> None:
        told = placed(story())
        assert explained(told, as_of=IN_SESSION).candidates
        assert not explained(told, as_of=IN_SESSION - timedelta(seconds=1)).candidates

    def test_a_story_after_the_close_only_where_it_tells_of_this_move(self) -> None:
        evening = story(at=CLOSED)
        assert explained(placed(evening, NEXT)).candidates == ()
        assert explained(placed(evening, NEXT, NEXT)).candidates == ()
        late = only(placed(evening, NEXT, SESSION))
        assert late.timing == "price-first"
        assert late.reasons["timing"] == 0
        assert late.score < only(placed(story(), SESSION, SESSION)).score

    def test_ties_go_to_the_first_seen_then_to_the_id(self) -> None:
        early = placed(story("z", at=IN_SESSION - timedelta(hours=1)))
        first, second = placed(story("a")), placed(story("b"))
        for order in ((second, first, early), (early, first, second), (first, early, second)):
            assert [one.story.id for one in explained(*order).candidates] == ["z", "a", "b"]

    def test_the_storys_own_reaction_comes_along(self) -> None:
        assert only(placed(story())).reaction is UNKNOWN


class TestTerms:
    def test_a_score_is_made_of_its_terms(self) -> None:
        told = story("a", ("public-funding", "announced"), outlets=4, weight=0.5)
        candidate = only(placed(told, SESSION, SESSION))
        assert dict(candidate.reasons) == pytest.approx(
            {
                "directness": 0.3 * 0.5,
                "timing": 0.3,
                "event": 0.15 * 0.8,
                "status": 0.1 * 0.9,
                "attribution": 0.1,
                "corroboration": 0.05 * 2 / 3,
            }
        )
        assert candidate.score == pytest.approx(sum(candidate.reasons.values()))

    def test_news_of_reports_and_comments_alone_is_evidence_not_cause(self) -> None:
        report = only(placed(story("a", ("price-move", "occurred")), SESSION, SESSION))
        assert report.reasons["evidence-only"] < 0
        comment = only(placed(story("a", ("official-statement", "occurred"))))
        cause = only(
            placed(story("a", ("official-statement", "occurred"), ("tariff", "considered")))
        )
        assert "evidence-only" not in cause.reasons
        assert max(report.score, comment.score) < 0.5 * cause.score
        assert explained(placed(report.story, SESSION, SESSION)).verdict == "unexplained"

    def test_a_story_that_only_names_the_security_is_no_cause_either(self) -> None:
        nothing = placed(replace(story(), events=()))
        assert only(nothing).reasons["event"] == only(nothing).reasons["status"] == 0
        assert explained(nothing).verdict == "unexplained"

    def test_the_weightiest_event_counts(self) -> None:
        mixed = only(placed(story("a", ("tariff", "denied"), ("public-funding", "announced"))))
        plain = only(placed(story("a", ("public-funding", "announced"))))
        assert mixed.reasons == plain.reasons

    def test_a_type_without_a_prior_has_the_common_one(self) -> None:
        assert only(placed(story("a", ("own-type", "occurred")))).reasons["event"] == 0.15 * 0.5

    def test_what_is_denied_counts_less_than_what_is_considered_than_what_occurred(self) -> None:
        order: list[Status] = ["denied", "considered", "announced", "occurred"]
        scores = [only(placed(story("a", ("tariff", status)))).score for status in order]
        assert scores == sorted(scores)
        assert len(set(scores)) == 4

    def test_outlets_count_in_full_from_eight_on(self) -> None:
        found = [
            only(placed(story(outlets=count))).reasons["corroboration"] for count in (1, 2, 8, 30)
        ]
        assert found == pytest.approx([0.0, 0.05 / 3, 0.05, 0.05])

    @given(
        events=st.lists(
            st.tuples(
                st.sampled_from([*PRIORS, "own-type"]),
                st.sampled_from(["occurred", "announced", "considered", "denied", "reversed"]),
            ),
            max_size=4,
        ),
        weight=st.floats(0, 1),
        outlets=st.integers(0, 40),
        session=st.sampled_from([SESSION, *BEFORE]),
        attributed=st.booleans(),
        began=st.one_of(st.none(), st.just(OPENED)),
    )
    def test_scores_lie_from_0_to_1_and_are_the_sum_of_their_terms(
        self,
        *,
        events: list[tuple[str, Status]],
        weight: float,
        outlets: int,
        session: date,
        attributed: bool,
        began: datetime | None,
    ) -> None:
        told = replace(story(outlets=outlets, weight=weight), events=tuple(events))
        candidate = only(placed(told, session, *([SESSION] * attributed)), began=began)
        assert 0 <= candidate.score <= 1
        assert candidate.score == pytest.approx(sum(candidate.reasons.values()), abs=1e-12)


class TestTiming:
    @pytest.mark.parametrize(
        ("seen", "timing"),
        [
            (OPENED - timedelta(seconds=1), "news-first"),
            (OPENED, "unknown"),
            (CLOSED - timedelta(seconds=1), "unknown"),
            (CLOSED, "price-first"),
        ],
    )
    def test_without_intraday_bars_only_the_open_and_the_close_tell(
        self, seen: datetime, timing: str
    ) -> None:
        assert only(placed(story(at=seen))).timing == timing

    @pytest.mark.parametrize(("minutes", "timing"), [(0, "news-first"), (-1, "price-first")])
    def test_with_them_the_beginning_of_the_move_does(self, minutes: int, timing: str) -> None:
        began = IN_SESSION + timedelta(minutes=minutes)
        assert only(placed(story()), began=began).timing == timing

    def test_news_that_came_after_the_move_began_counts_less_but_counts(self) -> None:
        late = only(placed(story()), began=IN_SESSION - timedelta(minutes=1))
        assert late.reasons["timing"] == pytest.approx(0.3 * 0.6)


def test_weights_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(MonitorError, match="add up to 1"):
        Weights(timing=0.5)
    with pytest.raises(MonitorError, match="add up to 1"):
        Weights(timing=-0.3, directness=0.9)
    with pytest.raises(MonitorError, match="recency"):
        Weights(recency=())
