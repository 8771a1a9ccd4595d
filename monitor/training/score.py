"""How good learned weights are on texts that they were not learned from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from monitor.training.learn import Part, cross_validated

Pairs = set[tuple[str, str]]


@dataclass(slots=True)
class Tally:
    """Counts over texts, of pairs of type and status or of types."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: set[Any], wanted: set[Any]) -> None:
        self.right += len(found & wanted)
        self.wrong += len(found - wanted)
        self.missed += len(wanted - found)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def document(self) -> dict[str, Any]:
        told = {"right": self.right, "wrong": self.wrong, "missed": self.missed}
        return {**told, "f1": round(self.f1, 4)}

    def __str__(self) -> str:
        counts = f"{self.right} right, {self.wrong} wrong, {self.missed} missed"
        return f"F1 {self.f1:.3f}  ({counts})"


def cross_validation(types: Sequence[str], parts: Sequence[Part]) -> dict[str, Tally]:
    """Of the articles of `parts`, each read by weights learned from the other ones, and by the
    rules alone.
    """
    scores = {
        name: Tally()
        for name in ("types", "with status", "types, rules alone", "status, rules alone")
    }
    for lesson, weighed, plain in cross_validated(types, parts):
        wanted = lesson.text.pairs
        scores["types"].add(_types(weighed), _types(wanted))
        scores["with status"].add(weighed, wanted)
        scores["types, rules alone"].add(_types(plain), _types(wanted))
        scores["status, rules alone"].add(plain, wanted)
    return scores


def _types(pairs: Pairs) -> set[str]:
    return {kind for kind, _ in pairs}
