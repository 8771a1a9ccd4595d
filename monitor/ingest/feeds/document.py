"""The bytes of a feed to the text of an XML document, whatever they claim to be. Pure."""

from __future__ import annotations

import codecs
import re

# UTF-32 first: its marks begin with those of UTF-16
MARKS = {
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    b"\0\0\0<": "utf-32-be",
    b"<\0\0\0": "utf-32-le",
    b"\0<": "utf-16-be",
    b"<\0": "utf-16-le",
    b"\x4c\x6f\xa7\x94": "cp037",  # "<?xm"
}
# a document whose declaration could be read, a byte a character, is in no wide encoding; and the
# others are none of documents, though Python has them, some of quadratic cost
UNLIKELY = re.compile(r"utf-(?:16|32)|idna|punycode|(?:raw_)?unicode_escape")
# what a server says that never asked; where the bytes are UTF-8, they are no accident
WESTERN = frozenset({"ascii", "iso8859-1", "iso8859-15", "cp1252"})

CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^\s\"';]{1,40})", re.IGNORECASE)
DECLARED = re.compile(rb"\s*<\?xml\b[^>]*?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
DECLARATION = re.compile(r"<\?xml\b[^>]*>")

BEGINNING = 5000  # characters, in which a document type is looked for
DOCTYPE_OR_ELEMENT = re.compile(r"<(?:!DOCTYPE|[a-z_])", re.IGNORECASE)
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[(.*?)\]\s*)?>", re.IGNORECASE | re.DOTALL)
# short and without entities of their own, so that they cannot be piled up
ENTITY = re.compile(
    r"""<!ENTITY\s+(\w{1,40})\s+(?:"([^"&%<>\\]{0,64}|&\#\w{1,9};)"|'([^'"&%<>\\]{0,64})')\s*>"""
)
MOST_ENTITIES = 300

REFERENCE = re.compile(r"&#([xX][0-9a-fA-F]{1,999}|[0-9]{1,999});")


def document(body: bytes, content_type: str | None) -> str:
    """An XML document without a declaration, with a document type only where it has entities, all
    of them harmless, and without references to characters that cannot be."""
    text = decoded(body, content_type).lstrip("\ufeff \t\r\n")
    if declaration := DECLARATION.match(text):
        text = text[declaration.end() :]
    first = DOCTYPE_OR_ELEMENT.search(text, 0, BEGINNING)
    if first and (doctype := DOCTYPE.match(text, first.start())):
        text = text[: first.start()] + _harmless(doctype[1] or "") + text[doctype.end() :]
    return REFERENCE.sub(_possible, text)


def decoded(body: bytes, content_type: str | None) -> str:
    """Its marks are believed first, then the server, then its declaration, as far as the bytes
    agree."""
    for mark, encoding in MARKS.items():
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    charset, declared = CHARSET.search(content_type or ""), DECLARED.match(body)
    claims = [charset[1] if charset else "", declared[1].decode("latin-1") if declared else ""]
    for encoding in (*claims, "utf-8"):
        if (text := _in(encoding, body)) is not None:
            return text
    return _mostly_utf_8(body) or _in("cp1252", body) or body.decode("latin-1")


def _in(encoding: str, body: bytes) -> str | None:
    try:
        name = codecs.lookup(encoding).name
        if UNLIKELY.match(name):
            return None
        if name in WESTERN and not body.isascii() and (text := _in("utf-8", body)) is not None:
            return text
        return body.decode("gb18030" if name == "gb2312" else name)
    except (LookupError, ValueError):  # of bytes that are not in it; or it is none of text
        return None


def _mostly_utf_8(body: bytes) -> str | None:
    """A feed that was cut inside of a character, or into which other encodings were pasted."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return body.decode("utf-8", "western") if beyond_ascii > 2 * wrong else None


def _western(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("western", _western)


def _harmless(declared: str) -> str:
    """A document type with those entities that cannot blow up; nothing without any."""
    entities = ENTITY.findall(declared)[:MOST_ENTITIES]
    told = "".join(f'\n<!ENTITY {name} "{one or other}">' for name, one, other in entities)
    return f"<!DOCTYPE feed [{told}\n]>" if told else ""


def _possible(reference: re.Match[str]) -> str:
    """A reference to a character, or to the replacement character where there is no such one.

    One of them would make the whole document malformed.
    """
    digits = reference[1]
    number = int(digits[1:], 16) if digits[:1] in "xX" else int(digits)
    possible = (
        number in (9, 10, 13)
        or 0x20 <= number < 0xD800
        or 0xE000 <= number < 0xFFFE
        or 0x10000 <= number <= 0x10FFFF
    )
    return reference[0] if possible else "&#65533;"
