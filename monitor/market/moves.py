"""What a security did in one session, against the close before it. Pure.

Figures are of raw prices, as traded and as the press prints them, unless raw prices are missing or
a split lies between the two closes; then adjusted ones are used and a note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from monitor.model import Bar, DataNote, Extreme, ExtremeKind, IntradayBar, Move, PriceSeries

SPLIT = 0.2  # raw and adjusted returns further apart than this: a split or the like, no dividend
VOLUME_SESSIONS = 20
VOLUME_AT_LEAST = 10  # a median of fewer says little
EXTREME_AT_LEAST = 20  # sessions; every day is "the highest since" some day last week


@dataclass(frozen=True, slots=True)
class NoMove:
    """Why it cannot be told what a security did in a session."""

    symbol: str
    session: date
    reason: str


def move_of(
    series: PriceSeries,
    session: date,
    close_at: datetime,
    *,
    expected_previous: date | None = None,
) -> Move | NoMove:
    """The move of `session`, which closes at `close_at`.

    `expected_previous` is the session before it by the calendar: where the bars have another one
    there, the move spans several sessions and a note says so.
    """
    symbol, bars = series.symbol, series.bars
    at = _index_of(bars, session)
    if at is None:
        return NoMove(symbol, session, f"no bar of {session}")
    today = bars[at]
    if _any_close(today) is None:
        return NoMove(symbol, session, f"the bar of {session} has no close")
    before = next((one for one in range(at - 1, -1, -1) if _any_close(bars[one]) is not None), None)
    if before is None:
        return NoMove(symbol, session, f"no close before {session}")
    basis = _basis(symbol, bars[before], today)
    if isinstance(basis, str):
        return NoMove(symbol, session, basis)

    previous = bars[before].session
    notes = [note for note in series.notes if note.session == session]
    notes += [basis.note] if basis.note else []
    if expected_previous is not None and previous != expected_previous:
        text = f"no close of {expected_previous}: the move is against that of {previous}"
        notes.append(DataNote("missing-session", symbol, session, text))
    return Move(
        symbol=symbol,
        session=session,
        previous_session=previous,
        previous_close=basis.previous,
        close=basis.close,
        ret=basis.close / basis.previous - 1,
        gap=basis.ret(today.open),
        high_ret=basis.ret(today.high),
        low_ret=basis.ret(today.low),
        volume_ratio=None if basis.split else _volume_ratio(bars, at),
        extremes=_extremes(bars, at),
        known_at=close_at,
        notes=tuple(notes),
    )


def start_of_move(bars: Sequence[IntradayBar], move: Move) -> datetime | None:
    """When a move began, as far as intraday bars tell.

    The start of the first bar by whose close half of the way from the previous close to the
    furthest point of the session (the high of a rise, the low of a fall) had been gone: an opening
    gap gives the open. None: no bar went so far, as where there are none.
    """
    furthest = move.high_ret if move.ret >= 0 else move.low_ret
    if not furthest or furthest * move.ret < 0:
        return None
    halfway = move.previous_close * (1 + furthest / 2)
    for bar in bars:
        if (bar.close >= halfway) if furthest > 0 else (bar.close <= halfway):
            return bar.start
    return None


# ---------------------------------------------------------------- which prices


@dataclass(frozen=True, slots=True)
class _Basis:
    """The two closes that are compared, and what turns the session's raw prices into their kind."""

    previous: float
    close: float
    scale: float | None  # None: the session has no raw close to scale by
    note: DataNote | None = None
    split: bool = False

    def ret(self, price: float | None) -> float | None:
        if price is None or self.scale is None:
            return None
        return price * self.scale / self.previous - 1


def _basis(symbol: str, before: Bar, today: Bar) -> _Basis | str:
    """The closes to compare, or why there are none of one kind."""
    raw = (before.close, today.close)
    adjusted = (before.adj_close, today.adj_close)
    if raw[0] is not None and raw[1] is not None:
        if not _split_between(before, today):
            return _Basis(raw[0], raw[1], 1.0)
        code, text = "split-suspected", "raw and adjusted returns differ as after a split"
    else:
        code, text = "no-raw-prices", "no raw close on both days"
    if adjusted[0] is None or adjusted[1] is None:
        return f"{before.session} and {today.session} have no close of the same kind"
    note = DataNote(code, symbol, today.session, f"{text}: adjusted prices are used")
    scale = adjusted[1] / today.close if today.close is not None else None
    return _Basis(adjusted[0], adjusted[1], scale, note, split=code == "split-suspected")


def _split_between(before: Bar, today: Bar) -> bool:
    if before.close is None or today.close is None:
        return False
    if before.adj_close is None or today.adj_close is None:
        return False
    return abs(today.close / before.close - today.adj_close / before.adj_close) > SPLIT


def _any_close(bar: Bar) -> float | None:
    return bar.adj_close if bar.close is None else bar.close


def _index_of(bars: Sequence[Bar], session: date) -> int | None:
    return next((at for at in range(len(bars) - 1, -1, -1) if bars[at].session == session), None)


# ---------------------------------------------------------------- against the past


def _volume_ratio(bars: Sequence[Bar], at: int) -> float | None:
    past = [bar.volume for bar in bars[max(0, at - VOLUME_SESSIONS) : at] if bar.volume is not None]
    today = bars[at].volume
    if today is None or len(past) < VOLUME_AT_LEAST or not median(past):
        return None
    return today / median(past)


def _extremes(bars: Sequence[Bar], at: int) -> tuple[Extreme, ...]:
    """How far back each of the session's extremes reaches, where that is worth telling.

    Raw prices are only comparable up to the last split; before it nothing is looked at.
    """
    begin = next((one for one in range(at, 0, -1) if _split_between(bars[one - 1], bars[one])), 0)
    comparable = bars[begin : at + 1]
    raw = [(bar.session, bar.close) for bar in comparable]
    adjusted = [(bar.session, bar.adj_close) for bar in bars[: at + 1]]
    # A source may give raw prices of its last weeks only, and adjusted ones of years.
    closes = raw if begin or _count(raw) >= _count(adjusted) else adjusted
    highs = [(bar.session, bar.high) for bar in comparable]
    lows = [(bar.session, bar.low) for bar in comparable]
    found = (
        _reach("high", "close", closes),
        _reach("low", "close", closes),
        _reach("high", "intraday", highs),
        _reach("low", "intraday", lows),
    )
    return tuple(one for one in found if one is not None and one.sessions >= EXTREME_AT_LEAST)


def _count(prices: Iterable[tuple[date, float | None]]) -> int:
    return sum(price is not None for _, price in prices)


def _reach(
    kind: ExtremeKind, basis: str, prices: Sequence[tuple[date, float | None]]
) -> Extreme | None:
    """How far back the last of `prices` is the highest (lowest)."""
    known = [(day, price) for day, price in prices if price is not None]
    if not known or known[-1][0] != prices[-1][0]:
        return None
    _, last = known[-1]
    beats: Callable[[float], bool] = (
        (lambda price: price >= last) if kind == "high" else (lambda price: price <= last)
    )
    since = next((one for one in range(len(known) - 2, -1, -1) if beats(known[one][1])), None)
    return Extreme(
        kind=kind,
        basis="close" if basis == "close" else "intraday",
        since=None if since is None else known[since][0],
        sessions=len(known) - 1 if since is None else len(known) - since - 2,
        first=known[0][0],
    )
