"""A sentence as patterns and cues see it: words of the rules, entities and figures, by place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import TypeVar

from monitor.extract.ahead import days_ahead
from monitor.extract.lexicon import Hit
from monitor.extract.words import OPENERS, Words, apart, in_headline_case, wordset
from monitor.model import Mention

Place = TypeVar("Place", Hit, Mention)

START = attrgetter("start")
FIGURES = {
    "@percent": re.compile(r"\d[\d.,]{0,30}\s?(?:%|percent\b|per cent\b|pct\b)"),
    "@money": re.compile(
        r"(?:[A-Z]{0,2}[$\u20ac\u00a3\u00a5]\s?\d[\d.,]*|\d[\d.,]{0,30}\s(?:(?:m|b|tr)illion\s)?"
        r"(?:dollars|euros|pounds|yuan|yen)\b)"
    ),
    "@number": re.compile(r"\b\d[\d.,]*"),
}
SOUGHT = frozenset((*FIGURES, "@unknown"))
ANY_FIGURE = SOUGHT | {"@future"}
# a run of words with capitals; "of" and the like may join them
PART = r"[A-Z][\w&'.-]*\w"
NAME = re.compile(rf"(?<![\w$&.'-]){PART}(?: (?:{PART}|(?:of|de|du|da|&)(?= [A-Z]))(?!\w)){{0,5}}")
NO_NAME = re.compile(r"(?:ly|ing|ed|tion|ment|ness|ers|ies|ists|ans)$")
NO_NAMES = wordset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december gmt edt est utc i mr mrs ms dr ceo cfo"
)
DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Item:
    start: int
    end: int
    owner: bool = False  # a name in the genitive: not the one who does something


@dataclass(frozen=True, slots=True)
class Sentence:
    """`items`: key as a rule writes it → places, in order."""

    start: int
    end: int
    title: bool
    items: Mapping[str, Sequence[Item]]
    text: str
    _sought: dict[str, Sequence[Item]] = field(default_factory=dict)

    def all_of(self, keys: Set[str]) -> Iterator[Item]:
        """Of a long list of words a sentence has few, so these are looked through."""
        for key in sorted(self.items.keys() & keys):
            yield from self.items[key]
        for key in sorted(SOUGHT & keys):
            if key not in self._sought:
                self._sought[key] = [Item(*span) for span in self._spans(key)]
            yield from self._sought[key]

    def _spans(self, key: str) -> Iterator[tuple[int, int]]:
        """What is only looked for when it is asked for."""
        if key != "@unknown":
            for found in FIGURES[key].finditer(self.text, self.start, self.end):
                yield found.span()
        elif not (self.title and in_headline_case(self.text[self.start : self.end])):
            yield from unknown_names(self.text, self.start, self.end, self.items)


def placed(places: Sequence[Place], low: int, high: int) -> Sequence[Place]:
    """Those of `places`, which are in order, that begin in text[low:high]."""
    first = bisect_left(places, low, key=START)
    return places[first : bisect_left(places, high, first, key=START)]


class Scenes:
    """The sentences of a text, each laid out with its items when it is first asked for."""

    def __init__(
        self,
        words: Words,
        spoken: Sequence[Hit],
        mentions: Sequence[Mention],
        *,
        title_end: int,
        day: date,
    ) -> None:
        """`spoken` are the words of the rules that stand in no name, in order."""
        self.words = words
        self._spoken = spoken
        self._mentions = mentions
        self._title_end = title_end
        self._day = day
        self._made: dict[tuple[int, int], Sentence] = {}

    @cached_property
    def told(self) -> frozenset[str]:
        """The keys of the words and entities of the text, as rules write them."""
        found = {hit.payload.key for hit in self._spoken}
        for mention in self._mentions:
            found |= {f"#{mention.id}", f"@{mention.type}"}
        return frozenset(found)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The same with those of its figures and dates."""
        text = self.words.text
        ahead = any(True for _ in days_ahead(text, 0, len(text), self._day))
        return self.told | figures_in(text) | {"@unknown"} | ({"@future"} if ahead else set())

    def places(self) -> Iterator[tuple[str, int]]:
        """Where the words of the rules and the entities stand: (key, start)."""
        for hit in self._spoken:
            yield hit.payload.key, hit.start
        for mention in self._mentions:
            yield f"#{mention.id}", mention.start
            yield f"@{mention.type}", mention.start

    def around(self, start: int) -> Sentence:
        span = self.words.sentence_of(start)
        if span not in self._made:
            self._made[span] = self._sentence(*span)
        return self._made[span]

    def _sentence(self, low: int, high: int) -> Sentence:
        items: dict[str, list[Item]] = defaultdict(list)
        for hit in placed(self._spoken, low, high):
            items[hit.payload.key].append(Item(hit.start, hit.end))
        text = self.words.text
        for mention in placed(self._mentions, low, high):
            owner = text[mention.end : mention.end + 1] == "'"
            item = Item(mention.start, mention.end, owner)
            items[f"#{mention.id}"].append(item)
            items[f"@{mention.type}"].append(item)
        items["@future"] = [Item(*span) for span in days_ahead(text, low, high, self._day)]
        return Sentence(low, high, high <= self._title_end, items, text)


def figures_in(text: str) -> set[str]:
    """Keys of the kinds of figures that a text has."""
    if DIGIT.search(text) is None:
        return set()
    return {key for key, figure in FIGURES.items() if figure.search(text)}


def unknown_names(
    text: str, low: int, high: int, items: Mapping[str, Sequence[Item]]
) -> Iterator[tuple[int, int]]:
    """Runs of words with capitals in a sentence that are no entity of ours, no weekday or month,
    and not just the first word of it.
    """
    known = [(one.start, one.end) for key, each in items.items() if key[0] == "#" for one in each]
    told = {one.start for key, each in items.items() if key[0] != "#" for one in each}
    for found in NAME.finditer(text, low, high):
        start, end = found.span()
        if any(first < end and start < last for first, last in known):
            continue
        words = found[0].split()
        opens = not text[low:start].strip("\"'( ")
        if opens and len(words) == 1 and (start in told or not _is_name(words[0])):
            continue
        if all(word.lower().strip(".") in NO_NAMES for word in words):
            continue
        yield start, end


def _is_name(word: str) -> bool:
    """Whether a word that begins a sentence may be a name: the rules have no such word, and it
    has not the look of one that any sentence may begin with.
    """
    return word.lower() not in OPENERS and not NO_NAME.search(word)


def outside_names(
    hits: Sequence[Hit], mentions: Sequence[Mention], masked: Sequence[tuple[int, int]]
) -> list[Hit]:
    """The words of the rules that stand in none of the names, by place: what is inside is part."""
    names = ((mention.start, mention.end) for mention in mentions)
    closed = apart([*masked, *names])
    free = [hit for hit in hits if not _inside(hit, closed)]
    free.sort(key=lambda hit: (hit.start, -hit.end, hit.payload.key))
    return free


def _inside(hit: Hit, closed: Sequence[tuple[int, int]]) -> bool:
    last = bisect_right(closed, hit.start, key=itemgetter(0)) - 1
    return last >= 0 and hit.end <= closed[last][1]
