"""Which stories may be why a security moved, or that none is. Pure.

A conditional logit (McFadden 1974, "Conditional logit analysis of qualitative choice behavior"):
each candidate has a utility, the weighted sum of its clues, and so has "none of them". A score is
exp(utility) over the sum of all, the probability that this candidate is the cause under the model;
what is left to 1 is that of none. The terms of a utility are shown group by group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import exp
from typing import Final

from monitor.correlate.clues import (
    Scene,
    StoryAt,
    age_of,
    clues_of,
    is_cause,
    reasons_of,
    tells_of,
    timing_of,
    when_of,
)
from monitor.correlate.pointers import pointed_at
from monitor.correlate.weights import LEARNED
from monitor.model import Candidate, Explanation, MoveVerdict, NoReaction, Reaction, Reason, Timing

LARGE: Final = 0.2  # a return as large counts in full


@dataclass(frozen=True, slots=True)
class Weights:
    """How the clues weigh, and where the verdicts lie. A clue without a weight weighs nothing."""

    clues: Mapping[str, float] = field(default_factory=lambda: LEARNED)
    explained: float = 0.8  # probability that the cause is among the candidates
    weakly: float = 0.6
    max_p: float = 0.05  # an abnormal return with a larger p-value is chance ...
    small_move: float = 0.03  # ... and with a return below this, up or down, no move at all


@dataclass(frozen=True, slots=True)
class Choice:
    """A candidate with its clues; `reports` are ids of stories that report the move and name it."""

    at: StoryAt
    clues: Mapping[str, float]
    reports: tuple[str, ...]


def explain(
    scene: Scene,
    abnormal: Reaction | NoReaction,
    stories: Sequence[StoryAt],
    *,
    as_of: datetime,
    weights: Weights | None = None,
) -> Explanation:
    """The move with its candidate stories, best first, and the verdict.

    `abnormal` is the session alone, window (0, 0). Stories first seen after `as_of` do not count.
    """
    weights = weights or Weights()
    known = bool(isinstance(abnormal, Reaction))
    significant = isinstance(abnormal, Reaction) and abnormal.p_value <= weights.max_p
    rows = choices(scene, stories, as_of)
    terms = [_terms(row.clues, weights.clues) for row in rows]
    nothing = none_of(scene, stories, as_of, chance=known and not significant)
    none = sum(_terms(nothing, weights.clues).values())
    utilities = [exp(sum(one.values())) for one in terms]
    total = exp(none) + sum(utilities)
    candidates = [
        Candidate(
            row.at.story,
            utility / total,
            reasons,
            _timing(row.at, scene),
            row.at.reaction,
            row.reports,
        )
        for row, reasons, utility in zip(rows, terms, utilities, strict=True)
    ]
    candidates.sort(key=lambda one: (-round(one.score, 9), one.story.first_seen_at, one.story.id))
    move = scene.move
    small = not significant and abs(move.ret) < weights.small_move
    # a report of the move is evidence and never the cause, but it may name one
    able = {row.at.story.id for row in rows if is_cause(row.at, scene)}
    named = sum(one.score for one in candidates if one.story.id in able)
    return Explanation(
        symbol=move.symbol,
        session=move.session,
        move=move,
        abnormal=abnormal,
        verdict="no-move" if small else _verdict(named, weights, chance=known and not significant),
        candidates=tuple(candidates),
        as_of=as_of,
        common=scene.common,
    )


def choices(scene: Scene, stories: Sequence[StoryAt], as_of: datetime) -> list[Choice]:
    """The candidates with their clues, each with the reports of the move that point at it."""
    seen = [one for one in stories if one.story.first_seen_at <= as_of]
    able = [one for one in seen if age_of(one, scene) is not None]
    reports = [one for one in seen if tells_of(one, scene.move)]
    return [
        Choice(one, clues_of(one, scene, pointing), tuple(by.story.id for by in pointing.by))
        for one, pointing in zip(able, pointed_at(reports, able), strict=True)
    ]


def none_of(
    scene: Scene, stories: Sequence[StoryAt], as_of: datetime, *, chance: bool
) -> dict[str, float]:
    """The clues of "none of them": what chance makes often enough needs no story, and the press
    may say that it knows of none."""
    told: set[Reason] = set()
    for one in stories:
        if one.story.first_seen_at <= as_of:
            told |= reasons_of(one, scene.move)
    size = abs(scene.move.ret)
    return {
        "none.always": 1.0,
        "none.size": min(1.0, size / LARGE),
        "none.chance": float(chance),
        "none.said": float("unknown" in told and "named" not in told),
        "none.unnamed": float(told == {"not-told"}),
    }


def _terms(clues: Mapping[str, float], weights: Mapping[str, float]) -> dict[str, float]:
    """The utility by group of clues, those that say nothing left out."""
    terms: dict[str, float] = {}
    for name, value in clues.items():
        term = weights.get(name, 0.0) * value
        if term:
            group = name.partition(".")[0]
            terms[group] = terms.get(group, 0.0) + term
    return terms


def _timing(one: StoryAt, scene: Scene) -> Timing:
    return timing_of(when_of(one.story, age_of(one, scene) or 0, scene))


def _verdict(named: float, weights: Weights, *, chance: bool) -> MoveVerdict:
    """A move that chance alone makes often enough is explained weakly at best."""
    if named >= weights.explained and not chance:
        return "explained"
    return "weakly-explained" if named >= weights.weakly else "unexplained"
