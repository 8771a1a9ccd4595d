"""Priors learned from the past: by hand, and by their laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.correlate.clues import EVIDENCE
from monitor.correlate.priors import LEAST, Outcome, learned

PRIORS = {"grant": 0.6, "earnings": 0.7, "speech": 0.2, "price": 0.0}


def outcomes(*told: tuple[str, int, int]) -> list[Outcome]:
    """(types, how many, how many of them reacted)"""
    return [
        Outcome(frozenset(kinds.split()), at < hits)
        for kinds, count, hits in told
        for at in range(count)
    ]


def test_without_a_past_the_rules_stand() -> None:
    assert learned(PRIORS, []) == PRIORS
    assert learned(PRIORS, outcomes(("grant", 9, 0))) == PRIORS  # nothing ever reacted


def test_by_hand() -> None:
    # 70 grants, 7 hits; 30 results, 8 hits: base 0.15, and 30 stories with 4.5 hits are added
    found = learned(PRIORS, outcomes(("grant", 70, 7), ("earnings", 30, 8)))
    assert found["grant"] == pytest.approx(0.6 * 11.5 / 100 / 0.15)
    assert found["earnings"] == pytest.approx(0.7 * 12.5 / 60 / 0.15)


def test_a_handful_changes_little() -> None:
    found = learned(PRIORS, outcomes(("grant", 2, 2), ("earnings", 98, 18)))
    assert found["grant"] == pytest.approx(0.6 * (2 + 6) / 32 / 0.2)
    assert found["grant"] < 0.76


def test_a_story_of_two_types_counts_for_both() -> None:
    both = learned(PRIORS, outcomes(("grant earnings", 50, 25), ("grant", 50, 5)))
    assert both["earnings"] > 0.7
    assert both["grant"] == pytest.approx(0.6)  # as often as any


def test_reports_stay_reports_and_news_stays_news() -> None:
    told = outcomes(("speech", 40, 40), ("price", 40, 40), ("grant", 400, 0), ("own", 9, 9))
    found = learned(PRIORS, told)
    assert (found["speech"], found["price"]) == (0.2, 0.0)
    assert found["grant"] == EVIDENCE + LEAST
    assert found["own"] > 0.5  # a type without a prior begins at the common one


@given(
    st.lists(
        st.tuples(st.sampled_from(["grant", "earnings", "grant earnings", "speech"]), st.booleans())
    )
)
def test_priors_are_shares(told: list[tuple[str, bool]]) -> None:
    found = learned(PRIORS, [Outcome(frozenset(kinds.split()), hit) for kinds, hit in told])
    assert set(found) == set(PRIORS)
    assert all(0 <= value <= 1 for value in found.values())
