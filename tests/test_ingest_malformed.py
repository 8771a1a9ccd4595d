"""Feeds as they should not be: what they hold is kept, and nothing they send does harm."""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest.feeds.apart import ParserApart
from monitor.ingest.feeds.parse import ParsedFeed, parse
from tests.feed_texts import feed

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)
URL = "https://example.org/feed"


def read(body: bytes | str, content_type: str | None = None) -> ParsedFeed:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return parse(raw, content_type=content_type, source="mine", url=URL, seen_at=NOW)


def titles(body: bytes | str, content_type: str | None = None) -> list[str]:
    return [item.title for item in read(body, content_type).items]


def rss(*items: str, before: str = "") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f'{before}<rss version="2.0"><channel><title>Wire</title>{inner}</channel></rss>'


ONE, TWO, THREE = (f"<title>{name}</title><guid>{name}</guid>" for name in ("One", "Two", "Three"))
WHOLE = rss(ONE, TWO, THREE)


# ---------------------------------------------------------------- torn and untidy


def test_a_feed_that_is_cut_off_gives_the_items_that_are_whole() -> None:
    for end in range(WHOLE.index("</item>"), len(WHOLE)):
        found = titles(WHOLE[:end])
        whole = WHOLE[:end].count("</item>")
        assert found[:whole] == ["One", "Two", "Three"][:whole]


@pytest.mark.parametrize(
    "item",
    [
        "<title>Two & tw&nbsp;o</title>",
        "<title>Two</title><description><![CDATA[never closed</description>",
        "<title>Two</title><!-- never closed",
        "<title>Two</title><description><b>bold</description>",
        "<title>Two</title><link>https://example.org/?a=1&b=2</link>",
        "<title>Two</title></wrong>",
        "<title>Two</title><undeclared:tag>x</undeclared:tag>",
        "<title>Two</title><a b=c d>x</a>",
        "<title>Two\x00\x08\x1f</title>",
        "<title>Two&#0;&#31;&#xFFFE;&#1114112;</title>",
        "<title>Two</title><!h<!h<!",
        "<title>Two</title><![odd[",
        "<title>Two</title><? <?",
        "<title>Two</title><source><title>",
        "<title>Two</title><content:encoded>x</content:encoded",
        "<title>Two</title>" + "<x>" * 3000,
        "<title>Two</title><x y='" + "z" * 1_000_000 + "'/>",
        "<title>Two</title>" + "".join(f"<x a{n}='{n}'/>" for n in range(3000)),
    ],
    ids=range(18),
)
def test_what_one_item_breaks_costs_no_other(item: str) -> None:
    found = titles(rss(ONE, item, THREE))
    assert found[0] == "One"
    assert found[-1] == "Three"
    assert "Two" in found[1]


@pytest.mark.parametrize("space", ["", " ", "\n\n", "\ufeff", "\ufeff\n"])
def test_space_before_the_declaration_does_not_matter(space: str) -> None:
    parsed = read(f"{space}<?xml version='1.1' encoding='utf-8' standalone='yes'?>{WHOLE}")
    assert (len(parsed.items), parsed.notes) == (
        3,
        ("3 of 3 items without a date that can be read",),
    )


def test_what_looks_like_an_item_in_a_text_is_none() -> None:
    example = "<title>Two</title><description><![CDATA[<item >&]]></description>"
    assert titles(rss(ONE, example + "\x00", THREE)) == ["One", "Two", "Three"]


def test_forms_of_feeds_that_are_long_gone() -> None:
    cdf = (
        '<channel href="/c" lastmod="2025-06-12T07:30:00Z"><title>Wire</title>'
        '<item href="/a" lastmod="2025-06-12T07:30:00Z"><title>A</title><abstract>B</abstract>'
        "</item></channel>"
    )
    old_atom = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Wire</title><entry>'
        '<title mode="escaped" type="text/html">A &lt;i&gt;b&lt;/i&gt;</title>'
        '<content type="text/html" mode="base64">PGI+d29yZHM8L2I+</content>'
        "<created>2025-06-12T07:30:00Z</created></entry></feed>"
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>Wire</title></channel>'
        "<item><title>A</title><link>/a</link></item></rdf:RDF>"
    )
    (item,) = read(cdf).items
    assert (item.title, item.text, item.url) == ("A", "B", "https://example.org/a")
    assert item.published_at == datetime(2025, 6, 12, 7, 30, tzinfo=UTC)
    (item,) = read(old_atom).items
    assert (item.title, item.text) == ("A b", "words")
    assert item.published_at == datetime(2025, 6, 12, 7, 30, tzinfo=UTC)
    (item,) = read(rdf).items
    assert (item.title, item.url, item.outlet) == ("A", "https://example.org/a", "Wire")


def test_script_in_a_title_leaves_no_markup() -> None:
    for script in (
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<![CDATA[<script>alert(1)</script>]]>",
    ):
        (title,) = titles(rss(f"<title>A{script}B&lt;img src=x onerror=alert(1)&gt;</title>"))
        assert title == "AB"


# ---------------------------------------------------------------- encodings

ACCENTS = "Élan – “naïve” café"


@pytest.mark.parametrize(
    ("charset", "declared", "true"),
    [
        (None, None, "utf-8"),
        (None, "utf-8", "utf-8-sig"),
        (None, "iso-8859-1", "utf-8"),
        ("iso-8859-1", None, "utf-8"),
        ("us-ascii", "utf-8", "utf-8"),
        ("utf-8", "utf-8", "cp1252"),
        ("utf-8", "windows-1252", "cp1252"),
        ("utf-16", None, "utf-8"),
        (None, "utf-16", "utf-8"),
        (None, "utf-32", "cp1252"),
        (None, "iso-8859-1", "cp1252"),
        ("punycode", "idna", "utf-8"),
        ("no-such-thing", "rot13", "utf-8"),
        ("hex", "undefined", "utf-8"),
        ("\u0131", "unicode_escape", "cp1252"),
        (None, None, "utf-16"),
        ("utf-8", "utf-8", "utf-16-be"),
        ("utf-8", "utf-16", "utf-16-le"),
        (None, None, "utf-32"),
        ("iso-8859-1", "utf-8", "utf-32-le"),
    ],
)
def test_what_is_said_of_the_encoding_may_be_a_lie(
    charset: str | None, declared: str | None, true: str
) -> None:
    start = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    body = rss(f"<title>{ACCENTS}</title>", before=start).encode(true)
    content_type = f'text/xml; charset="{charset}"' if charset else "text/xml"
    assert titles(body, content_type) == [ACCENTS]


@pytest.mark.parametrize(
    "name", ["shift_jis", "euc-jp", "iso-2022-jp", "utf-7", "koi8-r", "gb2312"]
)
def test_other_encodings_that_are_declared_are_used(name: str) -> None:
    words = "Рынок" if name == "koi8-r" else "中国"
    text = rss(f"<title>{words}</title>", before=f"<?xml version='1.0' encoding='{name}'?>")
    assert titles(text.encode(name)) == [words]


def test_a_feed_in_two_encodings_or_cut_inside_of_a_character_stays_readable() -> None:
    mixed = rss(f"<title>{ACCENTS}</title>").encode()
    latin = mixed.replace(b"</item>", b"</item><item><title>Caf\xe9</title></item>")
    assert titles(latin) == [ACCENTS, "Café"]
    cut = rss(f"<title>{ACCENTS}</title>", f"<title>{ACCENTS}</title>").encode()
    assert titles(cut[: cut.rindex("é".encode()) + 1]) == [ACCENTS]


def test_null_bytes_are_nothing() -> None:
    assert titles(WHOLE.replace("<", "<\0").replace("<\0", "<").replace("e", "e\0")) == [
        "One", "Two", "Three"
    ]  # fmt: skip


# ---------------------------------------------------------------- bombs


@pytest.fixture(scope="module")
def apart() -> Iterator[ParserApart]:
    parser = ParserApart(timeout=60, memory=400_000_000)
    yield parser
    parser.close()


def entities(*told: str) -> str:
    return f"<!DOCTYPE rss [{''.join(told)}]>"


LAUGHS = entities(
    "<!ENTITY a 'aaaaaaaaaa'>",
    *(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True)),
)
QUADRATIC = entities(f'<!ENTITY a "{"a" * 100_000}">')
PARAMETER = entities("<!ENTITY % a 'aaaaaaaaaa'>", "<!ENTITY % b '%a;%a;%a;%a;'>", "%b;")


@pytest.mark.parametrize(
    "bomb",
    [
        rss("<title>x &j;</title>", ONE, before=LAUGHS),
        rss(f"<title>{'&a;' * 5000}</title>", ONE, before=QUADRATIC),
        rss("<title>x</title>", ONE, before=PARAMETER),
        rss("<title>x &a;</title>", ONE, before=entities('<!ENTITY a "C:\\data">')),
        rss("<title>x</title>" + "<div>" * 100_000 + "</div>" * 100_000, ONE),
        rss("<title>x</title><content type='xhtml'>" + "<b>" * 20_000 + "</b>" * 20_000
            + "</content>", ONE),
        rss("<title>x</title><description>" + "&lt;div&gt;" * 50_000 + "</description>", ONE),
        rss("<title>" + "&amp;" * 300_000 + "</title>", ONE),
        rss("<title>x</title>" + "<link/>" * 30_000, ONE),
        rss("<title>x</title>" + " " * 3_000_000, ONE),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_meant_to_blow_up_is_read_within_limits(apart: ParserApart, bomb: str) -> None:
    parsing = apart(bomb.encode(), content_type=None, source="mine", url=URL, seen_at=NOW)
    found = asyncio.run(parsing).items
    assert found[-1].title == "One"
    assert sum(len(item.title) + len(item.text) for item in found) < 2_000_000


def test_harmless_entities_of_a_document_type_are_used() -> None:
    doctype = entities(
        '<!ENTITY co "Ore &#38; Tin">', "<!ENTITY mine 'Mine'>", "<!ENTITY e '\u00e9'>"
    )
    parsed = read(rss("<title>&mine; caf&e;</title>", before=doctype))
    assert parsed.items[0].title == "Mine café"
    assert len(parsed.notes) == 1  # of the date


@contextlib.contextmanager
def listening() -> Iterator[tuple[socket.socket, int]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server, server.getsockname()[1]


@pytest.mark.parametrize(
    "shape", ["general", "parameter", "doctype", "stylesheet", "xinclude", "broken"]
)
def test_nothing_that_a_feed_names_is_fetched(shape: str) -> None:
    with listening() as (server, port):
        there = f"http://127.0.0.1:{port}/x"
        before = {
            "general": f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{there}">]>',
            "parameter": f'<!DOCTYPE rss [<!ENTITY % x SYSTEM "{there}"> %x;]>',
            "doctype": f'<!DOCTYPE rss PUBLIC "-//Netscape" "{there}">',
            "stylesheet": f'<?xml-stylesheet href="{there}" type="text/xsl"?>',
            "xinclude": "",
            "broken": f'<!DOCTYPE rss [\n<!ENTITY x SYSTEM "{there}">\n<!ENTITY y "C:\\x">]>',
        }[shape]
        inside = f'<i xmlns="http://www.w3.org/2001/XInclude" href="{there}"/>'
        item = f"<title>One{'&x;' if shape in ('general', 'broken') else ''}</title>{inside}"
        assert titles(rss(item, before=before))[0].startswith("One")
        assert titles(rss(item, before=before).replace("</rss>", ""))[0].startswith("One")
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_file_is_not_read_for_an_external_entity() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    hostname = socket.gethostname()
    assert all(
        hostname not in title for title in titles(rss("<title>a &x;</title>", before=doctype))
    )


# ---------------------------------------------------------------- any bytes


def survives(body: bytes) -> None:
    with contextlib.suppress(SourceError):
        for item in read(body).items:
            assert item.title or item.text
            assert "\n" not in item.title
            str(item).encode()  # nothing that no store could hold


PIECES = (
    b"<", b">", b"&", b"'", b'"', b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?", b"</", b"<!",
    b"<![", b"\0", b"\xff", b"\xc3", b"\r", b"{", b"[", b"<item>", b"</item>", b"<entry ",
    b"</title>", b"&a;", b"&#0;", b"&#x110000;", b"<!DOCTYPE a [<!ENTITY a 'b'>]>",
    b"<!ENTITY % a '", b"<!h", b"<svg>", b"<source>", b"<links a='b'/>", b"<title_detail a='b'/>",
    b"<xhtml:div>", b"<georss:point>1</x>", b"<content type='xhtml'>", b"<content mode='base64'>",
    b"<width>x</width>", b"<media:license/>",
)  # fmt: skip


def torn(seed: int) -> bytes:
    """A feed with some of its bytes gone and others put in."""
    random = Random(seed)
    body = bytearray(feed(seed).encode("utf-8", "replace"))
    for _ in range(random.randint(1, 5)):
        at, kind = random.randrange(len(body) + 1), random.random()
        if kind < 0.5:
            body[at:at] = random.choice(PIECES)
        elif kind < 0.8:
            del body[at : at + random.randint(1, 40)]
        elif kind < 0.9:
            body[at : at + 1] = bytes([random.randrange(256)])
        else:
            del body[at:]
    return bytes(body)


@given(st.integers(0, 2**64))
@settings(deadline=None)
def test_any_torn_feed_is_survived(seed: int) -> None:
    survives(torn(seed))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(b"<rss><channel><item><title><!h<!h<</title></item>")
@example(codecs.BOM_UTF16_LE + b"<\0?\0x")
@example(b"<?xml encoding='utf-7'?><rss><item><title>+2AA-</title></item></rss>")
def test_any_bytes_are_survived(body: bytes) -> None:
    survives(body)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None)
@given(st.integers(0, 2**64))
def test_very_many_torn_feeds_are_survived(seed: int) -> None:
    survives(torn(seed))
