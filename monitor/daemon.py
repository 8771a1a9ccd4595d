"""The daemon: the pass on a schedule until it is told to stop. The only importer of apscheduler."""

from __future__ import annotations

import os
import sys
import threading
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from monitor.app import build
from monitor.backfill import begin_live
from monitor.config import Config
from monitor.errors import MonitorError
from monitor.pipeline.parts import Parts
from monitor.pipeline.run import run as run_pass
from monitor.stopping import Stopping, stop_on_signals
from monitor.store.bookkeeping import JobState

log = structlog.get_logger()

TICK = timedelta(seconds=30)  # how often it is asked what is due; each source has its own interval
GRACE = timedelta(seconds=7)  # for the pass under way to end when a signal has come
STUCK = timedelta(minutes=15)  # a pass that takes longer is said to be stuck
PASS = "pass"


def run(config: Config) -> int:
    """Runs passes until a signal; the exit status. What is under way is brought to a clean end."""
    with stop_on_signals() as stopping:
        parts = build(config, bounded=True, stopping=stopping.is_set)
        idle = threading.Event()
        idle.set()
        with parts.store.exclusive():
            begin_live(parts, datetime.now(UTC))
            scheduler = BackgroundScheduler(
                timezone=UTC,
                job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            )
            scheduler.add_job(
                one_pass,
                IntervalTrigger(seconds=TICK.total_seconds()),
                args=[parts, idle],
                id=PASS,
                next_run_time=datetime.now(UTC),
            )
            scheduler.start()
            where = parts.store.engine.url.render_as_string(hide_password=True)
            log.info("running", store=where, sources=len(parts.sources))
            watch_over(parts, stopping)
            log.info("stopping")
            scheduler.shutdown(wait=False)
            if not idle.wait(GRACE.total_seconds()):
                # a source or exchange keeps the pass waiting; whatever it was doing has either been
                # written whole or not at all, so the next start takes it up again
                log.warning("stopped in the middle of a pass")
                sys.stderr.flush()
                os._exit(0)
        parts.store.close()
    log.info("stopped")
    return 0


def watch_over(parts: Parts, stopping: Stopping) -> None:
    """Waits for the signal, and says so when passes have ceased to come to an end."""
    begun = datetime.now(UTC)
    while not stopping.wait(TICK.total_seconds()):
        try:
            with parts.store.begin() as tx:
                jobs = {job.name: job for job in tx.books.jobs()}
        except MonitorError as trouble:
            log.error("the store does not answer", error=str(trouble))
            continue
        finished = jobs[PASS].finished_at if PASS in jobs else None
        if datetime.now(UTC) - max(finished or begun, begun) > STUCK:
            log.error("no pass has come to an end lately", last=str(finished))


def one_pass(parts: Parts, idle: threading.Event) -> None:
    """One pass, during which `idle` is off. Trouble is logged; the next pass comes all the same."""
    idle.clear()
    try:
        _reported_pass(parts)
    finally:
        idle.set()


def _reported_pass(parts: Parts) -> None:
    started = datetime.now(UTC)
    error = None
    try:
        _beat(parts, JobState(PASS, started, None, None))
        for report in run_pass(parts, started):
            if any(report.counts.values()) or report.problems:
                log.info(
                    report.stage, **{key.replace(" ", "_"): n for key, n in report.counts.items()}
                )
            for problem in report.problems:
                log.warning(report.stage, problem=problem)
    except MonitorError as trouble:
        error = str(trouble)
        log.error("the pass failed", error=error)
    except Exception as mistake:
        # a mistake of ours: told in full, kept for `monitor status`, and no end of the daemon
        error = f"{type(mistake).__name__}: {mistake}"
        log.exception("the pass failed by a mistake in the program")
    try:
        _beat(parts, JobState(PASS, started, datetime.now(UTC), error))
    except MonitorError as trouble:
        log.error("the store does not answer", error=str(trouble))


def _beat(parts: Parts, state: JobState) -> None:
    with parts.store.begin() as tx:
        tx.books.save_job(state)
