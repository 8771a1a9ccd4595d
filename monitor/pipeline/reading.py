"""Articles → who, what, whether it happened, and what they claim."""

from __future__ import annotations

from datetime import datetime

from monitor.model import StageReport
from monitor.pipeline.parts import Parts

BATCH = 64  # articles between two writes: what a kill can make us read again


def read(parts: Parts, now: datetime) -> StageReport:
    articles = events = 0
    problems = []
    while not parts.stopping():
        with parts.store.begin() as tx:
            batch = tx.articles.unread(BATCH)
        if not batch:
            break
        # understanding is slow, so no transaction is open meanwhile
        extractions = [parts.reader().extract(article) for article in batch]
        with parts.store.begin() as tx:
            for extraction in extractions:
                tx.articles.save_extraction(extraction)
        articles += len(batch)
        for article, found in zip(batch, extractions, strict=True):
            if found.unread:
                told = f"{found.unread:,} of {len(article.content):,} characters were not read"
                problems.append(f"{article.source}: {article.url or article.title!r}: {told}")
        events += sum(len(extraction.events) for extraction in extractions)
    return StageReport("read", {"articles": articles, "events": events}, tuple(problems))
