"""Abnormal returns inside a session, against the same time of day. Pure.

Volatility is high after the open and before the close and low between (Wood, McInish and Ord 1985;
Andersen and Bollerslev 1997), so an interval is held against the same interval of the sessions
before it, by the clock of the exchange, and against no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import fmean, stdev
from typing import Final

from monitor.correlate.study.arrays import NOTHING
from monitor.correlate.study.probability import two_sided_t
from monitor.model import IntradayBar, NoReaction

SESSIONS: Final = 20
AT_LEAST: Final = 10  # sessions; with fewer nothing is said


@dataclass(frozen=True, slots=True)
class IntervalReaction:
    """What a security did in an interval of a session, beyond what it does at that time of day.

    `ret` is its simple return, less the benchmark's where one was given; `expected` and `std` are
    mean and standard deviation of the same over `n_sessions` earlier sessions, `abnormal` is
    `ret - expected`. `z` is `abnormal` over std (1 + 1/n)^½, the error of predicting from a mean of
    n, and `p_value` two-sided, Student's t with n - 1 degrees of freedom.
    """

    symbol: str
    start: datetime
    end: datetime
    ret: float
    expected: float
    std: float
    abnormal: float
    z: float
    p_value: float
    n_sessions: int


def interval_reaction(
    symbol: str,
    bars: Sequence[IntradayBar],
    start: datetime,
    end: datetime,
    zone: tzinfo,
    *,
    benchmark: Sequence[IntradayBar] | None = None,
    sessions: int = SESSIONS,
) -> IntervalReaction | NoReaction:
    """The interval from `start` to `end`, which are on one day in the exchange's `zone`.

    It is set against the last `sessions` days before it that have bars there: no look-ahead, and a
    half day that was over by then does not count. Raises ValueError where the interval is none.
    """
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first >= last or first.date() != last.date():
        raise ValueError(f"no interval within a day: {first} to {last}")
    own = _by_day(bars, zone)
    market = None if benchmark is None else _by_day(benchmark, zone)

    def moved(day: date) -> float | None:
        ret = _interval_return(own.get(day, []), _Interval(day, first.time(), last.time(), zone))
        if ret is None or market is None:
            return ret
        beside = _interval_return(
            market.get(day, []), _Interval(day, first.time(), last.time(), zone)
        )
        return None if beside is None else ret - beside

    ret = moved(first.date())
    if ret is None:
        return NoReaction(symbol, f"no bars from {first:%H:%M} to {last:%H:%M} on {first.date()}")
    earlier = sorted((day for day in own if day < first.date()), reverse=True)
    past = [one for one in map(moved, earlier) if one is not None][:sessions]
    if len(past) < AT_LEAST:
        return NoReaction(
            symbol,
            f"{len(past)} earlier sessions with bars from {first:%H:%M} to {last:%H:%M}, "
            f"{AT_LEAST} are needed",
        )
    expected, std = fmean(past), stdev(past)
    if std < NOTHING:
        return NoReaction(symbol, "prices do not vary at this time of day")
    abnormal = ret - expected
    z = abnormal / (std * (1 + 1 / len(past)) ** 0.5)
    return IntervalReaction(
        symbol=symbol,
        start=start,
        end=end,
        ret=ret,
        expected=expected,
        std=std,
        abnormal=abnormal,
        z=z,
        p_value=float(two_sided_t(z, len(past) - 1)),
        n_sessions=len(past),
    )


@dataclass(frozen=True, slots=True)
class _Interval:
    """A stretch of a day by the wall clock, so that it means the same across a change of clocks."""

    day: date
    begin: time
    finish: time
    zone: tzinfo

    @property
    def start(self) -> datetime:
        return datetime.combine(self.day, self.begin, self.zone)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.day, self.finish, self.zone)


def _by_day(bars: Sequence[IntradayBar], zone: tzinfo) -> dict[date, list[IntradayBar]]:
    found: dict[date, list[IntradayBar]] = defaultdict(list)
    for bar in sorted(bars, key=lambda one: one.start):
        found[bar.start.astimezone(zone).date()].append(bar)
    return dict(found)


def _interval_return(bars: Sequence[IntradayBar], of: _Interval) -> float | None:
    """From the last price before the interval, or the session's open, to the last one in it."""
    start, end = of.start, of.end
    inside = [one for one in bars if one.start >= start and _end(one) <= end]
    if not inside:
        return None
    before = [one for one in bars if _end(one) <= start]
    return inside[-1].close / (before[-1].close if before else inside[0].open) - 1


def _end(bar: IntradayBar) -> datetime:
    return bar.start + timedelta(minutes=bar.minutes)
