"""Running the texts that rules carry: what they must match, and what they must not. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from monitor.model import Article, Extraction
from monitor.rules import RuleSet


class Reader(Protocol):
    def extract(self, article: Article) -> Extraction: ...


# offices are held by date: the texts in the rules are of this day
WRITTEN_ON = datetime(2025, 10, 20, 12, tzinfo=UTC)


def article_of(text: str, published: datetime = WRITTEN_ON) -> Article:
    """A text with no title, as if published at a time."""
    return Article("0" * 16, "rules", "rules", None, "", text, published, published)


def check_texts(extractor: Reader, rules: RuleSet) -> list[str]:
    """One line for each text that a rule gets wrong; empty where all hold."""
    return [*_entities(extractor, rules), *_events(extractor, rules)]


def _entities(extractor: Reader, rules: RuleSet) -> Iterator[str]:
    for entity in rules.entities.values():
        for text in entity.match:
            if entity.id not in _ids(extractor.extract(article_of(text))):
                yield f"entity {entity.id}: not found in {text!r}"
        for text in entity.no_match:
            if entity.id in _ids(extractor.extract(article_of(text))):
                yield f"entity {entity.id}: found in {text!r}"


def _events(extractor: Reader, rules: RuleSet) -> Iterator[str]:
    for rule in rules.events.values():
        for wanted in rule.match:
            found = _statuses(extractor.extract(article_of(wanted.text)), rule.id)
            if wanted.status not in found:
                told = ", ".join(found) or "nothing"
                yield f"event {rule.id}: {wanted.status} wanted, {told} found in {wanted.text!r}"
        for text in rule.no_match:
            if found := _statuses(extractor.extract(article_of(text)), rule.id):
                yield f"event {rule.id}: {', '.join(found)} found in {text!r}"


def _ids(extraction: Extraction) -> set[str]:
    return {mention.id for mention in extraction.mentions}


def _statuses(extraction: Extraction, kind: str) -> list[str]:
    return [event.status for event in extraction.events if event.type == kind]
