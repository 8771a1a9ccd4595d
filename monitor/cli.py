"""The commands, a family in each file of commands/. Nothing slow is imported before it runs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from monitor import __version__
from monitor.commands import (
    alerts,
    daemon,
    demo,
    digest,
    explain,
    extract,
    feeds,
    health,
    history,
    rules,
    study,
)
from monitor.errors import ConfigError, MonitorError
from monitor.terminal import guard, harmless

# recent typers carry a private copy of click; this is its UsageError, with either kind
UsageError: type[typer.BadParameter] = typer.BadParameter.__bases__[0]
DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="monitor",
    help="Says which piece of news moved which stock, and whether it truly did.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for family in (
    demo,
    daemon,
    history,
    digest,
    extract,
    explain,
    study,
    rules,
    alerts,
    feeds,
    health,
):
    family.add_to(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    guard()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs a command line; the exit status. What went wrong is told on standard error."""
    try:
        status = app(arguments, prog_name="monitor", standalone_mode=False)
    except UsageError as error:
        error.show()
        return WRONG
    except ConfigError as error:
        for mistake in error.mistakes:
            print(harmless(str(mistake)), file=sys.stderr)
        return WRONG
    except MonitorError as error:
        print(harmless(f"monitor: {error}"), file=sys.stderr)
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read our output has gone; python would complain once more at its end
        sys.stderr.close()
        return DONE
    except OSError as error:
        print(harmless(f"monitor: {error}"), file=sys.stderr)
        return FAILED
    return status if isinstance(status, int) else DONE
