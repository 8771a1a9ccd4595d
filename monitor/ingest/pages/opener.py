"""From an item's address to the article on its page: robots.txt, the request, the reading.

A visitor with manners: what robots.txt forbids is not asked for, one page of a site is asked for
at a time, and a site that does not answer, or asks to be left alone, is left alone for a while.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from monitor.errors import SourceError
from monitor.ingest.pages.forms import Fetched, NoPage, Page
from monitor.ingest.sources import retry_after
from monitor.ingest.web.decode import TooLargeError
from monitor.ingest.web.http import Answer, Http
from monitor.ingest.web.robots import Robots, origin_of

ROBOTS: Final = "robots"
NO_ANSWER: Final = "no answer"
TOO_LARGE: Final = "too large"
UNREADABLE: Final = "unreadable"
LEADS_ON: Final = "aggregator link"
FRONT: Final = "index page"

PAUSE = timedelta(minutes=10)  # for which a site without an answer is left alone
BUSY = frozenset({429, 503})
NOTHING = Fetched("", "", 200, "text/html", b"")
STOP_CHECK = 0.2  # seconds between two looks at whether we are asked to stop
# the last part of a path that is one long word of letters and figures names no article: it is a
# record of an aggregator, whose page leads on by a script
TOKEN = re.compile(r"(?=[^/]*\d)(?=[^/]*[a-z])(?=[^/]*[A-Z])[A-Za-z0-9_=]+(?:-[A-Za-z0-9_=]+){0,9}")
LONG = 100  # characters

Read = Callable[[Fetched], Awaitable[Page | NoPage]]


@dataclass(frozen=True, slots=True)
class Wanted:
    key: str  # whose page it is, for whoever asked
    url: str


@dataclass(frozen=True, slots=True)
class Opened:
    wanted: Wanted
    found: Page | NoPage
    trouble: str | None = None  # what went wrong that is nobody's wish, in words for a person


@dataclass(frozen=True, slots=True)
class _Pause:
    until: datetime
    reason: str


class Opener:
    """Keeps one client, what robots.txt said, and who is to be left alone, from pass to pass.

    `deadline`: seconds for one page, and for beginning with one; `max_bytes`: of one, unpacked.
    Not for several threads at once.
    """

    def __init__(
        self, http: Callable[[], Http], read: Read, agent: str, deadline: float, max_bytes: int
    ) -> None:
        self._new_http = http
        self._read = read
        self._agent = agent
        self._deadline = deadline
        self._max_bytes = max_bytes
        # one loop for all passes: the client belongs to it
        self._runner = asyncio.Runner()
        self._web: tuple[Http, Robots] | None = None
        self._paused: dict[str, _Pause] = {}
        self._next: dict[str, float] = {}  # by the loop's clock, when a site may be asked again

    def open_all(
        self,
        wanted: Sequence[Wanted],
        now: datetime,
        tell: Callable[[Opened], None],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        """Tells what came of each, as it comes. Nothing is told of those whose turn did not come
        within the deadline, and of those under way when a stop is asked for."""
        self._paused = {site: one for site, one in self._paused.items() if one.until > now}
        self._runner.run(self._all(wanted, now, tell, stopping))

    async def warm(self) -> None:
        """Makes ready what reads pages. In any event loop, also while pages are opened."""
        await self._read(NOTHING)

    def close(self) -> None:
        if self._web is not None:
            self._runner.run(self._web[0].__aexit__(None, None, None))
            self._web = None
        self._runner.close()

    async def _all(
        self,
        wanted: Sequence[Wanted],
        now: datetime,
        tell: Callable[[Opened], None],
        stopping: Callable[[], bool],
    ) -> None:
        if self._web is None:
            http = await self._new_http().__aenter__()
            self._web = http, Robots(http, self._agent)
        moment = asyncio.get_running_loop().time()
        self._next = {site: turn for site, turn in self._next.items() if turn > moment}
        until = moment + self._deadline
        tasks = {
            asyncio.create_task(self._site(group, now, until, tell)) for group in by_site(wanted)
        }
        try:
            pending = tasks
            while pending and not stopping():
                _, pending = await asyncio.wait(pending, timeout=STOP_CHECK)
        finally:
            for task in tasks:
                task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):  # a mistake of ours, or of the store
                raise outcome

    async def _site(
        self,
        group: Sequence[Wanted],
        now: datetime,
        until: float,
        tell: Callable[[Opened], None],
    ) -> None:
        """The pages of one site, one after the other."""
        clock = asyncio.get_running_loop().time
        for one in group:
            site = origin_of(one.url) or ""
            turn = max(clock(), self._next.get(site, 0.0))
            if turn > until:
                return
            await asyncio.sleep(turn - clock())
            if site in self._paused:
                tell(Opened(one, NoPage(self._paused[site].reason)))
            else:
                tell(await self._open(one, site, now))

    async def _open(self, one: Wanted, site: str, now: datetime) -> Opened:
        assert self._web is not None
        http, robots = self._web
        useless = leads_nowhere(one.url)
        if useless is not None:
            return Opened(one, NoPage(useless))
        way: list[str] = []  # the addresses that were asked, in order
        forbidden: list[str] = []

        async def may(url: str) -> bool:
            allowed = await robots.allows(url, now)
            (way if allowed else forbidden).append(url)
            return allowed

        if not await may(one.url):
            return Opened(one, NoPage(ROBOTS))
        # kept here and not by the client, which counts the request for robots.txt, too
        self._next[site] = asyncio.get_running_loop().time() + await robots.delay(one.url, now)
        try:
            answer = await http.get(
                one.url, deadline=self._deadline, max_bytes=self._max_bytes, may=may
            )
        except SourceError as error:
            if isinstance(error.__cause__, TooLargeError):
                return Opened(one, NoPage(TOO_LARGE))
            # of the last one: what leads to many sites is not to blame for one of them
            self._paused[origin_of(way[-1]) or site] = _Pause(now + PAUSE, NO_ANSWER)
            return Opened(one, NoPage(NO_ANSWER), str(error))
        if forbidden:
            return Opened(one, NoPage(ROBOTS))
        self._heed(origin_of(answer.url) or site, answer, now)
        try:
            return Opened(one, await self._read(fetched(one.url, answer)))
        except SourceError as error:
            return Opened(one, NoPage(UNREADABLE), str(error))

    def _heed(self, site: str, answer: Answer, now: datetime) -> None:
        """Leaves alone a site that says that it is asked too much."""
        if answer.status in BUSY:
            seconds = retry_after(answer.headers, now)
            pause = PAUSE if seconds is None else timedelta(seconds=seconds)
            self._paused[site] = _Pause(now + pause, f"status {answer.status}")


def fetched(asked: str, answer: Answer) -> Fetched:
    return Fetched(
        asked, answer.url, answer.status, answer.headers.get("content-type"), answer.body
    )


def by_site(wanted: Iterable[Wanted]) -> list[list[Wanted]]:
    groups: dict[str | None, list[Wanted]] = {}
    for one in wanted:
        groups.setdefault(origin_of(one.url), []).append(one)
    return list(groups.values())


def leads_nowhere(url: str) -> str | None:
    """Why an address is not worth asking, by itself."""
    with suppress(ValueError):
        parts = urlsplit(url)
        path = parts.path.strip("/")
        if not path and not parts.query:
            return FRONT
        last = path.rpartition("/")[2]
        if len(last) >= LONG and TOKEN.fullmatch(last):
            return LEADS_ON
    return None
