"""Log-linear models fitted to counted features. Pure.

Maximum likelihood with a Gaussian prior on the weights (Chen and Rosenfeld 2000), by L-BFGS
(Malouf 2002: it is the fastest way for such models).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from monitor.extract.weights import ALWAYS, Weights

Array = NDArray[np.float64]
Features = Mapping[str, float]
STEPS = 300


def binary(
    texts: Sequence[Features],
    labels: Array,
    classes: Sequence[str],
    *,
    prior: float,
    at_least: int = 1,
) -> Weights:
    """A model for each class by itself. `labels` is texts × classes: 1, 0, or nan where it is not
    known; `prior` is the variance of the weights; a feature of fewer than `at_least` texts is left
    out.
    """
    rows, counts = _counted(texts, at_least)
    known = ~np.isnan(labels)
    wanted = np.where(known, labels, 0.0)

    def loss(odds: Array) -> tuple[float, Array]:
        signed = np.where(wanted > 0, odds, -odds)
        found = np.where(known, np.logaddexp(0, -signed), 0.0).sum()
        chances = 1 / (1 + np.exp(-odds))
        return float(found), np.where(known, chances - wanted, 0.0)

    return _fitted(rows, counts, classes, loss, prior)


def exclusive(
    texts: Sequence[Features],
    labels: Sequence[str],
    shares: Sequence[float],
    classes: Sequence[str],
    *,
    prior: float,
    at_least: int = 1,
) -> Weights:
    """A model of which one class holds; a text counts for its share."""
    rows, counts = _counted(texts, at_least)
    numbers = np.array([classes.index(label) for label in labels])
    each, weight = np.arange(len(labels)), np.asarray(shares)

    def loss(odds: Array) -> tuple[float, Array]:
        shifted = odds - odds.max(axis=1, keepdims=True)
        total = np.log(np.exp(shifted).sum(axis=1))
        found = (weight * (total - shifted[each, numbers])).sum()
        slope = np.exp(shifted - total[:, None])
        slope[each, numbers] -= 1
        return float(found), slope * weight[:, None]

    return _fitted(rows, counts, classes, loss, prior)


def _counted(texts: Sequence[Features], at_least: int) -> tuple[dict[str, int], csr_matrix]:
    times = Counter(name for features in texts for name in features)
    names = sorted(name for name, count in times.items() if count >= at_least)
    rows = {name: place for place, name in enumerate([ALWAYS, *names])}
    pointers, columns, values = [0], [], []
    for features in texts:
        columns.append(rows[ALWAYS])
        values.append(1.0)
        for name, value in features.items():
            if name in rows:
                columns.append(rows[name])
                values.append(value)
        pointers.append(len(columns))
    return rows, csr_matrix((values, columns, pointers), shape=(len(texts), len(rows)))


def _fitted(
    rows: Mapping[str, int],
    counts: csr_matrix,
    classes: Sequence[str],
    loss: Callable[[Array], tuple[float, Array]],
    prior: float,
) -> Weights:
    shape = (len(rows), len(classes))
    across = counts.T.tocsr()

    def step(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(shape)
        found, slope = loss(counts @ weights)
        kept = weights.copy()
        kept[rows[ALWAYS]] = 0.0  # how common a class is, is not held small
        penalty = (kept * kept).sum() / (2 * prior)
        return found + penalty, (across @ slope + kept / prior).ravel()

    done = minimize(
        step, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}
    )
    return Weights(tuple(classes), dict(rows), done.x.reshape(shape).astype(np.float32))
