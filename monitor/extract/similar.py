"""How alike two articles are, and where to look for one that may be alike. Pure.

Text becomes two things: a MinHash of its word 3-grams (near-copies, Broder 1997), and its content
words and figures, cut to stems (rewrites, which share hardly any 3-gram but most of what is said).
What two articles share counts by how rare it is among those at hand (inverse document frequency),
so that a minister's name of every other headline weighs less than one company's.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

from rensa import RMinHash

PERMUTATIONS = 63
ROWS = 3  # with 21 bands, texts sharing a third of their 3-grams meet in one more often than not
SEED = 20250612  # a sketch is compared with stored ones: changing this forgets them
SHINGLE = 3
DAY = 86_400  # seconds
LEAD_WORDS = 150  # news says what is new at the beginning
PRIOR = 50  # articles without a term, before any is seen
STEM = 6  # letters: crude, but needs no language data

TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:-[^\W\d_]+)*")
YEAR = re.compile(r"(19|20)\d\d")
# Words that any two texts share. Those of news in general the rarity sees to.
_EMPTY = (
    "the and for that with has have had was were are been being will would could should may might "
    "can its his her their they them this these those from into onto over under after before "
    "about which who whom whose what when where while than then there here also but not nor our "
    "more most some such said says say according told new one two three out off per via any all "
    "both each other between during against because since until very just only own same"
)
EMPTY = frozenset(_EMPTY.split())


def tokens(text: str) -> list[str]:
    return TOKEN.findall(text.lower().replace("\u2019", "'").replace("'s", ""))


def shingles(words: Sequence[str]) -> list[str]:
    """Word 3-grams; a text shorter than one is its own."""
    last = max(1, len(words) - SHINGLE + 1)
    return [" ".join(words[start : start + SHINGLE]) for start in range(last)] if words else []


def sketch(words: Sequence[str]) -> tuple[int, ...]:
    """MinHash of a text, the same in every process; empty for no text."""
    grams = shingles(words)
    if not grams:
        return ()
    made = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    made.update(grams)
    return tuple(made.digest())


def jaccard(left: Sequence[int], right: Sequence[int]) -> float:
    """The share of 3-grams two texts have in common, as their sketches estimate it."""
    if not left or len(left) != len(right):
        return 0.0
    return sum(a == b for a, b in zip(left, right, strict=True)) / len(left)


def bands(made: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Keys of which two sketches share one when they are alike enough to be compared."""
    for start in range(0, len(made) - ROWS + 1, ROWS):
        yield (start, *made[start : start + ROWS])


def stems(words: Iterable[str]) -> tuple[str, ...]:
    """Content words cut to stems, distinct, in order."""
    kept = (word for word in words if word[0].isalpha() and len(word) > 2 and word not in EMPTY)
    return tuple(dict.fromkeys(word[:STEM] for word in kept))


def figures(words: Iterable[str]) -> tuple[str, ...]:
    """Numbers that tell news apart, distinct, in order: not years, nor small whole ones."""
    numbers = (word for word in words if word[0].isdigit() and not YEAR.fullmatch(word))
    return tuple(dict.fromkeys(number for number in numbers if len(number) > 1))


class Rarity:
    """Document frequencies of terms among the articles at hand."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._articles = 0

    def count(self, terms: Iterable[str], step: int = 1) -> None:
        """`step` -1 takes an article out again."""
        self._articles += step
        for term in terms:
            self._counts[term] += step
            if not self._counts[term]:
                del self._counts[term]

    def weight(self, term: str) -> float:
        """Inverse document frequency, as if there were PRIOR articles more without the term:
        with few articles at hand nothing is known to be common yet."""
        return math.log(1.0 + (self._articles + PRIOR) / (self._counts[term] + 1.0))


def overlap(left: Collection[str], right: Collection[str], rarity: Rarity) -> float:
    """What two sets share, by weight: the cosine of their rarity-weighted vectors, 0 to 1."""
    shared = set(left).intersection(right)
    if not shared:
        return 0.0
    common = sum(rarity.weight(term) ** 2 for term in shared)
    sizes = [sum(rarity.weight(term) ** 2 for term in side) for side in (left, right)]
    return common / math.sqrt(sizes[0] * sizes[1])


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds that two articles tell one story: `bias` plus each likeness, 0 to 1, times its
    weight (days apart are counted as they are)."""

    bias: float = -5.0
    copied: float = 9.0  # share of 3-grams: with the words they bring, half of them decide
    words: float = 10.0
    title: float = 8.0
    figures: float = 2.0
    entities: float = 1.0  # those of one field name the same few again and again
    events: float = 4.0  # type with status: what is planned and what is done are two stories
    main_event: float = 3.0  # what each opens with is in the other
    day_apart: float = -2.0
    grounded: float = 0.15  # likeness of words from which on what is said to happen counts in full


class Traits(Protocol):
    """What of an article is compared."""

    @property
    def said_at(self) -> datetime: ...
    @property
    def sketch(self) -> tuple[int, ...]: ...
    @property
    def title(self) -> tuple[str, ...]: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def figures(self) -> tuple[str, ...]: ...
    @property
    def entities(self) -> tuple[str, ...]: ...
    @property
    def events(self) -> tuple[str, ...]: ...


def terms_of(traits: Traits) -> Iterator[str]:
    """What rarity counts of an article."""
    return chain(traits.words, traits.figures, traits.entities, traits.events)


def likeness(left: Traits, right: Traits, rarity: Rarity, weights: Weights) -> dict[str, float]:
    """The terms of the log-odds that two articles tell one story.

    That the same kind of thing happens tells only in so far as the words are alike too: half of
    the day's news may be about tariffs.
    """
    days = abs((left.said_at - right.said_at).total_seconds()) / DAY
    words = overlap(left.words, right.words, rarity)
    grounds = min(1.0, words / weights.grounded)
    events = grounds * overlap(left.events, right.events, rarity)
    main_event = grounds * _same_main(left.events, right.events)
    return {
        "bias": weights.bias,
        "copied": weights.copied * jaccard(left.sketch, right.sketch),
        "words": weights.words * words,
        "title": weights.title * overlap(left.title, right.title, rarity),
        "figures": weights.figures * overlap(left.figures, right.figures, rarity),
        "entities": weights.entities * overlap(left.entities, right.entities, rarity),
        "events": weights.events * events,
        "main_event": weights.main_event * main_event,
        "days_apart": weights.day_apart * days,
    }


def probability(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))


def _same_main(left: Sequence[str], right: Sequence[str]) -> bool:
    return bool(left and right) and left[0] in right and right[0] in left
