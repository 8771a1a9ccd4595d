"""Weights of words that were learned from labelled texts: the files `*.weights` of the rules.

A file holds one log-linear model (Berger, Della Pietra and Della Pietra 1996). Its first line that
is no comment names the classes; each other line is a feature, a tab and `class:weight` for the
classes that it speaks for or against, classes by number and weights in hundredths. The feature
`(always)` is the bias.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
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


@dataclass(frozen=True)
class Weights:
    """One model. `matrix` has a row for each feature, a column for each class."""

    classes: tuple[str, ...]
    rows: Mapping[str, int]
    matrix: Array

    def scores(self, features: Mapping[str, float]) -> Array:
        """Log-odds (or, where one class holds, unnormalised log-probabilities) by class."""
        return self.always + self.sums(features)

    @cached_property
    def always(self) -> Array:
        found: Array = self.matrix[self.rows[ALWAYS]]
        return found

    def sums(self, features: Mapping[str, float]) -> Array:
        """What features add to the scores."""
        found: Array = np.fromiter(features.values(), np.float32, len(features)) @ self.each(
            features
        )
        return found

    def each(self, names: Iterable[str]) -> Array:
        """What each feature speaks for each class: a row for each."""
        places = list(map(self.rows.get, names, repeat(-1)))
        found: Array = self._padded.take(np.array(places, np.intp), axis=0)
        return found

    @cached_property
    def _padded(self) -> Array:
        """With a last row for what is not known."""
        return np.vstack([self.matrix, np.zeros((1, len(self.classes)), np.float32)])

    def score(self, features: Mapping[str, float]) -> float:
        """The score of the first class: of few features, for which arrays do not pay."""
        known = self._first
        return known[ALWAYS] + sum(known.get(name, 0.0) * value for name, value in features.items())

    @cached_property
    def _first(self) -> Mapping[str, float]:
        return {name: float(self.matrix[row, 0]) for name, row in self.rows.items()}

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
