"""Names and entities that no text can mean, as their conditions exclude one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding
from monitor.rules.checks.names import Name


def uncountable(rules: RuleSet, names: Sequence[Name]) -> Iterator[Finding]:
    """Names that refuse what they need; entities without a name that can be the first to count."""
    for name in names:
        if name.needs and set(name.needs) <= set(name.refuse):
            yield Finding(
                "never-counts",
                "error",
                "entity",
                name.entity.id,
                _conditions_of(name),
                f"{name.text!r} refuses everything that it needs",
                "take from `refuse` what `needs` has",
            )
    found = _found_at_all(names)
    named = {name.entity.id for name in names}
    for entity in rules.entities.values():
        if entity.id in found:
            continue
        what = "every name of it needs an entity that is itself found only by way of this one"
        mend = "give one name `needs` of words, or none"
        if entity.id not in named:
            what, mend = "no text can mean it: it has no name", "give it `aliases`"
        yield Finding("never-counts", "error", "entity", entity.id, "aliases", what, mend)


def _conditions_of(name: Name) -> str:
    """The key of a name's `refuse`: of a title, its office's."""
    head = name.key.partition(".titles")[0]
    return f"{head}.refuse"


def _found_at_all(names: Sequence[Name]) -> set[str]:
    """The entities that some text can mean: those with a name that needs no entity, then those
    whose names need these, and so on.
    """
    waiting: dict[str, set[str]] = defaultdict(set)  # needed entity → those that it lets count
    found: set[str] = set()
    fresh: list[str] = []
    for name in names:
        ids = [need[1:] for need in name.needs if need[0] == "#"]
        if len(ids) < len(name.needs) or not name.needs:
            fresh.append(name.entity.id)
        for identity in ids:
            waiting[identity].add(name.entity.id)
    while fresh:
        identity = fresh.pop()
        if identity not in found:
            found.add(identity)
            fresh += waiting[identity]
    return found
