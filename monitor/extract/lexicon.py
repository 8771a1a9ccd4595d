"""Every name and word of the rules in one Aho-Corasick automaton: one pass finds them all.

Aho, Corasick: Efficient string matching (1975). The automaton runs over folded text, see words.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
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


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """The words of the rules that a string stands for."""

    payloads: tuple[Payload, ...]
    keys: tuple[str, ...]
    bits: int  # what they mean to the patterns, see sieve.py


Place = tuple[int, int, Spoken]  # where words of the rules stand: (start, end, which)


@dataclass(frozen=True)
class Hits:
    """What stands in a text, by where it ends. Most texts are put aside by the names in them and
    the bits of the words; so all else is spelled out when it is asked for.
    """

    names: list[Hit]
    places: list[Place]

    @cached_property
    def bits(self) -> int:
        return all_bits(self.places)

    @cached_property
    def keys(self) -> Set[str]:
        """Those of the words."""
        return set().union(*[spoken.keys for spoken in {spoken for _, _, spoken in self.places}])

    @cached_property
    def by_key(self) -> Mapping[str, Sequence[Hit]]:
        """The words by place: the forms of one member do not hold one another."""
        found: dict[str, list[Hit]] = defaultdict(list)
        for start, end, spoken in self.places:
            for payload in spoken.payloads:
                found[payload.key].append(Hit(start, end, payload))
        return found


def all_bits(places: Iterable[Place]) -> int:
    bits = 0
    for _, _, spoken in places:
        bits |= spoken.bits
    return bits


@dataclass(frozen=True, slots=True)
class _String:
    """What a folded string stands for."""

    text: str
    length: int
    shift: int  # from where it is found, with blanks put around, to where it is
    whole: bool  # a single word, which no sign can stand in
    plain: Spoken | None  # words in any capitals
    cased: tuple[tuple[str, Spoken], ...]  # words by the capitals that they need
    names: tuple[Payload, ...]


class Lexicon:
    """Built once from the rules, then only asked."""

    def __init__(
        self, entries: Iterable[tuple[str, Payload]], bits: Mapping[str, int] | None = None
    ) -> None:
        """`bits` of the keys of words, see sieve.py."""
        self._bits = bits or {}
        found: dict[str, dict[Payload, None]] = defaultdict(dict)
        for form, payload in entries:
            found[folded(form)].setdefault(payload)
        strings: dict[str, list[_String]] = defaultdict(list)
        self._signs: list[_String] = []  # no word, as ":" is none
        for normal, payloads in found.items():
            words: dict[str | None, list[Payload]] = defaultdict(list)
            for one in payloads:
                if one.kind == "word":
                    words[one.exact].append(one)
            before, after = (" " * normal[place].isalnum() for place in (0, -1))
            string = _String(
                normal,
                len(normal),
                len(before) - 1,
                normal.isalnum(),
                self._spoken(words[None]) if None in words else None,
                tuple((exact, self._spoken(each)) for exact, each in words.items() if exact),
                tuple(one for one in payloads if one.kind != "word"),
            )
            padded = f"{before}{normal.translate(BLANKS)}{after}"
            if padded.strip():
                strings[padded].append(string)
            else:
                self._signs.append(string)
        self._strings = [tuple(several) for several in strings.values()]
        self._plain = [_as_plain(several) for several in self._strings]  # most of what is found
        self._automaton = AhoCorasick(
            list(strings), MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def _spoken(self, payloads: Sequence[Payload]) -> Spoken:
        keys = tuple(one.key for one in payloads)
        bits = 0
        for key in keys:
            bits |= self._bits.get(key, 0)
        return Spoken(tuple(payloads), keys, bits)

    def find(self, words: Words) -> Hits:
        """All hits at word boundaries with the capitals they need."""
        names: list[Hit] = []
        places: list[Place] = []
        norm, strings, lines = words.norm, self._strings, _Lines(words.text)
        padded = f" {norm.translate(BLANKS)} "

        def add(string: _String, start: int) -> None:
            end = start + string.length
            if string.plain is not None:
                places.append((start, end, string.plain))
            for exact, spoken in string.cased:
                if _same_case(lines, start, end, exact):
                    places.append((start, end, spoken))
            for payload in string.names:
                if payload.exact is None or _same_case(lines, start, end, payload.exact):
                    names.append(Hit(start, end, payload))

        for number, low, _ in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            if word := self._plain[number]:
                shift, length, spoken = word
                places.append((low + shift, low + shift + length, spoken))
                continue
            for string in strings[number]:
                start = low + string.shift
                if string.whole or norm.startswith(string.text, start):
                    add(string, start)
        for string in self._signs:
            start = norm.find(string.text)
            while start >= 0:
                add(string, start)
                start = norm.find(string.text, start + 1)
        return Hits(names, places)


def _as_plain(several: Sequence[_String]) -> tuple[int, int, Spoken] | None:
    """(shift, length, what it is) of a single word that is no name and needs no capitals."""
    [first, *others] = several
    if others or not first.whole or first.cased or first.names or first.plain is None:
        return None
    return first.shift, first.length, first.plain


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
    if lines.text.startswith(exact, start):
        return True
    found = lines.text[start:end].replace("-", " ")
    if found == exact:
        return True
    # a headline in capitals has no other way to write a name; a short one could be any word
    if len(exact) < 4 or not found.isupper():
        return False
    return lines.in_capitals(start)
