from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from monitor.errors import SourceError
from monitor.ingest.poll import poll_all
from monitor.ingest.sources import Feed, Source, retry_after
from monitor.ingest.web.http import Http
from monitor.model import Cursor, Polled, PollFailed, PollOutcome
from tests.servers import LoopbackServer, Reply, gzip_bomb, redirect

NOTHING_KNOWN = Cursor()
NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)
FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Ore Daily</title><item>'
    b"<title>Magnets run short</title><guid>g1</guid><link>/a</link>"
    b"<pubDate>Thu, 12 Jun 2025 11:00:00 GMT</pubDate></item></channel></rss>"
)


def poll(
    *sources: Source, cursor: Cursor = NOTHING_KNOWN, deadline: float = 5
) -> list[PollOutcome]:
    async def run() -> list[PollOutcome]:
        async with Http("tester/1", deadline, 100_000, per_host=4) as http:
            return await poll_all([(source, cursor) for source in sources], http, NOW)

    return asyncio.run(run())


def test_a_feed_gives_items_and_validators(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=FEED, etag='W/"1"', last_modified="whenever"))
    (outcome,) = poll(Feed("ore", server.url("/feed")))
    assert isinstance(outcome, Polled)
    (item,) = outcome.items
    assert (item.source, item.outlet, item.guid) == ("ore", "Ore Daily", "g1")
    assert (item.title, item.url) == ("Magnets run short", server.url("/a"))
    assert item.published_at == datetime(2025, 6, 12, 11, tzinfo=UTC)
    assert item.seen_at == NOW
    assert outcome.cursor == Cursor('W/"1"', "whenever")
    assert not outcome.not_modified
    assert outcome.notes == ()


def test_links_are_read_from_where_a_redirect_led(server: LoopbackServer) -> None:
    server.route("/old", redirect("/sub/feed"))
    server.route("/sub/feed", Reply(body=FEED.replace(b"/a<", b"a<")))
    (outcome,) = poll(Feed("ore", server.url("/old"), outlet="Ore"))
    assert isinstance(outcome, Polled)
    assert (outcome.items[0].url, outcome.items[0].outlet) == (server.url("/sub/a"), "Ore")


@pytest.mark.parametrize("known", [Cursor('"1"'), Cursor(None, "whenever")])
def test_an_unchanged_feed_is_not_sent_again(server: LoopbackServer, known: Cursor) -> None:
    server.route("/feed", Reply(body=FEED, etag='"1"', last_modified="whenever"))
    (outcome,) = poll(Feed("ore", server.url("/feed")), cursor=known)
    assert outcome == Polled("ore", (), Cursor('"1"', "whenever"), not_modified=True)
    headers = server.requests[0].headers
    assert headers.get("if-none-match") == known.etag
    assert headers.get("if-modified-since") == known.last_modified


def test_a_304_that_names_no_validators_keeps_the_old_ones(server: LoopbackServer) -> None:
    server.route("/feed", Reply(status=304))
    known = Cursor('"1"', "whenever")
    (outcome,) = poll(Feed("ore", server.url("/feed")), cursor=known)
    assert outcome == Polled("ore", (), known, not_modified=True)


def test_a_304_that_nobody_asked_for_is_a_failure(server: LoopbackServer) -> None:
    server.route("/feed", Reply(status=304))
    (outcome,) = poll(Feed("ore", server.url("/feed")))
    assert isinstance(outcome, PollFailed)
    assert outcome.status == 304


@pytest.mark.parametrize(
    ("reply", "status", "wait"),
    [
        (Reply(status=404), 404, None),
        (Reply(status=429, headers={"Retry-After": "120"}), 429, 120.0),
        (
            Reply(status=503, headers={"Retry-After": "Thu, 12 Jun 2025 12:05:00 GMT"}),
            503,
            300.0,
        ),
    ],
)
def test_a_refusal_is_told_with_its_status(
    server: LoopbackServer, reply: Reply, status: int, wait: float | None
) -> None:
    server.route("/feed", reply)
    url = server.url("/feed")
    assert poll(Feed("ore", url)) == [
        PollFailed("ore", url, f"answered with status {status}", status, wait)
    ]


def test_a_web_page_in_place_of_a_feed(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=b"<!doctype html><title>Sign in</title>", etag='"1"'))
    url = server.url("/feed")
    assert poll(Feed("ore", url)) == [
        PollFailed("ore", url, "the answer is a web page, not a feed")
    ]


def test_one_outcome_for_each_source_in_order_whatever_befalls_them(
    server: LoopbackServer,
) -> None:
    server.route("/good", Reply(body=FEED))
    server.route("/silent", Reply(wait=threading.Event()))
    server.route("/drip", Reply(drip=b"<"))
    server.route("/bomb", gzip_bomb(1_000_000))
    server.route("/cut", Reply(body=FEED, cut_at=100))
    server.route("/circle", redirect("/circle"))
    names = ["silent", "good", "drip", "bomb", "cut", "circle", "missing"]
    outcomes = poll(*(Feed(name, server.url(f"/{name}")) for name in names), deadline=0.3)
    assert [outcome.source for outcome in outcomes] == names
    told = {outcome.source: outcome.what for outcome in outcomes if isinstance(outcome, PollFailed)}
    assert told == {
        "silent": "no whole answer in 0.3 s",
        "drip": "no whole answer in 0.3 s",
        "bomb": "the answer is larger than 100000 bytes",
        "cut": told["cut"],
        "circle": "redirects more than 5 times",
        "missing": "answered with status 404",
    }
    assert told["cut"].startswith("the answer broke off")


class Failing:
    name = "failing"

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        raise SourceError("https://me:secret@example.org/", "is not itself today")


def test_a_source_that_raises_its_trouble_is_an_outcome_too() -> None:
    assert poll(Failing()) == [PollFailed("failing", "https://example.org/", "is not itself today")]


def test_no_sources_no_outcomes() -> None:
    assert poll() == []


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("", None),
        ("soon", None),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("-5", 0.0),
        ("1e300", 86400.0),
        ("inf", 86400.0),
        ("nan", None),
        (format_datetime(NOW, usegmt=True), 0.0),
        ("Thu, 12 Jun 2025 11:00:00 GMT", 0.0),
        ("Thu, 12 Jun 2025 12:00:30 GMT", 30.0),
        ("Thu, 12 Jun 2025 12:00:30 -0000", 30.0),
        ("Fri, 12 Jun 2026 12:00:00 GMT", 86400.0),
        ("Thu, 99 Jun 2025 12:00:00 GMT", None),
    ],
)
def test_retry_after(written: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": written}, NOW) == seconds


def test_no_retry_after() -> None:
    assert retry_after({}, NOW) is None
