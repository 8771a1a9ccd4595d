"""What an article claims about a price, set against the bars. Pure.

A claim is only as exact as its text: "17%" covers 16.5 to 17.5. What the bars at hand cannot tell
is unverifiable, and the reason is said; it is never counted as wrong.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from monitor.model import Bar, CheckedClaim, Claim, ClaimOutcome, PriceSeries

SINCE: Final = re.compile(r"^(\d{4}|-)(?:-(\d{2})(?:-(\d{2}))?)?$")
EXTENDED: Final = ("premarket", "afterhours")
EPSILON: Final = 1e-6  # percent; what floating point may add to a figure on the edge


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: ClaimOutcome
    measured: float | None = None  # percent, signed
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _ExtremeVerdict:
    outcome: ClaimOutcome
    since: date | None = None
    reason: str | None = None


def check_claim(
    claim: Claim,
    article_id: str,
    series: PriceSeries | None,
    as_of: datetime,
    close_of: Callable[[date], datetime],
    said_at: datetime | None = None,
) -> CheckedClaim:
    """A claim beside what the bars known at `as_of` say of it.

    `said_at` is when the text was written: a high told before the close may have been passed
    later, which does not make it wrong. None: after the close.
    """
    bars = series.bars if series else ()
    at = next((number for number, bar in enumerate(bars) if bar.session == claim.day), None)
    missing = _missing(claim, bars, at, as_of, close_of)
    if at is None or missing:
        outcome: ClaimOutcome | None = "unverifiable" if claim.extreme else None
        return CheckedClaim(claim, article_id, "unverifiable", None, outcome, None, missing)
    early = said_at is not None and said_at < close_of(claim.day)
    percent = _percent(claim, bars, at, early)
    extreme = _extreme(claim, bars, at) if claim.extreme else None
    if claim.percent is None and extreme:
        percent = _Verdict(extreme.outcome)
    reasons = [one.reason for one in (percent, extreme) if one is not None and one.reason]
    return CheckedClaim(
        claim=claim,
        article=article_id,
        verdict=percent.outcome,
        measured=percent.measured,
        extreme_verdict=extreme.outcome if extreme else None,
        measured_since=extreme.since if extreme else None,
        reason="; ".join(dict.fromkeys(reasons)) or None,
    )


def _missing(
    claim: Claim,
    bars: Sequence[Bar],
    at: int | None,
    as_of: datetime,
    close_of: Callable[[date], datetime],
) -> str | None:
    """Why nothing can be said of a claim at all."""
    if not bars:
        return f"no bars of {claim.symbol} are at hand"
    if at is None:
        yet = " yet" if claim.day > bars[-1].session else ""
        return f"there is no bar of {claim.symbol} for {claim.day}{yet}"
    if close_of(claim.day) > as_of:
        return f"the session of {claim.day} had not closed"
    return None


# ---------------------------------------------------------------- the percentage


def _percent(claim: Claim, bars: Sequence[Bar], at: int, early: bool) -> _Verdict:
    if claim.percent is None:
        return _Verdict("unverifiable", reason="the text gives no figure")
    if claim.basis in EXTENDED:
        return _Verdict("unverifiable", reason="the bars are of the regular session only")
    if at == 0:
        return _Verdict("unverifiable", reason=f"the bars begin on {claim.day}")
    readings = _readings(bars[at - 1], bars[at])
    said = claim.percent if claim.direction == "up" else -claim.percent
    judged = {
        "intraday-high": _at_the_extreme,
        "intraday-low": _at_the_extreme,
        "close": _at_the_close,
        "open": _at_the_open,
        "unspecified": _at_some_time,
    }[claim.basis]
    return judged(claim, readings, said, early)


@dataclass(frozen=True, slots=True)
class _Readings:
    """A session against the close before it, in percent. None: the bars do not have it."""

    open: float | None
    high: float | None
    low: float | None
    close: float | None

    def contain(self, said: float, slack: float) -> bool:
        """Whether the price was there at some time of the session."""
        low = self.low if self.low is not None else self.close
        high = self.high if self.high is not None else self.close
        return low is not None and high is not None and low - slack <= said <= high + slack


def _readings(before: Bar, today: Bar) -> _Readings:
    """Raw prices where both sessions have a close; else adjusted closes alone."""
    if before.close and today.close:
        base = before.close
        prices = (today.open, today.high, today.low, today.close)
        return _Readings(*(None if one is None else (one / base - 1) * 100 for one in prices))
    if before.adj_close and today.adj_close:
        return _Readings(None, None, None, (today.adj_close / before.adj_close - 1) * 100)
    return _Readings(None, None, None, None)


def slack_of(claim: Claim) -> float:
    """How far, in percentage points, a true figure may lie from the text's."""
    unit = 10.0**-claim.decimals
    return (unit if claim.approx else unit / 2) + EPSILON


def _compared(claim: Claim, measured: float, said: float) -> _Verdict:
    close_enough = abs(measured - said) <= slack_of(claim)
    return _Verdict("confirmed" if close_enough else "contradicted", measured)


def _at_the_close(claim: Claim, readings: _Readings, said: float, early: bool) -> _Verdict:
    if readings.close is None:
        return _Verdict("unverifiable", reason="the two closes are not both at hand")
    return _compared(claim, readings.close, said)


def _at_the_extreme(claim: Claim, readings: _Readings, said: float, early: bool) -> _Verdict:
    high = claim.basis == "intraday-high"
    measured = readings.high if high else readings.low
    if measured is None:
        return _Verdict("unverifiable", reason=f"no {'high' if high else 'low'} of the session")
    verdict = _compared(claim, measured, said)
    further = measured > said if high else measured < said
    if verdict.outcome == "contradicted" and early and further and readings.contain(said, 0):
        return _Verdict("confirmed", measured, "said before the close; it went further later")
    return verdict


def _at_the_open(claim: Claim, readings: _Readings, said: float, early: bool) -> _Verdict:
    if readings.open is None:
        return _Verdict("unverifiable", reason="no opening price of the session")
    verdict = _compared(claim, readings.open, said)
    if verdict.outcome == "contradicted" and readings.contain(said, slack_of(claim)):
        reason = "daily bars do not tell the minutes after the opening"
        return _Verdict("unverifiable", readings.open, reason)
    return verdict


def _at_some_time(claim: Claim, readings: _Readings, said: float, early: bool) -> _Verdict:
    """Confirmed where the price was there. Measured is the close, or the furthest it went."""
    if readings.close is None:
        return _Verdict("unverifiable", reason="the two closes are not both at hand")
    if _compared(claim, readings.close, said).outcome == "confirmed":
        return _Verdict("confirmed", readings.close)
    furthest = readings.high if said > 0 else readings.low
    if furthest is None:
        reason = "no high and low of the session, and the close is not it"
        return _Verdict("unverifiable", readings.close, reason)
    beyond_close = said > readings.close if said > 0 else said < readings.close
    there = readings.contain(said, slack_of(claim))
    return _Verdict(
        "confirmed" if there else "contradicted", furthest if beyond_close else readings.close
    )


# ---------------------------------------------------------------- the extreme


def _extreme(claim: Claim, bars: Sequence[Bar], at: int) -> _ExtremeVerdict:
    """Whether the session was as high (low) as none since the time the text names."""
    if claim.basis in EXTENDED:
        return _ExtremeVerdict("unverifiable", reason="the bars are of the regular session only")
    sign = 1 if claim.extreme == "high" else -1
    of = _level(claim)
    level = of(bars[at])
    if level is None:
        return _ExtremeVerdict("unverifiable", reason=f"no {claim.extreme} of the session")
    for bar in reversed(bars[:at]):
        before = of(bar)
        if before is None:
            reason = f"the bars have no {claim.extreme}s before {_after(bars, bar)}"
            return _ExtremeVerdict("unverifiable", reason=reason)
        if sign * before >= sign * level:
            return _held(claim, bar.session)
    return _beyond_the_bars(claim, bars[0].session)


def _level(claim: Claim) -> Callable[[Bar], float | None]:
    """The raw price that a claim's extreme is about: the close, or the high or low within."""
    if claim.basis == "close":
        return lambda bar: bar.close
    return (lambda bar: bar.high) if claim.extreme == "high" else (lambda bar: bar.low)


def _after(bars: Sequence[Bar], bar: Bar) -> date:
    return bars[bars.index(bar) + 1].session


def _held(claim: Claim, since: date) -> _ExtremeVerdict:
    """`since` is the last session as high. A text without a year means any year that fits."""
    if claim.since is None:
        return _ExtremeVerdict("contradicted", since)
    first, last = _newest_period(claim.since, claim.day)
    if since > last:
        return _ExtremeVerdict("contradicted", since)
    if first <= since or _is_in(claim.since, since):
        return _ExtremeVerdict("confirmed", since)
    return _ExtremeVerdict("confirmed", since, f"it says too little: none was since {since}")


def _beyond_the_bars(claim: Claim, begin: date) -> _ExtremeVerdict:
    if claim.since is not None and not claim.since.startswith("-"):
        first, _ = _newest_period(claim.since, claim.day)
        if begin <= first:
            reason = f"it says too little: none was since the bars begin on {begin}"
            return _ExtremeVerdict("confirmed", None, reason)
    return _ExtremeVerdict(
        "unverifiable", None, f"none was since the bars begin on {begin}, and they tell no more"
    )


def _newest_period(since: str, day: date) -> tuple[date, date]:
    """First and last day of the newest time, not after `day`, that `since` can mean."""
    year, month, of_month = _parts(since)
    if year is not None:
        return _period(year, month, of_month)
    for candidate in range(day.year, day.year - 9, -1):  # 29 February is eight years rare at most
        first, last = _period(candidate, month, of_month)
        if last < day and (of_month is None or first.day == of_month):
            return first, last
    raise ValueError(f"no such day: {since}")


def _is_in(since: str, day: date) -> bool:
    """Whether a day lies in a month (and day) of whatever year."""
    year, month, of_month = _parts(since)
    return year is None and day.month == month and of_month in (None, day.day)


def _parts(since: str) -> tuple[int | None, int | None, int | None]:
    found = SINCE.match(since)
    if not found:
        raise ValueError(f"not a year, month or day: {since!r}")
    year, month, of_month = found.groups()
    return (
        None if year == "-" else int(year),
        int(month) if month else None,
        int(of_month) if of_month else None,
    )


def _period(year: int, month: int | None, of_month: int | None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    length = calendar.monthrange(year, month)[1]
    if of_month is None:
        return date(year, month, 1), date(year, month, length)
    day = date(year, month, min(of_month, length))
    return day, day
