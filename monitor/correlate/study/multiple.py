"""Many tests at once: of a hundred true nulls five are significant at 5 %. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjusted p-values, in the order given.

    To call significant those at or below q bounds the expected share of false ones among them by q
    where the tests are independent or positively dependent (Benjamini and Hochberg 1995; Benjamini
    and Yekutieli 2001). The k-th smallest of m becomes the smallest of m p(j) / j over j >= k.
    Raises ValueError for what is no probability.
    """
    p = np.asarray(p_values, dtype=float)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("a p-value lies from 0 to 1")
    order = np.argsort(p)[::-1]
    scaled = p[order] * (len(p) / np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(scaled).clip(max=1)
    return tuple(float(one) for one in adjusted)
