"""The measured quality of extraction. Floors stand just under what was measured; only raise them.

`items.jsonl` are texts made up for this; the episode's items are the project's own summaries of
what the press reported (tests/data/episode.jsonl), not the outlets' words.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.rules import load_rules, shipped_rules
from tests.evaluation.scores import EPISODE, OWN, Scores, labelled, scores


@cache
def measured(path: Path, parsed: bool) -> Scores:
    nlp = load_nlp() if parsed else None
    return scores(Extractor(load_rules([shipped_rules()]), nlp), labelled(path))


FLOORS = [
    # texts, with spaCy, what, precision, recall
    (EPISODE, True, "entities", 0.995, 0.99),
    (EPISODE, True, "types", 0.97, 0.92),
    (EPISODE, True, "statuses", 0.89, 0.84),
    (EPISODE, False, "entities", 0.995, 0.99),
    (EPISODE, False, "types", 0.97, 0.925),
    (EPISODE, False, "statuses", 0.88, 0.84),
    (OWN, True, "entities", 0.99, 0.99),
    (OWN, True, "types", 0.98, 0.98),
    (OWN, True, "statuses", 0.96, 0.97),
]


@pytest.mark.parametrize(("path", "parsed", "what", "precision", "recall"), FLOORS)
def test_quality_does_not_fall(
    path: Path, parsed: bool, what: str, precision: float, recall: float
) -> None:
    tally = getattr(measured(path, parsed), what)
    assert tally.precision >= precision
    assert tally.recall >= recall


@pytest.mark.parametrize("path", [EPISODE, OWN])
def test_look_alikes_raise_nothing(path: Path) -> None:
    assert measured(path, True).false_alarms == []
