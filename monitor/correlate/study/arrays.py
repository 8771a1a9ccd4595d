"""The arrays that the event study computes with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NOTHING = 1e-12  # a difference of returns that is rounding alone


def root(of: npt.ArrayLike) -> Array:
    """Square root."""
    return np.asarray(np.sqrt(of))
