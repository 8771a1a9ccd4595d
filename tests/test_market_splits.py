"""Prices as they were traded, and in today's shares."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.market.splits import as_traded, factor_after, in_todays_shares, not_applied
from monitor.model import Bar, CorporateAction
from tests.bars import bar, days


def split(day: int, value: float) -> CorporateAction:
    return CorporateAction(date(2025, 1, day), "split", value)


DIVIDEND = CorporateAction(date(2025, 1, 5), "dividend", 0.5)


def test_a_share_becomes_as_many_as_the_splits_after_it_say() -> None:
    actions = [split(3, 4), DIVIDEND, split(6, 0.5)]
    assert [factor_after(day, actions) for day in days(7)] == [2, 2, 0.5, 0.5, 0.5, 1, 1]


def test_as_traded_by_hand() -> None:
    """20 shares at 500 before a split of 4 for 1: 80 of today's at 125."""
    bars = [Bar(date(2025, 1, 1), 124, 126, 123, 125, 120, 80), bar(date(2025, 1, 2), 126)]
    first, second = as_traded(bars, [split(2, 4)])
    assert first == Bar(date(2025, 1, 1), 496, 504, 492, 500, 120, 20)
    assert second == bars[1]


@given(
    st.lists(st.floats(0.01, 1e5) | st.none(), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(1, 28), st.sampled_from([0.1, 0.5, 1.5, 2, 3, 10])), max_size=4),
)
def test_the_one_undoes_the_other(
    closes: list[float | None], splits: list[tuple[int, float]]
) -> None:
    actions = [split(day, value) for day, value in splits]
    bars = [bar(day, one, volume=one) for day, one in zip(days(len(closes)), closes, strict=True)]
    there = in_todays_shares(as_traded(bars, actions), actions)
    for before, after in zip(bars, there, strict=True):
        assert after.close == (None if before.close is None else pytest.approx(before.close))
        assert after.volume == (None if before.volume is None else pytest.approx(before.volume))


@pytest.mark.parametrize(
    ("closes", "value", "found"),
    [
        ([100, 101, 102], 4, False),  # adjusted: goes on as if there were none
        ([400, 101, 102], 4, True),  # not adjusted: falls by just the split
        ([400, 108, 102], 4, True),  # and the price moved 8 % that day
        ([100, 40, 41], 4, False),  # a crash, not a quarter
        ([10, 98, 100], 0.1, True),  # 1 for 10
        ([100, 83, 84], 1.2, False),  # too small to be told from a move
        ([100, 67, 68], 1.5, True),
        ([100, None, None], 4, False),
        ([None, 100, 101], 4, False),
    ],
)
def test_a_split_that_prices_do_not_know_of_is_seen(
    closes: list[float | None], value: float, found: bool
) -> None:
    bars = [bar(day, one) for day, one in zip(days(3), closes, strict=True)]
    action = split(2, value)
    assert not_applied(bars, [action, DIVIDEND]) == ((action,) if found else ())
