"""When a source is to be asked again, and why then. Pure.

A source is asked a few times in the gap that usually lies between two of its items. That interval
grows while it is silent and doubles with each failure in a row; pauses that its server or the feed
itself asks for are kept. Whatever is random is drawn from the source's name and the number of its
failures, so that a replay does what the first run did.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from monitor.ingest.habits import LONGEST_PAUSE, gaps
from monitor.model import SourceState

POLLS_A_GAP = 4  # an item then waits an eighth of the usual gap, on the average
SILENCE = 8  # so much silence counts like a usual gap of an eighth of it
LEAST_GAPS = 3  # to know a usual one;
MANY = 12  # items tell as much, however near to one another they came
LONGEST = timedelta(hours=24)  # however often it has failed
JITTER = 0.25  # the largest share added to a wait after failures, so that many do not come together
WEEK = timedelta(days=7)  # between two looks at a source that is gone for good: servers err, too
# passes start a few milliseconds early or late; without this every second one would be missed
SLACK = timedelta(seconds=30)
AT_ONCE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a source is asked.

    `every` is where the interval begins while its habits are not known, `fastest` and `slowest`
    bound it after that; `own` fixes it. `spread` is the largest share of the interval that is added
    to it, always the same for one source: sources that began together drift apart, and never meet
    again. `slack`: so much too early is in time, for those who look only now and then.
    """

    every: timedelta
    fastest: timedelta
    slowest: timedelta
    own: timedelta | None = None
    spread: float = 0.0
    slack: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime  # AT_ONCE: it has never been asked
    why: str


def next_due(state: SourceState, pace: Pace) -> Due:
    """When the source is to be asked next. Depends on nothing but what is known of it."""
    polled_at = state.polled_at
    if polled_at is None:
        return Due(AT_ONCE, "it has never been asked")
    if state.gone_at is not None:
        return Due(polled_at + WEEK, "it is gone for good; asked once a week whether that is so")
    wait, why = _wait(state, pace)
    at = polled_at + wait - min(pace.slack, wait / 20)
    asked = state.not_before
    if asked is not None:
        asked = min(asked, polled_at + LONGEST_PAUSE)
        if asked > at:
            at, why = asked, "its server asks for a pause until then"
    opens = _open(at, state.habits.skip_hours, state.habits.skip_days)
    if opens > at:
        return Due(opens, "it asks not to be asked before, by the hours or days it names")
    return Due(at, why)


def is_due(state: SourceState, pace: Pace, now: datetime) -> bool:
    set_back = state.polled_at is not None and state.polled_at > now  # the clock was
    return set_back or next_due(state, pace).at <= now


def interval(state: SourceState, pace: Pace) -> timedelta:
    """Between two polls, if nothing goes wrong: a part of the usual gap between its items."""
    if pace.own is not None:
        return pace.own
    fastest, slowest = min(pace.fastest, pace.every), max(pace.slowest, pace.every)
    arrivals = state.habits.arrivals
    if not arrivals or state.polled_at is None:
        return pace.every
    between = gaps(arrivals, apart=fastest.total_seconds())
    known = len(between) >= LEAST_GAPS or len(arrivals) >= MANY
    usual = median(between) if known and between else 0.0
    silent = max(state.polled_at.timestamp() - arrivals[-1], 0.0)
    part = timedelta(seconds=max(usual, silent / SILENCE) / POLLS_A_GAP)
    return min(max(part, fastest if known else pace.every), slowest)


def worth(state: SourceState, pace: Pace, now: datetime) -> float:
    """How much there is to win by asking now, where not all can be asked: the number of items that
    wait there, by its usual gap; less where it has failed."""
    if state.polled_at is None:
        return float("inf")
    waited = max((now - state.polled_at).total_seconds(), 0.0)
    return waited / seconds_worth_a_poll(state, pace)


def seconds_worth_a_poll(state: SourceState, pace: Pace) -> float:
    """After so long a wait one item waits at the source."""
    return interval(state, pace).total_seconds() * POLLS_A_GAP * (1 << min(state.failures, 17))


def _wait(state: SourceState, pace: Pace) -> tuple[timedelta, str]:
    """With each failure no shorter: a share that is added is less than the doubling."""
    every = interval(state, pace)
    steady = every * (1 + pace.spread * _drawn(state.name, 0))
    if state.failures:
        # 2^17 seconds are already more than a day: no larger power is needed, nor overflows
        doubled = every * (1 << min(state.failures, 17))
        wait = doubled * (1 + JITTER * _drawn(state.name, state.failures))
        times = "once" if state.failures == 1 else f"{state.failures} times in a row"
        return min(wait, max(LONGEST, steady)), f"it has failed {times}"
    if pace.own is not None:
        return steady, "by its own interval"
    known = bool(state.habits.arrivals)
    return steady, "by how often it publishes" if known else "how often it publishes is not known"


def _drawn(name: str, count: int) -> float:
    """From 0 to 1, the same for the same name and count."""
    digest = hashlib.sha256(f"{name}\n{count}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32


def _open(at: datetime, hours: frozenset[int], days: frozenset[int]) -> datetime:
    """The first moment from `at` on that is in no hour of the day and no day of the week to be
    skipped. Who skips them all has not meant it."""
    hours = hours if not hours.issuperset(range(24)) else frozenset()
    days = days if not days.issuperset(range(7)) else frozenset()
    while at.hour in hours or at.weekday() in days:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at
