"""Asking all sources at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from monitor.errors import SourceError
from monitor.ingest.sources import Source, failed
from monitor.ingest.web.http import Http
from monitor.model import Cursor, PollOutcome


async def poll_all(
    sources: Sequence[tuple[Source, Cursor]], http: Http, now: datetime
) -> list[PollOutcome]:
    """One outcome for each source, in order. How many run at a time is `http`'s to say."""
    return await asyncio.gather(
        *(_outcome(source, http, cursor, now) for source, cursor in sources)
    )


async def _outcome(source: Source, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
    try:
        return await source.poll(http, cursor, now)
    except SourceError as error:
        return failed(source.name, error.source, error)
