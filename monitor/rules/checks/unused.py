"""Word lists, look-alikes and parts of events that stand for nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import get_args

from monitor.model import EntityType
from monitor.rules import RuleSet
from monitor.rules.checks.common import COMMON_WORDS, FIRST_NAMES, LAST_NAMES
from monitor.rules.checks.findings import Finding, Language, Spelling
from monitor.rules.checks.names import Name, exact_of
from monitor.rules.checks.shadows import inside, overlaps
from monitor.rules.events import Pattern
from monitor.rules.references import PATTERN_KEYS, members

OF_THE_PROGRAM = {FIRST_NAMES, LAST_NAMES, COMMON_WORDS}


def unused(rules: RuleSet, names: Sequence[Name], language: Language) -> Iterator[Finding]:
    yield from _lists(rules)
    yield from _twice(rules)
    yield from _parts(rules, Spelling(rules))
    yield from _lookalikes(rules, names, language)


def _lists(rules: RuleSet) -> Iterator[Finding]:
    used = OF_THE_PROGRAM | {one[1:] for one in _spoken(rules) if one[0] == "@"}
    waiting = [name for name in used if name in rules.words]
    while waiting:
        inner = {one[1:] for one in rules.words[waiting.pop()].words if one[0] == "@"}
        fresh = inner - used
        used |= fresh
        waiting += [name for name in fresh if name in rules.words]
    for name in rules.words:
        if name not in used:
            what = f"no pattern, name or cue asks for @{name}"
            yield Finding("unused", "warning", "wordlist", name, "", what, "use it, or take it out")


def _twice(rules: RuleSet) -> Iterator[Finding]:
    """Members that stand twice in one list; of cues see cues.py."""
    for listed in rules.words.values():
        yield from _again("wordlist", listed.id, "words", listed.words)
    for rule in rules.events.values():
        for number, pattern in enumerate(rule.patterns):
            for key in PATTERN_KEYS:
                value = getattr(pattern, key)
                groups = value if value and isinstance(value[0], tuple) else (value,)
                for group in groups:
                    yield from _again("event", rule.id, f"patterns.{number}.{key}", group)


def _again(table: str, entry: str, key: str, group: Sequence[str]) -> Iterator[Finding]:
    if len(set(group)) < len(group):
        double = [word for word, number in Counter(group).items() if number > 1]
        what = f"{', '.join(map(repr, double))}: twice in one list"
        yield Finding("repeat", "warning", table, entry, key, what, "take one out")


def _spoken(rules: RuleSet) -> Iterator[str]:
    """All members of patterns, cues and the conditions of names."""
    for rule in rules.events.values():
        for pattern in rule.patterns:
            yield from members(_groups(pattern))
    for cue in rules.cues.values():
        yield from cue.words
    for entity in rules.entities.values():
        for part in (*entity.aliases, *entity.offices):
            if not isinstance(part, str):
                yield from (*part.needs, *part.refuse)


def _groups(pattern: Pattern) -> list[object]:
    return [getattr(pattern, key) for key in PATTERN_KEYS]


def _parts(rules: RuleSet, spelling: Spelling) -> Iterator[Finding]:
    """Actors and targets are entities and types of them; other members match none."""
    allowed = {f"@{kind}" for kind in get_args(EntityType)}
    for rule in rules.events.values():
        for key, group in (("actors", rule.actors), ("targets", rule.targets)):
            for number, member in enumerate(group):
                if all(one[0] == "#" or one in allowed for one in spelling.out([member])):
                    continue
                what = f"{member!r} is no entity and no type of them, so never one of the {key}"
                mend = "name the entities (`#id`) or a type (`@person`)"
                yield Finding("unused", "warning", "event", rule.id, f"{key}.{number}", what, mend)


def _lookalikes(rules: RuleSet, names: Sequence[Name], language: Language) -> Iterator[Finding]:
    known = {name.folded for name in names} | _words(rules, language)
    begins: set[str] = set()  # of all that is looked for
    ends: set[str] = set()
    for one in known:
        first, last = overlaps(one)
        begins |= first
        ends |= last
    seen: dict[str, list[tuple[str | None, str]]] = defaultdict(list)
    for group in rules.lookalikes.values():
        for number, name in enumerate(group.names):
            folded, key = language.fold(name), f"names.{number}"
            exact = exact_of(name, None, language)
            before = next((at for how, at in seen[folded] if how in (None, exact)), None)
            seen[folded].append((exact, group.id))
            first, last = overlaps(folded)
            if before is not None:
                what, mend = f"{name!r} stands in {before!r} already", "take it out"
                yield Finding("repeat", "warning", "lookalikes", group.id, key, what, mend)
            elif (
                known.isdisjoint((folded, *inside(folded)))
                and ends.isdisjoint((folded, *first))
                and begins.isdisjoint((folded, *last))
            ):
                what = f"{name!r} touches no name and no word of the rules, and keeps nothing out"
                mend = "take it out"
                yield Finding("unused", "warning", "lookalikes", group.id, key, what, mend)


def _words(rules: RuleSet, language: Language) -> set[str]:
    """Every form of every word that the rules look for besides names."""
    found: set[str] = set()
    plain = set(_spoken(rules))
    for rule in rules.events.values():
        for pattern in rule.patterns:
            for verb in pattern.verbs:
                found.update(map(language.fold, language.verb_forms(verb)))
            for noun in pattern.nouns:
                found.update(map(language.fold, language.noun_forms(noun)))
    for name, listed in rules.words.items():
        plain.update(() if name in OF_THE_PROGRAM else listed.words)
    for word in plain:
        if word[0] == "=":
            found.add(language.fold(word[1:]))
        elif word[0] not in "#@":
            found.update(map(language.fold, language.word_forms(word)))
    return found
