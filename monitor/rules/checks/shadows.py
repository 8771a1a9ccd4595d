"""Names that lose their place in a text: the longest name that holds wins it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Language
from monitor.rules.checks.names import Name, exact_of, same_case

SELDOM = 5  # entities whose names hold a shorter one: from so many on it is more part than name
PART_OF_NAMES = {"country", "material", "place"}  # what other names are made of, as the rules mean
LONGEST = 12  # words of a name that are looked at
WORD = re.compile(r"[^\W_]+")


def shadows(rules: RuleSet, names: Sequence[Name], language: Language) -> Iterator[Finding]:
    """Names that a look-alike swallows, or that stand in many longer ones."""
    lookalikes = _lookalikes(rules, language)
    for name in names:
        yield from _swallowed(name, lookalikes)
    yield from _parts(names)
    yield from _only_beside(names, lookalikes)


def _lookalikes(rules: RuleSet, language: Language) -> dict[str, list[tuple[str | None, str]]]:
    """Folded name → (its capitals, the id of its table)."""
    found: dict[str, list[tuple[str | None, str]]] = defaultdict(list)
    for group in rules.lookalikes.values():
        for name in group.names:
            found[language.fold(name)].append((exact_of(name, None, language), group.id))
    return found


def _swallowed(
    name: Name, lookalikes: Mapping[str, Sequence[tuple[str | None, str]]]
) -> Iterator[Finding]:
    for exact, group in lookalikes.get(name.folded, ()):
        if not same_case(exact, name.exact):
            continue
        always = exact is None or exact == name.exact
        what = "never counts" if always else f"does not count where it is written {exact!r}"
        yield Finding(
            "never-counts" if always else "shadowed",
            "error" if always else "warning",
            "entity",
            name.entity.id,
            name.key,
            f"{name.text!r} {what}: it is among the look-alikes {group!r}",
            "take it out of one of the two",
            also=(("lookalikes", group),),
        )


def _parts(names: Sequence[Name]) -> Iterator[Finding]:
    """Names without conditions that stand in the names of many others."""
    short = {
        name.folded: name
        for name in names
        if name.kind == "alias" and not name.conditioned and name.entity.type not in PART_OF_NAMES
    }
    holders: dict[str, dict[str, str]] = defaultdict(dict)  # folded → entity → a longer name
    for name in names:
        if name.kind not in ("alias", "capital"):
            continue
        for part in inside(name.folded):
            inner = short.get(part)
            if inner is not None and inner.entity.id != name.entity.id:
                holders[part].setdefault(name.entity.id, name.text)
    for part, longer in holders.items():
        if len(longer) >= SELDOM:
            name = short[part]
            some = ", ".join(map(repr, list(longer.values())[:3]))
            yield Finding(
                "shadowed",
                "warning",
                "entity",
                name.entity.id,
                name.key,
                f"{name.text!r} stands in names of {len(longer)} other entities ({some}), "
                "which have its place there; alone it may mean any of them",
                "give it `needs`, or take it out",
            )


def _only_beside(names: Sequence[Name], lookalikes: Mapping[str, object]) -> Iterator[Finding]:
    """Names that need a longer name of somebody else, and so count only beside that one."""
    owners: dict[str, set[str]] = defaultdict(set)
    for name in names:
        owners[name.folded].add(name.entity.id)
    for name in names:
        if name.kind != "alias" or not name.needs:
            continue
        longer = [need.removeprefix("=").lower().replace("-", " ") for need in name.needs]
        others = [
            need in lookalikes or (need in owners and name.entity.id not in owners[need])
            for need in longer
        ]
        if all(others) and all(name.folded in inside(need) for need in longer):
            yield Finding(
                "shadowed",
                "warning",
                "entity",
                name.entity.id,
                name.key,
                f"{name.text!r} counts only in texts with {name.needs[0]!r}, "
                "a longer name that means somebody else",
                "give it `needs` that speak of its own entity",
            )


def inside(folded: str) -> Iterator[str]:
    """The runs of whole words in a name that are shorter than it, as the lexicon finds them."""
    for start, stop in _runs(folded):
        if stop - start < len(folded):
            yield folded[start:stop]


def overlaps(folded: str) -> tuple[set[str], set[str]]:
    """The runs with which a name begins, and those with which it ends, itself left out."""
    runs = [(start, stop) for start, stop in _runs(folded) if stop - start < len(folded)]
    begins = {folded[start:stop] for start, stop in runs if start == 0}
    return begins, {folded[start:stop] for start, stop in runs if stop == len(folded)}


def _runs(folded: str) -> Iterator[tuple[int, int]]:
    words = [word.span() for word in islice(WORD.finditer(folded), LONGEST)]
    for number, (start, _) in enumerate(words):
        for _, stop in words[number:]:
            yield start, stop
            if folded[stop : stop + 1] == ".":  # of an abbreviation
                yield start, stop + 1
