"""An alert as plain text, for channels that carry words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.deliver.body import instant
from monitor.deliver.outbox import delivery_key
from monitor.deliver.words import one_line
from monitor.model import Delivery

SUMMARY_LIMIT = 4000  # characters; the longest that common chat services take whole


def headline(body: Mapping[str, Any]) -> str:
    return one_line(f"[{body['severity']}] {body['title']}")


def text(body: Mapping[str, Any]) -> str:
    """The summary and where to read more, each line free of control characters."""
    lines = [one_line(str(body["summary"]), SUMMARY_LIMIT)]
    url = (body.get("links") or {}).get("story")
    if url:
        lines.append(one_line(str(url), 2000))
    lines.append(one_line(f"rule {body['rule']} · alert {body['id']}"))
    return "\n".join(lines)


def test_delivery(channel: str, now: datetime) -> Delivery:
    """A message to see whether `channel` works, in the form of an alert about nothing."""
    at = instant(now)
    key = delivery_key(f"test {at}", channel)
    body: dict[str, Any] = {
        "id": "test",
        "fingerprint": "test",
        "idempotency_key": key,
        "rule": "test",
        "severity": "info",
        "status": "test",
        "starts_at": at,
        "as_of": at,
        "title": "A test message",
        "summary": "Alerts reach this channel. Nothing has happened.",
        "labels": {},
        **dict.fromkeys(("story", "symbol", "move", "reaction")),
        "claims": [],
        "evidence": [],
        "links": {},
    }
    return Delivery(key, channel, "alert", "test", body, "pending", 0, now)
