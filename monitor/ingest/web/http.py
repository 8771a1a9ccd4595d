"""The one way out to publishers: GET over HTTP, bounded in time, size and number.

What is bounded where: the addresses that may be visited in addresses.py, the bytes of a connection
in network.py, of a head in connections.py, the number of requests in turns.py, what comes out of a
compressed body in decode.py; here the whole of a request, its redirects, its body.

Nothing of one request is left for the next but an open connection: there are no cookies. A user's
name and password go to the origin that was asked and to no other.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, cast
from urllib.parse import unquote, urlsplit, urlunsplit

import httpcore
import httpx

from monitor.errors import SourceError
from monitor.ingest.web.addresses import Allowed
from monitor.ingest.web.connections import HEAD, Connection, Connections, Origin
from monitor.ingest.web.decode import ACCEPTED, BodyError, TooLargeError, decoder
from monitor.ingest.web.network import Lookup, Network, NetworkError, system_lookup
from monitor.ingest.web.turns import Turns

MAX_REDIRECTS = 5
PERMANENT = frozenset({301, 308})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SECRET = frozenset({"authorization", "cookie"})  # headers that are for none but who was asked
MOST_HEADERS = 256
LONGEST_SHOWN = 500  # characters of an address or a reason that a server may put before a person
PORTS = {"http": 80, "https": 443}
# what a body may take on the line beside what it holds: the wrapping of its pieces, and of these
# some servers make one of every line
MOST_PIECES = 5000
PIECE = 64


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. Header names are lower-case; values are Latin-1, so that sending one
    back gives the same bytes."""

    status: int
    url: str  # where the redirects led
    headers: Mapping[str, str]
    body: bytes  # unpacked
    # where an unbroken chain of permanent redirects led, to be asked from now on. None for an
    # address with a password, which would not be in it and which nothing may write down.
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """`deadline`: seconds for a whole `get`, redirects included, waiting for a turn not.
    `max_bytes`: of a body, unpacked. `per_host`: requests under way at once to one host and port.
    `spacing`: seconds between the starts of two of them. `connections`: requests under way at once
    that are answered within `patience` seconds; four times as many may take longer.
    `private`: networks ("10.1.0.0/16"), addresses and host names that may be visited although they
    are not public.
    """

    deadline: float = 20.0
    max_bytes: int = 5_000_000
    per_host: int = 2
    spacing: float = 0.0
    connections: int = 50
    private: tuple[str, ...] = ()
    patience: float = 1.0


May = Callable[[str], Awaitable[bool]]


class Place(NamedTuple):
    """An address, taken apart into what a request needs."""

    url: httpx.URL  # without a name and password
    origin: Origin
    target: bytes  # path and query
    host: bytes  # as the header of this name has it


class Hop(NamedTuple):
    """One request's: `onward` is where a redirect leads, `took` the seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    onward: str | None
    took: float


class Http:
    """An async context manager. What is known of hosts (when they were asked last, which are
    silent) is known for as long as this lives."""

    def __init__(self, user_agent: str, limits: Limits, *, lookup: Lookup = system_lookup) -> None:
        self._limits = limits
        self._usual = {
            "accept": "*/*",
            "accept-encoding": ACCEPTED,
            "user-agent": user_agent.encode().decode("latin-1"),
        }
        network = Network(Allowed.of(limits.private), lookup)
        self._connections = Connections(network, kept=limits.connections)
        self._turns = Turns(
            per_host=limits.per_host, quick=limits.connections, patience=limits.patience
        )

    async def __aenter__(self) -> Http:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connections.close()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] = {},
        deadline: float | None = None,
        max_bytes: int | None = None,
        spacing: float | None = None,
        may: May | None = None,
    ) -> Answer:
        """The answer, whatever its status. SourceError where there is none to be had.

        `deadline`, `max_bytes` and `spacing` stand in for those of the limits. `may` is asked of
        each address that a redirect leads to; where it says no, the redirect is the answer.
        """
        limits = self._limits
        whole = limits.deadline if deadline is None else deadline
        most = limits.max_bytes if max_bytes is None else max_bytes
        apart = limits.spacing if spacing is None else spacing
        try:
            return await self._follow(url, headers, whole, most, apart, may)
        except TimeoutError as error:
            raise SourceError(shown(url), f"no whole answer in {whole:g} s") from error
        except (NetworkError, BodyError) as error:
            raise SourceError(shown(url), _printable(str(error))) from error
        except (httpcore.LocalProtocolError, httpx.InvalidURL, UnicodeError) as error:
            raise SourceError(shown(url), f"cannot be asked: {_printable(str(error))}") from error
        except httpcore.RemoteProtocolError as error:
            raise SourceError(shown(url), _misspoken(str(error))) from error

    async def _follow(
        self,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
        max_bytes: int,
        spacing: float,
        may: May | None,
    ) -> Answer:
        """Asks, and follows the redirects. Raises what `get` puts into words."""
        asked = httpx.URL(url)
        place = first = _place(asked)
        secret = _credentials(asked)
        sent: list[tuple[bytes, bytes]] = []
        given = {name.lower(): text for name, text in headers.items()}
        for name, text in (self._usual | given).items():
            into = secret if name in SECRET else sent
            into.append((name.encode("ascii"), text.encode("latin-1")))
        moved: httpx.URL | None = None
        unbroken = not secret
        for hop_no in range(MAX_REDIRECTS + 1):
            with_secret = [*sent, *secret] if _may_know(first.origin, place.origin) else sent
            turn = self._turns.at(
                place.origin.host, place.origin.port, spacing=spacing, blamed=hop_no == 0
            )
            async with turn:
                hop = await self._hop(place, with_secret, seconds, max_bytes)
            if hop.onward is None:
                to = None if moved is None else str(moved)
                return Answer(hop.status, str(place.url), hop.headers, hop.body, to)
            seconds -= hop.took
            there = _place(place.url.join(hop.onward))
            if may is not None and not await may(str(there.url)):
                return Answer(hop.status, str(place.url), hop.headers, hop.body)
            place = there
            unbroken = unbroken and hop.status in PERMANENT
            moved = place.url if unbroken else moved
        raise NetworkError(f"redirects more than {MAX_REDIRECTS} times")

    async def _hop(
        self, place: Place, headers: list[tuple[bytes, bytes]], seconds: float, max_bytes: int
    ) -> Hop:
        clock = asyncio.get_running_loop().time
        begun = clock()
        async with asyncio.timeout_at(begun + max(seconds, 0.0)):
            request = httpcore.Request(
                b"GET",
                httpcore.URL(
                    scheme=place.origin.scheme.encode(),
                    host=place.origin.host.encode(),
                    port=place.origin.port,
                    target=place.target,
                ),
                headers=[(b"host", place.host), *headers],
            )
            connection, response = await self._send(place.origin, request)
            try:
                found = _headers(response.headers)
                onward = _onward(response.status, found)
                body = b""
                # the body of a redirect is not waited for, only a connection that can be used
                # again if there is none
                if onward is None or found.get("content-length") == "0":
                    body = await _body(connection, response, found, max_bytes)
            finally:
                await response.aclose()
                self._connections.give_back(connection)
        return Hop(response.status, found, body, onward, clock() - begun)

    async def _send(
        self, origin: Origin, request: httpcore.Request
    ) -> tuple[Connection, httpcore.Response]:
        """The head of the answer. A server may hang up on a connection that rests just as it is
        used again; then the request has not been read, and is sent once more on a new one."""
        while True:
            connection, used = await self._connections.take(origin)
            wire = connection.wire
            wire.allowance = heard = 2 * HEAD
            try:
                return connection, await connection.handle_async_request(request)
            except BaseException as error:
                wire.close()
                hung_up = isinstance(error, (NetworkError, httpcore.RemoteProtocolError))
                if not (used and hung_up and wire.allowance == heard):
                    raise


async def _body(
    connection: Connection, response: httpcore.Response, headers: Mapping[str, str], max_bytes: int
) -> bytes:
    unpack = decoder(headers.get("content-encoding", ""), 2 * max_bytes + HEAD)
    connection.wire.allowance = 2 * max_bytes + HEAD
    body = bytearray()
    pieces = size = 0
    async for chunk in cast(AsyncIterator[bytes], response.stream):
        pieces += 1
        size += len(chunk)
        if pieces > MOST_PIECES + size // PIECE:
            raise BodyError("the answer is in too many pieces")
        for part in unpack.feed(chunk):
            body += part
            if len(body) > max_bytes:
                raise TooLargeError(f"the answer is larger than {max_bytes} bytes")
    if size:
        unpack.finish()
    return bytes(body)


def _place(url: httpx.URL) -> Place:
    """Raises NetworkError for what is not visited."""
    scheme = url.scheme
    if scheme not in PORTS:
        raise NetworkError("only http and https addresses are visited")
    host = url.raw_host.decode("ascii")
    if not host.strip("."):
        raise NetworkError("not an address that can be visited: it names no host")
    if url.userinfo:
        url = url.copy_with(userinfo=b"")
    origin = Origin(scheme, host, PORTS[scheme] if url.port is None else url.port)
    return Place(url, origin, url.raw_path, url.netloc)


def _credentials(url: httpx.URL) -> list[tuple[bytes, bytes]]:
    if not url.userinfo:
        return []
    name, _, password = url.userinfo.partition(b":")
    pair = f"{unquote(name.decode())}:{unquote(password.decode())}"
    return [(b"Authorization", b"Basic " + b64encode(pair.encode()))]


def _may_know(asked: Origin, now: Origin) -> bool:
    """Whether a password for one origin may be sent to the other: the same, or its secure self."""
    secure = Origin("https", asked.host, 443)
    return now == asked or (now == secure and asked == Origin("http", asked.host, 80))


def _onward(status: int, headers: Mapping[str, str]) -> str | None:
    if status not in REDIRECTS:
        return None
    location = headers.get("location", "").strip()
    try:  # some write it in UTF-8, which no standard foresees and all browsers understand
        return location.encode("latin-1").decode() or None
    except UnicodeDecodeError:
        return location


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    if len(raw) > MOST_HEADERS:
        raise NetworkError(f"the answer has more than {MOST_HEADERS} headers")
    found: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _misspoken(said: str) -> str:
    """What h11 says of an answer that is not as HTTP wants it, or ends before its end."""
    broke_off = "closed connection" in said or "disconnected" in said
    return f"the answer {'broke off' if broke_off else 'is no HTTP'}: {_printable(said)}"


def shown(url: str) -> str:
    """`url` as it may be printed: without a user's name and password, on one line, not too long."""
    try:
        parts = urlsplit(url)
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        pass
    return _printable(url)


def _printable(text: str) -> str:
    """Servers have a hand in what is told of them; none may steer a terminal or break a line."""
    cut = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in cut)
