"""What a check tells, and the few things about English that checks must know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.rules import RuleSet
from monitor.rules.entities import Entity, LookAlikes
from monitor.rules.events import Cue, EventRule, WordList

Gravity = Literal["error", "warning"]

# what each check looks for, as docs/rules.md and the command tell it
CHECKS: Mapping[str, str] = {
    "collision": "one name means two entities",
    "repeat": "a name, word or text stands twice",
    "never-counts": "a name, pattern, cue or term of office that can never count",
    "shadowed": "a name that counts seldom, since longer names of others hold it",
    "too-common": "a name that is an everyday word, a first or last name, or very short",
    "characters": "a name or word that is not written as texts are read",
    "vacancy": "nobody holds a title for a while",
    "term-overlap": "two terms of one title at once",
    "covered": "a pattern that another one of its event covers",
    "contradiction": "a pattern that refuses what it asks for",
    "near": "a reach beyond what a sentence holds",
    "cue-conflict": "one cue word with two statuses",
    "unused": "a word list, cue or look-alike that nothing uses",
    "expansion": "word lists that come to very many words",
    "exposure": "one security and one entity, twice",
    "lookalike-texts": "look-alike texts that are missing, or like nothing",
    "texts": "a text does not come out as its rule says",
}


@dataclass(frozen=True, slots=True)
class Language:
    """How texts are read, from the extractor, so that the checks and it cannot differ.

    `fold` brings a name to the form in which it is looked for, in small letters; `plain` only
    replaces signs, letter for letter, and keeps capitals. The forms are those of a word.
    """

    fold: Callable[[str], str]
    plain: Callable[[str], str]
    verb_forms: Callable[[str], Sequence[str]]
    noun_forms: Callable[[str], Sequence[str]]
    word_forms: Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: `key` is a path into the entry ("aliases.2"), `mend` says what to do.

    `entry` is the id; of an exposure, which has none, its number. `also` are further entries it
    is about, as (table, id).
    """

    check: str
    severity: Gravity
    table: str
    entry: str
    key: str
    what: str
    mend: str
    also: tuple[tuple[str, str], ...] = ()


def accepting(rules: RuleSet, table: str, entry: str) -> Sequence[str]:
    """The warnings that an entry says are right as they are."""
    if table == "exposure":
        return rules.exposures[int(entry)].accept
    rule = _tables(rules).get(table, {}).get(entry)
    return rule.accept if rule is not None else ()


def acceptances(rules: RuleSet) -> Iterator[tuple[str, str, Sequence[str]]]:
    """(table, id, what is accepted) of every entry that accepts something."""
    for table, entries in _tables(rules).items():
        yield from ((table, name, rule.accept) for name, rule in entries.items() if rule.accept)
    for number, row in enumerate(rules.exposures):
        if row.accept:
            yield "exposure", str(number), row.accept


Accepting = Entity | EventRule | LookAlikes | WordList | Cue


def _tables(rules: RuleSet) -> Mapping[str, Mapping[str, Accepting]]:
    return {
        "entity": rules.entities,
        "event": rules.events,
        "lookalikes": rules.lookalikes,
        "wordlist": rules.words,
        "cue": rules.cues,
    }


class Spelling:
    """Writes word lists out, each once however many rules name it; they hold no circle."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._lists: dict[str, tuple[str, ...]] = {}

    def out(self, members: Iterable[str]) -> tuple[str, ...]:
        """Word lists written out; everything else as it stands."""
        found: list[str] = []
        for member in members:
            found += self._list(member[1:]) if member[0] == "@" else (member,)
        return tuple(found)

    def _list(self, name: str) -> tuple[str, ...]:
        listed = self._rules.words.get(name)
        if listed is None:
            return (f"@{name}",)
        if name not in self._lists:
            self._lists[name] = self.out(listed.words)
        return self._lists[name]
