"""Signals → alerts and outbox, by the alert rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.deliver.alert import alert_of
from monitor.deliver.judge import judge as judgement_of
from monitor.deliver.outbox import route
from monitor.model import Alert, MoveSignal, Reading, Signal, StageReport, Story
from monitor.pipeline.parts import Parts
from monitor.store.engine import Transaction

STALE = timedelta(hours=36)  # an alert about something older is kept, not sent


def judge(parts: Parts, now: datetime) -> StageReport:
    """Puts every signal that has changed before every rule, and keeps what each one said."""
    with parts.store.begin() as tx:
        waiting = tx.signals.work("judge")
    fired = held = 0
    for key in waiting:
        if parts.stopping():
            break
        with parts.store.begin() as tx:
            signal = tx.signals.get(key)
            for alert, reason in _fire(parts, tx, signal, now) if signal else ():
                deliveries = () if reason else route(alert, parts.routes)
                tx.alerts.add(alert, now, deliveries, reason)
                fired += 1
                held += reason is not None
            tx.signals.finish_work("judge", [key])
    return StageReport("judge", {"signals": len(waiting), "alerts": fired, "held back": held})


def _fire(
    parts: Parts, tx: Transaction, signal: Signal, now: datetime
) -> list[tuple[Alert, str | None]]:
    """The alerts a signal sets off that it has not set off before, and why one is held back."""
    found = []
    for rule in parts.rules.alerts.values():
        judgement = judgement_of(rule, signal)
        if judgement is None:
            continue
        tx.signals.save_judgement(judgement, now)
        if not judgement.fires:
            continue
        alert = alert_of(
            rule,
            signal,
            judgement,
            readings=_evidence(tx, signal),
            name_of=parts.name_of,
            company_of=parts.company_of,
            event_name=parts.name_of,
            zone=parts.sessions().zone,
        )
        if not tx.alerts.has_fired(alert.fingerprint):
            found.append((alert, _held_back(parts, alert, now)))
    return found


def _evidence(tx: Transaction, signal: Signal) -> Sequence[Reading]:
    stories: list[Story]
    if isinstance(signal, MoveSignal):
        stories = [candidate.story for candidate in signal.explanation.candidates[:1]]
    else:
        stories = [signal.story]
    return tx.articles.of_stories([story.id for story in stories], signal.as_of)


def _held_back(parts: Parts, alert: Alert, now: datetime) -> str | None:
    if not parts.delivers:
        return "history: kept, not sent"
    if now - alert.starts_at > STALE:
        return f"began more than {STALE.total_seconds() / 3600:.0f} h before it was found"
    return None
