"""Whose turn it is: manners towards hosts, and room for many requests at once.

A request waits for its turn in two places. First at its host, which has at most `per_host` requests
under way and `spacing` seconds between the starts of two; nobody else waits there. Then for one of
the quick places, of which there are few, so that neither this machine nor its line is overrun.

A host that is slow or dead must not keep one of these: after `patience` seconds a request leaves
its quick place to the next and goes on in a slow one, of which there are SLOWER times as many.
Hosts that hang until the deadline so cost the others a moment each. Only where the slow places are
all taken does a request stay where it is; then the machine has all it can bear.

And a host that has let several requests in a row run out of time is not asked for a minute, or a
hundred feeds of a dead host would take it in turns for half an hour.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import TracebackType

from monitor.ingest.web.network import NetworkError

SLOWER = 4
SILENT = 3  # requests in a row that ran out of time
REST = 60.0  # seconds for which a silent host is left alone
MANY = 5000  # hosts that are remembered; idle ones are forgotten when there are more


@dataclass(slots=True)
class Host:
    """`started`: when the last request did, by the loop's clock."""

    places: asyncio.Semaphore
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    started: float = -1e9
    silent: int = 0
    silent_at: float = -1e9


class Turns:
    def __init__(self, *, per_host: int, quick: int, patience: float) -> None:
        self._per_host = per_host
        self._patience = patience
        self._hosts: dict[tuple[str, int], Host] = {}
        self.quick = asyncio.Semaphore(quick)
        self._slow_left = quick * SLOWER
        self._late: dict[Turn, None] = {}  # which would leave if there were room, the first first

    def at(self, host: str, port: int, *, spacing: float, blamed: bool) -> Turn:
        """To be entered with `async with`; the time of a request begins inside.

        `blamed`: whether it is this host's doing if the request runs out of time, not that of one
        that led here.
        """
        key = (host, port)
        if key not in self._hosts:
            if len(self._hosts) >= MANY:
                self._forget()
            self._hosts[key] = Host(asyncio.Semaphore(self._per_host))
        return Turn(self, self._hosts[key], spacing, self._patience, blamed)

    def _forget(self) -> None:
        """Lets go of hosts of which nothing need be known."""
        old = asyncio.get_running_loop().time() - REST
        self._hosts = {
            key: host for key, host in self._hosts.items() if host.users or host.started > old
        }

    def overdue(self, turn: Turn) -> None:
        if self._slow_left:
            self._slow_left -= 1
            self._move(turn)
        else:
            self._late[turn] = None

    def leave(self, turn: Turn) -> None:
        if not turn.slow:
            self._late.pop(turn, None)
            self.quick.release()
        elif self._late:
            following = next(iter(self._late))
            del self._late[following]
            self._move(following)
        else:
            self._slow_left += 1

    def _move(self, turn: Turn) -> None:
        turn.slow = True
        self.quick.release()


class Turn:
    """One request's; see `Turns.at`. Raises NetworkError on entry where the host is silent."""

    __slots__ = ("_blamed", "_host", "_patience", "_spacing", "_timer", "_turns", "slow")

    def __init__(
        self, turns: Turns, host: Host, spacing: float, patience: float, blamed: bool
    ) -> None:
        self._turns = turns
        self._blamed = blamed
        self._host = host
        self._spacing = spacing
        self._patience = patience
        self._timer: asyncio.TimerHandle | None = None
        self.slow = False

    async def __aenter__(self) -> None:
        host = self._host
        host.users += 1
        try:
            await host.places.acquire()
            try:
                await self._begin(host)
            except BaseException:
                host.places.release()
                raise
        except BaseException:
            host.users -= 1
            raise

    async def _begin(self, host: Host) -> None:
        loop = asyncio.get_running_loop()
        if host.silent >= SILENT and loop.time() < host.silent_at + REST:
            raise NetworkError(
                f"not asked: the last {host.silent} requests to this host ran out of time"
            )
        if self._spacing > 0:
            async with host.gate:  # one after the other, from the wait to the start
                while (early := host.started + self._spacing - loop.time()) > 0:
                    await asyncio.sleep(early)
                await self._turns.quick.acquire()
                host.started = loop.time()
        else:
            await self._turns.quick.acquire()
            host.started = loop.time()
        self._timer = loop.call_later(self._patience, self._turns.overdue, self)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        host = self._host
        if self._timer is not None:
            self._timer.cancel()
        if isinstance(error, TimeoutError) and self._blamed:
            host.silent += 1
            host.silent_at = asyncio.get_running_loop().time()
        elif error is None:
            host.silent = 0
        self._turns.leave(self)
        host.places.release()
        host.users -= 1
