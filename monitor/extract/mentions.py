"""Which entities a text means: names, and the words around them that say whether it is they.

Pure: all it knows is in the rules and the text. The longest name that holds wins its place, so a
company's name does not give the material or the country in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.extract.inflect import noun_forms, word_forms
from monitor.extract.items import placed
from monitor.extract.lexicon import Hit, Payload
from monitor.extract.nlp import Parse
from monitor.extract.offices import holds_office
from monitor.extract.surroundings import (
    acronyms_of_others,
    another_person,
    is_government,
    mastheads,
    titled,
)
from monitor.extract.tickers import listed_symbols, said_of_shares
from monitor.extract.words import Words
from monitor.model import Mention
from monitor.rules import RuleSet
from monitor.rules.entities import Alias, Entity, Scope

PASSES = 3  # a name may need an entity that itself needs another
NAMED_LIKE_PEOPLE = {"person", "company", "country"}


Span = tuple[int, int]


@dataclass(slots=True)
class _Taken:
    """The names found so far by place. Each is kept at all its characters: names are short, and
    so what a place touches is found without a look at the rest of the text.
    """

    ids: dict[Span, set[str]] = field(default_factory=dict)
    _at: dict[int, set[Span]] = field(default_factory=lambda: defaultdict(set))
    _told: set[tuple[str, Span]] = field(default_factory=set)  # id, with its sentence

    def add(self, span: Span, identity: str, sentence: Span) -> None:
        self.ids.setdefault(span, set()).add(identity)
        for place in range(*span):
            self._at[place].add(span)
        if sentence[0] <= span[0] < sentence[1]:
            self._told.add((identity, sentence))

    def touching(self, span: Span) -> set[Span]:
        return {other for place in range(*span) for other in self._at.get(place, ())}

    def told_in(self, sentence: Span, identity: str) -> bool:
        return (identity, sentence) in self._told


@dataclass(slots=True)
class _Found:
    """What is known of the text so far."""

    words: Words
    parse: Parse | None
    day: date
    spoken: Mapping[str, Sequence[Hit]]  # words of the rules by key
    first_names: frozenset[str]
    others: frozenset[str]  # acronyms that the text gives to somebody else
    masked: Sequence[Span] = ()  # in order and apart
    taken: _Taken = field(default_factory=_Taken)
    introduced: set[str] = field(default_factory=set)
    present: set[str] = field(default_factory=set)


def entries(rules: RuleSet) -> Iterator[tuple[str, Payload]]:
    """All strings by which the rules name entities, and the words their conditions ask for."""
    for entity in rules.entities.values():
        for number, alias in enumerate(entity.aliases):
            yield _alias_entry(entity, number, alias)
            yield from condition_words([*as_alias(alias).needs, *as_alias(alias).refuse])
        for name in entity.short:
            yield name, Payload("short", entity.id, exact=_exact(name, None))
        for name in (*entity.tickers, *([entity.symbol] if entity.symbol else [])):
            yield name, Payload("ticker", entity.id, exact=name)
        for name in entity.capital:
            yield name, Payload("capital", entity.id, exact=_exact(name, None))
        for number, office in enumerate(entity.offices):
            for title in office.titles:
                for form in noun_forms(title)[:1]:
                    yield form, Payload("title", entity.id, number)
            yield from condition_words([*office.needs, *office.refuse])
    for group in rules.lookalikes.values():
        for name in group.names:
            yield name, Payload("lookalike", "", exact=_exact(name, None))


def condition_words(members: Iterable[str]) -> Iterator[tuple[str, Payload]]:
    """The strings of plain words and phrases among `needs` and `refuse`."""
    for member in members:
        if member.startswith("="):
            yield member[1:], Payload("word", f"={member[1:]}", exact=_exact(member[1:], None))
        elif member[0] not in "#@":
            for form in word_forms(member):
                yield form, Payload("word", member, exact=_exact(form, None))


def as_alias(alias: str | Alias) -> Alias:
    return Alias(text=alias) if isinstance(alias, str) else alias


def _exact(name: str, case: str | None) -> str | None:
    exact = case == "exact" or (case is None and name != name.lower())
    return name.replace("-", " ") if exact else None


def _alias_entry(entity: Entity, number: int, alias: str | Alias) -> tuple[str, Payload]:
    whole = as_alias(alias)
    return whole.text, Payload("alias", entity.id, number, _exact(whole.text, whole.case))


def find_mentions(
    words: Words, hits: Sequence[Hit], parse: Parse | None, day: date, rules: RuleSet
) -> tuple[tuple[Mention, ...], tuple[Span, ...]]:
    """The mentions by place, and the spans of look-alikes, in which nothing else counts either."""
    spoken: dict[str, list[Hit]] = defaultdict(list)
    names: list[Hit] = []
    for hit in hits:
        if hit.payload.kind == "word":
            spoken[hit.payload.key].append(hit)
        else:
            names.append(hit)
    first = rules.words.get("first-names")
    found = _Found(
        words,
        parse,
        day,
        spoken,
        frozenset(name.lower() for name in first.words) if first else frozenset(),
        acronyms_of_others(words, [(h.start, h.end) for h in names if h.payload.kind == "alias"]),
        mastheads(words),
    )
    names.sort(key=lambda hit: (hit.start - hit.end, hit.start, hit.payload.key))
    for _ in range(PASSES):
        before = found.taken.ids, set(found.present)
        found.taken = _Taken()
        for hit in names:
            _take(hit, found, rules)
        if (found.taken.ids, found.present) == before:
            break
    others = [span for span, ids in found.taken.ids.items() if ids == {""}]
    return tuple(_mentions(found, rules)), (*found.masked, *others)


def _mentions(found: _Found, rules: RuleSet) -> Iterator[Mention]:
    text = found.words.text
    for (start, end), ids in sorted(found.taken.ids.items()):
        for identity in sorted(ids - {""}):
            entity = rules.entities[identity]
            yield Mention(
                entity.id, entity.type, entity.name, entity.symbol, text[start:end], start, end
            )


def _take(hit: Hit, found: _Found, rules: RuleSet) -> None:
    """Give the hit its place in the text if it means its entity and no longer name is there."""
    span = (hit.start, hit.end)
    if _in_any(span, found.masked):
        return
    identity = hit.payload.key
    if any(
        span != other and not _nests(identity, span, other, found, rules)
        for other in found.taken.touching(span)
    ):
        return
    sentence = found.words.sentence_of(hit.start)
    if hit.payload.kind == "lookalike":
        found.taken.add(span, "", sentence)
        return
    if "" in found.taken.ids.get(span, ()) or not _meant(hit, found, rules.entities[identity]):
        return
    found.taken.add(span, identity, sentence)
    found.present.add(identity)
    if hit.payload.kind in ("alias", "title"):
        found.introduced.add(identity)


def _nests(identity: str, span: Span, other: Span, found: _Found, rules: RuleSet) -> bool:
    """A country in a title or in an institution's name is meant too: "the Chinese president"."""
    if not identity or rules.entities[identity].type != "country":
        return False
    owners = {rules.entities[owner].type for owner in found.taken.ids[other] if owner}
    inside = other[0] <= span[0] and span[1] <= other[1]
    return inside and bool(owners) and owners <= {"person", "institution"}


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _in_any(span: Span, spans: Sequence[Span]) -> bool:
    """Whether it overlaps one of `spans`, which are in order and apart."""
    last = bisect_left(spans, (span[1],)) - 1
    return last >= 0 and _overlap(span, spans[last])


def _meant(hit: Hit, found: _Found, entity: Entity) -> bool:
    words, start, end = found.words, hit.start, hit.end
    name = words.text[start:end]
    if hit.payload.kind == "title":
        office = entity.offices[hit.payload.number]
        return holds_office(
            office,
            words,
            found.parse,
            (start, end),
            day=found.day,
            first_names=found.first_names,
        ) and _allowed(office.needs, office.refuse, "text", hit, found)
    if name in found.others:
        return False
    if hit.payload.kind == "ticker":
        aliases = [alias for alias in map(as_alias, entity.aliases) if alias.text == name]
        refused = [member for alias in aliases for member in alias.refuse]
        return listed_symbols(words, start, end) or (
            said_of_shares(words, start, end) and _allowed((), refused, "text", hit, found)
        )
    if hit.payload.kind == "capital":
        return is_government(words, start, end)
    if hit.payload.kind == "short":
        with_title = entity.type == "person" and titled(words, start)
        if entity.id not in found.introduced and not with_title:
            return False
        glued = re.match(r"-[A-Z]", words.text[end : end + 2])
        if entity.type == "person" and glued:
            return False
    one_word = " " not in name and "-" not in name
    if one_word and entity.type in NAMED_LIKE_PEOPLE:
        own = [alias.text for alias in map(as_alias, entity.aliases) if " " in alias.text]
        if another_person(
            words,
            found.parse,
            (start, end),
            first_names=found.first_names,
            own_names=own,
            kind=entity.type,
        ):
            return False
    if hit.payload.kind == "alias":
        alias = as_alias(entity.aliases[hit.payload.number])
        if alias.since is not None and found.day < alias.since:
            return False
        return _allowed(alias.needs, alias.refuse, alias.scope, hit, found)
    return True


def _allowed(
    needs: Sequence[str], refuse: Sequence[str], scope: Scope, hit: Hit, found: _Found
) -> bool:
    if needs and not any(_is_there(member, scope, hit, found) for member in needs):
        return False
    return not any(_is_there(member, scope, hit, found) for member in refuse)


def _is_there(member: str, scope: Scope, hit: Hit, found: _Found) -> bool:
    span = (hit.start, hit.end)
    sentence = found.words.sentence_of(hit.start)
    if member.startswith("#"):
        identity = member[1:]
        if scope == "text":
            return identity in found.present
        return found.taken.told_in(sentence, identity)
    spoken = found.spoken.get(member, ())
    near = spoken if scope == "text" else placed(spoken, *sentence)
    return any(not _overlap(span, (other.start, other.end)) for other in near)
