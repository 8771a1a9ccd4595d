"""How a source does, in one word with the reason. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from monitor.ingest.habits import gaps, last_arrival
from monitor.model import SourceState

Condition = Literal["new", "fresh", "quiet", "failing", "gone", "undated", "flooding"]

LEAST_ARRIVALS = 8  # to know how a source usually speaks
QUIET = 4  # times the gap that nine in ten of its gaps do not exceed
LEAST_QUIET = timedelta(hours=24)  # nights are no silence
FLOOD_LASTS = timedelta(hours=24)
WORKDAYS_ONLY = 0.05  # the largest share of arrivals at weekends with which they are not counted
SATURDAY = 5
DAY = 86400


@dataclass(frozen=True, slots=True)
class Health:
    """`since`: when it began to be so, as far as is known."""

    condition: Condition
    why: str
    since: datetime | None

    @property
    def well(self) -> bool:
        return self.condition in ("new", "fresh")


def health_of(state: SourceState, now: datetime) -> Health:
    """The worst of what can be said of the source."""
    habits = state.habits
    if state.polled_at is None:
        return Health("new", "it has not been asked yet", None)
    if state.gone_at is not None:
        return Health("gone", "its server says that it is gone for good (410)", state.gone_at)
    if state.failures:
        times = "" if state.failures == 1 else f", {state.failures} times in a row"
        return Health("failing", f"{state.last_error}{times}", state.succeeded_at)
    if habits.flood and state.item_at is not None and now - state.item_at < FLOOD_LASTS:
        why = f"{habits.flood} new items at once; it has brought far fewer before"
        return Health("flooding", why, state.item_at)
    if (quiet := _quiet(state, now)) is not None:
        return quiet
    if habits.undated * 2 > habits.items:
        why = f"{habits.undated} of its {habits.items} items have no date that can be read"
        return Health("undated", why, state.succeeded_at)
    return Health("fresh", _speaks(state, now), state.succeeded_at)


def silent_since(state: SourceState) -> datetime | None:
    """When it was heard last: by the newest date it gives, or when we last found something new."""
    heard = [at for at in (last_arrival(state.habits), state.item_at) if at is not None]
    return max(heard, default=None)


def _quiet(state: SourceState, now: datetime) -> Health | None:
    since = silent_since(state)
    arrivals = state.habits.arrivals
    if since is None or len(arrivals) < LEAST_ARRIVALS:
        return None
    every_day = _speaks_at_weekends(arrivals)
    usual = _most(_counted(arrivals, every_day))
    allowed = max(QUIET * usual, LEAST_QUIET.total_seconds())
    silent = _time(int(since.timestamp()), int(now.timestamp()), every_day)
    if silent <= allowed:
        return None
    why = f"silent for {_span(silent)}; usually something comes within {_span(usual)}"
    return Health("quiet", why if every_day else f"{why} (weekends not counted)", since)


def _speaks(state: SourceState, now: datetime) -> str:
    since = silent_since(state)
    if since is None:
        return "it answers, and has had nothing yet"
    return f"something new {_span(max((now - since).total_seconds(), 0))} ago"


def _speaks_at_weekends(arrivals: tuple[int, ...]) -> bool:
    weekend = sum(datetime.fromtimestamp(at, UTC).weekday() >= SATURDAY for at in arrivals)
    return weekend > WORKDAYS_ONLY * len(arrivals)


def _counted(arrivals: tuple[int, ...], every_day: bool) -> list[int]:
    """Seconds between arrivals; of one that speaks on workdays only, without the weekends."""
    if every_day:
        return gaps(arrivals)
    return gaps([_time(0, at, every_day=False) for at in arrivals])


def _most(between: list[int]) -> int:
    """The gap that nine in ten do not exceed."""
    return sorted(between)[min(len(between) * 9 // 10, len(between) - 1)] if between else 0


def _time(start: int, end: int, every_day: bool) -> int:
    """Seconds from `start` to `end`, with or without Saturdays and Sundays (UTC)."""
    return end - start if every_day else _worked(end) - _worked(start)


def _worked(at: int) -> int:
    """Seconds of workdays from Monday, 5 January 1970 to `at`."""
    week, into = divmod(at - 4 * DAY, 7 * DAY)
    return week * 5 * DAY + min(into, 5 * DAY)


def _span(seconds: float) -> str:
    """In the largest unit of which there are at least two."""
    for unit, size in (("days", DAY), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
