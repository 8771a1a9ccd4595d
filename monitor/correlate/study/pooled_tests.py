"""Tests over many events: is the mean abnormal return zero? Pure.

The statistics take arrays whose last axes are events (N), sessions of the event window (L) or of
the estimation window (n); axes before them are independent samples. What each test assumes, and
where it fails, is a table in docs/method.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from monitor.correlate.study.abnormal import AbnormalReturns
from monitor.correlate.study.arrays import NOTHING, Array, Places, root
from monitor.correlate.study.probability import two_sided_normal, two_sided_t

TestName = Literal[
    "t", "patell", "bmp", "kolari_pynnonen", "corrado_rank", "generalized_sign", "permutation"
]
FLIPS: Final = 9_999  # random sign flips, where all of them are too many
ALL_FLIPS: Final = 13  # up to so many events all 2^N are tried
BLOCK: Final = 1 << 22  # signs held at a time


@dataclass(frozen=True, slots=True)
class PooledTest:
    """`stat` and `p_value` (two-sided) are None where the test cannot be done, for `reason`."""

    stat: float | None
    p_value: float | None
    reason: str | None = None


def cross_sectional_t(car: Array) -> Array:
    """CAAR over its standard error from the spread between events; t with N - 1.

    Brown and Warner (1985); MacKinlay (1997), section 5. car (…, N).
    """
    n = car.shape[-1]
    std_error = car.std(axis=-1, ddof=1) / n**0.5
    return np.asarray(car.mean(axis=-1) / std_error)


def patell(scar: Array, degrees: Places) -> Array:
    """Sum of the SCAR over the root of the sum of their variances; standard normal.

    Patell (1976): a SCAR is Student's t with d degrees of freedom, whose variance is d / (d - 2),
    (n - 2) / (n - 4) in the market model. The SCAR are those of the whole covariance of the window
    (J2 of Campbell, Lo and MacKinlay 1997, section 4.4). scar (…, N), degrees (N,) above 2.
    """
    return np.asarray(scar.sum(axis=-1) / root((degrees / (degrees - 2)).sum()))


def boehmer_musumeci_poulsen(scar: Array) -> Array:
    """Mean SCAR over its standard error from the spread between events; t with N - 1.

    Boehmer, Musumeci and Poulsen (1991): a variance that the event itself raises is in the spread.
    """
    return cross_sectional_t(scar)


def kolari_pynnonen(scar: Array, correlation: float | Array) -> Array:
    """The same where abnormal returns of different securities are correlated; t with N - 1.

    Kolari and Pynnönen (2010). `correlation` (…) is the mean over all pairs of events;
    NaN where 1 + (N - 1) times it is not above zero.
    """
    n = scar.shape[-1]
    inflation = 1 + (n - 1) * np.asarray(correlation)
    ratio = np.where(
        inflation > 0, (1 - correlation) / np.where(inflation > 0, inflation, 1), np.nan
    )
    return boehmer_musumeci_poulsen(scar) * root(ratio)


def corrado_rank(residuals: Array, ar: Array) -> Array:
    """Mean rank of the event window's abnormal returns among the event's own; standard normal.

    Corrado (1989), in the form of Corrado and Zivney (1992): ranks are divided by one more than
    their count, so that events may differ in it, and over a window of L sessions the mean deviation
    from one half is taken (Cowan 1992). Its standard error is that of the mean rank of all events
    at one relative session, over the estimation and event window. residuals (…, N, n), NaN where
    there is none; ar (…, N, L).
    """
    from scipy.stats import rankdata  # noqa: PLC0415 - slow to import

    both = np.concatenate([residuals, ar], axis=-1)
    missing = np.isnan(both)
    ranks = rankdata(np.where(missing, np.inf, both), axis=-1)
    count = (~missing).sum(axis=-1, keepdims=True)
    deviation = np.where(missing, 0.0, ranks / (1 + count) - 0.5)
    # per relative session, of the events that have it, in units of the root of their number
    events = (~missing).sum(axis=-2)
    scaled = deviation.sum(axis=-2) / root(events)
    spread = root((scaled**2).mean(axis=-1))
    length = ar.shape[-1]
    return np.asarray(scaled[..., -length:].sum(axis=-1) / (length**0.5 * spread))


def generalized_sign(residuals: Array, car: Array) -> Array:
    """How many CAR are positive, against the share of positive residuals; standard normal.

    Cowan (1992): the share is the mean over events of that of each estimation window, so that a
    skewed return is no effect. residuals (…, N, n), NaN where there is none; car (…, N).
    """
    n = car.shape[-1]
    known = (~np.isnan(residuals)).sum(axis=-1)
    share = ((residuals > 0).sum(axis=-1) / known).mean(axis=-1)
    positive = (car > 0).sum(axis=-1)
    return np.asarray((positive - n * share) / root(n * share * (1 - share)))


def sign_flip(car: Array, seed: int) -> Array:
    """Two-sided p-value of the mean under flipping the signs of events at random (…).

    Fisher's randomisation test: under no effect, and symmetric independent CAR, every pattern of
    signs is as likely. Up to ALL_FLIPS events all patterns are tried and the p-value is exact;
    beyond, FLIPS random ones, of which the observed one counts as one more (Phipson and Smyth
    2010). car (…, N).
    """
    n = car.shape[-1]
    total = car.sum(axis=-1)
    least = np.abs(total) - NOTHING * np.abs(car).sum(axis=-1)  # sums differ by rounding
    exact = n <= ALL_FLIPS
    patterns = 2**n if exact else FLIPS
    rng = np.random.default_rng(seed)
    step = max(1, BLOCK // max(n, total.size))
    as_large = np.zeros(total.shape)
    for begin in range(0, patterns, step):
        count = min(step, patterns - begin)
        flips = _all_flips(begin, count, n) if exact else _random_flips(rng, count, n)
        # flipped are those of ones: the others' sum less theirs
        flipped = np.abs(total[..., None] - 2 * (car @ flips.T))
        as_large += (flipped >= least[..., None]).sum(axis=-1)
    return as_large / patterns if exact else (1 + as_large) / (1 + patterns)


def _all_flips(begin: int, count: int, n: int) -> Array:
    """The patterns of n zeros and ones with these numbers (count, n)."""
    numbers = np.arange(begin, begin + count)
    return (numbers[:, None] >> np.arange(n) & 1).astype(float)


def _random_flips(rng: np.random.Generator, count: int, n: int) -> Array:
    bits = np.unpackbits(rng.integers(0, 256, (count, -(-n // 8)), dtype=np.uint8), axis=1)
    return bits[:, :n].astype(float)


TESTS: Final[tuple[TestName, ...]] = get_args(TestName)
ALONE: Final = PooledTest(None, None, "one event: there is no spread between events to judge it by")
TOO_SHORT: Final = PooledTest(
    None, None, "2 degrees of freedom or fewer: the variance of a SCAR is infinite"
)
UNDEFINED: Final = PooledTest(
    None, None, "its standard error is zero, or the correlation too negative to correct for"
)


def pooled_tests(
    events: AbnormalReturns, correlation: float | None, *, seed: int
) -> Mapping[TestName, PooledTest]:
    """All of them. `correlation` is that of `dependence.mean_correlation`."""
    car, scar = events.car, events.scar
    n = len(car)
    if n == 0:
        return dict.fromkeys(TESTS, PooledTest(None, None, "no event was measured"))
    long_enough = bool((events.degrees > 2).all())
    # those that look at one event's own estimation window
    found: dict[TestName, PooledTest] = dict.fromkeys(TESTS, ALONE)
    found["patell"] = _normal(patell(scar, events.degrees)) if long_enough else TOO_SHORT
    found["corrado_rank"] = _normal(corrado_rank(events.residuals, events.ar))
    if n == 1 or correlation is None:
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        found["t"] = _students(cross_sectional_t(car), n)
        found["bmp"] = _students(boehmer_musumeci_poulsen(scar), n)
        found["kolari_pynnonen"] = _students(kolari_pynnonen(scar, correlation), n)
        found["generalized_sign"] = _normal(generalized_sign(events.residuals, car))
    found["permutation"] = PooledTest(float(car.mean()), float(sign_flip(car, seed)))
    return found


def _students(stat: Array, n: int) -> PooledTest:
    return _tested(stat, two_sided_t(stat, n - 1))


def _normal(stat: Array) -> PooledTest:
    return _tested(stat, two_sided_normal(stat))


def _tested(stat: Array, p_value: Array) -> PooledTest:
    return PooledTest(float(stat), float(p_value)) if np.isfinite(stat) else UNDEFINED
