"""monitor digest"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.commands.common import ConfigPath, config_at, parsed_day, tell
from monitor.errors import ConfigError, Mistake


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example:  monitor digest --date 2025-06-12 --out out")(digest)


def digest(
    day: Annotated[
        str | None,
        typer.Option("--date", help="The day, YYYY-MM-DD; else yesterday.", show_default=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write it as files into this folder.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Mail it to the recipients now.")] = False,
    config: ConfigPath = None,
) -> int:
    """The digest of a day: printed, as files, or by mail."""
    from monitor.app import build
    from monitor.pipeline.digesting import compose, mail_to, written

    now = datetime.now(UTC)
    parts = build(config_at(config))
    settings = parts.config.tables.digest
    yesterday = now.astimezone(ZoneInfo(settings.zone)).date() - timedelta(days=1)
    issue = compose(parts, parsed_day(day) if day else yesterday, now, settings.zone)
    if out is not None:
        for path in written(issue, out):
            tell(str(path))
    if send:
        if not settings.recipients:
            where = str(parts.config.path)
            what = "there is nobody to send it to"
            raise ConfigError([Mistake(where, "digest.recipients", what)])
        for recipient in settings.recipients:
            mail_to(parts, issue, recipient.to, now)
            tell(f"sent to {recipient.to}")
    if out is None and not send:
        print(issue.rendered.text)
    return 0
