"""What the reports of a move name as its cause. Pure.

"Shares jump as …" is evidence of a move and never its cause, but its words lead to the story it
speaks of. Two texts are compared by the words they share, each weighing by how rare it is among the
stories at hand (inverse document frequency; Spärck Jones 1972). As those are few, a number of
stories without the word is added, so that one word that two of them share still counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import log
from typing import Final

from monitor.correlate.clues import HEADLINES, Pointing, StoryAt

ALIKE: Final = 0.045  # likeness from which on a report speaks of a story
BESIDES: Final = 20  # stories without a word, beside those at hand

Weigh = Callable[[str], float]


def pointed_at(reports: Sequence[StoryAt], stories: Sequence[StoryAt]) -> list[Pointing]:
    """What the reports say of each story. No story points at itself."""
    weigh = _rarity([one.words for one in stories])
    likeness = [
        [None if report is one else _shared(report, one, weigh) for one in stories]
        for report in reports
    ]
    led = [_nearest(report, row, stories) for report, row in zip(reports, likeness, strict=True)]
    return [
        Pointing(
            max((like for row in likeness if (like := row[at]) is not None), default=None),
            tuple(report for report, to in zip(reports, led, strict=True) if to == at),
            any(r is stories[at] and to is not None for r, to in zip(reports, led, strict=True)),
        )
        for at in range(len(stories))
    ]


def _nearest(
    report: StoryAt, row: Sequence[float | None], stories: Sequence[StoryAt]
) -> int | None:
    """The story that a report speaks of: the nearest that was told before it that session."""
    if report.reports < HEADLINES:
        return None
    able = [
        (like * (1 + _same_event(report, one)), -at)
        for at, (like, one) in enumerate(zip(row, stories, strict=True))
        if like is not None
        and one.reports < HEADLINES
        and one.event_session == report.event_session
        and one.story.public_at <= report.story.public_at
    ]
    like, at = max(able, default=(0.0, 0))
    return -at if like >= ALIKE else None


def _same_event(report: StoryAt, one: StoryAt) -> bool:
    """Whether both tell of an event of one kind, beside the price."""
    kinds = {kind for kind, _ in one.story.events}
    return any(kind in kinds for kind, _ in report.story.events)


def _rarity(texts: Sequence[frozenset[str]]) -> Weigh:
    counts = Counter(word for words in texts for word in words)
    total = len(texts)
    return lambda word: log((total + BESIDES) / max(1, counts[word]))


def _shared(report: StoryAt, one: StoryAt, weigh: Weigh) -> float:
    """Cosine of the two sets of words."""
    common = sum(weigh(word) ** 2 for word in report.words & one.words)
    sizes = [sum(weigh(word) ** 2 for word in words) for words in (report.words, one.words)]
    return common / (sizes[0] * sizes[1]) ** 0.5 if min(sizes) > 0 else 0.0
