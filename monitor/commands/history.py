"""monitor backfill"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, parsed_day, print_json, tell
from monitor.errors import ConfigError, Mistake

if TYPE_CHECKING:
    from monitor.backfill import Coverage
    from monitor.ingest.primary.asking import History
    from monitor.pipeline.parts import Parts

FILE = "file:"


def add_to(app: typer.Typer) -> None:
    app.command(
        epilog="Example:  monitor backfill --from 2025-06-01 --to 2025-06-30 --source file:x.jsonl"
    )(backfill)


def backfill(
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day, included.")],
    source: Annotated[
        list[str] | None,
        typer.Option(help="A source of the configuration, or file:PATH of JSON lines; repeatable."),
    ] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> int:
    """History through the same pipeline; nothing is sent. Goes on where it was stopped."""
    from monitor.app import build
    from monitor.backfill import backfill as fill
    from monitor.commands.progress import progress_bar
    from monitor.stopping import stop_on_signals

    start, end = parsed_day(first), parsed_day(last)
    if end < start:
        raise ConfigError([Mistake("command line", "--to", "must not be before --from")])
    with stop_on_signals() as stopping:
        parts = build(config_at(config), delivers=False, bounded=True, stopping=stopping.is_set)
        histories = histories_of(parts, source or [])
        what = f"{start} to {end}"
        with (
            parts.store.exclusive(),
            progress_bar(what, (end - start).days + 1) as advance,
        ):
            found = fill(
                parts,
                histories,
                start,
                end,
                datetime.now(UTC),
                lambda day, new: advance(f"{day}, {new:,} new"),
            )
    if as_json:
        print_json([_as_json(one) for one in found])
    else:
        for line in told(found, (end - start).days + 1):
            print(line)
    if stopping.is_set():
        return 130
    return 1 if any(one.gaps for one in found) else 0


def histories_of(parts: Parts, names: list[str]) -> list[History]:
    """The sources named, or all of the configuration that have a history. Raises ConfigError."""
    from monitor.backfill import FileHistory
    from monitor.ingest.build import row_of
    from monitor.ingest.primary.asking import History

    able = {one.name: one for one in parts.sources if isinstance(one, History)}
    rows: dict[str, list[History]] = {}  # of the rows that have become several sources
    for name, one in able.items():
        rows.setdefault(row_of(name, parts.config.tables.sources).name, []).append(one)
    found: list[History] = []
    mistakes = []
    for name in names or list(able):
        if name.startswith(FILE):
            path = Path(name.removeprefix(FILE))
            if path.is_file():
                history = FileHistory(path)
                for bad in history.bad:
                    tell(f"{path}: {bad}")
                found.append(history)
            else:
                mistakes.append(Mistake("command line", "--source", f"there is no file {path}"))
        elif name in able or name in rows:
            found += [able[name]] if name in able else rows[name]
        else:
            what = f"{name!r} has no history; these have: {', '.join(able) or 'none'}, or file:PATH"
            mistakes.append(Mistake("command line", "--source", what))
    if mistakes or not found:
        none = [Mistake(str(parts.config.path), "sources", "none of them has a history")]
        raise ConfigError(mistakes or none)
    return found


def told(found: tuple[Coverage, ...], days: int) -> list[str]:
    """The coverage report for a person."""
    lines = []
    for one in found:
        lines.append(
            f"{one.source}: {one.days} of {days} days, {one.items:,} items, {one.new:,} new"
        )
        lines += [f"  note  {note}" for note in one.notes]
        lines += [f"  gap   {gap}" for gap in one.gaps]
    return lines


def _as_json(one: Coverage) -> dict[str, object]:
    return {
        "source": one.source,
        "days": one.days,
        "items": one.items,
        "new": one.new,
        "notes": list(one.notes),
        "gaps": list(one.gaps),
    }
