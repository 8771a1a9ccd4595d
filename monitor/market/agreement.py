"""Whether two sources agree on a large jump of a price. Pure.

A jump is compared as a return, not as a price: sources differ in how they adjust, and an error of
one (a wrong tick, a split missed, a bar of another security) shows in the return.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.model import Bar, PriceSeries

Figure = Literal["close", "high", "low"]
FIGURES: tuple[Figure, ...] = ("close", "high", "low")


@dataclass(frozen=True, slots=True)
class Jump:
    """A figure of a session that is far from the close before. `ret` is a fraction."""

    session: date
    previous: date
    figure: Figure
    ret: float


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two returns agree where they differ by no more than `absolute`, or by `relative` of the
    larger."""

    absolute: float = 0.01
    relative: float = 0.1

    def holds(self, one: float, other: float) -> bool:
        return abs(one - other) <= max(self.absolute, self.relative * max(abs(one), abs(other)))


def jumps(series: PriceSeries, size: float, sessions: int) -> tuple[Jump, ...]:
    """Figures of the last `sessions` bars that are at least `size` from the close before."""
    found = []
    first = max(1, len(series.bars) - sessions)
    for at in range(first, len(series.bars)):
        before, bar = series.bars[at - 1], series.bars[at]
        for figure in FIGURES:
            ret = return_of(before, bar, figure)
            if ret is not None and abs(ret) >= size:
                found.append(Jump(bar.session, before.session, figure, ret))
    return tuple(found)


def measured(jump: Jump, other: PriceSeries) -> float | None:
    """The same return by another source; None where its bars do not tell."""
    bars = {bar.session: bar for bar in other.bars}
    before, bar = bars.get(jump.previous), bars.get(jump.session)
    if before is None or bar is None:
        return None
    return return_of(before, bar, jump.figure)


def return_of(before: Bar, bar: Bar, figure: Figure) -> float | None:
    """Of adjusted prices where both closes are given adjusted, so that a split is no jump.

    A high or low is adjusted by what its own close is.
    """
    price = getattr(bar, figure)
    if before.adj_close is not None and bar.adj_close is not None:
        if figure == "close":
            return bar.adj_close / before.adj_close - 1
        if price is None or bar.close is None:
            return None
        return float(price * bar.adj_close / bar.close / before.adj_close - 1)
    if price is None or before.close is None:
        return None
    return float(price / before.close - 1)
