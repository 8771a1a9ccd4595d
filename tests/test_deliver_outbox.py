"""Where an alert goes, and when a delivery is tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver.outbox import (
    Backoff,
    Route,
    after_failure,
    after_success,
    delivery_key,
    route,
)
from monitor.errors import DeliveryError
from monitor.model import Alert, Delivery

NOW = datetime(2025, 6, 12, 20, tzinfo=UTC)
ALERT = Alert(
    id="0" * 16,
    fingerprint="0" * 32,
    subject="move/MP/2025-06-12",
    rule="policy",
    severity="critical",
    starts_at=NOW,
    as_of=NOW,
    title="t",
    summary="s",
    symbol="MP",
    conditions=(),
    body={"id": "0" * 16, "idempotency_key": "of the alert"},
)


def sent_to(*routes: Route) -> list[str]:
    return [delivery.channel for delivery in route(ALERT, routes)]


def one() -> Delivery:
    return route(ALERT, [Route(("hook",))])[0]


def failed(retryable: bool = True, retry_after: float | None = None) -> DeliveryError:
    return DeliveryError("hook", "answered 503", retryable=retryable, retry_after=retry_after)


@pytest.mark.parametrize(
    ("each", "taken"),
    [
        (Route(("a",)), True),
        (Route(("a",), severities=("critical",)), True),
        (Route(("a",), severities=("info", "warning")), False),
        (Route(("a",), rules=("policy",)), True),
        (Route(("a",), rules=("other",)), False),
        (Route(("a",), symbols=("MP", "X")), True),
        (Route(("a",), symbols=("X",)), False),
        (Route(("a",), severities=("critical",), rules=("other",)), False),
    ],
)
def test_every_matcher_of_a_route_must_hold(each: Route, taken: bool) -> None:
    assert sent_to(each) == (["a"] if taken else [])


def test_routes_add_up_once_a_channel_until_one_stops() -> None:
    assert sent_to(Route(("a", "b")), Route(("b", "c"))) == ["a", "b", "c"]
    assert sent_to(Route(("a",), stop=True), Route(("b",))) == ["a"]
    assert sent_to(Route(("a",), rules=("other",), stop=True), Route(("b",))) == ["b"]
    assert sent_to() == []


def test_a_delivery_is_due_at_once_and_its_body_names_its_key() -> None:
    delivery = one()
    assert delivery.idempotency_key == delivery_key(ALERT.id, "hook")
    assert delivery.body["idempotency_key"] == delivery.idempotency_key
    assert (delivery.state, delivery.attempts, delivery.kind) == ("pending", 0, "alert")
    assert (delivery.subject, delivery.next_attempt_at) == (ALERT.id, NOW)
    assert delivery_key(ALERT.id, "other") != delivery.idempotency_key


def test_success_is_kept_without_the_errors_before_it() -> None:
    delivery = after_success(after_failure(one(), failed(), NOW))
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("sent", 2, None)


def test_what_trying_cannot_mend_is_dead_at_once() -> None:
    delivery = after_failure(one(), failed(retryable=False), NOW)
    assert (delivery.state, delivery.attempts) == ("dead", 1)
    assert delivery.last_error == "hook: answered 503"


def test_waits_double_up_to_the_longest_and_end() -> None:
    backoff = Backoff(first=timedelta(seconds=10), longest=timedelta(seconds=60), max_attempts=6)
    delivery, waits = one(), []
    for _ in range(5):
        delivery = after_failure(delivery, failed(), NOW, backoff=backoff)
        assert delivery.state == "pending"
        waits.append((delivery.next_attempt_at - NOW).total_seconds())
    for wait, full in zip(waits, (10, 20, 40, 60, 60), strict=True):
        assert 0.75 * full <= wait <= full
    assert waits[3] != waits[4]
    last = after_failure(delivery, failed(), NOW, backoff=backoff)
    assert (last.state, last.attempts) == ("dead", 6)


def test_deliveries_that_fail_together_come_back_apart_but_always_at_the_same_time() -> None:
    other = replace(one(), idempotency_key="other")
    here, there = after_failure(one(), failed(), NOW), after_failure(other, failed(), NOW)
    assert here.next_attempt_at != there.next_attempt_at
    assert here == after_failure(one(), failed(), NOW)


def test_a_channels_own_wish_is_honoured_but_not_without_end() -> None:
    def wait(asked: float) -> float:
        tried = after_failure(one(), failed(retry_after=asked), NOW)
        return (tried.next_attempt_at - NOW).total_seconds()

    assert wait(600) == 600
    assert wait(1) >= 22.5
    assert wait(1e12) == 86400
    assert wait(float("nan")) <= 30


@given(st.integers(0, 10_000), st.one_of(st.none(), st.floats(-10, 1e9)), st.text())
def test_the_next_try_is_never_in_the_past(attempts: int, asked: float | None, key: str) -> None:
    delivery = replace(one(), attempts=attempts, idempotency_key=key.encode(errors="replace").hex())
    patient = Backoff(max_attempts=20_000)
    after = after_failure(delivery, failed(retry_after=asked), NOW, backoff=patient)
    assert timedelta(0) < after.next_attempt_at - NOW <= timedelta(days=1)
