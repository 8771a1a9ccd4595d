"""A sentence as patterns and cues see it: words of the rules, entities and figures, by place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from operator import attrgetter, itemgetter
from typing import NamedTuple, TypeVar

from monitor.extract.ahead import days_ahead
from monitor.extract.lexicon import Hit, Place
from monitor.extract.words import OPENERS, Words, apart, in_headline_case, wordset
from monitor.model import Mention

Placed = TypeVar("Placed", Hit, Mention)

START = attrgetter("start")
BEGIN = itemgetter(0)
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


class Item(NamedTuple):
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
    _found: dict[frozenset[str], list[Item]] = field(default_factory=dict)

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end

    def all_of(self, keys: frozenset[str]) -> Sequence[Item]:
        """Of a long list of words a sentence has few, so these are looked through, once."""
        found = self._found.get(keys)
        if found is None:
            here = sorted(self.items.keys() & keys)
            found = self._found[keys] = [item for key in here for item in self.items[key]]
            for key in sorted(SOUGHT & keys):
                found += self._all_sought(key)
        return found

    def _all_sought(self, key: str) -> Sequence[Item]:
        if key not in self._sought:
            self._sought[key] = [Item(*span) for span in self._spans(key)]
        return self._sought[key]

    def _spans(self, key: str) -> Iterator[tuple[int, int]]:
        """What is only looked for when it is asked for."""
        if key != "@unknown":
            for found in FIGURES[key].finditer(self.text, self.start, self.end):
                yield found.span()
        elif not (self.title and in_headline_case(self.text[self.start : self.end])):
            yield from unknown_names(self.text, self.start, self.end, self.items)


def placed(places: Sequence[Placed], low: int, high: int) -> Sequence[Placed]:
    """Those of `places`, which are in order, that begin in text[low:high]."""
    first = bisect_left(places, low, key=START)
    return places[first : bisect_left(places, high, first, key=START)]


class Scenes:
    """The sentences of a text, each laid out with its items when it is first asked for."""

    def __init__(
        self,
        words: Words,
        spoken: Sequence[Place],
        mentions: Sequence[Mention],
        masked: Sequence[tuple[int, int]],
        *,
        title_end: int,
        day: date,
    ) -> None:
        """`spoken` are the words of the rules; those in a name or in `masked` are only part of it
        and do not count.
        """
        self.words = words
        self.mentions = mentions
        self.spoken = spoken
        self._closed = apart([*masked, *((one.start, one.end) for one in mentions)])
        self._title_end = title_end
        self._day = day
        self._made: dict[tuple[int, int], Sentence] = {}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of the words and entities of the text, as rules write them, and those of its
        figures and dates.
        """
        found = {key for _, _, spoken in self._free(self.spoken) for key in spoken.keys}
        for mention in self.mentions:
            found.update(keys_of(mention))
        text = self.words.text
        found |= figures_in(text) | {"@unknown"}
        if any(True for _ in days_ahead(text, 0, len(text), self._day)):
            found.add("@future")
        return frozenset(found)

    @cached_property
    def _by_sentence(self) -> Mapping[int, Sequence[Place]]:
        """The words of the rules by the sentence that they begin in, in names too."""
        found: dict[int, list[Place]] = defaultdict(list)
        for place in self.spoken:
            found[self.words.number(place[0])].append(place)
        return found

    def around(self, start: int) -> Sentence:
        span = self.words.sentence_of(start)
        if span not in self._made:
            self._made[span] = self._sentence(*span)
        return self._made[span]

    def _sentence(self, low: int, high: int) -> Sentence:
        spoken = self._by_sentence.get(self.words.number(low), ())
        items: dict[str, list[Item]] = defaultdict(list)
        for start, end, words in sorted(self._free(spoken), key=_by_place):
            item = Item(start, end)
            for key in words.keys:
                items[key].append(item)
        text = self.words.text
        for mention in placed(self.mentions, low, high):
            owner = text[mention.end : mention.end + 1] == "'"
            item = Item(mention.start, mention.end, owner)
            for key in keys_of(mention):
                items[key].append(item)
        items["@future"] = [Item(*span) for span in days_ahead(text, low, high, self._day)]
        return Sentence(low, high, high <= self._title_end, items, text)

    def _free(self, spoken: Iterable[Place]) -> Iterator[Place]:
        """Those outside of names."""
        closed = self._closed
        for place in spoken:
            last = bisect_right(closed, place[0], key=BEGIN) - 1
            if last < 0 or place[1] > closed[last][1]:
                yield place


def keys_of(mention: Mention) -> tuple[str, str]:
    """As what a mention stands in the rules."""
    return _keys_of(mention.id, mention.type)


@cache
def _keys_of(identity: str, kind: str) -> tuple[str, str]:
    return f"#{identity}", f"@{kind}"


def _by_place(place: Place) -> tuple[int, int]:
    return place[0], -place[1]


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
