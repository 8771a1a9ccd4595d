"""What of a text is markup, as edits of it: spans and what stands in their place. Pure.

Texts come with HTML left in that was escaped, cut in two or never HTML at all ("5 < 7", "<MP>"),
so only what has the name of an HTML element and the shape of a tag is taken for one. A parser of
whole documents (html.parser) takes more, gives no offsets of decoded entities, and needs quadratic
time for some malformed texts; this scanner looks at every character a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

Edit = tuple[int, int, str]  # start, end, what is read in its place

# fmt: off
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr",
    "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre",
    "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead",
    "title", "tr", "ul",
})
INLINE = frozenset({
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "big",
    "button", "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em",
    "embed", "font", "i", "img", "input", "ins", "kbd", "label", "link", "map", "mark", "marquee",
    "meta", "meter", "nobr", "object", "output", "param", "picture", "progress", "q", "rp", "rt",
    "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time",
    "track", "tt", "u", "var", "video", "wbr",
})
UNREAD = frozenset({"script", "style", "template", "noscript", "svg", "math", "iframe", "noembed"})
UNENDING = frozenset({"script", "style"})  # where their end is missing, the rest is not for readers
BARE_ATTRIBUTES = frozenset({  # the only ones that stand without a value
    "allowfullscreen", "async", "autofocus", "autoplay", "checked", "compact", "controls",
    "crossorigin", "default", "defer", "disabled", "download", "hidden", "itemscope", "loop",
    "multiple", "muted", "noshade", "novalidate", "nowrap", "open", "readonly", "required",
    "reversed", "selected",
})
# fmt: on
ELEMENTS = BLOCKS | INLINE | UNREAD

NAME = r"[a-zA-Z][a-zA-Z0-9]{0,30}+(?:[:-][a-zA-Z0-9]{1,30}+){0,4}+"
# possessive quantifiers: a quoted value may hold "<" and ">", and nothing is tried twice
REST = r"(?:[\s/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)?+>|(?:[\s/][^<>]*+)?+>"
TOKEN = re.compile(
    rf"<(?P<close>/?)(?P<name>{NAME})(?P<rest>{REST})"
    r"|(?P<comment><!--)"
    r"|(?P<cdata><!\[CDATA\[)|(?P<cdata_end>\]\]>)"
    r"|(?P<declaration><!(?:[a-zA-Z]|\[[a-z])[^<>]*+>|<\?[a-zA-Z][^<>]*+>)"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
)
CUT = re.compile(rf"<(?:/?(?P<name>{NAME})(?P<rest>\s[^>]*+)?+|/)\Z")
CUT_WITHIN = 5000  # characters: how far from its end a text may have been cut within a tag


def edits(text: str) -> list[Edit]:
    """What to change so that no markup is left, in order and apart.

    Removing may put a new tag together ("<<b>b>"); whoever minds looks again.
    """
    found = list(_edits(text))
    cut = _cut_tag(text, found[-1][1] if found else 0)
    return [*found, cut] if cut else found


def opens_block(edit: Edit) -> bool:
    return edit[2] == "\n"


def _edits(text: str) -> Iterator[Edit]:
    ends = _Ends(text)
    read_to = 0  # nothing before is looked at any more
    opened = False  # a CDATA section, whose end is markup too
    for token in TOKEN.finditer(text):
        if token.start() < read_to:
            continue
        if token.lastgroup == "cdata_end":
            found = (*token.span(), "") if opened else None
            opened = False
        else:
            opened = opened or token.lastgroup == "cdata"
            found = _edit(token, ends)
        if found:
            read_to = found[1]
            yield found


def _edit(token: re.Match[str], ends: _Ends) -> Edit | None:
    """What to do with what may be markup; None where it is none."""
    start, end = token.span()
    if token["entity"]:
        decoded = unescape(token[0])
        return None if decoded == token[0] else (start, end, decoded)
    if token["comment"]:
        return start, ends.after("-->", end) or end, ""
    if token["name"] is None:
        return start, end, ""
    name = token["name"].lower()
    if not is_tag(name, token["rest"][:-1]):
        return None
    if name in UNREAD and not token["close"] and not token["rest"].endswith("/>"):
        end = ends.of_element(name, end)
    return start, end, "\n" if name in BLOCKS else ""


def is_tag(name: str, rest: str) -> bool:
    """Whether what looks like one is a tag: `rest` stands between the name and the ">"."""
    known = name in ELEMENTS or ((":" in name or "-" in name) and name == name.lower())
    inner = rest.strip("/ \t\r\n\f")
    if not known:
        return False
    return not inner or "=" in inner or BARE_ATTRIBUTES.issuperset(inner.lower().split())


class _Ends:
    """Where things end; what is known to end nowhere further on is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._endless: set[str] = set()

    def after(self, closer: str, start: int) -> int | None:
        """The place after the next `closer`."""
        return self._find(closer, lambda: _end(self._text.find(closer, start), len(closer)))

    def of_element(self, name: str, start: int) -> int:
        """The place after the element that was opened right before `start`."""
        closer = re.compile(rf"</{name}\b[^<>]*+>?", re.IGNORECASE)

        def search() -> int | None:
            found = closer.search(self._text, start)
            return found.end() if found else None

        end = self._find(name, search)
        if end is None:
            return len(self._text) if name in UNENDING else start
        return end

    def _find(self, what: str, search: Callable[[], int | None]) -> int | None:
        end = None if what in self._endless else search()
        if end is None:
            self._endless.add(what)
        return end


def _end(found: int, length: int) -> int | None:
    return None if found < 0 else found + length


def _cut_tag(text: str, read_to: int) -> Edit | None:
    """What is left of a tag at the end of a text that was cut within it."""
    start = text.rfind("<", max(read_to, len(text) - CUT_WITHIN))
    found = CUT.match(text, start) if start >= 0 else None
    if found is None:
        return None
    name, rest = found["name"], found["rest"]
    if name is None:
        whole = True
    elif rest is None:
        whole = any(element.startswith(name.lower()) for element in ELEMENTS) and name.islower()
    else:
        whole = name.lower() in ELEMENTS and ("=" in rest or not rest.strip())
    return (start, len(text), "") if whole else None
