"""What a text is about, where that is nothing that the rules watch: sport, the stage, games. Pure.

By counting different words of a topic, as in the first topic spotters: one such word proves
nothing, several that have little else in common do. A single word that speaks against it is
outweighed by a topic's words only where they are many: "war" or "oil" stands in texts on anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set

from monitor.extract.lexicon import Payload
from monitor.extract.rule_words import condition_words, spelled_out
from monitor.rules import RuleSet

MANY = 3  # times the words that a topic needs


class Topics:
    """Built once from the rules."""

    def __init__(self, rules: RuleSet) -> None:
        self._topics = [(topic.id, topic.at_least) for topic in rules.topics.values()]
        self._speaking: dict[str, list[tuple[int, bool]]] = defaultdict(list)  # (topic, for it)
        for number, topic in enumerate(rules.topics.values()):
            for words, it in ((topic.words, True), (topic.unless, False)):
                for word in dict.fromkeys(spelled_out(words, rules)):
                    self._speaking[word].append((number, it))
        self._words = frozenset(self._speaking)

    def entries(self) -> Iterator[tuple[str, Payload]]:
        yield from condition_words(self._speaking)

    def of(self, keys: Set[str]) -> str | None:
        """The id of the first topic that a text with these words is about."""
        spoken = keys & self._words
        if not spoken:
            return None
        count: dict[tuple[int, bool], int] = defaultdict(int)
        for key in spoken:
            for each in self._speaking[key]:
                count[each] += 1
        for number, (name, at_least) in enumerate(self._topics):
            told, against = count[number, True], count[number, False]
            if told >= at_least and (not against or (against == 1 and told >= MANY * at_least)):
                return name
        return None
