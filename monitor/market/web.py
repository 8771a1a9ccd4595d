"""GET over HTTP for price sources: bounded in time, size and redirects.

httpx has time limits for each network operation and none for the whole, so a server that sends a
byte a second is never done; here one deadline covers all of it. Every call has a thread and an
event loop of its own, because a provider is also used from inside a running loop.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import httpx

MAX_REDIRECTS = 3


class WebError(Exception):
    """There is no whole answer: why, in words that hold neither headers nor query."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, whatever its status. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Web:
    """`deadline`: seconds for a whole `get`, redirects included. `max_bytes`: of a body, unpacked.

    A redirect to another host is followed without the Authorization header.
    """

    deadline: float
    max_bytes: int

    def get(
        self,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Raises WebError."""
        asked = self._ask(url, query, headers or {})
        with ThreadPoolExecutor(1, "prices") as worker:
            return worker.submit(asyncio.run, asked).result()

    async def _ask(
        self, url: str, query: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> Answer:
        client = httpx.AsyncClient(
            timeout=None,  # the deadline is for the whole
            verify=_trusted(),
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
        )
        try:
            async with (
                asyncio.timeout(self.deadline),
                client,
                client.stream("GET", url, params=query, headers=headers) as answer,
            ):
                body = bytearray()
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > self.max_bytes:
                        raise WebError(f"longer than {self.max_bytes} bytes")
                given = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status_code, given, bytes(body))
        except TimeoutError as error:
            raise WebError(f"not finished after {self.deadline:g} s") from error
        except httpx.TooManyRedirects as error:
            raise WebError(f"redirects more than {MAX_REDIRECTS} times") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise WebError(str(error) or type(error).__name__) from error


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # takes tens of milliseconds: once a process
