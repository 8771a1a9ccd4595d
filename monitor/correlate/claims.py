"""What an article claims about a price, set against the bars. Pure.

A claim is only as exact as its text: "17%" covers 16.5 to 17.5, "more than 17%" all from there on.
What the bars at hand cannot tell is unverifiable, and the reason is said; it is never counted as
wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import inf
from typing import Final

from monitor.correlate.claim_extremes import ExtremeVerdict, judge_extreme
from monitor.correlate.claim_hours import Calendar, SoFar, as_bar, outside, so_far
from monitor.errors import MonitorError
from monitor.model import Bar, CheckedClaim, Claim, ClaimOutcome, IntradayBar, PriceSeries

EXTENDED: Final = ("premarket", "afterhours")
FURTHEST: Final = ("intraday-high", "intraday-low")
REGULAR_ONLY: Final = "the bars are of the regular session only"
EPSILON: Final = 1e-6  # percent; what floating point may add to a figure on the edge


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: ClaimOutcome
    measured: float | None = None  # percent, signed
    reason: str | None = None


NO_FIGURE: Final = _Verdict("unverifiable", reason="the text gives no figure")


def check_claim(
    claim: Claim,
    article_id: str,
    series: PriceSeries | None,
    as_of: datetime,
    close_of: Callable[[date], datetime],
    said_at: datetime | None = None,
    *,
    calendar: Calendar | None = None,
    doubt: str | None = None,
) -> CheckedClaim:
    """A claim beside what the bars known at `as_of` say of it.

    `series` has raw prices in the shares of the claim's day, `close_of` and `calendar` are of the
    security's exchange. `said_at` is when the text was written: a high told before the close may
    have been passed later, which does not make it wrong. None: after the close. With `calendar`
    the bars within the session tell what was so by then, also while it is still open; those
    outside of it what was before the open and after the close; and a day without the close of the
    session before is not taken for a day's move. `doubt`: why the day's prices are not to be
    trusted; nothing is contradicted by them.
    """
    percent, extreme = _check(_Case(claim, series, as_of, close_of, said_at, calendar))
    if doubt is not None and percent.outcome == "contradicted":
        percent = _Verdict("unverifiable", percent.measured, doubt)
    if doubt is not None and extreme is not None and extreme.outcome == "contradicted":
        extreme = ExtremeVerdict("unverifiable", extreme.since, doubt)
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


@dataclass(frozen=True, slots=True)
class _Case:
    """A claim with all that it is judged by."""

    claim: Claim
    series: PriceSeries | None
    as_of: datetime
    close_of: Callable[[date], datetime]
    said_at: datetime | None
    calendar: Calendar | None

    @property
    def bars(self) -> Sequence[Bar]:
        return self.series.bars if self.series else ()

    @property
    def intraday(self) -> Sequence[IntradayBar]:
        return self.series.intraday if self.series else ()

    @property
    def before(self) -> Bar | None:
        """The bar of the session before the claim's day; None: it is not at hand."""
        bar = next((one for one in reversed(self.bars) if one.session < self.claim.day), None)
        if bar is None or self.calendar is None:
            return bar
        return bar if bar.session == self.calendar.previous(self.claim.day) else None


def _check(case: _Case) -> tuple[_Verdict, ExtremeVerdict | None]:
    """The verdicts on the figure and on the extreme, where one is claimed."""
    claim = case.claim
    if not case.bars:
        return _unknown(claim, f"no bars of {claim.symbol} are at hand")
    try:
        closed = case.close_of(claim.day) <= case.as_of
    except MonitorError:
        return _unknown(claim, f"there was no session on {claim.day}")
    if claim.basis in EXTENDED:
        regular = ExtremeVerdict("unverifiable", reason=REGULAR_ONLY) if claim.extreme else None
        return _together(claim, _outside_hours(case, closed), regular)
    at = next((number for number, bar in enumerate(case.bars) if bar.session == claim.day), None)
    if at is None or not closed:
        yet = " yet" if claim.day > case.bars[-1].session else ""
        reason = f"there is no bar of {claim.symbol} for {claim.day}{yet}"
        if at is not None:
            reason = f"the session of {claim.day} had not closed"
        return _while_open(case) or _unknown(claim, reason)
    extreme = judge_extreme(claim, case.bars, at) if claim.extreme else None
    return _together(claim, _percent(case, case.bars[at]), extreme)


def _together(
    claim: Claim, percent: _Verdict, extreme: ExtremeVerdict | None
) -> tuple[_Verdict, ExtremeVerdict | None]:
    """Without a figure the extreme alone decides."""
    if claim.percent is None and extreme:
        return _Verdict(extreme.outcome), extreme
    return percent, extreme


def _unknown(claim: Claim, reason: str) -> tuple[_Verdict, ExtremeVerdict | None]:
    extreme = ExtremeVerdict("unverifiable") if claim.extreme else None
    return _Verdict("unverifiable", reason=reason), extreme


# ---------------------------------------------------------------- the time of the text


def _so_far(case: _Case) -> SoFar | None:
    """The session up to the time of the text, where the bars within it tell."""
    if case.calendar is None or case.said_at is None:
        return None
    return so_far(case.intraday, case.claim.day, case.calendar, min(case.said_at, case.as_of))


def _while_open(case: _Case) -> tuple[_Verdict, ExtremeVerdict | None] | None:
    """Verdicts before the close, where they are final already: on what can only be confirmed."""
    now, before, claim = _so_far(case), case.before, case.claim
    if now is None or before is None or claim.basis == "close":
        return None
    percent = _at_that_time(claim, before, now)
    until = [bar for bar in case.bars if bar.session < claim.day]
    extreme = judge_extreme(claim, [*until, now.bar], len(until)) if claim.extreme else None
    found = _together(claim, percent, extreme)
    return found if all(one is None or one.outcome == "confirmed" for one in found) else None


def _at_that_time(claim: Claim, before: Bar, now: SoFar) -> _Verdict:
    """A figure beside the session up to the text, or up to somewhat earlier."""
    if claim.percent is None:
        return NO_FIGURE
    readings = _readings(before, now.bar)
    verdict = JUDGED[claim.basis](claim, readings)
    if verdict.outcome != "contradicted" or claim.basis not in FURTHEST:
        return verdict
    both = (readings, _readings(before, now.earlier))
    upward = claim.basis == "intraday-high"
    reached = [one.high if upward else one.low for one in both]
    known, (low, high) = [one for one in reached if one is not None], covered(claim)
    if min(known) <= high and low <= max(known):
        return _Verdict("confirmed", verdict.measured, "it was so shortly before")
    return verdict


def _outside_hours(case: _Case, closed: bool) -> _Verdict:
    """A figure beside prices before the open, or after the close."""
    claim, premarket = case.claim, case.claim.basis == "premarket"
    if claim.percent is None:
        return NO_FIGURE
    if case.calendar is None:
        return _Verdict("unverifiable", reason=REGULAR_ONLY)
    bars = outside(case.intraday, claim.basis, claim.day, case.calendar)
    if case.said_at is not None and bars and case.said_at >= bars[0].start:
        bars = tuple(bar for bar in bars if bar.start <= case.said_at)
    if not bars:
        return _Verdict("unverifiable", reason=REGULAR_ONLY)
    base = case.before if premarket else _bar_of(case, closed)
    if base is None or base.close is None:
        which = "before" if premarket else "of"
        return _Verdict("unverifiable", reason=f"no close {which} {claim.day} is at hand")
    return _at_some_time(claim, _readings(base, as_bar(claim.day, bars)))


def _bar_of(case: _Case, closed: bool) -> Bar | None:
    bars = case.bars if closed else ()
    return next((bar for bar in bars if bar.session == case.claim.day), None)


# ---------------------------------------------------------------- the percentage


def _percent(case: _Case, today: Bar) -> _Verdict:
    claim = case.claim
    if claim.percent is None:
        return NO_FIGURE
    if case.before is None:
        if case.bars[0].session == claim.day:
            return _Verdict("unverifiable", reason=f"the bars begin on {claim.day}")
        return _Verdict("unverifiable", reason=f"no close of the session before {claim.day}")
    readings = _readings(case.before, today)
    said = claim.percent if claim.direction == "up" else -claim.percent
    verdict = JUDGED[claim.basis](claim, readings)
    early = case.said_at is not None and case.said_at < case.close_of(claim.day)
    if verdict.outcome != "contradicted" or claim.basis not in FURTHEST or not early:
        return verdict
    now = _so_far(case)
    if now is not None:
        return _at_that_time(claim, case.before, now)
    return _passed_later(claim, readings, said, verdict)


def _passed_later(claim: Claim, readings: _Readings, said: float, verdict: _Verdict) -> _Verdict:
    """A high (low) told before the close, of which no bar says how high it was by then."""
    high, measured = claim.basis == "intraday-high", verdict.measured
    further = measured is not None and (measured > said if high else measured < said)
    if further and readings.reach(said, said):
        reason = "said before the close; it went further later"
        return _Verdict("confirmed", verdict.measured, reason)
    return verdict


@dataclass(frozen=True, slots=True)
class _Readings:
    """A session against the close before it, in percent. None: the bars do not have it."""

    open: float | None
    high: float | None
    low: float | None
    close: float | None

    def reach(self, lowest: float, highest: float) -> bool:
        """Whether the price was between the two at some time of the session."""
        low = self.low if self.low is not None else self.close
        high = self.high if self.high is not None else self.close
        return low is not None and high is not None and low <= highest and lowest <= high


def _readings(before: Bar, today: Bar) -> _Readings:
    """Raw prices where both sessions have a close; else adjusted closes alone."""
    if before.close and today.close:
        base = before.close
        prices = (today.open, today.high, today.low, today.close)
        return _Readings(*(None if one is None else (one / base - 1) * 100 for one in prices))
    if before.adj_close and today.adj_close:
        return _Readings(None, None, None, (today.adj_close / before.adj_close - 1) * 100)
    return _Readings(None, None, None, None)


def covered(claim: Claim) -> tuple[float, float]:
    """From where to where, in signed percent, a figure may lie for the text's to be true of it."""
    assert claim.percent is not None
    sign = 1 if claim.direction == "up" else -1
    unit = 10.0**-claim.decimals
    slack = (unit if claim.approx else unit / 2) + EPSILON
    least = 0.0 if claim.bound == "at-most" else claim.percent - slack
    most = inf if claim.bound == "at-least" else claim.percent + slack
    return (least, most) if sign > 0 else (-most, -least)


def _compared(claim: Claim, measured: float) -> _Verdict:
    low, high = covered(claim)
    return _Verdict("confirmed" if low <= measured <= high else "contradicted", measured)


def _at_the_close(claim: Claim, readings: _Readings) -> _Verdict:
    if readings.close is None:
        return _Verdict("unverifiable", reason="the two closes are not both at hand")
    return _compared(claim, readings.close)


def _at_the_extreme(claim: Claim, readings: _Readings) -> _Verdict:
    high = claim.basis == "intraday-high"
    measured = readings.high if high else readings.low
    if measured is None:
        return _Verdict("unverifiable", reason=f"no {'high' if high else 'low'} of the session")
    return _compared(claim, measured)


def _at_the_open(claim: Claim, readings: _Readings) -> _Verdict:
    if readings.open is None:
        return _Verdict("unverifiable", reason="no opening price of the session")
    verdict = _compared(claim, readings.open)
    if verdict.outcome == "contradicted" and readings.reach(*covered(claim)):
        reason = "daily bars do not tell the minutes after the opening"
        return _Verdict("unverifiable", readings.open, reason)
    return verdict


def _at_some_time(claim: Claim, readings: _Readings) -> _Verdict:
    """Confirmed where the price was there. Measured is the close, or the furthest it went."""
    if readings.close is None:
        return _Verdict("unverifiable", reason="the two closes are not both at hand")
    if _compared(claim, readings.close).outcome == "confirmed":
        return _Verdict("confirmed", readings.close)
    up = claim.direction == "up"
    furthest = readings.high if up else readings.low
    if furthest is None:
        reason = "no high and low of the session, and the close is not it"
        return _Verdict("unverifiable", readings.close, reason)
    low, high = covered(claim)
    there = readings.reach(low, high)
    beyond_close = low > readings.close if up else high < readings.close
    return _Verdict(
        "confirmed" if there else "contradicted", furthest if beyond_close else readings.close
    )


JUDGED: Final[Mapping[str, Callable[[Claim, _Readings], _Verdict]]] = {
    "intraday-high": _at_the_extreme,
    "intraday-low": _at_the_extreme,
    "close": _at_the_close,
    "open": _at_the_open,
    "unspecified": _at_some_time,
}
