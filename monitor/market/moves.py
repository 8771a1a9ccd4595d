"""What a security did in one session, against the close before it. Pure.

Figures are of raw prices, as traded and as the press prints them, unless raw prices are missing or
contradicted; `basis` says which two closes are compared, and a note tells where it is not plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import log, prod
from statistics import median
from typing import Final

from monitor.market.basis import Basis, any_close, compare, shares_between
from monitor.market.change_point import change_point
from monitor.market.quality import ABOUT_THE_BASE, doubts, sound
from monitor.model import (
    Bar,
    DataNote,
    Extreme,
    ExtremeKind,
    IntradayBar,
    Move,
    PriceSeries,
)

VOLUME_SESSIONS: Final = 20
VOLUME_AT_LEAST: Final = 10  # a median of fewer says little
EXTREME_AT_LEAST: Final = 20  # sessions; every day is "the highest since" some day last week
EXTENDED: Final = timedelta(hours=6)  # before the open and after the close, the longest there is
OTHER_TERMS: Final = 0.2  # in logs: bars of a session this far from its close are in other shares


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
    open_at: datetime | None = None,
    expected_previous: date | None = None,
) -> Move | NoMove:
    """The move of `session`, which opens at `open_at` and closes at `close_at`.

    Returns before the open and after the close, and the time at which the move began, are of
    `series.intraday`; without `open_at` they are not told. `expected_previous` is the session
    before by the calendar: where the bars have another one there, the move spans several sessions
    and a note says so. The notes are all that bear on its numbers, those of `quality.doubts` with
    them: `quality.blocking` says whether they are fit for an alert.
    """
    symbol, bars = series.symbol, series.bars
    at = _index_of(bars, session)
    if at is None:
        return NoMove(symbol, session, f"no bar of {session}")
    today = sound(bars[at])
    if any_close(today) is None:
        return NoMove(symbol, session, f"the bar of {session} has no close")
    before = next((one for one in range(at - 1, -1, -1) if _has_close(bars[one])), None)
    if before is None:
        return NoMove(symbol, session, f"no close before {session}")
    basis = compare(symbol, sound(bars[before]), today, series.actions)
    if isinstance(basis, str):
        return NoMove(symbol, session, basis)

    comparable = tuple(in_terms_of(series, at))
    outside = _outside_hours(series.intraday, open_at, close_at)
    move = Move(
        symbol=symbol,
        session=session,
        previous_session=bars[before].session,
        previous_close=basis.previous,
        close=basis.close,
        ret=basis.close / basis.previous - 1,
        gap=basis.ret(today.open),
        high_ret=basis.ret(today.high),
        low_ret=basis.ret(today.low),
        volume_ratio=volume_ratio(comparable, today.volume),
        extremes=_extremes(comparable, bars[: at + 1]),
        known_at=close_at,
        notes=tuple(dict.fromkeys(_notes(series, before, at, basis, expected_previous))),
        premarket_ret=basis.ret(outside.before),
        afterhours_ret=_ret(outside.after, today.close),
    )
    if open_at is None:
        return move
    within = [one for one in series.intraday if open_at - EXTENDED <= one.start < close_at]
    return replace(move, began_at=start_of_move(within, move))


def start_of_move(
    bars: Sequence[IntradayBar], move: Move, history: Sequence[IntradayBar] = ()
) -> datetime | None:
    """When a move began, as far as intraday bars tell; see `change_point` for how and how exactly.

    `bars` are those of its session, with those of before the open where there are any. The start
    of the first one that shows the move: it began within it, or before it where it opens with a
    gap. None: no stretch of the session stands out.
    """
    bars = [bar for bar in bars if bar.start < move.known_at]
    if not bars:
        return None
    # After a split that no one told of, the move is in adjusted prices and its bars are not.
    previous, terms = move.previous_close, bars[-1].close / move.close
    if abs(log(terms)) > OTHER_TERMS:
        previous *= terms
    found = change_point(bars, previous, up=move.ret >= 0, history=history)
    return found.at if found else None


def _notes(
    series: PriceSeries, before: int, at: int, basis: Basis, expected_previous: date | None
) -> Iterator[DataNote]:
    """All that a reader of the move's numbers must know."""
    symbol, session = series.symbol, series.bars[at].session
    previous = series.bars[before].session
    for note in series.notes:
        on_base = note.session == previous and note.code in ABOUT_THE_BASE
        if note.session == session or on_base:
            yield note
    yield from basis.notes
    yield from doubts(series, at)
    yield from (note for note in doubts(series, before) if note.code in ABOUT_THE_BASE)
    if expected_previous is not None and previous != expected_previous:
        text = f"no close of {expected_previous}: the move is against that of {previous}"
        yield DataNote("missing-session", symbol, session, text)


def _has_close(bar: Bar) -> bool:
    return any_close(sound(bar)) is not None


def went_far(series: PriceSeries, session: date, size: float) -> bool:
    """Whether a close, high or low of the session may lie `size` or more from the close before.

    A quick look that lets too much through rather than too little: `move_of` knows better.
    """
    at = _index_of(series.bars, session)
    if not at:
        return False
    before, today = series.bars[at - 1], series.bars[at]
    raw = (
        [one / before.close for one in (today.close, today.high, today.low) if one]
        if before.close
        else []
    )
    adjusted = [today.adj_close / before.adj_close] if today.adj_close and before.adj_close else []
    return any(abs(one - 1) >= size for one in (*raw, *adjusted)) or not (raw or adjusted)


def _index_of(bars: Sequence[Bar], session: date) -> int | None:
    return next((at for at in range(len(bars) - 1, -1, -1) if bars[at].session == session), None)


def _ret(price: float | None, base: float | None) -> float | None:
    return None if price is None or base is None else price / base - 1


# ---------------------------------------------------------------- outside of the session


@dataclass(frozen=True, slots=True)
class _Outside:
    """The last prices before the open and after the close."""

    before: float | None = None
    after: float | None = None


def _outside_hours(
    bars: Iterable[IntradayBar], open_at: datetime | None, close_at: datetime
) -> _Outside:
    if open_at is None:
        return _Outside()
    found = _Outside()
    for bar in bars:
        if open_at - EXTENDED <= bar.start < open_at:
            found = replace(found, before=bar.close)
        elif close_at <= bar.start < close_at + EXTENDED:
            found = replace(found, after=bar.close)
    return found


# ---------------------------------------------------------------- against the past


def in_shares_of(series: PriceSeries, day: date) -> PriceSeries:
    """The series up to a day, with raw prices and volumes in that day's shares: see `in_terms_of`.

    For what is said on that day of prices of before; the day itself need not have a bar yet.
    """
    count = sum(bar.session <= day for bar in series.bars)
    if not count:
        return replace(series, bars=())
    last = series.bars[count - 1].session
    shares = prod(
        one.value for one in series.actions if one.kind == "split" and last < one.session <= day
    )
    bars = in_terms_of(series, count - 1)
    return replace(series, bars=tuple(_in_shares(bar, shares) for bar in bars))


def in_terms_of(series: PriceSeries, at: int) -> Iterator[Bar]:
    """The bars up to number `at`, raw prices and volumes in its shares, ascending.

    Splits that are told of are allowed for; bars of before one that is only suspected, by a factor
    that is not known, are left out.
    """
    found = [sound(series.bars[at])]
    shares = 1.0
    later = found[0]
    for earlier in reversed(series.bars[:at]):
        bar = sound(earlier)
        step = shares_between(bar, later, series.actions)
        if step is None:
            break
        shares *= step
        found.append(_in_shares(bar, shares))
        later = bar
    return reversed(found)


def _in_shares(bar: Bar, shares: float) -> Bar:
    if shares == 1:
        return bar
    opened, high, low, close = (
        None if price is None else price / shares
        for price in (bar.open, bar.high, bar.low, bar.close)
    )
    volume = None if bar.volume is None else bar.volume * shares
    return Bar(bar.session, opened, high, low, close, bar.adj_close, volume)


def volume_ratio(comparable: Sequence[Bar], volume: float | None) -> float | None:
    """A volume against the median of the sessions before the last of the bars."""
    past = [bar.volume for bar in comparable[-VOLUME_SESSIONS - 1 : -1] if bar.volume is not None]
    if volume is None or len(past) < VOLUME_AT_LEAST or not median(past):
        return None
    return volume / median(past)


def _extremes(comparable: Sequence[Bar], bars: Sequence[Bar]) -> tuple[Extreme, ...]:
    """How far back each of the last session's extremes reaches, where that is worth telling.

    `comparable` are those of `bars` whose raw prices can be compared with the last one's.
    """
    raw = [(bar.session, bar.close) for bar in comparable]
    adjusted = [(bar.session, sound(bar).adj_close) for bar in bars]
    # A source may give raw prices of its last weeks only, and adjusted ones of years.
    whole = len(comparable) < len(bars) or _count(raw) >= _count(adjusted)
    highs = [(bar.session, bar.high) for bar in comparable]
    lows = [(bar.session, bar.low) for bar in comparable]
    found = (
        _reach("high", "close", raw if whole else adjusted),
        _reach("low", "close", raw if whole else adjusted),
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
