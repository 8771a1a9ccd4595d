"""Learning what speaks for a cause: against statsmodels, and by its own laws."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from statsmodels.discrete.conditional_models import ConditionalLogit

from monitor.training.causes import Choice, fit


def choices(count: int, weights: tuple[float, ...], seed: int) -> list[Choice]:
    """Choices among three that have been made as the weights say."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        rows = [{"a": float(random.normal()), "b": float(random.normal())} for _ in range(3)]
        utilities = np.array(
            [0.0, *(weights[0] * row["a"] + weights[1] * row["b"] for row in rows)]
        )
        chances = np.exp(utilities) / np.exp(utilities).sum()
        chosen = int(random.choice(4, p=chances))
        made.append(Choice({}, tuple(rows), frozenset({chosen - 1}) if chosen else frozenset()))
    return made


def test_as_statsmodels_fits_it() -> None:
    made = choices(300, (1.0, -0.5), seed=1)
    found = fit(made, penalty=0.0)
    rows, chosen, groups = [], [], []
    for number, one in enumerate(made):
        for at, row in enumerate([one.none, *one.candidates]):
            rows.append([row.get("a", 0.0), row.get("b", 0.0)])
            chosen.append(int(at - 1 in one.causes or (at == 0 and not one.causes)))
            groups.append(number)
    oracle = ConditionalLogit(np.array(chosen), np.array(rows), groups=np.array(groups)).fit(disp=0)
    assert [found["a"], found["b"]] == pytest.approx(list(oracle.params), abs=1e-4)


def test_of_several_that_tell_the_cause_the_sum_counts() -> None:
    # two equal candidates, both right: P = 2e^w / (1 + 2e^w) with penalty w² is greatest at w > 0
    one = Choice({}, ({"a": 1.0}, {"a": 1.0}), frozenset({0, 1}))
    weight = fit([one], penalty=1.0)["a"]
    slope = 1 - 2 * exp(weight) / (1 + 2 * exp(weight)) - 2 * weight
    assert slope == pytest.approx(0, abs=1e-4)


def test_a_penalty_draws_toward_the_centre() -> None:
    made = choices(50, (1.0, 0.0), seed=2)
    free = fit(made, penalty=0.0)["a"]
    held = fit(made, penalty=20.0)["a"]
    drawn = fit(made, penalty=1e6, toward={"a": 3.0})["a"]
    assert 0 < held < free
    assert drawn == pytest.approx(3.0, abs=1e-3)


def test_none_of_them() -> None:
    told = Choice({"none": 1.0}, ({"a": 1.0},), frozenset())
    # with no candidate ever right, all weight goes to none: log odds as the penalty allows
    found = fit([told] * 8, penalty=0.5)
    assert found["none"] == pytest.approx(-found["a"], abs=1e-4)
    chance = 1 / (1 + exp(found["a"] - found["none"]))
    assert chance > exp(log(0.8))
