"""Articles → stories: the many versions of one piece of news become one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.extract.stories import Fingerprint, StoryIndex, begin, fingerprint, grow, is_relevant
from monitor.model import Reading, StageReport, Story
from monitor.store.engine import Store, Transaction
from monitor.store.types import from_json, to_json

if TYPE_CHECKING:
    from monitor.pipeline.parts import Parts

BATCH = 256
WINDOW = timedelta(days=4)  # a later version of a story comes within this time of another


class Folder:
    """The index of recent stories, loaded from the store once and then kept up to date."""

    def __init__(self) -> None:
        self._index: StoryIndex | None = None

    def index(self, store: Store, now: datetime) -> StoryIndex:
        if self._index is None:
            self._index = StoryIndex(WINDOW)
            with store.begin() as tx:
                for story, body in tx.stories.fingerprints(now - WINDOW):
                    self._index.add(story, from_json(Fingerprint, body))
        return self._index

    def forget(self) -> None:
        """After a write that failed: what the index was told may not be so."""
        self._index = None


def fold(parts: Parts, now: datetime) -> StageReport:
    begun = grown = 0
    while not parts.stopping():
        with parts.store.begin() as tx:
            batch = tx.articles.unfolded(BATCH)
        if not batch:
            break
        index = parts.folder.index(parts.store, batch[0].article.seen_at)
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
                parts.folder.forget()
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
