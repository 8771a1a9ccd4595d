"""Every name and word of the rules in one Aho-Corasick automaton: one pass finds them all.

Aho, Corasick: Efficient string matching (1975). The automaton runs over folded text, see words.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from monitor.extract.words import Words, folded

Kind = Literal["alias", "short", "ticker", "capital", "title", "word", "lookalike"]


@dataclass(frozen=True, slots=True)
class Payload:
    """What a string stands for.

    kind "word": `key` is a member as patterns and cues write it, with `v:`, `n:`, `w:` or `=:`
    before it; else an entity id (of a look-alike: ""), and `number` counts its aliases or offices.
    """

    kind: Kind
    key: str
    number: int = 0
    exact: str | None = None  # the capitals it must have


class _Blanks(dict[int, int]):
    """Every sign as a blank, so that a string that has one at both ends is a whole word."""

    def __missing__(self, code: int) -> int:
        sign = chr(code)
        self[code] = code if sign.isalnum() or sign == "_" else ord(" ")
        return self[code]


BLANKS = _Blanks()


class Hit(NamedTuple):
    start: int
    end: int
    payload: Payload


@dataclass(frozen=True)
class Hits:
    """What stands in a text, by where it ends. Most texts are put aside by the names in them and
    the keys of the words; so the words' places are spelled out when they are asked for.
    """

    names: list[Hit]
    keys: set[str]  # of the words
    _found: list[tuple[int, int, tuple[Payload, ...]]]

    def add(self, string: _String, start: int, end: int, lines: _Lines) -> None:
        if string.plain:
            self._found.append((start, end, string.words))
            self.keys.update(string.keys)
        elif spoken := _cased(string.words, lines, start, end):
            self._found.append((start, end, spoken))
            self.keys.update(one.key for one in spoken)
        for payload in string.names:
            if payload.exact is None or _same_case(lines, start, end, payload.exact):
                self.names.append(Hit(start, end, payload))

    @cached_property
    def words(self) -> list[Hit]:
        return [Hit(start, end, one) for start, end, payloads in self._found for one in payloads]

    @cached_property
    def by_key(self) -> Mapping[str, Sequence[Hit]]:
        """The words by place: the forms of one member do not hold one another."""
        found: dict[str, list[Hit]] = defaultdict(list)
        for hit in self.words:
            found[hit.payload.key].append(hit)
        return found


@dataclass(frozen=True, slots=True)
class _String:
    """What a folded string stands for."""

    text: str
    before: int  # blanks that were put before it
    whole: bool  # a single word, which no sign can stand in
    names: tuple[Payload, ...]
    words: tuple[Payload, ...]
    keys: tuple[str, ...]
    plain: bool  # no word needs capitals


class Lexicon:
    """Built once from the rules, then only asked."""

    def __init__(self, entries: Iterable[tuple[str, Payload]]) -> None:
        found: dict[str, dict[Payload, None]] = defaultdict(dict)
        for form, payload in entries:
            found[folded(form)].setdefault(payload)
        strings: dict[str, list[_String]] = defaultdict(list)
        self._signs: list[_String] = []  # no word, as ":" is none
        for normal, payloads in found.items():
            words = tuple(one for one in payloads if one.kind == "word")
            before, after = (" " * normal[place].isalnum() for place in (0, -1))
            string = _String(
                normal,
                len(before),
                normal.isalnum(),
                tuple(one for one in payloads if one.kind != "word"),
                words,
                tuple(one.key for one in words),
                all(one.exact is None for one in words),
            )
            padded = f"{before}{normal.translate(BLANKS)}{after}"
            if padded.strip():
                strings[padded].append(string)
            else:
                self._signs.append(string)
        self._strings = [tuple(several) for several in strings.values()]
        self._automaton = AhoCorasick(
            list(strings), MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, words: Words) -> Hits:
        """All hits at word boundaries with the capitals they need."""
        hits = Hits([], set(), [])
        norm, strings, lines = words.norm, self._strings, _Lines(words.text)
        padded = f" {norm.translate(BLANKS)} "
        for number, low, _ in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            for string in strings[number]:
                start = low + string.before - 1
                end = start + len(string.text)
                if string.whole or norm[start:end] == string.text:
                    hits.add(string, start, end, lines)
        for string in self._signs:
            start = norm.find(string.text)
            while start >= 0:
                hits.add(string, start, start + len(string.text), lines)
                start = norm.find(string.text, start + 1)
        return hits


def _cased(payloads: Sequence[Payload], lines: _Lines, start: int, end: int) -> tuple[Payload, ...]:
    return tuple(
        one for one in payloads if one.exact is None or _same_case(lines, start, end, one.exact)
    )


class _Lines:
    """A text by lines, each looked at once for its capitals."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] = []
        self._shouted: dict[int, bool] = {}

    def in_capitals(self, place: int) -> bool:
        self._starts = self._starts or [0, *(found.end() for found in re.finditer("\n", self.text))]
        number = bisect_right(self._starts, place) - 1
        if number not in self._shouted:
            stop = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
            letters = [each for each in self.text[self._starts[number] : stop] if each.isalpha()]
            shouted = sum(letter.isupper() for letter in letters) > 0.8 * len(letters)
            self._shouted[number] = shouted
        return self._shouted[number]


def _same_case(lines: _Lines, start: int, end: int, exact: str) -> bool:
    found = lines.text[start:end].replace("-", " ")
    if found == exact:
        return True
    # a headline in capitals has no other way to write a name; a short one could be any word
    if len(exact) < 4 or not found.isupper():
        return False
    return lines.in_capitals(start)
