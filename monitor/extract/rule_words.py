"""The strings that the rules look for: names, and what patterns and conditions ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from monitor.extract.inflect import noun_forms, word_forms
from monitor.extract.lexicon import Payload
from monitor.extract.words import FOLDS
from monitor.rules import RuleSet
from monitor.rules.entities import Alias, Entity, Office

Named = TypeVar("Named", Alias, Office)


def entries(rules: RuleSet) -> Iterator[tuple[str, Payload]]:
    """All strings by which the rules name entities, and the words their conditions ask for."""
    for entity in rules.entities.values():
        for number, alias in enumerate(entity.aliases):
            yield _alias_entry(entity, number, alias)
            spelled = with_lists_spelled(as_alias(alias), rules)
            yield from condition_words([*spelled.needs, *spelled.refuse])
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
            spelled_office = with_lists_spelled(office, rules)
            yield from condition_words([*spelled_office.needs, *spelled_office.refuse])
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


def spelled_out(members: Iterable[str], rules: RuleSet) -> Iterator[str]:
    """Word lists written out; everything else as it stands."""
    for member in members:
        listed = rules.words.get(member[1:]) if member.startswith("@") else None
        if listed:
            yield from spelled_out(listed.words, rules)
        else:
            yield member


def with_lists_spelled(named: Named, rules: RuleSet) -> Named:
    """The same alias or office with the word lists of its conditions written out."""
    if not any(member.startswith("@") for member in (*named.needs, *named.refuse)):
        return named
    needs, refuse = (tuple(spelled_out(each, rules)) for each in (named.needs, named.refuse))
    return named.model_copy(update={"needs": needs, "refuse": refuse})


def as_alias(alias: str | Alias) -> Alias:
    return Alias(text=alias) if isinstance(alias, str) else alias


def _exact(name: str, case: str | None) -> str | None:
    exact = case == "exact" or (case is None and name != name.lower())
    return name.translate(FOLDS).replace("-", " ") if exact else None


def _alias_entry(entity: Entity, number: int, alias: str | Alias) -> tuple[str, Payload]:
    whole = as_alias(alias)
    return whole.text, Payload("alias", entity.id, number, _exact(whole.text, whole.case))
