"""The daemon: the pass on a schedule until it is told to stop. The only importer of apscheduler.

Two jobs share the store: the pass, and live quotes while an exchange is open. What both of them
do (ask for prices, write signals, judge, deliver) only one does at a time, so that a source of
prices is asked one thing at a time and no message is sent by both; quotes do not wait for polling
and reading, which are the long part of a pass.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.app import build
from monitor.backfill import begin_live
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.model import StageReport
from monitor.pipeline.alerting import judge
from monitor.pipeline.correlating import correlate
from monitor.pipeline.delivering import deliver
from monitor.pipeline.parts import Parts
from monitor.pipeline.pricing import price
from monitor.pipeline.run import STAGES, Stage
from monitor.pipeline.run import run as run_pass
from monitor.pipeline.streaming import Streaming
from monitor.pipeline.watching import open_now, watch_and_tell
from monitor.stopping import Stopping, stop_on_signals
from monitor.store.bookkeeping import JobState

log = structlog.get_logger()

TICK = timedelta(seconds=30)  # how often it is asked what is due; each source has its own interval
GRACE = timedelta(seconds=7)  # for what is under way to end when a signal has come
STUCK = timedelta(minutes=15)  # a pass that takes longer is said to be stuck
PASS, QUOTES = "pass", "quotes"
SHARED: tuple[Stage, ...] = (price, correlate, judge, deliver)  # by both jobs


@dataclass
class Job:
    """What is done again and again. `idle` is off while it is done; `told` are the problems of the
    last time, which are logged once."""

    name: str
    every: timedelta
    work: Callable[[], Sequence[StageReport]]
    idle: threading.Event = field(default_factory=threading.Event)
    told: frozenset[str] = frozenset()


def run(config: Config) -> int:
    """Runs passes until a signal; the exit status. What is under way is brought to a clean end."""
    with stop_on_signals() as stopping:
        parts = build(config, bounded=True, stopping=stopping.is_set)
        streaming = streaming_of(parts)
        jobs = jobs_of(parts, streaming)
        with parts.store.exclusive():
            begin_live(parts, datetime.now(UTC))
            scheduler = started(parts, jobs)
            where = parts.store.engine.url.render_as_string(hide_password=True)
            log.info("running", store=where, sources=len(parts.sources))
            watch_over(parts, jobs, stopping)
            log.info("stopping")
            scheduler.shutdown(wait=False)
            if not ended(jobs, streaming):
                # a source or exchange keeps the job waiting; whatever it was doing has either been
                # written whole or not at all, so the next start takes it up again
                log.warning("stopped in the middle of a pass")
                sys.stderr.flush()
                os._exit(0)
        parts.store.close()
    log.info("stopped")
    return 0


def jobs_of(parts: Parts, streaming: Streaming | None) -> tuple[Job, ...]:
    """The pass, and live quotes where they are not switched off."""
    one = threading.Lock()
    stages = tuple(_alone(stage, one) if stage in SHARED else stage for stage in STAGES)
    jobs = [Job(PASS, TICK, lambda: run_pass(parts, datetime.now(UTC), stages))]
    every = parts.config.tables.prices.quotes
    if every is not None:
        jobs.append(Job(QUOTES, every, lambda: _quotes(parts, streaming, one)))
    return tuple(jobs)


def _alone(stage: Stage, one: threading.Lock) -> Stage:
    def alone(parts: Parts, now: datetime) -> StageReport:
        with one:
            return stage(parts, now)

    return alone


def _quotes(
    parts: Parts, streaming: Streaming | None, one: threading.Lock
) -> tuple[StageReport, ...]:
    if streaming is not None:
        watched = open_now(parts, parts.watched, datetime.now(UTC))
        streaming.keep(bool(watched) and not parts.stopping())
    with one:
        # the clock is read when it is our turn: a price is old by when it is looked at
        return () if parts.stopping() else watch_and_tell(parts, datetime.now(UTC))


def streaming_of(parts: Parts) -> Streaming | None:
    stream = parts.stream()
    if stream is None:
        return None
    return Streaming(
        stream, parts.quotes.add, lambda problem: log.warning("stream", problem=problem)
    )


def started(parts: Parts, jobs: Sequence[Job]) -> BackgroundScheduler:
    """The scheduler of the jobs: the pass is begun at once, and quotes when their time has gone by,
    so that what both need is loaded once, and bars come before what is set against them."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        job.idle.set()
        scheduler.add_job(
            do,
            IntervalTrigger(seconds=job.every.total_seconds()),
            args=[parts, job],
            id=job.name,
            next_run_time=datetime.now(UTC) + (timedelta() if job.name == PASS else job.every),
        )
    scheduler.start()
    return scheduler


def ended(jobs: Sequence[Job], streaming: Streaming | None) -> bool:
    """Waits for what is under way to end, but no longer than `GRACE`; whether it has.

    A stream need not have ended: it has nothing to finish.
    """
    until = monotonic() + GRACE.total_seconds()
    if streaming is not None:
        streaming.end()
    all_idle = all(job.idle.wait(max(0.0, until - monotonic())) for job in jobs)
    if streaming is not None:
        streaming.end(min(1.0, max(0.0, until - monotonic())))
    return all_idle


def watch_over(parts: Parts, jobs: Sequence[Job], stopping: Stopping) -> None:
    """Waits for the signal, and says so when a job has ceased to come to an end."""
    begun = datetime.now(UTC)
    while not stopping.wait(TICK.total_seconds()):
        try:
            with parts.store.begin() as tx:
                states = {state.name: state for state in tx.books.jobs()}
        except MonitorError as trouble:
            log.error("the store does not answer", error=str(trouble))
            continue
        for job in jobs:
            finished = states[job.name].finished_at if job.name in states else None
            if datetime.now(UTC) - max(finished or begun, begun) > STUCK + job.every:
                log.error("has not come to an end lately", job=job.name, last=str(finished))


def do(parts: Parts, job: Job) -> None:
    """The job's work; `idle` is off meanwhile. Trouble is logged; it comes again all the same."""
    job.idle.clear()
    try:
        _reported(parts, job)
    finally:
        job.idle.set()


def _reported(parts: Parts, job: Job) -> None:
    begun = datetime.now(UTC)
    error = None
    try:
        _beat(parts, JobState(job.name, begun, None, None))
        _tell(job, job.work())
    except MonitorError as trouble:
        error = str(trouble)
        log.error("failed", job=job.name, error=error)
    except Exception as mistake:
        # a mistake of ours: told in full, kept for `monitor status`, and no end of the daemon
        error = f"{type(mistake).__name__}: {mistake}"
        log.exception("failed by a mistake in the program", job=job.name)
    try:
        _beat(parts, JobState(job.name, begun, datetime.now(UTC), error))
    except MonitorError as trouble:
        log.error("the store does not answer", error=str(trouble))


def _tell(job: Job, reports: Sequence[StageReport]) -> None:
    """Logs what was done. Quotes without a signal are nothing done, and what fails again each
    minute is told once."""
    for report in reports:
        done = {key: n for key, n in report.counts.items() if key != "quotes"}
        if any(done.values()):
            log.info(report.stage, **{key.replace(" ", "_"): n for key, n in done.items()})
        for problem in report.problems:
            if problem not in job.told:
                log.warning(report.stage, problem=problem)
    job.told = frozenset(problem for report in reports for problem in report.problems)


def _beat(parts: Parts, state: JobState) -> None:
    with parts.store.begin() as tx:
        tx.books.save_job(state)
