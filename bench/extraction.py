"""Precision, recall and F1 of extraction by event type, and which statuses are confused.

    python bench/extraction.py [FILE.jsonl …]

Without files: the labelled texts of the tests, and then with the rules alone. Items as in
tests/evaluation/items.jsonl.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

sys.path.insert(0, str(Path(__file__).parents[1]))

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.model import Status
from monitor.rules import load_rules, shipped_rules
from tests.evaluation.scores import (
    EPISODE,
    Scores,
    Tally,
    held_out,
    labelled,
    own_texts,
    reader,
    scores,
)

STATUSES: tuple[str, ...] = get_args(Status)
NONE = "none"


def line(name: str, tally: Tally) -> str:
    return (
        f"{name:30} P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"
        f"  ({tally.right} right, {tally.wrong} wrong, {tally.missed} missed)"
    )


def table(told: Scores) -> Iterator[str]:
    """Statuses as labelled (down) and as found (across); "none": the type was missed."""
    columns = (*STATUSES, NONE)
    yield " " * 14 + "".join(f"{name:>12}" for name in columns)
    for wanted in STATUSES:
        counts = (told.confusion[wanted, found] for found in columns)
        yield f"{wanted:14}" + "".join(f"{count or '.':>12}" for count in counts)


def report(name: str, extractor: Extractor, items: Sequence[Mapping[str, Any]]) -> None:
    begun = time.perf_counter()
    told = scores(extractor, items)
    rate = len(items) / (time.perf_counter() - begun)
    print(f"\n== {name}: {len(items)} texts, {rate:.0f} a second one by one")
    print(line("entities", told.entities))
    print(line("event types", told.types))
    print(line("events with status", told.statuses))
    print(line("claims", told.claims))
    print(line("claims with basis", told.claims_with_basis))
    for kind in sorted(told.by_type):
        print(line(f"  {kind}", told.by_type[kind]))
        print(line("    with status", told.by_type_status[kind]))
    print("\n".join(table(told)))
    print(f"look-alikes with an event: {len(told.alarmed)} of {told.look_alikes}")
    for alarm in told.false_alarms:
        print(f"  false alarm in {alarm}")


def main(paths: list[Path]) -> None:
    rules, nlp = load_rules([shipped_rules()]), load_nlp()
    if paths:
        for path in paths:
            report(path.name, reader(rules, nlp), labelled(path))
        return
    for how, one in (("rules and spaCy", nlp), ("rules alone", None)):
        report(f"the episode, {how}", reader(rules, one), labelled(EPISODE))
        report(f"texts nothing was learned from, {how}", reader(rules, one), held_out())
        report(f"own texts, {how}", reader(rules, one), own_texts())


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
