"""What several commands share: finding the configuration, printing JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.errors import ConfigError, Mistake
from monitor.terminal import harmless

if TYPE_CHECKING:
    from monitor.config import Config

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
ConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The configuration; else $MONITOR_CONFIG, ./config.toml, or the packaged one.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def config_at(path: Path | None) -> Config:
    """The configuration a command line means. Raises ConfigError."""
    from monitor.config import load_config, packaged_config
    from monitor.logs import log_to_stderr

    log_to_stderr()

    named = path or (Path(os.environ["MONITOR_CONFIG"]) if "MONITOR_CONFIG" in os.environ else None)
    here = Path("config.toml")
    return load_config(named or (here if here.is_file() else packaged_config()), os.environ)


def parsed_day(text: str) -> date:
    """A day of the command line, YYYY-MM-DD. Raises ConfigError."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError([Mistake("command line", text, "a day such as 2025-06-12")]) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        what = f"must lie from {FIRST_DAY} to {LAST_DAY}"
        raise ConfigError([Mistake("command line", text, what)])
    return day


def print_json(document: Mapping[str, Any] | list[Any]) -> None:
    json.dump(document, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def tell(text: str) -> None:
    """Says something to the person, on standard error."""
    print(harmless(text), file=sys.stderr)
