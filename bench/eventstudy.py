"""Event studies a second: ours beside one statsmodels OLS for each event, in one run.

    python bench/eventstudy.py [--events N] [--sessions N] [--securities N]

Both are given the same returns and event sessions and bring alpha, beta, residual standard
deviation, abnormal returns, CAR and its standard error with the prediction error; the largest
difference between them is printed. Then the whole study from prices, pooled tests included.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import statsmodels.api as sm

from monitor.correlate.study.abnormal import abnormal_returns
from monitor.correlate.study.arrays import Array, Places
from monitor.correlate.study.design import Design
from monitor.correlate.study.events import StudyEvent
from monitor.correlate.study.reaction import Explaining
from monitor.correlate.study.study import study
from monitor.model import Bar, PriceSeries, ReturnModel

ROUNDS = 5
FIGURES = ("alpha", "beta", "residual_std", "ar", "car", "car_std_error")
T = TypeVar("T")


def timed(run: Callable[[], T], rounds: int) -> tuple[float, T]:
    """Seconds of the best of some rounds, since other work only ever slows one down."""
    best, answer = float("inf"), None
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = run()
        best = min(best, time.perf_counter() - begun)
    assert answer is not None
    return best, answer


def one_by_one(design: Design, returns: Array, factors: Array, at: Places) -> dict[str, Array]:
    """The same figures as one would have them of statsmodels."""
    first, last = design.window
    rows: dict[str, list[object]] = {name: [] for name in FIGURES}
    for place in at:
        end = place - design.gap + 1
        begin = end - design.length
        fit = sm.OLS(returns[begin:end], sm.add_constant(factors[:, begin:end].T)).fit()
        inside = slice(place + first, place + last + 1)
        x = np.column_stack([np.ones(last - first + 1), factors[:, inside].T])
        ar = returns[inside] - x @ fit.params
        variance = fit.mse_resid * np.eye(len(ar)) + x @ fit.cov_params() @ x.T
        rows["alpha"].append(fit.params[0])
        rows["beta"].append(fit.params[1:])
        rows["residual_std"].append(np.sqrt(fit.mse_resid))
        rows["ar"].append(ar)
        rows["car"].append(ar.sum())
        rows["car_std_error"].append(np.sqrt(variance.sum()))
    return {name: np.array(values) for name, values in rows.items()}


def compare(model: ReturnModel, lines: Array, at: Places) -> None:
    design, returns, factors = Design(model), lines[0], lines[1 : 2 + (model == "two-factor")]
    n_obs = np.full(len(at), design.length)

    def ours() -> dict[str, Array]:
        found = abnormal_returns(design, returns, factors, at, n_obs)
        return {name: getattr(found, name) for name in FIGURES}

    fast, answer = timed(ours, ROUNDS)
    slow, oracle = timed(lambda: one_by_one(design, returns, factors, at), 1)
    apart = max(float(np.abs(answer[name] - oracle[name]).max()) for name in FIGURES)
    print(
        f"{model:12} {len(at):,} events: ours {fast * 1000:7.1f} ms, statsmodels {slow:6.2f} s, "
        f"{slow / fast:5.0f} times as fast; largest difference {apart:.1e}"
    )


def whole(lines: Array, at: Places, sessions: int) -> None:
    """From bars to pooled tests."""
    days = [date(2010, 1, 1) + timedelta(days=one) for one in range(sessions)]
    closes = 100 * np.cumprod(1 + lines[:2].reshape(2, -1, sessions), axis=2)

    def series(symbol: str, line: Array) -> PriceSeries:
        bars = (
            Bar(day, None, None, None, None, float(close), None)
            for day, close in zip(days, line, strict=True)
        )
        return PriceSeries(symbol, tuple(bars), "made up")

    prices = {str(row): series(str(row), line) for row, line in enumerate(closes[0])}
    market = Explaining.by("market", series("MARKET", closes[1][0]))
    events = {(place // sessions, place % sessions): None for place in at.tolist()}
    told = [StudyEvent(str(which), days[when]) for which, when in events]
    took, found = timed(lambda: study(told, prices, Design(), market), 1)
    print(f"whole study  {len(found.events):,} events: {took:.2f} s, from bars to pooled tests")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=10_000)
    asked.add_argument("--sessions", type=int, default=2_500)
    asked.add_argument("--securities", type=int, default=500)
    options = asked.parse_args()
    chance, design = np.random.default_rng(1), Design()
    market, sector = chance.normal(0.0004, [[0.010], [0.008]], (2, options.sessions))
    sector += 0.9 * market
    own = chance.standard_t(4, (options.securities, options.sessions)) * 0.015
    lines = np.stack(
        [(own + 1.1 * market).ravel(), *(np.tile(one, len(own)) for one in (market, sector))]
    )
    first = design.length + design.gap + 1
    when = chance.integers(first, options.sessions - design.window[1], options.events)
    at = chance.integers(0, options.securities, options.events) * options.sessions + when
    for model in ("market", "two-factor"):
        compare(model, lines, at)
    whole(lines, at, options.sessions)


if __name__ == "__main__":
    main()
