"""Abnormal returns by the market model, with their standard errors. Pure.

MacKinlay, "Event Studies in Economics and Finance" (1997), equations 3 to 10, and Campbell, Lo and
MacKinlay, "The Econometrics of Financial Markets" (1997), section 4.4. Returns are simple and of
adjusted closes. The variance of a cumulative abnormal return includes the error with which alpha
and beta were estimated, which all sessions of the window share.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt

import numpy as np

from monitor.errors import MonitorError
from monitor.model import NoReaction, PriceSeries, Reaction

LENGTH = 120  # sessions of the estimation window
GAP = 11  # sessions from its end to the event session
AT_LEAST = 60  # with fewer observations nothing is said
NOTHING = 1e-12  # a difference of returns that is rounding alone


@dataclass(frozen=True, slots=True)
class MarketModel:
    """r = alpha + beta * m + e, fitted by ordinary least squares.

    `residual_std` has n_obs - 2 degrees of freedom; `mean` and `spread` are the mean of the
    benchmark's returns and the sum of their squared deviations.
    """

    alpha: float
    beta: float
    residual_std: float
    n_obs: int
    mean: float
    spread: float

    def abnormal(self, returns: Sequence[float], market: Sequence[float]) -> tuple[float, ...]:
        return tuple(r - self.alpha - self.beta * m for r, m in zip(returns, market, strict=True))

    def car_std_error(self, market: Sequence[float]) -> float:
        """Of the sum of the abnormal returns where the benchmark returned `market`.

        The root of 1'V1 with V = s² (I + X (Z'Z)⁻¹ X'), X the window's rows (1, m) and Z those of
        the estimation window; written out for the two parameters of this model.
        """
        length = len(market)
        off_centre = sum(market) - length * self.mean
        return self.residual_std * sqrt(
            length + length**2 / self.n_obs + off_centre**2 / self.spread
        )


def estimate(returns: Sequence[float], market: Sequence[float]) -> MarketModel | None:
    """The model fitted to paired returns; None where they cannot carry one.

    That is with fewer than three pairs, or where either side never changes.
    """
    r, m = np.asarray(returns, dtype=float), np.asarray(market, dtype=float)
    if r.size < 3:
        return None
    mean = float(m.mean())
    spread = float(((m - mean) ** 2).sum())
    if np.ptp(m) < NOTHING or np.ptp(r) < NOTHING:
        return None
    beta = float(((m - mean) * (r - r.mean())).sum()) / spread
    alpha = float(r.mean()) - beta * mean
    residuals = r - alpha - beta * m
    residual_std = sqrt(float((residuals**2).sum()) / (r.size - 2))
    return MarketModel(alpha, beta, residual_std, int(r.size), mean, spread)


def reaction(
    series: PriceSeries,
    benchmark: PriceSeries,
    event_session: date,
    *,
    window: tuple[int, int] = (-1, 1),
    length: int = LENGTH,
    gap: int = GAP,
) -> Reaction | NoReaction:
    """What the security did around the event session that the market does not account for.

    `window` is in sessions relative to the event session, both ends included. The estimation window
    is the `length` sessions of which the last is `gap` sessions before the event session. Sessions
    are those that both series have.
    """
    first, last = window
    if first > last or length < 3 or gap <= 0 or first <= -gap:
        raise MonitorError(
            f"event window {window} with an estimation window of {length} sessions ending {gap} "
            "before the event session: the one must come after the other, and both be there"
        )
    pairs = _pair(series, benchmark)
    at = _place(series, benchmark, pairs, event_session, window)
    if isinstance(at, str):
        return NoReaction(series.symbol, at)
    # Return k is that of session k against session k - 1, so the first session has none.
    end = at - gap + 1
    begin = max(1, end - length)
    needed = min(AT_LEAST, length)
    n_obs = max(0, end - begin)
    if n_obs < needed:
        return NoReaction(
            series.symbol,
            f"{n_obs} sessions to estimate from before {event_session}, {needed} are needed",
        )
    returns, market = pairs.returns()
    model = estimate(returns[begin - 1 : end - 1], market[begin - 1 : end - 1])
    if model is None or model.residual_std < NOTHING:
        return NoReaction(series.symbol, "prices do not vary before the event: no market model")
    inside = slice(at + first - 1, at + last)
    ar = model.abnormal(returns[inside], market[inside])
    car, error = sum(ar), model.car_std_error(market[inside])
    return Reaction(
        symbol=series.symbol,
        benchmark=benchmark.symbol,
        event_session=event_session,
        window=window,
        alpha=model.alpha,
        beta=model.beta,
        residual_std=model.residual_std,
        n_obs=model.n_obs,
        ar=ar,
        car=car,
        car_std_error=error,
        t_stat=car / error,
        p_value=two_sided(car / error, model.n_obs - 2),
        note=None if n_obs == length else f"estimated from {n_obs} of {length} sessions",
    )


def longest_window(
    series: PriceSeries, benchmark: PriceSeries, event_session: date, window: tuple[int, int]
) -> tuple[int, int] | None:
    """`window` with its end brought back to the last session at hand.

    None where the event session itself is not there yet.
    """
    pairs = _pair(series, benchmark)
    at = pairs.index_of(event_session)
    if at is None:
        return None
    return window[0], min(window[1], len(pairs.days) - 1 - at)


def two_sided(t_stat: float, degrees: int) -> float:
    """Probability of a |t| at least as large under Student's t."""
    from scipy.special import stdtr  # noqa: PLC0415 - slow to import

    return float(2 * stdtr(degrees, -abs(t_stat)))


# ---------------------------------------------------------------- pairing


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Closes of both series on the sessions they share, ascending."""

    days: tuple[date, ...]
    security: tuple[float, ...]
    market: tuple[float, ...]

    def index_of(self, day: date) -> int | None:
        at = bisect_left(self.days, day)
        return at if at < len(self.days) and self.days[at] == day else None

    def returns(self) -> tuple[list[float], list[float]]:
        """One fewer than sessions: entry k is the return of session k + 1."""
        return _returns(self.security), _returns(self.market)


def _returns(closes: tuple[float, ...]) -> list[float]:
    return [after / before - 1 for before, after in pairwise(closes)]


def _closes(series: PriceSeries) -> dict[date, float]:
    """Adjusted closes; raw ones where the source gives no adjusted close at all."""
    adjusted = {bar.session: bar.adj_close for bar in series.bars if bar.adj_close is not None}
    return adjusted or {bar.session: bar.close for bar in series.bars if bar.close is not None}


def _pair(series: PriceSeries, benchmark: PriceSeries) -> _Pairs:
    security, market = _closes(series), _closes(benchmark)
    days = tuple(day for day in security if day in market)
    return _Pairs(days, tuple(security[day] for day in days), tuple(market[day] for day in days))


def _place(
    series: PriceSeries,
    benchmark: PriceSeries,
    pairs: _Pairs,
    event_session: date,
    window: tuple[int, int],
) -> int | str:
    """Where the event session is among the pairs, or what is missing there."""
    days = {one.symbol: set(_closes(one)) for one in (series, benchmark)}
    for symbol, known in days.items():
        if event_session not in known:
            return f"no close of {symbol} on {event_session}{_reach(known)}"
    at = bisect_left(pairs.days, event_session)
    before, last = at + window[0] - 1, at + window[1]
    if before < 0:
        return f"prices begin on {pairs.days[0]}, too late for the window {window}"
    if last >= len(pairs.days):
        return f"prices end on {pairs.days[-1]}, too early for the window {window}"
    for symbol, known in days.items():
        for day in sorted(set().union(*days.values()) - known):
            if pairs.days[before] < day < pairs.days[last]:
                return f"no close of {symbol} on {day}, inside the window {window}"
    return at


def _reach(days: set[date]) -> str:
    return f": they reach from {min(days)} to {max(days)}" if days else ": there are none"
