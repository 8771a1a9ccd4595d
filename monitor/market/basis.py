"""Which two closes can be compared, over splits and between raw and adjusted prices. Pure.

Raw prices are as traded and as the press prints them, so they are used wherever they can be; a
split that is told of is allowed for. Where raw and adjusted prices contradict one another the
calmer of the two is believed, and a note says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import log, prod
from typing import Final

from monitor.model import Bar, CorporateAction, DataNote

APART: Final = 0.2  # raw and adjusted returns further apart than this: a split, no dividend
# In logs: a split of less than about 4 for 3 cannot be told from a move of the price, and a price
# this near to where the split alone would have put it has not been adjusted.
SMALL: Final = 0.28
NEAR: Final = 0.15
LARGE_DIVIDEND: Final = 0.005  # of the close before: a return that leaves it out misleads


@dataclass(frozen=True, slots=True)
class Basis:
    """The two closes that are compared, and what turns the later bar's raw prices into their kind.

    `shares`: what one share of the bar before has become, so that its close is divided by it and
    its volume multiplied; None: prices of before are not comparable, by a factor that is not known.
    """

    previous: float
    close: float
    scale: float | None  # None: the later bar has no raw close to scale by
    shares: float | None = 1.0
    notes: tuple[DataNote, ...] = ()

    def ret(self, price: float | None) -> float | None:
        if price is None or self.scale is None:
            return None
        return price * self.scale / self.previous - 1


def compare(
    symbol: str, before: Bar, today: Bar, actions: Sequence[CorporateAction] = ()
) -> Basis | str:
    """The closes of two bars in the same terms, or why there are none of one kind."""
    between = [one for one in actions if before.session < one.session <= today.session]
    split = prod(one.value for one in between if one.kind == "split")
    if split != 1:
        return _over_a_split(symbol, before, today, split)
    return _without_a_split(symbol, before, today, between)


def shares_between(
    before: Bar, today: Bar, actions: Sequence[CorporateAction] = ()
) -> float | None:
    """What one share of `before` has become in the raw prices of `today`; see `Basis.shares`."""
    if not _apart(before, today):  # as most are, and there are many
        for one in actions:
            if one.kind == "split" and before.session < one.session <= today.session:
                break
        else:
            return 1.0
    found = compare("", before, today, actions)
    return 1.0 if isinstance(found, str) else found.shares


def any_close(bar: Bar) -> float | None:
    return bar.adj_close if bar.close is None else bar.close


def _over_a_split(symbol: str, before: Bar, today: Bar, split: float) -> Basis | str:
    told = log(split)
    raw, adjusted = _change(before.close, today.close), _change(before.adj_close, today.adj_close)
    notes = []
    missed = adjusted is not None and abs(told) >= SMALL and _fits(adjusted, told)
    if missed:
        text = f"adjusted closes before it take no account of the split of {split:g} for 1"
        notes.append(DataNote("split-not-applied", symbol, today.session, text))
    if raw is None or before.close is None or today.close is None:
        if before.adj_close is None or today.adj_close is None:
            return _no_kind(before, today)
        previous = before.adj_close / (split if missed else 1)
        scale = today.adj_close / today.close if today.close is not None else None
        notes.append(_no_raw(symbol, today.session))
        return Basis(previous, today.adj_close, scale, None, tuple(notes))
    # A source may tell of the split and give prices of before that are adjusted for it already.
    expected = 0.0 if adjusted is None or missed else adjusted
    as_traded = abs(raw + told - expected) < abs(raw - expected)
    if adjusted is None and abs(told) < SMALL:
        as_traded = True
    shares = split if as_traded else 1.0
    if as_traded:
        text = f"split of {split:g} for 1: the close before is given in the new shares"
        notes.append(DataNote("split", symbol, today.session, text))
    return Basis(before.close / shares, today.close, 1.0, shares, tuple(notes))


def _without_a_split(
    symbol: str, before: Bar, today: Bar, between: Sequence[CorporateAction]
) -> Basis | str:
    raw, adjusted = _change(before.close, today.close), _change(before.adj_close, today.adj_close)
    dividends = sum(one.value for one in between if one.kind == "dividend")
    notes = []
    if raw is not None and before.close is not None and today.close is not None:
        apart = _apart(before, today)
        calmer = apart and adjusted is not None and abs(adjusted) < abs(raw)
        if not calmer:
            if apart:
                text = "adjusted closes jump where raw ones do not: raw prices are used"
                notes.append(DataNote("prices-disagree", symbol, today.session, text))
            elif dividends >= LARGE_DIVIDEND * before.close:
                text = f"dividend of {dividends:g} a share, {dividends / before.close:.1%} of the"
                notes.append(
                    DataNote("dividend", symbol, today.session, f"{text} close before, left out")
                )
            return Basis(before.close, today.close, 1.0, 1.0, tuple(notes))
        if dividends:
            text = f"after a dividend of {dividends:g} a share adjusted prices are used"
            notes.append(DataNote("dividend", symbol, today.session, text))
        else:
            text = "raw and adjusted returns differ as after a split: adjusted prices are used"
            notes.append(DataNote("split-suspected", symbol, today.session, text))
    if before.adj_close is None or today.adj_close is None:
        return _no_kind(before, today)
    if not notes:
        notes.append(_no_raw(symbol, today.session))
    scale = today.adj_close / today.close if today.close is not None else None
    shares = None if raw is not None and not dividends else 1.0
    return Basis(before.adj_close, today.adj_close, scale, shares, tuple(notes))


def _fits(change: float, told: float) -> bool:
    """Whether a price did just what a split, its log being `told`, does to an unadjusted one."""
    return abs(change + told) < min(NEAR, abs(change))


def _apart(before: Bar, today: Bar) -> bool:
    if before.close is None or today.close is None:
        return False
    if before.adj_close is None or today.adj_close is None:
        return False
    return abs(today.close / before.close - today.adj_close / before.adj_close) > APART


def _change(before: float | None, today: float | None) -> float | None:
    """In logs."""
    return None if before is None or today is None else log(today / before)


def _no_kind(before: Bar, today: Bar) -> str:
    return f"{before.session} and {today.session} have no close of the same kind"


def _no_raw(symbol: str, session: date) -> DataNote:
    text = "no raw close on both days: adjusted prices are used"
    return DataNote("no-raw-prices", symbol, session, text)
