"""What is doubtful about bars: each doubt is a note with a stable code. Pure.

A ratio alone accuses nobody: a stock that rises by half on news rises by 3 to 2. A split that no
one told of differs from news in what else it does. It takes effect between two sessions, so the
whole bar is displaced and none of it touches the close before; and nobody trades more because of
it, while great moves and great volumes go together (Karpoff 1987, The relation between price
changes and trading volume, Journal of Financial and Quantitative Analysis 22, 109-126). Where a
source gives closes alone, only a ratio of 2 or more that is met almost exactly, by a security that
never moves like that, is taken for one.

| code | what is wrong | blocks |
| --- | --- | --- |
| bad-price | a price is zero, negative or no number | yes |
| outside-range | open or close lie outside of low to high | yes |
| duplicate-bar | the bar of the session before, over again | yes |
| not-a-session | a bar on a day without a session | yes |
| phantom-split | the price jumps like a split that nobody tells of | yes |
| split-not-applied | a split is told of, adjusted prices ignore it | yes |
| prices-disagree | adjusted prices jump where raw ones do not | yes |
| sources-disagree | another source has another close | yes |
| spike | a jump that the next bar takes back, with nothing to support it | yes |
| unconfirmed-jump | the newest bar jumps, with nothing to support it | yes |
| split-suspected, split, dividend, no-raw-prices | which prices were compared, and why | no |
| missing-session | no bar of a session between the first and the last | no |
| stale | the newest bar is older than the newest session | no |
| stale-quote | a live price is more than half an hour old | yes |
| confirmed, unconfirmed | a second source has the return too; none was found to have it | no |
| agreeing-quote | another live price is near this one | no |
| stale-price | the same close over several sessions, without trading | no |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from math import exp, inf, log
from statistics import median
from typing import Final, Protocol

from monitor.market.basis import any_close, compare
from monitor.model import Bar, CorporateAction, DataNote, PriceSeries

BLOCKING: Final = frozenset(
    {
        "bad-price",
        "outside-range",
        "duplicate-bar",
        "not-a-session",
        "phantom-split",
        "split-not-applied",
        "prices-disagree",
        "sources-disagree",
        "spike",
        "unconfirmed-jump",
        "stale-quote",
    }
)
CONFIRMED: Final = "confirmed"  # another source has the same return: neither slip nor split
AGREEING: Final = "agreeing-quote"  # another price like it, which shows no slip, but maybe a split
# Doubts about a bar that make it no measure for the next one either.
ABOUT_THE_BASE: Final = frozenset({"bad-price", "outside-range", "duplicate-bar"})

RANGE_SLACK: Final = 0.002  # an auction's price may lie this much outside of the range of the tape
JUMP: Final = 0.14  # in logs: 15 % up, 13 % down; less is believed as it is
JUMP_SPREADS: Final = 5.0  # and this many standard deviations of the security's daily returns
TAKEN_BACK: Final = 0.2  # of a jump may be left after the next bar for it to be a spike
SPREAD_SESSIONS: Final = 60
SPREAD_AT_LEAST: Final = 20
SPREAD_UNKNOWN: Final = 0.03  # where there are fewer
VOLUME_SESSIONS: Final = 20
BUSY: Final = 2.0  # times the median volume: enough to support a jump, too much for a mere split
UNCHANGED: Final = 3  # sessions with the same close and no trading
UNCHANGED_WITHOUT_VOLUME: Final = 8  # where the source gives no volumes
LATE: Final = timedelta(hours=3)  # after the close a source may take to have the bar
LISTED: Final = 10  # missing sessions that are told one by one

# New shares for old ones, and their inverses; a hundred is also pence for pounds.
SPLITS: Final = tuple(
    ratio
    for new, old in (
        *((new, 1) for new in (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100, 1000)),
        (3, 2),
        (5, 2),
        (4, 3),
    )
    for ratio in (new / old, old / new)
)
OPEN_FITS: Final = 0.15  # in logs: what a night may add to a split
CLOSE_FITS: Final = 0.10
ALONE_FITS: Final = 0.03  # where only closes are given
ALONE_SPREADS: Final = 12.0


class Calendar(Protocol):
    """What is asked of an exchange's sessions; `sessions.Sessions` has it."""

    def between(self, start: date, end: date) -> Sequence[date]: ...

    def last_closed(self, at: datetime) -> date: ...


def blocking(notes: Iterable[DataNote]) -> tuple[DataNote, ...]:
    """Those of a move's notes that make its number unfit for an alert."""
    return tuple(note for note in notes if note.code in BLOCKING)


def inspect(
    series: PriceSeries, calendar: Calendar | None = None, as_of: datetime | None = None
) -> tuple[DataNote, ...]:
    """All that is doubtful about a series' bars, ascending by session.

    With `calendar` (of the security's exchange) also what is missing and what should not be there;
    with `as_of` as well, whether the newest bar is late.
    """
    notes = [note for at in range(len(series.bars)) for note in doubts(series, at)]
    notes += _stale_prices(series)
    if calendar is not None and series.bars:
        notes += _against(calendar, series, as_of)
    return tuple(sorted(notes, key=lambda note: (note.session or date.max, note.code)))


def with_notes(
    series: PriceSeries, calendar: Calendar | None = None, as_of: datetime | None = None
) -> PriceSeries:
    """The series with what `inspect` finds added to its notes, each once."""
    found = dict.fromkeys((*series.notes, *inspect(series, calendar, as_of)))
    return replace(series, notes=tuple(found))


def doubts(series: PriceSeries, at: int) -> list[DataNote]:
    """What is doubtful about the bar number `at` and its return, by the bars around it.

    Only bars up to the next one are looked at, and the next one only for whether it takes a jump
    back.
    """
    bar = series.bars[at]
    notes = [*_bad_prices(series.symbol, bar)]
    if not notes:
        notes += _outside_range(series.symbol, bar)
    before = next((one for one in range(at - 1, -1, -1) if _sound_close(series.bars[one])), None)
    if before is None:
        return notes
    if _same(series.bars[before], bar):
        text = f"the same prices and volume as on {series.bars[before].session}"
        notes.append(DataNote("duplicate-bar", series.symbol, bar.session, text))
    return [*notes, *_jump(series, before, at)]


def sound(bar: Bar) -> Bar:
    """The bar without prices that are none."""
    for price in (bar.open, bar.high, bar.low, bar.close, bar.adj_close):
        if price is not None and not 0 < price < inf:
            break
    else:  # as nearly all are, and there are many
        return bar
    opened, high, low, close, adj = (None if _is_bad(one) else one for one in _prices(bar))
    return Bar(bar.session, opened, high, low, close, adj, bar.volume)


# ---------------------------------------------------------------- one bar by itself


def _prices(bar: Bar) -> tuple[float | None, ...]:
    return bar.open, bar.high, bar.low, bar.close, bar.adj_close


def _is_bad(price: float | None) -> bool:
    return price is not None and not 0 < price < inf  # what is no number is not between them


def _sound_close(bar: Bar) -> bool:
    return any_close(sound(bar)) is not None


def _bad_prices(symbol: str, bar: Bar) -> Iterator[DataNote]:
    names = ("open", "high", "low", "close", "adjusted close")
    for name, price in zip(names, _prices(bar), strict=True):
        if _is_bad(price):
            text = f"{name} is {price:g}, which no price is"
            yield DataNote("bad-price", symbol, bar.session, text)


def _outside_range(symbol: str, bar: Bar) -> Iterator[DataNote]:
    if bar.high is not None and bar.low is not None and bar.high < bar.low:
        text = f"its high {bar.high:g} is below its low {bar.low:g}"
        yield DataNote("outside-range", symbol, bar.session, text)
        return
    for name, price in (("open", bar.open), ("close", bar.close)):
        if price is None:
            continue
        if bar.high is not None and price > bar.high * (1 + RANGE_SLACK):
            text = f"{name} {price:g} is above its high {bar.high:g}"
            yield DataNote("outside-range", symbol, bar.session, text)
        elif bar.low is not None and price < bar.low * (1 - RANGE_SLACK):
            text = f"{name} {price:g} is below its low {bar.low:g}"
            yield DataNote("outside-range", symbol, bar.session, text)


def _same(before: Bar, bar: Bar) -> bool:
    """Whether nothing differs: with a volume and a range that does not happen."""
    if not bar.volume or bar.high is None or bar.high == bar.low:
        return False
    return replace(before, session=bar.session, adj_close=bar.adj_close) == bar


# ---------------------------------------------------------------- jumps


@dataclass(frozen=True, slots=True)
class _Jump:
    """A return that is too large to be believed without support."""

    before: int  # numbers of the two bars
    at: int
    size: float  # in logs, signed
    base: float  # the close before, in the terms of the later bar's raw prices
    spread: float  # standard deviation of daily returns
    volume: float | None  # against the median
    told: bool  # a split or dividend accounts for the prices compared


def _jump(series: PriceSeries, before: int, at: int) -> Iterator[DataNote]:
    bars, symbol, session = series.bars, series.symbol, series.bars[at].session
    earlier = next((one for one in range(before - 1, -1, -1) if _sound_close(bars[one])), None)
    if earlier is not None:
        spike = _found(bars, series.actions, earlier, before)
        if spike is not None and _is_spike(series, spike):
            text = f"it takes back the jump of {bars[before].session}, which nothing supports"
            yield DataNote("spike", symbol, session, text)
            return
    jump = _found(bars, series.actions, before, at)
    if jump is None:
        return
    explained = jump.told or _is_noted(series, session, CONFIRMED)
    split = None if explained else _phantom_split(bars[at], jump)
    if _is_spike(series, jump):
        text = f"a jump of {exp(jump.size) - 1:+.0%}, which the next bar takes back"
        yield DataNote("spike", symbol, session, text)
    elif split is not None:
        text = f"it jumps by {_ratio(split)} like a split, of which nothing is known"
        yield DataNote("phantom-split", symbol, session, text)
    elif at == len(bars) - 1 and not _supported(series, jump):
        text = f"a jump of {exp(jump.size) - 1:+.0%}, which no second price or volume supports"
        yield DataNote("unconfirmed-jump", symbol, session, text)


def _found(
    bars: Sequence[Bar], actions: Sequence[CorporateAction], before: int, at: int
) -> _Jump | None:
    earlier, today = sound(bars[before]), sound(bars[at])
    basis = compare("", earlier, today, actions)
    if isinstance(basis, str):
        return None
    size = log(basis.close / basis.previous)
    if abs(size) < JUMP:
        return None
    spread = _spread(bars[: before + 1])
    if abs(size) < JUMP_SPREADS * spread:
        return None
    raw = today.close is not None and basis.scale is not None
    base = basis.previous / basis.scale if raw and basis.scale else basis.previous
    shares = basis.shares or 1.0
    told = basis.shares is None or basis.shares != 1
    volume = _busy(bars[: before + 1], today, shares)
    return _Jump(before, at, size, base, spread, volume, told)


def _spread(past: Sequence[Bar]) -> float:
    """Standard deviation of daily log returns, by the median of their sizes: jumps do not count."""
    closes = [any_close(sound(bar)) for bar in past[-SPREAD_SESSIONS - 1 :]]
    known = [close for close in closes if close is not None]
    sizes = [abs(log(one / other)) for other, one in pairwise(known)]
    if len(sizes) < SPREAD_AT_LEAST:
        return SPREAD_UNKNOWN
    return max(median(sizes) / 0.6745, 0.002)


def _busy(past: Sequence[Bar], bar: Bar, shares: float) -> float | None:
    """Its volume against the median of the sessions before, in the shares of before."""
    volumes = [one.volume for one in past[-VOLUME_SESSIONS:] if one.volume]
    if not bar.volume or len(volumes) < VOLUME_SESSIONS // 2:
        return None
    return bar.volume / shares / median(volumes)


def _supported(series: PriceSeries, jump: _Jump) -> bool:
    """Whether anything else says that the price was there.

    Another source, unusual trading, a second price of the same bar that is as far away, bars
    within the session.
    """
    bar = sound(series.bars[jump.at])
    if _is_noted(series, bar.session, CONFIRMED, AGREEING):
        return True
    if jump.volume is not None and jump.volume >= BUSY:
        return True
    sign = 1 if jump.size > 0 else -1

    def far(price: float | None) -> bool:
        if price is None:
            return False
        return sign * log(price / jump.base) >= abs(jump.size) / 2

    if len({price for price in _prices(bar)[:4] if far(price)}) >= 2:
        return True
    day = (bar.session - timedelta(days=1), bar.session)  # in UTC it may have begun the day before
    within = [one.close for one in series.intraday if one.start.date() in day]
    return sum(far(price) for price in within) >= 2


def _is_noted(series: PriceSeries, session: date, *codes: str) -> bool:
    return any(note.code in codes and note.session == session for note in series.notes)


def _is_spike(series: PriceSeries, jump: _Jump) -> bool:
    """Whether the next bar takes the jump back, and nothing supports it."""
    bars = series.bars
    after = next((one for one in range(jump.at + 1, len(bars)) if _sound_close(bars[one])), None)
    if after is None:
        return False
    basis = compare("", sound(bars[jump.before]), sound(bars[after]), series.actions)
    if isinstance(basis, str):
        return False
    left = log(basis.close / basis.previous) / jump.size
    return abs(left) <= TAKEN_BACK and not _supported(series, jump)


def _phantom_split(bar: Bar, jump: _Jump) -> float | None:
    """New shares for each old one, where the jump looks like a split and like nothing else."""
    split = min(SPLITS, key=lambda one: abs(jump.size + log(one)))
    rest = abs(jump.size + log(split))
    whole = [price for price in (bar.open, bar.high, bar.low) if price is not None]
    if jump.volume is None:
        alone = max(split, 1 / split) >= 2 and rest <= min(ALONE_FITS, 2 * jump.spread)
        never = abs(log(split)) >= ALONE_SPREADS * jump.spread
        return split if alone and never and _all_fit(whole, split, jump) else None
    # A split leaves the money traded as it is, a slip of the source the shares traded.
    ordinary = min(jump.volume, jump.volume * exp(jump.size)) < BUSY
    fits = rest <= max(CLOSE_FITS / 2, min(CLOSE_FITS, 2 * jump.spread))
    return split if ordinary and fits and _all_fit(whole, split, jump) else None


def _all_fit(prices: Iterable[float], split: float, jump: _Jump) -> bool:
    return all(abs(log(price * split / jump.base)) <= OPEN_FITS for price in prices)


def _ratio(split: float) -> str:
    for old in (1, 2, 3):
        if abs(split * old - round(split * old)) < 1e-9:
            return f"{round(split * old)} for {old}"
    return f"1 for {1 / split:g}"


# ---------------------------------------------------------------- many bars


def _stale_prices(series: PriceSeries) -> Iterator[DataNote]:
    def key(bar: Bar) -> tuple[float | None, bool]:
        return any_close(bar), bool(bar.volume)

    for (close, traded), run in groupby(series.bars, key):
        bars = list(run)
        needed = UNCHANGED_WITHOUT_VOLUME if bars[-1].volume is None else UNCHANGED
        if not traded and close is not None and len(bars) > needed:
            text = f"the same close on {len(bars)} sessions from {bars[0].session}, and no volume"
            yield DataNote("stale-price", series.symbol, bars[-1].session, text)


def _against(calendar: Calendar, series: PriceSeries, as_of: datetime | None) -> list[DataNote]:
    symbol, days = series.symbol, [bar.session for bar in series.bars]
    sessions = calendar.between(days[0], days[-1])
    there, expected = set(days), set(sessions)
    notes = [
        DataNote("not-a-session", symbol, day, f"a bar of {day}, on which there was no session")
        for day in days
        if day not in expected
    ]
    missing = [day for day in sessions if day not in there]
    notes += [
        DataNote("missing-session", symbol, day, f"no bar of the session of {day}")
        for day in missing[-LISTED:]
    ]
    if len(missing) > LISTED:
        text = f"no bars of {len(missing) - LISTED} sessions more, from {missing[0]}"
        notes.append(DataNote("missing-session", symbol, None, text))
    if as_of is not None:
        newest = calendar.last_closed(as_of - LATE)
        if newest > days[-1]:
            late = len(calendar.between(days[-1] + timedelta(days=1), newest))
            text = f"the newest bar is of {days[-1]}, {late} session{'s' * (late > 1)} old"
            notes.append(DataNote("stale", symbol, None, text))
    return notes
