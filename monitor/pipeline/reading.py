"""Articles → who, what, whether it happened, and what they claim."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

from monitor.bounded import UnwantedError
from monitor.errors import MonitorError
from monitor.model import Article, Extraction, StageReport
from monitor.pipeline.parts import Parts

BATCH = 64  # articles between two writes: what a kill can make us read again


def read(parts: Parts, now: datetime) -> StageReport:
    begun = monotonic()
    articles = events = skipped = 0
    problems = []
    while not parts.stopping():
        with parts.store.begin() as tx:
            batch = tx.articles.unread(BATCH)
        if not batch:
            break
        # understanding is slow, so no transaction is open meanwhile
        extractions = []
        for article in batch:
            if parts.stopping() or (found := _understood(parts, article)) is None:
                break
            if isinstance(found, str):
                problems.append(f"{_named(article)}: {found}")
                found = Extraction(article.id, (), (), (), ())
            if found.unread:
                told = f"{found.unread:,} of {len(article.content):,} characters were not read"
                problems.append(f"{_named(article)}: {told}")
            extractions.append(found)
        # reading is the long part of an item's way; nothing is decided by when it ended
        read_at = now + timedelta(seconds=monotonic() - begun)
        with parts.store.begin() as tx:
            for extraction in extractions:
                tx.articles.save_extraction(extraction, read_at)
        articles += len(extractions)
        events += sum(len(extraction.events) for extraction in extractions)
        skipped += sum(extraction.skipped is not None for extraction in extractions)
    counts = {"articles": articles, "events": events}
    return StageReport("read", counts | ({"skipped": skipped} if skipped else {}), tuple(problems))


def _understood(parts: Parts, article: Article) -> Extraction | str | None:
    """What is in an article, or what kept it from being understood; None: we were asked to stop."""
    try:
        return parts.reader().extract(article)
    except UnwantedError:
        return None
    except MonitorError as error:
        return f"could not be understood: {error}"
    except Exception as error:
        # a mistake of ours, which one text brought to light; it must not keep all others waiting
        return f"could not be understood: {type(error).__name__}: {error}"


def _named(article: Article) -> str:
    return f"{article.source}: {article.url or repr(article.title)}"
