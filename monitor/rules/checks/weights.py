"""Exposures that say one thing twice."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Gravity


def exposure_mistakes(rules: RuleSet) -> Iterator[Finding]:
    """Of one security and one entity two weights, or one twice; a weight for the company itself."""
    owners = {one.symbol: one.id for one in rules.entities.values() if one.symbol}
    weights: dict[tuple[str, str], tuple[float, int]] = {}
    for number, row in enumerate(rules.exposures):
        for place, identity in enumerate(row.to):
            pair, key = (row.symbol, identity), f"to.{place}"
            if owners.get(row.symbol) == identity:
                what = f"{identity!r} is the company of {row.symbol} itself, which counts as 1"
                yield _finding("warning", number, key, what, "take it out")
            if pair not in weights:
                weights[pair] = (row.weight, number)
                continue
            before, where = weights[pair]
            severity: Gravity = "warning" if before == row.weight else "error"
            told = (
                ""
                if before == row.weight
                else f", with a weight of {before:g} (here {row.weight:g})"
            )
            what = f"{row.symbol} is exposed to {identity!r} already{told}"
            yield _finding(severity, number, key, what, "keep one of the two", where)


def _finding(
    severity: Gravity, number: int, key: str, what: str, mend: str, first: int | None = None
) -> Finding:
    also = (("exposure", str(first)),) if first is not None else ()
    return Finding("exposure", severity, "exposure", str(number), key, what, mend, also)
