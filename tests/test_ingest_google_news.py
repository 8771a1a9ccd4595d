"""Google News' search feeds: at most 100 items, days of a zone that is not told, other oddities."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.primary.google_news import GoogleNews, _whole_days
from monitor.ingest.primary.windows import Window
from monitor.model import Cursor, PollOutcome
from tests.asked import bad, good, polled, told
from tests.servers import LoopbackServer, Reply, Request

PATH = "/rss/search"
NOW = datetime(2025, 6, 20, 12, tzinfo=UTC)
DAY = datetime(2025, 6, 12, tzinfo=UTC)
LIMITS = re.compile(r" (after|before|when):(\S+)")


class Search:
    """`after:` is in it, `before:` is not, both by the days of `zone`; the best 100 are given."""

    def __init__(self, held: list[datetime | None], zone: str = "UTC") -> None:
        self.held, self.zone = held, ZoneInfo(zone)

    def __call__(self, request: Request) -> Reply:
        (query,) = request.values("q")
        limits = dict(LIMITS.findall(query))
        days = {
            key: date.fromisoformat(limits[key]) for key in ("after", "before") if key in limits
        }
        items = []
        for number, at in enumerate(self.held):
            on = at.astimezone(self.zone).date() if at else None
            if on and days and not days["after"] <= on < days["before"]:
                continue
            if at and "when" in limits and at < NOW - timedelta(days=int(limits["when"][:-1])):
                continue
            items.append(entry(number, at))
        body = "".join(items[:100])
        return Reply(
            body=f'<?xml version="1.0"?><rss version="2.0"><channel><title>"ore" - Google News'
            f"</title>{body}</channel></rss>".encode(),
            headers={"Content-Type": "application/xml; charset=utf-8"},
        )


def entry(number: int, at: datetime | None) -> str:
    page = f"https://news.example/rss/articles/{number}?oc=5"
    shown = escape(f'<a href="{page}">Ore {number} up</a>&nbsp;&nbsp;<font>The Post</font>')
    dated = f"<pubDate>{format_datetime(at)}</pubDate>" if at else ""
    return (
        f"<item><title>Ore {number} up - The Post</title><link>{page}</link>"
        f'<guid isPermaLink="false">CBM{number}</guid>{dated}<description>{shown}</description>'
        '<source url="https://post.example">The Post</source></item>'
    )


def source(server: LoopbackServer) -> GoogleNews:
    return GoogleNews("news: Ore", '"ore"', url=server.url(PATH))


def a_day(news: GoogleNews) -> PollOutcome:
    return told(news, DAY, DAY + timedelta(days=1), NOW)


def guids(outcome: PollOutcome) -> set[str]:
    return {str(item.guid) for item in good(outcome).items}


def test_the_outlet_is_no_part_of_title_or_text(server: LoopbackServer) -> None:
    at = NOW - timedelta(hours=2)
    server.route(PATH, Search([at]))
    (item,) = good(polled(source(server), NOW)).items
    assert (item.source, item.outlet, item.title, item.text) == (
        "news: Ore",
        "The Post",
        "Ore 0 up",
        "",
    )
    assert (item.published_at, item.seen_at) == (at, NOW)
    (request,) = server.requests
    assert request.values("q") == ['"ore" when:7d']
    assert [request.values(key) for key in ("hl", "gl", "ceid")] == [["en-US"], ["US"], ["US:en"]]


@pytest.mark.parametrize(
    ("ago", "days"),
    [(timedelta(minutes=30), 2), (timedelta(days=3), 5), (timedelta(days=300), 90)],
)
def test_a_poll_looks_back_past_the_last_one(
    server: LoopbackServer, ago: timedelta, days: int
) -> None:
    server.route(PATH, Search([]))
    outcome = good(polled(source(server), NOW, Cursor(position=(NOW - ago).isoformat())))
    assert server.requests[0].values("q") == [f'"ore" when:{days}d']
    assert outcome.cursor == Cursor(position=NOW.isoformat())


def test_a_position_that_cannot_be_read_is_none(server: LoopbackServer) -> None:
    server.route(PATH, Search([]))
    polled(source(server), NOW, Cursor(position="nonsense"))
    assert server.requests[0].values("q") == ['"ore" when:7d']


def test_a_full_feed_is_noted(server: LoopbackServer) -> None:
    server.route(PATH, Search([NOW - timedelta(minutes=one) for one in range(101)]))
    outcome = good(polled(source(server), NOW))
    assert len(outcome.items) == 100
    assert outcome.notes == ("truncated: more than 100 items in 7 days",)


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_a_day_is_whole_in_whatever_zone_the_days_are(server: LoopbackServer, zone: str) -> None:
    held = [DAY + timedelta(minutes=29 * one) for one in range(-60, 110)]
    server.route(PATH, Search(list(held), zone))
    outcome = good(a_day(source(server)))
    expected = {f"CBM{number}" for number, at in enumerate(held) if DAY <= at < DAY + timedelta(1)}
    assert guids(outcome) == expected
    assert outcome.notes == ()
    assert all(item.seen_at == item.published_at for item in outcome.items)


def test_days_side_by_side_share_nothing_and_miss_nothing(server: LoopbackServer) -> None:
    held = [DAY + timedelta(minutes=37 * one) for one in range(200)]
    server.route(PATH, Search(list(held), "America/Los_Angeles"))
    news = source(server)
    days = [DAY + timedelta(days=one) for one in range(7)]
    found = [guids(told(news, one, one + timedelta(days=1), NOW)) for one in days]
    assert sorted(guid for day in found for guid in day) == sorted(f"CBM{n}" for n in range(200))


def test_a_day_with_more_than_it_gives_is_noted(server: LoopbackServer) -> None:
    server.route(PATH, Search([DAY + timedelta(minutes=one) for one in range(150)]))
    outcome = good(a_day(source(server)))
    assert len(outcome.items) == 100
    assert outcome.notes == (
        "truncated: more than 100 items in 2025-06-12 00:00 to 2025-06-13 00:00",
    )


def test_items_without_a_date_have_no_place_in_history(server: LoopbackServer) -> None:
    server.route(PATH, Search([DAY, None]))
    outcome = good(a_day(source(server)))
    assert guids(outcome) == {"CBM0"}
    assert outcome.notes[-1] == "1 items without a date were left out"


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        (Reply(status=503), "answered with status 503"),
        (Reply(body=b"<html>Before you continue</html>"), "the answer is a web page, not a feed"),
    ],
)
def test_what_is_no_feed_is_a_failure(server: LoopbackServer, reply: Reply, what: str) -> None:
    server.route(PATH, reply)
    for outcome in (polled(source(server), NOW), a_day(source(server))):
        assert bad(outcome).what == what


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_the_days_asked_for_hold_the_span_with_a_day_to_spare(start: int, length: int) -> None:
    since = DAY + timedelta(seconds=start)
    span = Window(since, since + timedelta(seconds=length))
    days = _whole_days(span)
    assert days.since + timedelta(days=1) <= span.since
    assert span.until <= days.until - timedelta(days=1)
    assert days.until - days.since <= timedelta(seconds=length) + timedelta(days=4)
    assert all(one.time() == datetime.min.time() for one in (days.since, days.until))
