"""Prices to returns, on the sessions that a security and what explains it share. Pure.

Returns are simple and of adjusted closes. A session that one of the series lacks is spanned by all
of them (trade-to-trade returns; Maynes and Rumsey 1993), and kept as a hole, to be told of.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np

from monitor.correlate.study.arrays import Array
from monitor.model import PriceSeries


@dataclass(frozen=True, slots=True)
class Closes:
    symbol: str
    of: Mapping[date, float]

    @property
    def reach(self) -> tuple[date, date] | None:
        return (min(self.of), max(self.of)) if self.of else None


@dataclass(frozen=True, slots=True)
class Hole:
    """A session that was traded elsewhere and of which `symbol` has no close."""

    session: date
    symbol: str


@dataclass(frozen=True, slots=True)
class PairedReturns:
    """Returns of a security and of its model's factors on the T sessions they share, ascending.

    Entry k of `returns` (T,) and `factors` (f, T) is the return of `days[k]` on the session before
    it; entry 0 is NaN. `reach` has the first and last close of each series by symbol, None where it
    has none; `holes` are ascending.
    """

    symbol: str
    days: tuple[date, ...]
    returns: Array
    factors: Array
    reach: Mapping[str, tuple[date, date] | None]
    holes: tuple[Hole, ...]

    def index_of(self, day: date) -> int | None:
        at = bisect_left(self.days, day)
        return at if at < len(self.days) and self.days[at] == day else None

    def holes_between(self, first: date, last: date) -> tuple[Hole, ...]:
        """The holes strictly between two sessions."""
        low = bisect_right(self.holes, first, key=lambda hole: hole.session)
        high = bisect_left(self.holes, last, key=lambda hole: hole.session)
        return self.holes[low:high]

    def lacking(self, day: date) -> str:
        """Why there is no return of `day`, which `index_of` does not find."""
        for symbol, reach in self.reach.items():
            if reach is None:
                return f"no close of {symbol} on {day}: there are none"
            first, last = reach
            if day < first:
                return f"no close of {symbol} on {day}: its prices begin on {first}"
            if day > last:
                return (
                    f"no close of {symbol} on {day}: its prices end on {last} "
                    "(renamed, delisted, or not known yet?)"
                )
        at = bisect_left(self.holes, day, key=lambda hole: hole.session)
        if at < len(self.holes) and self.holes[at].session == day:
            return f"no close of {self.holes[at].symbol} on {day}, while others were traded"
        return f"no close of {self.symbol} on {day}"


def paired(
    security: Closes, factors: Sequence[Closes] = (), calendar: Sequence[Closes] = ()
) -> PairedReturns:
    """A security beside the factors of its model.

    `calendar` are more series that tell which sessions there were: they find holes and are no part
    of the pairing.
    """
    used = (security, *factors)
    days = tuple(sorted(set(security.of).intersection(*(one.of for one in factors))))
    lines = np.array([[one.of[day] for day in days] for one in used], dtype=float)
    returns = np.full(lines.shape, np.nan)
    returns[:, 1:] = lines[:, 1:] / lines[:, :-1] - 1
    known = set().union(*(one.of for one in (*used, *calendar)))
    holes = [
        Hole(day, one.symbol)
        for day in sorted(known.difference(days))
        if days and days[0] < day < days[-1]
        for one in used
        if day not in one.of
    ]
    return PairedReturns(
        symbol=security.symbol,
        days=days,
        returns=returns[0],
        factors=returns[1:],
        reach={one.symbol: one.reach for one in used},
        holes=tuple(holes),
    )


def closes_of(series: PriceSeries) -> Closes:
    """Adjusted closes; raw ones where the source gives no adjusted close at all.

    What is no price (zero, negative, not finite) is no close.
    """
    adjusted = _prices((bar.session, bar.adj_close) for bar in series.bars)
    return Closes(
        series.symbol, adjusted or _prices((bar.session, bar.close) for bar in series.bars)
    )


def _prices(closes: Iterable[tuple[date, float | None]]) -> dict[date, float]:
    return {day: one for day, one in closes if one is not None and 0 < one < inf}
