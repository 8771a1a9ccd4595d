"""A sentence as words whose weights can be learned: names and figures stand for their kind.

What is learned of "@company to buy @name for @money" holds of every company, those included that a
user adds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from monitor.extract.items import Sentence
from monitor.extract.words import Words
from monitor.rules.entities import Entity

TOKEN = re.compile(r"[^\W\d_]+(?:'[a-z]+)?|\d[\d.,]*|[?%$:]")
YEAR = re.compile(r"(?:19|20)\d\d$")
ENDINGS = (
    "ations", "ation", "ings", "ing", "ions", "ion", "ers", "er", "ies", "es", "ed", "s", "e",
)  # fmt: skip
SHORTEST = 4  # letters that a stem has
ALONE = {key: frozenset((key,)) for key in ("@unknown", "@percent", "@money")}


class Token(NamedTuple):
    word: str
    stem: str
    start: int
    end: int


@lru_cache(maxsize=1 << 16)
def stem_of(word: str) -> str:
    """A word without its ending: crude, but the same for all forms of most words."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word[: -len(ending)]
    return word


def masked(sentence: Sentence, words: Words, kinds: Mapping[str, str], year: int) -> list[Token]:
    """The tokens of a sentence in order; `kinds` says of an entity's id what stands for it, and
    `year` is that of publication.
    """
    kept = sorted(_masks(sentence, kinds))
    tokens: list[Token] = []
    number, inside = 0, -1
    for found in TOKEN.finditer(words.norm, sentence.start, sentence.end):
        start, end = found.span()
        while number < len(kept) and kept[number][1] <= start:
            number += 1
        if number < len(kept) and kept[number][0] <= start:
            if inside != number:
                tokens.append(Token(kept[number][2], kept[number][2], start, end))
            inside = number
            continue
        word = found[0]
        if word[0].isdigit():
            word = _figure(word.strip(".,"), year)
            tokens.append(Token(word, word, start, end))
        elif word.endswith("'s"):
            tokens.append(Token(word[:-2], stem_of(word[:-2]), start, end - 2))
            tokens.append(Token("'s", "'s", end - 2, end))
        else:
            tokens.append(Token(word, stem_of(word), start, end))
    return tokens


def _masks(sentence: Sentence, kinds: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """What stands for something else: (start, end, for what)."""
    for key, items in sentence.items.items():
        if key[0] == "#":
            yield from ((item.start, item.end, kinds[key[1:]]) for item in items)
    for key, alone in ALONE.items():
        yield from ((item.start, item.end, key) for item in sentence.all_of(alone))


def _figure(figure: str, year: int) -> str:
    if not YEAR.match(figure):
        return "@number"
    told = int(figure)
    return "@past" if told < year else "@ahead" if told > year else "@year"


def kinds_of(entities: Mapping[str, Entity]) -> Mapping[str, str]:
    """What stands for each entity: its type, but a law or power, which is what is used, itself."""
    return {
        one.id: f"#{one.id}" if one.type == "instrument" else f"@{one.type}"
        for one in entities.values()
    }
