"""History through the same pipeline, day by day, with nothing sent to anyone."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from monitor.errors import SourceError, StoreError
from monitor.ingest.jsonl import BadLine, read_jsonl
from monitor.ingest.primary.asking import History
from monitor.ingest.web.http import Http
from monitor.model import Cursor, FeedItem, Polled, PollFailed, PollOutcome
from monitor.pipeline.alerting import judge
from monitor.pipeline.correlating import correlate
from monitor.pipeline.folding import fold
from monitor.pipeline.keeping import keep
from monitor.pipeline.parts import Parts
from monitor.pipeline.pricing import price
from monitor.pipeline.reading import read
from monitor.pipeline.run import run
from monitor.store.bookkeeping import JobState

JOB = "backfill"
STOP_CHECK = 0.2  # seconds between two looks at whether we are asked to stop
STAGES = (read, fold, price, correlate, judge)  # no polling, and above all no delivering


class FileHistory:
    """A file of JSON lines. A line that cannot be read is noted with its number, and left out.

    Each item counts as seen when it was published: nobody knows better, and it is the rule that is
    told in docs/backfill.md.
    """

    def __init__(self, path: Path) -> None:
        self.name = f"file:{path}"
        self._items: list[FeedItem] = []
        self.bad: list[str] = []
        for item in read_jsonl(path, path.name):
            if isinstance(item, BadLine):
                self.bad.append(f"line {item.number}: {item.what}")
            else:
                self._items.append(item)
        self._items.sort(key=_seen)  # by moment; of one moment in the order of the file

    async def history(
        self, http: Http, since: datetime, until: datetime, now: datetime
    ) -> PollOutcome:
        first, last = (bisect_left(self._items, one, key=_seen) for one in (since, until))
        return Polled(self.name, tuple(self._items[first:last]), Cursor())


def _seen(item: FeedItem) -> datetime:
    return item.seen_at


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the store now has of a source, and what is missing."""

    source: str
    days: int
    items: int
    new: int  # of this run
    notes: tuple[str, ...]
    gaps: tuple[str, ...]  # days that were not to be had, with the reason


def days_between(first: date, last: date) -> Iterator[date]:
    """first, …, last"""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """The moment at which a day of history is looked back on: its end in UTC."""
    return start_of(day) + timedelta(days=1)


def backfill(
    parts: Parts,
    histories: Sequence[History],
    first: date,
    last: date,
    now: datetime,
    on_day: Callable[[date, int], None],
) -> tuple[Coverage, ...]:
    """Takes in each day that is not yet done, and brings it through the pipeline.

    `parts` must not deliver. Prices of the whole span are fetched once, before: decisions about a
    day still see only the bars that had closed by its end.
    """
    _begin(parts, now)
    price(parts, min(end_of(last), now))
    _finish_interrupted(parts, histories, first, last, now)
    new = dict.fromkeys([one.name for one in histories], 0)
    gaps: dict[str, list[str]] = {one.name: [] for one in histories}
    for day in days_between(first, last):
        if parts.stopping():
            break
        if end_of(day) > now:
            for one in histories:
                gaps[one.name].append(f"{day}: the day is not over")
            continue
        outcomes = asyncio.run(_fetch(parts, _undone(parts, histories, day), day, now))
        if parts.stopping():
            break
        for outcome in outcomes:
            if isinstance(outcome, PollFailed):
                gaps[outcome.source].append(f"{day}: {outcome.what}")
                continue
            with parts.store.begin() as tx:
                kept = keep(tx, outcome.items)
                notes = (*outcome.notes, *kept.notes)
                tx.books.save_day(outcome.source, day, len(outcome.items), notes)
            new[outcome.source] += kept.new
        # all bars came before the first day, so nothing else says that a session has closed
        closed = [one for one in parts.watched if parts.sessions(one).is_session(day)]
        with parts.store.begin() as tx:
            tx.signals.add_work("correlate", closed)
        run(parts, end_of(day), STAGES)
        on_day(day, sum(new.values()))
    if not parts.stopping():
        begin_live(parts, now)
    return tuple(
        _coverage(parts, one, first, last, new[one.name], gaps[one.name]) for one in histories
    )


def _begin(parts: Parts, now: datetime) -> None:
    """Makes sure that what waits in the store is history's, which is never sent.

    What a live pass left waiting when it was stopped would be taken for history, and its alerts
    kept back for good. Raises StoreError where such work waits.
    """
    with parts.store.begin() as tx:
        jobs = {job.name: job for job in tx.books.jobs()}
        unfinished = JOB in jobs and jobs[JOB].finished_at is None
        states = tx.articles.counts()
        waiting = states.get("new", 0) + states.get("read", 0)
        waiting += len(tx.signals.work("correlate")) + len(tx.signals.work("judge"))
        if waiting and not unfinished:
            what = f"{waiting} things of a live pass wait: run `monitor once` first"
            raise StoreError(f"{parts.store.engine.url.render_as_string()}: {what}")
        tx.books.save_job(JobState(JOB, now, None, None))


def begin_live(parts: Parts, now: datetime) -> None:
    """Says that what waits in the store from now on is not history's."""
    with parts.store.begin() as tx:
        for job in tx.books.jobs():
            if job.name == JOB and job.finished_at is None:
                tx.books.save_job(replace(job, finished_at=now))


def _undone(parts: Parts, histories: Sequence[History], day: date) -> list[History]:
    with parts.store.begin() as tx:
        return [one for one in histories if not tx.books.days_done(one.name, day, day)]


async def _fetch(
    parts: Parts, histories: Sequence[History], day: date, now: datetime
) -> list[PollOutcome]:
    """All of a day at once, in order; none where a stop came meanwhile: some services are slow, and
    the next run asks for the day again."""
    async with parts.http() as http:
        asking = asyncio.gather(*(_told(one, http, day, now) for one in histories))
        while not asking.done():
            await asyncio.wait({asking}, timeout=STOP_CHECK)
            if parts.stopping():
                asking.cancel()
                await asyncio.wait({asking})
                return []
        return asking.result()


async def _told(one: History, http: Http, day: date, now: datetime) -> PollOutcome:
    try:
        return await one.history(http, start_of(day), end_of(day), now)
    except SourceError as error:
        return PollFailed(one.name, "", str(error))


def _finish_interrupted(
    parts: Parts, histories: Sequence[History], first: date, last: date, now: datetime
) -> None:
    """Brings through what an earlier run took in and did not finish, as of its own day."""
    with parts.store.begin() as tx:
        done = [day.day for one in histories for day in tx.books.days_done(one.name, first, last)]
    if done:
        run(parts, min(end_of(max(done)), now), STAGES)


def _coverage(
    parts: Parts, one: History, first: date, last: date, new: int, gaps: Sequence[str]
) -> Coverage:
    with parts.store.begin() as tx:
        done = tx.books.days_done(one.name, first, last)
    notes = [f"{day.day}: {note}" for day in done for note in day.notes]
    return Coverage(
        one.name, len(done), sum(day.items for day in done), new, tuple(notes), tuple(gaps)
    )
