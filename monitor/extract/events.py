"""Which events a text reports: the patterns of the rules, tried sentence by sentence. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from monitor.extract.arguments import roles
from monitor.extract.inflect import noun_forms, verb_forms
from monitor.extract.items import Item, Sentence, placed
from monitor.extract.lexicon import Payload
from monitor.extract.mentions import condition_words
from monitor.extract.nlp import Parse
from monitor.extract.status import Asked, Judged, Statuses
from monitor.extract.words import Words
from monitor.model import Event, Mention, Span
from monitor.rules import RuleSet
from monitor.rules.events import EventRule, Group, Pattern

AFTER_ARTICLE = re.compile(r"(?:\b(?:the|an?|its|their|his|her)|'s|s') $")
AFTER_MODAL = re.compile(r"\b(?:to|will|would|may|might|could|can|must|not) $")
SETTLED = ("occurred", "reversed", "announced")
IN_TITLE = 0.05  # a headline says what the text is about


@dataclass(frozen=True, slots=True)
class _Ready:
    """A pattern with its members spelled out as keys of items."""

    rule: EventRule
    number: int
    pattern: Pattern
    triggers: tuple[tuple[str, str], ...]  # key, and the part of speech it must be or ""
    needs: tuple[Group, ...]
    before: tuple[Group, ...]
    after: tuple[Group, ...]
    context: tuple[Group, ...]
    refuse: Group
    refuse_context: Group


@dataclass(frozen=True, slots=True)
class _Match:
    ready: _Ready
    sentence: Sentence
    trigger: Item
    judged: Judged

    @property
    def plain(self) -> bool:
        """It reports the event, and does not just speak of it as known."""
        return not self.ready.pattern.weak or self.judged.cue is not None

    @property
    def bare_title(self) -> bool:
        return self.sentence.title and self.judged.cue is None


class Patterns:
    """All event rules, compiled once."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._statuses = Statuses(rules.cues.values())
        self._ready = [
            self._compiled(rule, number, pattern)
            for rule in rules.events.values()
            for number, pattern in enumerate(rule.patterns, 1)
        ]

    def entries(self) -> Iterator[tuple[str, Payload]]:
        """All strings that the patterns and cues look for."""
        yield from self._statuses.entries()
        for ready in self._ready:
            for key, part in ready.triggers:
                forms = verb_forms(key[2:]) if part == "VERB" else noun_forms(key[2:])
                if part:
                    yield from ((form, Payload("word", key)) for form in forms)
                else:
                    yield from condition_words([key])
            for group in (*ready.needs, *ready.before, *ready.after, *ready.context):
                yield from condition_words(group)
            yield from condition_words((*ready.refuse, *ready.refuse_context))

    @property
    def triggers(self) -> frozenset[str]:
        return frozenset(key for ready in self._ready for key, _ in ready.triggers)

    def _compiled(self, rule: EventRule, number: int, pattern: Pattern) -> _Ready:
        triggers = (
            *((f"v:{verb}", "VERB") for verb in self._spelled(pattern.verbs)),
            *((f"n:{noun}", "NOUN") for noun in self._spelled(pattern.nouns)),
            *((phrase, "") for phrase in self._spelled(pattern.phrases)),
        )

        def groups(of: tuple[Group, ...]) -> tuple[Group, ...]:
            return tuple(self._spelled(group) for group in of)

        return _Ready(
            rule,
            number,
            pattern,
            triggers,
            needs=groups(pattern.needs),
            before=groups(pattern.before),
            after=groups(pattern.after),
            context=groups(pattern.context),
            refuse=self._spelled(pattern.refuse),
            refuse_context=self._spelled(pattern.refuse_context),
        )

    def _spelled(self, group: Group) -> Group:
        """Word lists written out; everything else as it stands."""
        members: list[str] = []
        for member in group:
            listed = self._rules.words.get(member[1:]) if member.startswith("@") else None
            members += self._spelled(listed.words) if listed else [member]
        return tuple(members)

    def find(
        self,
        words: Words,
        sentences: Sequence[Sentence],
        mentions: Sequence[Mention],
        parse: Parse | None,
    ) -> tuple[Event, ...]:
        """The events by place; one of a type and status in each sentence."""
        holding: dict[str, list[int]] = defaultdict(list)  # key of items → numbers of sentences
        for number, sentence in enumerate(sentences):
            for key in sentence.items:
                holding[key].append(number)
        matches: dict[str, list[_Match]] = defaultdict(list)  # by rule
        for ready in self._ready:
            if not _in_context(ready, holding.keys()):
                continue
            for number in sorted({n for key, _ in ready.triggers for n in holding.get(key, ())}):
                matches[ready.rule.id] += self._in_sentence(ready, sentences[number], words, parse)
        told = [match for same in matches.values() for match in _best_told(same)]
        events: dict[tuple[int, str, str], Event] = {}
        for match in sorted(told, key=_by_worth):
            event = _event(match, words, mentions, parse)
            events.setdefault((event.sentence[0], event.type, event.status), event)
        return tuple(sorted(events.values(), key=lambda event: (event.trigger.start, event.type)))

    def _in_sentence(
        self, ready: _Ready, sentence: Sentence, words: Words, parse: Parse | None
    ) -> Iterator[_Match]:
        for key, part in ready.triggers:
            for trigger in sentence.items.get(key, ()):
                if not _is_part(part, trigger, sentence, parse, words):
                    continue
                if not _satisfied(ready, sentence, trigger, words, part == "VERB"):
                    continue
                own = ready.pattern.status
                judged = (
                    Judged(own, None)
                    if ready.pattern.fixed
                    else self._statuses.judge(
                        sentence,
                        Asked(
                            ready.rule.id,
                            own,
                            part == "VERB",
                            ready.rule.lasting,
                            _joined(trigger, parse),
                        ),
                        words,
                    )
                )
                yield _Match(ready, sentence, trigger, judged)


def _in_context(ready: _Ready, present: Set[str]) -> bool:
    if any(present.isdisjoint(group) for group in ready.context):
        return False
    return present.isdisjoint(ready.refuse_context)


def _joined(trigger: Item, parse: Parse | None) -> tuple[Item, ...]:
    """The trigger and the verb it is coordinated with, if a parse says so."""
    token = parse.at(trigger.start) if parse else None
    if parse is None or token is None or token.dep != "conj":
        return (trigger,)
    head = parse.tokens[token.head]
    return (trigger, Item(head.start, head.end)) if head.pos in {"VERB", "AUX"} else (trigger,)


def _is_part(
    part: str, trigger: Item, sentence: Sentence, parse: Parse | None, words: Words
) -> bool:
    """The word before and the tagger agree; in headlines the latter errs too often to be asked."""
    if not part:
        return True
    before = words.text[max(0, trigger.start - 12) : trigger.start].lower()
    if part == "VERB" and before.endswith("-"):
        return False
    if AFTER_ARTICLE.search(before) if part == "VERB" else AFTER_MODAL.search(before):
        return False
    if parse is None or sentence.title:
        return True
    token = parse.at(trigger.start)
    if token is None:
        return True
    if part == "VERB":
        return token.pos not in {"NOUN", "PROPN"} or token.dep == "ROOT"
    return token.pos not in {"VERB", "AUX"} or token.dep in {"amod", "compound"}


def _satisfied(ready: _Ready, sentence: Sentence, trigger: Item, words: Words, verb: bool) -> bool:
    near = ready.pattern.near

    def stands(group: Group, side: str, covers: bool = False) -> bool:
        for item in sentence.all_of(group):
            before = item.end <= trigger.start
            if not before and item.start < trigger.end:
                # a part of the trigger itself, or a longer phrase that it is a part of
                if covers and item.end - item.start > trigger.end - trigger.start:
                    return True
                continue
            if side and before != (side == "before"):
                continue
            if verb and side == "before" and item.owner:
                continue
            low, high = (item.end, trigger.start) if before else (trigger.end, item.start)
            if words.between(low, high) <= near:
                return True
        return False

    return (
        all(stands(group, "") for group in ready.needs)
        and all(stands(group, "before") for group in ready.before)
        and all(stands(group, "after") for group in ready.after)
        and not stands(ready.refuse, "", covers=True)
    )


def _best_told(same: Sequence[_Match]) -> Iterator[_Match]:
    """The matches of a rule without those that another one tells better: a plain one before one
    that speaks of it as known; the text before a headline, whose present tense says little.
    """
    in_text = [match for match in same if not match.sentence.title]
    cued = any(match.judged.cue for match in in_text)
    plain = [match for match in same if match.plain and not match.bare_title]
    settled = any(match.judged.status in SETTLED for match in plain)
    for match in same:
        if match.bare_title:
            better = bool(in_text)
        elif match.sentence.title:
            better = cued
        elif match.plain:
            better = False
        else:
            better = settled if match.ready.rule.lasting else bool(plain)
        if not better:
            yield match


def _by_worth(match: _Match) -> tuple[bool, float, int, str, int]:
    return (
        not match.plain,
        -match.ready.pattern.score,
        match.trigger.start,
        match.ready.rule.id,
        match.ready.number,
    )


def _event(match: _Match, words: Words, mentions: Sequence[Mention], parse: Parse | None) -> Event:
    rule, trigger, sentence = match.ready.rule, match.trigger, match.sentence
    inside = placed(mentions, sentence.start, sentence.end)
    actors, targets = roles(rule, trigger, inside, words, parse)
    score = match.ready.pattern.score + (IN_TITLE if sentence.title else 0.0)
    event = Event(
        type=rule.id,
        status=match.judged.status,
        trigger=Span(words.text[trigger.start : trigger.end], trigger.start, trigger.end),
        actors=actors,
        targets=targets,
        symbols=(),
        score=round(min(1.0, score * (1.0 if match.plain else 0.8)), 2),
        rule=f"{rule.id}.{match.ready.number}",
        sentence=(sentence.start, sentence.end),
    )
    return event


def with_symbols(event: Event, symbols: Sequence[str]) -> Event:
    return replace(event, symbols=tuple(symbols))
