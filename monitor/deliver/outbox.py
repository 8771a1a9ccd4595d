"""Which channels an alert goes to, and when a delivery that failed is tried again. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.errors import DeliveryError
from monitor.model import Alert, Delivery, Severity


@dataclass(frozen=True, slots=True)
class Route:
    """Alerts that meet all of its matchers go to its channels. An empty matcher meets all."""

    channels: tuple[str, ...]
    severities: tuple[Severity, ...] = ()
    rules: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    stop: bool = False  # alerts that meet it are not looked at by the routes below

    def takes(self, alert: Alert) -> bool:
        return (
            (not self.severities or alert.severity in self.severities)
            and (not self.rules or alert.rule in self.rules)
            and (not self.symbols or alert.symbol in self.symbols)
        )


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits double from `first` to `longest`; a delivery is dead after `max_attempts`."""

    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    max_attempts: int = 8
    # a channel may ask for a longer wait than `longest`, but not for one without end
    longest_asked: timedelta = timedelta(days=1)


BACKOFF = Backoff()


def route(alert: Alert, routes: Sequence[Route]) -> tuple[Delivery, ...]:
    """One delivery for each channel that any route names for the alert, due at once."""
    channels: dict[str, None] = {}
    for each in routes:
        if each.takes(alert):
            channels.update(dict.fromkeys(each.channels))
            if each.stop:
                break
    return tuple(_delivery(alert, channel) for channel in channels)


def _delivery(alert: Alert, channel: str) -> Delivery:
    key = delivery_key(alert.id, channel)
    return Delivery(
        idempotency_key=key,
        channel=channel,
        kind="alert",
        subject=alert.id,
        # the body that a channel sends names the same key as its header
        body={**alert.body, "idempotency_key": key},
        state="pending",
        attempts=0,
        next_attempt_at=alert.as_of,
    )


def delivery_key(subject: str, channel: str) -> str:
    """The same for the same message to the same channel, however often it is tried."""
    return hashlib.sha256(f"{subject}\n{channel}".encode()).hexdigest()[:32]


def after_success(delivery: Delivery) -> Delivery:
    return replace(delivery, state="sent", attempts=delivery.attempts + 1, last_error=None)


def after_failure(
    delivery: Delivery, error: DeliveryError, now: datetime, *, backoff: Backoff = BACKOFF
) -> Delivery:
    """The delivery to be tried again later, or dead where that cannot help or was tried enough."""
    attempts = delivery.attempts + 1
    failed = replace(delivery, attempts=attempts, last_error=str(error))
    if not error.retryable or attempts >= backoff.max_attempts:
        return replace(failed, state="dead")
    wait = _wait(delivery.idempotency_key, attempts, backoff)
    if error.retry_after is not None and math.isfinite(error.retry_after):
        asked = min(error.retry_after, backoff.longest_asked.total_seconds())
        wait = max(wait, timedelta(seconds=asked))
    return replace(failed, next_attempt_at=now + wait)


def _wait(key: str, attempts: int, backoff: Backoff) -> timedelta:
    """first * 2^(attempts - 1), at most `longest`, less up to a quarter.

    The share left off comes from the key, so that many deliveries that fail together do not all
    come back together, and a replay waits as long as the first run did.
    """
    doubled = backoff.first.total_seconds() * 2.0 ** min(attempts - 1, 60)
    digest = hashlib.sha256(f"{key}\n{attempts}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 2**32
    return timedelta(seconds=min(doubled, backoff.longest.total_seconds()) * (1 - share / 4))
