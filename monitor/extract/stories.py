"""Articles → stories: which of the recent stories an article is a version of. Pure.

A rewrite may share hardly a phrase with the article it follows, so words alone do not decide:
what is named, what is said to happen, the figures and the closeness in time do too
(`similar.likeness`). Two things of one company on one day stay two stories, because they
differ in what is said to happen; and so does a follow-up days later.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from monitor.extract import similar
from monitor.extract.similar import Rarity, Weights
from monitor.model import EntityType, Event, Exposure, Reading, Status, Story

SPECIFIC: frozenset[EntityType] = frozenset(
    {"person", "institution", "company", "material", "instrument"}
)
TELLING: frozenset[EntityType] = frozenset({"person", "company", "material", "instrument"})
# What comes along with news of any kind. They tell stories apart only where there is nothing else:
# the report of a price move belongs to the news that it names as the cause.
ACCOMPANYING = frozenset({"price-move", "official-statement"})

PER_KEY = 64  # how many of the latest articles behind one key are looked at
PER_STORY = 6  # how many articles of one story are compared in full,
COMPARED = 48  # and how many of all
WEIGHTS = Weights()
COPY = 0.5  # share of 3-grams from which on an article is a copy of another


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What of an article is compared with others. Plain values: it is stored as JSON."""

    said_at: datetime
    seen_at: datetime
    sketch: tuple[int, ...]  # MinHash of its word 3-grams
    title: tuple[str, ...]  # stems
    words: tuple[str, ...]  # stems of title and lead
    figures: tuple[str, ...]
    entities: tuple[str, ...]  # ids, sorted, without countries and places
    events: tuple[str, ...]  # `type/status` in order of appearance: the main one first
    event_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The story an article belongs to. `reasons` add up to the log-odds of the score."""

    story_id: str
    score: float  # 0 to 1
    reasons: Mapping[str, float]


def fingerprint(reading: Reading) -> Fingerprint:
    article, found = reading.article, reading.extraction
    title = similar.tokens(article.title)
    events = _telling(found.events)
    lead = [*title, *similar.tokens(article.text)[: similar.LEAD_WORDS]]
    return Fingerprint(
        said_at=article.said_at,
        seen_at=article.seen_at,
        sketch=similar.sketch(lead),
        title=similar.stems(title),
        words=similar.stems(lead),
        figures=similar.figures(lead),
        entities=tuple(sorted({m.id for m in found.mentions if m.type in SPECIFIC})),
        events=tuple(dict.fromkeys(f"{event.type}/{event.status}" for event in events)),
        event_types=tuple(dict.fromkeys(event.type for event in events)),
    )


def _telling(events: Iterable[Event]) -> list[Event]:
    """Events that tell stories apart, in order of appearance."""
    ordered = sorted(events, key=lambda event: event.trigger.start)
    return [event for event in ordered if event.type not in ACCOMPANYING] or ordered


class StoryIndex:
    """The articles of the last `window` by story, with ways to the few that may be alike."""

    def __init__(self, window: timedelta, weights: Weights = WEIGHTS) -> None:
        self._window = window
        self._weights = weights
        self._next = 0
        self._entries: dict[int, tuple[str, Fingerprint]] = {}
        self._by_age: list[tuple[datetime, int]] = []
        self._behind: dict[object, dict[int, None]] = {}
        self._rarity = Rarity()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, story_id: str, fingerprint: Fingerprint) -> None:
        number, self._next = self._next, self._next + 1
        self._entries[number] = (story_id, fingerprint)
        heapq.heappush(self._by_age, (fingerprint.seen_at, number))
        for key in _keys(fingerprint):
            self._behind.setdefault(key, {})[number] = None
        self._rarity.count(similar.terms_of(fingerprint))

    def find(self, fingerprint: Fingerprint) -> Match | None:
        """The likeliest story, if it is likelier than not. Articles that the window has left behind
        by the time this one was seen are dropped."""
        self._drop(fingerprint.seen_at - self._window)
        best: Match | None = None
        for story_id, members in self._candidates(fingerprint).items():
            terms = [
                similar.likeness(fingerprint, member, self._rarity, self._weights)
                for member in members
            ]
            match = _match(story_id, terms, self._weights)
            if match.score >= 0.5 and (best is None or match.score > best.score):
                best = match
        return best

    def _candidates(self, fingerprint: Fingerprint) -> dict[str, list[Fingerprint]]:
        """By story, those articles that share the most keys with this one."""
        shared: Counter[int] = Counter()
        for key in _keys(fingerprint):
            shared.update(islice(reversed(self._behind.get(key, {})), PER_KEY))
        found: dict[str, list[Fingerprint]] = {}
        taken = 0
        for _, number in sorted(((n, number) for number, n in shared.items()), reverse=True):
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
            self._rarity.count(similar.terms_of(fingerprint), -1)
            for key in _keys(fingerprint):
                behind = self._behind[key]
                del behind[number]
                if not behind:
                    del self._behind[key]


def _keys(fingerprint: Fingerprint) -> Iterator[object]:
    yield from similar.bands(fingerprint.sketch)
    for entity in fingerprint.entities:
        yield entity
        for event in fingerprint.event_types:
            yield entity, event


def _match(story_id: str, terms: list[dict[str, float]], weights: Weights) -> Match:
    """The mean over a story's articles, so that a chain of articles, each a little like the next,
    does not grow for ever; a copy belongs where its original is, whatever else has joined it."""
    nearest = max(terms, key=lambda each: sum(each.values()))
    if nearest["copied"] >= COPY * weights.copied:
        reasons = nearest
    else:
        reasons = {name: sum(each[name] for each in terms) / len(terms) for name in nearest}
    return Match(story_id, similar.probability(sum(reasons.values())), reasons)


def begin(reading: Reading) -> Story:
    article, found = reading.article, reading.extraction
    events = tuple(dict.fromkeys((event.type, event.status) for event in found.events))
    digest = hashlib.sha256(f"story\0{article.id}".encode()).hexdigest()
    return Story(
        id=digest[:16],
        title=article.title,
        url=article.url,
        first_seen_at=article.seen_at,
        first_source=article.outlet,
        last_seen_at=article.seen_at,
        articles=(article.id,),
        outlets=(article.outlet,),
        entities=tuple(sorted({mention.id for mention in found.mentions})),
        events=events,
        exposures=_strongest(found.exposures),
        tellings=tuple((*event, 1) for event in events),
        said_at=article.said_at,
    )


def grow(story: Story, reading: Reading) -> Story:
    """The story with one more version. One seen before all others becomes the first, but the id
    stays: others refer to it."""
    if reading.article.id in story.articles:
        return story
    other = begin(reading)
    early = other.first_seen_at < story.first_seen_at
    first, second = (other, story) if early else (story, other)
    tellings = _counted(first.tellings + second.tellings)
    articles = first.articles + second.articles
    return replace(
        first,
        id=story.id,
        last_seen_at=max(first.last_seen_at, second.last_seen_at),
        articles=articles,
        outlets=tuple(dict.fromkeys(first.outlets + second.outlets)),
        entities=tuple(sorted({*first.entities, *second.entities})),
        events=tuple(
            (kind, status) for kind, status, count in tellings if 2 * count >= len(articles)
        ),
        exposures=_strongest((*first.exposures, *second.exposures)),
        tellings=tellings,
        said_at=min(first.public_at, second.public_at),
    )


def _counted(tellings: Iterable[tuple[str, Status, int]]) -> tuple[tuple[str, Status, int], ...]:
    counts: Counter[tuple[str, Status]] = Counter()
    for kind, status, count in tellings:
        counts[kind, status] += count
    return tuple((*event, count) for event, count in counts.items())


def _strongest(exposures: Iterable[Exposure]) -> tuple[Exposure, ...]:
    """Strongest first, one a symbol."""
    best: dict[str, Exposure] = {}
    for each in sorted(exposures, key=lambda each: (-each.weight, each.symbol, each.via)):
        best.setdefault(each.symbol, each)
    return tuple(best.values())


def is_relevant(reading: Reading) -> bool:
    """Whether it is about something that is watched: countries and places alone are not."""
    found = reading.extraction
    return bool(found.events) or any(mention.type in TELLING for mention in found.mentions)
