"""Moves from live quotes, before the bar of the session is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest

from monitor.market.moves import NoMove
from monitor.market.provisional import provisional_move
from monitor.market.quality import blocking
from monitor.market.sessions import Sessions
from monitor.model import CorporateAction, DataNote, Move, PriceSeries, Quote
from tests.bars import bar, intraday, real

NYSE = Sessions()
DAY, BEFORE = date(2025, 6, 12), date(2025, 6, 11)
OPEN = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
CLOSE = datetime(2025, 6, 12, 20, 0, tzinfo=UTC)
NOON = datetime(2025, 6, 12, 16, 0, tzinfo=UTC)
CALM = (25.6, 25.7, 25.6, 25.7, 25.6, 25.7)


def until(symbol: str = "MP", day: date = BEFORE) -> PriceSeries:
    """What is known of a series while the session after `day` is open."""
    found = real(symbol)
    return replace(found, bars=tuple(one for one in found.bars if one.session <= day))


def quoted(price: float = 28.2, **more: object) -> Quote:
    quote = Quote("MP", NOON, price, 25.64, 9_000_000.0, "yahoo")
    return replace(quote, **more)  # type: ignore[arg-type]


def at_noon(
    series: PriceSeries | None = None,
    quote: Quote | None = None,
    *,
    as_of: datetime = NOON,
    others: tuple[Quote, ...] = (),
) -> Move | NoMove:
    return provisional_move(
        series or until(),
        quote or quoted(),
        DAY,
        open_at=OPEN,
        close_at=CLOSE,
        expected_previous=NYSE.previous(DAY),
        as_of=as_of,
        others=others,
    )


def moved(*args: PriceSeries | Quote | None, **more: object) -> Move:
    move = at_noon(*args, **more)  # type: ignore[arg-type]
    assert isinstance(move, Move)
    assert move.provisional
    return move


def codes(move: Move) -> list[str]:
    return [note.code for note in move.notes]


def test_a_move_before_its_bar_is_closed() -> None:
    move = moved()
    assert move.ret == pytest.approx(28.2 / 25.64 - 1)
    assert (move.session, move.previous_session, move.known_at) == (DAY, BEFORE, NOON)
    assert (move.gap, move.high_ret, move.low_ret, move.extremes) == (None, None, None, ())
    assert codes(move) == []
    usual = median(one.volume for one in until().bars[-20:] if one.volume is not None)
    assert move.volume_ratio == pytest.approx(9e6 / usual)


def test_bars_of_the_session_so_far_tell_more() -> None:
    bars = tuple(intraday(OPEN, [*CALM, 28.0, 30.1, 28.1, 28.2, 28.1, 28.2, 28.1]))
    move = moved(replace(until(), intraday=bars))
    assert move.gap == pytest.approx(25.6 / 25.64 - 1)
    assert move.high_ret == pytest.approx(30.1 / 25.64 - 1)
    assert move.low_ret == pytest.approx(25.6 / 25.64 - 1)
    assert move.began_at == OPEN + timedelta(minutes=30)
    assert {(one.kind, one.basis) for one in move.extremes} == {("high", "intraday")}
    late = moved(replace(until(), intraday=bars[1:]))
    assert late.gap is None  # the first bar is missing, so the open is not known
    before = replace(until(), intraday=tuple(intraday(OPEN - timedelta(hours=2), [26.0])))
    assert moved(before).premarket_ret == pytest.approx(26.0 / 25.64 - 1)
    assert moved(before).high_ret is None


def test_a_bar_that_has_not_ended_is_not_looked_at() -> None:
    bars = tuple(intraday(NOON - timedelta(minutes=10), [28.0, 28.1, 99.0]))
    assert moved(replace(until(), intraday=bars)).high_ret == pytest.approx(28.2 / 25.64 - 1)


def test_the_bar_of_the_session_itself_is_not_used() -> None:
    assert moved(real("MP")).ret == pytest.approx(28.2 / 25.64 - 1)


@pytest.mark.parametrize(
    ("quote", "reason"),
    [
        (quoted(at=OPEN - timedelta(seconds=1)), "the quote of 2025-06-12 13:29 is not of it"),
        (quoted(at=CLOSE + timedelta(seconds=1)), "the quote of 2025-06-12 20:00 is not of it"),
        (quoted(price=0.0), "the quote is 0, which no price is"),
        (quoted(price=float("nan")), "the quote is nan, which no price is"),
    ],
)
def test_what_is_no_quote_of_the_session(quote: Quote, reason: str) -> None:
    found = at_noon(quote=quote)
    assert isinstance(found, NoMove)
    assert found.reason == reason


def test_the_last_price_of_a_session_is_of_it() -> None:
    assert isinstance(at_noon(quote=quoted(at=CLOSE), as_of=CLOSE), Move)


def test_an_old_quote_is_stale() -> None:
    assert codes(moved(as_of=NOON + timedelta(minutes=30))) == []
    move = moved(as_of=NOON + timedelta(minutes=31))
    assert codes(move) == ["stale-quote"]
    assert blocking(move.notes)


def test_another_close_before_is_a_doubt() -> None:
    assert codes(moved(quote=quoted(previous_close=25.70))) == []
    move = moved(quote=quoted(previous_close=27.0))
    assert codes(move) == ["sources-disagree"]
    assert blocking(move.notes)
    assert move.previous_close == 25.64
    assert codes(moved(quote=quoted(previous_close=None))) == []


def test_bars_that_are_behind_are_no_base_where_the_quote_has_one() -> None:
    behind = until(day=date(2025, 6, 10))
    move = moved(behind)
    assert (move.previous_session, move.previous_close) == (BEFORE, 25.64)
    assert codes(move) == []
    alone = moved(behind, quoted(previous_close=None))
    assert alone.previous_session == date(2025, 6, 10)
    assert codes(alone) == ["missing-session"]
    nothing = replace(behind, bars=())
    assert moved(nothing).ret == pytest.approx(28.2 / 25.64 - 1)
    assert isinstance(at_noon(nothing, quoted(previous_close=None)), NoMove)


def test_adjusted_closes_are_not_compared_with_a_quote() -> None:
    held = until()
    bars = (*held.bars[:-1], bar(BEFORE, None, adj=20.0))
    adjusted = replace(held, bars=bars)
    assert moved(adjusted).previous_close == 25.64
    found = at_noon(adjusted, quoted(previous_close=None))
    assert isinstance(found, NoMove)
    assert "no close of the same kind" in found.reason


def test_a_split_of_the_day() -> None:
    split = replace(until(), actions=(CorporateAction(DAY, "split", 2.0),))
    move = moved(split, quoted(12.9, previous_close=12.82))
    assert (move.previous_close, move.ret) == (12.82, pytest.approx(12.9 / 12.82 - 1))
    assert codes(move) == ["split"]
    untold = moved(until(), quoted(12.82, volume=4_000_000.0))
    assert [note.code for note in blocking(untold.notes)] == ["phantom-split"]


class TestConfirmed:
    JUMP = quoted(36.0, volume=None)

    @pytest.mark.parametrize(
        "other",
        [
            replace(JUMP, source="another", price=35.8),
            replace(JUMP, at=NOON - timedelta(minutes=3), price=35.5),
        ],
    )
    def test_a_great_jump_needs_a_second_price(self, other: Quote) -> None:
        alone = moved(quote=self.JUMP)
        assert [note.code for note in blocking(alone.notes)] == ["unconfirmed-jump"]
        assert blocking(moved(quote=self.JUMP, others=(other,)).notes) == ()

    @pytest.mark.parametrize(
        "other",
        [
            JUMP,  # the same once more
            replace(JUMP, source="another", price=26.0),
            replace(JUMP, source="another", price=0.0),
            replace(JUMP, source="another", at=OPEN - timedelta(hours=18)),
        ],
    )
    def test_what_confirms_nothing(self, other: Quote) -> None:
        assert blocking(moved(quote=self.JUMP, others=(other,)).notes)

    def test_trading_confirms_too(self) -> None:
        assert blocking(moved(quote=replace(self.JUMP, volume=60_000_000.0)).notes) == ()


def test_notes_of_the_series_come_along() -> None:
    notes = (DataNote("sources-disagree", "MP", DAY, "two closes"),)
    assert codes(moved(replace(until(), notes=notes))) == ["sources-disagree"]
