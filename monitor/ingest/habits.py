"""What a poll teaches about its source: how it publishes, where it is, how it went. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from monitor.model import Cursor, Habits, Polled, PollFailed, PollOutcome, SourceState

REMEMBERED = 64  # arrivals: two months of a daily feed, some hours of a busy one
LONGEST_PAUSE = timedelta(hours=24)  # that a server may ask for: a slip must not switch a feed off
FLOOD = 4  # times what a source has ever brought at once, or what the time gone by would explain
LEAST_FLOOD = 20  # new items; fewer flood nobody
ASTRAY = 3  # failures in a row at an address it has moved to, until its own is asked again


def asked_at(state: SourceState, url: str | None) -> SourceState:
    """`state` for a source at `url`: what was learned of another address is forgotten."""
    if state.url is None or state.url == url:
        return replace(state, url=url)
    return SourceState(state.name, url=url)


def after(state: SourceState, outcome: PollOutcome, new: int, now: datetime) -> SourceState:
    """`state` after a poll that ended at `now`, of whose items so many were `new`."""
    state = replace(state, polled_at=now, begun_at=state.begun_at or now)
    if isinstance(outcome, PollFailed):
        return _after_failure(state, outcome, now)
    pause = outcome.advice.fresh_for
    if outcome.not_modified and state.habits.ttl is not None:
        pause = max(pause or 0.0, state.habits.ttl)
    moved_to = outcome.advice.moved_to or state.moved_to
    return replace(
        state,
        cursor=outcome.cursor,
        succeeded_at=now,
        item_at=now if new else state.item_at,
        failures=0,
        not_before=_until(now, pause),
        last_error=None,
        moved_to=None if moved_to == state.url else moved_to,
        gone_at=None,
        habits=state.habits if outcome.not_modified else _habits(state, outcome, new, now),
    )


def _after_failure(state: SourceState, outcome: PollFailed, now: datetime) -> SourceState:
    failed = replace(
        state,
        failures=state.failures + 1,
        not_before=_until(now, outcome.retry_after),
        last_error=outcome.what,
    )
    if state.moved_to is not None:
        if outcome.status in (404, 410) or failed.failures >= ASTRAY:
            # back to its own address, which leads elsewhere by now, or can be read again
            return replace(failed, moved_to=None, cursor=Cursor())
    elif outcome.status == 410:
        return replace(failed, gone_at=state.gone_at or now)
    return failed


def _until(now: datetime, seconds: float | None) -> datetime | None:
    if not seconds or seconds <= 0:
        return None
    return now + timedelta(seconds=min(seconds, LONGEST_PAUSE.total_seconds()))


def _habits(state: SourceState, outcome: Polled, new: int, now: datetime) -> Habits:
    before = state.habits
    first = state.succeeded_at is None
    said = sorted(min(item.published_at or now, now) for item in outcome.items)
    newest = {int(at.timestamp()) for at in said[len(said) - new :]}
    return Habits(
        arrivals=tuple(sorted(newest.union(before.arrivals)))[-REMEMBERED:],
        most=before.most if first else max(before.most, new),
        flood=_flood(state, new, now) if new else before.flood,
        items=len(outcome.items),
        undated=sum(item.published_at is None for item in outcome.items),
        ttl=outcome.advice.ttl,
        skip_hours=outcome.advice.skip_hours,
        skip_days=outcome.advice.skip_days,
    )


def _flood(state: SourceState, new: int, now: datetime) -> int:
    """How many are new, where that is far more than can be explained; else 0."""
    if state.succeeded_at is None or new < LEAST_FLOOD:
        return 0
    gone_by = (now - state.succeeded_at).total_seconds()
    pace = gaps(state.habits.arrivals)
    expected = gone_by * len(pace) / sum(pace) if pace else 0.0
    return new if new > FLOOD * max(state.habits.most, expected) else 0


def gaps(arrivals: Sequence[int], apart: float = 1.0) -> list[int]:
    """Seconds between arrivals, those less than `apart` seconds after the one before taken as one
    with it: items often come in bunches."""
    bunches: list[int] = []
    for at in arrivals:
        if not bunches or at - bunches[-1] >= apart:
            bunches.append(at)
    return [after - before for before, after in pairwise(bunches)]


def last_arrival(habits: Habits) -> datetime | None:
    return datetime.fromtimestamp(habits.arrivals[-1], UTC) if habits.arrivals else None
