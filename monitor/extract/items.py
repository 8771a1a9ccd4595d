"""A sentence as patterns and cues see it: words of the rules, entities and figures, by place."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TypeVar

from monitor.extract.ahead import days_ahead
from monitor.extract.lexicon import Hit
from monitor.extract.words import Words
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

    def all_of(self, keys: Sequence[str]) -> Iterator[Item]:
        for key in keys:
            yield from self.items.get(key, ())


def placed(places: Sequence[Place], low: int, high: int) -> Sequence[Place]:
    """Those of `places`, which are in order, that begin in text[low:high]."""
    first = bisect_left(places, low, key=START)
    return places[first : bisect_left(places, high, first, key=START)]


def sentences_of(
    words: Words,
    hits: Sequence[Hit],
    mentions: Sequence[Mention],
    masked: Sequence[tuple[int, int]],
    *,
    title_end: int,
    day: date,
) -> list[Sentence]:
    """Every sentence with its items; words inside a name are part of the name."""
    closed = sorted({*masked, *((mention.start, mention.end) for mention in mentions)})
    spoken = [hit for hit in hits if hit.payload.kind == "word"]
    sentences = []
    for low, high in words.sentences:
        items: dict[str, list[Item]] = defaultdict(list)
        spans = closed[bisect_left(closed, (low,)) : bisect_left(closed, (high,))]
        for hit in placed(spoken, low, high):
            if not _within(hit, spans):
                items[hit.payload.key].append(Item(hit.start, hit.end))
        for mention in placed(mentions, low, high):
            owner = words.text[mention.end : mention.end + 1] == "'"
            item = Item(mention.start, mention.end, owner)
            items[f"#{mention.id}"].append(item)
            items[f"@{mention.type}"].append(item)
        for key, figure in FIGURES.items():
            for found in figure.finditer(words.text, low, high):
                items[key].append(Item(found.start(), found.end()))
        items["@future"] = [Item(*span) for span in days_ahead(words.text, low, high, day)]
        sentences.append(Sentence(low, high, high <= title_end, items))
    return sentences


def _within(hit: Hit, spans: Sequence[tuple[int, int]]) -> bool:
    return any(low <= hit.start and hit.end <= high for low, high in spans)
