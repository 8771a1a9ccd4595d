"""A text as the rules look at it: folded letters, words, sentences. Offsets stay the text's own."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property


def wordset(words: str) -> frozenset[str]:
    """The words of a table written as running text."""
    return frozenset(words.split())


FOLDS = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u2032": "'", "\u201c": '"', "\u201d": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u00ad": "-", "\u2212": "-",
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2002": " ", "\u2003": " ", "\t": " ",
})  # fmt: skip
WORD = re.compile(r"\$?\d[\d.,]*\d%?|\$?\d%?|(?:[A-Za-z]\.){2,}|[^\W\d_]+(?:'[^\W\d_]+)?|%")
BREAK = re.compile(  # first the signs themselves, by which a search goes fast
    r"[\n.!?](?:(?<=\n)\n*|(?<![.!?][.!?])(?<!\n)[.!?]*[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9$]))"
)
BACKWARDS = re.compile(r"[\s\-]*([\w.'$%]+)")  # in a text turned round
FORWARDS = re.compile(r"(?:'s?\b)?[\s\-]*([\w.'%]+)")
LONGEST = 2000  # characters: what is longer is no sentence, and every step compares its words
# what ends in a point without ending a sentence
ABBREVIATIONS = wordset(
    "mr mrs ms dr prof st sen rep gov gen lt col sgt capt adm hon jr sr vs no fig approx est "
    "jan feb mar apr jun jul aug sep sept oct nov dec e.g i.e mt ft"
)
# what may or may not: it does where a word follows that opens sentences
DOUBTFUL = wordset("u.s u.k u.n e.u a.m p.m inc corp co ltd plc d.c")
OPENERS = wordset(
    "the a an it he she they we this that these those in on at by but and as for its his her "
    "their after before since while if when however also officials shares analysts"
)


@dataclass(frozen=True)
class Words:
    """A folded text with the places of its words, for distances counted in words.

    Most texts are put aside by the names and words in them; so what only the others need is
    reckoned when it is asked for.
    """

    text: str  # folded, case kept, the same length as the original
    norm: str  # the same in lower case with hyphens as spaces

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each word begins."""
        return tuple(found.start() for found in WORD.finditer(self.text))

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        return tuple(_sentences(self.text))

    @cached_property
    def sentence_starts(self) -> list[int]:
        return [start for start, _ in self.sentences]

    def between(self, first_end: int, second_start: int) -> int:
        """How many words begin from `first_end` on and before `second_start`."""
        return bisect_left(self.starts, second_start) - bisect_left(self.starts, first_end)

    def before(self, start: int) -> str:
        """The word that ends right before `start` (spaces and hyphens between), or ""."""
        found = BACKWARDS.match(self.text[max(0, start - 40) : start][::-1])
        return found[1][::-1].removesuffix(".") if found else ""

    def after(self, end: int) -> str:
        """The word that begins right after `end` (spaces and hyphens between), or ""."""
        found = FORWARDS.match(self.text, end, end + 40)
        return found[1].rstrip(".") if found else ""

    def sentence_of(self, start: int) -> tuple[int, int]:
        return self.sentences[self.number(start)]

    def number(self, start: int) -> int:
        """Of the sentence that a place is in, or follows."""
        return max(0, bisect_right(self.sentence_starts, start) - 1)


def in_headline_case(line: str) -> bool:
    """Most of its longer words begin with a capital."""
    longer = [word for word in line.split() if len(word) > 3]
    return bool(longer) and sum(word[0].isupper() for word in longer) > 0.7 * len(longer)


def folded(text: str) -> str:
    """A text as names and words are looked for in it: the same length, but for rare capitals."""
    return text.translate(FOLDS).lower().replace("-", " ")


def apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def touches(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a span overlaps one of `spans`, which are in order and apart."""
    last = bisect_left(spans, (span[1],)) - 1
    return last >= 0 and span[0] < spans[last][1]


def words_of(content: str) -> Words:
    text = content if content.isascii() and "\t" not in content else content.translate(FOLDS)
    norm = text.lower()
    if len(norm) != len(text):  # some capital has a longer small letter
        norm = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return Words(text, norm.replace("-", " "))


def _sentences(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = 0
    for gap in BREAK.finditer(text):
        first, end = gap.span()
        if text[first] == "." and not _ends(
            text[max(start, first - 80) : first], text[end : end + 80]
        ):
            continue
        found += _pieces(text, start, end)
        start = end
    found += _pieces(text, start, len(text))
    return found or [(0, len(text))]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """text[start:end] where it is no longer than a sentence can be, else cut between words."""
    while end - start > LONGEST:
        space = text.rfind(" ", start + 1, start + LONGEST)
        cut = space + 1 if space > 0 else start + LONGEST
        if text[start:cut].strip():
            yield start, cut
        start = cut
    if text[start:end].strip():
        yield start, end


def _ends(before: str, after: str) -> bool:
    """Whether a point between the two ends a sentence."""
    last = before.rsplit(maxsplit=1)[-1:] if before[-1:].strip() else []
    word = last[0].lower().lstrip("(\"'") if last else ""
    if word in ABBREVIATIONS or (len(word) == 1 and word.isalpha()):
        return False
    if word in DOUBTFUL:
        following = re.match(r"[\"'(\[]?(\w+)", after)
        return bool(following and following[1].lower() in OPENERS and following[1][0].isupper())
    return True
