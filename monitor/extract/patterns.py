"""The patterns of the event rules, and the triggers that have all they ask for. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from monitor.extract.inflect import noun_forms, verb_forms
from monitor.extract.items import Item, Scenes, Sentence
from monitor.extract.lexicon import Payload
from monitor.extract.readings import TriggerReading
from monitor.extract.rule_words import condition_words, spelled_out
from monitor.extract.words import Words
from monitor.model import Span
from monitor.rules import RuleSet
from monitor.rules.events import EventRule, Group, Pattern

AFTER_ARTICLE = re.compile(r"(?:\b(?:the|an?|its|their|his|her)|'s|s') $")
AFTER_MODAL = re.compile(r"\b(?:to|will|would|may|might|could|can|must|not) $")
# a word that these end or precede is a noun, whatever it may be elsewhere
NO_VERB = re.compile(r"(?:[tsc]ion|ment|[ae]nc[ey]|ity|ship|ness|ism|ing)s?$")
BEFORE_NOUN = re.compile(
    r"(?:\b(?:the|an?|its|their|his|her|our|of|on|for|in|with|by|from|against|over|under|at|no|any|"
    r"new|this|these|those|more|some|all|other|first|and|\w+(?:'s|s'|al|ic|ive|ful|ed|ing|ous|ary))"
    r"|[\d%]) $"
)
PASSIVE = re.compile(r"\b(?:was|were|been|is|are|be|being) (?:\w+ ){0,2}$")
BY = re.compile(r"^(?: \w+){0,3} by\b")
JOINED = re.compile(r"(?:,|\b(?:and|or|but|then)) (?:\w+ ){0,2}$")
NEARBY = 40  # characters
Met = tuple[tuple[str, Span], ...]  # (condition, what met it)


Groups = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A pattern with its members spelled out as keys of items."""

    rule: EventRule
    number: int
    pattern: Pattern
    parts: Mapping[str, str]  # by the key of a trigger: the part of speech it must be, or ""
    needs: Groups
    before: Groups
    after: Groups
    context: Groups
    refuse: frozenset[str]
    refuse_context: frozenset[str]
    refuse_between: frozenset[str]
    actors: frozenset[str]
    targets: frozenset[str]
    wanted: Groups  # what no text can do without that reports the event, the rarest first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trigger with all that its pattern asks for beside it.

    `doubtful`: the words around it do not settle what it is, and only the grammar can.
    """

    ready: Ready
    part: str
    sentence: Sentence
    trigger: Item
    doubtful: bool


class Patterns:
    """All event rules, compiled once."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._ready = [
            self._compiled(rule, number, pattern)
            for rule in rules.events.values()
            for number, pattern in enumerate(rule.patterns, 1)
        ]
        self._leading: dict[str, list[int]] = defaultdict(list)  # by the key of a trigger
        for number, ready in enumerate(self._ready):
            for key in ready.parts:
                self._leading[key].append(number)

    def entries(self) -> Iterator[tuple[str, Payload]]:
        """All strings that the patterns look for."""
        triggers: dict[tuple[str, str], None] = {}
        words: dict[str, None] = {}  # many patterns ask for the same lists of them
        for ready in self._ready:
            triggers |= dict.fromkeys(ready.parts.items())
            for group in (*ready.needs, *ready.before, *ready.after, *ready.context):
                words |= dict.fromkeys(sorted(group))
            for refused in (ready.refuse, ready.refuse_context, ready.refuse_between):
                words |= dict.fromkeys(sorted(refused))
        for key, part in triggers:
            word = key[2:]
            if not part:
                yield from condition_words([key])
            elif word.startswith("="):
                form = word.removeprefix("=")
                exact = form.replace("-", " ") if form != form.lower() else None
                yield form, Payload("word", key, exact=exact)
            else:
                forms = verb_forms(word) if part == "VERB" else noun_forms(word)
                yield from ((form, Payload("word", key)) for form in forms)
        yield from condition_words(words)

    def roles(self) -> Mapping[str, tuple[Set[str], Set[str]]]:
        """Who may act and who may suffer, by event type."""
        return {ready.rule.id: (ready.actors, ready.targets) for ready in self._ready}

    def _compiled(self, rule: EventRule, number: int, pattern: Pattern) -> Ready:
        triggers = (
            *((f"v:{verb}", "VERB") for verb in self._spelled(pattern.verbs)),
            *((f"n:{noun}", "NOUN") for noun in self._spelled(pattern.nouns)),
            *((phrase, "") for phrase in self._spelled(pattern.phrases)),
        )

        def groups(of: tuple[Group, ...]) -> Groups:
            return tuple(frozenset(self._spelled(group)) for group in of)

        needs, before, after = groups(pattern.needs), groups(pattern.before), groups(pattern.after)
        context = groups(pattern.context)
        return Ready(
            rule,
            number,
            pattern,
            dict(triggers),
            needs,
            before,
            after,
            context,
            refuse=frozenset(self._spelled(pattern.refuse)),
            refuse_context=frozenset(self._spelled(pattern.refuse_context)),
            refuse_between=frozenset(self._spelled(pattern.refuse_between)),
            actors=frozenset(self._spelled(rule.actors)),
            targets=frozenset(self._spelled(rule.targets)),
            wanted=tuple(sorted((*context, *needs, *before, *after), key=len)),
        )

    def _spelled(self, group: Group) -> Group:
        return tuple(spelled_out(group, self._rules))

    def possible(self, keys: Set[str]) -> Mapping[int, Sequence[str]]:
        """The patterns for which all that they ask for is somewhere in a text with these keys, by
        number, each with those of its triggers that are there.
        """
        found: dict[int, list[str]] = defaultdict(list)
        for key in sorted(keys & self._leading.keys()):
            for number in self._leading[key]:
                found[number].append(key)
        return {
            number: found[number]
            for number in sorted(found)
            if not any(keys.isdisjoint(group) for group in self._ready[number].wanted)
        }

    def candidates(
        self, scenes: Scenes, told: list[TriggerReading] | None = None
    ) -> Iterator[Candidate]:
        """Every trigger with all that its pattern asks for beside it.

        Where `told` is given it gets a line for every one that lacks something.
        """
        places: dict[str, list[int]] = defaultdict(list)
        for key, start in scenes.places():
            places[key].append(start)
        for number, triggers in self.possible(scenes.keys).items():
            ready = self._ready[number]
            if not scenes.keys.isdisjoint(ready.refuse_context):
                continue
            for key in triggers:
                part = ready.parts[key]
                for start in places[key]:
                    sentence = scenes.around(start)
                    trigger = next(i for i in sentence.items[key] if i.start == start)
                    around = Around(
                        sentence, trigger, scenes.words, ready.pattern.near, part == "VERB"
                    )
                    refused = _other_part(part, trigger, scenes.words) or _lacking(ready, around)
                    if not refused:
                        doubtful = _is_doubtful(part, sentence, trigger, scenes.words)
                        yield Candidate(ready, part, sentence, trigger, doubtful)
                    elif told is not None:
                        told.append(trigger_reading(ready, trigger, scenes.words, refused=refused))


def _other_part(part: str, trigger: Item, words: Words) -> str:
    """Why the word before says that the trigger is of another part of speech; "" if not."""
    if not part:
        return ""
    before = words.text[max(0, trigger.start - 12) : trigger.start].lower()
    if part == "VERB" and before.endswith("-"):
        return "is part of a compound"
    word = words.norm[trigger.start : trigger.end]
    if part == "VERB" and AFTER_ARTICLE.search(before):
        return "is no verb"
    # "to" stands before nouns too, "subject to tariffs", but not before those without an ending
    modal = AFTER_MODAL.search(before)
    if part == "NOUN" and modal and not (modal[0] == "to " and (word[-1] == "s" or " " in word)):
        return "is no noun"
    return ""


def _is_doubtful(part: str, sentence: Sentence, trigger: Item, words: Words) -> bool:
    """Whether the part of speech, what it is joined to or who does it is open.

    In headlines the tagger errs too often to be asked.
    """
    if not part or sentence.title:
        return False
    word = words.norm[trigger.start : trigger.end]
    before = words.norm[max(sentence.start, trigger.start - NEARBY) : trigger.start]
    if part == "NOUN":
        return not (" " in word or NO_VERB.search(word) or BEFORE_NOUN.search(before))
    after = words.norm[trigger.end : min(sentence.end, trigger.end + NEARBY)]
    open_part = not (word.endswith("ed") or AFTER_MODAL.search(before))
    passive = PASSIVE.search(before) is not None or BY.search(after) is not None
    return open_part or passive or JOINED.search(before) is not None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands within `near` words of a trigger; of a verb, its subject is no owner."""

    sentence: Sentence
    trigger: Item
    words: Words
    near: int
    verb: bool

    def met(self, group: Set[str], side: str, unless: Set[str]) -> Item | None:
        """A member of the group, on one side if one is given, and then with none of `unless` on
        the way to it.
        """
        for item in self.sentence.all_of(group):
            before = item.end <= self.trigger.start
            if not before and item.start < self.trigger.end:
                continue
            if side and (before != (side == "before") or self._barred(item, before, unless)):
                continue
            if self.verb and side == "before" and item.owner:
                continue
            if self.words.between(*self._way(item, before)) <= self.near:
                return item
        return None

    def refused(self, group: Set[str]) -> Item | None:
        """A member of the group, or a longer phrase that the trigger is a part of."""
        trigger = self.trigger
        for item in self.sentence.all_of(group):
            before = item.end <= trigger.start
            if not before and item.start < trigger.end:
                if item.end - item.start > trigger.end - trigger.start:
                    return item
            elif self.words.between(*self._way(item, before)) <= self.near:
                return item
        return None

    def _way(self, item: Item, before: bool) -> tuple[int, int]:
        if before:
            return item.end, self.trigger.start
        return self.trigger.end, item.start

    def _barred(self, item: Item, before: bool, unless: Set[str]) -> bool:
        if not unless:
            return False
        low, high = self._way(item, before)
        return any(low <= one.start and one.end <= high for one in self.sentence.all_of(unless))


def conditions(ready: Ready) -> Iterator[tuple[str, frozenset[str]]]:
    for side, groups in (("", ready.needs), ("before", ready.before), ("after", ready.after)):
        for group in groups:
            yield side, group


def _lacking(ready: Ready, around: Around) -> str:
    """The condition that is not met, or ""."""
    for side, group in conditions(ready):
        if around.met(group, side, ready.refuse_between) is None:
            return f"nothing of `{side or 'needs'}` ({_short(group)}) within {around.near} words"
    refused = around.refused(ready.refuse)
    if refused is not None:
        text = around.words.text[refused.start : refused.end]
        return f"{text!r} of its `refuse` stands beside it"
    return ""


def _short(group: Set[str]) -> str:
    return ", ".join(sorted(group)[:3]) + (", …" if len(group) > 3 else "")


def trigger_reading(
    ready: Ready, trigger: Item, words: Words, *, refused: str, status: str = "", met: Met = ()
) -> TriggerReading:
    rule = f"{ready.rule.id}.{ready.number}"
    return TriggerReading(quoted(trigger, words), rule, status, met, refused)


def quoted(item: Item, words: Words) -> Span:
    return Span(words.text[item.start : item.end], item.start, item.end)
