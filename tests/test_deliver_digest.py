"""A day → its digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.digest import DayMove, DigestInput, build_digest
from monitor.deliver.digest_form import ClaimLine, Figure
from monitor.model import Bar, Candidate, DataNote, MoveVerdict, NoReaction, PriceSeries
from tests import deliver_day as its
from tests.bars import real

FULL = build_digest(its.full_day())


def with_move(**changed: object) -> DayMove:
    return DayMove(replace(its.EXPLANATION, **changed), real("MP"))  # type: ignore[arg-type]


def of_moves(*moves: DayMove) -> DigestInput:
    return replace(its.full_day(), moves=moves)


def test_the_day_in_five_lines() -> None:
    assert FULL.lines == (
        "MP Materials rose 13.9%; the story that explains it best: “Washington weighs a Cold War "
        "law to pay for rare-earth mines” (Bloomberg, 11:30 EDT).",
        "No story explains the move of Energy Fuels (−7.1%).",
        "4 price claims checked: 2 right, 1 wrong, 1 beyond checking.",
        "One other story touched what you watch: “Beijing grants some licences for rare-earth "
        "exports” (5 outlets, first AP).",
        "152 articles read from 14 sources; 1 problem, listed below.",
    )
    assert FULL.title == "Thursday 12 June 2025"
    assert FULL.subject == "12 June 2025: MP +13.9%, UUUU −7.1%"
    assert FULL.as_of == "12 June 2025, 22:00 EDT"


def test_a_quiet_day_says_so_in_two_lines() -> None:
    quiet = build_digest(its.quiet_day())
    assert quiet.lines == (
        "A quiet day: no unusual move among 1 watched security, and no story that touches one.",
        "152 articles read from 14 sources; all of them answered.",
    )
    assert quiet.is_empty
    assert quiet.subject == "12 June 2025: no unusual moves"
    shut = build_digest(replace(its.quiet_day(), moves=()))
    assert "no session or no prices" in shut.lines[0]


@pytest.mark.parametrize(
    "busy",
    [
        replace(its.quiet_day(), problems=("feed: down",)),
        replace(its.quiet_day(), stories=(its.STORY_SIGNAL,)),
        replace(its.quiet_day(), claims=(its.WRONG,)),
        replace(its.quiet_day(), moves=(DayMove(its.move("X", 0.1, "unexplained", abnormal=0.1)),)),
        replace(its.quiet_day(), moves=(with_move(),)),
    ],
)
def test_a_day_with_anything_to_know_is_not_empty(busy: DigestInput) -> None:
    assert not build_digest(busy).is_empty


VERDICTS: tuple[MoveVerdict, ...] = ("explained", "weakly-explained", "unexplained", "no-move")


@given(st.lists(st.tuples(st.sampled_from(VERDICTS), st.floats(-0.5, 2)), max_size=30))
def test_there_are_never_more_than_five_lines(moves: list[tuple[MoveVerdict, float]]) -> None:
    given_moves = [
        DayMove(its.move(f"S{place}", ret, verdict, abnormal=ret))
        for place, (verdict, ret) in enumerate(moves)
    ]
    digest = build_digest(of_moves(*given_moves))
    assert 2 <= len(digest.lines) <= 5
    assert len(digest.moves) == min(len(moves), 10)
    assert "read from" in digest.lines[-1]


def test_many_unexplained_moves_are_counted() -> None:
    moves = [
        DayMove(its.move(f"S{n}", 0.1 + n / 100, "unexplained", abnormal=0.1)) for n in range(5)
    ]
    line = build_digest(of_moves(*moves)).lines[0]
    assert line == (
        "No story explains the moves of S4 (+14.0%), S3 (+13.0%), S2 (+12.0%) and 2 more."
    )


def test_a_weak_explanation_and_a_fall_are_told_as_such() -> None:
    move = replace(its.MOVE, ret=-0.05, low_ret=-0.08)
    digest = build_digest(of_moves(with_move(verdict="weakly-explained", move=move)))
    assert digest.lines[0].startswith("MP Materials fell 5.0%; the story that explains it best, on")
    (card,) = digest.cards
    assert (card.direction, card.verdict_told) == ("down", "weakly explained")
    assert card.figures[1] == Figure("Intraday low", "−8.0%", "at 23.59", "down")


def test_an_explained_move_without_its_story_is_told_without_it() -> None:
    digest = build_digest(of_moves(with_move(candidates=())))
    assert digest.lines[0] == "MP Materials rose 13.9%."
    assert digest.moves[0].reason == "No story explains this move."


def test_a_card_has_the_figures_and_how_unusual_they_are() -> None:
    (card,) = FULL.cards
    assert card.figures == (
        Figure("Close", "+13.9%", "25.64 → 29.20", "up"),
        Figure("Intraday high", "+16.8%", "at 29.96", "up"),
        Figure("Abnormal", "+13.2%", "t = 2.9, p = 0.004", "up"),
        Figure("Volume", "2.9×", "20-session median"),
    )
    assert card.unusual == (
        "Highest price since 14 March 2023. Highest close since 13 March 2023. "
        "Abnormal is what SPY does not account for, judged by 120 earlier sessions."
    )


def test_what_is_not_known_of_a_move_is_left_out_or_said() -> None:
    extreme = replace(its.MOVE.extremes[0], kind="low", basis="close", since=None)
    move = replace(its.MOVE, high_ret=None, volume_ratio=None, extremes=(extreme,))
    unknown = NoReaction("MP", "41 of 120 sessions")
    (card,) = build_digest(of_moves(with_move(move=move, abnormal=unknown))).cards
    assert [figure.label for figure in card.figures] == ["Close"]
    assert card.unusual == (
        "Whether that is unusual cannot be said: 41 of 120 sessions. "
        "Lowest close in the bars at hand, which begin on 22 June 2020."
    )
    noted = replace(its.REACTION, note="one session\nis missing")
    (card,) = build_digest(of_moves(with_move(abnormal=noted))).cards
    assert card.unusual.endswith("earlier sessions. one session is missing.")


def test_a_story_is_told_with_who_was_first_and_what_is_only_considered() -> None:
    first, second = FULL.cards[0].stories
    assert first.first == "Bloomberg, 11:30 EDT"
    assert first.others == "Investing.com, Rare Earth Exchanges, Stocktwits and 1 more"
    assert first.says == (
        ("Use of the Defense Production Act", "under discussion, not decided"),
        ("Public funding", "under discussion, not decided"),
    )
    assert first.quote == its.SENTENCE
    assert first.timing == "the news came before the move"
    assert second.first == "CNBC, 11 June, 10:00 EDT"
    assert second.others == "DW"


def test_a_story_that_was_not_read_whole_says_why() -> None:
    closed = {
        key: replace(one, article=replace(one.article, page="paywall"))
        for key, one in its.full_day().readings.items()
    }
    closed[its.SUPPLY.id] = its.full_day().readings[its.SUPPLY.id]
    first, second = build_digest(replace(its.full_day(), readings=closed)).cards[0].stories
    assert first.first == "Bloomberg, 11:30 EDT, not read whole: paywall"
    assert second.first == "CNBC, 11 June, 10:00 EDT"


def test_a_story_whose_articles_are_not_at_hand_is_not_quoted() -> None:
    bare = replace(its.full_day(), readings={})
    assert build_digest(bare).cards[0].stories[0].quote is None
    candidate = its.EXPLANATION.candidates[0]
    plain = replace(candidate, story=replace(candidate.story, events=()))
    digest = build_digest(of_moves(with_move(candidates=(plain,))))
    assert digest.cards[0].stories[0].quote is None


def test_the_chart_marks_each_story_on_its_session() -> None:
    (chart,) = FULL.charts
    assert chart.name == "MP-2025-06-12.png"
    assert chart.marks == ((its.DAY, "1"), (date(2025, 6, 11), "2"))
    assert chart.until == its.DAY
    assert chart.alt == "MP Materials, daily closes to 12 June 2025: +13.9% to 29.20"
    unmeasured = Candidate(its.TRADE, 0.3, {}, "unknown", NoReaction("MP", "too early"))
    (chart,) = build_digest(of_moves(with_move(candidates=(unmeasured,)))).charts
    assert chart.marks == ((its.DAY, "1"),)


def test_a_charts_name_is_a_safe_name_of_a_file() -> None:
    (chart,) = build_digest(of_moves(with_move(symbol="../A B/^x"))).charts
    assert chart.name == ".._A_B__x-2025-06-12.png"


@pytest.mark.parametrize(
    "series",
    [
        None,
        PriceSeries("MP", (), "files"),
        PriceSeries("MP", (Bar(its.DAY, None, None, None, None, None, None),), "files"),
        PriceSeries("MP", (Bar(its.DAY - timedelta(1), 1, 1, 1, 1, 1, 1),), "files"),
    ],
)
def test_without_the_sessions_close_there_is_no_chart(series: PriceSeries | None) -> None:
    digest = build_digest(of_moves(DayMove(its.EXPLANATION, series)))
    assert digest.charts == ()
    assert digest.cards[0].chart is None


def test_the_table_has_every_move_with_its_explanation_or_the_lack_of_one() -> None:
    told = [(row.symbol, row.percent, row.abnormal, row.p, row.reason) for row in FULL.moves]
    assert told == [
        ("MP", "+13.9%", "+13.2%", "0.004",
         "Washington weighs a Cold War law to pay for rare-earth mines (Bloomberg)"),
        ("UUUU", "−7.1%", "−6.4%", "0.003", "No story explains this move."),
        ("GM", "−1.1%", "–", "–", "Within the ordinary."),
        ("F", "+0.4%", "+0.1%", "0.003", "Within the ordinary."),
    ]  # fmt: skip
    sure = replace(its.REACTION, p_value=1e-9)
    assert build_digest(of_moves(with_move(abnormal=sure))).moves[0].p == "< 0.001"
    unknown = DayMove(its.move("X", 0.2, "unexplained", abnormal=None))
    reason = build_digest(of_moves(unknown)).moves[0].reason
    assert reason == "No story explains this move; 41 of 120 sessions."


def test_explained_moves_come_before_weakly_explained_ones_then_by_size() -> None:
    weak = with_move(symbol="W", verdict="weakly-explained", move=replace(its.MOVE, ret=0.9))
    small = with_move(symbol="S", move=replace(its.MOVE, ret=-0.05))
    digest = build_digest(of_moves(small, weak, with_move()))
    assert [card.symbol for card in digest.cards] == ["MP", "S", "W"]


def test_claims_of_several_outlets_are_one_line_and_wrong_ones_come_first() -> None:
    again = replace(its.CLAIMS[1], article=its.FIRST.id)
    digest = build_digest(replace(its.full_day(), claims=(*its.full_day().claims, again)))
    claims = digest.cards[0].claims
    assert [claim.verdict for claim in claims] == [
        "contradicted", "confirmed", "confirmed", "unverifiable",
    ]  # fmt: skip
    assert claims[2] == ClaimLine(
        symbol="MP",
        text="14% up",
        sources="Investing.com and Bloomberg",
        url="https://news.example/2",
        verdict="confirmed",
        told="confirmed: +13.9% at the close",
    )


def test_a_claim_wrong_in_its_extreme_alone_is_wrong() -> None:
    half = replace(its.CLAIMS[0], extreme_verdict="contradicted", measured_since=date(2025, 4, 15))
    digest = build_digest(replace(its.full_day(), claims=(half,)))
    (claim,) = digest.cards[0].claims
    assert claim.verdict == "contradicted"
    assert claim.told.endswith("“highest since March” contradicted: last higher on 15 April 2025")
    assert "1 price claim checked: 0 right, 1 wrong, 0 beyond checking." in digest.lines


def test_wrong_claims_that_no_card_tells_have_their_own_section() -> None:
    assert FULL.wrong == ()
    other = replace(its.WRONG, claim=replace(its.WRONG.claim, symbol="GM"), article="unknown")
    digest = build_digest(replace(its.full_day(), claims=(other,)))
    (claim,) = digest.wrong
    assert (claim.symbol, claim.sources, claim.url) == ("GM", "", None)


def test_many_outlets_of_a_claim_are_counted() -> None:
    many = [
        replace(reading, article=replace(reading.article, id=str(n), outlet=f"outlet {n}"))
        for n, reading in enumerate([its.READINGS[1]] * 5)
    ]
    given_day = replace(
        its.full_day(),
        claims=tuple(replace(its.CLAIMS[1], article=reading.article.id) for reading in many),
        readings={reading.article.id: reading for reading in many},
    )
    (claim,) = build_digest(given_day).cards[0].claims
    assert claim.sources == "outlet 0, outlet 1, outlet 2 and 2 more"


def test_other_stories_are_told_once_with_all_they_touch() -> None:
    (story,) = FULL.stories
    assert story.title == "Beijing grants some licences for rare-earth exports"
    assert [(one.symbol, one.told) for one in story.touched] == [
        ("MP", "−6.0% abnormal, p = 0.19"),
        ("UUUU", "no reaction measured"),
    ]
    assert story.says == (
        ("Export restriction", "lifted or withdrawn"),
        ("Export restriction", "done or in force"),
    )


def test_the_widest_and_then_the_newest_story_comes_first_and_the_rest_is_counted() -> None:
    stories = [
        replace(
            its.STORY_SIGNAL,
            story=replace(
                its.STORY,
                id=str(n),
                title=f"story {n}",
                outlets=("A",) * (2 if n == 3 else 1),
                first_seen_at=its.CLOSE + timedelta(minutes=n),
            ),
        )
        for n in range(10)
    ]
    digest = build_digest(replace(its.quiet_day(), stories=tuple(stories)))
    titles = [story.title for story in digest.stories]
    assert titles == [f"story {n}" for n in (3, 9, 8, 7, 6, 5, 4, 2)]
    assert digest.more_stories == 2
    assert digest.lines[0] == (
        "10 other stories touched what you watch, the widest “story 3” (2 outlets, first "
        "Bloomberg)."
    )


def test_notes_about_the_data_are_told_once() -> None:
    note = DataNote("stale", "MP", its.DAY, "prices are a day old")
    move = replace(its.MOVE, notes=(note,))
    digest = build_digest(replace(of_moves(with_move(move=move)), notes=(note, note)))
    assert digest.notes == ("MP: prices are a day old",)
