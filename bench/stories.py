"""How well, and how fast, articles are folded into stories.

    python -m bench.stories [FILE]

FILE is JSON lines as in tests/data/clusters.jsonl; without one, the labelled episode and the harder
clusters are taken. Measured with perfect extraction (the labels) and with our own, over all items,
over those of labelled stories alone and, where some were held out when the weights were chosen,
over these; the links between stories too. Then the same again with ever more other articles in the
index (made of the same words, names and events), and what one article costs.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.extract.stories import fingerprint, is_relevant
from monitor.extract.story_index import StoryIndex
from monitor.model import Reading, Story
from monitor.pipeline.folding import evidence_types, fold_one
from monitor.pipeline.recent_stories import WINDOW
from monitor.rules import load_rules, shipped_rules
from monitor.store.engine import Store
from tests.clusters import (
    ALONE,
    CLUSTERS,
    EPISODE,
    adjusted_rand,
    article,
    bcubed,
    fold,
    ids,
    items,
    labelled,
    link_scores,
    links,
    truth,
)

STORED = (1_000, 10_000, 50_000)
CROWDS = (0, 1_000, 10_000)
ASKED = 200
START = datetime(2026, 1, 5, tzinfo=UTC)
RULES = load_rules([shipped_rules()])
EVIDENCE = evidence_types(RULES)

Items = Sequence[Mapping[str, Any]]


@dataclass
class Part:
    name: str
    numbers: list[int]


def parts(found: Items, gold: Sequence[str]) -> list[Part]:
    every = range(len(found))
    told = [number for number in every if not gold[number].startswith(ALONE)]
    held_out = [number for number in every if found[number].get("held_out")]
    others = [number for number in every if number not in set(held_out)]
    split = [Part("weights chosen on", others), Part("held out", held_out)] if held_out else []
    return [Part("all", list(every)), Part("labelled stories", told), *split]


def report(name: str, gold: Sequence[str], found: Sequence[str]) -> None:
    precision, recall, f1 = bcubed(gold, found)
    rand = adjusted_rand(gold, found)
    print(
        f"{name:46} items {len(gold):4}  B-cubed P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"
        f"  ARI {rand:.3f}"
    )


def ways(found: Items) -> dict[str, list[Reading]]:
    extractor = Extractor(RULES, load_nlp())
    articles = [article(number, item) for number, item in enumerate(found)]
    return {
        "labels": [labelled(number, item, RULES.entities) for number, item in enumerate(found)],
        "own extraction": [Reading(each, extractor.extract(each)) for each in articles],
    }


def quality(path: Path) -> None:
    found = items(path)
    gold = truth(found)
    for way, readings in ways(found).items():
        stories: list[Story | None] = fold(readings)
        put = ids(stories)
        for part in parts(found, gold):
            title = f"{path.stem}, {way}, {part.name}"
            report(title, [gold[n] for n in part.numbers], [put[n] for n in part.numbers])
        if any(item.get("follows") for item in found):
            precision, recall = link_scores(links(found, stories))
            print(f"{path.stem}, {way}: links P {precision:.3f} R {recall:.3f}")


def others(number: int, since: datetime, until: datetime) -> Iterator[Reading]:
    """So many made-up articles, evenly in time: each has words of three labelled ones in disorder
    beside others, common and rare, what a fourth names and a fifth tells."""
    dice = random.Random(7)
    found = [*items(EPISODE), *items(CLUSTERS)]
    known = [labelled(n, item, RULES.entities) for n, item in enumerate(found)]
    for count in range(number):
        one, two = dice.choice(known), dice.choice(known)
        words = [word for _ in range(3) for word in dice.choice(known).article.text.split()]
        words = dice.sample(words, min(60, len(words)))
        words += [f"w{min(int(dice.paretovariate(0.5)), 10**6)}" for _ in range(30)]
        dice.shuffle(words)
        at = since + (until - since) * (count / number)
        article = replace(
            one.article,
            id=f"b{count:015x}",
            title=" ".join(words[:9]),
            text=" ".join(words[9:90]),
            published_at=at,
            seen_at=at,
        )
        yield Reading(article, replace(one.extraction, events=two.extraction.events))


def cost(stored: int) -> None:
    """Of one article, folded into a store and an index that hold so many others."""
    index = StoryIndex(WINDOW)
    store = Store.open("sqlite://")
    readings = list(others(stored + ASKED, START - WINDOW, START))
    with store.begin() as tx:
        for number, reading in enumerate(readings[:stored]):
            # as if three articles told each story; what is asked of the store is there for some
            if number < stored - 500:
                index.add(f"s{number // 3}", fingerprint(reading, EVIDENCE))
            else:
                tx.articles.add(reading.article, ())
                fold_one(tx, index, reading, EVIDENCE)
        asked = readings[stored:]
        marks = [fingerprint(reading, EVIDENCE) for reading in asked]
        began = time.perf_counter()
        for mark in marks:
            index.find(mark)
        found = (time.perf_counter() - began) / len(asked)
        for reading in asked:
            tx.articles.add(reading.article, ())
        began = time.perf_counter()
        for reading in asked:
            fold_one(tx, index, reading, EVIDENCE)
        folded = (time.perf_counter() - began) / len(asked)
    store.close()
    print(
        f"{stored:6} recent articles: to find the story {found * 1000:5.2f} ms, "
        f"to fold one {folded * 1000:5.2f} ms"
    )


def at_once(path: Path) -> list[tuple[Reading, str]]:
    """Labelled readings with their labels, in order, as if all that was told from February to
    December had begun in the two weeks from START: every story is moved by whole weeks, together
    with those that it follows or is followed by."""
    found = items(path)
    gold = truth(found)
    before = dict(zip(gold, (item.get("follows") for item in found), strict=True))
    begun: dict[str, datetime] = {}
    rows = []
    for number, (item, label) in enumerate(zip(found, gold, strict=True)):
        root = label
        while before.get(root):
            root = str(before[root])
        reading = labelled(number, item, RULES.entities)
        first = begun.setdefault(root, reading.article.seen_at)
        moved = timedelta(weeks=(first - START).days // 7)
        told = replace(
            reading.article,
            published_at=reading.article.said_at - moved,
            seen_at=reading.article.seen_at - moved,
        )
        rows.append((Reading(told, reading.extraction), label))
    return sorted(rows, key=lambda row: (row[0].article.seen_at, row[0].article.id))


def crowded(path: Path, crowd: int) -> None:
    """Quality where all is told at once, among so many others in the time of the window."""
    span = timedelta(weeks=2)
    others_there = others(int(crowd * (span / WINDOW)), START - WINDOW, START + span)
    rows = [(reading, "") for reading in others_there] + at_once(path)
    rows.sort(key=lambda row: row[0].article.seen_at)
    index = StoryIndex(WINDOW)
    gold, put = [], []
    for reading, label in rows:
        mark = fingerprint(reading, EVIDENCE) if is_relevant(reading) else None
        match = index.find(mark) if mark and label else None
        story = match.story_id if match else f"story of {reading.article.id}"
        if mark:
            index.add(story, mark)
        if label:
            gold.append(label)
            put.append(story)
    report(f"{path.stem}, labels, at once among {crowd}", gold, put)


def main() -> None:
    paths = [Path(sys.argv[1])] if len(sys.argv) > 1 else [EPISODE, CLUSTERS]
    for path in paths:
        quality(path)
        for crowd in CROWDS:
            crowded(path, crowd)
    for stored in STORED:
        cost(stored)


if __name__ == "__main__":
    main()
