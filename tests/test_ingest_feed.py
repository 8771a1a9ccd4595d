from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest.feeds.advice import DAYS
from monitor.ingest.feeds.parse import ParsedFeed
from monitor.ingest.feeds.parse import parse as parse_feed
from monitor.model import Advice, FeedItem

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)
URL = "https://example.org/news/feed.xml"


def parse(
    body: bytes | str, content_type: str | None = "application/xml", outlet: str | None = None
) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(
        raw, content_type=content_type, source="mine", url=URL, seen_at=NOW, outlet=outlet
    )


def rss(*items: str, head: str = "<title>Ore Daily</title>") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:x="http://example.org/"'
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel>{head}{inner}</channel></rss>"
    )


def only(item: str, **kind: str | None) -> FeedItem:
    (found,) = parse(rss(item), **kind).items
    return found


DATE = "<pubDate>Thu, 12 Jun 2025 07:30:00 -0400</pubDate>"


def test_an_item_of_rss() -> None:
    parsed = parse(
        rss(
            "<title>Magnets run short</title><link>https://example.org/a</link>"
            '<guid isPermaLink="false">a-1</guid><description>Makers wait.</description>' + DATE
        )
    )
    assert parsed.notes == ()
    assert parsed.items == (
        FeedItem(
            source="mine",
            outlet="Ore Daily",
            guid="a-1",
            url="https://example.org/a",
            title="Magnets run short",
            text="Makers wait.",
            published_at=datetime(2025, 6, 12, 11, 30, tzinfo=UTC),
            seen_at=NOW,
        ),
    )


def test_an_entry_of_atom_in_latin_1() -> None:
    atom = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><feed xmlns="http://www.w3.org/2005/Atom">'
        "<title>Dépôts</title><entry><title>Société minière</title><id>urn:x:1</id>"
        '<link rel="alternate" href="/filing/1"/><summary type="html">&lt;b&gt;Déposé:&lt;/b&gt; 12'
        "</summary><updated>2025-06-12T07:30:00-04:00</updated></entry></feed>"
    ).encode("latin-1")
    for content_type in ("application/atom+xml", "text/xml", None):
        parsed = parse(atom, content_type)
        (item,) = parsed.items
        assert parsed.notes == ()
        assert (item.outlet, item.title, item.text) == ("Dépôts", "Société minière", "Déposé: 12")
        assert item.url == "https://example.org/filing/1"
        assert item.guid == "urn:x:1"
        assert item.published_at == datetime(2025, 6, 12, 11, 30, tzinfo=UTC)


def test_the_charset_of_the_answer_counts() -> None:
    body = rss("<title>Bergbau für Österreich</title>").encode("latin-1")
    assert parse(body, "application/rss+xml; charset=iso-8859-1").items[0].title == (
        "Bergbau für Österreich"
    )


def test_the_longer_of_content_and_summary_is_the_text() -> None:
    long = "<content:encoded><![CDATA[<p>All of it,</p><p>to the end.</p>]]></content:encoded>"
    short = "<content:encoded>No.</content:encoded>"
    summary = "<description>A summary.</description>"
    assert only(summary + long).text == "All of it,\nto the end."
    assert only(summary + short).text == "A summary."


def test_markup_and_control_characters_are_removed() -> None:
    item = only(
        "<title>Profit &amp;amp; loss: &lt;b&gt;up&lt;/b&gt;\n &#8217;25</title>"
        "<description>&lt;script&gt;alert(1)&lt;/script&gt;De\u00adfense&#133; now</description>"
    )
    assert item.title == "Profit & loss: up ’25"
    assert item.text == "Defense… now"


def test_who_is_said_to_have_written_it() -> None:
    source = '<source url="https://wire.example">Wire</source>'
    publisher = "<dc:publisher>House</dc:publisher>"
    title = "<title>t</title>"
    assert only(title + publisher + source).outlet == "Wire"
    assert only(title + publisher).outlet == "House"
    assert only(title).outlet == "Ore Daily"
    assert only(title, outlet="Configured").outlet == "Configured"
    assert only(title + source, outlet="Configured").outlet == "Wire"
    assert parse(rss(title, head="")).items[0].outlet == "mine"


def test_an_aggregator_s_doubled_words_are_dropped() -> None:
    item = only(
        "<title>Mine opens - Wire</title><source>Wire</source>"
        "<description>&lt;a href='x'&gt;Mine opens&lt;/a&gt;&amp;nbsp;&lt;i&gt;Wire&lt;/i&gt;"
        "</description>"
    )
    assert (item.title, item.text, item.outlet) == ("Mine opens", "", "Wire")
    assert only("<title>Mine opens - Wire</title>").title == "Mine opens - Wire"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("<link>/a?b=1</link>", "https://example.org/a?b=1"),
        ("<link> \n https://example.org/a \n</link>", "https://example.org/a"),
        ("<link>https://example.org/&#x202e;a</link>", "https://example.org/a"),
        ("<link>javascript:alert(1)</link>", None),
        ("<link>http://[broken</link>", None),
        ("<link></link>", None),
        ("<guid>https://example.org/g</guid>", "https://example.org/g"),
        ("<guid>no-address-7</guid>", None),
        (
            "<link>https://feeds.example/~r/1</link>"
            "<feedburner:origLink>https://example.org/true</feedburner:origLink>",
            "https://example.org/true",
        ),
    ],
)
def test_links_are_absolute_and_of_the_web(link: str, url: str | None) -> None:
    assert only(f"<title>t</title>{link}").url == url


def test_a_guid_stays_as_it_is_written() -> None:
    assert only("<title>t</title><guid>7</guid>").guid == "7"


def test_a_blank_guid_is_none() -> None:
    assert only("<title>t</title><guid> </guid>").guid is None


def test_dates_that_are_odd_are_noted() -> None:
    def item(date: str) -> str:
        return f"<title>t</title>{date}"

    parsed = parse(
        rss(
            item(DATE),
            item(""),
            item("<pubDate>soon</pubDate>"),
            item("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"),
            item("<pubDate>Thu, 12 Jun 2025 12:04:00 GMT</pubDate>"),
            item("<pubDate>Thu, 12 Jun 2025 12:06:00 GMT</pubDate>"),
            item("<pubDate>2025-06-12 10:00:00</pubDate>"),
            item("<pubDate>Thu, 12 Jun 2025 10:00:00 BST</pubDate>"),
            "<pubDate>Thu, 12 Jun 2025 10:00:00 GMT</pubDate>",
        )
    )
    assert parsed.notes == (
        "3 of 9 items without a date that can be read",
        "1 of 9 items dated in the future",
        "2 of 9 items dated without a known time zone, taken as UTC",
        "1 of 9 items without a title or a text, left out",
    )
    assert [item.published_at for item in parsed.items[1:4]] == [None] * 3
    assert parsed.items[5].published_at == NOW + timedelta(minutes=6)
    assert parsed.items[6].published_at == NOW - timedelta(hours=2)


def test_the_date_of_change_stands_in_for_one_that_cannot_be_read() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>e</title>'
        "<published>soon</published><updated>2025-06-12T10:00:00Z</updated></entry></feed>"
    )
    parsed = parse(atom)
    assert parsed.items[0].published_at == NOW - timedelta(hours=2)
    assert parsed.notes == ()


def test_a_broken_feed_survives_with_what_it_holds() -> None:
    broken = rss("<title>One</title>" + DATE, "<title>Two & three</title>" + DATE).removesuffix(
        "</item></channel></rss>"
    )
    parsed = parse(broken)
    assert [item.title for item in parsed.items] == ["One", "Two & three"]
    (note,) = parsed.notes
    assert note.startswith("the feed is malformed (")
    assert note.endswith("; 2 items were read")


def test_a_feed_without_items_is_a_feed() -> None:
    assert parse(rss()) == ParsedFeed((), ())


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "the answer is empty"),
        (b" \n", "the answer is empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page, not a feed"),
        (b"\xef\xbb\xbf\n<HTML><p>Down for repairs", "a web page, not a feed"),
        (b"<?xml version='1.0'?><html xmlns='x'/>", "a web page, not a feed"),
        (b'{"error": "no"}', "the answer is not a feed"),
        (b"/etc/hostname", "the answer is not a feed"),
    ],
)
def test_what_is_no_feed_is_said(body: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what) as raised:
        parse(body)
    assert raised.value.source == URL


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(rss("<title>&#x110000;</title>").encode())
@example(rss("<title>&#55296;</title>").encode())
@example(b"<rss><channel><item><title><!h<!h<</title></item>")
def test_any_bytes_give_items_or_a_source_error(body: bytes) -> None:
    with contextlib.suppress(SourceError):
        parse(body)


PIECES = st.sampled_from(
    ["<item>", "</item>", "<title>", "</title>", "<link>", "<![CDATA[", "]]>", "&amp;", "&x;",
     "<pubDate>", "0000-00-00", "-1", "Thu, 32 Foo 99999 25:61", "<source>", "<guid>", "é", "\0",
     "<content:encoded>", "<script>", "<!--", "<?x", "http://[", "<media:content url=''>"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25))
def test_any_torn_feed_gives_items_or_a_source_error(pieces: list[str]) -> None:
    try:
        parsed = parse(rss("".join(pieces)))
    except SourceError:
        return
    assert all(item.title or item.text for item in parsed.items)


@pytest.mark.parametrize("number", ["1114112", "x110000", "xD800", "9" * 99])
def test_a_reference_to_no_character_spoils_nothing_else(number: str) -> None:
    body = (
        '<rss version="2.0"><channel><title>Wire</title>'
        f"<item><title>Ore &#{number}; &#233;</title><guid>a</guid></item>"
        "<item><title>Tin</title><guid>b</guid></item></channel></rss>"
    )
    found = parse_feed(
        body.encode(), content_type=None, source="wire", url="https://example.org/", seen_at=NOW
    )
    assert [item.title for item in found.items] == ["Ore \ufffd é", "Tin"]


def test_dates_that_are_hours_ahead_say_that_the_clock_or_zone_is_wrong() -> None:
    def told(*hours: float) -> tuple[str, ...]:
        dates = [(NOW + timedelta(hours=one)).isoformat() for one in hours]
        return parse(rss(*(f"<title>t</title><pubDate>{date}</pubDate>" for date in dates))).notes

    wrong = "its clock or time zone seems to be wrong: dates are up to 4.0 hours ahead"
    assert told(4, 3.5, 2, -20)[-1] == wrong
    assert wrong not in told(4, 3.5, -1, -20)
    assert told(400, 4, 4, -20) == ("3 of 4 items dated in the future",)  # an agenda


def test_a_link_of_any_type_is_better_than_none() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>e</title>'
        '<link rel="self" href="/self"/><link href="/a.pdf" type="application/pdf"/></entry></feed>'
    )
    assert parse(atom).items[0].url == "https://example.org/a.pdf"


def test_addresses_that_a_page_offers_are_told() -> None:
    page = b"<html><a href='/rss'>RSS</a><a href='/b/rss'>b</a>" + b"<a href='/c/rss'>c</a>" * 9
    with pytest.raises(SourceError, match=r"it names these: https://\S+/rss, https://\S+/b/rss, "):
        parse(page)


@pytest.mark.parametrize(
    ("head", "advice"),
    [
        ("<ttl>60</ttl>", Advice(fresh_for=3600)),
        ("<ttl> 90.5 </ttl>", Advice(fresh_for=5400)),
        ("<ttl>0</ttl>", Advice()),
        ("<ttl>soon</ttl>", Advice()),
        ("<sy:updatePeriod> hourly </sy:updatePeriod>", Advice(fresh_for=3600)),
        ("<x:updatePeriod>daily</x:updatePeriod><x:updateFrequency>4</x:updateFrequency>",
         Advice(fresh_for=21600)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><ttl>5</ttl>", Advice(fresh_for=300)),
        ("<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
         Advice(fresh_for=604800)),
        ("<sy:updatePeriod>always</sy:updatePeriod>", Advice()),
        ("<skipHours><hour>0</hour> <hour>24</hour><hour>7</hour><hour>30</hour></skipHours>",
         Advice(skip_hours=frozenset({0, 7}))),
        ("<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>",
         Advice()),
        ("<skipDays><day>Saturday</day><day>sunday</day><day>Someday</day></skipDays>",
         Advice(skip_days=frozenset({5, 6}))),
        ("<skipDays>" + "".join(f"<day>{day}</day>" for day in DAYS) + "</skipDays>", Advice()),
    ],
)  # fmt: skip
def test_what_a_feed_asks_of_who_polls_it(head: str, advice: Advice) -> None:
    item = "<title>t</title><description>&lt;ttl&gt;7&lt;/ttl&gt;<ttl>8</ttl></description>"
    assert parse(rss(item, head=head)).advice == advice
    assert parse(rss(item, head="").replace("</channel>", f"{head}</channel>")).advice == advice
