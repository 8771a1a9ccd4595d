"""News in a file of JSON lines, for histories of the user's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from monitor.errors import SourceError
from monitor.ingest.text import lines, one_line
from monitor.model import FeedItem

LONGEST_LINE = 8_000_000  # bytes; a file without line ends must not be read whole
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class BadLine:
    number: int  # from 1
    what: str


def read_jsonl(path: Path, source: str) -> Iterator[FeedItem | BadLine]:
    """Line by line: an object with `published` (ISO 8601 with a time zone), `title` or `text`, and
    perhaps `url`, `source` (the outlet) and `id`. Other keys are left alone.

    When an item was really seen is not known: `seen_at` is taken to be `published`.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_lines(file), start=1):
                if len(line) > LONGEST_LINE:
                    yield BadLine(number, f"longer than {LONGEST_LINE} bytes")
                elif line.strip():
                    yield _read(line, number, source)
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror}") from error


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines without a byte order mark; of one that is too long, only the beginning."""
    first = True
    while line := file.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE + 1)
        yield line.removeprefix(BOM) if first else line
        first = False


def _read(line: bytes, number: int, source: str) -> FeedItem | BadLine:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):  # not UTF-8 is a ValueError, too
        return BadLine(number, "not a JSON object in UTF-8")
    if not isinstance(given, dict):
        return BadLine(number, "not a JSON object in UTF-8")
    try:
        return _item(given, source)
    except ValueError as error:
        return BadLine(number, str(error))


def _item(given: dict[str, Any], source: str) -> FeedItem:
    title, text = one_line(lines(_string(given, "title"))), lines(_string(given, "text"))
    if not title and not text:
        raise ValueError("neither title nor text")
    published = _moment(_string(given, "published"))
    return FeedItem(
        source=source,
        outlet=one_line(lines(_string(given, "source"))) or source,
        guid=_string(given, "id").strip() or None,
        url=_string(given, "url").strip() or None,
        title=title,
        text=text,
        published_at=published,
        seen_at=published,
    )


def _string(given: dict[str, Any], key: str) -> str:
    value = given.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key} is not a string")
    # JSON can say half a character, which no store can hold
    return value.encode("utf-8", errors="replace").decode("utf-8")


def _moment(written: str) -> datetime:
    if not written.strip():
        raise ValueError("no published")
    try:
        found = datetime.fromisoformat(written.strip())
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"published is not a date in ISO 8601: {written[:40]!r}") from None
    raise ValueError(f"published has no time zone: {written[:40]!r}")
