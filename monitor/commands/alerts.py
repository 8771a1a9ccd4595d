"""monitor alerts list | show | retry | test"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, print_json
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.model import Alert
    from monitor.pipeline.parts import Parts

family = typer.Typer(
    name="alerts", help="The alerts, why they fired, and where they went.", no_args_is_help=True
)
AlertId = Annotated[str, typer.Argument(metavar="ID", help="An alert's id, or how it begins.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(family)


@family.command("list", epilog="Example:  monitor alerts list --limit 5")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 20,
    every: Annotated[
        bool, typer.Option("--all", help="Those that were held back, too: history, repetitions.")
    ] = False,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> int:
    """The newest alerts."""
    parts = _parts(config)
    with parts.store.begin() as tx:
        found = tx.alerts.newest(limit, held_back=every)
    if as_json:
        print_json([dict(alert.body) for alert in found])
        return 0
    for alert in found:
        print(f"{alert.id}  {alert.starts_at:%Y-%m-%d %H:%M}Z  {alert.severity:<8}  {alert.title}")
    return 0


@family.command(epilog="Example:  monitor alerts show 3fa9")
def show(alert_id: AlertId, config: ConfigPath = None, as_json: AsJson = False) -> int:
    """One alert: what it said, why it fired, and each delivery."""
    parts = _parts(config)
    alert = _found(parts, alert_id)
    with parts.store.begin() as tx:
        held_back = tx.alerts.held_back(alert.id)
        deliveries = tx.alerts.deliveries_of(alert.id)
    if as_json:
        print_json(dict(alert.body))
        return 0
    print(f"{alert.title}\n\n{alert.summary}\n\nFired by rule {alert.rule}, because:")
    for one in alert.conditions:
        print(
            f"  {'yes' if one.held else 'no ':<3}  {one.name}: wanted {one.wanted}, is {one.value}"
        )
    print("\nSent:" if deliveries else f"\nNot sent: {held_back or 'no route takes it'}")
    for delivery in deliveries:
        trouble = f"  ({delivery.last_error})" if delivery.last_error else ""
        tries = f"{delivery.attempts} tries" if delivery.attempts != 1 else "1 try"
        print(f"  {delivery.channel}: {delivery.state} after {tries}{trouble}")
    return 0


@family.command(epilog="Example:  monitor alerts retry 3fa9")
def retry(alert_id: AlertId, config: ConfigPath = None) -> int:
    """Puts an alert's messages that were given up back into the outbox."""
    parts = _parts(config)
    alert = _found(parts, alert_id)
    now = datetime.now(UTC)
    with parts.store.begin() as tx:
        dead = [one for one in tx.alerts.deliveries_of(alert.id) if one.state == "dead"]
        for one in dead:
            tx.alerts.save_delivery(replace(one, state="pending", attempts=0, next_attempt_at=now))
    print(f"{len(dead)} messages will be tried again")
    return 0


@family.command("test", epilog="Example:  monitor alerts test console")
def send_test(
    channel: Annotated[str, typer.Argument(help="A channel of the configuration.")],
    config: ConfigPath = None,
) -> int:
    """Sends a test message to a channel."""
    from monitor.deliver.message import test_delivery

    parts = _parts(config)
    channels = parts.channels()
    if channel not in channels:
        there = ", ".join(sorted(channels)) or "none"
        raise MonitorError(f"no channel {channel!r}; there are: {there}")
    channels[channel].send(test_delivery(channel, datetime.now(UTC)))
    print(f"{channel}: taken")
    return 0


def _parts(config: ConfigPath) -> Parts:
    from monitor.app import build

    return build(config_at(config))


def _found(parts: Parts, alert_id: str) -> Alert:
    with parts.store.begin() as tx:
        alert = tx.alerts.get(alert_id)
    if alert is None:
        raise MonitorError(f"{alert_id}: no alert has this id, or more than one begins so")
    return alert
