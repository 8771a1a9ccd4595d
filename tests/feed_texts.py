"""Feeds of many shapes for tests of parsers, most of them well-formed, few of them usual."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    'xmlns:dc="http://purl.org/dc/elements/1.1/"', 'xmlns:dcterms="http://purl.org/dc/terms/"',
    'xmlns:media="http://search.yahoo.com/mrss/"',
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
    'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"',
    'xmlns:atom="http://www.w3.org/2005/Atom"',
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"', 'xmlns:x="http://example.org/own"',
    'xmlns:georss="http://www.georss.org/georss"', 'xmlns:xhtml="http://www.w3.org/1999/xhtml"',
    'xmlns:cc="http://creativecommons.org/ns#license"',
)  # fmt: skip
ODD_NAMESPACES = (
    'xmlns:title="http://example.org/title"', 'xmlns:m="http://search.yahoo.com/mrss"',
    'xmlns:DC="http://purl.org/dc/elements/1.1/"', 'xmlns:y="http://example.org/own"',
    'xmlns:u="http://backend.userland.com/rss2"', 'xmlns:z="http://purl.org/rss/1.0/"',
    'xmlns:w="http://www.w3.org/2005/Atom"',
)  # fmt: skip
PREFIXES = (
    "", "", "", "", "content:", "dc:", "dcterms:", "media:", "itunes:", "feedburner:", "atom:",
    "x:", "rdf:", "sy:", "georss:", "cc:",
)  # fmt: skip
LOCALS = (
    "title", "link", "description", "guid", "id", "pubDate", "published", "updated", "date",
    "source", "summary", "content", "encoded", "origLink", "author", "name", "creator",
    "publisher", "category", "group", "thumbnail", "credit", "image", "textInput", "url", "rights",
    "subtitle", "comments", "enclosure", "modified", "issued", "created", "body", "abstract",
    "owner", "subject", "Title", "PubDate", "title_detail", "links", "keywords", "license",
    "fullitem", "webMaster", "language", "point", "div", "svg", "lastBuildDate", "generator",
    "ttl", "where", "tags", "docs", "managingEditor", "item", "entry", "channel",
)  # fmt: skip
COMMON = (
    "title", "title", "link", "link", "description", "description", "guid", "pubDate", "dc:date",
    "content:encoded", "media:title", "media:description", "itunes:summary", "summary", "content",
    "id", "updated", "published", "source", "dc:creator", "category", "author", "enclosure",
    "feedburner:origLink", "atom:link", "media:content", "media:group", "dc:publisher",
    "atom:source", "atom:updated", "atom:summary", "dc:title", "dc:description", "x:title",
    "created", "date",
)  # fmt: skip
USUAL = (
    "title", "link", "description", 'guid isPermaLink="false"', "guid", "pubDate",
    "content:encoded", "dc:creator", "media:description", "source",
)  # fmt: skip
ATTRIBUTES = (
    'type="html"', 'type="text"', 'type="HTML"', 'type="xhtml"', 'type="text/plain"',
    'type="image/png"', 'isPermaLink="false"', 'isPermaLink="true"', 'ispermalink="False"',
    'rel="alternate"', 'rel="self"', 'rel="via"', 'rel="enclosure"',
    'href="https://example.org/h"', 'href="/h?a=1&amp;b=2"', 'href=""',
    'url="https://example.org/u"', 'xml:lang="en"', 'xml:base="https://example.org/b/"',
    'lang="de"', 'mode="escaped"', 'type="text/html"', 'x:type="html"', 'term="t"', 'src="s"',
    'atom:href="https://example.org/q"', 'href="https:////example.org/s"', 'xml:space="preserve"',
)  # fmt: skip
WORDS = (
    "Mines", "open again", " ", "\n  ", "caf\u00e9", "caf\u00c3\u00a9", "\u0093quoted\u0094",
    "\u2019s", "&amp;amp;", "&lt;b&gt;bold&lt;/b&gt;", "&lt;p&gt;One.&lt;/p&gt;", "&#8217;",
    "&amp;#8217;", "&amp;nbsp;", "&amp;nope;", "a &lt; b", "https://example.org/a?b=1&amp;c=2",
    "/relative", "urn:x:1", "http:///a", "&lt;/nope&gt;", "AT&amp;T; x", "&amp;lt;i&amp;gt;",
    "\U0001f600", "&#150;", "&#x2014;", "]]&gt;", "\u00a0",
)  # fmt: skip
DATES = (
    "Thu, 12 Jun 2025 07:30:00 -0400", "2025-06-12T07:30:00Z", "soon", "12 Jun 2025", "1 Jan 1970",
    "Fri, 2006/13/15 08:19:53 EDT", "Thu, 12 Jun 2025 07:30:00 BST", "\u0093", "",
)  # fmt: skip
DATED = re.compile(r"date|updated|published|issued|modified|created", re.IGNORECASE)
RAW = (
    "<b>bold</b>", "<p>One &amp; two</p>", "a < b & c", "&#8217;", "&nbsp;", "caf\u00e9", "<br/>",
    "/x?a=1&b;=2", "<a href='x'>y</a>", "\u0093q\u0094", "&amp;", "</p>",
)  # fmt: skip
MISC = (
    "<!-- <title>no</title> -->", "<?pi some?>", "\n    ", "stray", "<!---->",
)  # fmt: skip


def feed(seed: int) -> str:
    """A feed in which anything may be, told by a number."""
    return _Writer(Random(seed)).feed()


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random

    def some(self, given: Sequence[str], most: int) -> list[str]:
        return self.random.choices(given, k=self.random.randint(0, most))

    def text(self, of: str = "") -> str:
        if DATED.search(of) and self.random.random() < 0.8:
            return self.random.choice(DATES)
        escaped, raw = "".join(self.some(WORDS, 3)), "".join(self.some(RAW, 3))
        return self.random.choice(
            (escaped, escaped, f"<![CDATA[{raw}]]>", f"{escaped}<![CDATA[{raw}]]>")
        )

    def element(self, name: str, depth: int) -> str:
        given = self.some(ATTRIBUTES, 2) if self.random.random() < 0.3 else []
        told = "".join(f" {one}" for one in {one.split("=")[0]: one for one in given}.values())
        nested = depth and self.random.random() < 0.12
        inner = self.elements(2, depth - 1) if nested else self.text(name)
        if self.random.random() < 0.02:
            inner += self.random.choice(MISC)
        return f"<{name}{told}>{inner}</{name}>" if inner else f"<{name}{told}/>"

    def elements(self, most: int, depth: int = 2) -> str:
        found = []
        for _ in range(self.random.randint(0, most)):
            name = self.random.choice(COMMON)
            if self.random.random() < 0.12:
                name = self.random.choice(PREFIXES) + self.random.choice(LOCALS)
            found.append(self.element(name, depth))
        return "".join(found)

    def item(self) -> str:
        if self.random.random() < 0.4:
            return self.elements(7)
        usual = [f"<{name}>{self.text(name)}</{name.split()[0]}>" for name in self.some(USUAL, 7)]
        usual.append(self.elements(2))
        self.random.shuffle(usual)
        return "".join(usual)

    def feed(self) -> str:
        choice = self.random.choice
        declared = [one for one in NAMESPACES if self.random.random() < 0.95]
        if self.random.random() < 0.2:
            declared += self.some(ODD_NAMESPACES, 2)
        self.random.shuffle(declared)
        spaces = " ".join(dict.fromkeys(declared))
        items = [self.item() for _ in range(self.random.randint(0, 3))]
        head = choice(
            ("", "<title/>", f"<title>{self.text()}</title><link>https://example.org</link>")
        )
        if self.random.random() < 0.3:
            head += self.elements(2, 1)
        image = choice(
            (
                "",
                "",
                "<image><title>I</title><url>u</url></image>",
                "<image><name>n</name><title>I</title></image>",
            )
        )
        tail = self.elements(1, 1) if self.random.random() < 0.2 else ""
        kind = choice(("rss", "rss", "rss", "atom", "atom", "rdf", "bare"))
        if kind == "atom":
            uri = choice(
                (
                    "http://www.w3.org/2005/Atom",
                    "http://www.w3.org/2005/Atom",
                    "http://purl.org/atom/ns#",
                    "",
                )
            )
            inner = "".join(f"<entry>{item}</entry>" for item in items)
            return f'<feed xmlns="{uri}" {spaces}>{head}{inner}{tail}</feed>'
        if kind == "rdf":
            uri = choice(("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"))
            inner = "".join(
                f'<item rdf:about="urn:{n}">{item}</item>' for n, item in enumerate(items)
            )
            channel = f'<channel rdf:about="c">{head}</channel>'
            return f'<rdf:RDF xmlns="{uri}" {spaces}>{channel}{image}{inner}{tail}</rdf:RDF>'
        inner = "".join(f"<item>{item}</item>" for item in items)
        version = choice((' version="2.0"', ' version="0.91"', ""))
        if kind == "bare":
            return f"<rss{version} {spaces}>{head}{inner}</rss>"
        return f"<rss{version} {spaces}><channel>{head}{image}{inner}{tail}</channel></rss>"
