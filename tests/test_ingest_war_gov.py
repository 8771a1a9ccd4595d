"""war.gov: the day's contracts one by one, from the feed, the pages behind it, and the archive."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from monitor.ingest.primary.war_gov import PAGES, WarGov
from monitor.model import Cursor, PollOutcome
from tests.asked import bad, good, polled, told
from tests.servers import LoopbackServer, Reply, Request

RSS = "/DesktopModules/ArticleCS/RSS.ashx"
NOW = datetime(2025, 6, 14, 12, tzinfo=UTC)
FIVE = datetime(2025, 6, 12, 21, tzinfo=UTC)  # 17:00 in Washington
WASHINGTON = ZoneInfo("America/New_York")
DENIED = Reply(status=403, body=b"<HTML><TITLE>Access Denied</TITLE>Reference #18.2</HTML>")


def award(company: str, of: int) -> str:
    return (
        f"{company} Inc., Springfield, Ohio, was awarded a ${of},000,000 contract for magnets. Work"
        f" is to be complete by June 2027. (W58RGZ-25-C-{of:04})"
    )


class Site:
    """`days`: number of an article → when it came out, and the companies it names."""

    def __init__(self, server: LoopbackServer, days: dict[int, tuple[datetime, list[str]]]) -> None:
        self.server, self.days = server, days
        self.per_page = 10
        self.full_feed = False  # whether the feed has the whole text
        self.past_the_end = "last"  # the page shown beyond the last one
        server.route(RSS, self.feed)
        server.route("/News/Contracts/", self.listing)
        server.route("/News/Releases/", self.listing)
        for number in days:
            server.route(self.path(number), self.article)

    def path(self, number: int) -> str:
        return f"/News/Contracts/Contract/Article/{number}/"

    def newest(self) -> list[int]:
        return sorted(self.days, key=lambda number: self.days[number][0], reverse=True)

    def feed(self, request: Request) -> Reply:
        assert request.values("Site") == ["945"]
        items = []
        for number in self.newest()[: int(request.values("max")[0])]:
            at, companies = self.days[number]
            text = self.text(companies) if self.full_feed else "Today's contracts are now live."
            items.append(
                f"<item><title>Contracts For {at:%B} {at.day}, {at.year}</title>"
                f"<link>{self.server.url(self.path(number))}</link><guid>{number}</guid>"
                f"<pubDate>{format_datetime(at)}</pubDate>"
                f"<description>{escape(text)}</description></item>"
            )
        body = f'<rss version="2.0"><channel><title>Feed</title>{"".join(items)}</channel></rss>'
        return Reply(body=body.encode(), etag=f'"{len(self.days)}"')

    def text(self, companies: list[str]) -> str:
        paragraphs = "".join(f"<p>{award(one, at)}</p>" for at, one in enumerate(companies, 1))
        return f"<p style='text-align: center;'><strong>NAVY</strong></p>{paragraphs}"

    def article(self, request: Request) -> Reply:
        number = int(request.path.split("/")[-2])
        body = (
            f"<html><nav>NEWS</nav><div class='body'>{self.text(self.days[number][1])}</div></html>"
        )
        return Reply(body=body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def listing(self, request: Request) -> Reply:
        kind = request.path.split("/")[2]
        number = int((request.values("Page") or ["1"])[0])
        pages = [
            self.newest()[at : at + self.per_page] for at in range(0, len(self.days), self.per_page)
        ] or [[]]
        if number > len(pages):
            number = len(pages) if self.past_the_end == "last" else 1
        entries = "".join(self.entry(one, kind) for one in pages[number - 1])
        other = '<a href="/News/Stories/Story/Article/99/story/">A story of June 12, 2025</a>'
        return Reply(
            body=f"<html>{other}{entries}</html>".encode(),
            headers={"Content-Type": "text/html; charset=nonsense"},
        )

    def entry(self, number: int, kind: str) -> str:
        at = self.days[number][0].astimezone(WASHINGTON)
        return (
            f'<listing-titles-only article-url="/News/{kind}/{kind[:-1]}/Article/{number}/" '
            f'article-title="{kind} {number}" article-summary="What {number} says" '
            f'publish-date-jss="{at:%Y-%m-%dT%H:%M:%S}"></listing-titles-only>'
        )


def days(count: int) -> dict[int, tuple[datetime, list[str]]]:
    return {
        one: (FIVE - timedelta(days=one), [f"Ore {one}", f"Gear {one}"]) for one in range(count)
    }


def source(server: LoopbackServer, what: str = "contracts") -> WarGov:
    return WarGov("war", "contracts" if what == "contracts" else "releases", server.url(""))


def titles(outcome: PollOutcome) -> list[str]:
    return [item.title for item in good(outcome).items]


def pages_asked(server: LoopbackServer) -> int:
    return sum("/Article/" in request.path for request in server.requests)


def test_each_award_is_an_item(server: LoopbackServer) -> None:
    site = Site(server, {7: (FIVE, ["Ore", "Gear"])})
    outcome = good(polled(source(server), NOW))
    assert titles(outcome) == [
        "Ore Inc.: $1,000,000 contract award, Navy",
        "Gear Inc.: $2,000,000 contract award, Navy",
    ]
    ore = outcome.items[0]
    assert ore.text == award("Ore", 1)
    assert ore.url == server.url(site.path(7))
    assert ore.guid is not None
    assert ore.guid.startswith("7/")
    assert (ore.published_at, ore.seen_at, ore.source, ore.outlet) == (FIVE, NOW, "war", "war")
    assert server.requests[0].values("ContentType") == ["400"]


def test_a_page_is_read_once(server: LoopbackServer) -> None:
    site = Site(server, days(2))
    first = good(polled(source(server), NOW))
    assert len(first.items) == 4
    second = good(polled(source(server), NOW, first.cursor))
    assert second.not_modified
    assert second.cursor == first.cursor
    site.days[9] = (FIVE + timedelta(days=1), ["New"])
    server.route(site.path(9), site.article)
    third = good(polled(source(server), NOW, second.cursor))
    assert titles(third) == ["New Inc.: $1,000,000 contract award, Navy"]
    assert pages_asked(server) == 3


def test_many_pages_are_read_over_several_polls(server: LoopbackServer) -> None:
    Site(server, days(PAGES + 2))
    first = good(polled(source(server), NOW))
    assert pages_asked(server) == PAGES
    assert len(first.items) == 2 * PAGES
    second = good(polled(source(server), NOW, first.cursor))
    assert len(second.items) == 4
    assert good(polled(source(server), NOW, second.cursor)).not_modified


def test_what_the_feed_says_is_kept_where_the_page_is_closed(server: LoopbackServer) -> None:
    site = Site(server, days(3))
    for number in site.days:
        server.route(site.path(number), DENIED)
    outcome = good(polled(source(server), NOW))
    assert len(outcome.items) == 3
    assert outcome.items[0].title.startswith("Contracts For June 12")
    (note,) = outcome.notes
    assert note.startswith("only what the feed says: the site turns this program away")
    assert pages_asked(server) == 1  # one refusal speaks for all
    site.full_feed = True
    again = good(polled(source(server), NOW, outcome.cursor))
    assert len(again.items) == 6
    for number in site.days:
        server.route(site.path(number), site.article)
    opened = good(polled(source(server), NOW, again.cursor))
    assert [item.guid for item in opened.items] == [item.guid for item in again.items]
    assert opened.notes == ()


def test_a_page_that_breaks_off_costs_itself(server: LoopbackServer) -> None:
    site = Site(server, days(2))
    server.route(site.path(0), Reply(body=b"abc", cut_at=1))
    outcome = good(polled(source(server), NOW))
    assert len(outcome.items) == 3
    (note,) = outcome.notes
    assert note.startswith("only what the feed says of 'Contracts For June 12, 2025': ")


def test_a_page_without_awards_leaves_the_day_whole(server: LoopbackServer) -> None:
    Site(server, {7: (FIVE, [])})
    outcome = good(polled(source(server), NOW))
    assert titles(outcome) == ["Contracts For June 12, 2025"]
    assert outcome.notes == ("no awards could be told apart in 'Contracts For June 12, 2025'",)


def test_releases_are_the_feed_s_items(server: LoopbackServer) -> None:
    Site(server, days(2))
    outcome = good(polled(source(server, "releases"), NOW))
    assert len(outcome.items) == 2
    assert server.requests[0].values("ContentType") == ["9"]
    assert pages_asked(server) == 0
    assert outcome.cursor == Cursor('"2"')


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_door_is_told_and_left_alone(server: LoopbackServer, status: int) -> None:
    for path in (RSS, "/News/Contracts/"):
        server.route(path, Reply(status=status, body=DENIED.body))
    for outcome in (polled(source(server), NOW), history(source(server), 0)):
        failure = bad(outcome)
        assert failure.what.startswith("the site turns this program away")
        assert (failure.status, failure.retry_after) == (status, 3600.0)


@pytest.mark.parametrize("position", ["nonsense", "{}", None])
def test_a_position_that_cannot_be_read_is_none(server: LoopbackServer, position: str) -> None:
    Site(server, days(1))
    outcome = good(polled(source(server), NOW, Cursor(position=position)))
    assert len(outcome.items) == 2
    assert json.loads(outcome.cursor.position or "") == ["0"]


# ---------------------------------------------------------------- history


def history(site: WarGov, ago: int, now: datetime = NOW) -> PollOutcome:
    """Of the day so many days before 12 June."""
    since = datetime(2025, 6, 12, tzinfo=UTC) - timedelta(days=ago)
    return told(site, since, since + timedelta(days=1), now)


def test_history_goes_through_the_pages_of_the_listing(server: LoopbackServer) -> None:
    Site(server, days(55))
    outcome = good(history(source(server), 25))
    assert titles(outcome) == [
        "Ore 25 Inc.: $1,000,000 contract award, Navy",
        "Gear 25 Inc.: $2,000,000 contract award, Navy",
    ]
    assert {item.seen_at for item in outcome.items} == {FIVE - timedelta(days=25)}
    assert outcome.notes == ()
    listed = [one.values("Page") for one in server.requests if one.path == "/News/Contracts/"]
    assert listed == [[], ["2"], ["3"], ["4"]]


def test_day_after_day_reads_each_page_once(server: LoopbackServer) -> None:
    Site(server, days(30))
    site = source(server)
    found = [title for ago in range(29, -1, -1) for title in titles(history(site, ago))]
    assert len(found) == len(set(found)) == 60
    assert len(server.requests) == len({(one.path, one.query) for one in server.requests})


@pytest.mark.parametrize("beyond", ["last", "first"])
def test_the_end_of_the_listing_is_noted(server: LoopbackServer, beyond: str) -> None:
    Site(server, days(25)).past_the_end = beyond
    outcome = good(history(source(server), 100))
    assert outcome.items == ()
    first = FIVE - timedelta(days=24)
    assert outcome.notes == (f"the site lists nothing before {first:%Y-%m-%d %H:%M}",)
    assert len(server.requests) == 4


def test_poll_and_history_tell_one_award_alike(server: LoopbackServer) -> None:
    Site(server, days(1))
    live, past = good(polled(source(server), NOW)), good(history(source(server), 0))
    assert [item.guid for item in live.items] == [item.guid for item in past.items]
    assert [item.text for item in live.items] == [item.text for item in past.items]


def test_releases_of_the_past_have_their_summaries(server: LoopbackServer) -> None:
    Site(server, days(3))
    (item,) = good(history(source(server, "releases"), 1)).items
    assert (item.title, item.text) == ("Releases 1", "What 1 says")
    assert item.url == server.url("/News/Releases/Release/Article/1/")


def test_odd_entries_of_the_listing_are_noted(server: LoopbackServer) -> None:
    site = Site(server, {})
    place = "/News/Contracts/Contract/Article"
    body = (
        f'<a href="{place}/1/">Contracts For June 12, 2025</a>'
        f'<a href="{place}/2/">No day</a>'
        f'<a href="{place}/3/">Contracts For June 12, 2025</a>'
    )
    server.route("/News/Contracts/", Reply(body=body.encode()))
    site.days = {1: (FIVE, []), 3: (FIVE, ["Ore"])}
    for number in site.days:
        server.route(site.path(number), site.article)
    outcome = good(history(source(server), 0))
    assert titles(outcome) == [
        "Contracts For June 12, 2025",
        "Ore Inc.: $1,000,000 contract award, Navy",
    ]
    told_of = " ".join(outcome.notes)
    assert "1 articles without a date were left out" in told_of
    assert "taken as 17:00 in Washington" in told_of
    assert "no awards could be told apart in 'Contracts For June 12, 2025'" in told_of


def test_a_listing_without_any_date_is_noted(server: LoopbackServer) -> None:
    body = b'<a href="/News/Contracts/Contract/Article/2/">No day</a>'
    server.route("/News/Contracts/", Reply(body=body))
    outcome = good(history(source(server), 0))
    assert outcome.items == ()
    assert outcome.notes == ("1 articles without a date were left out",)


def test_a_page_that_lists_nothing_is_a_failure(server: LoopbackServer) -> None:
    server.route("/News/Contracts/", Reply(body=b"<html>Under construction</html>"))
    assert bad(history(source(server), 0)).what == "the page lists no articles"


def test_a_closed_page_fails_the_day(server: LoopbackServer) -> None:
    site = Site(server, days(3))
    server.route(site.path(1), DENIED)
    assert bad(history(source(server), 1)).status == 403
    assert len(titles(history(source(server), 2))) == 2
