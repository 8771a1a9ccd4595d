"""Asking sources outside of a pass: one client for each question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from monitor.ingest.primary.asking import History
from monitor.ingest.sources import Source
from monitor.ingest.web.http import Http, Limits
from monitor.model import Cursor, Polled, PollFailed, PollOutcome

LIMITS = Limits(private=("127.0.0.1",))


def polled(source: Source, now: datetime, cursor: Cursor | None = None) -> PollOutcome:
    return _run(lambda http: source.poll(http, cursor or Cursor(), now))


def told(source: History, since: datetime, until: datetime, now: datetime) -> PollOutcome:
    return _run(lambda http: source.history(http, since, until, now))


def good(outcome: PollOutcome) -> Polled:
    assert isinstance(outcome, Polled), outcome
    return outcome


def bad(outcome: PollOutcome) -> PollFailed:
    assert isinstance(outcome, PollFailed), outcome
    return outcome


def _run(ask: Callable[[Http], Awaitable[PollOutcome]]) -> PollOutcome:
    async def run() -> PollOutcome:
        async with Http("tester/1 (someone@example.org)", LIMITS) as http:
            return await ask(http)

    return asyncio.run(run())
