"""Many events together: the reaction to each, and what they show as a whole. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.correlate.study.abnormal import AbnormalReturns, abnormal_returns
from monitor.correlate.study.arrays import Array, Places
from monitor.correlate.study.dependence import mean_correlation
from monitor.correlate.study.design import Design
from monitor.correlate.study.events import Skipped, StudyEvent
from monitor.correlate.study.multiple import benjamini_hochberg
from monitor.correlate.study.pooled import Pooled, pooled
from monitor.correlate.study.reaction import UNVARYING, Explaining, reactions
from monitor.correlate.study.returns import PairedReturns
from monitor.correlate.study.windows import Located, windows_of
from monitor.errors import MonitorError, PriceError
from monitor.model import PriceSeries, Reaction

Prices = Mapping[str, PriceSeries | PriceError]


@dataclass(frozen=True, slots=True)
class Measured:
    """An event's reaction beside those of the others."""

    event: StudyEvent
    reaction: Reaction
    ar_std_error: tuple[float, ...]
    p_adjusted: float  # of the reaction's p-value, by Benjamini and Hochberg over all events


@dataclass(frozen=True, slots=True)
class Study:
    """`alpha` is that of the confidence bands, `seed` that of the permutation test."""

    design: Design
    benchmark: str | None
    sector: str | None
    alpha: float
    seed: int
    events: tuple[Measured, ...]
    pooled: Pooled
    skipped: tuple[Skipped, ...]


def study(
    events: Iterable[StudyEvent],
    prices: Prices,
    design: Design,
    explaining: Explaining,
    *,
    alpha: float = 0.05,
    seed: int = 0,
    skipped: Iterable[Skipped] = (),
) -> Study:
    """All events that can be measured, and why the others cannot.

    `prices` has bars, or what is wrong with them, by symbol; `skipped` are events that did not get
    this far. A security's second event in one session is the same return again, and skipped.
    """
    if not 0 < alpha < 1:
        raise MonitorError(f"alpha {alpha}: must lie between 0 and 1")
    pairs = _Pairs(explaining, prices)
    located, lost = _locate(events, pairs, design)
    line = _end_to_end(located, pairs)
    found = abnormal_returns(design, line.returns, line.factors, line.at, _n_obs(located))
    lost += [_skipped(located[row].event, UNVARYING) for row in np.flatnonzero(~found.usable)]
    rows = np.flatnonzero(found.usable)
    measured, kept = found.of(rows), [located[row] for row in rows]
    told = reactions(design, explaining, _with_overlaps(kept, design), measured)
    adjusted = benjamini_hochberg([one.p_value for one in told])
    correlation = _correlation(measured, line, line.at[rows], design)
    names = [one.symbol for one in explaining.factors]
    return Study(
        design=design,
        benchmark=names[0] if names else None,
        sector=names[1] if len(names) > 1 else None,
        alpha=alpha,
        seed=seed,
        events=tuple(
            Measured(of.event, one, tuple(errors), p)
            for of, one, errors, p in zip(
                kept, told, measured.ar_std_error.tolist(), adjusted, strict=True
            )
        ),
        pooled=pooled(design, told, measured, correlation, alpha=alpha, seed=seed),
        skipped=(*skipped, *lost),
    )


def _skipped(event: StudyEvent, reason: str) -> Skipped:
    return Skipped(event.symbol, event.session.isoformat(), reason)


# ---------------------------------------------------------------- where the events lie


@dataclass(slots=True)
class _Pairs:
    """Securities beside their factors, each paired when first asked for."""

    explaining: Explaining
    prices: Prices
    paired: dict[str, PairedReturns]

    def __init__(self, explaining: Explaining, prices: Prices) -> None:
        self.explaining, self.prices, self.paired = explaining, prices, {}

    def of(self, symbol: str) -> PairedReturns | str:
        """The pair, or why there is none."""
        series = self.prices.get(symbol)
        if series is None:
            return "no prices"
        if isinstance(series, PriceError):
            return str(series).removeprefix(f"{symbol}: ")
        if symbol in (one.symbol for one in self.explaining.factors):
            return "it is itself what the model sets securities against"
        if symbol not in self.paired:
            self.paired[symbol] = self.explaining.pair(series)
        return self.paired[symbol]


def _locate(
    events: Iterable[StudyEvent], pairs: _Pairs, design: Design
) -> tuple[list[Located], list[Skipped]]:
    located, skipped, seen = [], [], set()
    for event in events:
        pair = pairs.of(event.symbol)
        windows = pair if isinstance(pair, str) else windows_of(pair, event.session, design)
        if isinstance(windows, str):
            skipped.append(_skipped(event, windows))
        elif (event.symbol, event.session) in seen:
            skipped.append(_skipped(event, "another event of it has this session: counted once"))
        else:
            seen.add((event.symbol, event.session))
            located.append(Located(event, windows))
    return located, skipped


@dataclass(frozen=True, slots=True)
class _Line:
    """Returns of all securities end to end, as `abnormal_returns` takes them.

    `calendar` (T,) is the place of each return's session among all sessions; `at` (E,) the place of
    each event in the line.
    """

    returns: Array
    factors: Array
    calendar: Places
    at: Places


def _end_to_end(located: Sequence[Located], pairs: _Pairs) -> _Line:
    used = pairs.paired
    days = sorted(set().union(*(one.days for one in used.values())))
    place = {day: at for at, day in enumerate(days)}
    begins, length = {}, 0
    for symbol, pair in used.items():
        begins[symbol] = length
        length += len(pair.days)
    factors = len(pairs.explaining.factors)
    return _Line(
        returns=np.concatenate([np.empty(0), *(one.returns for one in used.values())]),
        factors=np.concatenate(
            [np.empty((factors, 0)), *(one.factors for one in used.values())], axis=1
        ),
        calendar=np.array(
            [place[day] for one in used.values() for day in one.days], dtype=np.int64
        ),
        at=np.array([begins[one.event.symbol] + one.windows.at for one in located], dtype=np.int64),
    )


def _n_obs(located: Sequence[Located]) -> Places:
    return np.array([one.windows.n_obs for one in located], dtype=np.int64)


def _correlation(found: AbnormalReturns, line: _Line, at: Places, design: Design) -> float | None:
    if len(at) < 2:
        return None
    n = found.residuals.shape[1]
    last = (at - design.gap)[:, None]
    # where an event has fewer residuals than others, its first session stands in for the rest
    estimation = np.maximum(last - np.arange(n)[::-1], last - found.n_obs[:, None] + 1)
    window = at[:, None] + np.arange(design.window[0], design.window[1] + 1)
    return mean_correlation(found.residuals, line.calendar[estimation], line.calendar[window])


# ---------------------------------------------------------------- overlap


def _with_overlaps(located: Sequence[Located], design: Design) -> list[Located]:
    """The events, those flagged in whose windows another event of the same security lies.

    In the event window the two effects cannot be told apart; in the estimation window the other's
    is taken for normal, which makes the error larger and alpha wrong.
    """
    sessions: dict[str, list[int]] = defaultdict(list)
    for one in located:
        sessions[one.event.symbol].append(one.windows.at)
    for places in sessions.values():
        places.sort()
    return [_with_overlap(one, sessions[one.event.symbol], design) for one in located]


def _with_overlap(one: Located, places: Sequence[int], design: Design) -> Located:
    (first, last), at = design.window, one.windows.at

    def others(low: int, high: int) -> int:
        """Events whose own window has a session from low to high."""
        return bisect_right(places, high - first) - bisect_left(places, low - last)

    beside = others(at + first, at + last) - 1  # itself
    end = at - design.gap
    before = others(end - one.windows.n_obs + 1, end)
    if not beside and not before:
        return one
    where = [
        f"{count} in its {name} window"
        for count, name in ((beside, "event"), (before, "estimation"))
        if count
    ]
    return replace(
        one,
        flags=(*one.flags, "overlap"),
        notes=(*one.notes, f"other events of the security: {', '.join(where)}"),
    )
