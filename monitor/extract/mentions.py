"""Which entities a text means: names, and the words around them that say whether it is they.

Pure: all it knows is in the rules and the text. The longest name that holds wins its place, so a
company's name does not give the material or the country in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.extract.items import placed
from monitor.extract.lexicon import Hit, Hits
from monitor.extract.offices import holds_office
from monitor.extract.readings import NameReading
from monitor.extract.rule_words import as_alias, with_lists_spelled
from monitor.extract.surroundings import (
    People,
    acronyms_of_others,
    acts,
    another_person,
    in_a_name,
    mastheads,
    namesake,
    of_another,
    own_acronyms,
    titled,
)
from monitor.extract.tickers import listed_symbols, said_of_shares
from monitor.extract.words import Words, touches
from monitor.model import Mention
from monitor.model import Span as Quoted
from monitor.rules import RuleSet
from monitor.rules.entities import Alias, Entity, Scope

PASSES = 3  # a name may depend on an entity that itself depends on another
NAMED_LIKE_PEOPLE = {"person", "company", "country"}
HEADS = {"secretary", "chief", "boss"}  # "Treasury chief" is a person
WAYS = {"short": "short name", "lookalike": "look-alike"}

POSSESSIVES = {"'s", "\u2019s"}

Span = tuple[int, int]


@dataclass(slots=True)
class _Taken:
    """The names found so far by place. Each is kept at all its characters: names are short, and
    so what a place touches is found without a look at the rest of the text.

    The longer come first; so what a name touches, it touches with its first or last character.
    """

    ids: dict[Span, set[str]] = field(default_factory=dict)
    _at: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    _told: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # starts by id

    def add(self, span: Span, identity: str) -> None:
        self.ids.setdefault(span, set()).add(identity)
        alone = (span,)
        for place in range(*span):
            others = self._at.get(place)
            self._at[place] = (*others, span) if others else alone
        insort(self._told[identity], span[0])

    def touching(self, span: Span) -> Sequence[Span]:
        first, last = self._at.get(span[0], ()), self._at.get(span[1] - 1, ())
        return first if first == last else tuple(dict.fromkeys((*first, *last)))

    def told_in(self, sentence: Span, identity: str) -> bool:
        starts = self._told.get(identity, [])
        return bisect_left(starts, sentence[0]) < bisect_left(starts, sentence[1])


@dataclass(slots=True)
class _Found:
    """What is known of the text so far."""

    words: Words
    people: People | None
    day: date
    hits: Hits
    others: frozenset[str]  # acronyms that the text gives to somebody else
    topic: str | None  # that nobody watches, and the text is about
    masked: Sequence[Span] = ()  # in order and apart
    taken: _Taken = field(default_factory=_Taken)
    introduced: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)
    borne: set[str] = field(default_factory=set)  # names that somebody else has in the text
    refused: dict[Hit, str] = field(default_factory=dict)


class Names:
    """Who may be meant, built once from the rules."""

    def __init__(self, rules: RuleSet) -> None:
        self._entities = rules.entities
        first = rules.words.get("first-names")
        self._first_names = (
            frozenset(name.lower() for name in first.words) if first else frozenset()
        )
        self._aliases = {
            entity.id: tuple(with_lists_spelled(as_alias(alias), rules) for alias in entity.aliases)
            for entity in rules.entities.values()
        }
        self._offices = {
            entity.id: tuple(with_lists_spelled(office, rules) for office in entity.offices)
            for entity in rules.entities.values()
        }
        self._in_full = {
            identity: tuple(alias.text for alias in aliases if " " in alias.text)
            for identity, aliases in self._aliases.items()
        }
        self._dependent = frozenset(
            entity.id for entity in rules.entities.values() if self._asks_for_another(entity)
        )

    def _asks_for_another(self, entity: Entity) -> bool:
        """Whether some name of it counts only beside, or not beside, another entity."""
        aliases = (
            member for each in self._aliases[entity.id] for member in each.needs + each.refuse
        )
        offices = (
            member for each in self._offices[entity.id] for member in each.needs + each.refuse
        )
        return any(member.startswith("#") for member in (*aliases, *offices))

    def find(
        self,
        words: Words,
        hits: Hits,
        people: People | None,
        day: date,
        told: list[NameReading] | None = None,
        *,
        topic: str | None = None,
    ) -> tuple[tuple[Mention, ...], tuple[Span, ...]]:
        """The mentions by place, and the spans of look-alikes, in which nothing else counts either.

        Where `told` is given it gets a line for every name that was weighed. In a text on a
        `topic` that nobody watches, a company is not meant by a single word.
        """
        if not hits.names:
            return (), tuple(mastheads(words))
        names = hits.names
        known = [(hit.start, hit.end) for hit in names if hit.payload.kind == "alias"]
        others = acronyms_of_others(words, known)
        found = _Found(words, people, day, hits, others, topic, mastheads(words))
        names = sorted(
            names,
            key=_longest_first,
        )
        depends = any(
            hit.payload.kind == "short" or hit.payload.key in self._dependent for hit in names
        )
        for number in range(PASSES):
            if number and not depends and not found.borne:
                break
            before = found.taken.ids, set(found.present), set(found.borne)
            found.taken = _Taken()
            for hit in names:
                refused = self._take(hit, found)
                if told is not None:
                    found.refused[hit] = refused
            if (found.taken.ids, found.present, found.borne) == before:
                break
        for span, identity in own_acronyms(words, found.taken.ids):
            if not found.taken.touching(span):
                found.taken.add(span, identity)
        if told is not None:
            told.extend(_reading(hit, words, why) for hit, why in found.refused.items())
        lookalikes = [span for span, ids in found.taken.ids.items() if ids == {""}]
        return tuple(self._mentions(found)), (*found.masked, *lookalikes)

    def _mentions(self, found: _Found) -> Iterator[Mention]:
        text = found.words.text
        for (start, end), ids in sorted(found.taken.ids.items()):
            for identity in sorted(ids - {""}):
                entity = self._entities[identity]
                yield Mention(
                    entity.id, entity.type, entity.name, entity.symbol, text[start:end], start, end
                )

    def _take(self, hit: Hit, found: _Found) -> str:
        """Give the hit its place in the text, or say why it does not get one."""
        span = (hit.start, hit.end)
        if touches(span, found.masked):
            return "stands in a by-line or dateline"
        identity = hit.payload.key
        for other in found.taken.touching(span):
            if span != other and not self._nests(identity, span, other, found):
                return f"is part of {found.words.text[slice(*other)]!r}"
        if hit.payload.kind == "lookalike":
            found.taken.add(span, "")
            return ""
        if "" in found.taken.ids.get(span, ()):
            return "is a look-alike"
        if refused := self._refusal(hit, found):
            return refused
        found.taken.add(span, identity)
        found.present.add(identity)
        if hit.payload.kind in ("alias", "title"):
            found.introduced.add(identity)
        return ""

    def _nests(self, identity: str, span: Span, other: Span, found: _Found) -> bool:
        """A country in a title or an institution's name is meant too: "the Chinese president"."""
        if not identity or self._entities[identity].type != "country":
            return False
        if found.taken.ids[other] == {""}:  # "Korea's Export-Import Bank" is a look-alike
            return found.words.text[span[1] : span[1] + 2] in POSSESSIVES
        owners = {self._entities[owner].type for owner in found.taken.ids[other] if owner}
        inside = other[0] <= span[0] and span[1] <= other[1]
        return inside and bool(owners) and owners <= {"person", "institution"}

    def _refusal(self, hit: Hit, found: _Found) -> str:
        """Why the name does not mean its entity here; "" where it does."""
        entity, kind = self._entities[hit.payload.key], hit.payload.kind
        if kind == "title":
            return self._not_the_holder(hit, found, entity)
        name = found.words.text[hit.start : hit.end]
        if name in found.others:
            return "the text spells it out as something else"
        if kind == "ticker":
            return self._no_security(hit, found)
        if kind == "capital":
            acting = not found.topic and acts(found.words, hit.start, hit.end)
            return "" if acting else "stands for the town, not its government"
        if kind == "short" and (refused := _not_introduced(hit, found, entity)):
            return refused
        if entity.type in NAMED_LIKE_PEOPLE and " " not in name and "-" not in name:
            if refused := self._somebody_else(hit, found, entity):
                return refused
        return self._not_by_alias(hit, found, entity) if kind == "alias" else ""

    def _somebody_else(self, hit: Hit, found: _Found, entity: Entity) -> str:
        """Why a single word is the name of another one."""
        owns = found.words.text[hit.end : hit.end + 2] in POSSESSIVES  # "Apple's" in a film review
        if found.topic and entity.type == "company" and not owns:
            return f"stands in a text on {found.topic}"
        if entity.type == "company" and namesake(found.words, hit.end):
            return "is part of another name"
        own = self._in_full[entity.id]
        name = found.words.text[hit.start : hit.end]
        if another_person(
            found.words,
            found.people,
            (hit.start, hit.end),
            first_names=self._first_names,
            own_names=own,
            kind=entity.type,
        ):
            found.borne.add(name)
            return "is part of another name"
        if entity.type != "company" or name not in found.borne:
            return ""
        return "" if self._told_in_full(found, entity) else "is somebody's name in this text"

    def _not_by_alias(self, hit: Hit, found: _Found, entity: Entity) -> str:
        alias = self._aliases[entity.id][hit.payload.number]
        if alias.since is not None and found.day < alias.since:
            return f"does not mean it before {alias.since}"
        if entity.type == "institution" and (refused := self._another_s(hit, found, alias)):
            return refused
        if entity.type == "material" and in_a_name(found.words, hit.start, hit.end):
            return "is part of a name"
        if alias.acting and not acts(found.words, hit.start, hit.end):
            return "nobody acts here"
        return _disallowed(alias.needs, alias.refuse, alias.scope, hit, found)

    def _another_s(self, hit: Hit, found: _Found, alias: Alias) -> str:
        """Why an institution's name is a title's part or another country's; "" where it is not."""
        if found.words.after(hit.end).lower() in HEADS:
            return "is part of a title"
        if not alias.text[0].islower() or not of_another(found.words, hit.start):
            return ""
        owner = found.words.before(hit.start).removesuffix("'s").lower()
        wanted = (self._entities[member[1:]] for member in alias.needs if member.startswith("#"))
        own = any(owner in _called(entity) for entity in wanted)
        return "" if own else "is another country's"

    def _told_in_full(self, found: _Found, entity: Entity) -> bool:
        """Whether a name of more than one word means it somewhere in the text."""
        text = found.words.text
        return any(
            entity.id in ids and " " in text[start:end]
            for (start, end), ids in found.taken.ids.items()
        )

    def _not_the_holder(self, hit: Hit, found: _Found, entity: Entity) -> str:
        office = self._offices[entity.id][hit.payload.number]
        if refused := _disallowed(office.needs, office.refuse, "text", hit, found):
            return refused
        held = holds_office(
            office,
            found.words,
            found.people,
            (hit.start, hit.end),
            day=found.day,
            first_names=self._first_names,
        )
        return "" if held else f"is not the holder's title here, or was not on {found.day}"

    def _no_security(self, hit: Hit, found: _Found) -> str:
        words, start, end = found.words, hit.start, hit.end
        if listed_symbols(words, start, end):
            return ""
        if not said_of_shares(words, start, end):
            return "is not written as a security"
        name = words.text[start:end]
        same = [alias for alias in self._aliases[hit.payload.key] if alias.text == name]
        refuse = [member for alias in same for member in alias.refuse]
        return _disallowed((), refuse, "text", hit, found)


def _called(entity: Entity) -> set[str]:
    return {name.lower() for name in (*entity.capital, *(as_alias(a).text for a in entity.aliases))}


def _longest_first(hit: Hit) -> tuple[int, int, bool, str, str]:
    payload = hit.payload
    named = payload.kind != "lookalike"  # of two alike the one that means nothing wins
    return hit.start - hit.end, hit.start, named, payload.kind, payload.key


def _not_introduced(hit: Hit, found: _Found, entity: Entity) -> str:
    person = entity.type == "person"
    if entity.id not in found.introduced and not (person and titled(found.words, hit.start)):
        return "no full name introduces it"
    if person and re.match(r"-[A-Z]", found.words.text[hit.end : hit.end + 2]):
        return "is part of another name"
    return ""


def _reading(hit: Hit, words: Words, refused: str) -> NameReading:
    span = Quoted(words.text[hit.start : hit.end], hit.start, hit.end)
    return NameReading(span, hit.payload.key, WAYS.get(hit.payload.kind, hit.payload.kind), refused)


def _beside(name: Span, other: Span) -> bool:
    """Whether the words stand apart from the name, or go on from it: "magnet maker"."""
    apart = other[1] <= name[0] or name[1] <= other[0]
    around = other[0] <= name[0] and name[1] <= other[1] and other != name
    return apart or around


def _disallowed(
    needs: Sequence[str], refuse: Sequence[str], scope: Scope, hit: Hit, found: _Found
) -> str:
    if needs and not any(_is_there(member, scope, hit, found) for member in _told(needs, found)):
        return f"nothing of its `needs` stands in the {scope}"
    for member in _told(refuse, found):
        if _is_there(member, scope, hit, found):
            return f"{member!r} of its `refuse` stands in the {scope}"
    return ""


def _told(members: Sequence[str], found: _Found) -> list[str]:
    """Those that may be there: entities, and of the words those that the text has."""
    keys = found.hits.keys
    return [member for member in members if member in keys or member[0] == "#"]


def _is_there(member: str, scope: Scope, hit: Hit, found: _Found) -> bool:
    span = (hit.start, hit.end)
    if member.startswith("#"):
        identity = member[1:]
        if scope == "text":
            return identity in found.present
        return found.taken.told_in(found.words.sentence_of(hit.start), identity)
    near = found.hits.by_key.get(member, ())
    if near and scope == "sentence":
        near = placed(near, *found.words.sentence_of(hit.start))
    return any(_beside(span, (other.start, other.end)) for other in near)
