"""Articles → stories: what of an article is compared with others, and how a story grows. Pure.

A rewrite may share hardly a phrase with the article it follows, so words alone do not decide:
what is named, what is said to happen, the figures and the closeness in time do too (likeness.py).
Two things of one company on one day stay two stories, because they differ in what is said to
happen; and so does a follow-up days later, which is linked (follow.py).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.extract import similar
from monitor.model import EntityType, Event, Exposure, FirstTold, Mention, Reading, Status, Story

SPECIFIC: frozenset[EntityType] = frozenset(
    {"person", "institution", "company", "material", "instrument"}
)
LEAD = 1200  # characters in which names are looked for
TELLING: frozenset[EntityType] = frozenset({"person", "company", "material", "instrument"})
ACTING: frozenset[EntityType] = frozenset({"person", "company"})
# What an event that names no target is taken to be about: the first of these that is named.
ABOUT: tuple[frozenset[EntityType], ...] = (
    frozenset({"company", "material"}),
    frozenset({"instrument"}),
    frozenset({"person", "institution"}),
)


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
    names: tuple[str, ...] = ()  # stems of proper names that are no entities
    days: tuple[str, ...] = ()  # dates of the weekdays it names
    actors: tuple[str, ...] = ()  # ids of companies and people, first named first
    evidence: bool = False  # its events are reports and comments alone
    matters: tuple[str, ...] = ()  # `type entity`: what the main event is about


def fingerprint(reading: Reading, evidence: Collection[str]) -> Fingerprint:
    """`evidence` are the types of events that come along with news of any kind. They tell stories
    apart only where there is nothing else: the report of a price move belongs to the news that it
    names as the cause."""
    article, found = reading.article, reading.extraction
    events = _telling(found.events, evidence)
    named = sorted(found.mentions, key=lambda mention: mention.start)
    title = similar.tokens(article.title)
    text = similar.body(article.text)
    lead = [*title, *similar.tokens(text)[: similar.LEAD_WORDS]]
    return Fingerprint(
        said_at=article.said_at,
        seen_at=article.seen_at,
        sketch=similar.sketch(lead),
        title=similar.stems(title),
        words=similar.stems(lead),
        figures=similar.figures(lead),
        entities=tuple(sorted({one.id for one in named if one.type in SPECIFIC})),
        events=tuple(dict.fromkeys(f"{event.type}/{event.status}" for event in events)),
        event_types=tuple(dict.fromkeys(event.type for event in events)),
        names=similar.names(article.title, text[:LEAD], _known(named)),
        days=similar.days(lead, article.said_at),
        actors=tuple(dict.fromkeys(one.id for one in named if one.type in ACTING)),
        evidence=all(event.type in evidence for event in events),
        matters=_matters(events, named),
    )


def _telling(events: Iterable[Event], evidence: Collection[str]) -> list[Event]:
    """Events that tell stories apart, in order of appearance."""
    ordered = sorted(events, key=lambda event: event.trigger.start)
    return [event for event in ordered if event.type not in evidence] or ordered


def _known(named: Iterable[Mention]) -> set[str]:
    return {text for one in named for text in (one.name, one.text)}


def _matters(events: Sequence[Event], named: Sequence[Mention]) -> tuple[str, ...]:
    """`type entity` for what the main event is about."""
    if not events:
        return ()
    about = {*events[0].targets, *(one.id for one in named if one.type in ABOUT[0])}
    for types in ABOUT[1:]:
        about = about or {one.id for one in named if one.type in types}
    return tuple(f"{events[0].type} {entity}" for entity in sorted(about))


def begin(reading: Reading, *, follows: str | None = None, novelty: float | None = None) -> Story:
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
        first_told=FirstTold(article.outlet, article.said_at, article.id),
        follows=follows,
        novelty=novelty,
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
        first_told=_first(first.first_told, second.first_told),
        follows=story.follows,
        novelty=story.novelty,
    )


def _first(*told: FirstTold | None) -> FirstTold | None:
    known = (one for one in told if one is not None)
    return min(known, key=lambda one: (one.at, one.outlet, one.article), default=None)


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
