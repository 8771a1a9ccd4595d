"""Asking many sources at once; outcomes are had as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import cast

import structlog

from monitor.errors import SourceError
from monitor.ingest.sources import Source, failed
from monitor.ingest.web.http import Http
from monitor.model import Cursor, PollFailed, PollOutcome

log = structlog.get_logger()


class Asking:
    """Polls under way, and outcomes that have come. Of one event loop, and for one who waits.

    How many run at a time is `http`'s to say; here a slow source delays nobody.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self._tasks: set[asyncio.Task[None]] = set()
        self._come: list[PollOutcome] = []
        self._bell = asyncio.Event()

    def __len__(self) -> int:
        """Of how many sources the outcome has not been handed out."""
        return len(self._tasks) + len(self._come)

    def ask(self, source: Source, cursor: Cursor, now: datetime) -> None:
        self._tasks.add(asyncio.create_task(self._ask(source, cursor, now)))

    async def outcomes(self, patience: float) -> list[PollOutcome]:
        """What has come since the last call; waits for it, but no longer than so many seconds."""
        if not self._come:
            try:
                async with asyncio.timeout(patience):
                    await self._bell.wait()
            except TimeoutError:
                pass
        come, self._come = self._come, []
        self._bell.clear()
        return come

    async def end(self) -> None:
        """Breaks off what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._tasks.clear()

    async def _ask(self, source: Source, cursor: Cursor, now: datetime) -> None:
        outcome = await _outcome(source, self._http, cursor, now)
        self._tasks.discard(cast(asyncio.Task[None], asyncio.current_task()))
        self._come.append(outcome)
        self._bell.set()


async def poll_all(
    sources: Sequence[tuple[Source, Cursor]], http: Http, now: datetime
) -> list[PollOutcome]:
    """One outcome for each source, in order."""
    return await asyncio.gather(
        *(_outcome(source, http, cursor, now) for source, cursor in sources)
    )


async def _outcome(source: Source, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
    try:
        return await source.poll(http, cursor, now)
    except SourceError as error:
        return failed(source.name, error.source, error)
    except Exception as mistake:
        # a mistake of ours that one source brought to light; it must not end the others' polls
        log.exception("failed by a mistake in the program", source=source.name)
        what = f"a mistake in the program, {type(mistake).__name__}: {mistake}"
        return PollFailed(source.name, "", what)
