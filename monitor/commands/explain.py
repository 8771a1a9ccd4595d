"""monitor explain"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, parsed_day, print_json
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.model import CheckedClaim, Explanation
    from monitor.pipeline.parts import Parts


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example:  monitor explain MP 2025-06-12 --config out/config.toml")(explain)


def explain(
    symbol: Annotated[str, typer.Argument(help="A watched security, such as MP.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="Its session, YYYY-MM-DD.")],
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> int:
    """That day's move and its candidate stories, or the verdict that none explains it."""
    from monitor.app import build  # noqa: PLC0415
    from monitor.market.moves import NoMove  # noqa: PLC0415
    from monitor.pipeline.correlating import explained, look  # noqa: PLC0415

    session = parsed_day(day)
    parts = build(config_at(config))
    if not parts.sessions().is_session(session):
        raise MonitorError(f"{day}: the exchange was closed that day")
    with parts.store.begin() as tx:
        view = look(parts, tx, symbol, session, datetime.now(UTC))
        found = explained(parts, tx, view, session)
    if isinstance(found, NoMove):
        raise MonitorError(f"{symbol} {day}: {found.reason}")
    if as_json:
        print_json(explanation_json(found))
    else:
        show(parts, found, view.claims_about(session))
    return 0


def explanation_json(found: Explanation) -> dict[str, Any]:
    """The public form, as docs/explain.md has it."""
    from monitor.deliver.body import explanation_of  # noqa: PLC0415

    return explanation_of(found)
