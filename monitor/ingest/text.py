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
# these, and elements in which a tag may be none: which they are differs between Pythons
PARSED = UNREAD | {"title", "textarea", "xmp", "noembed", "noframes", "plaintext"}

LONGEST_PARSED = 200_000  # characters of markup; on torn markup html.parser is of quadratic cost
MOST_TORN = 20  # tags without an end, after the last that has one

TAG = re.compile(r"</?([a-zA-Z0-9]*)[^<>]*>")
SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
# between "<" and ">", what every reader of HTML takes for one tag or one comment
PLAIN_TAG = re.compile(
    r"""(/?+[a-zA-Z][a-zA-Z0-9:_-]*+)
        (?:\s++[a-zA-Z_:@][\w:.-]*+
           (?:\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=`/]++)(?=[\s/]|\Z))?+
        )*+\s*+/?+
      | !--(?!-)(?:[^-<>]|-(?!-))*+--""",
    re.VERBOSE,
)
# what the tags that are met most often stand for
USUAL_TAGS = dict.fromkeys(
    (tag for name in BLOCKS for tag in (name, f"/{name}", f"{name}/", f"{name} /")), "\n"
) | {tag: "" for name in ("a", "b", "em", "i", "span", "strong") for tag in (name, f"/{name}")}
CUT_TAG = re.compile(r"<[a-zA-Z/!][^<>]*\Z")  # summaries are cut anywhere
PRINTABLE = bytes([*range(0x20, 0x7F), 0x0A])
PARAGRAPH = re.compile(r"\n\s*\n")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # but the end of a line
# soft hyphens, zero-width spaces and joiners of words, marks of direction: they are not seen, but
# they split the names that are searched for, and can make a line of text read backwards
INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def plain(text: str) -> str:
    """Text without markup, perhaps wrapped at some width: only an empty line parts paragraphs."""
    return _folded("\n".join(map(_unwrapped, PARAGRAPH.split(_line_ends(text)))))


def lines(text: str) -> str:
    """Text without markup in which every line is a paragraph."""
    return _folded(_line_ends(text))


def from_html(markup: str) -> str:
    """The words of an HTML fragment; scripts, styles and the like are left out."""
    whole = CUT_TAG.sub("", markup) if markup.rfind("<") > markup.rfind(">") else markup
    words = _read_plain_tags(whole)
    return _folded(_read(whole) if words is None else words)


def one_line(text: str) -> str:
    """A title: `text` on one line."""
    return text.replace("\n", " ")


def _read_plain_tags(markup: str) -> str | None:
    """What `_read` gives, many times as fast; None where the markup needs a true parser."""
    first, *others = _unwrapped(_line_ends(markup)).split("<")
    words = [_unescaped(first)]
    for other in others:
        tag, end, text = other.partition(">")
        stands_for = USUAL_TAGS.get(tag)
        if stands_for is None:
            stands_for = _stands_for(tag)
        if stands_for is None or not end:
            return None
        words += stands_for, _unescaped(text)
    return "".join(words)


def _stands_for(tag: str) -> str | None:
    """What a tag parts words with; None where what follows it, or itself, may be no markup."""
    match = PLAIN_TAG.fullmatch(tag)
    name = (match[1] or "").lower().removeprefix("/") if match else None
    if name is None or name in PARSED:
        return None
    return "\n" if name in BLOCKS else ""


def _unescaped(text: str) -> str:
    return _unwrapped(_line_ends(html.unescape(text))) if "&" in text else text


def _read(markup: str) -> str:
    if len(markup) > LONGEST_PARSED:
        return _read_roughly(markup)
    # for each tag that does not end, html.parser looks through all that follows
    end = markup.rfind(">") + 1
    torn = markup[end:] if markup.count("<", end) > MOST_TORN else ""
    reader = _Words()
    try:
        reader.feed(markup.removesuffix(torn))
        reader.close()
    except AssertionError:
        # it gives up so on some malformed declarations; the words are still wanted
        return _read_roughly(markup)
    return "".join([*reader.parts, _unescaped(torn)])


def _read_roughly(markup: str) -> str:
    def stands_for(tag: re.Match[str]) -> str:
        return "\n" if (tag[1] or "").lower() in BLOCKS else " "

    words = TAG.sub(stands_for, SCRIPT.sub(" ", _unwrapped(_line_ends(markup))))
    return "\n".join(map(_unescaped, words.split("\n")))


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
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _unwrapped(text: str) -> str:
    return text.replace("\n", " ")


def _folded(text: str) -> str:
    if _is_tidy(text):
        whole = unicodedata.normalize("NFC", text).split("\n")
        return "\n".join(filter(None, map(str.strip, whole)))
    text = CONTROL.sub(_space_or_nothing, INVISIBLE.sub("", text))
    whole = unicodedata.normalize("NFC", text).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in whole)))


def _is_tidy(text: str) -> bool:
    """Whether nothing is to be removed and all space is single, as in most texts."""
    if "  " in text:
        return False
    if text.isascii():
        return not text.encode().translate(None, PRINTABLE)
    return text.replace("\n", "").isprintable()


def _space_or_nothing(control: re.Match[str]) -> str:
    return " " if control[0].isspace() else ""
