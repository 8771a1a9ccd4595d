"""Adding to a configuration as a person would: what stands there stays, comments and all. Pure."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence

HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
SOURCES = re.compile(r"^[ \t]*\[\[[ \t]*sources[ \t]*\]\].*$", re.MULTILINE)
# what stands before the next table belongs to that one: empty lines, and comments after one
TRAILING = re.compile(r"(?:\n[ \t]*)?(?:\n[ \t]*(?:#.*)?)*\Z")

Row = Mapping[str, str]


class NotEditableError(ValueError):
    """The text holds its sources in a form that nothing can be added to by writing behind it."""


def with_sources(text: str, rows: Sequence[Row]) -> str:
    """`text` of a configuration with `rows` as further `[[sources]]`, after the last one there is.

    Raises NotEditableError where that would not say the same with those sources and no other
    change: what is added is read again and compared.
    """
    if not rows:
        return text
    wanted = tomllib.loads(text)
    sources = wanted.setdefault("sources", [])
    if not isinstance(sources, list):
        raise NotEditableError("`sources` is no list of tables")
    sources += [dict(row) for row in rows]
    for place in (_after_last(text), len(text)):
        edited = _inserted(text, place, "\n\n".join(map(_block, rows)))
        try:
            if tomllib.loads(edited) == wanted:
                return edited
        except tomllib.TOMLDecodeError:
            continue
    raise NotEditableError("the sources stand in one line or in another form than [[sources]]")


def _after_last(text: str) -> int:
    """Where the last `[[sources]]` ends: before what leads up to the next table."""
    heads = list(SOURCES.finditer(text))
    if not heads:
        return len(text)
    following = HEADER.search(text, heads[-1].end())
    end = following.start() if following else len(text)
    trailing = TRAILING.search(text, heads[-1].end(), end)
    return trailing.start() if trailing else end


def _inserted(text: str, place: int, block: str) -> str:
    before, after = text[:place].rstrip("\n"), text[place:].lstrip("\n")
    return "\n\n".join(filter(None, (before, block, after))).rstrip("\n") + "\n"


def _block(row: Row) -> str:
    return "\n".join(["[[sources]]", *(f"{key} = {_quoted(value)}" for key, value in row.items())])


def _quoted(text: str) -> str:
    # JSON's escapes are TOML's, but for the one control character that JSON lets stand
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
