"""Connections that are kept open for the next request to the same host.

httpcore has a pool of its own, which looks through all of its connections at every request: with
fifty of them that takes several times as long as the request. Here a request touches none but its
own. How many are open at once is not decided here; see turns.py.
"""

from __future__ import annotations

from typing import NamedTuple

import httpcore

from monitor.ingest.web.network import Network, Stream

REST = 5.0  # seconds that a connection is kept without use
HEAD = 64 * 1024  # bytes of one head; publishers send one or two thousand


class Origin(NamedTuple):
    scheme: str
    host: str  # as it is looked up: international names in their ASCII form, IPv6 bare
    port: int


class Connection(httpcore.AsyncHTTP11Connection):
    MAX_INCOMPLETE_EVENT_SIZE = HEAD

    def __init__(self, origin: Origin, stream: Stream) -> None:
        there = httpcore.Origin(origin.scheme.encode(), origin.host.encode(), origin.port)
        super().__init__(there, stream, keepalive_expiry=REST)
        self.origin = origin
        self.wire = stream

    def can_be_used_again(self) -> bool:
        """False too where more has come than belongs to the answer: it would be taken for the
        next one."""
        return self.is_idle() and not self.has_expired() and not self._h11_state.trailing_data[0]


class Connections:
    """`kept`: connections that rest, at most."""

    def __init__(self, network: Network, kept: int) -> None:
        self._network = network
        self._kept = kept
        self._count = 0
        # no list is empty; the origins in the order in which they began to have some at rest
        self._resting: dict[Origin, list[Connection]] = {}

    async def take(self, origin: Origin) -> tuple[Connection, bool]:
        """A connection, and whether it has been used before. Raises NetworkError."""
        while origin in self._resting:
            connection = self._pop(origin)
            if connection.can_be_used_again():
                return connection, True
            connection.wire.close()
        return Connection(origin, await self._network.connect(*origin)), False

    def give_back(self, connection: Connection) -> None:
        if not connection.can_be_used_again():
            connection.wire.close()
            return
        self._resting.setdefault(connection.origin, []).append(connection)
        self._count += 1
        if self._count > self._kept:
            self._pop(next(iter(self._resting))).wire.close()

    def close(self) -> None:
        while self._resting:
            self._pop(next(iter(self._resting))).wire.close()

    def _pop(self, origin: Origin) -> Connection:
        resting = self._resting[origin]
        connection = resting.pop()
        if not resting:
            del self._resting[origin]
        self._count -= 1
        return connection
