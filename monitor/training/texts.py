"""Labelled texts as they lie in files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from monitor.errors import ConfigError, Mistake
from monitor.model import Article, Status
from monitor.rules import RuleSet
from monitor.rules.trials import WRITTEN_ON

STATUSES = get_args(Status)
EACH = "each pair of `events` must be a type of the rules and a status"


@dataclass(frozen=True, slots=True)
class Label:
    """An event that a text tells; `start` and `end` of the words that tell it, if it is said."""

    type: str
    status: Status
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Labelled:
    article: Article
    events: tuple[Label, ...]
    whole: bool  # an article; else a sentence or two, in which what is not labelled is not there
    only: str | None = None  # the one type that the labels speak of; None: of all

    @property
    def pairs(self) -> set[tuple[str, str]]:
        return {(one.type, one.status) for one in self.events}


def read_texts(paths: Iterable[Path], rules: RuleSet) -> list[Labelled]:
    """The texts of JSON lines: `text`, `events` as pairs of type and status, and if they are
    known `title`, `published` and, beside `events`, `triggers`: the words that tell each.

    Raises ConfigError with every line that is none.
    """
    texts: list[Labelled] = []
    mistakes: list[Mistake] = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                texts.append(_labelled(json.loads(line), rules))
            except (ValueError, KeyError, TypeError) as error:
                what = f"misses {error}" if isinstance(error, KeyError) else str(error)
                mistakes.append(Mistake(str(path), f"line {number}", what))
    if mistakes:
        raise ConfigError(mistakes)
    return texts


def rule_texts(rules: RuleSet) -> Iterator[Labelled]:
    """The texts that the event rules carry; each speaks of its own type alone."""
    for rule in rules.events.values():
        for text in rule.match:
            article = _article("", text.text, WRITTEN_ON)
            yield Labelled(article, (Label(rule.id, text.status),), whole=False, only=rule.id)
        for other in rule.no_match:
            yield Labelled(_article("", other, WRITTEN_ON), (), whole=False, only=rule.id)


def _labelled(item: dict[str, Any], rules: RuleSet) -> Labelled:
    title, text = item.get("title", ""), item["text"]
    published = datetime.fromisoformat(item["published"]) if "published" in item else WRITTEN_ON
    article = _article(title, text, published)
    triggers = item.get("triggers") or [None] * len(item["events"])
    events = []
    for (kind, status), words in zip(item["events"], triggers, strict=True):
        if kind not in rules.events or status not in STATUSES:
            raise ValueError(f"{EACH}, not {kind!r} and {status!r}")
        events.append(_placed(Label(kind, status), words, article.content))
    return Labelled(article, tuple(events), whole=bool(title))


def _placed(label: Label, words: str | None, content: str) -> Label:
    if words is None:
        return label
    start = content.rfind(words)
    if start < 0:
        raise ValueError(f"its trigger {words!r} is not in the text")
    return Label(label.type, label.status, start, start + len(words))


def _article(title: str, text: str, published: datetime) -> Article:
    return Article("0" * 16, "text", "text", None, title, text, published, published)
