"""The fast parser gives what feedparser gives, or leaves the feed to it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.demo.server import FORMS, EpisodeServer, read_items
from monitor.ingest.feeds import fast, reference
from monitor.ingest.feeds.document import document
from monitor.ingest.feeds.parse import parse
from tests.feed_texts import NAMESPACES, feed

SPACES = " ".join(NAMESPACES)
EPISODE = Path(__file__).parents[1] / "monitor" / "demo" / "episode"
REAL = Path(__file__).parents[2] / "shared" / "data" / "feeds"  # beside the checkout, where it is
ITEM = (
    "<title>Ore &amp;amp; tin</title><link>https://example.org/1?a=b&amp;c=d</link>"
    '<guid isPermaLink="false">urn:1</guid><pubDate>Thu, 12 Jun 2025 07:30:00 GMT</pubDate>'
    "<description><![CDATA[<p>A mine&#8217;s caf\u00e9.</p>]]></description>"
    "<content:encoded><![CDATA[<p>All of it,</p><p>to the end.</p>]]></content:encoded>"
    '<dc:creator>A. Writer</dc:creator><category domain="x">Mines</category>'
    '<media:group><media:content url="u"><media:title>M</media:title></media:content></media:group>'
)


def rss(item: str, head: str = "<title>Wire</title>", root: str = 'rss version="2.0"') -> str:
    return f"<{root} {SPACES}><channel>{head}<item>{item}</item></channel></rss>"


def atom(entry: str, head: str = "<title>Wire</title>") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}>{head}<entry>{entry}</entry></feed>'


def rdf(item: str, tail: str = "") -> str:
    return (
        f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {SPACES}><channel rdf:about="c">'
        "<title>Wire</title><items><rdf:Seq><rdf:li rdf:resource='urn:1'/></rdf:Seq></items>"
        f"</channel><image><title>I</title><url>u</url></image>"
        f'<item rdf:about="urn:1">{item}</item>{tail}</rdf:RDF>'
    )


def agrees(text: str | bytes) -> bool:
    """Whether the fast parser decides; what it then gives is what feedparser gives."""
    body = text.encode("utf-8", "replace") if isinstance(text, str) else text
    given = document(body, None)
    found = fast.read(given)
    assert found is None or found == reference.read(given)
    return found is not None


@pytest.mark.parametrize(
    "text",
    [
        rss(ITEM),
        rss(ITEM, root='rss version="0.91"'),
        rss(ITEM, head="<title>A</title><image><title>I</title><link>l</link></image><ttl>5</ttl>"),
        rss(ITEM, head="<textInput><name>n</name><title>T</title></textInput><title>A</title>"),
        rss(ITEM, head='<atom:link rel="self" href="x"/><itunes:owner><itunes:name>n</itunes:name>'
            "</itunes:owner><description>d</description><itunes:summary>s</itunes:summary>"),
        rss("<title>T - Wire</title><source url='u'>Wire</source>"),
        rss("<title>T</title><source>S</source><media:title>M</media:title>"),
        rss("<title/><media:title>M</media:title><title>T</title><title>U</title>"),
        rss("<description>d</description><media:description>m</media:description>"),
        rss("<itunes:summary>s</itunes:summary><description>d</description>"),
        rss("<content:encoded>c</content:encoded><description>d</description><summary>s</summary>"),
        rss("<guid>https://example.org/g</guid>"),
        rss("<link/><guid>urn:g</guid><feedburner:origLink>https:////a</feedburner:origLink>"),
        rss('<atom:link rel="replies" href="r"/><atom:link href="p" type="application/pdf"/>'),
        rss("<link>https://example.org/?a=1&amp;amp;b;=2</link><dc:publisher>P</dc:publisher>"),
        rss("<title>caf\u00c3\u00a9 \u0093x\u0094 AT&amp;T; &amp;#8217;</title>"),
        rss("<title>&lt;b&gt;T&lt;/b&gt;</title>"),
        rss("<title>&lt;nope&gt;T&lt;/nope&gt;</title><dc:title>U</dc:title>"),
        rss("<dc:date>2025-06-12T07:30:00Z</dc:date><atom:updated>soon</atom:updated>"),
        rss("<title><!-- no --><?pi no?>T<![CDATA[ & U]]></title>"),
        f"<rss version='2.0' {SPACES}/>",
        atom('<title type="html">a &amp;lt; b &lt;i&gt;</title><link href="/a"/><id>urn:1</id>'
             '<updated>2025-06-12T07:30:00Z</updated><summary type="html">s</summary>'
             "<author><name>N</name><uri>u</uri></author><content type='text'>c</content>"),
        atom("<source><id>i</id><title type='html'>S</title><link href='h'/><author><name>N</name>"
             "</author></source><title>T</title>"),
        atom("<title>T</title><source><author>S</author></source>"),
        rss("<comments>https://example.org/</comments><source>S</source>"),
        atom("<title>T</title><source><updated>soon</updated></source>"),
        atom('<title xml:lang="en" type="text">&lt;b&gt;</title><rights>r</rights>'),
        rdf(ITEM),
    ],
)  # fmt: skip
def test_usual_feeds_are_read_fast(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no feed",
        "<html/>",
        rss(ITEM).removesuffix("</rss>"),
        rss("<title>&nbsp;</title>"),
        "<!DOCTYPE rss [\n<!ENTITY a 'b'>\n]>" + rss("<title>&a;</title>"),
        rss('<title type="xhtml">T</title>'),
        rss('<title mode="escaped">T</title>'),
        rss("<title>T<b>U</b></title>"),
        rss("<link xml:base='https://example.org/'>/a</link>"),
        rss("<link url='https://example.org/'/>"),
        rss("<link atom:href='https://example.org/'/>"),
        rss("<link REL='self' rel='via'>a</link>"),
        rss("<x:group><title>T</title></x:group>"),
        rss("<image><title>T</title></image>"),
        rss("<title_detail>T</title_detail>"),
        rss("<date zone='x'>2025-06-12</date>"),
        rss("<feedburner:origLink a='b'>x</feedburner:origLink>"),
        rss("<itunes:owner><itunes:name>n</itunes:name></itunes:owner>"),
        rss("<georss:point>1 2</georss:point>"),
        rss(ITEM, head="<title>A</title><title>B</title>"),
        rss(ITEM, head="<itunes:summary>s</itunes:summary><description>d</description>"),
        rss(ITEM, head="<image><docs>d</docs><title>I</title></image>"),
        rss(ITEM, head="<x:group><title>A</title></x:group>"),
        rss(ITEM, head="<media:title>A</media:title>"),
        rss(ITEM, head="<x:a><image/></x:a>"),
        "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><item/></r:RDF>",
        rss(ITEM, head="</channel><item/><channel>"),
        rss(ITEM).replace("<channel>", "<channel href='h'>"),
        rss(ITEM).replace("<channel>", "<title>T</title><channel>"),
        rss(ITEM).replace("</channel>", "</channel><channel/>"),
        rss(ITEM, root='rss xmlns="http://example.org/"'),
        rss("<title:detail/>", root='rss xmlns:title="http://example.org/"'),
        rss("<source>a<title>S</title></source>"),
        rss("<source>a<author>S</author></source>"),
        rss("<source><title>S</title><title>S</title></source>"),
        rss("<source><title>S</title>a</source>"),
        rss("<source><x:title>S</x:title></source>"),
        rss("<source><link href='h'>a</link></source>"),
        rss("<source><title>S</title></source><media:title>M</media:title>"),
        rss(ITEM, root='rss xmlns:Media="http://example.org/"').replace("xmlns:media", "xmlns:m"),
        rss("<x:a xmlns:x='http://example.org/other'/>"),
        atom(ITEM).replace("http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/"),
        rdf(ITEM).replace("http://purl.org/rss/1.0/", "").replace("xmlns:atom", "xmlns:a_"),
        rdf(ITEM, tail="<channel/>"),
        rdf(ITEM, tail="<x:a><dc:title>T</dc:title></x:a>"),
    ],
)  # fmt: skip
def test_what_is_rare_is_left_to_feedparser(text: str) -> None:
    assert not agrees(text)


@given(st.integers(0, 2**64))
def test_wherever_it_decides_it_gives_what_feedparser_gives(seed: int) -> None:
    agrees(feed(seed))


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(st.integers(0, 2**64))
def test_wherever_it_decides_it_gives_what_feedparser_gives_many_times(seed: int) -> None:
    agrees(feed(seed))


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_make_no_difference(name: str) -> None:
    text = f'<?xml version="1.0" encoding="{name.removesuffix("-sig")}"?>{rss(ITEM)}'
    given = document(text.encode(name), None)
    assert (
        fast.read(given) == reference.read(given) == fast.read(document(rss(ITEM).encode(), None))
    )


@pytest.mark.parametrize("form", FORMS)
def test_the_feeds_of_the_demo_are_read_fast(form: str) -> None:
    items = read_items(EPISODE / "items.jsonl")
    server = EpisodeServer(
        items,
        EPISODE / "prices",
        clock=lambda: items[-1].published,
        close_of=lambda day: datetime.combine(day, time(20), UTC),
    )
    try:
        assert all(agrees(FORMS[form](name, server)) for name in {item.feed for item in items})
    finally:
        server.server_close()


@pytest.mark.skipif(not REAL.exists(), reason="the saved feeds are not beside the checkout")
def test_saved_feeds_are_read_fast() -> None:
    paths = [path for path in REAL.rglob("*") if path.suffix in (".xml", ".atom", ".rss")]
    assert paths
    assert all(agrees(path.read_bytes()) for path in paths)


def test_both_take_the_same_words_from_an_item() -> None:
    """Of the two, whichever reads it: through `parse`, with and without what makes it malformed."""
    told = {"content_type": None, "source": "s", "url": "https://example.org/", "seen_at": SEEN}
    whole = parse(rss(ITEM).encode(), **told)
    broken = parse(rss(ITEM).removesuffix("</rss>").encode(), **told)
    assert whole.items == broken.items
    assert (len(whole.notes), len(broken.notes)) == (0, 1)


SEEN = datetime(2025, 6, 12, 12, tzinfo=UTC)
