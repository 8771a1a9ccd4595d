"""Patterns of events that never match, never decide, or refuse what they ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Gravity, Language, Spelling
from monitor.rules.events import EventRule, Group, Pattern
from monitor.rules.references import members

FURTHEST = 300  # words: a text of more characters than so many words come to is cut into pieces
MANY = 20_000  # words that one pattern may come to with its word lists; each has several forms


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A pattern with its word lists written out."""

    rule: EventRule
    number: int
    pattern: Pattern
    triggers: frozenset[tuple[str, str]]  # part of speech or "", and the word
    anywhere: tuple[frozenset[str], ...]
    before: tuple[frozenset[str], ...]
    after: tuple[frozenset[str], ...]
    context: tuple[frozenset[str], ...]
    refuse: frozenset[str]
    refuse_context: frozenset[str]

    def finding(self, check: str, severity: Gravity, key: str, what: str, mend: str) -> Finding:
        place = f"patterns.{self.number}" + (f".{key}" if key else "")
        return Finding(check, severity, "event", self.rule.id, place, what, mend)


def pattern_mistakes(rules: RuleSet, language: Language) -> Iterator[Finding]:
    sizes, spelling = _sizes(rules), Spelling(rules)
    for rule in rules.events.values():
        ready = []
        for number, pattern in enumerate(rule.patterns):
            size = sum(sizes.get(one[1:], 1) if one[0] == "@" else 1 for one in _members(pattern))
            if size > MANY:
                yield _too_many(rule, number, size)
                continue
            one = _spelled(spelling, rule, number)
            ready.append(one)
            yield from _odd_triggers(one)
            yield from _empty(one)
            yield from _against_itself(one, language)
            if pattern.near > FURTHEST:
                what = f"near = {pattern.near}: no sentence is longer than {FURTHEST} words"
                yield one.finding("near", "warning", "near", what, f"say {FURTHEST} or less")
        yield from _covered(ready)


def _too_many(rule: EventRule, number: int, size: int) -> Finding:
    what = f"comes to {size:,} words with its word lists; each is looked for in all its forms"
    return Finding(
        "expansion",
        "warning",
        "event",
        rule.id,
        f"patterns.{number}",
        what,
        f"name shorter lists; up to {MANY:,} words load in no time",
    )


def _members(pattern: Pattern) -> Iterator[str]:
    yield from (*pattern.verbs, *pattern.nouns, *pattern.phrases)
    for groups in (pattern.needs, pattern.before, pattern.after, pattern.context):
        for group in groups:
            yield from group
    yield from (*pattern.refuse, *pattern.refuse_context)


def _sizes(rules: RuleSet) -> dict[str, int]:
    """Word list → how many words it comes to with the lists in it; they hold no circle."""
    sizes: dict[str, int] = {}
    way = list(rules.words)
    while way:
        words = rules.words[way[-1]].words
        inner = [word[1:] for word in words if word[0] == "@" and word[1:] in rules.words]
        waiting = [one for one in inner if one not in sizes]
        if waiting:
            way += waiting
            continue
        sizes[way.pop()] = len(words) - len(inner) + sum(sizes[one] for one in inner)
    return sizes


def _spelled(spelling: Spelling, rule: EventRule, number: int) -> _Spelled:
    pattern = rule.patterns[number]

    def sets(groups: Sequence[Group]) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(spelling.out(group)) for group in groups)

    return _Spelled(
        rule,
        number,
        pattern,
        triggers=frozenset(
            (part, word)
            for part, words in (
                ("verbs", pattern.verbs),
                ("nouns", pattern.nouns),
                ("phrases", pattern.phrases),
            )
            for word in spelling.out(words)
        ),
        anywhere=sets(pattern.needs),
        before=sets(pattern.before),
        after=sets(pattern.after),
        context=sets(pattern.context),
        refuse=frozenset(spelling.out(pattern.refuse)),
        refuse_context=frozenset(spelling.out(pattern.refuse_context)),
    )


def _odd_triggers(one: _Spelled) -> Iterator[Finding]:
    for part, word in sorted(one.triggers):
        if part != "phrases" and word[0] in "#@":
            what = f"{word!r} is no {part[:-1]}, and matches nothing"
            mend = "put entities among `phrases`"
            yield one.finding("never-counts", "error", part, what, mend)


def _empty(one: _Spelled) -> Iterator[Finding]:
    if not one.triggers:
        what = "never matches: it has neither verbs nor nouns nor phrases"
        yield one.finding("never-counts", "error", "", what, "give it a trigger")
    for key, groups in _asked(one):
        for group in groups:
            if not group:
                what = "never matches: a group of it is empty, and no text meets that"
                yield one.finding("never-counts", "error", key, what, "take the group out")


def _asked(one: _Spelled) -> tuple[tuple[str, tuple[frozenset[str], ...]], ...]:
    return (
        ("needs", one.anywhere),
        ("before", one.before),
        ("after", one.after),
        ("context", one.context),
    )


def _against_itself(one: _Spelled, language: Language) -> Iterator[Finding]:
    """`refuse` and `refuse_context` that shut out what the pattern asks for."""
    for key, groups in _asked(one):
        written = set(members(getattr(one.pattern, key)))
        for group in groups:
            hidden = one.refuse_context if key == "context" else one.refuse | one.refuse_context
            both = sorted(group & hidden)
            if both and len(both) == len(group):
                what = f"never matches: all of {both} are refused as well"
                mend = "take them out of `refuse`, or out of here"
                yield one.finding("never-counts", "error", key, what, mend)
            elif both := sorted(set(both) & written):  # a list less some of its words is meant
                what = f"{both} can never meet this, as they are refused as well"
                mend = "take them out of one of the two"
                yield one.finding("contradiction", "warning", key, what, mend)
    away = {language.fold(word.removeprefix("=")) for word in one.refuse_context}
    near = {language.fold(word.removeprefix("=")) for word in one.refuse}
    for part, word in sorted(one.triggers):
        folded = language.fold(word.removeprefix("="))
        if folded in away and (word in one.refuse_context or part != "phrases"):
            what = f"the trigger {word!r} never counts: `refuse_context` has it"
            yield one.finding("never-counts", "error", part, what, "take it out of one of the two")
        elif folded in near:
            what = f"`refuse` has the trigger {word!r}: a text that says it twice is refused"
            mend = "refuse the longer phrase that is meant, or take it out"
            yield one.finding("contradiction", "warning", "refuse", what, mend)


# ------------------------------------------------------------------------------ one by another


def _covered(ready: Sequence[_Spelled]) -> Iterator[Finding]:
    """Patterns that add nothing, as another of the event matches and ranks wherever they do."""
    gone: set[int] = set()
    for one in ready:
        for other in ready:
            if other is one or other.number in gone or not _covers(other, one):
                continue
            gone.add(one.number)
            what = f"decides nothing: pattern {other.number} asks for less and ranks no lower"
            mend = "take it out, give it a higher `score`, or a status of its own"
            yield one.finding("covered", "warning", "", what, mend)
            break


def _covers(wide: _Spelled, one: _Spelled) -> bool:
    """Whether `wide` matches wherever `one` does, with the same outcome or a better one."""
    if not one.triggers or not one.triggers <= wide.triggers:
        return False
    first, second = wide.pattern, one.pattern
    if (first.status, first.fixed) != (second.status, second.fixed) or first.score < second.score:
        return False
    if first.weak and not second.weak:
        return False
    # a longer reach meets more needs, and more refusals
    if first.near < second.near or (first.near > second.near and wide.refuse):
        return False
    if not (wide.refuse <= one.refuse and wide.refuse_context <= one.refuse_context):
        return False
    around = (*one.anywhere, *one.before, *one.after)
    return (
        _met(wide.anywhere, around)
        and _met(wide.before, one.before)
        and _met(wide.after, one.after)
        and _met(wide.context, (*one.context, *around))
    )


def _met(asked: Sequence[frozenset[str]], given: Sequence[frozenset[str]]) -> bool:
    """Whether whatever meets all of `given` meets all of `asked`."""
    return all(any(group <= wide for group in given) for wide in asked)
