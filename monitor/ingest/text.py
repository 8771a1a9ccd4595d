"""Markup to plain text. Pure.

What comes out has no tags, entities, control or invisible characters; runs of white space are one
space, and blocks (paragraphs, list items, table cells) are lines of their own, so that a heading
and the sentence under it do not become one sentence.
"""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser

# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul"
})
# fmt: on
UNREAD = frozenset({"script", "style", "template", "noscript", "svg", "math", "iframe"})

TAG = re.compile(r"<[^<>]*>")
CUT_TAG = re.compile(r"<[a-zA-Z/!][^<>]*\Z")  # summaries are cut anywhere
PARAGRAPH = re.compile(r"\n\s*\n")
SPACE = re.compile(r"[^\S\n]+")
# soft hyphens, zero-width spaces and joiners of words, marks of direction: they are not seen, but
# they split the names that are searched for, and can make a line of text read backwards
INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """Text without markup, perhaps wrapped at some width: only an empty line parts paragraphs."""
    return _folded("\n".join(_unwrapped(part) for part in PARAGRAPH.split(_line_ends(text))))


def lines(text: str) -> str:
    """Text without markup in which every line is a paragraph."""
    return _folded(_line_ends(text))


def from_html(markup: str) -> str:
    """The words of an HTML fragment; scripts, styles and the like are left out."""
    whole = CUT_TAG.sub("", markup)
    reader = _Words()
    try:
        reader.feed(whole)
        reader.close()
    except AssertionError:
        # html.parser gives up so on some malformed declarations; the words are still wanted
        return plain(html.unescape(TAG.sub(" ", whole)))
    return _folded("".join(reader.parts))


def one_line(text: str) -> str:
    """A title: `text` on one line."""
    return text.replace("\n", " ")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread: list[str] = []  # the elements being left out, outermost first

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unread:
            if tag == self._unread[0]:
                self._unread.append(tag)
        elif tag in UNREAD:
            self._unread.append(tag)
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # it holds nothing, so there is nothing to leave out
        if tag in BLOCKS and not self._unread:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unread:
            if tag == self._unread[-1]:
                self._unread.pop()
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(_unwrapped(_line_ends(data)))


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unwrapped(text: str) -> str:
    return text.replace("\n", " ")


def _folded(text: str) -> str:
    kept = "".join(map(_printable, INVISIBLE.sub("", text)))
    whole = unicodedata.normalize("NFC", kept).split("\n")
    folded = (SPACE.sub(" ", line).strip() for line in whole)
    return "\n".join(line for line in folded if line)


def _printable(char: str) -> str:
    if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs"):
        return char
    return " " if char.isspace() else ""
