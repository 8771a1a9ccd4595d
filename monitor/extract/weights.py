"""Weights of words that were learned from labelled texts: the files `*.weights` of the rules.

A file holds one log-linear model (Berger, Della Pietra and Della Pietra 1996). Its first line that
is no comment names the classes; each other line is a feature, a tab and `class:weight` for the
classes that it speaks for or against, classes by number and weights in hundredths. The feature
`(always)` is the bias.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ConfigError, Mistake

ALWAYS = "(always)"
MODELS = ("sentences", "places", "types", "statuses")
SCALE = 100
TOLD_OF = 4  # features that an explanation names
LEAST = 3  # hundredths: what weighs less is not written
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
        always: Array = self.matrix[self.rows[ALWAYS]]
        if not told:
            return always
        places, values = zip(*told, strict=True)
        spoken = np.asarray(values, np.float32) @ self.matrix[list(places)]
        found: Array = np.asarray(always + spoken, np.float32)
        return found

    def of(self, name: str, number: int) -> float:
        """What a feature speaks for a class."""
        place = self.rows.get(name)
        return 0.0 if place is None else float(self.matrix[place, number])

    def heaviest(self, features: Mapping[str, float], number: int) -> list[tuple[str, float]]:
        """The features that speak most for a class over what they say of all, the most first."""
        found = []
        for name, value in features.items():
            if name in self.rows:
                row = self.matrix[self.rows[name]]
                found.append((name, value * float(row[number] - row.mean())))
        return sorted(found, key=lambda one: (-abs(one[1]), one[0]))[:TOLD_OF]


def read_models(files: Mapping[str, Path]) -> dict[str, Weights]:
    """The models in files, by name: all of MODELS, or none. Raises ConfigError with what is wrong
    in each file.
    """
    models: dict[str, Weights] = {}
    folders = ", ".join(sorted({str(path.parent) for path in files.values()}))
    mistakes = [
        Mistake(folders, "", f"has weights, but no {name}.weights")
        for name in MODELS
        if files and name not in files
    ]
    mistakes += [
        Mistake(str(path), "", f"is none of the weights {', '.join(MODELS)}")
        for name, path in files.items()
        if name not in MODELS
    ]
    for name, path in files.items():
        try:
            models[name] = _read(path.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError) as error:
            mistakes.append(Mistake(str(path), "", str(error)))
    if mistakes:
        raise ConfigError(mistakes)
    return models


def _read(lines: Sequence[str]) -> Weights:
    told = [line for line in lines if line and not line.startswith("# ")]
    if not told:
        raise ValueError("names no classes")
    classes, rows = tuple(told[0].split()), {}
    places: list[int] = []
    columns: list[int] = []
    amounts: list[int] = []
    for row, line in enumerate(told[1:]):
        name, _, weights = line.partition("\t")
        rows[name] = row
        for weight in weights.split():
            column, _, amount = weight.partition(":")
            try:
                places.append(row)
                columns.append(int(column))
                amounts.append(int(amount))
            except ValueError:
                raise ValueError(f"{weight!r}, of {name!r}, is no `class:weight`") from None
    if ALWAYS not in rows:
        raise ValueError(f"has no line {ALWAYS!r}")
    if columns and not 0 <= min(columns) <= max(columns) < len(classes):
        raise ValueError(f"speaks of a class {max(columns)}, and has only {len(classes)}")
    matrix = np.zeros((len(rows), len(classes)), np.float32)
    matrix[places, columns] = np.asarray(amounts) / SCALE
    return Weights(classes, rows, matrix)


def written(weights: Weights, comment: Iterable[str]) -> str:
    """The text of a file, without what weighs next to nothing."""
    lines = [f"# {line}" for line in comment]
    lines.append(" ".join(weights.classes))
    hundredths = np.rint(weights.matrix * SCALE).astype(int)
    for name in sorted(weights.rows, key=lambda name: (name != ALWAYS, name)):
        row = hundredths[weights.rows[name]]
        heavy = np.flatnonzero(abs(row) >= LEAST)
        told = " ".join(f"{number}:{row[number]}" for number in heavy)
        if told or name == ALWAYS:
            lines.append(f"{name}\t{told}")
    return "\n".join(lines) + "\n"
