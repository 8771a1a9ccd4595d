"""Prices before a split: as they were traded, or in today's shares. Pure.

A split of `value` new shares for each old one divides the price by `value` from its session on, and
multiplies the shares traded. "As traded" is what the press printed on the day; "in today's shares"
is what can be compared over the split ("the highest since March").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from math import log

from monitor.model import Bar, CorporateAction

# A close this near (in log terms) to where the split alone would have put it has not been adjusted.
NEAR = 0.15
SMALL = 0.3  # a split of less than about 4 for 3 cannot be told from a move of the price


def factor_after(day: date, actions: Iterable[CorporateAction]) -> float:
    """How many shares of today one share of `day` has become: 4.0 before a split of 4 for 1."""
    factor = 1.0
    for action in actions:
        if action.kind == "split" and action.session > day:
            factor *= action.value
    return factor


def as_traded(bars: Sequence[Bar], actions: Sequence[CorporateAction]) -> tuple[Bar, ...]:
    """Bars in today's shares → as traded on their day. `adj_close` stays."""
    return tuple(_scaled(bar, factor_after(bar.session, actions)) for bar in bars)


def in_todays_shares(bars: Sequence[Bar], actions: Sequence[CorporateAction]) -> tuple[Bar, ...]:
    """Bars as traded → in today's shares. `adj_close` stays."""
    return tuple(_scaled(bar, 1 / factor_after(bar.session, actions)) for bar in bars)


def not_applied(
    bars: Sequence[Bar], actions: Sequence[CorporateAction]
) -> tuple[CorporateAction, ...]:
    """Splits that a source tells of, but has not adjusted the bars before them for.

    `bars` are those of a source whose closes are in today's shares, ascending. Such a split shows:
    the close falls by just the split where it should go on as if there were none.
    """
    found = []
    for action in actions:
        if action.kind != "split" or abs(log(action.value)) < SMALL:
            continue
        before = [bar.close for bar in bars if bar.session < action.session and bar.close]
        after = [bar.close for bar in bars if bar.session >= action.session and bar.close]
        if before and after:
            jump = log(after[0] / before[-1])
            if abs(jump + log(action.value)) < min(NEAR, abs(jump)):
                found.append(action)
    return tuple(found)


def _scaled(bar: Bar, factor: float) -> Bar:
    if factor == 1:
        return bar
    return replace(
        bar,
        open=_times(bar.open, factor),
        high=_times(bar.high, factor),
        low=_times(bar.low, factor),
        close=_times(bar.close, factor),
        volume=None if bar.volume is None else bar.volume / factor,
    )


def _times(price: float | None, factor: float) -> float | None:
    return None if price is None else price * factor
