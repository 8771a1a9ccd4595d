"""Which stories may be why a security moved, or that none is. Pure.

A candidate's score is a sum of named terms, each a weight times a figure from 0 to 1, so that a
reader can see what it is made of. It ranks; it is no probability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import log2

from monitor.errors import MonitorError
from monitor.model import (
    Candidate,
    Explanation,
    Exposure,
    Move,
    MoveVerdict,
    NoReaction,
    Reaction,
    Status,
    Story,
    Timing,
)

# What a status adds, a denial least: it is news, but of what will not be.
STATUS: Mapping[Status, float] = {
    "occurred": 1.0,
    "announced": 0.9,
    "reversed": 0.9,
    "considered": 0.7,
    "denied": 0.2,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """How the terms of the score weigh, and where its verdicts lie.

    The six terms add up to 1. They are chosen so that a story of an earlier session explains a
    move only where it tells of that move itself, and a report of the move alone never does.
    `recency` is what a story's timing is worth by how many sessions before the move its event
    session was, 0 first; older stories are no candidates.
    """

    directness: float = 0.30  # how strongly the story touches the security
    timing: float = 0.30  # whether it came when the move did
    event: float = 0.15  # whether such events move prices
    status: float = 0.10  # whether it happened or is only talked of
    attribution: float = 0.10  # whether the story itself tells of this session's move
    corroboration: float = 0.05  # how many outlets carry it
    recency: tuple[float, ...] = (1.0, 0.4, 0.15, 0.05)
    late: float = 0.6  # left of the timing where the price is known to have moved first
    outlets: int = 8  # as many outlets count in full
    prior: float = 0.5  # of an event type that has none of its own
    evidence: float = 0.3  # a story with no prior above this reports or comments: no cause
    evidence_keeps: float = 0.4  # and keeps this part of its score
    explained: float = 0.73
    weakly: float = 0.55
    max_p: float = 0.05  # an abnormal return with a larger p-value is chance ...
    small_move: float = 0.03  # ... and with a return below this, up or down, no move at all

    def __post_init__(self) -> None:
        terms = (self.directness, self.timing, self.event)
        more = (self.status, self.attribution, self.corroboration)
        if abs(sum(terms) + sum(more) - 1) > 1e-9 or min(terms + more) < 0:
            raise MonitorError("weights of an explanation: the terms must add up to 1")
        if not self.recency:
            raise MonitorError("weights of an explanation: recency must name at least one session")


@dataclass(frozen=True, slots=True)
class StoryAt:
    """A story set against the sessions.

    `event_session` is the first session whose prices could show it; `speaks_of` are the sessions of
    whose price of the security it tells (the days of its claims).
    """

    story: Story
    exposure: Exposure
    event_session: date
    reaction: Reaction | NoReaction
    speaks_of: tuple[date, ...] = ()


def explain(
    move: Move,
    abnormal: Reaction | NoReaction,
    stories: Sequence[StoryAt],
    *,
    as_of: datetime,
    opened: datetime,
    previous_sessions: Sequence[date],
    priors: Mapping[str, float],
    weights: Weights | None = None,
    move_began: datetime | None = None,
) -> Explanation:
    """The move with its candidate stories, best first, and the verdict.

    `abnormal` is the session alone, window (0, 0). `opened` is the session's open and
    `previous_sessions` those before it, newest first: as far as they and `Weights.recency` reach,
    stories are candidates. `priors`: how likely an event of a type moves a price, 0 to 1. Stories
    first seen after `as_of` do not count. `move_began`: when, where intraday bars tell.
    """
    weights = weights or Weights()
    candidates = []
    for one in stories:
        age = _age(one, move, previous_sessions)
        if one.story.first_seen_at > as_of or age is None or age >= len(weights.recency):
            continue
        timing = _timing(one.story, move, opened, move_began)
        reasons = _reasons(one, move, age, timing, priors=priors, weights=weights)
        score = min(1.0, max(0.0, sum(reasons.values())))
        candidates.append(Candidate(one.story, score, reasons, timing, one.reaction))
    candidates.sort(key=lambda one: (-round(one.score, 9), one.story.first_seen_at, one.story.id))
    return Explanation(
        symbol=move.symbol,
        session=move.session,
        move=move,
        abnormal=abnormal,
        verdict=_verdict(move, abnormal, candidates, weights),
        candidates=tuple(candidates),
        as_of=as_of,
    )


def _verdict(
    move: Move,
    abnormal: Reaction | NoReaction,
    candidates: Sequence[Candidate],
    weights: Weights,
) -> MoveVerdict:
    """Without an abnormal return the size of the move alone decides whether there is one.

    A move that chance alone makes often enough needs no story: one explains it weakly at best.
    """
    known = isinstance(abnormal, Reaction)
    significant = isinstance(abnormal, Reaction) and abnormal.p_value <= weights.max_p
    if not significant and abs(move.ret) < weights.small_move:
        return "no-move"
    best = candidates[0].score if candidates else 0.0
    if best >= weights.explained and (significant or not known):
        return "explained"
    return "weakly-explained" if best >= weights.weakly else "unexplained"


def _age(one: StoryAt, move: Move, previous_sessions: Sequence[date]) -> int | None:
    """How many sessions before the move the story could first be felt; None: it is no candidate.

    A story first seen after the move's close has a later event session. It cannot be the cause as
    it was seen, but where it tells of this very move it shows what the press took for the cause.
    """
    if one.event_session > move.session:
        return 0 if move.session in one.speaks_of else None
    sessions = (move.session, *previous_sessions)
    return sessions.index(one.event_session) if one.event_session in sessions else None


def _timing(story: Story, move: Move, opened: datetime, move_began: datetime | None) -> Timing:
    if move_began is not None:
        return "news-first" if story.public_at <= move_began else "price-first"
    if story.public_at < opened:
        return "news-first"
    return "unknown" if story.public_at < move.known_at else "price-first"


def _reasons(
    one: StoryAt,
    move: Move,
    age: int,
    timing: Timing,
    *,
    priors: Mapping[str, float],
    weights: Weights,
) -> dict[str, float]:
    """The terms of the score; what makes it less than their sum is a term below zero."""
    seen_later = one.event_session > move.session
    when = 0.0 if seen_later else weights.recency[age]
    if timing == "price-first":
        when *= weights.late
    prior, status = _weightiest(one.story, priors, weights)
    outlets = log2(max(1, len(one.story.outlets))) / log2(max(2, weights.outlets))
    reasons = {
        "directness": weights.directness * min(1.0, one.exposure.weight),
        "timing": weights.timing * when,
        "event": weights.event * prior,
        "status": weights.status * status,
        "attribution": weights.attribution * (move.session in one.speaks_of),
        "corroboration": weights.corroboration * min(1.0, outlets),
    }
    if prior <= weights.evidence:
        reasons["evidence-only"] = -(1 - weights.evidence_keeps) * sum(reasons.values())
    return reasons


def _weightiest(story: Story, priors: Mapping[str, float], weights: Weights) -> tuple[float, float]:
    """Prior and status of the story's event that could move a price most; (0, 0) without events."""
    events = [(priors.get(kind, weights.prior), STATUS[status]) for kind, status in story.events]
    return max(
        events,
        key=lambda event: weights.event * event[0] + weights.status * event[1],
        default=(0.0, 0.0),
    )
