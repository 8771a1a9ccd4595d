"""A source's circuit breaker in use: with a clock, with chance, and kept over restarts."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import random

from monitor.market.breaker import CLOSED, Circuit, Policy, failed, retry_after
from monitor.market.provider import NotAskedError

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    return datetime.now(UTC)


class Gate:
    """Asks before each request whether it may be made, and is told how it went.

    `clock` gives aware datetimes, `chance` numbers from 0 to 1. With `file` the state outlives the
    process, so that a program that is started every few minutes does not ask on.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        clock: Clock = wall_clock,
        chance: Callable[[], float] = random,
        file: Path | None = None,
    ) -> None:
        self.clock = clock
        self._policy = policy
        self._chance = chance
        self._file = file
        self._circuit = _kept(file)

    @property
    def circuit(self) -> Circuit:
        return self._circuit

    def check(self, symbol: str) -> None:
        """Raises NotAskedError while the circuit is open."""
        refusal = self._circuit.refusal(self.clock())
        if refusal is not None:
            raise NotAskedError(symbol, refusal)

    def succeeded(self) -> None:
        if self._circuit != CLOSED:
            self._become(CLOSED)

    def failed(
        self, reason: str, *, at_once: bool = False, retry_after_header: str | None = None
    ) -> None:
        """`reason` reads on before "until 14:05": "rate limited by Yahoo"."""
        now = self.clock()
        wish = retry_after(retry_after_header, now)
        circuit = failed(
            self._circuit,
            now,
            reason,
            self._policy,
            self._chance(),
            at_once=at_once,
            retry_after=wish,
        )
        self._become(circuit)

    def _become(self, circuit: Circuit) -> None:
        self._circuit = circuit
        if self._file is None:
            return
        until = circuit.until.isoformat() if circuit.until else None
        kept = {
            "failures": circuit.failures,
            "pauses": circuit.pauses,
            "until": until,
            "reason": circuit.reason,
        }
        with suppress(OSError):  # a disk that is full costs politeness after a restart, no prices
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(kept), encoding="utf-8")


def _kept(file: Path | None) -> Circuit:
    if file is None:
        return CLOSED
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        until = datetime.fromisoformat(kept["until"]) if kept["until"] else None
        if until is not None and until.tzinfo is None:
            return CLOSED
        return Circuit(int(kept["failures"]), int(kept["pauses"]), until, str(kept["reason"]))
    except (OSError, ValueError, KeyError, TypeError):
        return CLOSED  # not there yet, or no longer readable
