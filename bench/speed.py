"""Documents a second: ours beside a plain spaCy pipeline with a PhraseMatcher, in one run.

    python bench/speed.py [--texts FILE.jsonl] [--documents N] [--aliases] [--memory]

Corpora: ordinary news of which one document in twenty concerns the rules, once of whole texts and
once of sentences that nearly all name somebody the rules know; the episode, of which all documents
concern the rules; and (with --texts) one of your own, a `title` and `text` a line. --aliases tries
growing numbers of names in the rules, --memory reads 200,000 documents and shows the memory held.

Both read the same documents, in turns, and the seconds are those of the processor: what else runs
on the machine counts as little as can be.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import spacy
from spacy.matcher import PhraseMatcher

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import MODELS, load_nlp
from monitor.extract.words import words_of
from monitor.model import Article, Extraction
from monitor.rules import RuleSet, load_rules, shipped_rules
from monitor.rules.entities import Entity
from tests.evaluation.scores import EPISODE, article_of, labelled, own_texts

ORDINARY = EPISODE.parents[1] / "training" / "articles-ordinary.jsonl"
NOW = datetime(2025, 6, 12, 20, 30, tzinfo=UTC)
ROUNDS = 3
RELEVANT = 0.05
SENTENCES = (3, 9)  # of a made-up ordinary document
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def article(title: str, text: str) -> Article:
    return Article("0" * 16, "bench", "bench", None, title, text, NOW, NOW)


def relevant() -> list[Article]:
    return [article_of(item) for item in labelled(EPISODE) if item["events"]]


def ordinary(count: int, chance: random.Random) -> Iterator[Article]:
    """News of which RELEVANT concerns the rules: an ordinary day's, as a writer made them up."""
    plain = [article_of(item) for item in labelled(ORDINARY) if not item["events"]]
    return with_relevant(count, chance, lambda: chance.choice(plain))


def full_of_names(count: int, chance: random.Random) -> Iterator[Article]:
    """The same, put together from sentences that were written to name what the rules know."""
    plain = [item for item in own_texts() if item.get("kind") == "ordinary" and not item["events"]]
    sentences = [
        item["text"][low:high].strip()
        for item in plain
        for low, high in words_of(item["text"]).sentences
    ]

    def made_up() -> Article:
        told = chance.choices(sentences, k=chance.randint(*SENTENCES))
        return article(chance.choice(plain)["title"], " ".join(told))

    return with_relevant(count, chance, made_up)


def with_relevant(
    count: int, chance: random.Random, other: Callable[[], Article]
) -> Iterator[Article]:
    concerned = relevant()
    for _ in range(count):
        yield chance.choice(concerned) if chance.random() < RELEVANT else other()


def plain_spacy(rules: RuleSet) -> Callable[[Sequence[Article]], None]:
    """What one would write in an afternoon: parse everything, look for the names."""
    name = next(model for model in MODELS if spacy.util.is_package(model))
    pipeline = spacy.load(name)
    matcher = PhraseMatcher(pipeline.vocab, attr="LOWER")
    for entity in rules.entities.values():
        names = [alias if isinstance(alias, str) else alias.text for alias in entity.aliases]
        matcher.add(entity.id, [pipeline.make_doc(one) for one in names])

    def run(articles: Sequence[Article]) -> None:
        for doc in pipeline.pipe(one.content for one in articles):
            matcher(doc)

    return run


def rates(
    runs: Sequence[Callable[[Sequence[Article]], object]], articles: Sequence[Article]
) -> list[float]:
    """Documents a second of each, in turns: the best of some rounds, since other work on the
    machine only ever slows one down.
    """
    best = [float("inf")] * len(runs)
    for _ in range(ROUNDS):
        for number, run in enumerate(runs):
            begun = time.process_time()
            run(articles)
            best[number] = min(best[number], time.process_time() - begun)
    return [len(articles) / seconds for seconds in best]


def reading(extractor: Extractor) -> Callable[[Sequence[Article]], None]:
    def run(articles: Sequence[Article]) -> None:
        for _ in extractor.extract_all(articles):
            pass

    return run


def compare(name: str, articles: Sequence[Article], rules: RuleSet) -> None:
    extractor = Extractor(rules, load_nlp())
    ours, plain = rates([reading(extractor), plain_spacy(rules)], articles)
    read = list(extractor.extract_all(articles))
    letters = sum(len(one.content) for one in articles) / len(articles)
    named, told = (sum(map(bool, each)) / len(read) for each in zip(*map(found, read), strict=True))
    print(
        f"{name:30} {letters:6.0f} characters, {named:4.0%} with a name, {told:4.0%} with an event:"
        f" ours {ours:7.0f}/s, spaCy and PhraseMatcher {plain:5.0f}/s, {ours / plain:5.1f} times"
    )


def found(extraction: Extraction) -> tuple[bool, bool]:
    return bool(extraction.mentions), bool(extraction.events)


def with_names(rules: RuleSet, count: int, chance: random.Random) -> RuleSet:
    """The rules and `count` made-up companies' names."""
    made = ["".join(chance.choices(LETTERS, k=chance.randint(4, 9))).title() for _ in range(count)]
    names = tuple(f"{name} {chance.choice(('Corp', 'Mining', 'Metals'))}" for name in made)
    extra = Entity(id="made-up", type="company", name="Made up", aliases=names, match=("-",))
    return replace(rules, entities={**rules.entities, extra.id: extra})


def many_names(rules: RuleSet, articles: Sequence[Article]) -> None:
    for count in (0, 1_000, 10_000, 100_000):
        extractor = Extractor(with_names(rules, count, random.Random(2)), None)
        [ours] = rates([reading(extractor)], articles)
        print(f"{count:7,} more names: {ours:7.0f}/s, rules alone")


def memory(rules: RuleSet) -> None:
    extractor, chance = Extractor(rules, load_nlp()), random.Random(3)
    for done in range(0, 200_001, 20_000):
        if done:
            for _ in extractor.extract_all(ordinary(20_000, chance)):
                pass
        now = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
        print(f"{done:8,} documents: {now / 2**20:6.0f} MB")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--texts", type=Path)
    asked.add_argument("--documents", type=int, default=1_000)
    asked.add_argument("--aliases", action="store_true")
    asked.add_argument("--memory", action="store_true")
    options = asked.parse_args()
    rules = load_rules([shipped_rules()])
    news = list(ordinary(options.documents, random.Random(1)))
    if options.memory:
        memory(rules)
    elif options.aliases:
        many_names(rules, news)
    else:
        compare("ordinary news", news, rules)
        names = list(full_of_names(options.documents, random.Random(1)))
        compare("ordinary news, full of names", names, rules)
        compare("the episode", relevant(), rules)
        if options.texts:
            lines = map(json.loads, options.texts.read_text(encoding="utf-8").splitlines())
            own = [article(line["title"], line.get("text") or "") for line in lines]
            compare(options.texts.name, own, rules)


if __name__ == "__main__":
    main()
