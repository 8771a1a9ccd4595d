"""Cues that contradict one another, or that no event asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Language, Spelling
from monitor.rules.events import Cue, EventRule

# of several cues in reach the first of these decides; see monitor/extract/status.py
ORDER = ("denied", "considered", "reversed", "announced", "occurred", "none")
SOME = 5  # words of a finding that are told


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a cue; `listed`: it stands in a word list that the cue names."""

    cue: Cue
    key: str
    text: str
    listed: bool


def cue_mistakes(rules: RuleSet, language: Language) -> Iterator[Finding]:
    yield from _without_events(rules)
    holders: dict[str, list[_Word]] = defaultdict(list)
    spelling = Spelling(rules)
    for cue in rules.cues.values():
        seen: set[str] = set()
        for word in _words(cue, spelling):
            folded = _key(word.text, language)
            if folded not in seen:
                seen.add(folded)
                holders[folded].append(word)
            elif not word.listed:  # two lists, or a list and a word, may share some
                what = f"{word.text!r} stands twice in this cue"
                yield Finding("repeat", "warning", "cue", cue.id, word.key, what, "take it out")
    again: dict[tuple[str, str], list[_Word]] = defaultdict(list)
    for same in holders.values():
        for place, word in enumerate(same):
            for other in same[:place]:
                if other.cue.status != word.cue.status:
                    yield from _conflict(other.cue, word, rules.events)
                elif not (other.listed or word.listed) and _alike(other.cue, word.cue, rules):
                    again[other.cue.id, word.cue.id].append(word)
    for (first, _), words in again.items():
        yield _repeated(first, words)


def _words(cue: Cue, spelling: Spelling) -> Iterator[_Word]:
    for number, member in enumerate(cue.words):
        for text in spelling.out([member]):
            yield _Word(cue, f"words.{number}", text, text != member)


def _key(word: str, language: Language) -> str:
    """Words that are looked for alike; "=may" is a form, "may" all forms of it."""
    sign = "=" if word[0] == "=" else ""
    return sign + language.fold(word.removeprefix("="))


def _alike(first: Cue, cue: Cue, rules: RuleSet) -> bool:
    """Of the same events, with one speaking wherever the other does. A cue for a few events may
    well say again what one for all says.
    """
    kinds = frozenset(rules.events)
    if _concerned(first, kinds) != _concerned(cue, kinds):
        return False
    return _covers(first, cue, kinds) or _covers(cue, first, kinds)


def _repeated(first: str, words: Sequence[_Word]) -> Finding:
    some = ", ".join(repr(word.text) for word in words[:SOME])
    more = f" and {len(words) - SOME} more" if len(words) > SOME else ""
    word = words[0]
    what = f"{some}{more}: the cue {first!r} says the same of the same events"
    mend = "keep each in one of the two"
    also = (("cue", first),)
    return Finding("repeat", "warning", "cue", word.cue.id, word.key, what, mend, also)


def _conflict(first: Cue, said: _Word, events: Mapping[str, EventRule]) -> Iterator[Finding]:
    kinds, cue = frozenset(events), said.cue
    shared = _concerned(first, kinds) & _concerned(cue, kinds)
    if not shared or "end" in (first.status, cue.status):
        return
    strong, weak = sorted((first, cue), key=lambda one: ORDER.index(one.status))
    if not _covers(strong, weak, kinds):
        return  # the weaker one has places of its own
    if weak.status == "reversed":
        shared = frozenset(kind for kind in shared if not events[kind].lasting)
        if not shared:
            return  # of what lasts it says with a denial that it stays, whatever else is said
    of = "any event" if len(shared) == len(kinds) else ", ".join(sorted(shared))
    what = (
        f"{said.text!r} says {weak.status!r} ({weak.id}) and {strong.status!r} ({strong.id}) "
        f"of {of}; {strong.status!r} always wins, so in {weak.id!r} it decides nothing"
    )
    mend = "take it out of one of them, or set their `types` apart"
    also = (("cue", first.id),)
    yield Finding("cue-conflict", "warning", "cue", cue.id, said.key, what, mend, also)


def _concerned(cue: Cue, kinds: frozenset[str]) -> frozenset[str]:
    return (frozenset(cue.types) or kinds) - frozenset(cue.not_types)


def _covers(wide: Cue, narrow: Cue, kinds: frozenset[str]) -> bool:
    """Whether `wide` speaks wherever `narrow` does."""
    return (
        _concerned(narrow, kinds) <= _concerned(wide, kinds)
        and wide.side in ("either", narrow.side)
        and wide.reach >= narrow.reach
        and wide.of in ("any", narrow.of)
        and wide.across >= narrow.across
        and wide.passive <= narrow.passive
    )


def _without_events(rules: RuleSet) -> Iterator[Finding]:
    kinds = frozenset(rules.events)
    open_kinds = {
        rule.id for rule in rules.events.values() if not all(one.fixed for one in rule.patterns)
    }
    with_verbs = {
        rule.id for rule in rules.events.values() if any(one.verbs for one in rule.patterns)
    }
    for cue in rules.cues.values():
        concerned = _concerned(cue, kinds)
        if cue.types and not concerned:
            what, key = "no event is left: `not_types` takes out all of `types`", "not_types"
        elif cue.types and not concerned & open_kinds:
            what, key = "every pattern of its events is `fixed`, and asks no cue", "types"
        elif cue.types and cue.of == "verb" and not concerned & with_verbs:
            what, key = "it is for verbs, and its events have none", "of"
        else:
            continue
        mend = "name other `types`, or take the cue out"
        yield Finding("unused", "warning", "cue", cue.id, key, what, mend)
