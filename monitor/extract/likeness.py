"""How likely two articles tell one story. Pure.

What they share speaks for it: phrases, words, names, figures, what is said to happen. What sets
them apart speaks against it: another day, other figures, another main actor, what is done in one
and undone in the other. The sum is log-odds of which every term can be read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

from monitor.extract import similar

DAY = 86_400  # seconds
OPENING = 30  # news says what is new in the first so many content words
UNDONE = ("denied", "reversed")


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds that two articles tell one story: `bias` plus each term, 0 to 1, times its weight
    (days apart are counted as they are)."""

    bias: float = -3.1
    copied: float = 8.0  # share of 3-grams, where the openings are alike too: no shared footer
    words: float = 6.0
    opening: float = 12.0  # of the words, those that come first
    title: float = 7.0
    names: float = 2.0  # proper names that are no entities
    figures: float = 5.0
    entities: float = 4.5  # where the words are alike too, as with what happens
    events: float = 3.5  # type with status: what is planned and what is done are two stories
    main_event: float = 11.0  # what each opens with is in the other
    untold: float = 3.0  # of one of them it is not known what happens
    day_apart: float = -2.4
    other_day: float = -3.5  # the weekdays they name are not the same days
    other_names: float = -0.6
    other_figures: float = -1.8
    template: float = -4.5  # alike in words, yet of another day or with other figures
    rivals: float = -8.0  # the company or person that each names first is not in the other
    other_event: float = -3.0  # what is told first in each is no matter of the other
    moved_on: float = -3.0  # the same is told with another status, a day or more later
    turned: float = -12.0  # what is done in one is undone or denied in the other
    enough: float = 11.0  # what is shared beside phrases counts up to this, not to outweigh all
    grounded: float = 0.15  # likeness of words from which on what is said to happen counts in full


class Traits(Protocol):
    """What of an article is compared."""

    @property
    def said_at(self) -> datetime: ...
    @property
    def sketch(self) -> tuple[int, ...]: ...
    @property
    def title(self) -> tuple[str, ...]: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def figures(self) -> tuple[str, ...]: ...
    @property
    def entities(self) -> tuple[str, ...]: ...
    @property
    def events(self) -> tuple[str, ...]: ...
    @property
    def event_types(self) -> tuple[str, ...]: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def days(self) -> tuple[str, ...]: ...
    @property
    def actors(self) -> tuple[str, ...]: ...
    @property
    def evidence(self) -> bool: ...


def terms_of(traits: Traits) -> Iterator[str]:
    """What rarity counts of an article."""
    return chain(traits.words, traits.figures, traits.entities, traits.events)


def likeness(
    left: Traits, right: Traits, rarity: similar.Rarity, weights: Weights
) -> dict[str, float]:
    """The terms of the log-odds that two articles tell one story.

    That the same kind of thing happens, or to the same, tells only in so far as the words are alike
    too: half of the day's news may be about tariffs, and half of them those of one country.
    """
    words = similar.overlap(left.words, right.words, rarity)
    opening = similar.overlap(left.words[:OPENING], right.words[:OPENING], rarity)
    grounds = min(1.0, words / weights.grounded)
    heads = min(1.0, opening / weights.grounded)
    entities = grounds * similar.overlap(left.entities, right.entities, rarity)
    days = days_between(left, right)
    untold = not left.events or not right.events or left.evidence != right.evidence
    other_day = disjoint(left.days, right.days)
    other_figures = similar.apart(left.figures, right.figures, rarity)
    terms = {
        "bias": weights.bias,
        "copied": weights.copied * heads * similar.jaccard(left.sketch, right.sketch),
        "words": weights.words * words,
        "opening": weights.opening * opening,
        "title": weights.title * similar.overlap(left.title, right.title, rarity),
        "names": weights.names * similar.overlap(left.names, right.names, rarity),
        "figures": weights.figures * similar.overlap(left.figures, right.figures, rarity),
        "entities": weights.entities * entities,
        "events": weights.events * grounds * similar.overlap(left.events, right.events, rarity),
        "main_event": weights.main_event * grounds * _same_main(left.events, right.events),
        "untold": weights.untold * grounds * untold,
        "day_apart": weights.day_apart * days,
        "other_day": weights.other_day * other_day,
        "other_names": weights.other_names * similar.apart(left.names, right.names, rarity),
        "other_figures": weights.other_figures * other_figures,
        "rivals": weights.rivals * _rivals(left.actors, right.actors),
        "template": weights.template * words * max(other_day, other_figures),
        "other_event": weights.other_event * _other_event(left, right),
        "moved_on": weights.moved_on * min(1.0, days) * _moved_on(left, right),
        "turned": weights.turned * _turned(left.events, right.events),
    }
    shared = math.fsum(value for name, value in terms.items() if value > 0 and name != "copied")
    terms["enough"] = weights.enough * math.tanh(shared / weights.enough) - shared
    return terms


def probability(log_odds: float) -> float:
    return 0.5 * (1.0 + math.tanh(log_odds / 2))


def days_between(left: Traits, right: Traits) -> float:
    return abs((left.said_at - right.said_at).total_seconds()) / DAY


def _same_main(left: Sequence[str], right: Sequence[str]) -> bool:
    return bool(left and right) and left[0] in right and right[0] in left


def _other_event(left: Traits, right: Traits) -> bool:
    if left.evidence or right.evidence:
        return False
    return (
        left.event_types[0] not in right.event_types
        and right.event_types[0] not in left.event_types
    )


def _moved_on(left: Traits, right: Traits) -> bool:
    """Whether both tell first of the same kind of event, and neither with the other's status."""
    if left.evidence or right.evidence or left.event_types[0] != right.event_types[0]:
        return False
    return left.events[0] not in right.events and right.events[0] not in left.events


def disjoint(left: Sequence[str], right: Sequence[str]) -> bool:
    return bool(left and right) and not set(left).intersection(right)


def _rivals(left: Sequence[str], right: Sequence[str]) -> bool:
    return bool(left and right) and left[0] not in right and right[0] not in left


def _turned(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether the main event of one is told the other way round in the other, and there alone."""
    return any(
        _undone(one[0]) not in {_undone(event) for event in told}
        for one, other in ((left, right), (right, left))
        if one and (told := [e for e in other if e.partition("/")[0] == one[0].partition("/")[0]])
    )


def _undone(event: str) -> bool:
    return event.partition("/")[2] in UNDONE
