"""Signals → alerts and outbox, by the alert rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.deliver.alert import alert_of
from monitor.deliver.judge import judge as judgement_of
from monitor.deliver.outbox import route
from monitor.market.quality import blocking
from monitor.model import (
    Alert,
    Condition,
    Judgement,
    MoveSignal,
    Reading,
    Signal,
    StageReport,
    Story,
    StorySignal,
)
from monitor.pipeline.parts import Parts
from monitor.rules.alerts import AlertRule
from monitor.store.engine import Transaction

SEVERITIES = ("info", "warning", "critical")
STALE = timedelta(hours=36)  # an alert about something older is kept, not sent
DOUBT = "doubt about the prices"  # name of the condition


def judge(parts: Parts, now: datetime) -> StageReport:
    """Puts every signal that has changed before every rule, and keeps what each one said."""
    with parts.store.begin() as tx:
        waiting = tx.signals.work("judge")
        signals = [signal for key in waiting if (signal := tx.signals.get(key))]
    fired = held = 0
    for signal in sorted(signals, key=_strongest_first):
        if parts.stopping():
            break
        with parts.store.begin() as tx:
            for alert, reason in _fire(parts, tx, signal, now):
                deliveries = () if reason else route(alert, parts.routes)
                tx.alerts.add(alert, now, deliveries, reason)
                if reason is None and isinstance(signal, StorySignal):
                    # an alert about a move had to wait for the move: it says nothing of haste
                    tx.articles.mark_alerted(signal.story.articles, now)
                fired += 1
                held += reason is not None
            tx.signals.finish_work("judge", [signal.key])
    return StageReport("judge", {"signals": len(waiting), "alerts": fired, "held back": held})


def _strongest_first(signal: Signal) -> tuple[float, str]:
    """A story is told once, so of the security that it touches most."""
    return (-signal.exposure.weight if isinstance(signal, StorySignal) else 0.0, signal.key)


def _fire(
    parts: Parts, tx: Transaction, signal: Signal, now: datetime
) -> list[tuple[Alert, str | None]]:
    """The alerts a signal sets off that it has not set off before, and why one is held back."""
    found: list[tuple[AlertRule, Alert]] = []
    doubted = _doubt(signal)
    waited = any(_waits(one) for one in tx.signals.judgements(signal.key))
    for rule in parts.rules.alerts.values():
        judgement = judgement_of(rule, signal)
        if judgement is None:
            continue
        if doubted is not None:
            judgement = replace(judgement, conditions=(*judgement.conditions, doubted))
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
            zone=parts.sessions(signal.symbol).zone,
        )
        if not tx.alerts.has_fired(alert.fingerprint):
            found.append((rule, alert))
    # the most severe rule speaks, and the others need not say the same once more
    found.sort(key=lambda one: SEVERITIES.index(one[1].severity), reverse=True)
    told = tx.alerts.told_about(found[0][1].subject) if found else {}
    outcome = []
    for rule, alert in found:
        age = timedelta() if waited else now - _public_at(signal)
        reason = _held_back(parts, rule, alert, told, age)
        outcome.append((alert, reason))
        if reason is None:
            told[alert.rule] = alert.severity
    return outcome


def _doubt(signal: Signal) -> Condition | None:
    """What keeps a move from being told: prices that may be wrong. It is judged again with the
    next bar."""
    if not isinstance(signal, MoveSignal):
        return None
    doubts = blocking(signal.explanation.move.notes)
    return Condition(DOUBT, "none", doubts[0].text, held=False) if doubts else None


def _waits(judgement: Judgement) -> bool:
    """Whether nothing but a doubt kept a rule from firing: it may fire late for that."""
    failed = [one.name for one in judgement.conditions if not one.held]
    return failed == [DOUBT]


def _evidence(tx: Transaction, signal: Signal) -> Sequence[Reading]:
    stories: list[Story]
    if isinstance(signal, MoveSignal):
        stories = [candidate.story for candidate in signal.explanation.candidates[:1]]
    else:
        stories = [signal.story]
    return tx.articles.of_stories([story.id for story in stories], signal.as_of)


def _public_at(signal: Signal) -> datetime:
    if isinstance(signal, StorySignal):
        return signal.story.public_at
    return signal.explanation.move.known_at


def _held_back(
    parts: Parts, rule: AlertRule, alert: Alert, told: Mapping[str, str], age: timedelta
) -> str | None:
    if not parts.delivers:
        return "history: kept, not sent"
    if age > STALE:
        return f"public for more than {STALE.total_seconds() / 3600:.0f} h when it was found"
    rank = SEVERITIES.index(alert.severity)
    before = [other for other, level in told.items() if SEVERITIES.index(level) >= rank]
    if before and not rule.also:
        return f"already told by rule {before[0]}"
    return None
