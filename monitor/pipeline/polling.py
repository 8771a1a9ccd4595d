"""Sources → articles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.config import Config
from monitor.ingest.identity import decide, keys_of
from monitor.ingest.poll import poll_all
from monitor.ingest.schedule import due
from monitor.ingest.sources import Source
from monitor.model import Cursor, Polled, PollFailed, PollOutcome, StageReport
from monitor.pipeline.parts import Parts
from monitor.store.bookkeeping import SourceState
from monitor.store.engine import Transaction

STOP_CHECK = 0.2  # seconds between two looks at whether we are asked to stop


def poll(parts: Parts, now: datetime) -> StageReport:
    """Asks every source whose time has come. One that fails is reported; the others go on."""
    with parts.store.begin() as tx:
        states = {source.name: tx.books.source(source.name) for source in parts.sources}
    waiting = [
        (source, states[source.name].cursor)
        for source in parts.sources
        if _is_due(parts.config, source, states[source.name], now)
    ]
    if not waiting:
        return StageReport("poll", {"sources": 0, "new": 0})
    new, problems = 0, []
    for outcome in asyncio.run(_ask(parts, waiting, now)):
        with parts.store.begin() as tx:
            new += take(tx, outcome, now)
        if isinstance(outcome, PollFailed):
            problems.append(f"{outcome.source}: {outcome.what}")
        else:
            problems += [f"{outcome.source}: {note}" for note in outcome.notes]
    return StageReport("poll", {"sources": len(waiting), "new": new}, tuple(problems))


async def _ask(
    parts: Parts, waiting: list[tuple[Source, Cursor]], now: datetime
) -> list[PollOutcome]:
    """The outcomes; none where a stop came meanwhile, and then everything is asked again later."""
    async with parts.http() as http:
        asking = asyncio.create_task(poll_all(waiting, http, now))
        while not asking.done():
            await asyncio.wait({asking}, timeout=STOP_CHECK)
            if parts.stopping():
                asking.cancel()
                await asyncio.wait({asking})
                return []
        return asking.result()


def _is_due(config: Config, source: Source, state: SourceState, now: datetime) -> bool:
    rows = {row.name: row for row in config.tables.sources}
    every = rows[source.name].every or config.tables.poll.every
    return due(state.polled_at, every, state.failures, state.not_before, now)


def take(tx: Transaction, outcome: PollOutcome, now: datetime) -> int:
    """Keeps what a source gave and how it went, all or nothing; how many articles were new."""
    state = tx.books.source(outcome.source)
    if isinstance(outcome, PollFailed):
        pause = None
        if outcome.retry_after is not None:
            pause = now + timedelta(seconds=outcome.retry_after)
        tx.books.save_source(
            replace(
                state,
                polled_at=now,
                failures=state.failures + 1,
                not_before=pause,
                last_error=outcome.what,
            )
        )
        return 0
    new = keep(tx, outcome)
    tx.books.save_source(
        SourceState(
            outcome.source,
            outcome.cursor,
            polled_at=now,
            succeeded_at=now,
            item_at=now if new else state.item_at,
        )
    )
    return new


def keep(tx: Transaction, outcome: Polled) -> int:
    """Adds the articles that are not there yet; how many."""
    known = tx.articles.known(key for item in outcome.items for key in keys_of(item))
    fresh = decide(outcome.items, known)
    for one in fresh:
        tx.articles.add(one.article, one.keys)
    return len(fresh)
