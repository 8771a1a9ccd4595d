"""When a source that fails may be asked again: a circuit breaker. Pure.

The moment and the chance are handed in. The states are Nygard's (Release It!, 2007, section 5.2):
closed, everything is asked; open, nothing is asked until a time; half open, that time has come, and
the next call is the probe: its success closes the circuit, its failure opens it for twice as long.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

State = Literal["closed", "open", "half-open"]


@dataclass(frozen=True, slots=True)
class Policy:
    """`failures` in a row open the circuit, for `first`, then twice as long each time up to
    `longest`; to each pause chance adds up to `jitter` of it, so that many clients do not come back
    at once. A source's own wish to wait is honoured up to `patience`."""

    failures: int = 3
    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    jitter: float = 0.2
    patience: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is known of a source's health.

    `failures` and `pauses` count in a row, with no success between. `until`: None is closed.
    """

    failures: int = 0
    pauses: int = 0
    until: datetime | None = None
    reason: str = ""

    def state(self, now: datetime) -> State:
        if self.until is None:
            return "closed"
        return "open" if now < self.until else "half-open"

    def refusal(self, now: datetime) -> str | None:
        """Why nothing may be asked at `now`; None where it may."""
        if self.until is None or now >= self.until:
            return None
        return f"not asked: {self.reason} until {self.until.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


CLOSED = Circuit()


def failed(
    circuit: Circuit,
    now: datetime,
    reason: str,
    policy: Policy,
    chance: float,
    *,
    at_once: bool = False,
    retry_after: timedelta | None = None,
) -> Circuit:
    """The circuit after a failure.

    `chance` is from 0 to 1. `at_once`: this failure alone opens it, as when a source says that it
    is asked too much. `reason` reads on before "until 14:05": "rate limited".
    """
    failures = circuit.failures + 1
    probing = circuit.until is not None
    if not (at_once or probing or failures >= policy.failures):
        return replace(circuit, failures=failures, reason=reason)
    # 2**pauses is bounded before it is taken: after months of failures it would not fit a timedelta
    doubled = policy.first * 2 ** min(circuit.pauses, 40) if circuit.pauses else policy.first
    pause = min(doubled, policy.longest) * (1 + policy.jitter * chance)
    if retry_after is not None:
        pause = max(pause, min(retry_after, policy.patience))
    return Circuit(failures, min(circuit.pauses + 1, 20), now + pause, reason)


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for: seconds or a date (RFC 9110, section 10.2.3).

    None where there is none, or none that can be read.
    """
    given = (header or "").strip()
    if given.isascii() and given.isdigit():
        return timedelta(seconds=min(int(given[:10]), 10**8))
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(at - now, timedelta())
