"""Floors of measured quality, in floors.json: they may be raised, and are not lowered unseen.

    python -m tests.evaluation.floors

measures, raises every floor that is more than MARGIN below what was measured, and never lowers
one. Who must lower one edits the file by hand and says why beside it: `best` stays as it was, and
a test asks for the `why` of every floor that is below its best.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from tests.evaluation.scores import (
    EPISODE,
    Scores,
    Tally,
    day_in_new_york,
    held_out,
    labelled,
    own_texts,
    scores,
)
from tests.readers import plain

FLOORS = Path(__file__).with_name("floors.json")
MARGIN = 0.01  # what a text more or less may change
FEWEST = 8  # labels of a type, for a floor of its own to mean something
SETS = {"episode": lambda: labelled(EPISODE), "own": own_texts, "held-out": held_out}

Floor = dict[str, Any]  # {"precision", "recall", "best": [precision, recall], "why"?}


@cache
def measured(name: str, parsed: bool = True) -> Scores:
    return scores(with_grammar() if parsed else by_rules_alone(), SETS[name]())


def with_grammar() -> Extractor:
    return plain().reading(load_nlp(), day_in_new_york)


def by_rules_alone() -> Extractor:
    return plain().reading(None, day_in_new_york)


def tallies(name: str) -> Iterator[tuple[str, Tally]]:
    """What is held to a floor: (its key, what was counted)."""
    told = measured(name)
    yield f"{name}: entities", told.entities
    yield f"{name}: types", told.types
    yield f"{name}: statuses", told.statuses
    yield f"{name}: claims", told.claims
    yield f"{name}: claims with basis", told.claims_with_basis
    for kind, tally in sorted(told.by_type.items()):
        if tally.right + tally.missed >= FEWEST:
            yield f"{name}: {kind}", tally
            yield f"{name}: {kind} with status", told.by_type_status[kind]


def read_floors() -> dict[str, Floor]:
    return json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else {}


def raised(floor: Mapping[str, Any] | None, tally: Tally) -> Floor:
    """The floor for what was counted: never below the one that is there."""
    new = dict(floor or {"precision": 0.0, "recall": 0.0, "best": [0.0, 0.0]})
    for side, found in (("precision", tally.precision), ("recall", tally.recall)):
        new[side] = max(new[side], round(max(0.0, found - MARGIN), 3))
    new["best"] = [max(new["best"][0], new["precision"]), max(new["best"][1], new["recall"])]
    return new


def main() -> None:
    floors = read_floors()
    for name in SETS:
        for key, tally in tallies(name):
            floors[key] = raised(floors.get(key), tally)
    lines = [f"  {json.dumps(key)}: {json.dumps(floor)}" for key, floor in sorted(floors.items())]
    FLOORS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
