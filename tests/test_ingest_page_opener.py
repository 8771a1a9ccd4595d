"""Opening pages on a real server: manners, walls, redirects, failures, and being stopped."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import SourceError
from monitor.ingest.pages.apart import ReaderApart
from monitor.ingest.pages.forms import Fetched, NoPage, Page
from monitor.ingest.pages.opener import Opened, Opener, Wanted, leads_nowhere
from monitor.ingest.pages.page import page_of
from monitor.ingest.web.http import Http, Limits
from tests import page_layouts as its
from tests.servers import LoopbackServer, Reply, Request, redirect, serving

NOW = datetime(2025, 6, 12, 15, 0, tzinfo=UTC)
HTML = {"Content-Type": "text/html; charset=utf-8"}


async def here(fetched: Fetched) -> Page | NoPage:
    return page_of(fetched)


@pytest.fixture
def make() -> Iterator[Callable[..., Opener]]:
    made: list[Opener] = []

    def opener(*, deadline: float = 10.0, max_bytes: int = 500_000, read: object = here) -> Opener:
        limits = Limits(private=("127.0.0.1",))
        made.append(
            Opener(
                lambda: Http("monitor/test", limits),
                read,  # type: ignore[arg-type]
                "monitor",
                deadline,
                max_bytes,
            )
        )
        return made[-1]

    yield opener
    for one in made:
        one.close()


def opened(
    opener: Opener,
    *urls: str,
    now: datetime = NOW,
    stopping: Callable[[], bool] = lambda: False,
) -> dict[str, Opened]:
    """What came of each, by its address."""
    told: list[Opened] = []
    opener.open_all([Wanted(url, url) for url in urls], now, told.append, stopping)
    assert len({one.wanted.key for one in told}) == len(told)
    return {one.wanted.url: one for one in told}


def html(body: bytes, **more: str) -> Reply:
    return Reply(body=body, headers=HTML | more)


def asked(server: LoopbackServer) -> list[str]:
    return [request.path for request in server.requests]


def test_a_page_is_fetched_and_read(server: LoopbackServer, make: Callable[..., Opener]) -> None:
    packed = html(gzip.compress(its.news()), **{"Content-Encoding": "gzip"})
    server.route("/n", packed)
    url = server.url("/n")
    one = opened(make(), url)[url]
    assert isinstance(one.found, Page)
    assert one.found.text.split("\n") == list(its.PARAGRAPHS)
    assert one.trouble is None
    (robots, page) = server.requests
    assert robots.path == "/robots.txt"
    assert page.headers["user-agent"] == "monitor/test"


def test_robots_are_heeded_and_asked_once_for_all_passes(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private\n"))
    for path in ("/a", "/b", "/private/c"):
        server.route(path, html(its.news()))
    opener = make()
    urls = [server.url(path) for path in ("/a", "/private/c", "/b")]
    found = opened(opener, *urls)
    assert found[urls[1]].found == NoPage("robots")
    assert isinstance(found[urls[2]].found, Page)
    opened(opener, server.url("/a"), now=NOW + timedelta(minutes=1))
    assert asked(server) == ["/robots.txt", "/a", "/b", "/a"]


def test_a_site_whose_robots_cannot_be_had_is_left_alone(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/robots.txt", Reply(status=503))
    server.route("/a", html(its.news()))
    assert opened(make(), server.url("/a"))[server.url("/a")].found == NoPage("robots")
    assert asked(server) == ["/robots.txt"]


def test_robots_hold_for_where_a_redirect_leads(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private\n"))
    server.route("/a", redirect("/private/a"))
    server.route("/b", redirect("/c"))
    for path in ("/private/a", "/c"):
        server.route(path, html(its.news()))
    found = opened(make(), server.url("/a"), server.url("/b"))
    assert found[server.url("/a")].found == NoPage("robots")
    assert isinstance(found[server.url("/b")].found, Page)
    assert asked(server) == ["/robots.txt", "/a", "/b", "/c"]


def test_robots_of_another_site_hold_for_a_redirect_to_it(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    with serving() as other:
        other.route("/robots.txt", Reply(body=b"User-agent: monitor\nDisallow: /\n"))
        server.route("/a", redirect(other.url("/a"), 301))
        assert opened(make(), server.url("/a"))[server.url("/a")].found == NoPage("robots")
        assert asked(other) == ["/robots.txt"]


def test_one_page_of_a_site_at_a_time_and_sites_side_by_side(
    make: Callable[..., Opener],
) -> None:
    with serving() as one, serving() as other:
        meeting = threading.Barrier(2, timeout=10)

        def together(request: Request) -> Reply:
            meeting.wait()  # broken, and an error, where the two are not asked side by side
            return html(its.news())

        for server in (one, other):
            server.route("/1", together)
            server.route("/2", html(its.news()))
        urls = [server.url(path) for server in (one, other) for path in ("/1", "/2")]
        assert all(isinstance(each.found, Page) for each in opened(make(), *urls).values())
        assert (one.busiest, other.busiest) == (1, 1)


def test_a_wish_for_a_pause_between_requests_is_kept(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 30\n"))
    for path in ("/a", "/b"):
        server.route(path, html(its.news()))
    opener = make()
    first = opened(opener, server.url("/a"), server.url("/b"))
    assert list(first) == [server.url("/a")]
    # the next pass comes too early as well, and does not wait in it
    assert opened(opener, server.url("/b"), now=NOW + timedelta(seconds=5)) == {}
    assert asked(server) == ["/robots.txt", "/a"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_is_asked_too_much_is_left_alone_for_as_long_as_it_says(
    server: LoopbackServer, make: Callable[..., Opener], status: int
) -> None:
    busy = Reply(status=status, headers=HTML | {"Retry-After": "120"}, body=b"<html>busy</html>")
    server.route("/a", busy)
    server.route("/b", html(its.news()))
    opener = make()
    a, b = server.url("/a"), server.url("/b")
    reason = NoPage(f"status {status}")
    assert {url: one.found for url, one in opened(opener, a, b).items()} == {a: reason, b: reason}
    assert opened(opener, b, now=NOW + timedelta(seconds=119))[b].found == reason
    assert asked(server) == ["/robots.txt", "/a"]
    assert isinstance(opened(opener, b, now=NOW + timedelta(seconds=121))[b].found, Page)


def test_a_site_without_an_answer_is_left_alone_and_the_others_are_not(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/a", html(its.news()))
    with serving() as dead:
        dead.route("/1", Reply(body=b"<html>", headers=HTML, cut_at=3))
        urls = [dead.url("/1"), dead.url("/2"), server.url("/a")]
        found = opened(make(), *urls)
        assert found[urls[0]].found == found[urls[1]].found == NoPage("no answer")
        assert found[urls[0]].trouble is not None
        assert found[urls[0]].trouble.startswith(urls[0])
        assert found[urls[1]].trouble is None  # it was not asked
        assert isinstance(found[urls[2]].found, Page)
        assert asked(dead) == ["/robots.txt", "/1"]


def test_who_leads_on_is_not_to_blame_for_where_it_leads(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/b", html(its.news()))
    with serving() as dead:
        dead.route("/1", Reply(body=b"<html>", headers=HTML, cut_at=3))
        server.route("/a", redirect(dead.url("/1")))
        found = opened(make(), server.url("/a"), server.url("/b"))
    assert found[server.url("/a")].found == NoPage("no answer")
    assert isinstance(found[server.url("/b")].found, Page)


def test_a_page_that_is_too_large_or_drips_has_its_reason(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/large", html(its.news() + b" " * 2000))
    server.route("/next", html(its.news()))
    found = opened(make(max_bytes=len(its.news()) + 500), server.url("/large"), server.url("/next"))
    assert found[server.url("/large")].found == NoPage("too large")
    assert isinstance(found[server.url("/next")].found, Page)  # that was no fault of the site
    server.route("/drip", Reply(body=b"<html>", headers=HTML, drip=b"<p>word</p>"))
    dripping = opened(make(deadline=0.5), server.url("/drip"))
    assert dripping[server.url("/drip")].found == NoPage("no answer")


def test_what_is_no_page_of_an_article_is_not_asked_for(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    token = "CBMi" + "kAFBVV95cUxNUEF3Zk9aT0hX" * 5 + "-d_oc5"
    urls = [server.url("/"), server.url(f"/rss/articles/{token}?oc=5")]
    found = opened(make(), *urls)
    assert [found[url].found for url in urls] == [NoPage("index page"), NoPage("aggregator link")]
    assert asked(server) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/2025/06/12/" + "northwind-metals-wins-a-loan-" * 4 + "2025",
        "https://a.example/Northwind-Metals-Wins-Loan-12345-" + "And-Builds-" * 12,
        "https://a.example/?p=12",
        "https://a.example/article/CBMiABC123",
        "https://[broken",
    ],
)
def test_addresses_of_articles_are_asked_for(url: str) -> None:
    assert leads_nowhere(url) is None


def test_an_address_that_is_none_cannot_be_opened(make: Callable[..., Opener]) -> None:
    urls = ["ftp://a.example/x", "https://[broken", "nothing"]
    found = opened(make(), *urls)
    assert {one.found for one in found.values()} == {NoPage("robots")}


def test_a_page_that_cannot_be_read_costs_itself_alone(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    async def failing(fetched: Fetched) -> Page | NoPage:
        if fetched.url.endswith("/bad"):
            raise SourceError(fetched.url, "took longer than 8 seconds")
        return await here(fetched)

    for path in ("/bad", "/good"):
        server.route(path, html(its.news()))
    found = opened(make(read=failing), server.url("/bad"), server.url("/good"))
    assert found[server.url("/bad")].found == NoPage("unreadable")
    assert found[server.url("/bad")].trouble == f"{server.url('/bad')}: took longer than 8 seconds"
    assert isinstance(found[server.url("/good")].found, Page)


def test_a_mistake_of_ours_is_loud(server: LoopbackServer, make: Callable[..., Opener]) -> None:
    async def broken(fetched: Fetched) -> Page | NoPage:
        raise ZeroDivisionError

    server.route("/a", html(its.news()))
    with pytest.raises(ZeroDivisionError):
        opened(make(read=broken), server.url("/a"))


def test_a_stop_ends_it_at_once(server: LoopbackServer, make: Callable[..., Opener]) -> None:
    never = threading.Event()
    server.route("/a", Reply(wait=never))
    server.route("/b", html(its.news()))
    opener = make()
    stop = threading.Event()

    def stopping() -> bool:
        if "/a" in asked(server):
            stop.set()
        return stop.is_set()

    assert opened(opener, server.url("/a"), server.url("/b"), stopping=stopping) == {}
    stop.clear()
    # and what was stopped can be gone on with
    assert isinstance(opened(opener, server.url("/b"))[server.url("/b")].found, Page)


def test_passes_of_several_threads_share_what_is_known(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    server.route("/a", html(its.news()))
    opener, url = make(), server.url("/a")
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        for pool in (one, other, one):
            found = pool.submit(opened, opener, url).result()
            assert isinstance(found[url].found, Page)
    assert asked(server) == ["/robots.txt", "/a", "/a", "/a"]


def test_pages_are_read_in_a_child(server: LoopbackServer, make: Callable[..., Opener]) -> None:
    reader = ReaderApart()
    asyncio.run(make(read=reader).warm())
    try:
        for path, body in (("/a", its.news()), ("/b", its.consent()), ("/deep", its.deep())):
            server.route(path, html(body))
        urls = [server.url(path) for path in ("/a", "/b", "/deep")]
        found = opened(make(read=reader), *urls)
        assert isinstance(found[urls[0]].found, Page)
        assert found[urls[1]].found == NoPage("consent")
        assert found[urls[2]].found == NoPage("no text")
    finally:
        reader.close()


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_cut_off(
    server: LoopbackServer, make: Callable[..., Opener]
) -> None:
    text = "".join(f"<div><p>{one} {n}</p></div>" for n in range(20_000) for one in its.PARAGRAPHS)
    server.route("/huge", html(f"<html><body>{text}</body></html>".encode()))
    server.route("/a", html(its.news()))
    reader = ReaderApart(timeout=1.0)
    try:
        urls = [server.url(path) for path in ("/huge", "/a")]
        found = opened(make(read=reader, max_bytes=100_000_000, deadline=120.0), *urls)
        assert found[urls[0]].found == NoPage("unreadable")
        assert isinstance(found[urls[1]].found, Page)
    finally:
        reader.close()
