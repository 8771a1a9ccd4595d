"""Articles → stories: the many versions of one piece of news become one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from monitor.correlate.clues import EVIDENCE
from monitor.extract import follow
from monitor.extract.stories import Fingerprint, begin, fingerprint, grow, is_relevant
from monitor.extract.story_index import StoryIndex
from monitor.ingest.wording import akin
from monitor.model import Article, Reading, StageReport, Story
from monitor.pipeline.parts import Parts
from monitor.pipeline.recent_stories import WINDOW
from monitor.rules import RuleSet
from monitor.store.engine import Transaction
from monitor.store.types import from_json, to_json

BATCH = 256


def fold(parts: Parts, now: datetime) -> StageReport:
    begun = grown = 0
    evidence = evidence_types(parts.rules)
    while not parts.stopping():
        with parts.store.begin() as tx:
            batch = tx.articles.unfolded(BATCH)
        if not batch:
            break
        index = parts.recent.index(parts.store, batch[0].article.seen_at)
        done = False
        try:
            with parts.store.begin() as tx:
                for reading in batch:
                    story = fold_one(tx, index, reading, evidence)
                    if story is None:
                        continue
                    begun += len(story.articles) == 1
                    grown += len(story.articles) > 1
                    touched = {exposure.symbol for exposure in story.exposures}
                    tx.signals.add_work("correlate", touched & set(parts.watched))
            done = True
        finally:
            if not done:
                parts.recent.forget()
    return StageReport("fold", {"new stories": begun, "further versions": grown})


def evidence_types(rules: RuleSet) -> frozenset[str]:
    """The types of events that report or comment on news, and are none themselves."""
    return frozenset(rule.id for rule in rules.events.values() if rule.prior <= EVIDENCE)


def fold_one(
    tx: Transaction, index: StoryIndex, reading: Reading, evidence: Collection[str]
) -> Story | None:
    """The story an article has come to; None: it is about nothing that is watched.

    An article that is part of a story already stays there, and nothing changes.
    """
    article = reading.article
    if not is_relevant(reading):
        tx.articles.fold(article.id, None)
        return None
    told_in = tx.stories.of_article(article.id)
    if told_in is not None:
        tx.articles.fold(article.id, told_in.id)
        return told_in
    mark = fingerprint(reading, evidence)
    before = _told_before(tx, index, reading.article, mark)
    story = grow(before, reading) if before else _begun(tx, index, reading, mark)
    tx.stories.save(story)
    tx.stories.add_fingerprint(article.id, story.id, article.seen_at, to_json(Fingerprint, mark))
    tx.stories.add_keys(follow.keys_of(mark), story.id, article.id, mark.said_at)
    tx.articles.fold(article.id, story.id)
    index.add(story.id, mark)
    return story


def _told_before(
    tx: Transaction, index: StoryIndex, article: Article, mark: Fingerprint
) -> Story | None:
    """The story of which an article is a further version: that of the wording which it revises,
    or the likeliest. A page may come to tell of something else under another title, or later."""
    if article.revises is not None:
        first = tx.articles.versions([article.revises])[article.revises][0]
        story = tx.stories.of_article(first.article)
        recent = article.seen_at - first.seen_at <= WINDOW
        if story is not None and recent and akin(first.title, article.title):
            return story
    match = index.find(mark)
    return tx.stories.get(match.story_id) if match else None


def _begun(tx: Transaction, index: StoryIndex, reading: Reading, mark: Fingerprint) -> Story:
    """A new story with what came before it."""
    told = tx.stories.told(follow.asked_of(mark, index.rarity), mark.said_at, follow.LATEST)
    nearest = follow.nearest(mark, told)
    bodies = tx.stories.fingerprints_of(nearest.values())
    earlier = {
        story: from_json(Fingerprint, bodies[article])
        for story, article in nearest.items()
        if article in bodies
    }
    link = follow.follows(mark, earlier, index.rarity)
    return begin(
        reading,
        follows=link.story_id if link else None,
        novelty=follow.novelty(mark, told),
    )
