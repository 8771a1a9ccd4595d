"""Prices at the time of a text: within its session, before the open, after the close. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Protocol

from monitor.model import Bar, IntradayBar

LAG: Final = timedelta(hours=1)  # a text may describe prices of so long before it appeared
HOLE: Final = timedelta(minutes=30)  # bars that leave out more than this do not tell a high
EXTENDED: Final = timedelta(hours=6)  # trading before the open and after the close, at most


class Calendar(Protocol):
    """The sessions of the security's exchange."""

    def open_of(self, session: date) -> datetime: ...

    def close_of(self, session: date) -> datetime: ...

    def previous(self, session: date) -> date: ...


@dataclass(frozen=True, slots=True)
class SoFar:
    """A session up to a moment, as a bar without a volume; and as it was `LAG` earlier.

    The close is the last price.
    """

    bar: Bar
    earlier: Bar


def so_far(
    bars: Sequence[IntradayBar], session: date, calendar: Calendar, at: datetime
) -> SoFar | None:
    """The session up to `at`. None: it was not open, or the bars do not cover it."""
    opened = calendar.open_of(session)
    if not opened < at < calendar.close_of(session):
        return None
    within = [bar for bar in bars if opened <= bar.start < at]
    times = [opened, *(bar.start for bar in within), at]
    if not within or any(later - one > HOLE for one, later in pairwise(times)):
        return None
    earlier = [bar for bar in within if bar.start + timedelta(minutes=bar.minutes) <= at - LAG]
    first = within[0].open
    at_first = Bar(session, first, first, first, first, None, None)
    return SoFar(as_bar(session, within), as_bar(session, earlier) if earlier else at_first)


def outside(
    bars: Iterable[IntradayBar], basis: str, session: date, calendar: Calendar
) -> tuple[IntradayBar, ...]:
    """The bars of before the open ("premarket") or after the close ("afterhours")."""
    if basis == "premarket":
        end = calendar.open_of(session)
        start = end - EXTENDED
    else:
        start = calendar.close_of(session)
        end = start + EXTENDED
    return tuple(bar for bar in bars if start <= bar.start < end)


def as_bar(session: date, bars: Sequence[IntradayBar]) -> Bar:
    """Bars, of which there is at least one, as one."""
    high, low = max(bar.high for bar in bars), min(bar.low for bar in bars)
    return Bar(session, bars[0].open, high, low, bars[-1].close, None, None)
