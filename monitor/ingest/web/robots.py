"""What a site's robots.txt lets this program read, by RFC 9309."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from monitor.errors import SourceError
from monitor.ingest.web.http import Http

KEPT = timedelta(days=1)  # the longest that the RFC lets an answer be used
RETRIED = timedelta(minutes=30)  # when a site without an answer is asked again
MOST_READ = 500 * 1024  # bytes; the RFC asks that at least so many are heeded
MOST_SENT = 4 * MOST_READ
MOST_SITES = 2000
LONGEST_DELAY = 60.0  # seconds; who asks for more means "do not come", and has a rule for that
NEVER = datetime.min.replace(tzinfo=UTC)

# as the parser reads it, which forgives a missing colon; the name ends before a version
USER_AGENT = re.compile(r"\s*user(?:-|\s+)?agent\b[\s:]*(\*|[a-z_-]*)", re.IGNORECASE)


@dataclass(slots=True)
class _Site:
    """`rules` is None where nothing may be read, for want of an answer."""

    rules: Protego | None = None
    asked_at: datetime = NEVER
    until: datetime = NEVER
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """`agent`: the name by which rules are looked up ("monitor", without a version)."""

    def __init__(self, http: Http, agent: str) -> None:
        self._http = http
        self._agent = agent.partition("/")[0].strip().lower()
        self._sites: OrderedDict[str, _Site] = OrderedDict()

    async def allows(self, url: str, now: datetime) -> bool:
        """Whether the page may be read. A site whose robots.txt cannot be had (5xx, no answer) is
        left alone for now; one that has none (4xx) may be read."""
        rules = await self._rules(url, now)
        return rules is not None and rules.can_fetch(url, self._agent)

    async def delay(self, url: str, now: datetime) -> float:
        """Seconds that the site wants between two requests, at most a minute; 0.0: it does not
        say. To be handed to `Http.get` as `spacing`, where it is more than that is anyway."""
        rules = await self._rules(url, now)
        wanted = rules.crawl_delay(self._agent) if rules is not None else None
        return min(wanted or 0.0, LONGEST_DELAY)

    async def _rules(self, url: str, now: datetime) -> Protego | None:
        origin = origin_of(url)
        if origin is None:
            return None
        site = self._sites.setdefault(origin, _Site())
        self._sites.move_to_end(origin)
        while len(self._sites) > MOST_SITES:
            self._sites.popitem(last=False)
        async with site.asking:  # many pages of one site wait for one answer
            # the former: the clock was set back
            if not site.asked_at <= now < site.until:
                await self._ask(site, origin, now)
        return site.rules

    async def _ask(self, site: _Site, origin: str, now: datetime) -> None:
        try:
            answer = await self._http.get(f"{origin}/robots.txt", max_bytes=MOST_SENT)
            status, body = answer.status, answer.body
        except SourceError:
            status, body = 0, b""
        site.asked_at = now
        site.until = now + KEPT
        if 200 <= status < 300:
            # in a thread: a large one takes a tenth of a second, in which all others would wait
            site.rules = await asyncio.to_thread(parse_robots, body, self._agent)
        elif 400 <= status < 500 and status != 429:
            site.rules = Protego.parse("")
        else:
            # what was known before holds on until there is something better
            site.until = now + RETRIED


def origin_of(url: str) -> str | None:
    """Scheme, host and port, for which one robots.txt stands; None where `url` has none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + ("" if port is None else f":{port}")


def parse_robots(body: bytes, agent: str) -> Protego:
    """The rules that are for `agent` or for all. Pure.

    The parser keeps the rules of a group once for each robot that the group names; ten thousand
    names over ten thousand rules would fill the memory. So the names of other robots become one
    before it sees them.
    """
    text = body[:MOST_READ].decode("utf-8-sig", "replace")
    return Protego.parse("\n".join(_for(agent, line) for line in text.splitlines()))


def _for(agent: str, line: str) -> str:
    named = USER_AGENT.match(line)
    if named is None:
        return line
    name = named[1].lower()
    return f"User-agent: {name if name in ('*', agent) else 'another'}"
