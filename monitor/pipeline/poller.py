"""Polling without end: each source at its own time, outcomes taken as they come.

One event loop and one client for as long as it runs, so that connections stay warm. When each
source is due lies in a heap in memory, and what is known of it in the store, so that a start
begins where the last run ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Final

from monitor.errors import StoreError
from monitor.ingest.poll import Asking
from monitor.ingest.schedule import AT_ONCE, next_due, seconds_worth_a_poll
from monitor.model import PollFailed, PollOutcome, SourceState, StageReport
from monitor.pipeline.parts import Parts
from monitor.pipeline.polling import (
    HOUR,
    STOP_CHECK,
    Taken,
    ask,
    paces_of,
    states_of,
    written,
)

SPREAD: Final = 0.1  # of an interval: sources begun together are apart after some ten polls
BATCH: Final = 128  # outcomes of one transaction: it keeps the other jobs' waiting
SIGN_OF_LIFE: Final = timedelta(seconds=10)  # between two reports, where there is nothing to tell
LATER: Final = timedelta(seconds=30)  # until the store is tried again that did not answer


class Poller:
    """`clock` tells the moment; `tell` hears of each batch, and now and then that there is none;
    `kept` is called when there is something new in the store. `stop_check`: seconds between two
    looks at whether we are asked to stop."""

    def __init__(
        self,
        parts: Parts,
        clock: Callable[[], datetime],
        tell: Callable[[StageReport], None],
        kept: Callable[[], None],
        *,
        stop_check: float = STOP_CHECK,
    ) -> None:
        self._parts = parts
        self._clock = clock
        self._tell = tell
        self._kept = kept
        self._stop_check = stop_check
        self._sources = {source.name: source for source in parts.sources}
        self._paces = paces_of(parts, spread=SPREAD)
        self._states: dict[str, SourceState] = {}
        self._agenda: list[tuple[datetime, str]] = []  # a heap; who is being asked is not in it
        # of those whose time has come: last asked, and seconds that are worth a poll
        self._ready: dict[str, tuple[float, float]] = {}
        self._next_start = AT_ONCE  # by the budget
        self._come: list[PollOutcome] = []  # and not yet written
        self._write_at = AT_ONCE
        self._told: dict[str, tuple[str, ...]] = {}  # problems; what comes again is told once
        self._silent_until = AT_ONCE

    def run(self) -> tuple[StageReport, ...]:
        """Ends when the parts are asked to stop; nothing is left to report then."""
        asyncio.run(self._run())
        return ()

    async def _run(self) -> None:
        self._begin()
        async with self._parts.http() as http:
            asking = Asking(http)
            try:
                while not self._parts.stopping():
                    if self._clock() >= self._write_at:
                        self._ask_what_is_due(asking)
                    self._come += await asking.outcomes(self._patience())
                    if self._come and self._clock() >= self._write_at:
                        await asyncio.to_thread(self._take)
                    elif self._clock() >= self._silent_until:
                        await asyncio.to_thread(self._report, StageReport("poll"))
            finally:
                await asking.end()

    def _begin(self) -> None:
        now = self._clock()
        self._states = states_of(self._parts)
        self._agenda = [(self._due(state, now), name) for name, state in self._states.items()]
        heapify(self._agenda)
        self._ready, self._come = {}, []
        asked = [state.polled_at for state in self._states.values() if state.polled_at]
        budget = self._parts.config.tables.poll.budget
        if budget is not None and asked:
            self._next_start = min(max(asked), now) + HOUR / budget

    def _due(self, state: SourceState, now: datetime) -> datetime:
        if state.polled_at is not None and state.polled_at > now:
            return now  # the clock was set back
        return next_due(state, self._paces[state.name]).at

    # ---------------------------------------------------------------- asking

    def _ask_what_is_due(self, asking: Asking) -> None:
        now = self._clock()
        while self._agenda and self._agenda[0][0] <= now:
            _, name = heappop(self._agenda)
            state = self._states[name]
            asked = state.polled_at.timestamp() if state.polled_at else float("-inf")
            self._ready[name] = asked, seconds_worth_a_poll(state, self._paces[name])
        for name in self._chosen(now):
            ask(asking, self._sources[name], self._states[name], now)

    def _chosen(self, now: datetime) -> Sequence[str]:
        """All that are ready; with a budget one at a time, where there is most to win."""
        budget = self._parts.config.tables.poll.budget
        if budget is None:
            chosen, self._ready = list(self._ready), {}
            return chosen
        if not self._ready or now < self._next_start:
            return ()
        at = now.timestamp()
        best = max(self._ready, key=lambda name: (at - self._ready[name][0]) / self._ready[name][1])
        del self._ready[best]
        self._next_start = now + HOUR / budget
        return (best,)

    def _patience(self) -> float:
        """Seconds until there may be something to do."""
        now = self._clock()
        times = [self._next_start] if self._ready else [at for at, _ in self._agenda[:1]]
        wait = (max(times[0], self._write_at) - now).total_seconds() if times else self._stop_check
        return min(max(wait, 0.0), self._stop_check)

    # ---------------------------------------------------------------- taking

    def _take(self) -> None:
        """Writes what has come, in the order in which it came. Where the store does not answer it
        waits here, and nothing more is asked for until it does: publishers have no part in that."""
        while self._come and not self._parts.stopping():
            now = self._clock()
            outcomes = [_seen(outcome, now) for outcome in self._come[:BATCH]]
            try:
                taken = written(self._parts, outcomes, self._states, now)
            except StoreError as error:
                self._write_at = now + LATER
                self._report(StageReport("poll", {}, (str(error),)))
                return
            del self._come[:BATCH]
            for one in taken:
                self._plan(one, now)
            if any(one.new or one.revised for one in taken):
                self._kept()

    def _plan(self, taken: Taken, now: datetime) -> None:
        for state in taken.states:
            self._states[state.name] = state
            heappush(self._agenda, (self._due(state, now), state.name))
        self._report(StageReport("poll", taken.counts, self._news(taken.problems)))

    def _report(self, report: StageReport) -> None:
        self._silent_until = self._clock() + SIGN_OF_LIFE
        self._tell(report)

    def _news(self, problems: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Problems that a source did not have the last time."""
        fresh = [
            f"{source}: {told}"
            for source, all_ in problems.items()
            for told in all_
            if told not in self._told.get(source, ())
        ]
        self._told.update(problems)
        return tuple(fresh)


def _seen(outcome: PollOutcome, now: datetime) -> PollOutcome:
    """An item is seen when it has come, not when it was asked for: a source may wait its turn."""
    if isinstance(outcome, PollFailed):
        return outcome
    return replace(outcome, items=tuple(replace(item, seen_at=now) for item in outcome.items))
