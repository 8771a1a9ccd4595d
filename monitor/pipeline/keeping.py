"""What a source gave → what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.ingest.identity import decide, in_question, keyed
from monitor.model import FeedItem
from monitor.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """How many items were new articles, and how many later wordings of articles that were there."""

    new: int = 0
    revised: int = 0
    notes: tuple[str, ...] = ()


def keep(tx: Transaction, items: Sequence[FeedItem]) -> Kept:
    """Keeps what is new among the items of one source."""
    if not items:
        return Kept()
    given = [keyed(item) for item in items]
    known = tx.articles.known(key for one in given for key in one.keys)
    decision = decide(given, known, tx.articles.versions(in_question(given, known)))
    tx.articles.add_all(decision.articles)
    tx.articles.add_keys(decision.keys, decision.aliases)
    revised = sum(one.revises is not None for one in decision.articles)
    return Kept(len(decision.articles) - revised, revised, decision.notes)
