"""How likely an event of a type moves a price: the rules' word, corrected by what was seen. Pure.

The rules' prior of a type is multiplied by its lift: how often prices have reacted significantly to
stories of that type, over how often they have to stories of any. Both are shrunk toward one by
`STRENGTH` imagined stories (a beta-binomial mean; Gelman et al., "Bayesian Data Analysis", 3rd ed.,
section 2.4), so that a handful of cases changes little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from monitor.correlate.clues import EVIDENCE, PRIOR

STRENGTH: Final = 30.0
LEAST: Final = 0.05  # above EVIDENCE: a type that never moved anything is still news


@dataclass(frozen=True, slots=True)
class Outcome:
    """A story of the past: the types of its events, and whether the price reacted to it."""

    kinds: frozenset[str]
    reacted: bool


def learned(priors: Mapping[str, float], outcomes: Iterable[Outcome]) -> dict[str, float]:
    """Type → prior, 0 to 1. Reports and comments stay what the rules say they are."""
    seen: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    total = reacted = 0
    for one in outcomes:
        total += 1
        reacted += one.reacted
        seen.update(one.kinds)
        hits.update(one.kinds if one.reacted else ())
    found = dict(priors)
    base = reacted / total if total else 0.0
    for kind, count in seen.items():
        prior = priors.get(kind, PRIOR)
        if prior > EVIDENCE and base:
            lift = (hits[kind] + STRENGTH * base) / (count + STRENGTH) / base
            found[kind] = min(1.0, max(EVIDENCE + LEAST, prior * lift))
    return found
