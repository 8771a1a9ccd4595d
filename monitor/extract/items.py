"""A sentence as patterns and cues see it: words of the rules, entities and figures, by place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.extract.ahead import days_ahead
from monitor.extract.lexicon import Hit
from monitor.extract.words import Words
from monitor.model import Mention

FIGURES = {
    "@percent": re.compile(r"\d[\d.,]*\s?(?:%|percent\b|per cent\b|pct\b)"),
    "@money": re.compile(
        r"(?:[A-Z]{0,2}[$\u20ac\u00a3\u00a5]\s?\d[\d.,]*|\d[\d.,]*\s(?:(?:m|b|tr)illion\s)?"
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
        inside = [span for span in closed if low <= span[0] < high]
        for hit in spoken:
            if low <= hit.start < high and not _within(hit, inside):
                items[hit.payload.key].append(Item(hit.start, hit.end))
        for mention in mentions:
            if low <= mention.start < high:
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
