"""Every name and word of the rules in one Aho-Corasick automaton: one pass finds them all.

Aho, Corasick: Efficient string matching (1975). The automaton runs over folded text, see words.py.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import ahocorasick

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


class Hit(NamedTuple):
    start: int
    end: int
    payload: Payload


class Hits(NamedTuple):
    """What stands in a text, by where it ends."""

    names: list[Hit]
    words: list[Hit]


class Lexicon:
    """Built once from the rules, then only asked."""

    def __init__(self, entries: Iterable[tuple[str, Payload]]) -> None:
        found: dict[str, list[Payload]] = defaultdict(list)
        for form, payload in entries:
            normal = folded(form)
            if payload not in found[normal]:
                found[normal].append(payload)
        self._automaton = ahocorasick.Automaton()
        for normal, payloads in found.items():
            self._automaton.add_word(normal, (len(normal), tuple(payloads)))
        if found:
            self._automaton.make_automaton()
        self._empty = not found

    def find(self, words: Words) -> Hits:
        """All hits at word boundaries with the capitals they need."""
        names: list[Hit] = []
        spoken: list[Hit] = []
        if self._empty:
            return Hits(names, spoken)
        norm, length_of_text = words.norm, len(words.norm)
        lines = _Lines(words.text)
        for last, (length, payloads) in self._automaton.iter(norm):
            start, end = last + 1 - length, last + 1
            # most matches are the beginning or the end of another word
            if end < length_of_text and norm[end].isalnum() and norm[last].isalnum():
                continue
            if (
                start
                and norm[start].isalnum()
                and (norm[start - 1].isalnum() or norm[start - 1] == "_")
            ):
                continue
            for payload in payloads:
                if payload.exact is None or _same_case(lines, start, end, payload.exact):
                    hits = spoken if payload.kind == "word" else names
                    hits.append(Hit(start, end, payload))
        return Hits(names, spoken)


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
