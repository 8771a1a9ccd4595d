"""Models of a security's normal return, fitted to many estimation windows at once. Pure.

All four are r = alpha + beta' f + e with zero to two factors f (MacKinlay 1997, sections 4.A to
4.D; Campbell, Lo and MacKinlay 1997, section 4.3):

    constant-mean     no factor; alpha is the mean return
    market-adjusted   f the benchmark's return, alpha 0 and beta 1 given, not estimated
    market            f the benchmark's return
    two-factor        f the returns of the benchmark and of a sector

The estimated ones are fitted by ordinary least squares, on factors from which their means have been
taken: the sums then lose no digits. Shapes: E events, n sessions of the estimation window, L of the
event window, f factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from monitor.correlate.study.arrays import NOTHING, Array, Mask, root
from monitor.model import ReturnModel

FACTORS: Final[Mapping[ReturnModel, int]] = {
    "constant-mean": 0,
    "market-adjusted": 1,
    "market": 1,
    "two-factor": 2,
}
COLLINEAR: Final = 1e-10  # of 1 - R² between the factors: below it they are the same


@dataclass(frozen=True, slots=True)
class Fit:
    """A model fitted to E estimation windows.

    `parameter_cov` (E, 1 + f, 1 + f) is the covariance of the intercept at the factors' means and
    of the betas, divided by the residual variance; zero where nothing was estimated. `residual_std`
    has `degrees` degrees of freedom: n - 1 - f, and n - 1 in the market-adjusted model, where it is
    the sample's standard deviation of r - m. Where not `usable` (E,), returns or factors do not
    vary, or the factors are the same, and the figures mean nothing.
    """

    alpha: Array  # (E,)
    beta: Array  # (E, f)
    factor_means: Array  # (E, f), of the estimation window
    parameter_cov: Array
    residuals: Array  # (E, n)
    residual_std: Array  # (E,)
    degrees: int
    usable: Mask

    def abnormal(self, returns: Array, factors: Array) -> Array:
        """Abnormal returns (E, L) from returns (E, L) and factors (f, E, L)."""
        normal: Array = self.alpha[:, None] + np.einsum("ef,fel->el", self.beta, factors)
        return returns - normal

    def covariance(self, factors: Array) -> Array:
        """Of the abnormal returns (E, L, L) where the factors returned (f, E, L).

        V = s² (I + X (Z'Z)⁻¹ X'), X the rows (1, f) of the event window and Z those of the
        estimation window (Campbell, Lo and MacKinlay 1997, section 4.4). The second term is the
        error with which the parameters were estimated; all sessions of the window share it.
        """
        _, events, length = factors.shape
        x = np.ones((events, length, 1 + len(factors)))
        x[:, :, 1:] = factors.transpose(1, 2, 0) - self.factor_means[:, None, :]
        shared: Array = x @ self.parameter_cov @ x.transpose(0, 2, 1)
        return (self.residual_std**2)[:, None, None] * (np.eye(length) + shared)


def fit(model: ReturnModel, returns: Array, factors: Array) -> Fit:
    """The model fitted to returns (E, n) and factors (f, E, n); n must be greater than 1 + f."""
    if len(factors) != FACTORS[model]:
        raise ValueError(f"the {model} model has {FACTORS[model]} factors, not {len(factors)}")
    return (
        _adjusted(returns, factors) if model == "market-adjusted" else _regressed(returns, factors)
    )


def _regressed(returns: Array, factors: Array) -> Fit:
    count, events, n_obs = factors.shape
    means, factor_means = returns.mean(axis=1), factors.mean(axis=2).T
    f = factors - factor_means.T[:, :, None]
    squares = np.einsum("fen,gen->efg", f, f)
    products = np.einsum("fen,en->ef", f, returns)
    usable = _vary(squares, n_obs)
    inverse = np.linalg.inv(np.where(usable[:, None, None], squares, np.eye(count)))
    beta = np.einsum("efg,eg->ef", inverse, products)
    alpha = means - np.einsum("ef,ef->e", beta, factor_means)
    residuals = returns - alpha[:, None]
    residuals -= np.einsum("ef,fen->en", beta, factors)
    degrees = n_obs - 1 - count
    residual_std = root(np.einsum("en,en->e", residuals, residuals) / degrees)
    parameter_cov = np.zeros((events, 1 + count, 1 + count))
    parameter_cov[:, 0, 0] = 1 / n_obs
    parameter_cov[:, 1:, 1:] = inverse
    return Fit(
        alpha=alpha,
        beta=beta,
        factor_means=factor_means,
        parameter_cov=parameter_cov,
        residuals=residuals,
        residual_std=residual_std,
        degrees=degrees,
        usable=usable & (residual_std > NOTHING),
    )


def _vary(squares: Array, n_obs: int) -> Mask:
    """Where every factor varies, and no one is made of the others."""
    own = np.einsum("eff->ef", squares)
    varied: Mask = (own > n_obs * NOTHING**2).all(axis=1)
    apart: Mask = np.linalg.det(squares) > COLLINEAR * own.prod(axis=1)
    return varied & apart


def _adjusted(returns: Array, factors: Array) -> Fit:
    residuals = returns - factors[0]
    events, n_obs = residuals.shape
    residual_std = residuals.std(axis=1, ddof=1)
    return Fit(
        alpha=np.zeros(events),
        beta=np.ones((events, 1)),
        factor_means=factors.mean(axis=2).T,
        parameter_cov=np.zeros((events, 2, 2)),
        residuals=residuals,
        residual_std=residual_std,
        degrees=n_obs - 1,
        usable=residual_std > NOTHING,
    )
