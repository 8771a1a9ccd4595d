"""Asking all sources at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from monitor.errors import SourceError
from monitor.ingest.http import Http
from monitor.ingest.sources import Source, failed
from monitor.model import PollOutcome, Validators


async def poll_all(
    sources: Sequence[tuple[Source, Validators]], http: Http, now: datetime
) -> list[PollOutcome]:
    """One outcome for each source, in order. How many run at a time is `http`'s to say."""
    return await asyncio.gather(
        *(_outcome(source, http, validators, now) for source, validators in sources)
    )


async def _outcome(
    source: Source, http: Http, validators: Validators, now: datetime
) -> PollOutcome:
    try:
        return await source.poll(http, validators, now)
    except SourceError as error:
        return failed(source.name, error.source, error)
