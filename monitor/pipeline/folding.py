"""Articles → stories: the many versions of one piece of news become one."""

from __future__ import annotations

from datetime import datetime

from monitor.extract.stories import Fingerprint, StoryIndex, begin, fingerprint, grow, is_relevant
from monitor.model import Reading, StageReport, Story
from monitor.pipeline.parts import Parts
from monitor.store.engine import Transaction
from monitor.store.types import to_json

BATCH = 256


def fold(parts: Parts, now: datetime) -> StageReport:
    begun = grown = 0
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
                    story = _fold_one(tx, index, reading)
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


def _fold_one(tx: Transaction, index: StoryIndex, reading: Reading) -> Story | None:
    article = reading.article
    if not is_relevant(reading):
        tx.articles.fold(article.id, None)
        return None
    mark = fingerprint(reading)
    match = index.find(mark)
    before = tx.stories.get(match.story_id) if match else None
    story = grow(before, reading) if before else begin(reading)
    tx.stories.save(story)
    tx.stories.add_fingerprint(article.id, story.id, article.seen_at, to_json(Fingerprint, mark))
    tx.articles.fold(article.id, story.id)
    index.add(story.id, mark)
    return story
