from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest import text as texts
from monitor.ingest.text import from_html, lines, one_line, plain


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("plain words", "plain words"),
        ("<p>One.</p><p>Two &amp; three&#8217;s.</p>", "One.\nTwo & three’s."),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("in<b>ter</b>rupted", "interrupted"),
        ("wrapped\n   at some\twidth", "wrapped at some width"),
        ("before<script>if (a < b) { alert('x') }</script> after", "before after"),
        ("before<style>p { color: red }</style> after", "before after"),
        ("<svg><title>logo</title><svg>deep</svg>still inside</svg>out", "out"),
        ("<svg/>kept<p/>too", "kept\ntoo"),
        ("<noscript>a<p/>b</p></noscript>kept", "kept"),
        ("5 < 6 &lt;b&gt;", "5 < 6 <b>"),
        ("a<!-- not this -->b", "ab"),
        ("cut short <a href='x", "cut short"),
        ("", ""),
    ],
)
def test_markup_becomes_words(markup: str, words: str) -> None:
    assert from_html(markup) == words


def test_a_declaration_that_the_parser_gives_up_on_keeps_its_words() -> None:
    assert from_html("<p>kept</p> &amp; <![odd[read]]> on") == "kept\n& on"


@pytest.mark.parametrize("torn", ["<a ", "<!--", "<?", "</", "<a b='", '<a b="c" ', "a<b"])
@pytest.mark.parametrize("end", ["", ">", "</p>", "\"'>"])
def test_torn_markup_is_read_in_time(torn: str, end: str) -> None:
    """Of these, html.parser would take a minute for some."""
    words = from_html("<p>One</p><p>Two</p>" + torn * 60_000 + end + "<p>Three</p>" * bool(end))
    assert words.startswith("One\nTwo")


def test_very_long_markup_is_read() -> None:
    words = from_html("<p>One</p><script>no</script>" + "<p>a &amp; b</p>\n" * 40_000 + "<![x[y]]>")
    assert words.startswith("One")
    assert "no" not in words
    assert words.count("a & b") == 40_000


def test_only_an_empty_line_parts_paragraphs_of_wrapped_text() -> None:
    assert plain("one\r\ntwo\r\n \r\nthree\rfour") == "one two\nthree four"


def test_every_line_is_a_paragraph_where_lines_are_said_to_be() -> None:
    assert lines("one\r\ntwo\n\n\n  three ") == "one\ntwo\nthree"


def test_a_title_is_one_line() -> None:
    assert one_line(lines("one\ntwo")) == "one two"


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("De\u00adfense", "Defense"),
        ("rare\u200bearths", "rareearths"),
        ("\ufeffstart", "start"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("bell\x07 null\x00", "bell null"),
        ("next\x85line\x0bfeed", "next line feed"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("hard\u00a0space", "hard space"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_what_is_not_seen_is_removed(given: str, cleaned: str) -> None:
    assert plain(given) == cleaned
    assert from_html(given) == cleaned


@given(st.text())
def test_any_markup_gives_clean_words(markup: str) -> None:
    for words in (from_html(markup), plain(markup), lines(markup)):
        assert all(line and line == line.strip() for line in words.split("\n") if words)
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in words if char != "\n")
        assert "  " not in words
        assert lines(words) == words


def folded_slowly(text: str) -> str:
    """What cleaning is, character by character."""
    seen = "".join(char for char in text if not texts.INVISIBLE.fullmatch(char))
    kept = "".join(
        char if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs") else
        " " if char.isspace() else ""
        for char in seen
    )  # fmt: skip
    whole = unicodedata.normalize("NFC", kept).split("\n")
    return "\n".join(" ".join(line.split()) for line in whole if line.strip())


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<br/>", "<BR />", "<div class='x y'>", "</div >", "<hr", "</",
     '<a href="http://x/?a=1&amp;b=2">', "</a>", "<img src=x alt=\"a > b\">", "<img width=10/>",
     "<a href=x/y>", "<script>", "</script>", "<!-- c -->", "<!---->", "<!-->", "<!-- a--b -->",
     "<!-", "<?pi?>", "<![CDATA[", "]]>", "&amp;", "&am", "p;", "&#8217;", "&#10;", "&Tab;",
     "&nbsp;", "&#x0;", "&notit;", "&#13;&#10;", " & ", "&lt;b&gt;", "<", "> ", "\n", "\r\n", "\r",
     "\t", "\u00ad", "\u200b", "\u00e9", "e\u0301", "\0", "\x85", "\x1c", "\ud800", "word",
     "two  words",
     "<title>", "</title>", "<svg/>", "<svg>", "</svg>", "<o:p>", "</ p>", "</p x='1'>", "</p/>",
     "< p>", "<p\n class=a>", "<p a=b c>", "<p a='1'b>", "<p a=\"1\"b=2>", "<p/ a>", "<p a=>",
     "<p =a>", "<textarea>", "<x-y z>", "<iframe src=q></iframe>", "<a href='", '"', "'", "/>", "="]
)  # fmt: skip


@given(st.lists(PIECES, max_size=9).map("".join) | st.text(max_size=30))
@settings(max_examples=500)
def test_the_fast_ways_make_no_difference(markup: str) -> None:
    whole = texts.CUT_TAG.sub("", markup)
    assert from_html(markup) == folded_slowly(texts._read(whole))
    assert lines(markup) == folded_slowly(markup.replace("\r\n", "\n").replace("\r", "\n"))


@pytest.mark.parametrize(
    "markup",
    ["plain", "a & b &#8217; c", "<p>One<br/>two</p>", "<a href='x' title=\"y\" z=1 on>b</A>",
     "<!-- wp:paragraph -->\n<p class='a-b'>x</p>", "<h2 id=x >a</h2 >"],
)  # fmt: skip
def test_most_markup_is_read_fast(markup: str) -> None:
    assert texts._read_plain_tags(markup) == texts._read(markup)
