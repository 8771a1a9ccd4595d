"""The one way out to news sources: GET over HTTP, bounded in time, size and number.

httpx has time limits for each network operation and none for the whole, and unpacks what it reads
without a bound; both are mended here. Rules on which addresses may be visited belong in
`Http._hop`, which every request and every redirect passes through.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

import httpx

from monitor.errors import SourceError
from monitor.ingest.web.decode import ACCEPTED, BodyError, decoder

MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. Header names are lower-case; values are Latin-1, so that sending one
    back gives the same bytes."""

    status: int
    url: str  # where the redirects led
    headers: Mapping[str, str]
    body: bytes  # unpacked


class Http:
    """An async context manager around one pooled client.

    `deadline`: seconds for a whole `get`, redirects included, waiting for a free connection not.
    `max_bytes`: of a body, unpacked. `per_host`: requests under way at once to one host.
    """

    def __init__(
        self,
        user_agent: str,
        deadline: float,
        max_bytes: int,
        per_host: int,
        connections: int = 50,
    ) -> None:
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._per_host = per_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        # as large as the pool: nobody waits inside the pool, where waiting would count as time out
        self._slots = asyncio.Semaphore(connections)
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent, "Accept-Encoding": ACCEPTED},
            timeout=None,  # the deadline is for the whole, and is kept in `_hop`
            verify=_trusted(),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            follow_redirects=False,
        )

    async def __aenter__(self) -> Http:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def get(self, url: str, *, headers: Mapping[str, str] = {}) -> Answer:
        """The answer, whatever its status. SourceError where there is none to be had."""
        sent = {name.encode("ascii"): value.encode("latin-1") for name, value in headers.items()}
        left = self._deadline
        try:
            request: httpx.Request = self._client.build_request("GET", url, headers=sent)
            for _ in range(MAX_REDIRECTS + 1):
                answer, onward, took = await self._hop(request, left)
                if onward is None:
                    return answer
                request, left = onward, left - took
        except TimeoutError as error:
            raise SourceError(shown(url), f"no whole answer in {self._deadline:g} s") from error
        except BodyError as error:
            raise SourceError(shown(url), str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise SourceError(shown(url), _in_plain_words(error)) from error
        raise SourceError(shown(url), f"redirects more than {MAX_REDIRECTS} times")

    async def _hop(
        self, request: httpx.Request, seconds: float
    ) -> tuple[Answer, httpx.Request | None, float]:
        """One request: its answer, the request a redirect leads to, the seconds it took."""
        host = self._hosts.setdefault(request.url.host, asyncio.Semaphore(self._per_host))
        # the host first: who waits for a busy host must not keep others from theirs
        async with host, self._slots:
            clock = asyncio.get_running_loop().time
            begun = clock()
            async with asyncio.timeout(max(seconds, 0)):
                response = await self._client.send(request, stream=True)
                try:
                    onward = response.next_request
                    body = b"" if onward else await self._body(response)
                finally:
                    await response.aclose()
            took = clock() - begun
        answer = Answer(response.status_code, str(response.url), _headers(response), body)
        return answer, onward, took

    async def _body(self, response: httpx.Response) -> bytes:
        unpack = decoder(response.headers.get("content-encoding", ""))
        if unpack is None:
            raise BodyError("the answer is compressed in a way that was not asked for")
        too_large = BodyError(f"the answer is larger than {self._max_bytes} bytes")
        body = bytearray()
        async for chunk in response.aiter_raw():
            for part in unpack.feed(chunk):
                body += part
                if len(body) > self._max_bytes:
                    raise too_large
        if body:
            unpack.finish()
        return bytes(body)


def shown(url: str) -> str:
    """`url` as it may be printed: without a user's name and password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted; reading them takes 20 ms, and a pass a new client."""
    return httpx.create_ssl_context()


def _headers(response: httpx.Response) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _in_plain_words(error: Exception) -> str:
    match error:
        case httpx.UnsupportedProtocol():
            return "only http and https addresses are visited"
        case httpx.InvalidURL() | UnicodeError():
            return f"not an address that can be visited: {error}"
        case httpx.ConnectError():
            return f"cannot connect: {error}"
        case httpx.RemoteProtocolError() | httpx.ReadError():
            return f"the answer broke off: {error}"
        case _:
            return f"cannot be fetched: {error or type(error).__name__}"
