"""How correlated the abnormal returns of different events are. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from monitor.correlate.study.arrays import Array, Places

BLOCK: Final = 64  # events whose pairs are looked at together
COMMON: Final = 3  # sessions that a correlation takes


def mean_correlation(residuals: Array, estimation: Places, window: Places) -> float:
    """Mean over all pairs of events of the correlation of their CAR.

    Of two events it is the sample correlation of their residuals on the sessions that their
    estimation windows share (Kolari and Pynnönen 2010), times the share of the event window that
    lies on the same sessions: sums over windows that have k of L sessions in common are correlated
    k / L as much (Kolari, Pape and Pynnönen 2018). So events on one day count in full, and those
    days apart not at all: returns of different sessions are taken as independent.

    residuals (N, n), NaN where there is none; estimation (N, n) and window (N, L) are places of
    sessions on one calendar, ascending in each row.
    """
    n, length = (int(size) for size in window.shape)
    if n < 2:
        raise ValueError("a correlation takes two events")
    order = np.argsort(window[:, 0], kind="stable")
    residuals, estimation, window = residuals[order], estimation[order], window[order]
    begins = window[:, 0]
    total = 0.0
    for low in range(0, n, BLOCK):
        high = min(low + BLOCK, n)
        # later events that begin before the last of these has ended
        end = int(np.searchsorted(begins, window[low:high, -1].max(), side="right"))
        mine, others = slice(low, high), slice(low, end)
        correlation = _correlations(
            residuals[mine], estimation[mine], residuals[others], estimation[others]
        )
        share = _common(window[mine], window[others]) / length
        total += float(np.triu(correlation * share, k=1).sum())
    return total * 2 / (n * (n - 1))


def _correlations(one: Array, at_one: Places, other: Array, at_other: Places) -> Array:
    """Of each row of one with each of the other, on the sessions that both have."""
    first = min(int(at_one.min()), int(at_other.min()))
    span = max(int(at_one.max()), int(at_other.max())) - first + 1
    a, in_a = _on_calendar(one, at_one - first, span)
    b, in_b = _on_calendar(other, at_other - first, span)
    count = _products(in_a, in_b)
    enough = count >= COMMON
    count = np.where(enough, count, 1)
    sum_a, sum_b = _products(a, in_b), _products(in_a, b)
    cov = _products(a, b) - sum_a * sum_b / count
    var_a = _products(a**2, in_b) - sum_a**2 / count
    var_b = _products(in_a, b**2) - sum_b**2 / count
    vary = enough & (var_a > 0) & (var_b > 0)
    found: Array = np.where(vary, cov / np.sqrt(np.where(vary, var_a * var_b, 1)), 0.0)
    return found


def _on_calendar(values: Array, at: Places, span: int) -> tuple[Array, Array]:
    """Values by session with zeros where there is none, and ones where there is one."""
    rows = np.arange(len(values))[:, None].repeat(values.shape[1], axis=1)
    known = ~np.isnan(values)
    laid, there = np.zeros((2, len(values), span))
    laid[rows[known], at[known]] = values[known]
    there[rows[known], at[known]] = 1.0
    return laid, there


def _common(one: Places, other: Places) -> Array:
    """How many sessions each window of one shares with each of the other."""
    first = min(int(one.min()), int(other.min()))
    span = max(int(one.max()), int(other.max())) - first + 1
    _, in_one = _on_calendar(np.ones(one.shape), one - first, span)
    _, in_other = _on_calendar(np.ones(other.shape), other - first, span)
    return _products(in_one, in_other)


def _products(one: Array, other: Array) -> Array:
    """Of each row of one with each of the other.

    Not by matmul: its threads wait for each other where other processes want the processors too,
    for longer than such small products take.
    """
    return np.asarray(np.einsum("it,jt->ij", one, other))
