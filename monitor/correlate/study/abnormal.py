"""Abnormal returns of many events at once. Pure.

Every estimation window is cut out and fitted by itself, some hundred at a time in one array. Sums
rolled along the series would be faster still, but a single wild return, such as a split that nobody
undid, would take the last digits from all windows after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from monitor.correlate.study.arrays import NOTHING, Array, Mask, Places, root
from monitor.correlate.study.design import Design
from monitor.correlate.study.models import Fit, fit

BLOCK = 1024  # events fitted together: their windows fit into a processor's cache
NORMAL = 1.4826  # standard deviation of a normal distribution by its median absolute deviation


@dataclass(frozen=True, slots=True)
class AbnormalReturns:
    """E events with windows of L sessions and estimation windows of up to n; f factors.

    `residuals` are those of the estimation window, NaN at the front where an event has fewer.
    `covariance` is that of the abnormal returns, with the error of prediction. `at_event` is the
    abnormal return of the event session, whether or not the window holds it. Where not `usable`,
    prices do not vary and the figures mean nothing.
    """

    ar: Array  # (E, L)
    covariance: Array  # (E, L, L)
    at_event: Array  # (E,)
    alpha: Array  # (E,)
    beta: Array  # (E, f)
    residuals: Array  # (E, n)
    residual_std: Array  # (E,)
    n_obs: Places  # (E,)
    degrees: Places  # (E,) of freedom, of residual_std
    usable: Mask  # (E,)

    @property
    def ar_std_error(self) -> Array:
        return root(np.einsum("ell->el", self.covariance))

    @property
    def sar(self) -> Array:
        """Standardised abnormal returns (E, L)."""
        return self.ar / self.ar_std_error

    @property
    def car(self) -> Array:
        return np.asarray(self.ar.sum(axis=1))

    @property
    def car_std_error(self) -> Array:
        """Root of 1'V1 (Campbell, Lo and MacKinlay 1997, section 4.4)."""
        return root(self.covariance.sum(axis=(1, 2)))

    @property
    def scar(self) -> Array:
        """Standardised cumulative abnormal returns (E,): Student's t with `degrees`."""
        return self.car / self.car_std_error

    @property
    def path(self) -> Array:
        """The abnormal return cumulated from the window's first session to each (E, L)."""
        return self.ar.cumsum(axis=1)

    @property
    def path_std_error(self) -> Array:
        sums = self.covariance.cumsum(axis=1).cumsum(axis=2)
        return root(np.einsum("ell->el", sums))

    @property
    def robust_z(self) -> Array:
        """The event session's abnormal return by the median and the median absolute deviation of
        the estimation window's (E,); NaN where more than half of those are the same.

        1.4826 makes the deviation that of a normal distribution (Rousseeuw and Croux 1993).
        """
        centre = _medians(self.residuals, self.n_obs)
        deviation = _medians(np.abs(self.residuals - centre[:, None]), self.n_obs)
        scale = np.where(deviation > NOTHING, NORMAL * deviation, np.nan)
        found: Array = (self.at_event - centre) / scale
        return found

    def of(self, which: Mask | Places) -> AbnormalReturns:
        """The same of some of the events."""
        return AbnormalReturns(**{name: getattr(self, name)[which] for name in self.__slots__})


def _medians(values: Array, known: Places) -> Array:
    """Of each row the median of its `known` figures; the others are NaN, and sorted to its end."""
    ordered, row = np.sort(values, axis=1), np.arange(len(values))
    return (ordered[row, (known - 1) // 2] + ordered[row, known // 2]) / 2


def abnormal_returns(
    design: Design, returns: Array, factors: Array, at: Places, n_obs: Places
) -> AbnormalReturns:
    """What E events did beyond their normal return.

    `returns` (T,) may be those of many securities, end to end, with `factors` (f, T) beside them.
    `at` (E,) are the places of the event sessions in them, `n_obs` (E,) how many returns there are
    to estimate from. The caller sees to it that no window leaves its security's part.
    """
    found = _empty(len(at), int(n_obs.max(initial=0)), len(factors), design)
    for which in _blocks(n_obs):
        one = _block(design, returns, factors, at[which], int(n_obs[which[0]]))
        for name in AbnormalReturns.__slots__:
            if name == "residuals":
                found.residuals[which, found.residuals.shape[1] - one.residuals.shape[1] :] = (
                    one.residuals
                )
            else:
                getattr(found, name)[which] = getattr(one, name)
    return found


def _blocks(n_obs: Places) -> Iterator[Places]:
    """Some events at a time, each time with estimation windows of one length."""
    for length in np.unique(n_obs):
        same = np.flatnonzero(n_obs == length)
        yield from np.split(same, range(BLOCK, len(same), BLOCK))


def _block(
    design: Design, returns: Array, factors: Array, at: Places, n_obs: int
) -> AbnormalReturns:
    first, last = design.window
    begin = at - design.gap - n_obs + 1
    model = fit(design.model, _cut(returns, begin, n_obs), _cut(factors, begin, n_obs))
    r, f = (_cut(line, at + first, last - first + 1) for line in (returns, factors))
    return AbnormalReturns(
        ar=model.abnormal(r, f),
        covariance=model.covariance(f),
        at_event=_at_event(model, returns, factors, at),
        alpha=model.alpha,
        beta=model.beta,
        residuals=model.residuals,
        residual_std=model.residual_std,
        n_obs=np.full(len(at), n_obs),
        degrees=np.full(len(at), model.degrees),
        usable=model.usable,
    )


def _at_event(model: Fit, returns: Array, factors: Array, at: Places) -> Array:
    return model.abnormal(_cut(returns, at, 1), _cut(factors, at, 1))[:, 0]


def _cut(line: Array, begin: Places, length: int) -> Array:
    """From (…, T) the stretches (…, E, length) that begin at `begin`."""
    return sliding_window_view(line, length, axis=-1)[..., begin, :]


def _empty(events: int, n_obs: int, factors: int, design: Design) -> AbnormalReturns:
    length = design.window[1] - design.window[0] + 1
    return AbnormalReturns(
        ar=np.empty((events, length)),
        covariance=np.empty((events, length, length)),
        at_event=np.empty(events),
        alpha=np.empty(events),
        beta=np.empty((events, factors)),
        residuals=np.full((events, n_obs), np.nan),
        residual_std=np.empty(events),
        n_obs=np.empty(events, dtype=np.int64),
        degrees=np.empty(events, dtype=np.int64),
        usable=np.empty(events, dtype=np.bool_),
    )
