"""Texts as they were meant to be read, and the way back to where their words stood."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.clean import Cleaned, cleaned

EPISODE = Path(__file__).parent / "data" / "episode.jsonl"
PIECES = [
    *[
        "<p>",
        "</p>",
        "<br/>",
        "<b>",
        "</b>",
        "<",
        ">",
        "&",
        ";",
        "&amp;",
        "&lt;",
        "&gt;",
        "&#8217;",
    ],
    *["<a href='x>y'>", "<script>", "</script>", "<!--", "-->", "<![CDATA[", "]]>", "<div", '"'],
    *["MP Materials", " 5 ", "\n", "\r\n", "\r", "\0", "\ud800", "\ufeff", "\u200b", "e\u0301"],
    *["\ufb01", "\uff21", "\u202e", "\u00ad", "\u00a0", "\u3000", "amp;", "!--", "lt;", "\x92"],
]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\ufeff\ud800-\udfff]"
)


def at(content: str, words: str) -> tuple[Cleaned, str]:
    """The cleaned content, and what of the original the words were made of."""
    found = cleaned(content)
    start = found.text.index(words)
    low, high = found.original(start, start + len(words))
    return found, content[low:high]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("in<b>ter</b>rupted", "interrupted"),
        ("<p>One.</p><p>Two &amp; three&#8217;s.</p>", "\nOne.\n\nTwo & three’s.\n"),
        ("<P CLASS=x>One<BR>two</P>", "\nOne\ntwo\n"),
        ("a<script>if (a<b) { x }</script> b", "a b"),
        ("a<style media='x'>p { }</STYLE > b", "a b"),
        ("a<script>is not for readers", "a"),
        ("a<svg>b", "ab"),
        ("a<!-- <p>b</p> --> c", "a c"),
        ("a<!-- open", "a open"),
        ("a<!-- open > b", "a open > b"),
        ("<![CDATA[a <b>b</b>]]> c]]>", "a b c]]>"),
        ("<![CDATA[a]]> <b>b</b> c]]>", "a b c]]>"),
        ("<![CDATA[a<!-- ]]> --> <b>b</b>", "a b"),
        ("<![CDATA[a<!-- ]]> --> b", "a b"),
        ("<!DOCTYPE html><?xml version='1.0'?>a<![endif]>", "a"),
        ('<img alt="a > b" src=x>c', "c"),
        ("<b it's=1>c", "c"),
        ("<input disabled>c<hr/>d<o:p></o:p>", "c\nd"),
        ("<iframe src='x'/>kept", "kept"),
        ("cut <a href='x", "cut "),
        ("cut <im", "cut "),
        ("cut </", "cut "),
        ("cut <a ", "cut "),
        ("&lt;p&gt;escaped &amp;amp; twice&lt;/p&gt;", "\nescaped & twice\n"),
        ("<<b>b>MP", "MP"),
        ("<scr\0ipt>x</script>y", "y"),
        ("M\0P", "MP"),
        ("rare\u200b earths\ufeff", "rare earths"),
        ("De\u00adfense, \u202eenil\u202c", "Defense, enil"),
        ("half \ud83d", "half \ufffd"),
        ("\uff2d\uff30 \uff11\uff17\uff05", "MP 17%"),
        ("\ufb01nance, o\ufb03ce", "finance, office"),
        ("\U0001d40c\U0001d40f", "MP"),
        ("cafe\u0301", "caf\u00e9"),
        ("MP\u3000Materials\u00a0rose", "MP Materials rose"),
        ("MP\x92s", "MP\u2019s"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("&nbsp;&shy;&#8203;&#x22;&#0;", ' "\ufffd'),
    ],
)
def test_what_is_no_text_goes(content: str, words: str) -> None:
    assert cleaned(content).text == words


@pytest.mark.parametrize(
    "content",
    [
        *["", "plain", "5 < 7", "a <b and c> d", "shares of <MP> and <MP.N>", "3<x>1", "a < b > c"],
        *[
            "AT&T, R&D; S&P 500",
            "a&b;",
            "&unknown;",
            "https://x.example/?a=1&copy=2",
            "<3",
            "tea\t5",
        ],
        *[
            "Materials\u2122 10\u00b2 \u00bd\u2026",
            "\u201cSoon\u201d \u2013 it\u2019s",
            "1 <2",
            "x <b",
        ][:3],
        *["<https://x.example/a>", "<me@x.example>", "Zwei W\u00f6rter", "\u4e2d\u6587", "price <"],
    ],
)
def test_text_stays(content: str) -> None:
    found = cleaned(content)
    assert found.text == content
    assert found.original(0, len(content)) == (0, len(content))
    assert found.place(len(content)) == len(content)


@pytest.mark.parametrize(
    ("content", "words", "original"),
    [
        ("the <b>White</b> House&#8217;s", "White House", "White</b> House"),
        ("the <b>White</b> House&#8217;s", "White", "White"),
        ("R&amp;D of M\0P\0.", "R&D", "R&amp;D"),
        ("R&amp;D of M\0P\0.", "MP", "M\0P"),
        ("&lt;b&gt;MP&lt;/b&gt; Ma<i>ter</i>ials", "MP Materials", "MP&lt;/b&gt; Ma<i>ter</i>ials"),
        ("\ufeff\uff2d\uff30 rose", "MP", "\uff2d\uff30"),
        ("o\ufb03ce", "fi", "\ufb03"),
    ],
)
def test_words_are_found_where_they_stood(content: str, words: str, original: str) -> None:
    assert at(content, words)[1] == original


def test_an_empty_span_stays_empty() -> None:
    found = cleaned("<b>a</b>")
    assert found.original(0, 0) == (3, 3)
    assert cleaned("\0").original(0, 0) == (1, 1)


def test_lines_of_html_go_on_but_a_title_ends() -> None:
    title, text = "Law for\nmines", "<p>The White House\n  may invoke it.</p>\n\n<p>Soon.</p>"
    found = cleaned(f"{title}\n{text}", title_end=len(title) + 1)
    assert [line for line in found.text.split("\n") if line.strip()] == [
        *["Law for", "mines", "The White House   may invoke it.", "Soon."]
    ]
    assert found.text.startswith(f"{title}\n")


def test_a_place_is_followed() -> None:
    content = "<i>Law</i> &amp; order\n<p>Text</p>"
    found = cleaned(content)
    for words in ("Law", "order", "Text"):
        assert found.place(content.index(words)) == found.text.index(words)
    assert found.place(content.index("&amp;")) == found.text.index("&")
    assert found.place(content.index("&amp;") + 2) == found.text.index("&")
    assert found.place(0) == found.place(3) == 0
    assert found.place(len(content)) == len(found.text)


def test_places_of_a_text_that_begins_or_ends_in_what_goes() -> None:
    assert cleaned("a<b>").place(4) == 1
    assert cleaned("a<br>").place(3) == 1
    assert cleaned("a<br>").place(5) == 2
    assert cleaned("\0a").place(0) == 0
    assert cleaned("\0").place(1) == 0
    assert cleaned("\0a").place(2) == 1


def test_what_hides_its_tags_too_often_loses_their_brackets() -> None:
    found = cleaned("&amp;amp;amp;amp;lt;b&gt;" + "<" * 9 + "b>" * 9 + "MP")
    assert not re.search(r"</?[a-z]", found.text)
    assert found.text.endswith("MP")


@pytest.mark.parametrize(
    "unit",
    [
        *["<", "&", "<!--", "<a ", '<a "', '<a \'"<a"', "<b>", "</", "<script>", "<svg>", "</svg>"],
        *[
            "<![CDATA[",
            "]]>",
            "&amp;amp;amp;",
            "<<b>b>",
            "\0",
            "e\u0301\u0316",
            "\u0301\u0316",
            "<div>",
        ],
        *["a\u200b", "<?x", "<!d", "<br>\n a", "<a-a:", "&#1", "\n\t "],
    ],
)
def test_hostile_texts_are_read_in_linear_time(unit: str) -> None:
    # what takes longer than linear time would take minutes here
    found = cleaned(unit * (300_000 // len(unit)))
    assert len(found.text) <= 300_000


@given(hostile)
def test_spans_lie_in_the_original_and_in_order(content: str) -> None:
    found = cleaned(content)
    spans = [found.original(place, place + 1) for place in range(len(found.text))]
    assert all(0 <= start < end <= len(content) for start, end in spans)
    assert spans == sorted(spans)
    if spans:
        assert found.original(0, len(found.text)) == (spans[0][0], spans[-1][1])
    places = [found.place(place) for place in range(len(content) + 1)]
    assert places == sorted(places)
    assert all(0 <= place <= len(found.text) for place in places)
    for place, (start, _) in enumerate(spans):
        assert found.place(start) <= place


@given(hostile)
def test_no_markup_is_left(content: str) -> None:
    text = cleaned(content).text
    assert not INVISIBLE.search(text)
    assert not re.search(
        r"</?(?:p|b|br|a|div|script)(?: href=[^<>]*)?/?>|&(?:amp|lt|gt|#8217);", text
    )


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Z"]), max_size=60))
def test_letters_between_tags_are_those_a_parser_sees(words: str) -> None:
    words = re.sub("[<>&]", "", words)
    markup = f"<p class='x'>{words}<b>{words}</b><br/><i>{words}</i></p>"
    seen: list[str] = []
    parser = HTMLParser()
    parser.handle_data = seen.append  # type: ignore[method-assign]
    parser.feed(markup)
    parser.close()
    assert "".join(cleaned(markup).text.split()) == "".join("".join(seen).split())


@given(
    st.text(
        st.characters(codec="ascii", categories=["L", "N", "Z"]) | st.sampled_from("\n.,'\u2019")
    )
)
def test_plain_text_is_the_same_object(content: str) -> None:
    assert cleaned(content).text is content


def test_the_episode_needs_no_cleaning() -> None:
    for line in EPISODE.read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        assert cleaned(text).text is text
