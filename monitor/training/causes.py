"""The weights of monitor/correlate/explain.py, learned from moves whose cause is known. Pure.

Conditional logit (McFadden 1974) with an outside option, by penalised maximum likelihood. Where
several candidates tell of the cause, what counts is the probability of their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Clues = Mapping[str, float]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Choice:
    """A move with its candidates' clues, and which of them tell of the cause (none: no one)."""

    none: Clues
    candidates: tuple[Clues, ...]
    causes: frozenset[int]


def fit(
    choices: Sequence[Choice],
    *,
    penalty: float = 1.0,
    toward: Mapping[str, float] | None = None,
    least: Mapping[str, float] | None = None,
    most: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Clue → weight, the most likely ones given the choices and a normal prior around `toward`.

    `penalty` is half the inverse variance of the prior. `least` and `most` bound single weights.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 - slow to import

    names = sorted(
        {name for one in choices for row in _rows(one) for name in row} | set(toward or {})
    )
    bounds = [((least or {}).get(name), (most or {}).get(name)) for name in names]
    centre = np.array([(toward or {}).get(name, 0.0) for name in names])
    tables = [(_table(one, names), sorted({at + 1 for at in one.causes} or {0})) for one in choices]

    def loss(weights: Vector) -> tuple[float, Vector]:
        away = weights - centre
        value, slope = penalty * float(away @ away), 2 * penalty * away
        for table, causes in tables:
            utilities = table @ weights
            chances = _softmax(utilities)
            within = _softmax(utilities[causes])
            value -= float(np.log(max(chances[causes].sum(), 1e-300)))
            slope += table.T @ chances - table[causes].T @ within
        return value, slope

    found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds)
    return {name: float(weight) for name, weight in zip(names, found.x, strict=True)}


def _rows(one: Choice) -> list[Clues]:
    return [one.none, *one.candidates]


def _table(one: Choice, names: Sequence[str]) -> Vector:
    return np.array([[row.get(name, 0.0) for name in names] for row in _rows(one)])


def _softmax(utilities: Vector) -> Vector:
    powers: Vector = np.exp(utilities - utilities.max())
    shares: Vector = powers / powers.sum()
    return shares
