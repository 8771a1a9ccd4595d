"""How well, and how fast, articles are folded into stories.

    python -m bench.stories [FILE]

FILE is JSON lines as in tests/data/episode.jsonl. Measured with perfect extraction (the labels)
and with our own, over all items and over those that belong to labelled stories alone; then the
time of one look-up with ever more articles in the index.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.extract import similar
from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.extract.stories import Fingerprint, StoryIndex
from monitor.model import Reading
from monitor.rules import load_rules, shipped_rules
from tests.clusters import (
    ALONE,
    EPISODE,
    adjusted_rand,
    article,
    bcubed,
    fold,
    items,
    labelled,
    truth,
)

STORED = (10_000, 50_000, 100_000)
LOOKUPS = 300
WINDOW = timedelta(days=4)
START = datetime(2025, 6, 9, tzinfo=UTC)
TYPES = ("tariff", "earnings", "contract-award", "production", "acquisition", "public-funding")


def report(name: str, gold: Sequence[str], found: Sequence[str]) -> None:
    precision, recall, f1 = bcubed(gold, found)
    rand = adjusted_rand(gold, found)
    print(
        f"{name:32} items {len(gold):4}  B-cubed P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"
        f"  ARI {rand:.3f}"
    )


def quality(path: Path) -> None:
    found = items(path)
    gold = truth(found)
    rules = load_rules([shipped_rules()])
    extractor = Extractor(rules, load_nlp())
    articles = [article(number, item) for number, item in enumerate(found)]
    ways = {
        "labels": [labelled(number, item, rules.entities) for number, item in enumerate(found)],
        "own extraction": [Reading(each, extractor.extract(each)) for each in articles],
    }
    told = [number for number, label in enumerate(gold) if not label.startswith(ALONE)]
    for name, readings in ways.items():
        stories = fold(readings)
        report(name, gold, stories)
        report(f"{name}, labelled stories", [gold[n] for n in told], [stories[n] for n in told])


def made_up(number: int, dice: random.Random) -> Fingerprint:
    """An article of common and rare words, entities and events, as news has them."""
    words = [f"w{min(int(dice.paretovariate(0.6)), 50_000)}" for _ in range(120)]
    entities = {f"e{min(int(dice.paretovariate(0.7)), 500)}" for _ in range(4)}
    types = tuple(dict.fromkeys(dice.choices(TYPES, k=2)))
    at = START + WINDOW * dice.random()
    return Fingerprint(
        said_at=at,
        seen_at=at,
        sketch=similar.sketch(words),
        title=similar.stems(words[:9]),
        words=similar.stems(words),
        figures=(str(number % 997),),
        entities=tuple(sorted(entities)),
        events=tuple(f"{kind}/occurred" for kind in types),
        event_types=types,
    )


def speed() -> None:
    dice = random.Random(7)
    index = StoryIndex(WINDOW)
    for stored in STORED:
        for number in range(len(index), stored):
            index.add(f"s{number // 3}", made_up(number, dice))
        asked = [made_up(number, dice) for number in range(LOOKUPS)]
        began = time.perf_counter()
        for mark in asked:
            index.find(mark)
        each = (time.perf_counter() - began) / LOOKUPS
        print(f"find with {len(index):7} stored: {each * 1000:6.2f} ms")


if __name__ == "__main__":
    quality(Path(sys.argv[1]) if len(sys.argv) > 1 else EPISODE)
    speed()
