"""Sources → articles: what is due is asked, and what comes of it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import nlargest

import structlog

from monitor.errors import StoreError, UnfitError
from monitor.ingest.build import row_of
from monitor.ingest.habits import after, asked_at
from monitor.ingest.poll import Asking
from monitor.ingest.schedule import SLACK, Pace, is_due, worth
from monitor.ingest.sources import Feed, Source, address_of
from monitor.model import Polled, PollFailed, PollOutcome, SourceState, StageReport
from monitor.pipeline.keeping import Kept, keep
from monitor.pipeline.parts import Parts
from monitor.pipeline.source_alerts import tell_of
from monitor.store.engine import Transaction

STOP_CHECK = 0.2  # seconds between two looks at whether we are asked to stop
BATCH = 256  # outcomes of one transaction
HOUR = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of some polls. `problems`: by source, also of what was survived."""

    states: tuple[SourceState, ...]
    problems: Mapping[str, tuple[str, ...]]
    new: int = 0
    revised: int = 0

    @property
    def counts(self) -> dict[str, int]:
        counts = {"sources": len(self.states), "new": self.new}
        return counts | ({"revised": self.revised} if self.revised else {})


def poll(parts: Parts, now: datetime) -> StageReport:
    """Asks every source whose time has come, and waits for all. One that fails is reported."""
    states, paces = states_of(parts), paces_of(parts, slack=SLACK)
    due = [one for one in parts.sources if is_due(states[one.name], paces[one.name], now)]
    waiting = _affordable(due, parts.config.tables.poll.budget, states, paces, now)
    taken: list[Taken] = []
    if waiting:
        asyncio.run(_poll(parts, waiting, states, now, taken))
    counts = {"sources": len(waiting), "new": sum(one.new for one in taken)}
    if revised := sum(one.revised for one in taken):
        counts["revised"] = revised
    problems = [
        f"{name}: {told}" for one in taken for name, all_ in one.problems.items() for told in all_
    ]
    return StageReport("poll", counts, tuple(problems))


async def _poll(
    parts: Parts,
    waiting: Sequence[Source],
    states: Mapping[str, SourceState],
    now: datetime,
    taken: list[Taken],
) -> None:
    """Few outcomes are taken together, in the order of the sources, so that a replay keeps the
    same article of two; many in batches, as they come. After a stop what has not come is asked
    again by the next pass."""
    order = {source.name: number for number, source in enumerate(waiting)}
    async with parts.http() as http:
        asking = Asking(http)
        for source in waiting:
            ask(asking, source, states[source.name], now)
        come: list[PollOutcome] = []
        while len(asking) and not parts.stopping():
            come += await asking.outcomes(STOP_CHECK)
            if len(come) >= BATCH:
                come.sort(key=lambda outcome: order[outcome.source])
                taken += await asyncio.to_thread(written, parts, come, states, now)
                come = []
        await asking.end()
    come.sort(key=lambda outcome: order[outcome.source])
    if come:
        taken += written(parts, come, states, now)


def ask(asking: Asking, source: Source, state: SourceState, now: datetime) -> None:
    """Asks a source, at the address to which it has moved."""
    if isinstance(source, Feed) and state.moved_to is not None:
        source = replace(source, url=state.moved_to)
    asking.ask(source, state.cursor, now)


def take(
    parts: Parts,
    tx: Transaction,
    outcomes: Sequence[PollOutcome],
    states: Mapping[str, SourceState],
    now: datetime,
) -> Taken:
    """Keeps what sources gave and how it went, with the alerts about them, all or nothing."""
    new = revised = 0
    after_all, problems = [], {}
    for outcome in outcomes:
        kept = keep(tx, outcome.items) if isinstance(outcome, Polled) else Kept()
        state = after(states[outcome.source], outcome, kept.new, now)
        tell_of(parts, tx, state, now)
        after_all.append(state)
        new, revised = new + kept.new, revised + kept.revised
        told = (outcome.what,) if isinstance(outcome, PollFailed) else outcome.notes
        problems[outcome.source] = (*told, *kept.notes)
    tx.books.save_sources(after_all)
    return Taken(tuple(after_all), problems, new, revised)


def written(
    parts: Parts, outcomes: Sequence[PollOutcome], states: Mapping[str, SourceState], now: datetime
) -> list[Taken]:
    """In one transaction; where one outcome spoils it, by a mistake of ours, in one for each.
    Raises StoreError where the store does not answer."""
    try:
        with parts.store.begin() as tx:
            return [take(parts, tx, outcomes, states, now)]
    except Exception as mistake:
        if isinstance(mistake, StoreError) and not isinstance(mistake, UnfitError):
            raise
        if len(outcomes) > 1:
            return [one for each in outcomes for one in written(parts, [each], states, now)]
        (outcome,) = outcomes
        if isinstance(outcome, PollFailed):
            raise
        log.exception("failed by a mistake in the program", source=outcome.source)
        what = f"a mistake in the program, {type(mistake).__name__}: {mistake}"
        return written(parts, [PollFailed(outcome.source, "", what)], states, now)


def states_of(parts: Parts) -> dict[str, SourceState]:
    """What is known of each configured source, at the address that it has now."""
    with parts.store.begin() as tx:
        kept = tx.books.sources()
    return {
        source.name: asked_at(kept.get(source.name, SourceState(source.name)), address_of(source))
        for source in parts.sources
    }


def paces_of(
    parts: Parts, *, spread: float = 0.0, slack: timedelta = timedelta()
) -> dict[str, Pace]:
    poll = parts.config.tables.poll
    rows = {row.name: row for row in parts.config.tables.sources}
    common = Pace(poll.every, poll.fastest, poll.slowest, spread=spread, slack=slack)

    def own(name: str) -> timedelta | None:
        try:
            return (rows.get(name) or row_of(name, parts.config.tables.sources)).every
        except KeyError:  # of no row: it was handed in
            return None

    return {source.name: replace(common, own=own(source.name)) for source in parts.sources}


def _affordable(
    waiting: Sequence[Source],
    budget: int | None,
    states: Mapping[str, SourceState],
    paces: Mapping[str, Pace],
    now: datetime,
) -> Sequence[Source]:
    """Those that may be asked by the budget of the hour: where there is most to win."""
    if budget is None:
        return waiting
    asked = sum(
        state.polled_at is not None and now - HOUR < state.polled_at <= now
        for state in states.values()
    )
    return nlargest(
        max(budget - asked, 0),
        waiting,
        key=lambda source: worth(states[source.name], paces[source.name], now),
    )
