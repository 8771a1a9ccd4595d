"""The patterns of the event rules, and the triggers that have all they ask for. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from monitor.extract.inflect import noun_forms, verb_forms
from monitor.extract.items import ANY_FIGURE, DIGIT, FIGURES, Item, Scenes, Sentence, keys_of
from monitor.extract.lexicon import Payload
from monitor.extract.readings import TriggerReading
from monitor.extract.rule_words import condition_words, spelled_out
from monitor.extract.sieve import Asked, Sieve
from monitor.extract.words import Words
from monitor.model import Mention, Span
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
Lacking = tuple[str, frozenset[str]] | Item


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
        self._groups: dict[frozenset[str], frozenset[str]] = {}
        self._ready = [
            self._compiled(rule, number, pattern)
            for rule in rules.events.values()
            for number, pattern in enumerate(rule.patterns, 1)
        ]
        self.sieve = Sieve(
            [
                Asked(ready.parts, (*ready.needs, *ready.before, *ready.after), ready.context)
                for ready in self._ready
            ]
        )
        self._figures = self.sieve.of(ANY_FIGURE)  # sought only where all else is there
        self._future = self.sieve.of(ANY_FIGURE - FIGURES.keys())

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

        def group(of: Group) -> frozenset[str]:
            spelled = frozenset(self._spelled(of))
            return self._groups.setdefault(spelled, spelled)  # many patterns ask for the same

        def groups(of: tuple[Group, ...]) -> Groups:
            return tuple(map(group, of))

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
            refuse=group(pattern.refuse),
            refuse_context=group(pattern.refuse_context),
            refuse_between=group(pattern.refuse_between),
            actors=frozenset(self._spelled(rule.actors)),
            targets=frozenset(self._spelled(rule.targets)),
            wanted=tuple(sorted((*context, *needs, *before, *after), key=len)),
        )

    def _spelled(self, group: Group) -> Group:
        return tuple(spelled_out(group, self._rules))

    def possible(self, bits: int) -> bool:
        """Whether a text with these bits, see sieve.py, may have all that some pattern asks for."""
        bits |= self._figures
        return any(True for _ in self.sieve.passing(bits, bits))

    def candidates(
        self,
        scenes: Scenes,
        bits: int,
        told: list[TriggerReading] | None = None,
        *,
        thorough: bool = False,
    ) -> list[Candidate]:
        """Every trigger with all that its pattern asks for beside it, by pattern. `bits` are those
        of the words of the text, in names too.

        Where `told` is given it gets a line for every one that lacks something. With `thorough` all
        patterns are tried everywhere.
        """
        bits |= self._figures | self._of_mentions(scenes.mentions)
        if not (thorough or self.possible(bits)):
            return []
        found: list[tuple[int, str, Candidate]] = []
        here = (
            [bits] * len(scenes.words.sentences)
            if told is not None
            else self._bits_by_sentence(scenes)
        )
        for (low, _), inside in zip(scenes.words.sentences, here, strict=True):
            numbers = range(len(self._ready)) if thorough else self.sieve.passing(inside, bits)
            for number in numbers:
                ready = self._ready[number]
                sentence = scenes.around(low)
                for key, trigger in _triggers(ready, sentence):
                    one = _candidate(ready, key, trigger, sentence, scenes, told)
                    if one is not None:
                        found.append((number, key, one))
        found.sort(key=lambda one: one[:2])
        return [one for _, _, one in found]

    def _bits_by_sentence(self, scenes: Scenes) -> list[int]:
        words = scenes.words
        found = [
            self._figures if DIGIT.search(words.text, low, high) else self._future
            for low, high in words.sentences
        ]
        starts = words.sentence_starts
        for start, _, spoken in scenes.spoken:
            if bits := spoken.bits:
                found[bisect_right(starts, start) - 1] |= bits
        for mention in scenes.mentions:
            found[words.number(mention.start)] |= self.sieve.of(keys_of(mention))
        return found

    def _of_mentions(self, mentions: Iterable[Mention]) -> int:
        return self.sieve.of(key for one in mentions for key in keys_of(one))


def _in_context(ready: Ready, keys: Set[str]) -> bool:
    """Whether a text with these keys has all that a pattern asks of it, and nothing it refuses."""
    if any(keys.isdisjoint(group) for group in ready.wanted):
        return False
    return keys.isdisjoint(ready.refuse_context)


def _triggers(ready: Ready, sentence: Sentence) -> Iterator[tuple[str, Item]]:
    for key in sorted(ready.parts.keys() & sentence.items.keys()):
        for trigger in sentence.items[key]:
            yield key, trigger


def _candidate(
    ready: Ready,
    key: str,
    trigger: Item,
    sentence: Sentence,
    scenes: Scenes,
    told: list[TriggerReading] | None,
) -> Candidate | None:
    """None where something is lacking, what the text as a whole must have last."""
    part, words = ready.parts[key], scenes.words
    around = Around(sentence, trigger, words, ready.pattern.near, part == "VERB")
    other = _other_part(part, trigger, words)
    lacking = None if other else _lacking(ready, around)
    if told is None and (other or lacking):
        return None
    if not _in_context(ready, scenes.keys):
        return None
    if told is not None and (refused := other or (_why(lacking, around) if lacking else "")):
        told.append(trigger_reading(ready, trigger, words, refused=refused))
        return None
    return Candidate(ready, part, sentence, trigger, _is_doubtful(part, sentence, trigger, words))


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


class Around(NamedTuple):
    """What stands within `near` words of a trigger; of a verb, its subject is no owner."""

    sentence: Sentence
    trigger: Item
    words: Words
    near: int
    verb: bool

    def met(self, group: frozenset[str], side: str, unless: frozenset[str]) -> Item | None:
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

    def refused(self, group: frozenset[str]) -> Item | None:
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

    def _barred(self, item: Item, before: bool, unless: frozenset[str]) -> bool:
        if not unless:
            return False
        low, high = self._way(item, before)
        return any(low <= one.start and one.end <= high for one in self.sentence.all_of(unless))


def conditions(ready: Ready) -> Iterator[tuple[str, frozenset[str]]]:
    for side, groups in (("", ready.needs), ("before", ready.before), ("after", ready.after)):
        for group in groups:
            yield side, group


def _lacking(ready: Ready, around: Around) -> Lacking | None:
    """The condition that is not met, or what is refused and stands there."""
    for side, group in conditions(ready):
        if around.met(group, side, ready.refuse_between) is None:
            return side, group
    return around.refused(ready.refuse)


def _why(lacking: Lacking, around: Around) -> str:
    if isinstance(lacking, Item):
        text = around.words.text[lacking.start : lacking.end]
        return f"{text!r} of its `refuse` stands beside it"
    side, group = lacking
    return f"nothing of `{side or 'needs'}` ({_short(group)}) within {around.near} words"


def _short(group: Set[str]) -> str:
    return ", ".join(sorted(group)[:3]) + (", …" if len(group) > 3 else "")


def trigger_reading(
    ready: Ready, trigger: Item, words: Words, *, refused: str, status: str = "", met: Met = ()
) -> TriggerReading:
    rule = f"{ready.rule.id}.{ready.number}"
    return TriggerReading(quoted(trigger, words), rule, status, met, refused)


def quoted(item: Item, words: Words) -> Span:
    return Span(words.text[item.start : item.end], item.start, item.end)
