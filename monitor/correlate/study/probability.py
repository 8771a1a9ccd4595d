"""Two-sided probabilities, and quantiles for bands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from monitor.correlate.study.arrays import Array

# scipy is slow to import: only what computes loads it


def two_sided_t(stat: npt.ArrayLike, degrees: npt.ArrayLike) -> Array:
    """Probability of a |t| at least as large under Student's t."""
    from scipy.special import stdtr  # noqa: PLC0415

    return np.asarray(2 * stdtr(degrees, -np.abs(stat)))


def two_sided_normal(stat: npt.ArrayLike) -> Array:
    """Probability of a |z| at least as large under the standard normal."""
    from scipy.special import ndtr  # noqa: PLC0415

    return np.asarray(2 * ndtr(-np.abs(stat)))


def t_quantile(alpha: float, degrees: npt.ArrayLike) -> Array:
    """The t that is exceeded in size with probability alpha."""
    from scipy.special import stdtrit  # noqa: PLC0415

    return np.asarray(stdtrit(degrees, 1 - alpha / 2))
