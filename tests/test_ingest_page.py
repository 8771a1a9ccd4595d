"""Pages in many layouts: what is read of them, what is not, and what a page says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.pages.document import decoded, is_html
from monitor.ingest.pages.forms import Fetched, NoPage, Page
from monitor.ingest.pages.page import LEAST, page_of, read_page
from monitor.ingest.pages.sites import same_site, site_of
from monitor.ingest.pages.times import agreed, moment
from tests import page_layouts as its

URL = "https://www.ledger.example/markets/northwind-loan"
CAME_OUT = datetime(2025, 6, 12, 13, 40, tzinfo=UTC)
HTML = "text/html; charset=utf-8"


def read(body: bytes, url: str = URL, content_type: str | None = HTML) -> Page | NoPage:
    return read_page(body, content_type=content_type, url=url)


def page(body: bytes, url: str = URL, content_type: str | None = HTML) -> Page:
    found = read(body, url, content_type)
    assert isinstance(found, Page), found
    return found


# ---------------------------------------------------------------- the text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(its.news(), id="news"),
        pytest.param(its.news(its.ld(its.node())), id="json-ld"),
        pytest.param(its.graph(), id="graph"),
        pytest.param(its.amp(URL), id="amp"),
        pytest.param(its.plain_divs(), id="plain divs"),
        pytest.param(its.breaks(), id="breaks"),
        pytest.param(its.one_form(), id="one form"),
        pytest.param(its.huge(400), id="a long table"),
        pytest.param(its.script_only(body=True), id="script with its text as data"),
        *(pytest.param(its.news(text=text), id=name) for name, text in its.bodies().items()),
    ],
)
def test_all_of_the_article_is_read_and_nothing_else(body: bytes) -> None:
    found = page(body)
    lines = found.text.split("\n")
    told = dict.fromkeys(line for line in lines if line in its.PARAGRAPHS)
    assert list(told) == list(its.PARAGRAPHS)
    assert not [one for one in its.NOT_OF_IT if one in found.text]
    assert its.HEADLINE not in lines
    assert found.title == its.HEADLINE
    assert found.cut is None


@pytest.mark.parametrize("name", its.neighbours())
def test_what_stands_beside_an_article_is_not_read_with_it(name: str) -> None:
    lines = page(its.news(text=its.neighbours()[name])).text.split("\n")
    assert [line for line in lines if line != "Advertisement"] == list(its.PARAGRAPHS)


@pytest.mark.parametrize("frame", ["<article>{}</article>", '<div class="story">{}</div>'])
@pytest.mark.parametrize("length", [1, 8])
def test_the_next_article_on_a_page_without_end_is_another(frame: str, length: int) -> None:
    own = f"<h1>{its.HEADLINE}</h1>{its.paragraphs()}"
    following = "<h1>Pilots end their strike</h1>" + length * "".join(
        f"<p>{one}</p>" for one in its.OTHER
    )
    body = its.around(f"<main>{frame.format(own)}{frame.format(following)}</main>")
    lines = page(body).text.split("\n")
    assert lines[-len(its.PARAGRAPHS) :] == list(its.PARAGRAPHS)
    assert not set(its.OTHER) & set(lines)


def test_several_main_headings_of_one_article_cut_nothing_off() -> None:
    parts = "".join(f"<h1>Part {n}</h1><p>{one}</p>" for n, one in enumerate(its.PARAGRAPHS))
    logo = '<div><h1><img src="logo.png"></h1><h1>The Ledger</h1></div>'
    for body in (f"{logo}<h1>{its.HEADLINE}</h1>{parts}", f"{logo}<div>{parts}</div>"):
        found = page(its.around(f"<main><article>{body}</article></main>"))
        assert all(one in found.text for one in its.PARAGRAPHS)


def test_rows_of_a_table_are_lines_without_its_rules() -> None:
    table = "<table><tr><th>Name</th><th>Last</th></tr><tr><td>NWM</td><td>12.40</td></tr></table>"
    lines = page(its.news(text=its.paragraphs() + table)).text.split("\n")
    assert lines[len(its.PARAGRAPHS) :] == ["Name Last", "NWM 12.40"]


def test_a_gallery_is_read_by_its_text() -> None:
    found = page(its.gallery())
    assert found.text.split("\n")[:2] == list(its.PARAGRAPHS[:2])
    assert not [one for one in its.NOT_OF_IT if one in found.text]


def test_a_page_of_another_direction_is_read_without_marks_that_turn_text_round() -> None:
    found = page(its.right_to_left())
    assert len(found.text.split("\n")) == 4
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067") & set(found.text)


def test_a_page_says_how_it_is_encoded_in_the_header_or_in_itself() -> None:
    body = its.latin_1()
    assert "Herr Müller in Köln" in page(body, content_type="text/html; charset=iso-8859-1").text
    assert "Herr Müller in Köln" in page(body, content_type="text/html").text
    told = body.replace(b"<head>", b'<head><meta charset="windows-1252">')
    assert "Herr Müller in Köln" in page(told, content_type=None).text


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("\ufeffä".encode(), None, "ä"),
        ("ä".encode("utf-16"), "text/html; charset=utf-8", "ä"),
        ("ä €".encode(), "text/html; charset=iso-8859-1", "ä €"),  # a lie
        ("€".encode("cp1252"), "text/html; charset=iso-8859-1", "€"),  # as browsers do
        ("漢字".encode("iso2022_jp"), "text/html; charset=iso-2022-jp", "漢字"),
        ("漢字".encode("shift_jis"), 'text/html; charset="shift_jis"', "漢字"),
        (b"\xe4", "text/html; charset=hex", "ä"),
        (b"\xe4", "text/html; charset=no-such", "ä"),
        (b"\xe4", "text/html; charset=utf-8", "ä"),
        (b"\xe4", None, "ä"),
    ],
)
def test_bytes_become_text(body: bytes, content_type: str | None, text: str) -> None:
    assert decoded(body, content_type) == text


@pytest.mark.parametrize(
    ("body", "content_type", "is_one"),
    [
        (b"anything", "text/html", True),
        (b"anything", "Application/XHTML+XML; charset=utf-8", True),
        (b"<!DOCTYPE html><p>", None, True),
        (b"<html>", "text/plain", True),
        (b"plain words", "text/plain", False),
        (b"<?xml version='1.0'?><rss>", "text/xml", False),
        (b"%PDF-1.7 <html>", "application/pdf", False),
        (b'{"a": 1}', "application/json", False),
    ],
)
def test_what_is_html(body: bytes, content_type: str | None, is_one: bool) -> None:
    assert is_html(body, content_type) is is_one
    assert (read(body, content_type=content_type) == NoPage("not html")) is not is_one


def test_what_holds_nothing_has_no_text() -> None:
    for body in (b"", b"   ", b"<!-- -->", b"<html></html>", b"\0\0"):
        assert read(body) == NoPage("no text")


def test_too_few_words_are_no_article() -> None:
    words = " ".join(["word"] * (LEAST - 1))
    assert read(its.news(text=f"<p>{words}</p>")) == NoPage("no text")


def test_a_pages_script_is_not_its_text() -> None:
    body = its.news(text=its.paragraphs() + "<script>var loan = 'unsaid';</script>")
    assert "unsaid" not in page(body).text


def test_nesting_without_end_is_survived() -> None:
    assert isinstance(read(its.deep()), NoPage | Page)
    assert isinstance(read(its.deep(200)), Page)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert isinstance(read(b"<html><body>" + body), NoPage | Page)


PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<h1>",
            "</h1>",
            "<title>words",
            "<article>",
            "</div>",
            "<div class=paywall>",
            "<time datetime='2025'>",
        ),
        *(
            "<script type='application/ld+json'>",
            "</script>",
            '{"@type":',
            '"NewsArticle"',
            "[",
            "}",
        ),
        *("<meta property='og:type' content='article'>", "<link rel=canonical href='http://[x'>"),
        *(
            "<a href='//'>",
            "&#0;",
            "&#xd800;",
            "\ud7ff",
            "words of a text ",
            "<!--",
            "]]>",
            "<svg>",
        ),
    ]
)


@given(st.lists(PIECES, max_size=30))
def test_no_markup_makes_it_raise(pieces: list[str]) -> None:
    assert isinstance(read("".join(pieces).encode()), NoPage | Page)


# ---------------------------------------------------------------- what it says of itself


def test_when_it_came_out_is_told_by_json_ld() -> None:
    found = page(its.news(its.ld(its.node())))
    assert found.published_at == CAME_OUT
    assert found.modified_at == datetime(2025, 6, 12, 15, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "head",
    [
        f'<meta property="article:published_time" content="{its.PUBLISHED}">',
        '<meta name="parsely-pub-date" content="2025-06-12T13:40:00Z">',
        '<meta itemprop="datePublished" content="2025-06-12 09:40:00 -0400">',
        '<meta name="pubdate" content="Thu, 12 Jun 2025 13:40:00 GMT">',
    ],
)
def test_when_it_came_out_is_told_by_meta_elements(head: str) -> None:
    assert page(its.news(head)).published_at == CAME_OUT


@pytest.mark.parametrize(
    ("around", "told"),
    [
        (f'<time datetime="{its.PUBLISHED}">12 June</time>', True),
        (f'<time class="entry-date" datetime="{its.PUBLISHED}"></time>'
         '<time datetime="2025-06-12T18:00:00Z">updated</time>', True),
        (f'<time datetime="{its.PUBLISHED}"></time><time datetime="2025-06-12T18:00:00Z"></time>',
         False),
        (f'<ul><li><time datetime="{its.PUBLISHED}">of another</time></li></ul>', False),
        ('<time datetime="2025-06-12">12 June</time>', False),
    ],
)  # fmt: skip
def test_when_it_came_out_is_told_by_time_elements(around: str, told: bool) -> None:
    found = page(its.news(text=around + its.paragraphs()))
    assert found.published_at == (CAME_OUT if told else None)


def test_times_that_differ_are_not_believed() -> None:
    local_time_called_utc = (
        '<meta property="article:published_time" content="2025-06-12T09:40:00Z">'
    )
    assert page(its.news(its.ld(its.node()) + local_time_called_utc)).published_at is None


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2025-06-12T13:40:00Z", CAME_OUT),
        ("2025-06-12T13:40:00.123456789+00:00", CAME_OUT),
        ("2025-06-12 13:40 UTC", CAME_OUT),
        ("2025-06-12T09:40:00-0400", CAME_OUT),
        ("2025-06-12T15:40+02", CAME_OUT),
        (" Thu, 12 Jun 2025 09:40:00 -0400 ", CAME_OUT),
        ("2025-06-12", None),
        ("2025-06-12T13:40:00", None),
        ("2025-06-12T00:00:00Z", None),
        ("2025-06-31T13:40:00Z", None),
        ("1970-01-01T00:00:01Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("2025-06-12T13:40:00+99:00", None),
        ("12/06/2025 13:40", None),
        ("", None),
    ],
)
def test_a_moment_has_day_time_and_zone(written: str, at: datetime | None) -> None:
    assert moment(written) == at


def test_statements_agree_or_are_nothing() -> None:
    assert agreed(["2025-06-12T13:42:00Z", "2025-06-12", its.PUBLISHED]) == CAME_OUT
    assert agreed(["2025-06-12T13:46:00Z", its.PUBLISHED]) is None
    assert agreed([]) is None


@given(
    st.integers(min_value=631_238_400, max_value=7_200_000_000),
    st.integers(min_value=-56, max_value=56),
)
def test_what_is_written_as_iso_is_read_again(seconds: int, quarters: int) -> None:
    at = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=15 * quarters)))
    midnight = (at.hour, at.minute, at.second) == (0, 0, 0)
    assert moment(at.isoformat()) == (None if midnight else at)


@pytest.mark.parametrize(
    ("given", "author"),
    [
        ([{"@type": "Person", "name": "Ada Quill"}, {"name": "Ben Dole"}], "Ada Quill, Ben Dole"),
        ({"@type": "Person", "name": "Ada Quill"}, "Ada Quill"),
        ("By Ada &amp; Ben Quill", "Ada & Ben Quill"),
        ([{"@type": "Person"}, None, 7], "Ada Quill"),  # the link beside the headline
        ("https://ledger.example/staff/quill", "Ada Quill"),
        ("A sentence about the one who wrote it " * 4, "Ada Quill"),
    ],
)
def test_who_wrote_it(given: object, author: str) -> None:
    assert page(its.news(its.ld(its.node(author=given)))).author == author


def test_the_author_may_stand_elsewhere_in_the_graph() -> None:
    assert page(its.graph()).author == "Ada Quill"


def test_nobody_is_said_to_have_written_what_names_nobody() -> None:
    assert page(its.plain_divs()).author is None


@pytest.mark.parametrize(
    ("href", "own"),
    [
        ("https://ledger.example/2025/northwind", "https://ledger.example/2025/northwind"),
        ("/2025/northwind", "https://www.ledger.example/2025/northwind"),
        ("https://amp.ledger.example/n", "https://amp.ledger.example/n"),
        ("https://elsewhere.example/northwind", URL),
        ("https://www.ledger.example/", URL),
        ("http://[broken", URL),
        ("javascript:alert(1)", URL),
        ("", URL),
    ],
)
def test_its_own_address_is_on_its_own_site(href: str, own: str) -> None:
    assert page(its.news(f'<link rel="canonical" href="{href}">')).url == own


def test_an_amp_page_is_known_by_the_address_it_was_made_from() -> None:
    assert page(its.amp(URL), url="https://www.ledger.example/amp/northwind").url == URL


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://news.ledger.example/a", "https://www.ledger.example/b", True),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("https://news.a.co.uk/", "http://a.co.uk:8080/", True),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:1/b", True),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2/b", False),
        ("mailto:a@b.example", "mailto:a@b.example", False),
        ("http://[broken", "http://[broken", False),
    ],
)
def test_what_is_one_site(one: str, other: str, same: bool) -> None:
    assert same_site(one, other) is same


def test_no_address_has_no_site() -> None:
    assert site_of("") is None
    assert site_of("https:///path") is None


# ---------------------------------------------------------------- JSON-LD as it is found


@pytest.mark.parametrize(
    "script",
    [
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"H\nX",'
        f'"datePublished":"{its.PUBLISHED}",}}</script>',
        '<script type="application/ld+json"><!-- {"@type":["NewsArticle"],'
        f'"datePublished":"{its.PUBLISHED}"}} --></script>',
        '<script type="application/ld+json">//<![CDATA[\n{"@type":"NewsArticle",'
        f'"datePublished":"{its.PUBLISHED}"}}\n//]]></script>',
        '<script type="application/ld+json">[[{"@type":"https://schema.org/NewsArticle",'
        f'"datePublished":"{its.PUBLISHED}"}}]]</script>',
    ],
)
def test_json_that_is_written_badly_is_read(script: str) -> None:
    if "[[" in script:  # a list of lists holds no nodes
        script = script.replace("[[", "[").replace("]]", "]")
    assert page(its.news(script)).published_at == CAME_OUT


@pytest.mark.parametrize("script", ["{", "[" * 100_000, "null", '"text"', "NaN", "{}"])
def test_json_that_cannot_be_read_says_nothing(script: str) -> None:
    found = page(its.news(f'<script type="application/ld+json">{script}</script>'))
    assert found.published_at is None
    assert found.title == its.HEADLINE


def test_of_several_articles_the_one_of_this_address_or_title_is_meant() -> None:
    other = its.node(headline="Another", datePublished="2024-01-01T10:00:00Z", url="/other")
    mine = its.node(headline="As the desk has it", mainEntityOfPage={"@id": URL + "?utm_source=x"})
    assert page(its.news(its.ld([other, mine]))).published_at == CAME_OUT
    assert page(its.news(its.ld([other, its.node()]))).published_at == CAME_OUT
    unknown = its.node(headline="A third")
    assert page(its.news(its.ld([other, unknown]))).published_at is None


def test_a_page_without_an_article_may_be_dated_as_a_page() -> None:
    node = {"@type": "WebPage", "datePublished": its.PUBLISHED}
    assert page(its.news(its.ld(node))).published_at == CAME_OUT


def test_a_fetched_page_is_read_by_what_it_came_with() -> None:
    fetched = Fetched("https://short.example/x", URL, 200, HTML, its.news())
    assert page_of(fetched) == read(its.news())
    gone = Fetched(URL, URL, 410, "application/pdf", b"")
    assert page_of(gone) == NoPage("status 410")
    assert page_of(Fetched(URL, URL, 500, HTML, b"")) == NoPage("status 500")
