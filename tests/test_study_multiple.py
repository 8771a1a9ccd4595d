"""Adjusted p-values against statsmodels, scipy, and by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from monitor.correlate.study.multiple import benjamini_hochberg

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def test_by_hand() -> None:
    """Sorted 0.01 0.02 0.03 0.5 of four: 0.04 0.04 0.04 0.5, each the smallest from there on."""
    assert benjamini_hochberg([0.03, 0.5, 0.01, 0.02]) == pytest.approx((0.04, 0.5, 0.04, 0.04))
    assert benjamini_hochberg([0.2]) == (0.2,)
    assert benjamini_hochberg([]) == ()


@given(P_VALUES)
def test_it_is_that_of_statsmodels_and_scipy(p_values: list[float]) -> None:
    found = benjamini_hochberg(p_values)
    assert found == pytest.approx(multipletests(p_values, method="fdr_bh")[1], rel=1e-9)
    assert found == pytest.approx(stats.false_discovery_control(p_values), rel=1e-9)


@given(P_VALUES)
def test_no_p_value_falls_and_their_order_stays(p_values: list[float]) -> None:
    found = benjamini_hochberg(p_values)
    assert all(p <= adjusted <= 1 for p, adjusted in zip(p_values, found, strict=True))
    in_order = [adjusted for _, adjusted in sorted(zip(p_values, found, strict=True))]
    assert in_order == sorted(in_order)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        benjamini_hochberg([0.5, wrong])
