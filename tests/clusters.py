"""Labelled items as readings, and how well a clustering meets the labelled one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.extract.story_index import StoryIndex
from monitor.model import Article, Event, Exposure, Extraction, Mention, Reading, Span, Story
from monitor.pipeline.folding import evidence_types, fold_one
from monitor.pipeline.recent_stories import WINDOW
from monitor.rules.entities import Entity
from monitor.store.engine import Store
from tests.readers import shipped

EPISODE = Path(__file__).parent / "data" / "episode.jsonl"
CLUSTERS = Path(__file__).parent / "data" / "clusters.jsonl"  # harder, see bench/stories.py
ALONE = "unrelated"  # the label of items that are each a cluster of their own


@dataclass(frozen=True)
class Link:
    true: str | None
    said: str | None


def items(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def article(number: int, item: Mapping[str, Any]) -> Article:
    at = datetime.fromisoformat(item["published"])
    outlet, url = item["outlet"], item["url"] or None
    return Article(f"{number:016x}", outlet, outlet, url, item["title"], item["text"], at, at)


def labelled(number: int, item: Mapping[str, Any], entities: Mapping[str, Entity]) -> Reading:
    """The reading that a perfect extractor would give, but for places: a name stands where a word
    of it is first found, an event at 0."""
    told = article(number, item)
    named = [entities[identity] for identity in item["entities"]]
    places = [place(told.content.lower(), entity) for entity in named]
    extraction = Extraction(
        told.id,
        tuple(
            Mention(e.id, e.type, e.name, e.symbol, e.name, start, start)
            for e, start in zip(named, places, strict=True)
        ),
        tuple(
            Event(kind, status, Span("", 0, 0), (), (), (), 1.0, f"{kind}.1", (0, 0))
            for kind, status in item["events"]
        ),
        (),
        tuple(Exposure(e.symbol, 1.0, e.id) for e in named if e.symbol),
    )
    return Reading(told, extraction)


def place(content: str, entity: Entity) -> int:
    """Where an entity is first named; at the end where none of its words is found."""
    words = [word for word in entity.name.lower().split() if len(word) > 2]
    found = [start for word in words if (start := content.find(word)) >= 0]
    return min(found, default=len(content))


def truth(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{ALONE}-{number}" if item["story"] == ALONE else item["story"]
        for number, item in enumerate(found)
    ]


def fold(readings: Sequence[Reading]) -> list[Story | None]:
    """The story that each reading comes to, as the pipeline folds them into a store of their own;
    None: it is not relevant."""
    store = Store.open("sqlite://")
    index, evidence = StoryIndex(WINDOW), evidence_types(shipped())
    try:
        with store.begin() as tx:
            for reading in readings:
                tx.articles.add(reading.article, ())
            begun = [fold_one(tx, index, reading, evidence) for reading in readings]
            return [one and tx.stories.get(one.id) for one in begun]
    finally:
        store.close()


def ids(stories: Sequence[Story | None]) -> list[str]:
    """A label for each article; what belongs to no story is alone."""
    return [one.id if one else f"{ALONE}-{number}" for number, one in enumerate(stories)]


def links(found: Sequence[Mapping[str, Any]], stories: Sequence[Story | None]) -> list[Link]:
    """For each labelled story, by its first article: which one it follows, and was said to."""
    gold = truth(found)
    begun: dict[str, str] = {}
    made: dict[str, Link] = {}
    for item, label, story in zip(found, gold, stories, strict=True):
        if story is not None:
            begun.setdefault(story.id, label)
        said = begun.get(story.follows or "") if story else None
        made.setdefault(label, Link(item.get("follows"), said))
    return list(made.values())


def link_scores(made: Sequence[Link]) -> tuple[float, float]:
    """Precision and recall of the links between stories."""
    right = sum(one.said is not None and one.said == one.true for one in made)
    said = sum(one.said is not None for one in made)
    true = sum(one.true is not None for one in made)
    return right / max(1, said), right / max(1, true)


def bcubed(gold: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1, each item counting the same (Bagga and Baldwin 1998)."""
    both = Counter(zip(gold, found, strict=True))
    right, put = Counter(gold), Counter(found)
    precision = sum(n * n / put[cluster] for (_, cluster), n in both.items()) / len(gold)
    recall = sum(n * n / right[label] for (label, _), n in both.items()) / len(gold)
    return precision, recall, 2 * precision * recall / (precision + recall)


def adjusted_rand(gold: Sequence[str], found: Sequence[str]) -> float:
    """Pairs agreed on: 0 is chance, 1 is the same clusters (Hubert and Arabie 1985)."""
    both = _pairs(Counter(zip(gold, found, strict=True)))
    right, put = _pairs(Counter(gold)), _pairs(Counter(found))
    chance = right * put / (len(gold) * (len(gold) - 1) / 2)
    most = (right + put) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def _pairs(sizes: Mapping[Any, int]) -> float:
    return sum(n * (n - 1) / 2 for n in sizes.values())
