"""All names of the rules in one index, and those that stand in it twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Gravity, Language, Spelling
from monitor.rules.entities import Alias, Entity, Scope

Kind = Literal["alias", "short", "ticker", "capital", "title"]
COMPARED = 20  # of the entities that share a name: each is set against so many of them

NEED = 'give one of them `needs` or `refuse`, as in { text = "…", needs = ["…"] }'
OTHERS = {"alias": "alias", "short": "short name", "ticker": "ticker", "capital": "capital"}


@dataclass(frozen=True, slots=True)
class Name:
    """`folded`: as it is looked for; `exact`: the capitals it must have, None: any; the rest is
    as in the rules.
    """

    entity: Entity
    kind: Kind
    key: str
    text: str
    folded: str
    exact: str | None
    needs: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    since: date | None = None
    scope: Scope = "text"
    acting: bool = False

    @property
    def conditions(self) -> tuple[object, ...]:
        return tuple(sorted(self.needs)), tuple(sorted(self.refuse)), self.scope, self.acting

    @property
    def conditioned(self) -> bool:
        return bool(self.needs or self.refuse or self.acting)


def names_of(rules: RuleSet, language: Language) -> Iterator[Name]:
    """All names, with the word lists of their conditions written out."""
    spelling = Spelling(rules)
    for entity in rules.entities.values():
        for number, alias in enumerate(entity.aliases):
            yield _alias(entity, number, alias, language, spelling)
        listed: tuple[tuple[Kind, str, Sequence[str]], ...] = (
            ("short", "short", entity.short),
            ("ticker", "tickers", entity.tickers),
            ("capital", "capital", entity.capital),
        )
        for kind, key, texts in listed:
            for number, text in enumerate(texts):
                exact = text if kind == "ticker" else exact_of(text, None, language)
                folded = language.fold(text)
                yield Name(entity, kind, f"{key}.{number}", text, folded, exact)
        if entity.symbol:
            symbol = entity.symbol
            yield Name(entity, "ticker", "symbol", symbol, language.fold(symbol), symbol)
        for number, office in enumerate(entity.offices):
            for place, title in enumerate(office.titles):
                yield Name(
                    entity,
                    "title",
                    f"offices.{number}.titles.{place}",
                    title,
                    language.fold(title),
                    None,
                    spelling.out(office.needs),
                    spelling.out(office.refuse),
                )


def _alias(
    entity: Entity, number: int, alias: str | Alias, language: Language, spelling: Spelling
) -> Name:
    one = Alias(text=alias) if isinstance(alias, str) else alias
    exact = exact_of(one.text, one.case, language)
    folded = language.fold(one.text)
    key = f"aliases.{number}"
    needs, refuse = spelling.out(one.needs), spelling.out(one.refuse)
    more = (one.since, one.scope, one.acting)
    return Name(entity, "alias", key, one.text, folded, exact, needs, refuse, *more)


def exact_of(text: str, case: str | None, language: Language) -> str | None:
    """The capitals a text must have to be this name; None: it may have any."""
    exact = case == "exact" or (case is None and text != text.lower())
    return language.plain(text).replace("-", " ") if exact else None


def same_case(one: str | None, other: str | None) -> bool:
    """Whether a text can be written so that both fit."""
    return one is None or other is None or one == other


# ------------------------------------------------------------------- one name, two entities


def collisions(names: Sequence[Name]) -> Iterator[Finding]:
    """Names of two entities that nothing in the rules tells apart; of titles see offices.py."""
    spoken = [name for name in names if name.kind != "title"]
    for same in _by(spoken, lambda name: name.folded):
        told: set[tuple[str, str]] = set()
        for number, name in enumerate(same):
            for other in same[: min(number, COMPARED)]:
                pair = (other.entity.id, name.entity.id)
                found = _collision(other, name) if pair[0] != pair[1] else None
                if found and pair not in told:
                    told.add(pair)
                    yield found


def _collision(first: Name, name: Name) -> Finding | None:
    if not same_case(first.exact, name.exact):
        return None
    kinds = {first.kind, name.kind}
    if kinds == {"ticker"}:
        severity: Gravity = "error"
        what, mend = "two securities of one symbol", "take it from the one that does not trade so"
    elif kinds == {"alias"}:
        judged = _two_aliases(first, name)
        if judged is None:
            return None
        severity, what, mend = judged
    elif kinds == {"capital"}:
        severity, what, mend = "error", "both are meant", "keep it with one of them"
    elif "ticker" in kinds and "short" in kinds:
        return None  # a short name counts only once the text has introduced its owner
    else:
        alias = first if first.kind == "alias" else name
        if alias.kind == "alias" and alias.conditioned:
            return None
        severity, what, mend = "warning", "where both count, both are meant", NEED
    return Finding(
        "collision",
        severity,
        "entity",
        name.entity.id,
        name.key,
        f"{name.text!r} is {_article(OTHERS[first.kind])} of {first.entity.id!r} too: {what}",
        mend,
        also=(("entity", first.entity.id),),
    )


def _two_aliases(first: Name, name: Name) -> tuple[Gravity, str, str] | None:
    told_apart = first.conditions != name.conditions
    if told_apart and first.conditioned and name.conditioned:
        return None
    if told_apart:
        plain, asking = (first, name) if name.conditioned else (name, first)
        what = (
            f"where it means {asking.entity.id!r} by its conditions, "
            f"{plain.entity.id!r} is meant as well"
        )
        return "warning", what, f"give the alias of {plain.entity.id!r} a `refuse`"
    if first.since != name.since:
        day = max(day for day in (first.since, name.since) if day)
        return "warning", f"from {day} on it means both", NEED
    if first.entity.type == name.entity.type == "material":
        mend = f'{NEED}; if it does mean both (a compound), say accept = ["collision"]'
        return "warning", "a text means both by it", mend
    return "error", "nothing tells them apart, so a text means both", NEED


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


# ------------------------------------------------------------------- one name, twice


def repeats(names: Sequence[Name]) -> Iterator[Finding]:
    """Names that another name of the same entity covers, which must be no ticker: those count in
    other places.
    """
    spoken = [name for name in names if name.kind in ("alias", "short", "capital")]
    tickers = [name for name in names if name.kind == "ticker" and name.key != "symbol"]
    for same in _by(spoken, lambda name: (name.entity.id, name.folded)):
        yield from _repeated(same, _covers)
    for same in _by(tickers, lambda name: (name.entity.id, name.text)):
        yield from _repeated(same, lambda first, name: True)


def _repeated(same: Sequence[Name], covers: Callable[[Name, Name], bool]) -> Iterator[Finding]:
    kept: list[Name] = []
    # what counts more widely first, and of equals the one that stands first in the file
    for name in sorted(same, key=lambda one: (one.conditioned, one.exact is not None)):
        first = next((one for one in kept[:COMPARED] if covers(one, name)), None)
        if first is None:
            kept.append(name)
            continue
        what = f"{name.text!r} counts nowhere where {first.text!r} ({first.key}) does not"
        yield Finding("repeat", "warning", "entity", name.entity.id, name.key, what, "take it out")


def _covers(first: Name, name: Name) -> bool:
    if first.exact is not None and first.exact != name.exact:
        return False
    if first.kind not in (name.kind, "alias"):
        return False
    if first.since is not None and (name.since is None or name.since < first.since):
        return False
    return not first.conditioned or first.conditions == name.conditions


def _by(names: Iterable[Name], key: Callable[[Name], object]) -> Iterator[list[Name]]:
    """Those that share a key, where several do."""
    found: dict[object, list[Name]] = defaultdict(list)
    for name in names:
        found[key(name)].append(name)
    return (same for same in found.values() if len(same) > 1)
