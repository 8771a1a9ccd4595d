"""Alerts and the outbox, written in one transaction: neither is there without the other."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from monitor.model import Alert, Delivery
from monitor.store.schema import alert, outbox
from monitor.store.types import from_json, to_json


class Alerts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has_fired(self, fingerprint: str) -> bool:
        query = select(alert.c.id).where(alert.c.fingerprint == fingerprint)
        return self._connection.scalar(query) is not None

    def told_about(self, subject: str) -> dict[str, str]:
        """Rule and severity of the alerts about a thing that were not held back."""
        query = select(alert.c.body, alert.c.severity).where(
            alert.c.subject == subject, alert.c.held_back.is_(None)
        )
        return {body["rule"]: severity for body, severity in self._connection.execute(query)}

    def add(
        self,
        value: Alert,
        fired_at: datetime,
        deliveries: Iterable[Delivery],
        held_back: str | None = None,
    ) -> None:
        """Keeps an alert with its messages. `held_back`: why there are none."""
        self._connection.execute(
            insert(alert).values(
                id=value.id,
                fingerprint=value.fingerprint,
                subject=value.subject,
                severity=value.severity,
                starts_at=value.starts_at,
                fired_at=fired_at,
                held_back=held_back,
                body=to_json(Alert, value),
            )
        )
        for delivery in deliveries:
            self.add_delivery(delivery)

    def get(self, alert_id: str) -> Alert | None:
        """The alert with this id, or with the one id that begins so."""
        query = select(alert.c.body).where(alert.c.id.startswith(alert_id, autoescape=True))
        found = self._connection.scalars(query.limit(2)).all()
        return from_json(Alert, found[0]) if len(found) == 1 else None

    def held_back(self, alert_id: str) -> str | None:
        return self._connection.scalar(select(alert.c.held_back).where(alert.c.id == alert_id))

    def between(self, start: datetime, end: datetime) -> list[Alert]:
        """Alerts that began in [start, end) and were not held back, first first."""
        query = (
            select(alert.c.body)
            .where(alert.c.starts_at >= start, alert.c.starts_at < end)
            .where(alert.c.held_back.is_(None))
            .order_by(alert.c.starts_at, alert.c.id)
        )
        return [from_json(Alert, body) for body in self._connection.scalars(query)]

    def newest(self, limit: int, *, held_back: bool = True) -> list[Alert]:
        """The newest alerts, newest first, with or without those that were held back."""
        query = select(alert.c.body).order_by(alert.c.starts_at.desc(), alert.c.id).limit(limit)
        if not held_back:
            query = query.where(alert.c.held_back.is_(None))
        return [from_json(Alert, body) for body in self._connection.scalars(query)]

    def add_delivery(self, delivery: Delivery) -> bool:
        """Puts a message in the outbox; False where it is in there, sent or not."""
        key = delivery.idempotency_key
        query = select(outbox.c.state).where(outbox.c.idempotency_key == key)
        if self._connection.scalar(query) is not None:
            return False
        row = {field: getattr(delivery, field) for field in _FIELDS}
        self._connection.execute(insert(outbox).values(**row))
        return True

    def save_delivery(self, delivery: Delivery) -> None:
        row = {field: getattr(delivery, field) for field in _FIELDS}
        self._connection.execute(
            update(outbox).where(outbox.c.idempotency_key == delivery.idempotency_key).values(**row)
        )

    def delivery(self, idempotency_key: str) -> Delivery | None:
        query = select(outbox).where(outbox.c.idempotency_key == idempotency_key)
        row = self._connection.execute(query).first()
        return None if row is None else _delivery(row)

    def due(self, now: datetime) -> list[Delivery]:
        """Messages that wait to be sent, the longest waiting first."""
        query = (
            select(outbox)
            .where(outbox.c.state == "pending", outbox.c.next_attempt_at <= now)
            .order_by(outbox.c.next_attempt_at, outbox.c.idempotency_key)
        )
        return [_delivery(row) for row in self._connection.execute(query)]

    def deliveries_of(self, subject: str) -> list[Delivery]:
        query = select(outbox).where(outbox.c.subject == subject).order_by(outbox.c.channel)
        return [_delivery(row) for row in self._connection.execute(query)]

    def outbox_counts(self) -> dict[str, int]:
        query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        return {str(state): int(count) for state, count in self._connection.execute(query)}


_FIELDS = (
    "idempotency_key",
    "channel",
    "kind",
    "subject",
    "body",
    "state",
    "attempts",
    "next_attempt_at",
    "last_error",
)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{field: getattr(row, field) for field in _FIELDS})
