"""What rules say of one another: ids that must be defined, word lists that hold word lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from monitor.errors import Mistake
from monitor.model import EntityType
from monitor.rules.places import Entry

# classes of entities, and of what is no word and no entity
CLASSES = frozenset((*get_args(EntityType), "percent", "money", "number", "future", "unknown"))
MOST = 100_000  # words that a word list may come to with all the lists in it
PATTERN_KEYS = (
    *("verbs", "nouns", "phrases", "needs", "before", "after", "context", "refuse"),
    *("refuse_context", "refuse_between"),
)


@dataclass(frozen=True, slots=True)
class _Known:
    ids: Mapping[str, frozenset[str]]  # by table
    symbols: frozenset[str]

    def stands_for(self, member: str) -> bool:
        """Whether a member with a sign means something."""
        if member[:1] == "#":
            return member[1:] in self.ids["entity"]
        return member[:1] != "@" or member[1:] in CLASSES or member[1:] in self.ids["wordlist"]


def dangling(entries: Sequence[Entry], tables: Iterable[str]) -> Iterator[Mistake]:
    """Ids that are spoken of and nowhere defined; a broken entry defines its id all the same."""
    known = _Known(
        {
            table: frozenset(str(one.raw.get("id")) for one in entries if one.table == table)
            for table in tables
        },
        frozenset(
            str(one.raw["symbol"])
            for one in entries
            if one.table == "entity" and "symbol" in one.raw
        ),
    )
    for entry in entries:
        yield from _plain_ids(entry, known)
        yield from _signed(entry, known)


def _plain_ids(entry: Entry, known: _Known) -> Iterator[Mistake]:
    events, symbols = known.ids["event"], known.symbols
    wanted: list[tuple[str, str, frozenset[str]]] = []
    if entry.table == "exposure":
        wanted = [("to", "entity", known.ids["entity"]), ("symbol", "company's symbol", symbols)]
    elif entry.table == "alert":
        wanted = [("events", "event", events), ("symbols", "company's symbol", symbols)]
    elif entry.table == "cue":
        wanted = [("types", "event", events), ("not_types", "event", events)]
    for key, what, ids in wanted:
        for name in members(entry.raw.get(key)):
            if name not in ids:
                where = f"{entry.key}.{key}"
                yield Mistake(entry.file, where, f"no {what} {name!r} is defined")


def _signed(entry: Entry, known: _Known) -> Iterator[Mistake]:
    """`#id` and `@name` that stand for nothing."""
    for key, value in _with_signs(entry):
        for member in members(value):
            if not known.stands_for(member):
                yield Mistake(entry.file, f"{entry.key}.{key}", f"{member!r} is not defined")


def _with_signs(entry: Entry) -> Iterator[tuple[str, object]]:
    """(key, value) of all that may hold `#id` or `@name`."""
    raw = entry.raw
    if entry.table == "event":
        yield from ((key, raw.get(key)) for key in ("actors", "targets"))
        for number, pattern in _tables(raw.get("patterns")):
            for key in PATTERN_KEYS:
                yield f"patterns.{number}.{key}", pattern.get(key)
    elif entry.table == "entity":
        for table in ("aliases", "offices"):
            for number, part in _tables(raw.get(table)):
                for key in ("needs", "refuse"):
                    yield f"{table}.{number}.{key}", part.get(key)
    elif entry.table == "topic":
        yield from ((key, raw.get(key)) for key in ("words", "unless"))
    elif entry.table in ("wordlist", "cue"):
        yield "words", raw.get("words")


def _tables(value: object) -> Iterator[tuple[int, Mapping[str, object]]]:
    for number, part in enumerate(value if isinstance(value, list) else ()):
        if isinstance(part, dict):
            yield number, part


def members(value: object) -> Iterable[str]:
    """All texts in a value, however deep its lists."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list | tuple):
        return [member for part in value for member in members(part)]
    return []


def endless(lists: Mapping[str, Entry]) -> Iterator[Mistake]:
    """Word lists that hold one another in a circle, or that come to more than MOST words."""
    sizes: dict[str, int] = {}
    told = {
        name: [str(word)[1:] for word in members(entry.raw.get("words")) if word[:1] == "@"]
        for name, entry in lists.items()
    }
    for name, entry in lists.items():
        circle = _measure(name, lists, told, sizes)
        if circle:
            way = " → ".join(f"@{one}" for one in circle)
            what = f"word lists hold one another in a circle: {way}; take one step of it out"
            yield Mistake(entry.file, f"{entry.key}.words", what)
        elif sizes[name] > MOST:
            what = f"comes to {sizes[name]:,} words with the lists in it; at most {MOST:,}"
            yield Mistake(entry.file, f"{entry.key}.words", what)


def _measure(
    name: str,
    lists: Mapping[str, Entry],
    inner: Mapping[str, Sequence[str]],
    sizes: dict[str, int],
) -> list[str]:
    """Puts the size of a list and of all in it into `sizes`, or gives the circle it leads into.

    A walk with a stack of its own: lists may lie deeper in one another than Python's calls can.
    """
    way = [name]
    while way:
        here = way[-1]
        waiting = [one for one in inner[here] if one in lists and one not in sizes]
        if not waiting:
            plain = sum(1 for _ in members(lists[here].raw.get("words"))) - len(inner[here])
            sizes[here] = plain + sum(sizes.get(one, 1) for one in inner[here])
            way.pop()
        elif waiting[0] in way:
            circle = [*way[way.index(waiting[0]) :], waiting[0]]
            for one in circle:
                sizes[one] = 0  # told once
            return circle
        else:
            way.append(waiting[0])
    return []
