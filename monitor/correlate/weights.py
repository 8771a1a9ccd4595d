"""What each clue weighs, in log-odds.

Learned by `python bench/attribution.py --learn` from the moves of the episodes in tests/episodes,
around what was reasoned before any was seen; bounded where they have too few cases to tell, or
would teach what cannot be meant (that an old story explains more, or that a report is a cause).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PENALTY: Final = 1.0  # half the inverse variance of the prior around REASONED

REASONED: Final[Mapping[str, float]] = MappingProxyType(
    {
        "attribution.elsewhere": -4.0,
        "attribution.named": 0.5,
        "attribution.of-another": -1.0,
        "attribution.passed-over": -2.5,
        "attribution.pointed": 0.7,
        "attribution.reports": 0.3,
        "attribution.tells": 1.5,
        "attribution.unknown": -1.5,
        "corroboration.outlets": 1.5,
        "directness.focus": 0.3,
        "directness.own": 0.8,
        "directness.subject": 0.7,
        "directness.title": 0.4,
        "directness.weight": 0.6,
        "event.other": -1.0,
        "event.prior": 1.0,
        "event.report": -1.0,
        "none.always": 1.2,
        "none.chance": 0.0,
        "none.said": 2.0,
        "none.size": -0.3,
        "none.unnamed": 1.0,
        "novelty.repeated": -0.5,
        "peers.fit": 0.3,
        "status.weight": 0.7,
        "timing.1": -0.9,
        "timing.2": -1.4,
        "timing.3": -1.9,
        "timing.after-began": -0.3,
        "timing.after-close": -1.5,
        "timing.before-move": 1.8,
        "timing.before-open": 1.8,
        "timing.in-session": 1.3,
        "timing.near": 0.6,
    }
)
LEAST: Final[Mapping[str, float]] = MappingProxyType(
    {
        "attribution.named": 0.0,
        "directness.focus": 0.0,
        "event.prior": 0.5,
        "peers.fit": 0.3,
        "status.weight": 0.2,
    }
)
MOST: Final[Mapping[str, float]] = MappingProxyType(
    {"attribution.elsewhere": -4.0, "novelty.repeated": -0.3}
)

LEARNED: Final[Mapping[str, float]] = MappingProxyType(
    {
        "attribution.elsewhere": -4.00,
        "attribution.named": 0.30,
        "attribution.of-another": -1.05,
        "attribution.passed-over": -3.29,
        "attribution.pointed": 0.65,
        "attribution.reports": 0.27,
        "attribution.tells": 1.47,
        "attribution.unknown": -2.16,
        "corroboration.outlets": 2.13,
        "directness.focus": 0.00,
        "directness.own": 1.16,
        "directness.subject": 0.59,
        "directness.title": 0.05,
        "directness.weight": 0.73,
        "event.other": -0.77,
        "event.prior": 0.50,
        "event.report": -1.09,
        "none.always": 1.77,
        "none.chance": -0.49,
        "none.said": 2.71,
        "none.size": -0.25,
        "none.unnamed": 1.21,
        "novelty.repeated": -0.30,
        "peers.fit": 0.30,
        "status.weight": 0.20,
        "timing.1": -1.15,
        "timing.2": -1.62,
        "timing.3": -2.09,
        "timing.after-began": -0.30,
        "timing.after-close": -1.78,
        "timing.before-move": 1.80,
        "timing.before-open": 2.11,
        "timing.in-session": 1.36,
        "timing.near": 0.60,
    }
)
