"""The bytes of a page → its tree of elements. Pure.

libxml2 gives up below 256 levels of nesting, so nothing that walks the tree goes deep.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email.message import Message

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

HEAD = 4096  # bytes in which a page may say how it is encoded
# longest first: UTF-32 begins with UTF-16's
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
# names that browsers read as another encoding, which holds all of the named one
WIDER = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
SEVEN_BIT = frozenset({"iso2022_jp"})  # it would pass for UTF-8
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|div|article)\b", re.IGNORECASE)
HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
UNTOLD_TYPES = frozenset(
    {"", "text/plain", "application/octet-stream", "application/xml", "text/xml"}
)


def is_html(body: bytes, content_type: str | None) -> bool:
    """By its type; by its first bytes where the type tells nothing."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    return kind in HTML_TYPES or (kind in UNTOLD_TYPES and MARKUP.search(body[:HEAD]) is not None)


def decoded(body: bytes, content_type: str | None) -> str:
    """The text of a page, by its mark, by being UTF-8, and only then by what it says it is: what
    is UTF-8 by chance hardly exists, what claims wrongly to be Latin-1 does."""
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    said = [_codec(one) for one in (_charset(content_type), _declared(body))]
    names = [name for name in said if name is not None]
    if not names or names[0] not in SEVEN_BIT:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    others = [name for name in names if name != "utf-8"]
    return body.decode(others[0] if others else "cp1252", "replace")


def parsed(text: str) -> HtmlElement | None:
    """The tree; None where there is nothing in it."""
    # bytes, since a str may not carry the declaration of an encoding
    data = text.replace("\0", "").encode("utf-8", "replace")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        return document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def text_of(element: HtmlElement) -> str:
    """All words in an element, on one line."""
    return " ".join(" ".join(element.itertext()).split())


def by_tag(tree: HtmlElement, *tags: str) -> Iterator[HtmlElement]:
    yield from tree.iter(*tags)


def _charset(content_type: str | None) -> str | None:
    if not content_type:
        return None
    header = Message()
    header["content-type"] = content_type.encode("ascii", "replace").decode("ascii")
    return header.get_content_charset()


def _declared(body: bytes) -> str | None:
    found = DECLARED.search(body[:HEAD])
    return found[1].decode("ascii", "replace") if found else None


def _codec(name: str | None) -> str | None:
    """Python's name for an encoding of text; None where it knows none."""
    try:
        b" ".decode(name or "")
        found = codecs.lookup(name or "").name
    except (LookupError, ValueError):
        return None
    return WIDER.get(found, found)
