"""Outbox → channels; a day that is over → digest."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.config import RESERVED, RecipientConfig
from monitor.deliver.channels import Channel
from monitor.deliver.outbox import after_failure, after_success
from monitor.errors import DeliveryError
from monitor.model import Delivery, StageReport
from monitor.pipeline.parts import Parts

MAIL = RESERVED


def deliver(parts: Parts, now: datetime) -> StageReport:
    """Sends what waits. A channel that fails keeps its message for later; the others go on."""
    if not parts.delivers:
        return StageReport("deliver")
    put_digests(parts, now)
    with parts.store.begin() as tx:
        waiting = tx.alerts.due(now)
    sent, problems = 0, []
    channels = parts.channels() if waiting else {}
    for delivery in waiting:
        if parts.stopping():
            break
        channel = channels.get(delivery.channel)
        try:
            _send(channel, delivery)
        except DeliveryError as error:
            problems.append(str(error))
            outcome = after_failure(delivery, error, now)
        else:
            sent += 1
            outcome = after_success(delivery)
        with parts.store.begin() as tx:
            tx.alerts.save_delivery(outcome)
    return StageReport("deliver", {"sent": sent, "failed": len(problems)}, tuple(problems))


def _send(channel: Channel | None, delivery: Delivery) -> None:
    if channel is None:
        what = "no such channel in the configuration any more"
        raise DeliveryError(delivery.channel, what, retryable=True)
    try:
        channel.send(delivery)
    except DeliveryError:
        raise
    except Exception as error:
        # a mistake of ours in one message must not keep back all behind it; its words are not
        # told, since they may hold what the message or its address holds
        what = f"a mistake in the program, {type(error).__name__}"
        raise DeliveryError(delivery.channel, what, retryable=True) from error


def put_digests(parts: Parts, now: datetime) -> None:
    """Asks what is due and not yet in the outbox, so that no sleep or restart skips a digest."""
    for recipient in parts.config.tables.digest.recipients:
        day = digest_day(recipient, now)
        with parts.store.begin() as tx:
            if tx.articles.first_seen_by(_end_of(day, recipient)):
                tx.alerts.add_delivery(_digest_of(recipient, day, now))


def digest_day(recipient: RecipientConfig, now: datetime) -> date:
    """The newest day whose digest is due: days end at the recipient's midnight.

    After an outage that is one digest, of the newest day, not one for each day missed.
    """
    zone = ZoneInfo(recipient.zone)
    today = now.astimezone(zone).date()
    # moments are compared, not hours of the wall: those come twice when the clock is set back
    due_today = now >= datetime.combine(today, recipient.at, zone).astimezone(UTC)
    return today - timedelta(days=1 if due_today else 2)


def _end_of(day: date, recipient: RecipientConfig) -> datetime:
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(recipient.zone))


def _digest_of(recipient: RecipientConfig, day: date, now: datetime) -> Delivery:
    subject = f"{recipient.to}/{day.isoformat()}"
    return Delivery(
        idempotency_key=hashlib.sha256(f"digest {subject}".encode()).hexdigest()[:32],
        channel=MAIL,
        kind="digest",
        subject=subject,
        body={"to": recipient.to, "zone": recipient.zone, "day": day.isoformat()},
        state="pending",
        attempts=0,
        next_attempt_at=now,
    )
