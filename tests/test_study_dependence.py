"""The mean correlation between events against numpy, by hand, and by law."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.correlate.study import dependence
from monitor.correlate.study.arrays import Array, Places
from monitor.correlate.study.dependence import mean_correlation

N_OBS, GAP = 40, 11


def placed(at: list[int], window: tuple[int, int] = (-1, 1)) -> tuple[Places, Places]:
    """Sessions of estimation and event windows of events at these sessions."""
    events = np.array(at)[:, None]
    estimation = events - GAP - np.arange(N_OBS)[::-1]
    return estimation, events + np.arange(window[0], window[1] + 1)


def drawn(events: int, seed: int = 0, correlation: float = 0.4) -> Array:
    chance = np.random.default_rng(seed)
    common, own = chance.normal(size=(1, N_OBS)), chance.normal(size=(events, N_OBS))
    return correlation**0.5 * common + (1 - correlation) ** 0.5 * own


def one_by_one(residuals: Array, estimation: Places, window: Places) -> float:
    """The definition, pair by pair, with numpy's correlation."""
    total, pairs = 0.0, list(combinations(range(len(window)), 2))
    for i, j in pairs:
        by_session = [dict(zip(estimation[k], residuals[k], strict=True)) for k in (i, j)]
        shared = [
            at
            for at in by_session[0]
            if at in by_session[1] and not any(np.isnan(one[at]) for one in by_session)
        ]
        share = len(set(window[i]) & set(window[j])) / window.shape[1]
        if share and len(shared) >= 3:
            values = [[one[at] for at in shared] for one in by_session]
            total += share * np.corrcoef(values)[0, 1]
    return total / len(pairs)


def test_on_one_day_it_is_the_mean_of_the_correlation_matrix() -> None:
    residuals = drawn(7)
    matrix = np.corrcoef(residuals)
    expected = matrix[np.triu_indices(7, 1)].mean()
    assert mean_correlation(residuals, *placed([100] * 7)) == pytest.approx(expected, rel=1e-9)


def test_events_days_apart_are_independent() -> None:
    assert mean_correlation(drawn(3), *placed([100, 103, 106])) == 0
    assert mean_correlation(drawn(2), *placed([100, 102])) != 0


def test_of_two_events_a_session_apart_two_thirds_of_the_windows_are_shared() -> None:
    residuals = drawn(2)
    shared = np.corrcoef(residuals[0, 1:], residuals[1, :-1])[0, 1]
    found = mean_correlation(residuals, *placed([100, 101]))
    assert found == pytest.approx(shared * 2 / 3, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(60, 70), min_size=2, max_size=9), st.integers(0, 999), st.integers(1, 9)
)
def test_it_is_the_definition(at: list[int], seed: int, block: int) -> None:
    residuals = drawn(len(at), seed)
    holes = np.random.default_rng(seed).random(residuals.shape) < 0.2
    residuals[holes] = np.nan
    where = placed(at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dependence, "BLOCK", block)
        found = mean_correlation(residuals, *where)
    assert found == pytest.approx(one_by_one(residuals, *where), rel=1e-9, abs=1e-12)


def test_too_few_common_sessions_and_residuals_that_do_not_vary_tell_nothing() -> None:
    residuals = drawn(2)
    residuals[0, 2:] = np.nan
    assert mean_correlation(residuals, *placed([100, 100])) == 0
    still = drawn(2)
    still[0] = 0
    assert mean_correlation(still, *placed([100, 100])) == 0


def test_one_event_has_no_pair() -> None:
    with pytest.raises(ValueError, match="two events"):
        mean_correlation(drawn(1), *placed([100]))
