"""monitor feeds add | import | export | list | check"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, print_json, tell
from monitor.errors import ConfigError, Mistake, MonitorError

if TYPE_CHECKING:
    from monitor.config import Config, FeedConfig
    from monitor.ingest.trial import Trial
    from monitor.model import PollOutcome
    from monitor.pipeline.parts import Parts

family = typer.Typer(
    name="feeds",
    help="The feeds that are polled: add, exchange, look at them.",
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(family)


@family.command(epilog="Example:  monitor feeds add https://example.org/feed.xml --every 10m")
def add(
    url: Annotated[str, typer.Argument(help="A feed, or a page that names one.")],
    name: Annotated[str | None, typer.Option(help="What it is called; else its own title.")] = None,
    outlet: Annotated[
        str | None, typer.Option(help="Who writes it, where it says so badly.")
    ] = None,
    every: Annotated[
        str | None, typer.Option(help="How often it is asked; else as often as it publishes.")
    ] = None,
    config: ConfigPath = None,
) -> int:
    """Asks a feed, and adds it to the configuration where it answers as one."""
    loaded = config_at(config)
    trial = asyncio.run(_tried(loaded, url))
    if trial.what is not None:
        tell(f"{url}: {trial.what}")
        for offer in trial.offers:
            tell(f"  it names {offer.url}" + (f" ({offer.title})" if offer.title else ""))
        return 1
    known = {row.url: row.name for row in _feeds(loaded)}
    if trial.url in known:
        tell(f"{trial.url} is there already: {known[trial.url]}")
        return 1
    row = {"name": _new_name(loaded, name or trial.title), "url": trial.url}
    row |= {key: value for key, value in (("outlet", outlet), ("every", every)) if value}
    _write(loaded, [row])
    print(f"added {row['name']}: {trial.url} ({trial.told})")
    return 0


@family.command("import", epilog="Example:  monitor feeds import subscriptions.opml")
def import_(
    file: Annotated[Path, typer.Argument(help="An OPML file, as feed readers export it.")],
    config: ConfigPath = None,
) -> int:
    """Adds the feeds of a list to the configuration, without asking them."""
    from monitor.ingest.opml import read_opml, without_known

    loaded = config_at(config)
    read = read_opml(file.read_bytes(), str(file))
    names = [row.name for row in loaded.tables.sources]
    new = list(without_known(read.feeds, names, [row.url for row in _feeds(loaded)]))
    _write(loaded, [{"name": feed.name, "url": feed.url} for feed in new])
    for bad in read.bad:
        tell(f"{file}: {bad}")
    print(f"{len(new)} added, {len(read.feeds) - len(new)} were there already", end="")
    print(f", {len(read.bad)} left out" if read.bad else "")
    return 0


@family.command(epilog="Example:  monitor feeds export subscriptions.opml")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; else standard output.")] = None,
    config: ConfigPath = None,
) -> int:
    """Writes the feeds of the configuration as OPML, which any feed reader imports."""
    from monitor.ingest.opml import Subscription, write_opml

    loaded = config_at(config)
    feeds = [Subscription(row.name, row.url) for row in _feeds(loaded)]
    told = write_opml(feeds, "Feeds of monitor")
    if file is None:
        sys.stdout.write(told)
    else:
        file.write_text(told, encoding="utf-8")
        tell(f"{len(feeds)} feeds written to {file}")
    return 0


@family.command(epilog="Example:  monitor feeds check 'Mining.com' https://example.org/feed.xml")
def check(
    feeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME|URL]…", help="Sources by name, or any address; else all."),
    ] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> int:
    """Asks sources now and says what they hold. Nothing is kept."""
    from monitor.app import build

    parts = build(config_at(config))
    outcomes = asyncio.run(_asked(parts, feeds or [one.name for one in parts.sources]))
    found = [_found(outcome) for outcome in outcomes]
    if as_json:
        print_json(found)
    else:
        for one in found:
            print(_line(one))
    return 1 if any(one["error"] for one in found) else 0


@family.command("list", epilog="Example:  monitor feeds list --json")
def list_(config: ConfigPath = None, as_json: AsJson = False) -> int:
    """Every source: how it does and why, and when it is asked next."""
    from monitor.app import build
    from monitor.ingest.build import row_of
    from monitor.ingest.health import health_of
    from monitor.ingest.schedule import AT_ONCE, next_due
    from monitor.ingest.sources import address_of
    from monitor.pipeline.polling import paces_of, states_of

    parts = build(config_at(config))
    states, paces, now = states_of(parts), paces_of(parts), datetime.now(UTC)
    found = []
    for source in parts.sources:
        state = states[source.name]
        health, due = health_of(state, now), next_due(state, paces[source.name])
        found.append(
            {
                "name": source.name,
                "kind": row_of(source.name, parts.config.tables.sources).kind,
                "url": address_of(source),
                "condition": health.condition,
                "why": health.why,
                "since": _instant(health.since),
                "polled_at": _instant(state.polled_at),
                "next_at": None if due.at == AT_ONCE else _instant(due.at),
                "next_why": due.why,
            }
        )
    if as_json:
        print_json(found)
        return 0
    for one in found:
        print(f"{one['condition']:<8}  {one['name']}: {one['why']}")
        print(f"{'':<8}    {one['url'] or one['kind']}")
        print(f"{'':<8}    next asked {one['next_at'] or 'at once'}: {one['next_why']}")
    return 0


def _line(found: Mapping[str, object]) -> str:
    if found["error"]:
        return f"! {found['source']}: {found['error']}"
    newest = f", the newest of {found['newest']}" if found["newest"] else ""
    notes = found["notes"]
    assert isinstance(notes, list)
    return "\n".join(
        [f"  {found['source']}: {found['items']} items{newest}", *(f"    - {n}" for n in notes)]
    )


def _found(outcome: PollOutcome) -> dict[str, object]:
    from monitor.model import Polled

    if not isinstance(outcome, Polled):
        return {
            "source": outcome.source,
            "url": outcome.url,
            "items": None,
            "newest": None,
            "notes": [],
            "error": outcome.what,
        }
    dates = [item.published_at for item in outcome.items if item.published_at is not None]
    return {
        "source": outcome.source,
        "url": outcome.advice.moved_to,
        "items": len(outcome.items),
        "newest": _instant(max(dates, default=None)),
        "notes": list(outcome.notes),
        "error": None,
    }


async def _asked(parts: Parts, wanted: Sequence[str]) -> list[PollOutcome]:
    from monitor.ingest.poll import poll_all
    from monitor.ingest.sources import Feed
    from monitor.model import Cursor

    named = {one.name: one for one in parts.sources}
    sources = []
    for one in wanted:
        if one not in named and "://" not in one:
            raise MonitorError(f"no source {one!r}; there are: {', '.join(named) or 'none'}")
        sources.append((named.get(one) or Feed(one, one), Cursor()))
    async with parts.http() as http:
        return await poll_all(sources, http, datetime.now(UTC))


async def _tried(config: Config, url: str) -> Trial:
    from monitor.app import http_of
    from monitor.ingest.feeds.apart import ParserApart
    from monitor.ingest.trial import try_feed

    parser = ParserApart()
    try:
        async with http_of(config) as http:
            return await try_feed(http, parser, url, datetime.now(UTC))
    finally:
        parser.close()


def _feeds(config: Config) -> list[FeedConfig]:
    from monitor.config import FeedConfig

    return [row for row in config.tables.sources if isinstance(row, FeedConfig)]


def _new_name(config: Config, wanted: str) -> str:
    from monitor.ingest.opml import LONGEST_NAME, Subscription, without_known

    names = [row.name for row in config.tables.sources]
    wanted = wanted[:LONGEST_NAME].strip()
    return next(without_known([Subscription(wanted, "")], names, [])).name


def _write(config: Config, rows: Sequence[Mapping[str, str]]) -> None:
    """Adds the rows to the file, all or none. ConfigError with what would be wrong with it then."""
    from monitor.config import load_config, packaged_config
    from monitor.config.edit import NotEditableError, with_sources

    path = config.path
    if path == packaged_config().resolve():
        what = "comes with the program: copy it to ./config.toml, and that copy is added to"
        raise ConfigError([Mistake(str(path), "", what)])
    if not rows:
        return
    try:
        edited = with_sources(path.read_text(encoding="utf-8"), rows)
    except NotEditableError as error:
        raise ConfigError(
            [Mistake(str(path), "sources", f"cannot be added to: {error}")]
        ) from error
    # written beside it and tried there: the program may be killed, or the disk be full
    trial = path.with_name(f".{path.name}.new")
    try:
        trial.write_text(edited, encoding="utf-8")
        shutil.copymode(path, trial)
        load_config(trial, os.environ)
        trial.replace(path)
    finally:
        trial.unlink(missing_ok=True)


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
