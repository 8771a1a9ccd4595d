"""monitor demo"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.common import tell


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example:  monitor demo --out out")(demo)


def demo(
    out: Annotated[Path, typer.Option(help="Where its files, configuration and store go.")] = Path(
        "out"
    ),
) -> int:
    """Replays the bundled episode of June 2025: alerts as they fire, a digest, files to look at."""
    from monitor.commands.progress import progress_bar
    from monitor.demo.run import run_demo, steps
    from monitor.logs import log_to_stderr

    log_to_stderr()

    with progress_bar("4 to 13 June 2025, replayed", steps()) as advance:
        left = run_demo(out, sys.stdout, lambda now: advance(f"{now:%d %B %H:%M} UTC"))
    tell(f"\n{left.articles} articles, {left.alerts} alerts. Left in {out}:")
    for path in left.files:
        tell(f"  {path}")
    tell(f"\nTry next:  monitor explain MP 2025-06-12 --config {left.config}")
    return 0
