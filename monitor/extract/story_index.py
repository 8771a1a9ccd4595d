"""The recent articles, and the story among theirs that a new one belongs to. Pure.

Nothing is compared with everything: an article is looked up under what it shares with others (bands
of its sketch, names, what happens to whom), and only the few that share the rarest are compared.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.extract import similar
from monitor.extract.likeness import Weights, likeness, probability, terms_of
from monitor.extract.similar import Rarity
from monitor.extract.stories import Fingerprint

PER_KEY = 64  # how many of the latest articles behind one key are looked at
PER_STORY = 6  # how many articles of one story are compared in full,
COMPARED = 48  # and how many of all
NAMES = 12  # by how many of its names an article is looked up
MEMORY = 10_000  # how many of the latest articles tell what is rare
WEIGHTS = Weights()
COPY = 0.5  # share of 3-grams from which on an article is a copy of another

Key = int | str


@dataclass(frozen=True, slots=True)
class Match:
    """The story an article belongs to. `reasons` add up to the log-odds of the score."""

    story_id: str
    score: float  # 0 to 1
    reasons: Mapping[str, float]


class StoryIndex:
    """The articles of the last `window` by story, with ways to the few that may be alike."""

    def __init__(
        self, window: timedelta, weights: Weights = WEIGHTS, *, memory: int = MEMORY
    ) -> None:
        self.rarity = Rarity()
        self._window = window
        self._weights = weights
        self._memory = memory
        self._next = 0
        self._entries: dict[int, tuple[str, Fingerprint]] = {}
        self._by_age: list[tuple[datetime, int]] = []
        self._behind = _Postings()
        self._remembered: deque[Fingerprint] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, story_id: str, fingerprint: Fingerprint) -> None:
        number, self._next = self._next, self._next + 1
        self._entries[number] = (story_id, fingerprint)
        heapq.heappush(self._by_age, (fingerprint.seen_at, number))
        for key in _keys(fingerprint):
            self._behind.add(key, number)
        self.remember(fingerprint)

    def remember(self, fingerprint: Fingerprint) -> None:
        """Counts an article towards what is rare. The first of too many is forgotten."""
        self._remembered.append(fingerprint)
        self.rarity.count(terms_of(fingerprint))
        if len(self._remembered) > self._memory:
            self.rarity.count(terms_of(self._remembered.popleft()), -1)

    def find(self, fingerprint: Fingerprint) -> Match | None:
        """The likeliest story, if it is likelier than not. Articles that the window has left behind
        by the time this one was seen are dropped."""
        self._drop(fingerprint.seen_at - self._window)
        best: Match | None = None
        for story_id, members in self.candidates(fingerprint).items():
            terms = [
                likeness(fingerprint, member, self.rarity, self._weights) for member in members
            ]
            match = _match(story_id, terms, self._weights)
            if match.score >= 0.5 and (best is None or match.score > best.score):
                best = match
        return best

    def candidates(self, fingerprint: Fingerprint) -> dict[str, list[Fingerprint]]:
        """By story, the articles that share the most, and the rarest, keys with this one."""
        shared: dict[int, float] = defaultdict(float)
        for key in _keys(fingerprint):
            numbers = self._behind.latest(key)
            if numbers:
                telling = math.log(1.0 + len(self._entries) / self._behind.count(key))
                for number in numbers:
                    shared[number] += telling
        found: dict[str, list[Fingerprint]] = {}
        taken = 0
        ranked = heapq.nlargest(4 * COMPARED, ((n, number) for number, n in shared.items()))
        for _, number in ranked:
            story_id, other = self._entries[number]
            near = abs(other.said_at - fingerprint.said_at) <= self._window
            if near and len(found.get(story_id, ())) < PER_STORY:
                found.setdefault(story_id, []).append(other)
                taken += 1
            if taken == COMPARED:
                break
        return found

    def _drop(self, before: datetime) -> None:
        while self._by_age and self._by_age[0][0] < before:
            _, number = heapq.heappop(self._by_age)
            _, fingerprint = self._entries.pop(number)
            for key in _keys(fingerprint):
                self._behind.remove(key, number)


class _Postings:
    """Which articles lie behind a key, in the order they came. Most keys have one, so one is kept
    as it is."""

    def __init__(self) -> None:
        self._behind: dict[Key, int | list[int]] = {}

    def add(self, key: Key, number: int) -> None:
        there = self._behind.get(key)
        if there is None:
            self._behind[key] = number
        elif isinstance(there, int):
            self._behind[key] = [there, number]
        else:
            there.append(number)

    def remove(self, key: Key, number: int) -> None:
        there = self._behind[key]
        if isinstance(there, int):
            del self._behind[key]
            return
        there.remove(number)  # the oldest goes first, so it is found at once
        if not there:
            del self._behind[key]

    def latest(self, key: Key) -> list[int]:
        there = self._behind.get(key)
        if there is None:
            return []
        return [there] if isinstance(there, int) else there[-PER_KEY:]

    def count(self, key: Key) -> int:
        there = self._behind[key]
        return 1 if isinstance(there, int) else len(there)


def _keys(fingerprint: Fingerprint) -> Iterator[Key]:
    yield from similar.bands(fingerprint.sketch)
    for name in fingerprint.names[:NAMES]:
        yield f"~{name}"
    for figure in fingerprint.figures[:NAMES]:
        yield f"#{figure}"
    for stem in fingerprint.title[:NAMES]:
        yield f"^{stem}"
    for entity in fingerprint.entities:
        yield entity
        for event in fingerprint.event_types:
            yield f"{event} {entity}"


def _match(story_id: str, terms: Iterable[dict[str, float]], weights: Weights) -> Match:
    """The mean over a story's articles, so that a chain of articles, each a little like the next,
    does not grow for ever; a copy belongs where its original is, whatever else has joined it."""
    every = list(terms)
    nearest = max(every, key=lambda each: math.fsum(each.values()))
    if nearest["copied"] >= COPY * weights.copied:
        reasons = nearest
    else:
        reasons = {name: math.fsum(each[name] for each in every) / len(every) for name in nearest}
    return Match(story_id, probability(math.fsum(reasons.values())), reasons)
