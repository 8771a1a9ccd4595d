"""JSON Feed 1.0 and 1.1. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from monitor.ingest.feeds import dates
from monitor.ingest.feeds.parsed import Entry, ReadFeed, Words

DEEPEST = 50  # levels of nesting; the format has four
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[][{}]', re.DOTALL)
ITEMS = re.compile(r'"items"\s*:\s*\[')
FIELDS = (
    "id", "url", "external_url", "title", "content_html", "content_text", "summary",
    "date_published", "date_modified",
)  # fmt: skip
BETWEEN = re.compile(r"[\s,]*")
# numbers stay as they are written: of a length that no number may have, or as an id with a point
DECODER = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=lambda _: None, strict=False
)

Json = Mapping[str, Any]


def read(document: str) -> ReadFeed | None:
    """None where the document is no JSON Feed."""
    faults: list[str] = []
    given = _decoded(document, faults)
    items = given.get("items") if isinstance(given, dict) else None
    if not isinstance(items, list):
        return None
    if "jsonfeed" not in str(given.get("version")):
        faults.append("it does not say which version of JSON Feed it is")
    ended = ("the feed says that it has ended",) if given.get("expired") is True else ()
    odd: Counter[str] = Counter()
    entries = tuple(_entry(item, odd) for item in items if isinstance(item, dict))
    odd["an item is no object"] = len(items) - len(entries)
    faults += [f"{what}, {count} times" for what, count in odd.items() if count]
    return ReadFeed(Words(_text(given, "title", odd)), entries, tuple(faults), ended)


def _decoded(document: str, faults: list[str]) -> Any:
    try:
        return DECODER.decode(document)
    except RecursionError:
        faults.append("it is nested too deeply")
        return _decoded(_shallow(document), faults)
    except ValueError as error:
        faults.append(str(error))
        return _whole_items(document)


def _shallow(document: str) -> str:
    """With null in place of what is nested too deeply."""
    kept, depth, end = [], 0, 0
    for token in TOKEN.finditer(document):
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept.append(document[end : token.start()])
        elif token[0] in "]}":
            if depth == DEEPEST + 1:
                kept.append("null")
                end = token.end()
            depth -= 1
    return "".join([*kept, document[end:] if depth <= DEEPEST else ""])


def _whole_items(document: str) -> Json:
    """Of a feed that is cut off or broken: its items as far as they can be read."""
    start = ITEMS.search(document)
    if start is None:
        return {}
    try:
        head = DECODER.decode(f"{document[: start.end()]}]}}")
    except (ValueError, RecursionError):
        head = {}
    items, at = [], start.end()
    while item := _item_at(document, at):
        items.append(item[0])
        at = item[1]
    return {**head, "items": items}


def _item_at(document: str, at: int) -> tuple[Any, int] | None:
    """The item, and where it ends."""
    between = BETWEEN.match(document, at)
    try:
        return DECODER.raw_decode(document, between.end() if between else at)
    except (ValueError, RecursionError):
        return None


def _entry(item: Json, odd: Counter[str]) -> Entry:
    written = {name: _text(item, name, odd) for name in FIELDS}
    date = dates.read(written["date_published"]) or dates.read(written["date_modified"])
    return Entry(
        title=Words(written["title"]),
        texts=(
            Words(written["content_html"], markup=True),
            Words(written["content_text"]),
            Words(written["summary"]),
        ),
        guid=written["id"],
        link=written["url"] or written["external_url"],
        date=date,
    )


def _text(given: Json, name: str, odd: Counter[str]) -> str:
    value = given.get(name)
    if isinstance(value, str):
        # JSON can say half a character, which no store can hold
        return value.encode("utf-8", "replace").decode("utf-8")
    if value is not None:
        odd[f"{name} is no text"] += 1
    return ""
