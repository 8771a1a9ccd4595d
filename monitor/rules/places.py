"""Where in the files a rule stands: an entry may be put together from several of them."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD = re.compile(r"\s*\[\[?\s*([\w-]+(?:\.[\w-]+)*)\s*\]\]?\s*(?:#.*)?$")
Identity = tuple[str, str]  # table and id; of an exposure, which has none, its number


@dataclass(frozen=True, slots=True)
class Entry:
    """A table of a file as it stands there. `key` is its place in it: "entity.3"."""

    table: str
    raw: dict[str, Any]
    file: str
    key: str


@dataclass(frozen=True, slots=True)
class Place:
    """`key` is a dotted path into the file; `line` counts from 1, None: not known."""

    file: str
    key: str
    line: int | None = None


class Places:
    """Answers for entries by the parts they were put together from, in order."""

    def __init__(self, parts: Mapping[Identity, Sequence[Entry]]) -> None:
        self._parts = parts
        self._files: dict[str, _File] = {}

    def of(self, table: str, identity: str, key: str = "") -> Place:
        """The place of a key of an entry ("aliases.3"), whose lists may come from several files.

        Raises KeyError where there is no such entry.
        """
        parts = self._parts[table, identity]
        first, _, rest = key.partition(".")
        holding = [part for part in parts if first in part.raw] or [parts[-1]]
        number, dot, tail = rest.partition(".")
        if not (number.isdigit() and isinstance(holding[0].raw.get(first), list)):
            return self._place(holding[-1], key)
        index = int(number)
        for part in holding:
            here = part.raw[first]
            size = len(here) if isinstance(here, list) else 0
            if index < size:
                return self._place(part, f"{first}.{index}{dot}{tail}")
            index -= size
        return self._place(holding[-1], first)

    def _place(self, part: Entry, key: str) -> Place:
        whole = f"{part.key}.{key}" if key else part.key
        if part.file not in self._files:
            self._files[part.file] = _read(part.file)
        return Place(part.file, whole, _line(self._files[part.file], part, key))


def _line(file: _File, part: Entry, key: str) -> int | None:
    """The line of a key, as far as it can be told from how TOML is usually written."""
    number = int(part.key.rpartition(".")[2])
    heads = file.heads.get(part.table, ())
    if number >= len(heads):
        return None  # written in one line, or in another way
    after = bisect_right(file.opening, heads[number])
    inner = f"{part.table}."
    later = (file.opening[place] for place in range(after, len(file.opening)))
    others = (at for at in later if not file.names[at].startswith(inner))
    stop = next(others, len(file.lines))
    return 1 + _within(file, heads[number], stop, part, key.split(".") if key else [])


def _within(file: _File, start: int, stop: int, part: Entry, path: list[str]) -> int:
    """The line in [start, stop) of what `path` leads to; as near to it as can be found."""
    value: Any = part.raw
    table = part.table
    while path:
        name, *path = path
        value = value.get(name) if isinstance(value, dict) else None
        heads = file.heads.get(f"{table}.{name}", ())
        inner = heads[bisect_left(heads, start) : bisect_left(heads, stop)]
        if path and path[0].isdigit() and int(path[0]) < len(inner):
            number = int(path[0])
            start, stop = inner[number], [*inner, stop][number + 1]
            value = value[number] if isinstance(value, list) and number < len(value) else None
            table, path = f"{table}.{name}", path[1:]
            continue
        opening = re.compile(rf"\s*{re.escape(name)}\s*=")
        start = next((at for at in range(start, stop) if opening.match(file.lines[at])), start)
        return _of_value(file.lines, start, stop, value, path)
    return start


def _of_value(lines: Sequence[str], start: int, stop: int, value: Any, path: Sequence[str]) -> int:
    """The line of a text inside the list that begins on line `start`."""
    for part in path:
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            text = _told(value[int(part)])
            before = sum(_told(other) == text for other in value[: int(part)])
            value = value[int(part)]
            found = _nth(lines, start, stop, text, before) if text is not None else None
            start = found if found is not None else start
        else:
            return start
    return start


def _nth(lines: Sequence[str], start: int, stop: int, text: str, number: int) -> int | None:
    quoted = (json.dumps(text, ensure_ascii=False), f"'{text}'")
    for at in range(start, stop):
        count = sum(lines[at].count(one) for one in quoted)
        if number < count:
            return at
        number -= count
    return None


def _told(value: object) -> str | None:
    """The text by which a member of a list is known in the file."""
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class _File:
    """The lines of a file and the tables that begin on them; lines count from 0."""

    lines: Sequence[str]
    heads: Mapping[str, Sequence[int]]  # table → its lines, in order
    names: Mapping[int, str]  # line → the table that begins there
    opening: Sequence[int]  # those lines, in order


def _read(file: str) -> _File:
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    heads: dict[str, list[int]] = {}
    names: dict[int, str] = {}
    for at, line in enumerate(lines):
        found = HEAD.match(line)
        if found:
            heads.setdefault(found[1], []).append(at)
            names[at] = found[1]
    return _File(lines, heads, names, tuple(names))
