"""How long news takes, by the times of its articles in the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Article, Cursor, Extraction, Habits, Passage, SourceState
from monitor.pipeline.freshness import Delays, delays
from monitor.store.engine import Store

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'monitor.db'}")
    yield opened
    opened.close()


def test_percentiles_are_delays_that_were_met() -> None:
    passages = [Passage(NOW - n * SECOND, NOW, NOW + n * SECOND, None) for n in range(1, 101)]
    assert delays(passages) == {
        "seen": Delays(100, 50, 95, 99),
        "read": Delays(100, 50, 95, 99),
        "alerted": None,
    }
    assert delays([Passage(None, NOW, None, NOW + SECOND)]) == {
        "seen": None,
        "read": None,
        "alerted": Delays(1, 1, 1, 1),
    }


def test_a_date_in_the_future_is_no_delay() -> None:
    found = delays([Passage(NOW + SECOND, NOW, NOW - SECOND, None)])
    assert (found["seen"], found["read"]) == (Delays(1, 0, 0, 0), Delays(1, 0, 0, 0))


def test_only_what_came_out_while_we_listened_counts(store: Store) -> None:
    def article(number: int, published: datetime | None, seen: datetime) -> Article:
        return Article(f"{number:016}", "wire", "Wire", None, "t", "", published, seen)

    given = [
        article(1, NOW - 9 * SECOND, NOW),  # came out before we began
        article(2, NOW + SECOND, NOW + 3 * SECOND),
        article(3, None, NOW + 4 * SECOND),
        article(4, NOW + SECOND, NOW + 5 * SECOND),
        replace(article(5, NOW + SECOND, NOW + 6 * SECOND), revises="2".zfill(16)),
        replace(article(6, NOW + SECOND, NOW + 6 * SECOND), source="file"),  # of a backfill
    ]
    with store.begin() as tx:
        tx.books.save_sources([SourceState("wire", polled_at=NOW, begun_at=NOW)])
        for one in given:
            tx.articles.add(one, [one.id])
        tx.articles.save_extraction(Extraction(given[1].id, (), (), (), ()), NOW + 4 * SECOND)
        tx.articles.mark_alerted([given[1].id, given[2].id], NOW + 5 * SECOND)
        tx.articles.mark_alerted([given[1].id], NOW + 99 * SECOND)
    with store.begin() as tx:
        assert list(tx.articles.passages(NOW + 4 * SECOND, 9)) == [
            Passage(NOW + SECOND, NOW + 5 * SECOND, None, None),
            Passage(None, NOW + 4 * SECOND, None, NOW + 5 * SECOND),
        ]
        assert list(tx.articles.passages(NOW, 9))[2:] == [
            Passage(NOW + SECOND, NOW + 3 * SECOND, NOW + 4 * SECOND, NOW + 5 * SECOND)
        ]
        assert len(list(tx.articles.passages(NOW, 1))) == 1


def test_what_is_known_of_a_source_comes_back_as_it_was(store: Store) -> None:
    full = SourceState(
        "full",
        Cursor('W/"caf\xe9"', "whenever", "7"),
        *(NOW, NOW, NOW, 3, NOW, "refused", "https://example.org/", NOW, "https://example.net/"),
        gone_at=NOW,
        habits=Habits((1, 2), 3, 4, 5, 6, 7.0, frozenset({8}), frozenset({0, 6})),
    )
    many = [replace(full, name=f"source {number}") for number in range(1200)]
    with store.begin() as tx:
        assert tx.books.sources() == {}
        tx.books.save_sources([])
        tx.books.save_sources([full, SourceState("bare")])
        assert tx.books.sources() == {"full": full, "bare": SourceState("bare")}
        tx.books.save_sources([replace(full, failures=0), *many])
        found = tx.books.sources()
        assert found["full"].failures == 0
        assert found["source 1199"] == many[-1]
        assert len(found) == 1202
