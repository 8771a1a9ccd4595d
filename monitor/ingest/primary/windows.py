"""All of a span from a service that gives only so many items for one question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model import FeedItem

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """The moments from `since` up to `until`, which is not one of them."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since <= moment < self.until

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Given:
    """`full`: as many items as the service gives at most, so that there may be more."""

    items: tuple[FeedItem, ...]
    full: bool


@dataclass(frozen=True, slots=True)
class Found:
    items: tuple[FeedItem, ...]  # each once
    cut_off: tuple[Window, ...]  # where there may be more that the service does not give


class TooFineError(Exception):
    """A window is shorter than the service will answer for, or one question too many."""


Ask = Callable[[Window], Awaitable[Given]]


async def exhaust(ask: Ask, whole: Window, step: timedelta) -> Found:
    """What `whole` holds. A window that comes back full is asked for again in halves, cut at
    multiples of `step`, until none is full or none can be cut. TooFineError, where `ask` raises
    it for `whole` itself."""
    given = await ask(whole)
    if not given.full:
        return Found(given.items, ())
    halves = halved(whole, step)
    # what the full answer had is kept: the halves need not have been searched as well as the whole
    items = dict.fromkeys(given.items)
    cut_off = [] if halves else [whole]
    for half in halves:
        try:
            part = await exhaust(ask, half, step)
        except TooFineError:
            cut_off.append(half)
        else:
            items.update(dict.fromkeys(part.items))
            cut_off += part.cut_off
    return Found(tuple(items), tuple(cut_off))


def halved(window: Window, step: timedelta) -> tuple[Window, ...]:
    """Two windows that make up `window`, cut at the multiple of `step` nearest its middle; none
    where no such cut lies inside it."""
    middle = window.since + (window.until - window.since) / 2
    below = EPOCH + (middle - EPOCH) // step * step
    for cut in sorted((below, below + step), key=lambda one: abs(one - middle)):
        if window.since < cut < window.until:
            return Window(window.since, cut), Window(cut, window.until)
    return ()
