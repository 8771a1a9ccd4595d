"""What of a text is compared, and how much two of them share. Pure.

Text becomes a MinHash of its word 3-grams (near-copies, Broder 1997), and its content words, proper
names, figures and days (rewrites, which share hardly any 3-gram but most of what is said). What two
articles share counts by how rare it is among those at hand (inverse document frequency), so that a
minister's name of every other headline weighs less than one company's.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from rensa import RMinHash

PERMUTATIONS = 63
ROWS = 2  # with 31 bands, 97 in 100 pairs of texts sharing a third of their 3-grams meet in one
SEED = 20250612  # a sketch is compared with stored ones: changing this forgets them
SHINGLE = 3
LEAD_WORDS = 150  # news says what is new at the beginning
PRIOR = 50  # articles without a term, before any is seen
STEM = 6  # letters: crude, but needs no language data

TOKEN = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:-[^\W\d_]+)*")
YEAR = re.compile(r"(19|20)\d\d")
NAME = re.compile(r"(?<![\w.-])[A-Z][\w-]{2,}((?= [A-Z]))?")
BEGINS = re.compile(r"(?:^|[.!?:\n][\"')\u201d\u2019]*\s+|[\"(\u201c\u2018])$")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul"),
    *("aug", "sept", "sep", "oct", "nov", "dec"),
)
# Words that any two texts share. Those of news in general the rarity sees to.
_EMPTY = (
    "the and for that with has have had was were are been being will would could should may might "
    "can its his her their they them this these those from into onto over under after before "
    "about which who whom whose what when where while than then there here also but not nor our "
    "more most some such said says say according told new one two three out off per via any all "
    "both each other between during against because since until very just only own same"
)
EMPTY = frozenset(_EMPTY.split())
NO_NAMES = EMPTY | {*WEEKDAYS, *MONTHS, "reuters", "inc", "corp", "ltd"}


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


def bands(made: Sequence[int]) -> Iterator[int]:
    """Keys of which two sketches share one when they are alike enough to be compared."""
    for start in range(0, len(made) - ROWS + 1, ROWS):
        key = start
        for value in made[start : start + ROWS]:
            key = key << 32 | value
        yield key


def stems(words: Iterable[str]) -> tuple[str, ...]:
    """Content words cut to stems, distinct, in order."""
    kept = (word for word in words if word[0].isalpha() and len(word) > 2 and word not in EMPTY)
    return tuple(dict.fromkeys(word[:STEM] for word in kept))


def figures(words: Iterable[str]) -> tuple[str, ...]:
    """Numbers that tell news apart, distinct, in order: not years, nor small whole ones."""
    numbers = (word for word in words if word[0].isdigit() and not YEAR.fullmatch(word))
    return tuple(dict.fromkeys(number for number in numbers if len(number) > 1))


def names(title: str, text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Proper names as capitals show them, cut to stems, distinct, in order: inside of sentences, or
    at their head where another follows. Without the words of names that are `known` by other ways.
    A title that capitalises everything tells nothing."""
    without = {
        part[:STEM] for name in known for word in tokens(name) for part in (word, *word.split("-"))
    }
    capitals = sum(word[0].isupper() for word in title.split())
    parts = (title, text) if 2 * capitals < len(title.split()) else (text,)
    found = (
        name[0].lower()
        for part in parts
        for name in NAME.finditer(part)
        if name[1] is not None or not BEGINS.search(part[max(0, name.start() - 4) : name.start()])
    )
    stemmed = dict.fromkeys(name[:STEM] for name in found if name not in NO_NAMES)
    return tuple(stem for stem in stemmed if stem not in without)


def days(words: Iterable[str], said_at: datetime) -> tuple[str, ...]:
    """The dates that the weekdays of a text stand for, in order: of the last days, or of tomorrow,
    which it may be already where the news was made."""
    tomorrow = said_at.date() + timedelta(days=1)
    found = (WEEKDAYS.index(word) for word in words if word in WEEKDAYS)
    dates = (tomorrow - timedelta(days=(tomorrow.weekday() - day) % 7) for day in found)
    return tuple(dict.fromkeys(map(date.isoformat, dates)))


# How what publishers put below their texts begins.
FOOTER = re.compile(
    r"(?:^|(?<=[.!?]\s)|(?<=\n))(?:About [A-Z][\w&.,' -]{1,60}(?::|\n)"
    r"|(?i:(?:cautionary (?:note|statement)|forward[- ]looking statements?|all rights reserved"
    r"|sign up|(?:un)?subscribe|click here|read more|disclaimer|\(?reporting by|this story was)\b))"
)


def body(text: str) -> str:
    """A text without what its publisher puts below every text."""
    found = FOOTER.search(text)
    return text[: found.start()] if found and found.start() else text


Terms = tuple[str, ...]  # distinct


class Rarity:
    """Document frequencies of terms among the articles at hand."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._articles = 0
        # kept for as long as nothing changes: squared weights by count, and what whole sets weigh
        self._weights: dict[int, float] = {}
        self._masses: dict[tuple[str, ...], float] = {}

    def count(self, terms: Iterable[str], step: int = 1) -> None:
        """`step` -1 takes an article out again."""
        self._articles += step
        self._weights.clear()
        self._masses.clear()
        for term in terms:
            self._counts[term] += step
            if not self._counts[term]:
                del self._counts[term]

    def weight(self, term: str) -> float:
        """Inverse document frequency, as if there were PRIOR articles more without the term:
        with few articles at hand nothing is known to be common yet."""
        return math.sqrt(self.squared(term))

    def squared(self, term: str) -> float:
        count = self._counts.get(term, 0)
        known = self._weights.get(count)
        if known is None:
            known = math.log(1.0 + (self._articles + PRIOR) / (count + 1.0)) ** 2
            self._weights[count] = known
        return known

    def shared(self, left: Terms, right: Terms) -> float:
        """The squared weights of what is in both, summed."""
        return math.fsum(map(self.squared, set(left).intersection(right)))

    def mass(self, terms: Terms) -> float:
        """The squared weights of a set, summed."""
        known = self._masses.get(terms)
        if known is None:
            known = math.fsum(map(self.squared, terms))
            self._masses[terms] = known
        return known


def overlap(left: Terms, right: Terms, rarity: Rarity) -> float:
    """What two sets share, by weight: the cosine of their rarity-weighted vectors, 0 to 1."""
    shared = rarity.shared(left, right)
    return shared and shared / math.sqrt(rarity.mass(left) * rarity.mass(right))


def apart(left: Terms, right: Terms, rarity: Rarity) -> float:
    """How far each of two sets has what the other lacks, by weight: 0 where one holds the other,
    1 where they share nothing."""
    if not left or not right:
        return 0.0
    return 1.0 - rarity.shared(left, right) / min(rarity.mass(left), rarity.mass(right))


def firm_overlap(left: Terms, right: Terms, rarity: Rarity) -> float:
    """What two small sets share, by weight, 0 to 1: as if there were one rare term more that only
    one of them has, so that one common term is little even where there is no other."""
    both = math.sqrt(rarity.mass(left) * rarity.mass(right))
    return rarity.shared(left, right) / (both + rarity.squared(""))
