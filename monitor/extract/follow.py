"""What a new story goes on with, and how new it is. Pure.

A story is looked up in what has been told under a few keys: what happens to what it is about, who
and what it names. The last story told of the same kind of event gives its novelty; of those it
shares the most with, the likeliest that it takes further is the one it follows. That something
planned is now done, put off or denied speaks for it; that the same is told once more, as monthly
figures and round-ups are, speaks against it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.extract.likeness import days_between, probability
from monitor.extract.similar import Rarity, apart, firm_overlap, overlap
from monitor.extract.stories import Fingerprint
from monitor.model import Told

HORIZON = timedelta(days=90)  # what was told longer ago is not taken further, but begun again
LATEST = 8  # how many stories behind one key are looked at
NAMES = 8  # by how many of its names, the rarest, a story is looked up
NEARLY = 2.5  # log-odds
COMPARED = 24  # how many stories are compared in full


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds that a story takes another further: `bias` plus each term times its weight."""

    bias: float = -3.0
    words: float = 8.5
    title: float = 6.5
    names: float = 5.0
    entities: float = 4.5
    moved: float = 2.5  # the same kind of event, with another status
    again: float = -1.5  # the same kind of event with the same status
    beside: float = -1.0  # another kind of event
    evidence: float = -2.7  # one of them only reports how a price moved or what was said,
    comments: float = -3.0  # both of them do
    at_once: float = -4.0  # told within a day of one another, and none takes the other back
    template: float = -4.5  # alike in words, yet with other figures
    log_days: float = -0.1  # logarithm of 1 + days between


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Link:
    """The story that is followed. `reasons` add up to the log-odds of the score."""

    story_id: str
    score: float  # 0 to 1
    reasons: Mapping[str, float]


def keys_of(mark: Fingerprint) -> tuple[str, ...]:
    """Under what a story is kept, to be found by later ones."""
    named = (f"~{name}" for name in mark.names)
    return tuple(dict.fromkeys((*mark.matters, *mark.entities, *named)))


def asked_of(mark: Fingerprint, rarity: Rarity) -> tuple[str, ...]:
    """Under what earlier stories are looked up."""
    names = sorted(mark.names, key=lambda name: (-rarity.weight(name), name))[:NAMES]
    return tuple(dict.fromkeys((*mark.matters, *mark.entities, *(f"~{name}" for name in names))))


def novelty(mark: Fingerprint, told: Iterable[Told]) -> float | None:
    """Days since a story last told of such an event: of the same kind, about one of the same.

    None: none has, or this one tells of no event.
    """
    similar = (one.said_at for one in told if one.key in mark.matters)
    last = max(similar, default=None)
    return None if last is None else max(0.0, (mark.said_at - last) / timedelta(days=1))


def nearest(mark: Fingerprint, told: Iterable[Told]) -> dict[str, str]:
    """Story → article, of those that share the most keys with a new one, the latest first."""
    recent = [one for one in told if mark.said_at - one.said_at <= HORIZON]
    shared = Counter(one.story_id for one in recent)
    latest = {one.story_id: one for one in sorted(recent, key=lambda one: one.said_at)}
    ranked = sorted(
        latest.values(),
        key=lambda one: (-shared[one.story_id], mark.said_at - one.said_at, one.story_id),
    )
    return {one.story_id: one.article for one in ranked[:COMPARED]}


def follows(
    mark: Fingerprint,
    earlier: Mapping[str, Fingerprint],
    rarity: Rarity,
    weights: Weights = WEIGHTS,
) -> Link | None:
    """Which of some earlier stories, each by one of its articles, a new one takes further: the
    latest of those that are likelier than not and nearly as likely as the likeliest, for a story
    in several parts goes on from the last."""
    terms = {story: furthering(mark, other, rarity, weights) for story, other in earlier.items()}
    odds = {story: math.fsum(reasons.values()) for story, reasons in terms.items()}
    least = max(0.0, max(odds.values(), default=-1.0) - NEARLY)
    likely = [story for story, value in odds.items() if value >= least]
    if not likely:
        return None
    last = max(likely, key=lambda story: (earlier[story].said_at, odds[story], story))
    return Link(last, probability(odds[last]), terms[last])


def furthering(
    later: Fingerprint, earlier: Fingerprint, rarity: Rarity, weights: Weights
) -> dict[str, float]:
    """The terms of the log-odds that a story takes another further."""
    kind, status = _main(later.events)
    kind_before, status_before = _main(earlier.events)
    same = bool(kind) and kind == kind_before
    moved = same and status != status_before
    words = overlap(later.words, earlier.words, rarity)
    days = days_between(later, earlier)
    return {
        "bias": weights.bias,
        "words": weights.words * words,
        "title": weights.title * firm_overlap(later.title, earlier.title, rarity),
        "names": weights.names * firm_overlap(later.names, earlier.names, rarity),
        "entities": weights.entities * firm_overlap(later.entities, earlier.entities, rarity),
        "moved": weights.moved * moved,
        "again": weights.again * (same and not moved),
        "beside": weights.beside * (not same and bool(kind) and bool(kind_before)),
        "evidence": weights.evidence * (later.evidence or earlier.evidence),
        "comments": weights.comments * (later.evidence and earlier.evidence),
        "at_once": weights.at_once * (days < 1 and not moved),
        "template": weights.template * words * apart(later.figures, earlier.figures, rarity),
        "log_days": weights.log_days * math.log1p(days),
    }


def _main(events: Sequence[str]) -> tuple[str, str]:
    kind, _, status = (events[0] if events else "").partition("/")
    return kind, status
