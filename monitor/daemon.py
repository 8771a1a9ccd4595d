"""The daemon: its jobs on a schedule until it is told to stop. The only importer of apscheduler.

Three jobs share the store: polling, which goes on all the time; the pass over what is in the store,
which comes at once when polling has kept something new, and now and then anyway; and live quotes
while an exchange is open. What two of them do (ask for prices, write signals, judge, deliver) only
one does at a time, so that a source of prices is asked one thing at a time and no message is sent
by both. Nobody waits for polling.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final, NoReturn

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
from monitor.pipeline.poller import Poller
from monitor.pipeline.polling import poll
from monitor.pipeline.pricing import price
from monitor.pipeline.run import STAGES, Stage
from monitor.pipeline.run import run as run_pass
from monitor.pipeline.streaming import Streaming
from monitor.pipeline.warming import warm
from monitor.pipeline.watching import open_now, watch_and_tell
from monitor.stopping import Stopping, stop_on_signals
from monitor.store.bookkeeping import JobState

log = structlog.get_logger()

TICK = timedelta(seconds=30)  # between two passes, where polling does not ask for one before
BEAT = timedelta(seconds=10)  # between two signs of life of polling
GRACE = timedelta(seconds=7)  # for what is under way to end when a signal has come
STUCK = timedelta(minutes=15)  # a pass that takes longer is said to be stuck
POLL, PASS, QUOTES = "poll", "pass", "quotes"
IDLE: Final = ("quotes", "sources")  # counts that are no news by themselves
SHARED: tuple[Stage, ...] = (price, correlate, judge, deliver)  # by both jobs


@dataclass
class Job:
    """What is done again and again. `turn` is held and `idle` off while it is done; `wanted` asks
    for it out of turn. `told` are the problems of the last time, which are logged once; `ended` is
    when it came to an end last."""

    name: str
    every: timedelta
    work: Callable[[], Sequence[StageReport]]
    turn: threading.Lock = field(default_factory=threading.Lock)
    idle: threading.Event = field(default_factory=threading.Event)
    wanted: threading.Event = field(default_factory=threading.Event)
    told: frozenset[str] = frozenset()
    ended: datetime | None = None


def run(config: Config) -> NoReturn:
    """Works until a signal, and ends the process. What is under way is brought to a clean end."""
    with stop_on_signals() as stopping:
        parts = build(config, bounded=True, stopping=stopping.is_set)
        streaming = streaming_of(parts)
        jobs = jobs_of(parts, streaming)
        with parts.store.exclusive():
            begin_live(parts, datetime.now(UTC))
            scheduler = scheduler_of()
            one_pass = jobs[0]
            jobs = (*jobs, polling_of(parts, lambda: wake(scheduler, parts, one_pass)))
            started(scheduler, parts, jobs)
            where = parts.store.engine.url.render_as_string(hide_password=True)
            log.info("running", store=where, sources=len(parts.sources))
            watch_over(parts, jobs, stopping)
            log.info("stopping")
            scheduler.shutdown(wait=False)
            if ended(jobs, streaming):
                parts.store.close()
                log.info("stopped")
            else:
                # a source or exchange keeps the job waiting; whatever it was doing has either been
                # written whole or not at all, so the next start takes it up again
                log.warning("stopped in the middle of the work")
            # at once: to wait until each child process has gone takes seconds, and they go by
            # themselves when they hear no more of us
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(0)


def jobs_of(parts: Parts, streaming: Streaming | None) -> tuple[Job, ...]:
    """The pass, and live quotes where they are not switched off."""
    one = threading.Lock()
    stages = tuple(_at_its_turn(stage, one) for stage in STAGES if stage is not poll)
    jobs = [Job(PASS, TICK, lambda: run_pass(parts, datetime.now(UTC), stages))]
    every = parts.config.tables.prices.quotes
    if every is not None:
        jobs.append(Job(QUOTES, every, lambda: _quotes(parts, streaming, one)))
    return tuple(jobs)


def polling_of(parts: Parts, kept: Callable[[], None]) -> Job:
    """Goes on until it is to stop; begun anew where a mistake has ended it."""
    begun = datetime.now(UTC)

    def tell(report: StageReport) -> None:
        now = datetime.now(UTC)
        _log(report, report.problems)  # of these the poller tells what is new
        if job.ended is None or now - job.ended > BEAT:
            job.ended = now
            _beat(parts, JobState(POLL, begun, now, None))

    poller = Poller(parts, lambda: datetime.now(UTC), tell, kept)
    job = Job(POLL, TICK, poller.run)
    return job


def _at_its_turn(stage: Stage, one: threading.Lock) -> Stage:
    """The stage at the moment when it begins: what is seen, read and told gets its true time."""

    def at_its_turn(parts: Parts, now: datetime) -> StageReport:
        with one if stage in SHARED else nullcontext():
            return stage(parts, datetime.now(UTC))

    return at_its_turn


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


def scheduler_of() -> BackgroundScheduler:
    # that a job is not begun again while it is being done is meant, and nothing to warn of
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return BackgroundScheduler(
        timezone=UTC,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )


def started(scheduler: BackgroundScheduler, parts: Parts, jobs: Sequence[Job]) -> None:
    """The pass and polling are begun at once, and quotes when their time has gone by, so that what
    both need is loaded once, and bars come before what is set against them."""
    for job in jobs:
        job.idle.set()
        wait = job.every if job.name == QUOTES else timedelta()
        scheduler.add_job(
            do,
            IntervalTrigger(seconds=job.every.total_seconds()),
            args=[parts, job],
            id=job.name,
            next_run_time=datetime.now(UTC) + wait,
        )
    scheduler.add_job(warm, args=[parts], id="warm")
    scheduler.start()


def wake(scheduler: BackgroundScheduler, parts: Parts, job: Job) -> None:
    """Has the job done at once; where it is being done, once more after that."""
    if job.wanted.is_set() or parts.stopping():
        return
    job.wanted.set()
    scheduler.add_job(do_if_wanted, args=[parts, job], id=f"{job.name} at once", max_instances=2)


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
    with job.turn:
        _do(parts, job)


def do_if_wanted(parts: Parts, job: Job) -> None:
    with job.turn:
        job.wanted.clear()
        if not parts.stopping():
            _do(parts, job)


def _do(parts: Parts, job: Job) -> None:
    job.idle.clear()
    try:
        _reported(parts, job)
    finally:
        job.idle.set()


def _reported(parts: Parts, job: Job) -> None:
    begun = datetime.now(UTC)
    error = None
    _beat(parts, JobState(job.name, begun, job.ended, None))
    try:
        _tell(job, job.work())
    except MonitorError as trouble:
        error = str(trouble)
        log.error("failed", job=job.name, error=error)
    except Exception as mistake:
        # a mistake of ours: told in full, kept for `monitor status`, and no end of the daemon
        error = f"{type(mistake).__name__}: {mistake}"
        log.exception("failed by a mistake in the program", job=job.name)
    job.ended = datetime.now(UTC)
    _beat(parts, JobState(job.name, begun, job.ended, error))


def _tell(job: Job, reports: Sequence[StageReport]) -> None:
    """Logs what was done; what fails again each minute is told once."""
    for report in reports:
        _log(report, [problem for problem in report.problems if problem not in job.told])
    job.told = frozenset(problem for report in reports for problem in report.problems)


def _log(report: StageReport, problems: Sequence[str]) -> None:
    """Sources asked in vain, and quotes without a signal, are nothing done."""
    done = {key: n for key, n in report.counts.items() if key not in IDLE}
    if any(done.values()):
        log.info(report.stage, **{key.replace(" ", "_"): n for key, n in done.items()})
    for problem in problems:
        log.warning(report.stage, problem=problem)


def _beat(parts: Parts, state: JobState) -> None:
    try:
        with parts.store.begin() as tx:
            tx.books.save_job(state)
    except MonitorError as trouble:
        log.error("the store does not answer", error=str(trouble))
