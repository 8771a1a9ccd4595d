"""The index of recent stories, for as long as the program runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.extract.stories import Fingerprint
from monitor.extract.story_index import MEMORY, StoryIndex
from monitor.store.engine import Store
from monitor.store.types import from_json

WINDOW = timedelta(days=4)  # a later version of a story comes within this time of another


class RecentStories:
    """Loaded from the store once, and then kept up to date by those who fold."""

    def __init__(self) -> None:
        self._index: StoryIndex | None = None

    def index(self, store: Store, now: datetime) -> StoryIndex:
        if self._index is None:
            index = StoryIndex(WINDOW)
            with store.begin() as tx:
                # older ones tell what is rare, and only that
                for story, body in tx.stories.fingerprints(now - WINDOW, at_least=MEMORY):
                    mark = from_json(Fingerprint, body)
                    if mark.seen_at < now - WINDOW:
                        index.remember(mark)
                    else:
                        index.add(story, mark)
            self._index = index
        return self._index

    def forget(self) -> None:
        """After a write that failed: what the index was told may not be so."""
        self._index = None
