"""What a text is about, where that is nothing that the rules watch: sport, the stage, games. Pure.

By counting different words of a topic, as in the first topic spotters: one such word proves
nothing, several that have little else in common do. A single word that speaks against it is
outweighed by a topic's words only where they are many: "war" or "oil" stands in texts on anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from monitor.extract.lexicon import Payload
from monitor.extract.rule_words import condition_words, spelled_out
from monitor.rules import RuleSet

MANY = 3  # times the words that a topic needs


class Topics:
    """Built once from the rules."""

    def __init__(self, rules: RuleSet) -> None:
        self._topics = [
            (
                topic.id,
                topic.at_least,
                frozenset(spelled_out(topic.words, rules)),
                frozenset(spelled_out(topic.unless, rules)),
            )
            for topic in rules.topics.values()
        ]

    def entries(self) -> Iterator[tuple[str, Payload]]:
        for _, _, words, unless in self._topics:
            yield from condition_words(sorted(words | unless))

    def of(self, keys: Set[str]) -> str | None:
        """The id of the first topic that a text with these words is about."""
        for name, at_least, words, unless in self._topics:
            told, against = len(keys & words), len(keys & unless)
            if told >= at_least and (not against or (against == 1 and told >= MANY * at_least)):
                return name
        return None
