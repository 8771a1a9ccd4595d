"""Connections to hosts, made only to addresses that may be visited.

A name is looked up once, its addresses are judged, and the connection is made to one that passed:
between the two nobody can put another address in its place. Certificates are checked against the
name, not the address.

Proxies that the environment names (HTTP_PROXY and its like) are not used: behind a proxy it would
be the proxy that looks names up, and nothing here could be judged.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from itertools import chain, zip_longest
from typing import Any

import httpcore
import httpx

from monitor.ingest.web.addresses import Address, Allowed, literal

STAGGER = 0.25  # seconds until the next address of a host is tried beside the one before (RFC 8305)
MOST_ADDRESSES = 6  # of one host that are tried
HELD = 128 * 1024  # bytes that wait to be read before the sender is made to wait

Lookup = Callable[[str, int], Iterable[Address]]


class NetworkError(Exception):
    """No connection, or none any more; the message says why, in plain words."""


def system_lookup(name: str, port: int) -> list[Address]:
    """The addresses of a name, the best first, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    # the scope of a link-local address is dropped: it is no address of a publisher's
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class Network:
    def __init__(self, allowed: Allowed, lookup: Lookup = system_lookup) -> None:
        self._allowed = allowed
        self._lookup = lookup

    async def connect(self, scheme: str, host: str, port: int) -> Stream:
        """A new connection, with TLS for `https`. Raises NetworkError."""
        waiting = deque(await self._addresses(host, port))
        if len(waiting) == 1:
            return await _connected(waiting.popleft(), scheme, host, port)
        trying: set[asyncio.Task[Stream]] = set()
        first: NetworkError | None = None
        try:
            while waiting or trying:
                if waiting:
                    attempt = _connected(waiting.popleft(), scheme, host, port)
                    trying.add(asyncio.create_task(attempt))
                patience = STAGGER if waiting else None
                done, trying = await asyncio.wait(
                    trying, timeout=patience, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    error = task.exception()
                    if error is None:
                        trying |= done - {task}
                        return task.result()
                    if not isinstance(error, NetworkError):
                        raise error
                    first = first or error
        finally:
            for task in trying:
                task.add_done_callback(_let_go)
                task.cancel()
        raise first or NetworkError(f"{host} has no address")

    async def _addresses(self, host: str, port: int) -> Sequence[Address]:
        """Those that may be visited, the families in turn. Raises NetworkError."""
        try:
            address = literal(host)
            if address is not None:
                found = [address]
            else:
                found = list(
                    dict.fromkeys(await _apart(self._lookup, host.removesuffix("."), port))
                )
        except (OSError, UnicodeError) as error:
            raise NetworkError(f"the name cannot be looked up: {_reason(error)}") from error
        except ValueError as error:
            raise NetworkError(f"{host} is no address that can be visited") from error
        refusals = [self._allowed.refusal(host, address) for address in found]
        allowed = [address for address, no in zip(found, refusals, strict=True) if no is None]
        if not allowed and refusals:
            raise NetworkError(str(refusals[0]))
        return in_turn(allowed)[:MOST_ADDRESSES]


async def _apart(lookup: Lookup, name: str, port: int) -> Iterable[Address]:
    """What `lookup` says or raises, in a thread of its own.

    Not in one of the loop's few: a silent name server would soon have taken them all, and no feed
    could be parsed. Nobody waits for such a thread, not even the end of the process.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Iterable[Address]] = loop.create_future()

    def tell(found: Iterable[Address] | Exception) -> None:
        if answer.done():  # the request has been given up
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def ask() -> None:
        found: Iterable[Address] | Exception
        try:
            found = lookup(name, port)
        except Exception as error:
            found = error
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=ask, name="lookup", daemon=True).start()
    return await answer


def in_turn(addresses: Sequence[Address]) -> list[Address]:
    """IPv6 and IPv4 by turns, beginning with the first: where one of the two does not work, the
    other is not far."""
    like = [one for one in addresses if one.version == addresses[0].version]
    other = [one for one in addresses if one.version != addresses[0].version]
    mixed = chain.from_iterable(zip_longest(like, other))
    return [address for address in mixed if address is not None]


async def _connected(address: Address, scheme: str, host: str, port: int) -> Stream:
    loop = asyncio.get_running_loop()
    secure = scheme == "https"
    try:
        # an address, so nothing is looked up again
        _, stream = await loop.create_connection(
            Stream,
            str(address),
            port,
            ssl=trusted() if secure else None,
            server_hostname=host.removesuffix(".") if secure else None,
        )
    except ssl.SSLCertVerificationError as error:
        raise NetworkError(f"the certificate is not trusted: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise NetworkError(f"no secure connection: {_reason(error)}") from error
    except (OSError, ValueError) as error:
        raise NetworkError(f"cannot connect: {_reason(error)}") from error
    return stream


def _let_go(task: asyncio.Task[Stream]) -> None:
    """Closes a connection that was made although another had been quicker."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return str(error)


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that are trusted; reading them takes 20 ms, and a pass a new client."""
    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection, as httpcore wants to read and write it.

    `allowance`: how many bytes the other side may send from now on. Headers without end, and
    bodies that are all wrapping, are never bodies that could be counted; here all are.

    No operation has a time limit of its own: there is one for the whole.
    """

    def __init__(self) -> None:
        self.allowance = 0
        self._transport: asyncio.Transport | None = None
        self._waiting = bytearray()
        self._paused = False
        self._ended = False
        self._error: Exception | None = None
        self._news: asyncio.Future[None] | None = None

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) > HELD and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        self._tell()

    def eof_received(self) -> None:
        self._ended = True
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._error = exc
        self._tell()

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    # what httpcore calls

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while not self._waiting and not self._ended:
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        if not self._waiting and self._error is not None:
            raise NetworkError(f"the answer broke off: {_reason(self._error)}")
        data = bytes(self._waiting[:max_bytes])
        del self._waiting[:max_bytes]
        self.allowance -= len(data)
        if self.allowance < 0:
            raise NetworkError("more is sent than an answer could need")
        if self._paused and self._transport is not None and not self._ended:
            self._transport.resume_reading()
            self._paused = False
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # requests are small: they need not wait until the other side has read
        if self._transport is not None and buffer:
            self._transport.write(buffer)

    async def aclose(self) -> None:
        self.close()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def get_extra_info(self, info: str) -> Any:
        # what httpcore asks of a connection that rests: has it ended, or spoken out of turn?
        return bool(self._ended or self._waiting) if info == "is_readable" else None
