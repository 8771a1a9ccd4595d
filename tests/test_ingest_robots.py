from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.web import robots as module
from monitor.ingest.web.robots import KEPT, MOST_READ, RETRIED, Robots, origin_of, parse_robots
from tests.servers import LoopbackServer, Reply, redirect, serving
from tests.web import http

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)


def allowed(server: LoopbackServer, *paths: str, at: Sequence[datetime] = (NOW,)) -> list[bool]:
    """Whether each path may be read, asked at each moment by one client."""

    async def run() -> list[bool]:
        async with http() as client:
            robots = Robots(client, "Monitor/1.0")
            return [await robots.allows(server.url(path), now) for now in at for path in paths]

    return asyncio.run(run())


def reads(text: str, path: str, agent: str = "monitor") -> bool:
    rules = parse_robots(text.encode(), agent)
    return rules.can_fetch(f"https://publisher.example{path}", agent)


# what RFC 9309 says, example by example
@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("user-AGENT: MONITOR\ndisALLOW: /a", "/a/b", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        # the group that names the robot stands in for the one for all
        ("User-agent: *\nDisallow: /\nUser-agent: monitor\nDisallow: /b", "/a", True),
        ("User-agent: monitor\nDisallow: /a\nUser-agent: *\nDisallow: /b", "/b", True),
        ("User-agent: monitor/2.0\nDisallow: /a", "/a", False),
        ("User-agent: monitors\nDisallow: /a", "/a", True),
        # groups of the same robot are one
        ("User-agent: monitor\nDisallow: /a\n\nUser-agent: monitor\nDisallow: /b", "/a", False),
        ("User-agent: other\nUser-agent: monitor\nUser-agent: third\nDisallow: /a", "/a", False),
        # the longest match counts, not the first; of two as long, the one that allows
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        # wildcards and ends
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/a.pdf?b", True),
        ("User-agent: *\nDisallow: /a%3cd", "/a%3Cd", False),
        ("User-agent: *\nDisallow: /ü", "/%C3%BC", False),
        # what is no rule is passed over; a sitemap ends no group
        ("<html><body>Not found</body></html>", "/a", True),
        ("User-agent: *\nSitemap: /s\nDisallow: /a # for now", "/a", False),
        ("\ufeffUser-agent: *\r\nDisallow: /a\rDisallow: /b", "/b", False),
    ],
)
def test_the_rules_are_those_of_the_rfc(text: str, path: str, may: bool) -> None:
    assert reads(text, path) == may


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd(body: bytes) -> None:
    assert parse_robots(body, "monitor").can_fetch("https://a.example/b", "monitor") in (
        True,
        False,
    )


words = st.sampled_from(["User-agent: ", "useragent ", "User  Agent:", "Disallow: /", "x", ""])


@given(st.lists(st.tuples(words, st.text("abz*:/ ", max_size=5)), max_size=30))
def test_the_names_of_others_do_not_matter(lines: list[tuple[str, str]]) -> None:
    """The parser sees three robots at most, however many are named."""
    text = "\n".join(first + second for first, second in lines)
    assert len(parse_robots(text.encode(), "monitor")._user_agents) <= 3


def test_a_bomb_of_names_and_rules_is_parsed_like_any_other() -> None:
    names = "".join(f"User-agent: robot{n}\n" for n in range(12_000))
    rules = "".join(f"Disallow: /{n}\n" for n in range(15_000))
    parsed = parse_robots((names + rules).encode(), "monitor")
    assert sum(len(group._rules) for group in parsed._user_agents.values()) < 30_000


def test_what_is_beyond_the_size_that_is_read_is_not_heeded() -> None:
    first = "User-agent: *\nDisallow: /a\n"
    text = first + "#" * (MOST_READ - len(first)) + "\nDisallow: /b\n"
    assert not reads(text, "/a")
    assert reads(text, "/b")


def test_a_site_is_asked_once_a_day(server: LoopbackServer) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /a"), Reply(status=404))
    moments = (NOW, NOW + KEPT - timedelta(seconds=1), NOW + KEPT, NOW - timedelta(days=1))
    assert allowed(server, "/a", "/b", at=moments) == [False, True] * 2 + [True, True] * 2
    assert [request.path for request in server.requests] == ["/robots.txt"] * 3


def test_many_pages_of_a_site_wait_for_one_answer(server: LoopbackServer) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /1"))

    async def run() -> list[bool]:
        async with http() as client:
            robots = Robots(client, "monitor")
            asking = [robots.allows(server.url(f"/{n}"), NOW) for n in range(5)]
            return await asyncio.gather(*asking)

    assert asyncio.run(run()) == [True, False, True, True, True]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "may"), [(404, True), (403, True), (410, True), (429, False), (500, False)]
)
def test_what_a_status_means(server: LoopbackServer, status: int, may: bool) -> None:
    server.route("/robots.txt", Reply(status=status, body=b"User-agent: *\nDisallow: /"))
    assert allowed(server, "/a") == [may]


def test_a_site_without_an_answer_is_asked_again_sooner(server: LoopbackServer) -> None:
    server.route("/robots.txt", Reply(status=503), Reply(status=404))
    soon = NOW + RETRIED - timedelta(seconds=1)
    assert allowed(server, "/a", at=(NOW, soon, NOW + RETRIED)) == [False, False, True]
    assert len(server.requests) == 2


def test_what_was_known_holds_while_there_is_no_answer(server: LoopbackServer) -> None:
    rules = Reply(body=b"User-agent: *\nDisallow: /a")
    server.route("/robots.txt", rules, Reply(status=503), Reply(status=404))
    later = NOW + KEPT
    assert allowed(server, "/a", "/b", at=(NOW, later)) == [False, True] * 2
    assert len(server.requests) == 2


def test_redirects_are_followed_and_the_rules_are_those_of_the_site(
    server: LoopbackServer,
) -> None:
    with serving() as other:
        server.route("/robots.txt", redirect(other.url("/rules")))
        other.route("/rules", Reply(body=b"User-agent: *\nDisallow: /a"))
        assert allowed(server, "/a", "/b") == [False, True]


def test_an_answer_without_end_is_none(server: LoopbackServer) -> None:
    server.route("/robots.txt", Reply(drip=b"#" * 500_000))
    assert allowed(server, "/a") == [False]


def test_what_is_no_page_is_not_allowed(server: LoopbackServer) -> None:
    async def run() -> list[bool]:
        async with http() as client:
            robots = Robots(client, "monitor")
            odd = ["", "/a", "ftp://a.example/", "http://", "http://[", "http://a.example:x/"]
            return [await robots.allows(url, NOW) for url in odd]

    assert asyncio.run(run()) == [False] * 6


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Me:pw@A.example/b?c", "https://a.example"),
        ("http://a.example:8080/", "http://a.example:8080"),
        ("http://[::1]:80/", "http://[::1]:80"),
    ],
)
def test_the_origin_of_a_page(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("written", "seconds"), [("2.5", 2.5), ("86400", 60.0), ("soon", 0.0), ("-1", 0.0)]
)
def test_the_delay_that_a_site_wants(server: LoopbackServer, written: str, seconds: float) -> None:
    body = f"User-agent: monitor\nCrawl-delay: {written}\n".encode()
    server.route("/robots.txt", Reply(body=body))

    async def run() -> list[float]:
        async with http() as client:
            with serving() as other:
                other.route("/robots.txt", Reply(status=503))
                robots = Robots(client, "monitor")
                urls = (server.url("/a"), other.url("/a"))
                return [await robots.delay(url, NOW) for url in urls]

    assert asyncio.run(run()) == [seconds, 0.0]


def test_sites_are_forgotten_when_there_are_too_many(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SITES", 2)

    async def run() -> int:
        async with http() as client:
            robots = Robots(client, "monitor")
            with serving() as second, serving() as third:
                for site in (server, second, server, third, server, second):
                    assert await robots.allows(site.url("/a"), NOW)
                return len(second.requests)

    assert asyncio.run(run()) == 2
    assert len(server.requests) == 1
