"""What is told of a source itself: that it has fallen silent, or is gone for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from monitor.deliver.alert import fingerprint_of
from monitor.deliver.body import instant
from monitor.deliver.outbox import route
from monitor.deliver.words import one_line
from monitor.ingest.health import Condition as SourceCondition
from monitor.ingest.health import Health, health_of
from monitor.model import Alert, Condition, Severity, SourceState
from monitor.pipeline.parts import Parts
from monitor.store.engine import Transaction

# what is told, by the id under which routes know it
RULES: Final[Mapping[SourceCondition, str]] = {"quiet": "source-silent", "gone": "source-gone"}
TITLES: Final = {"quiet": "{} has fallen silent", "gone": "{} is gone"}
SEVERITY: Final[Severity] = "info"


def tell_of(parts: Parts, tx: Transaction, state: SourceState, now: datetime) -> None:
    """Puts down an alert where there is something to tell. Each silence is told once: one that
    follows upon new items has another beginning, and so another fingerprint."""
    health = health_of(state, now)
    if health.condition not in RULES or _was_so_before(state, health):
        return
    alert = alert_of(state.name, health, now)
    if tx.alerts.has_fired(alert.fingerprint):
        return
    held_back = None if parts.delivers else "history: kept, not sent"
    deliveries = () if held_back else route(alert, parts.routes)
    tx.alerts.add(alert, now, deliveries, held_back)


def _was_so_before(state: SourceState, health: Health) -> bool:
    """Whether it had been silent when it was first asked, and so has never fallen silent for us."""
    begun, since = state.begun_at, health.since
    return (
        health.condition == "quiet" and since is not None and begun is not None and since <= begun
    )


def alert_of(source: str, health: Health, now: datetime) -> Alert:
    rule, subject = RULES[health.condition], f"source/{source}"
    began = instant(health.since) if health.since else ""
    fingerprint = fingerprint_of(rule, f"{subject}/{began}")
    title = one_line(TITLES[health.condition].format(source))
    summary = one_line(f"{source}: {health.why}. Since {began or 'it is asked'}.")
    condition = Condition("condition", health.condition, one_line(health.why), held=True)
    body: dict[str, Any] = {
        "id": fingerprint[:16],
        "fingerprint": fingerprint,
        "idempotency_key": fingerprint,
        "rule": rule,
        "severity": SEVERITY,
        "status": "firing",
        "starts_at": instant(now),
        "as_of": instant(now),
        "title": title,
        "summary": summary,
        "labels": {
            "rule": rule,
            "severity": SEVERITY,
            "source": one_line(source),
            "condition": health.condition,
        },
        **dict.fromkeys(("story", "symbol", "move", "reaction")),
        "claims": [],
        "evidence": [],
        "conditions": [
            {
                "name": condition.name,
                "wanted": condition.wanted,
                "value": condition.value,
                "held": condition.held,
            }
        ],
        "links": {},
    }
    return Alert(
        id=fingerprint[:16],
        fingerprint=fingerprint,
        subject=subject,
        rule=rule,
        severity=SEVERITY,
        starts_at=now,
        as_of=now,
        title=title,
        summary=summary,
        symbol=None,
        conditions=(condition,),
        body=body,
    )
