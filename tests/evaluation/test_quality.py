"""The measured quality of extraction does not fall below its floors; see floors.py.

The texts in this folder are made up for it, by writers who had not seen the rules; the episode's
are the project's own summaries of what the press reported, not the outlets' words.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.evaluation.floors import FLOORS, SETS, measured, read_floors, tallies, with_grammar
from tests.evaluation.scores import EPISODE, labelled, own_texts, scores
from tests.readers import shipped

MOST_ALARMS = 1 / 12  # look-alikes in which an event is seen; the aim is 1 in 24


SLOW = ("own",)  # twice as many texts as the others together


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=(pytest.mark.slow,) if name in SLOW else ()) for name in SETS],
)
def test_quality_does_not_fall(name: str) -> None:
    floors = read_floors()
    fallen = []
    for key, tally in tallies(name):
        floor = floors[key]
        for side in ("precision", "recall"):
            if getattr(tally, side) < floor[side]:
                fallen.append(f"{key}: {side} {getattr(tally, side):.3f}, floor {floor[side]:.3f}")
    assert fallen == []


def test_no_floor_is_lowered_without_a_word() -> None:
    lowered = [
        key
        for key, floor in read_floors().items()
        if [floor["precision"], floor["recall"]] < floor["best"] and not floor.get("why")
    ]
    assert lowered == [], f"say why in {FLOORS.name}"


def test_rules_alone_are_not_much_worse() -> None:
    with_spacy, alone = measured("episode"), measured("episode", parsed=False)
    assert alone.types.f1 >= with_spacy.types.f1 - 0.01
    assert alone.statuses.f1 >= with_spacy.statuses.f1 - 0.02


def test_look_alikes_raise_hardly_an_alarm() -> None:
    look_alikes = [item for item in own_texts() if item.get("kind") == "look-alike"]
    told = scores(with_grammar(), look_alikes)
    assert told.look_alikes >= 100
    assert len(told.alarmed) <= MOST_ALARMS * told.look_alikes, told.false_alarms
    assert measured("episode").false_alarms == []


def test_the_texts_are_many_and_hard() -> None:
    items = own_texts()
    kinds = Counter(item.get("kind", "plain") for item in items)
    assert len(items) >= 250
    assert kinds["look-alike"] + kinds["hard"] + kinds["ordinary"] >= 0.45 * len(items)
    assert kinds["long"] >= 20
    told = {(kind, status) for item in items for kind, status in item["events"]}
    assert len({kind for kind, _ in told}) == 17
    assert len({status for _, status in told}) == 5


def test_labels_are_of_the_taxonomy() -> None:

    rules = shipped()
    for item in [*own_texts(), *labelled(EPISODE)]:
        assert set(item["entities"]) <= rules.entities.keys(), item["title"]
        assert {kind for kind, _ in item["events"]} <= rules.events.keys(), item["title"]
