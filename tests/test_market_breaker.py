"""When a source that fails may be asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.market.breaker import CLOSED, Circuit, Policy, failed, retry_after
from monitor.market.gate import Gate, wall_clock
from monitor.market.provider import NotAskedError

NOW = datetime(2025, 6, 12, 14, 0, tzinfo=UTC)
POLICY = Policy(
    failures=3, first=timedelta(minutes=1), longest=timedelta(minutes=10), jitter=0.5
)  # fmt: skip


def after(*, failures: int, chance: float = 0.0) -> Circuit:
    circuit = CLOSED
    for _ in range(failures):
        circuit = failed(circuit, NOW, "down", POLICY, chance)
    return circuit


class TestCircuit:
    def test_a_few_failures_leave_it_closed(self) -> None:
        circuit = after(failures=2)
        assert circuit.state(NOW) == "closed"
        assert circuit.refusal(NOW) is None

    def test_enough_in_a_row_open_it_and_the_refusal_says_why_and_until_when(self) -> None:
        circuit = after(failures=3)
        assert circuit.state(NOW) == "open"
        assert circuit.refusal(NOW) == "not asked: down until 2025-06-12 14:01:00 UTC"
        assert circuit.refusal(NOW + timedelta(seconds=59)) is not None

    def test_when_its_time_has_come_one_more_may_be_asked(self) -> None:
        circuit = after(failures=3)
        then = NOW + timedelta(minutes=1)
        assert circuit.state(then) == "half-open"
        assert circuit.refusal(then) is None

    def test_a_probe_that_fails_opens_it_at_once_for_twice_as_long_up_to_a_bound(self) -> None:
        circuit, pauses, now = after(failures=3), [], NOW
        for _ in range(6):
            assert circuit.until is not None
            pauses.append((circuit.until - now).total_seconds() / 60)
            now = circuit.until
            circuit = failed(circuit, now, "down", POLICY, 0.0)
        assert pauses == [1, 2, 4, 8, 10, 10]

    def test_too_many_requests_open_it_at_once(self) -> None:
        circuit = failed(CLOSED, NOW, "rate limited", POLICY, 0.0, at_once=True)
        assert circuit.state(NOW) == "open"

    def test_chance_adds_up_to_the_jitter(self) -> None:
        assert after(failures=3, chance=1.0).until == NOW + timedelta(seconds=90)
        assert after(failures=3, chance=0.5).until == NOW + timedelta(seconds=75)

    @pytest.mark.parametrize(
        ("wish", "pause"),
        [
            (timedelta(seconds=5), timedelta(minutes=1)),  # never sooner than we would
            (timedelta(hours=2), timedelta(hours=2)),  # longer than our longest pause
            (timedelta(days=400), timedelta(days=1)),  # but not for ever
        ],
    )
    def test_the_sources_own_wish_is_honoured(self, wish: timedelta, pause: timedelta) -> None:
        circuit = failed(CLOSED, NOW, "slow", POLICY, 0.0, at_once=True, retry_after=wish)
        assert circuit.until == NOW + pause

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
    def test_however_often_it_fails_the_pause_stays_within_its_bounds(
        self, chances: list[float]
    ) -> None:
        circuit, now = CLOSED, NOW
        for chance in chances:
            circuit = failed(circuit, now, "down", POLICY, chance, at_once=True)
            assert circuit.until is not None
            assert POLICY.first <= circuit.until - now <= POLICY.longest * (1 + POLICY.jitter)
            now = circuit.until


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("120", 120),
        (" 0 ", 0),
        ("9" * 50, 10**8),
        ("Thu, 12 Jun 2025 14:05:00 GMT", 300),
        ("Thu, 12 Jun 2025 14:05:00 -0000", 300),
        ("Thu, 12 Jun 2025 13:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: int | None) -> None:
    wish = retry_after(header, NOW)
    assert wish == (None if seconds is None else timedelta(seconds=seconds))


class TestGate:
    def gate(self, file: Path | None = None) -> Gate:
        self.now = NOW
        return Gate(POLICY, clock=lambda: self.now, chance=lambda: 0.0, file=file)

    def test_it_refuses_while_open_and_lets_one_through_after(self) -> None:
        gate = self.gate()
        gate.check("MP")
        gate.failed("rate limited", at_once=True, retry_after_header="300")
        with pytest.raises(NotAskedError, match=r"MP: not asked: rate limited until .* 14:05:00"):
            gate.check("MP")
        self.now += timedelta(seconds=300)
        gate.check("MP")
        gate.succeeded()
        assert gate.circuit == CLOSED

    def test_a_success_between_failures_starts_the_count_again(self) -> None:
        gate = self.gate()
        for _ in range(2):
            gate.failed("down")
        gate.succeeded()
        gate.failed("down")
        gate.check("MP")
        assert gate.circuit.failures == 1

    def test_it_outlives_the_process_where_it_has_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "cache" / "circuit.json"
        gate = self.gate(file)
        gate.succeeded()
        assert not file.exists(), "nothing to keep"
        gate.failed("rate limited", at_once=True)
        again = self.gate(file)
        assert again.circuit == gate.circuit
        again.succeeded()
        assert self.gate(file).circuit == CLOSED

    @pytest.mark.parametrize(
        "text",
        ["", "[]", "{}", '{"failures": 1, "pauses": 1, "until": "2025-06-12", "reason": ""}'],
    )
    def test_a_file_that_cannot_be_read_is_a_closed_circuit(
        self, tmp_path: Path, text: str
    ) -> None:
        file = tmp_path / "circuit.json"
        file.write_text(text)
        assert self.gate(file).circuit == CLOSED

    def test_a_place_that_cannot_be_written_costs_nothing_else(self, tmp_path: Path) -> None:
        (tmp_path / "full").write_text("")
        gate = self.gate(tmp_path / "full" / "circuit.json")
        gate.failed("down", at_once=True)
        assert gate.circuit.until is not None

    def test_its_own_clock_is_aware(self) -> None:
        assert wall_clock().tzinfo is UTC
