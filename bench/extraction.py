"""Precision, recall and F1 of extraction by event type, and which statuses are confused.

    python bench/extraction.py [FILE.jsonl …]

Without files: the labelled texts of the tests. Items as in tests/evaluation/items.jsonl.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.rules import load_rules, shipped_rules
from tests.evaluation.scores import EPISODE, OWN, Tally, labelled, scores


def line(name: str, tally: Tally) -> str:
    return (
        f"{name:24} P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"
        f"  ({tally.right} right, {tally.wrong} wrong, {tally.missed} missed)"
    )


def main(paths: list[Path]) -> None:
    rules = load_rules([shipped_rules()])
    for name, nlp in (("rules and spaCy", load_nlp()), ("rules alone", None)):
        extractor = Extractor(rules, nlp)
        for path in paths:
            items = labelled(path)
            begun = time.perf_counter()
            told = scores(extractor, items)
            rate = len(items) / (time.perf_counter() - begun)
            print(f"\n== {path.name}, {name}: {len(items)} texts, {rate:.0f} a second")
            for what in ("entities", "types", "statuses"):
                print(line(what, getattr(told, what)))
            for kind in sorted(told.by_type):
                print(line(f"  {kind}", told.by_type[kind]))
                print(line("    with status", told.by_type_status[kind]))
            for (wanted, found), count in told.confusion.most_common():
                print(f"  {wanted} taken for {found}: {count}")
            for alarm in told.false_alarms:
                print(f"  false alarm in {alarm}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [EPISODE, OWN])
