"""Offices: who holds a title, from when to when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Gravity, Language
from monitor.rules.entities import Office

VACANT = 31  # days without a holder that are a handover; beyond them somebody is missing
NEVER = date.max


@dataclass(frozen=True, slots=True)
class _Term:
    """[since, until) in which an entity holds a title."""

    entity: str
    key: str
    title: str
    since: date
    until: date
    office: Office


def office_mistakes(rules: RuleSet, language: Language) -> Iterator[Finding]:
    """Terms that end before they begin, overlap, or leave a title without a holder."""
    terms: dict[str, list[_Term]] = defaultdict(list)
    for entity in rules.entities.values():
        for number, office in enumerate(entity.offices):
            key = f"offices.{number}"
            if office.until is not None and office.until <= office.since:
                what = f"ends on {office.until}, before or as it begins on {office.since}"
                mend = "set `until` to the day after the last one in office, or leave it out"
                yield Finding(
                    "never-counts", "error", "entity", entity.id, f"{key}.until", what, mend
                )
                continue
            for title in dict.fromkeys(map(language.fold, office.titles)):
                end = office.until or NEVER
                terms[title].append(_Term(entity.id, key, title, office.since, end, office))
            yield from _said_twice(entity.id, key, office, language)
    told: set[tuple[str, ...]] = set()
    for held in terms.values():
        for finding in _of_title(held):
            # one finding for two terms, however many titles they share
            once = (
                finding.check,
                finding.entry,
                finding.key.partition(".titles")[0],
                *map(str, finding.also),
            )
            if once not in told:
                told.add(once)
                yield finding


def _said_twice(entity: str, key: str, office: Office, language: Language) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, title in enumerate(office.titles):
        folded = language.fold(title)
        if folded in seen:
            place = f"{key}.titles.{number}"
            what = f"the title {title!r} stands twice"
            yield Finding("repeat", "warning", "entity", entity, place, what, "take it out")
        seen.add(folded)


def _of_title(terms: Sequence[_Term]) -> Iterator[Finding]:
    """The terms of one title, in order of time."""
    in_order = sorted(terms, key=lambda term: (term.since, term.until))
    last: _Term | None = None  # of those before, the one that ends last
    for term in in_order:
        if last is not None:
            if term.since < last.until:
                found = _overlap(last, term)
                if found:
                    yield found
            elif (term.since - last.until).days > VACANT and not _apart(last, term):
                yield _vacancy(last, term)
        if last is None or term.until > last.until:
            last = term


def _overlap(first: _Term, term: _Term) -> Finding | None:
    until = min(first.until, term.until)
    while_both = f"from {term.since} " + ("on" if until == NEVER else f"until {until}")
    if first.entity == term.entity:
        what = f"{term.title!r} is held {while_both} by this entity already ({first.key})"
        mend = "join the two terms, or end the first one"
        return Finding("term-overlap", "warning", "entity", term.entity, term.key, what, mend)
    if _apart(first, term):
        return None
    some = bool(
        first.office.needs or first.office.refuse or term.office.needs or term.office.refuse
    )
    severity: Gravity = "warning" if some else "error"
    what = f"{term.title!r} is held {while_both} by {first.entity!r} as well"
    mend = (
        f"set `until` of {first.entity!r} to the day on which it is handed over, or give both "
        "offices `needs` (the country, the institution)"
    )
    if some:
        what += ", and only one of the two has conditions"
    also = (("entity", first.entity),)
    return Finding("term-overlap", severity, "entity", term.entity, term.key, what, mend, also)


def _vacancy(last: _Term, term: _Term) -> Finding:
    days = (term.since - last.until).days
    what = (
        f"nobody holds {term.title!r} from {last.until} ({last.entity!r} leaves) "
        f"until {term.since}: {days} days"
    )
    mend = 'add who held it, or say accept = ["vacancy"] where nobody did'
    also = (("entity", last.entity),)
    return Finding(
        "vacancy", "warning", "entity", term.entity, f"{term.key}.since", what, mend, also
    )


def _apart(first: _Term, term: _Term) -> bool:
    """Conditions of both tell them apart: two presidents of two countries."""
    conditions = [(one.office.needs, one.office.refuse) for one in (first, term)]
    return conditions[0] != conditions[1] and all(any(each) for each in conditions)
