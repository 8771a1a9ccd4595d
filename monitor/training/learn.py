"""Labelled texts → the weights of the four models, and how good they are on texts not learned from.

The models of a text as a whole learn from what those of its sentences say of texts that these have
not learned from (stacking, Wolpert 1992); else they would trust them too much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.extract.events import Match, best_told
from monitor.extract.extractor import Extractor, Studied
from monitor.extract.features import Scanned, of_place, of_sentence
from monitor.extract.items import Item
from monitor.extract.weighing import (
    STATUSES,
    Place,
    Weighing,
    met_by,
    of_statuses,
    of_type,
    plainness,
)
from monitor.extract.weights import Weights
from monitor.training.maxent import Features, binary, exclusive
from monitor.training.texts import Label, Labelled

Models = Mapping[str, Weights]
FOLDS = 5
RARE = 6  # texts: what fewer have is chance
# variances of the weights, chosen by cross-validation
SENTENCES, PLACES, TEXTS = 0.3, 0.05, 0.3
GUESSED = 0.5  # share of a label of which it is not said where it stands
ROUNDS = 2  # in the second, sentences that are not known to tell an event are guessed by the first


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled text with what is looked at in it."""

    text: Labelled
    studied: Studied
    met: tuple[Sequence[Match], ...]  # by sentence

    def at(self, label: Label) -> tuple[int, Item] | None:
        """The sentence and the place that tell an event, where they are known."""
        if label.start is None or label.end is None:
            return None
        start, end = (self.studied.read.place(place) for place in (label.start, label.end))
        for number, one in enumerate(self.studied.sentences):
            if one.sentence.start <= start < one.sentence.end:
                return number, Item(start, min(end, one.sentence.end))
        return None


Part = tuple[Models, Sequence[Lesson]]


def lessons(texts: Sequence[Labelled], extractor: Extractor) -> list[Lesson]:
    return [_lesson(text, extractor.study(text.article)) for text in texts]


def _lesson(text: Labelled, studied: Studied) -> Lesson:
    met: dict[int, list[Match]] = defaultdict(list)
    for match in studied.matches:
        met[match.sentence.start].append(match)
    return Lesson(text, studied, tuple(met[one.sentence.start] for one in studied.sentences))


def learn(taught: Sequence[Lesson], types: Sequence[str], parts: Sequence[Part]) -> Models:
    """The models learned from all lessons; `parts` as from held_out."""
    return _with_texts(_of_sentences(taught, types), parts, types)


def cross_validated(
    types: Sequence[str], parts: Sequence[Part]
) -> Iterator[tuple[Lesson, set[tuple[str, str]], set[tuple[str, str]]]]:
    """Each whole text, what models that have not seen it tell, and what the rules alone tell."""
    for number, (fold, held) in enumerate(parts):
        others = [part for place, part in enumerate(parts) if place != number]
        weighing = Weighing(_with_texts(fold, others, types), set(types))
        for one in held:
            weighed = weighing.told(one.studied.sentences, one.studied.matches)
            plain = best_told(one.studied.matches)
            yield (
                one,
                {(told.place.type, told.status) for told in weighed},
                {(match.ready.rule.id, match.judged.status) for match in plain},
            )


def held_out(taught: Sequence[Lesson], types: Sequence[str]) -> Iterator[Part]:
    """Models of sentences learned from all folds but one, and the whole texts of that one."""
    for fold in range(FOLDS):
        others = [one for place, one in enumerate(taught) if place % FOLDS != fold]
        held = [one for place, one in enumerate(taught) if place % FOLDS == fold and one.text.whole]
        yield _of_sentences(others, types), held


# ---- sentences and places


def _of_sentences(taught: Sequence[Lesson], types: Sequence[str]) -> Models:
    return {"sentences": _learn_sentences(taught, types), "places": _learn_places(taught, types)}


def _learn_sentences(taught: Sequence[Lesson], types: Sequence[str]) -> Weights:
    features = [
        of_sentence(one, [met_by(match) for match in met])
        for lesson in taught
        for one, met in zip(lesson.studied.sentences, lesson.met, strict=True)
    ]
    labels = _sentence_labels(taught, types, None)
    weights = binary(features, labels, types, prior=SENTENCES, at_least=RARE)
    for _ in range(ROUNDS - 1):
        guesses = np.array([weights.scores(one) for one in features])
        labels = _sentence_labels(taught, types, guesses)
        weights = binary(features, labels, types, prior=SENTENCES, at_least=RARE)
    return weights


def _sentence_labels(
    taught: Sequence[Lesson], types: Sequence[str], guesses: np.ndarray | None
) -> np.ndarray:
    """Sentences × types: whether it tells such an event, nan where that is not known."""
    count = sum(len(lesson.met) for lesson in taught)
    labels, first = np.zeros((count, len(types))), 0
    for lesson in taught:
        here = slice(first, first + len(lesson.met))
        first = here.stop
        if lesson.text.only:
            others = [place for place, one in enumerate(types) if one != lesson.text.only]
            labels[here, others] = np.nan
        for kind in {one.type for one in lesson.text.events} & set(types):
            column = types.index(kind)
            known = [
                at[0] for one in lesson.text.events if one.type == kind and (at := lesson.at(one))
            ]
            if lesson.text.whole or not known:
                labels[here, column] = np.nan  # other sentences may tell it again
            if not known:
                told = None if guesses is None else guesses[here, column]
                known = _likeliest(lesson, kind, told)
            for place in known:
                labels[here.start + place, column] = 1
    return labels


def _likeliest(lesson: Lesson, kind: str, guesses: np.ndarray | None) -> list[int]:
    """The sentence that tells a type: one in which the rules see it, or the best guess."""
    met = {
        number: max(
            (match.ready.pattern.score for match in matches if match.ready.rule.id == kind),
            default=0.0,
        )
        for number, matches in enumerate(lesson.met)
    }
    seen = [number for number, score in met.items() if score]
    if seen:
        sentences = lesson.studied.sentences
        return [max(seen, key=lambda one: (not sentences[one].sentence.title, met[one]))]
    return [int(np.argmax(guesses))] if guesses is not None and len(guesses) else []


def _learn_places(taught: Sequence[Lesson], types: Sequence[str]) -> Weights:
    features: list[Features] = []
    statuses: list[str] = []
    shares: list[float] = []
    for lesson in taught:
        for label in lesson.text.events:
            if label.type in types:
                for one, share in _places_of(lesson, label):
                    features.append(one)
                    statuses.append(label.status)
                    shares.append(share)
    return exclusive(features, statuses, shares, STATUSES, prior=PLACES, at_least=RARE)


def _places_of(lesson: Lesson, label: Label) -> Iterator[tuple[Features, float]]:
    """Where an event is told: at its trigger and at that of the rules' pattern next to it; where
    that is not known at all triggers that may be meant.
    """
    sentences = lesson.studied.sentences
    at = lesson.at(label)
    if at:
        number, item = at
        yield of_place(sentences[number], item, label.type, None), 1.0
        near = [match for match in lesson.met[number] if _asked(match, label.type)]
        if near:
            match = min(near, key=lambda match: (_apart(match.trigger, item), *plainness(match)))
            yield _at_trigger(sentences[number], match), 1.0
        return
    same = {one.status for one in lesson.text.events if one.type == label.type}
    for one, met in zip(sentences, lesson.met, strict=True):
        for match in met:
            if _asked(match, label.type) and (
                len(same) == 1 or match.judged.status == label.status
            ):
                yield _at_trigger(one, match), GUESSED


def _asked(match: Match, kind: str) -> bool:
    return match.ready.rule.id == kind and not match.ready.pattern.fixed


def _apart(one: Item, other: Item) -> int:
    return max(0, one.start - other.end, other.start - one.end)


def _at_trigger(scanned: Scanned, match: Match) -> Features:
    return of_place(scanned, match.trigger, match.ready.rule.id, met_by(match))


# ---- whole texts


def _with_texts(models: Models, parts: Sequence[Part], types: Sequence[str]) -> Models:
    """`parts`: texts, and models that have not learned from them."""
    kinds: list[Features] = []
    statuses: list[Features] = []
    told_kinds: list[float] = []
    told_statuses: list[float] = []
    for fold, held in parts:
        weighing = Weighing(fold, set(types))
        for lesson in (one for one in held if one.studied.matches):
            for places, by_rules in _by_type(lesson, weighing).values():
                kind = places[0].type
                labelled = {one.status for one in lesson.text.events if one.type == kind}
                kinds.append(of_type(places, by_rules))
                told_kinds.append(float(bool(labelled)))
                for status, features in of_statuses(places, by_rules).items():
                    statuses.append(features)
                    told_statuses.append(float(status in labelled))
    return {
        **models,
        "types": binary(kinds, np.array(told_kinds)[:, None], ["told"], prior=TEXTS),
        "statuses": binary(statuses, np.array(told_statuses)[:, None], ["told"], prior=TEXTS),
    }


def _by_type(lesson: Lesson, weighing: Weighing) -> dict[str, tuple[list[Place], set[str]]]:
    plain = best_told(lesson.studied.matches)
    found: dict[str, tuple[list[Place], set[str]]] = {}
    for place in weighing.places(lesson.studied.sentences, lesson.studied.matches):
        by_rules = {one.judged.status for one in plain if one.ready.rule.id == place.type}
        found.setdefault(place.type, ([], set(by_rules)))[0].append(place)
    return found
