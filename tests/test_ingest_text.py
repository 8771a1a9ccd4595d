from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert from_html("<p>kept</p> &amp; <![odd[read]]> on") == "kept & on"


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
