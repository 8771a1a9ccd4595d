"""The minute at which a move began: the change point of a session's path. Pure.

The path of log prices is a random walk without drift, except for one stretch in which it drifts:
the "epidemic alternative" of Levin & Kline (1985), as circular binary segmentation takes it
(Olshen, Venkatraman, Lucito & Wigler 2004). The likelihood ratio of a stretch from s to e against
none grows with its standardised return

    T(s, e) = (L_e - L_s) / sqrt(V_e - V_s),    L the log price, V the variance up to there,

so the most likely stretch is the one with the greatest T. Variance is counted in the time of the
session's own trading: by the hour of the day where earlier sessions are at hand (Andersen &
Bollerslev 1997), scaled robustly to the day, so that neither a wild opening nor a wild day makes a
change. Unlike a single change of the mean, which lies in the middle of a run as often as at its
start, such a stretch begins where the run begins. Only stretches that make at least half of the
move are looked at: what is sought is the start of this move, not the oddest minute of the day.

Levin, B. & Kline, J. (1985), The cusum test of homogeneity with an application in spontaneous
abortion epidemiology, Statistics in Medicine 4, 469-488. Olshen, A. et al. (2004), Circular binary
segmentation for the analysis of array-based DNA copy number data, Biostatistics 5, 557-572.
Andersen, T. & Bollerslev, T. (1997), Intraday periodicity and volatility persistence in financial
markets, Journal of Empirical Finance 4, 115-158.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil, log, sqrt
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from monitor.model import IntradayBar

Floats = NDArray[np.float64]

SHARE: Final = 0.5  # of the way to the furthest point that the stretch makes at least
# Fewer than 1 % of random walks of 78 normal steps have such a stretch; see the tests.
STANDS_OUT: Final = 5.0
# Starts whose T² is less than this below the best are as likely, to about 95 %: a set by the
# likelihood ratio (Siegmund 1988, Confidence sets in change-point problems, International
# Statistical Review 56, 31-48), its size found by simulation.
AS_LIKELY: Final = 9.0
GAP_STANDS_OUT: Final = 3.0  # standard deviations of one bar
BARS_AT_LEAST: Final = 12  # of a session alone, to know what its bars usually do
SESSIONS_AT_LEAST: Final = 5  # of earlier ones, to know what each time of the day usually does
POOLED: Final = 60  # returns, for each time of the day
HOLE_AT_MOST: Final = 6  # bars; a longer pause (a midday break, a halt) counts as so much trading
NIGHT: Final = timedelta(hours=4)  # bars further apart than this belong to different sessions
SMALLEST: Final = 1e-4  # standard deviation of a bar: prices that do not move still have a tick
NORMAL: Final = 0.6745  # median of the absolute value of a standard normal


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The stretch that makes most of a move."""

    at: datetime  # start of the bar in which it began, so it began up to `minutes` later
    until: datetime  # end of the bar with which it ended
    minutes: int
    # the bars (their starts) in which it may as well have begun, to about 95 %: `at` lies between
    earliest: datetime
    latest: datetime
    # True: it began while there was no trading (before the open, in a halt or break), and `at` is
    # the first bar that shows it
    gap: bool
    ret: float  # of the stretch, signed
    score: float  # its standardised return; of a gap in standard deviations of one bar


def change_point(
    bars: Sequence[IntradayBar],
    previous_close: float,
    *,
    up: bool,
    history: Sequence[IntradayBar] = (),
) -> ChangePoint | None:
    """Where a rise (or fall) of a session from the close before it began; None: nothing stands out.

    `bars` ascend and are of one length, of one session, those of before the open with it where
    there are any. `history`: bars of the same length of earlier sessions, for the usual volatility
    of each time of the day; with fewer than `SESSIONS_AT_LEAST` of them the session's own bars
    tell, of which there must be `BARS_AT_LEAST`.
    """
    if not bars:
        return None
    sign = 1.0 if up else -1.0
    closes = np.array([previous_close, bars[0].open, *(bar.close for bar in bars)])
    path = sign * np.log(closes / previous_close)
    furthest = float(path.max())
    spread = _spread(bars, history)
    if furthest <= 0 or spread is None:
        return None
    gap_score = float(path[1]) / float(np.median(spread))
    wide_gap = gap_score >= GAP_STANDS_OUT
    if wide_gap and path[1] >= SHARE * furthest:
        begun, ret = bars[0].start, bars[0].open / previous_close - 1
        return ChangePoint(begun, begun, bars[0].minutes, begun, begun, True, ret, gap_score)
    found = _best_stretch(path[1:], spread, SHARE * furthest)
    if found is None:
        return None
    first, last = found.first, found.last
    before = bars[first - 1].close if first else bars[0].open
    return ChangePoint(
        at=bars[first].start,
        until=bars[last].start + timedelta(minutes=bars[last].minutes),
        minutes=bars[first].minutes,
        earliest=bars[found.earliest].start,
        latest=bars[found.latest].start,
        gap=wide_gap if first == 0 else _over_a_pause(bars, first, sign),
        ret=bars[last].close / before - 1,
        score=found.score,
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Bars by their numbers, `last` included; `earliest` to `latest` are its possible starts."""

    first: int
    last: int
    earliest: int
    latest: int
    score: float


def _best_stretch(path: Floats, spread: Floats, at_least: float) -> _Stretch | None:
    """The stretch of bars with the greatest score, of those that gain `at_least`.

    `path` has one point more than there are bars: the price each begins with, and the last close.
    """
    variance = np.concatenate(([0.0], np.cumsum(spread**2)))
    gain = path[None, :] - path[:, None]  # from row to column
    elapsed = variance[None, :] - variance[:, None]
    later = np.triu(np.ones(gain.shape, dtype=bool), k=1) & (gain >= at_least)
    score = np.where(later, gain / np.sqrt(np.where(later, elapsed, 1.0)), 0.0)
    of_start = score.max(axis=1)
    start = int(of_start.argmax())
    best = float(of_start[start])
    if best < STANDS_OUT:
        return None
    as_likely = of_start**2 >= best**2 - AS_LIKELY
    earliest = latest = start
    while earliest > 0 and as_likely[earliest - 1]:
        earliest -= 1
    while as_likely[latest + 1]:  # the last point begins no bar, its score is 0
        latest += 1
    return _Stretch(start, int(score[start].argmax()) - 1, earliest, latest, best)


def _over_a_pause(bars: Sequence[IntradayBar], first: int, sign: float) -> bool:
    """Whether most of the first bar's way was gone while there was no trading."""
    before, bar = bars[first - 1], bars[first]
    if bar.start - before.start < timedelta(minutes=2 * bar.minutes):
        return False
    jumped = sign * log(bar.open / before.close)
    return jumped > 0 and jumped >= SHARE * sign * log(bar.close / before.close)


# ---------------------------------------------------------------- what bars usually do


def _spread(bars: Sequence[IntradayBar], history: Sequence[IntradayBar]) -> Floats | None:
    """Standard deviation of each bar's return; None: too little is known to tell."""
    usual = _by_time_of_day(history)
    if not usual and len(bars) < BARS_AT_LEAST:
        return None
    shape = np.array([usual.get(bar.start - bars[0].start, 1.0) for bar in bars])
    if usual:
        overall = median(usual.values())
        shape = np.where(shape == 1.0, overall, shape)
    expected = shape * np.sqrt(_lengths(bars))
    level = 1.0
    if len(bars) >= BARS_AT_LEAST:
        level = median(np.abs(_returns(bars)) / expected) / NORMAL
        if usual:  # a quiet day makes no small step a great one
            level = max(level, 1.0)
    floor = SMALLEST * sqrt(bars[0].minutes)
    return np.maximum(level * expected, floor)


def _by_time_of_day(history: Sequence[IntradayBar]) -> Mapping[timedelta, float]:
    """Median absolute return, as a standard deviation, by the time since a session's first bar.

    Of each time together with its neighbours, so many that there are `POOLED` returns for each.
    Empty where there are too few sessions.
    """
    sessions: list[list[IntradayBar]] = []
    for bar in history:
        if not sessions or bar.start - sessions[-1][-1].start > NIGHT:
            sessions.append([])
        sessions[-1].append(bar)
    if len(sessions) < SESSIONS_AT_LEAST:
        return {}
    returns: dict[timedelta, list[float]] = {}
    for session in sessions:
        per_bar = np.abs(_returns(session)) / np.sqrt(_lengths(session))
        for bar, ret in zip(session, per_bar, strict=True):
            returns.setdefault(bar.start - session[0].start, []).append(float(ret))
    step = timedelta(minutes=history[0].minutes)
    reach = ceil((POOLED / len(sessions) - 1) / 2)
    around = [number * step for number in range(-reach, reach + 1)]
    return {
        time: median(one for shift in around for one in returns.get(time + shift, ())) / NORMAL
        for time in returns
    }


def _returns(bars: Sequence[IntradayBar]) -> Floats:
    """Log return of each bar: of the first from its open, of the others from the close before."""
    prices = np.array([bars[0].open, *(bar.close for bar in bars)])
    return np.asarray(np.diff(np.log(prices)), dtype=np.float64)


def _lengths(bars: Sequence[IntradayBar]) -> Floats:
    """How many bars' time each bar's return spans: more than one after a hole."""
    step = timedelta(minutes=bars[0].minutes)
    spans = [1.0, *((bar.start - before.start) / step for before, bar in pairwise(bars))]
    return np.asarray(np.minimum(np.array(spans), HOLE_AT_MOST), dtype=np.float64)
