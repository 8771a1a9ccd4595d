from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from monitor.errors import SourceError
from monitor.ingest.feeds.parsed import ParsedFeed
from monitor.ingest.poll import Asking, poll_all
from monitor.ingest.sources import (
    Feed,
    Source,
    address_of,
    digest,
    fresh_for,
    in_thread,
    retry_after,
)
from monitor.ingest.web.http import Http, Limits
from monitor.model import Advice, Cursor, Polled, PollFailed, PollOutcome
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
        limits = Limits(deadline, max_bytes=100_000, per_host=4, private=("127.0.0.1",))
        async with Http("tester/1", limits) as http:
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
    assert outcome.cursor == Cursor('W/"1"', "whenever", digest(FEED))
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


@pytest.mark.parametrize("known", [NOTHING_KNOWN, Cursor(position=digest(FEED))])
def test_a_304_that_nobody_asked_for_is_a_failure(server: LoopbackServer, known: Cursor) -> None:
    server.route("/feed", Reply(status=304))
    (outcome,) = poll(Feed("ore", server.url("/feed")), cursor=known)
    assert isinstance(outcome, PollFailed)
    assert outcome.status == 304


@pytest.mark.parametrize("etag", ['W/"caf\xe9 \t1"', "no quotes", '""', "'"])
def test_validators_come_back_byte_for_byte(server: LoopbackServer, etag: str) -> None:
    server.route("/feed", Reply(body=FEED, etag=etag, last_modified="yesterday, about noon"))
    feed = Feed("ore", server.url("/feed"))
    (first,) = poll(feed)
    assert isinstance(first, Polled)
    poll(feed, cursor=first.cursor)
    headers = server.requests[1].headers
    assert headers["if-none-match"] == etag == first.cursor.etag
    assert headers["if-modified-since"] == "yesterday, about noon"


def test_an_unchanged_body_is_known_without_validators(server: LoopbackServer) -> None:
    parsed = []

    async def counted(body: bytes, **given: Any) -> ParsedFeed:
        parsed.append(body)
        return await in_thread(body, **given)

    changed = FEED.replace(b"short", b"shorter")
    server.route("/feed", Reply(body=FEED), Reply(body=FEED, etag='"2"'), Reply(body=changed))
    feed = Feed("ore", server.url("/feed"), parse=counted)
    (first,) = poll(feed)
    assert isinstance(first, Polled)
    (second,) = poll(feed, cursor=first.cursor)
    assert second == Polled("ore", (), Cursor('"2"', None, digest(FEED)), not_modified=True)
    (third,) = poll(feed, cursor=second.cursor)
    assert isinstance(third, Polled)
    assert [item.title for item in third.items] == ["Magnets run shorter"]
    assert parsed == [FEED, changed]


# ---------------------------------------------------------------- what is asked of us

TTL = FEED.replace(b"<item>", b"<ttl>90</ttl><skipHours><hour>3</hour></skipHours><item>")


def advice(server: LoopbackServer, reply: Reply, cursor: Cursor = NOTHING_KNOWN) -> Advice:
    server.route("/feed", reply)
    (outcome,) = poll(Feed("ore", server.url("/feed")), cursor=cursor)
    assert isinstance(outcome, Polled)
    return outcome.advice


def test_the_longer_pause_counts_of_the_server_and_the_feed(server: LoopbackServer) -> None:
    assert advice(server, Reply(body=FEED)) == Advice()
    short = Reply(body=TTL, headers={"Cache-Control": "public, max-age=60"})
    assert advice(server, short) == Advice(5400.0, frozenset({3}), ttl=5400.0)
    long = Reply(body=TTL, headers={"Cache-Control": "max-age=7200"})
    found = advice(server, long)
    assert (found.fresh_for, found.ttl) == (7200, 5400)


def test_a_304_has_advice_too(server: LoopbackServer) -> None:
    reply = Reply(status=304, headers={"Cache-Control": "max-age=60"})
    assert advice(server, reply, Cursor('"1"')) == Advice(60.0)


def test_an_unchanged_body_has_advice_too(server: LoopbackServer) -> None:
    reply = Reply(body=FEED, headers={"Cache-Control": "max-age=60"})
    assert advice(server, reply, Cursor(position=digest(FEED))) == Advice(60.0)


def test_where_it_has_moved_for_good_is_told(server: LoopbackServer) -> None:
    server.route("/old", redirect("/new", status=301))
    server.route("/new", Reply(body=FEED, etag='"1"'))
    feed = Feed("ore", server.url("/old"))
    for cursor in (NOTHING_KNOWN, Cursor('"1"')):
        (outcome,) = poll(feed, cursor=cursor)
        assert isinstance(outcome, Polled)
        assert outcome.advice == Advice(moved_to=server.url("/new"))
    server.route("/old", redirect("/new", status=302))
    (outcome,) = poll(feed)
    assert isinstance(outcome, Polled)
    assert outcome.advice == Advice()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=60"}, 60.0),
        ({"cache-control": 'public,MAX-AGE = "60"'}, 60.0),
        ({"cache-control": "max-age=60", "age": "20"}, 40.0),
        ({"cache-control": "max-age=60", "age": "90"}, 0.0),
        ({"cache-control": "max-age=60", "age": "a while"}, 60.0),
        ({"cache-control": "s-maxage=60"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=60, no-cache"}, None),
        ({"cache-control": "no-store", "expires": "Thu, 12 Jun 2025 13:00:00 GMT"}, None),
        ({"cache-control": f"max-age={'9' * 99}"}, float("9" * 15)),
        ({"expires": "Thu, 12 Jun 2025 12:01:00 GMT"}, 60.0),
        ({"expires": "Thu, 12 Jun 2025 12:01:00 GMT", "age": "30"}, 30.0),
        # its clock is an hour ahead
        (
            {
                "expires": "Thu, 12 Jun 2025 13:01:00 GMT",
                "date": "Thu, 12 Jun 2025 13:00:00 GMT",
            },
            60.0,
        ),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 12 Jun 2025 11:00:00 GMT"}, 0.0),
        ({"cache-control": "max-age=60", "expires": "Thu, 12 Jun 2025 11:00:00 GMT"}, 60.0),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for(headers, NOW) == seconds


def test_an_address_is_told_without_a_password() -> None:
    assert address_of(Feed("ore", "https://me:secret@example.org/f")) == "https://example.org/f"
    assert address_of(Failing()) is None


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


def test_a_web_page_that_names_a_feed_offers_it(server: LoopbackServer) -> None:
    link = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    server.route("/", Reply(body=b"<!doctype html><title>Ore</title>" + link))
    (outcome,) = poll(Feed("ore", server.url("/")))
    assert isinstance(outcome, PollFailed)
    assert server.url("/feed") in outcome.what


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
    assert "received 100 bytes" in told["cut"]


class Failing:
    name = "failing"

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        raise SourceError("https://me:secret@example.org/", "is not itself today")


def test_a_source_that_raises_its_trouble_is_an_outcome_too() -> None:
    assert poll(Failing()) == [PollFailed("failing", "https://example.org/", "is not itself today")]


class Mistaken:
    name = "mistaken"

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        raise KeyError("guid")


def test_a_mistake_of_ours_costs_one_source_alone(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=FEED))
    with capture_logs() as told:
        mistake, good = poll(Mistaken(), Feed("ore", server.url("/feed")))
    assert mistake == PollFailed("mistaken", "", "a mistake in the program, KeyError: 'guid'")
    assert isinstance(good, Polled)
    assert [(one["source"], one["exc_info"]) for one in told] == [("mistaken", True)]


def test_outcomes_are_had_as_they_come(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=FEED))
    server.route("/silent", Reply(wait=threading.Event()))

    async def run() -> tuple[list[PollOutcome], int, int]:
        async with Http("tester/1", Limits(60, private=("127.0.0.1",))) as http:
            asking = Asking(http)
            assert await asking.outcomes(0) == []
            for name in ("silent", "feed"):
                asking.ask(Feed(name, server.url(f"/{name}")), NOTHING_KNOWN, NOW)
            come = await asking.outcomes(60)
            left = len(asking)
            await asking.end()
            return come, left, len(asking)

    come, left, after_end = asyncio.run(run())
    assert [outcome.source for outcome in come] == ["feed"]
    assert (left, after_end) == (1, 0)


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
