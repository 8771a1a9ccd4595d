"""Whether a session was as high (low) as none since the time that a text names. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from monitor.model import Bar, Claim, ClaimOutcome

SINCE: Final = re.compile(r"^(\d{4}|-)(?:-(\d{2})(?:-(\d{2}))?)?$")


@dataclass(frozen=True, slots=True)
class ExtremeVerdict:
    outcome: ClaimOutcome
    since: date | None = None  # the last session that was higher (lower)
    reason: str | None = None


def judge_extreme(claim: Claim, bars: Sequence[Bar], at: int) -> ExtremeVerdict:
    """The claim's extreme beside the bars up to number `at`, all in the same shares.

    A text that does not say whether it speaks of closes or of prices within the session is right
    where either is so.
    """
    verdict = _judged(claim, bars, at, _level(claim, within=claim.basis != "close"))
    if claim.basis != "unspecified" or verdict.outcome == "confirmed":
        return verdict
    closes = _judged(claim, bars, at, _level(claim, within=False))
    if closes.outcome != "confirmed":
        return verdict
    reason = "by closes" + (f": {closes.reason}" if closes.reason else "")
    return ExtremeVerdict("confirmed", closes.since, reason)


def _judged(
    claim: Claim, bars: Sequence[Bar], at: int, of: Callable[[Bar], float | None]
) -> ExtremeVerdict:
    sign = 1 if claim.extreme == "high" else -1
    level = of(bars[at])
    if level is None:
        return ExtremeVerdict("unverifiable", reason=f"no {claim.extreme} of the session")
    for number in range(at - 1, -1, -1):
        before = of(bars[number])
        if before is None:
            reason = f"the bars have no {claim.extreme}s before {bars[number + 1].session}"
            return ExtremeVerdict("unverifiable", reason=reason)
        if sign * before >= sign * level:
            return _held(claim, bars[number].session)
    return _beyond_the_bars(claim, bars[0].session)


def _level(claim: Claim, *, within: bool) -> Callable[[Bar], float | None]:
    """The raw price that an extreme is about: the close, or the high or low within the session."""
    if not within:
        return lambda bar: bar.close
    return (lambda bar: bar.high) if claim.extreme == "high" else (lambda bar: bar.low)


def _held(claim: Claim, since: date) -> ExtremeVerdict:
    """`since` is the last session as high. A text without a year means any year that fits."""
    if claim.since is None:
        return ExtremeVerdict("contradicted", since)
    first, last = _newest_period(claim.since, claim.day)
    if since > last:
        return ExtremeVerdict("contradicted", since)
    if first <= since or _is_in(claim.since, since):
        return ExtremeVerdict("confirmed", since)
    return ExtremeVerdict("confirmed", since, f"it says too little: none was since {since}")


def _beyond_the_bars(claim: Claim, begin: date) -> ExtremeVerdict:
    if claim.since is not None and not claim.since.startswith("-"):
        first, _ = _newest_period(claim.since, claim.day)
        if begin <= first:
            reason = f"it says too little: none was since the bars begin on {begin}"
            return ExtremeVerdict("confirmed", None, reason)
    return ExtremeVerdict(
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
