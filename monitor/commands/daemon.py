"""monitor once, monitor run"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, print_json, tell

if TYPE_CHECKING:
    from monitor.model import StageReport


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example:  monitor once --config config.toml")(once)
    app.command(epilog="Example:  monitor run --config config.toml")(run)


def once(config: ConfigPath = None, as_json: AsJson = False) -> int:
    """One pass: poll what is due, extract, price, correlate, alert, deliver."""
    from monitor.app import build
    from monitor.backfill import begin_live
    from monitor.pipeline.run import run as run_pass
    from monitor.stopping import stop_on_signals

    with stop_on_signals() as stopping:
        # alerts of a console channel must not stand in the middle of a JSON document
        out = sys.stderr if as_json else None
        parts = build(config_at(config), out=out, bounded=True, stopping=stopping.is_set)
        now = datetime.now(UTC)
        with parts.store.exclusive():
            begin_live(parts, now)
            reports = run_pass(parts, now)
    if as_json:
        print_json(
            [
                {"stage": one.stage, "counts": dict(one.counts), "problems": list(one.problems)}
                for one in reports
            ]
        )
    else:
        for line in told(reports):
            tell(line)
    return 130 if stopping.is_set() else 0


def run(config: ConfigPath = None) -> int:
    """The daemon: the same pass on a schedule, until it is told to stop."""
    from monitor import daemon

    return daemon.run(config_at(config))


def told(reports: Iterable[StageReport]) -> list[str]:
    """A pass in lines for a person: what each stage did, and what went wrong."""
    lines = []
    for report in reports:
        counts = ", ".join(f"{count} {what}" for what, count in report.counts.items())
        lines.append(f"{report.stage:<10} {counts}")
        lines += [f"           ! {problem}" for problem in report.problems]
    return lines
