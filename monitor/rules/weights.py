"""Weights of words that were learned from labelled texts: the files `*.weights` of the rules.

A file holds one log-linear model (Berger, Della Pietra and Della Pietra 1996). Its first line that
is no comment names the classes; each other line is a feature, a tab and `class:weight` for the
classes that it speaks for or against, classes by number and weights in hundredths. The feature
`(always)` is the bias.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.errors import Mistake

ALWAYS = "(always)"
SCALE = 100
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """One model. `matrix` has a row for each feature, a column for each class."""

    classes: tuple[str, ...]
    rows: Mapping[str, int]
    matrix: Array

    def scores(self, features: Mapping[str, float]) -> Array:
        """Log-odds (or, where one class holds, unnormalised log-probabilities) by class."""
        told = [(self.rows[name], value) for name, value in features.items() if name in self.rows]
        always = self.matrix[self.rows[ALWAYS]]
        if not told:
            return always
        places, values = zip(*told, strict=True)
        spoken = np.asarray(values, np.float32) @ self.matrix[list(places)]
        return np.asarray(always + spoken, np.float32)

    def of(self, name: str, number: int) -> float:
        """What a feature speaks for a class."""
        place = self.rows.get(name)
        return 0.0 if place is None else float(self.matrix[place, number])


def read_weights(path: Path) -> tuple[Weights | None, list[Mistake]]:
    """The model in a file, or what is wrong with it."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    told = [(number, line) for number, line in lines if line and not line.startswith("# ")]
    if not told:
        return None, [Mistake(str(path), "line 1", "names no classes")]
    classes = tuple(told[0][1].split())
    rows: dict[str, int] = {}
    matrix = np.zeros((len(told) - 1, len(classes)), np.float32)
    for place, (number, line) in enumerate(told[1:]):
        name, _, weights = line.partition("\t")
        rows[name] = place
        try:
            for weight in weights.split():
                column, _, amount = weight.partition(":")
                matrix[place, int(column)] = int(amount) / SCALE
        except (ValueError, IndexError):
            what = f"{weight!r} is no `class:weight`, with a class from 0 to {len(classes) - 1}"
            return None, [Mistake(str(path), f"line {number}", what)]
    if ALWAYS not in rows:
        return None, [Mistake(str(path), "", f"has no line {ALWAYS!r}")]
    return Weights(classes, rows, matrix), []


def written(weights: Weights, comment: Iterable[str]) -> str:
    """The text of a file, without what weighs less than a hundredth."""
    lines = [f"# {line}" for line in comment]
    lines.append(" ".join(weights.classes))
    hundredths = np.rint(weights.matrix * SCALE).astype(int)
    for name in sorted(weights.rows, key=lambda name: (name != ALWAYS, name)):
        row = hundredths[weights.rows[name]]
        told = " ".join(f"{number}:{row[number]}" for number in np.flatnonzero(row))
        if told or name == ALWAYS:
            lines.append(f"{name}\t{told}")
    return "\n".join(lines) + "\n"
