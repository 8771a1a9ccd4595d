"""Labelled items as readings, and how well a clustering meets the labelled one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.extract.stories import StoryIndex, fingerprint, is_relevant
from monitor.model import Article, Event, Exposure, Extraction, Mention, Reading, Span
from monitor.rules.entities import Entity

EPISODE = Path(__file__).parent / "data" / "episode.jsonl"
ALONE = "unrelated"  # the label of items that are each a cluster of their own


def items(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def article(number: int, item: Mapping[str, Any]) -> Article:
    at = datetime.fromisoformat(item["published"])
    outlet, url = item["outlet"], item["url"] or None
    return Article(f"{number:016x}", outlet, outlet, url, item["title"], item["text"], at, at)


def labelled(number: int, item: Mapping[str, Any], entities: Mapping[str, Entity]) -> Reading:
    """The reading that a perfect extractor would give; places in the text are left at 0."""
    told = article(number, item)
    named = [entities[identity] for identity in item["entities"]]
    extraction = Extraction(
        told.id,
        tuple(Mention(e.id, e.type, e.name, e.symbol, e.name, 0, 0) for e in named),
        tuple(
            Event(kind, status, Span("", 0, 0), (), (), (), 1.0, f"{kind}.1", (0, 0))
            for kind, status in item["events"]
        ),
        (),
        tuple(Exposure(e.symbol, 1.0, e.id) for e in named if e.symbol),
    )
    return Reading(told, extraction)


def truth(found: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{ALONE}-{number}" if item["story"] == ALONE else item["story"]
        for number, item in enumerate(found)
    ]


def fold(readings: Sequence[Reading], window: timedelta = timedelta(days=4)) -> list[str]:
    """The story of each reading, in order; what is not relevant stays alone."""
    return list(_fold(readings, StoryIndex(window)))


def _fold(readings: Sequence[Reading], index: StoryIndex) -> Iterator[str]:
    for reading in readings:
        if not is_relevant(reading):
            yield f"no-story-{reading.article.id}"
            continue
        mark = fingerprint(reading)
        match = index.find(mark)
        story = match.story_id if match else f"story-{reading.article.id}"
        index.add(story, mark)
        yield story


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
