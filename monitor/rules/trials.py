"""Running the texts that rules carry: what they must match, and what they must not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from monitor.model import Article, Event, Extraction
from monitor.rules import RuleSet
from monitor.rules.alerts import AlertRule, Example

# offices are held by date: the texts in the rules are of this day
WRITTEN_ON = datetime(2025, 10, 20, 12, tzinfo=UTC)


class Reader(Protocol):
    def extract(self, article: Article) -> Extraction: ...


# why a rule does not treat an example as it should; "" where it does
Judge = Callable[[AlertRule, Example, bool], str]


@dataclass(frozen=True, slots=True)
class Failure:
    """A text, or a signal of an alert rule, that does not come out as its rule says.

    `key` is a path into the rule ("match.2"); `wanted` and `found` are told in words, and `text`
    is "" for a signal.
    """

    table: str
    entry: str
    key: str
    text: str
    wanted: str
    found: str

    def __str__(self) -> str:
        text = f" in {self.text!r}" if self.text else ""
        return (
            f"{self.table} {self.entry}: {self.key}: wanted {self.wanted}, found {self.found}{text}"
        )


def article_of(text: str, published: datetime = WRITTEN_ON) -> Article:
    """A text with no title, as if published at a time."""
    return Article("0" * 16, "rules", "rules", None, "", text, published, published)


def try_texts(reader: Reader, rules: RuleSet) -> Iterator[Failure]:
    """A failure for each text that an entity or an event gets wrong."""
    for entity in rules.entities.values():
        for number, text in enumerate(entity.match):
            found = reader.extract(article_of(text))
            if entity.id not in {mention.id for mention in found.mentions}:
                yield Failure("entity", entity.id, f"match.{number}", text, "it", _entities(found))
        for number, text in enumerate(entity.no_match):
            found = reader.extract(article_of(text))
            own = [mention.text for mention in found.mentions if mention.id == entity.id]
            if own:
                told = " and ".join(f"it as {one!r}" for one in dict.fromkeys(own))
                yield Failure("entity", entity.id, f"no_match.{number}", text, "nothing", told)
    for rule in rules.events.values():
        for number, wanted in enumerate(rule.match):
            events = reader.extract(article_of(wanted.text)).events
            if wanted.status not in [event.status for event in events if event.type == rule.id]:
                key = f"match.{number}"
                told = _told(events)
                yield Failure("event", rule.id, key, wanted.text, wanted.status, told)
        for number, text in enumerate(rule.no_match):
            same = [one for one in reader.extract(article_of(text)).events if one.type == rule.id]
            if same:
                told = _told(tuple(same))
                yield Failure("event", rule.id, f"no_match.{number}", text, "nothing", told)


def try_examples(rules: RuleSet, judge: Judge) -> Iterator[Failure]:
    """A failure for each signal that an alert rule does not treat as it says."""
    for rule in rules.alerts.values():
        for key, examples, fires in (
            ("match", rule.match, True),
            ("no_match", rule.no_match, False),
        ):
            for number, example in enumerate(examples):
                why = judge(rule, example, fires)
                if why:
                    wanted = "an alert" if fires else "none"
                    yield Failure("alert", rule.id, f"{key}.{number}", "", wanted, why)


def only(rules: RuleSet, ids: set[str]) -> RuleSet:
    """The rules with these ids, to run their texts alone; a reader needs all of them."""
    return replace(
        rules,
        entities={name: one for name, one in rules.entities.items() if name in ids},
        events={name: one for name, one in rules.events.items() if name in ids},
        alerts={name: one for name, one in rules.alerts.items() if name in ids},
    )


def _entities(found: Extraction) -> str:
    told = dict.fromkeys(f"{mention.id} ({mention.text!r})" for mention in found.mentions)
    return ", ".join(told) or "nothing"


def _told(events: tuple[Event, ...]) -> str:
    """Each event with the pattern that found it and the word it goes by."""
    told = (f"{one.type} {one.status} ({one.rule}, {one.trigger.text!r})" for one in events)
    return ", ".join(dict.fromkeys(told)) or "nothing"
