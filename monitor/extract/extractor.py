"""An article → all that is understood of it, in the order of the calls below."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from monitor.extract.claims import find_claims
from monitor.extract.events import Patterns, with_symbols
from monitor.extract.exposures import event_symbols, exposures
from monitor.extract.items import sentences_of
from monitor.extract.lexicon import Lexicon
from monitor.extract.mentions import entries, find_mentions
from monitor.extract.nlp import Nlp
from monitor.extract.words import words_of
from monitor.model import Article, Extraction
from monitor.rules import RuleSet

SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which nothing can encode
LONGEST = 200_000  # characters: a few seconds' work, and no news story is longer


def utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


class Extractor:
    """Built once from the rules; `nlp` None: rules alone.

    Of a longer text the first LONGEST characters are read, and `Extraction.unread` says how many
    were not. `day_of` gives the session's date that a moment belongs to, in the exchange's zone.
    """

    def __init__(
        self, rules: RuleSet, nlp: Nlp | None, day_of: Callable[[datetime], date] = utc_day
    ) -> None:
        self._rules = rules
        self._nlp = nlp
        self._day_of = day_of
        self._patterns = Patterns(rules)
        self._triggers = self._patterns.triggers
        self._lexicon = Lexicon([*entries(rules), *self._patterns.entries()])

    def extract(self, article: Article) -> Extraction:
        content, said_at = SURROGATE.sub("\ufffd", article.content[:LONGEST]), article.said_at
        unread = len(article.content) - len(content)
        words = words_of(content)
        hits = self._lexicon.find(words)
        if not any(self._leads_somewhere(hit.payload.kind, hit.payload.key) for hit in hits):
            return Extraction(article.id, (), (), (), (), unread)
        parse = self._nlp.parse(words.text) if self._nlp else None
        title_end = len(article.title) + 1 if article.title else 0
        day = utc_day(said_at)
        mentions, masked = find_mentions(words, hits, parse, day, self._rules)
        sentences = sentences_of(words, hits, mentions, masked, title_end=title_end, day=day)
        events = tuple(
            with_symbols(event, event_symbols(event, mentions, self._rules.exposures))
            for event in self._patterns.find(words, sentences, mentions, parse)
        )
        claims = find_claims(content, mentions, words.sentences, said_at, self._day_of)
        touched = exposures(mentions, events, title_end, self._rules)
        return Extraction(article.id, mentions, events, claims, touched, unread)

    def _leads_somewhere(self, kind: str, key: str) -> bool:
        return kind not in ("word", "lookalike") or key in self._triggers
