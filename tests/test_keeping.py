"""What of polled items is kept, in a real store: articles, revisions, and how they are folded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from monitor.extract.story_index import StoryIndex
from monitor.ingest.feeds.parse import parse
from monitor.ingest.identity import AT_ONCE
from monitor.ingest.wording import wording
from monitor.model import Extraction, FeedItem, Mention, Reading, Story
from monitor.pipeline.folding import fold_one
from monitor.pipeline.keeping import Kept, keep
from monitor.pipeline.recent_stories import WINDOW
from monitor.store.engine import Store
from monitor.store.schema import article, article_key

STATES = sorted((Path(__file__).parent / "data" / "feeds" / "whitehouse").glob("*.xml"))
NOON = datetime(2025, 6, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'monitor.db'}")
    yield opened
    opened.close()


def item(number: int = 1, title: str = "Mine opens", seen_at: datetime = NOON) -> FeedItem:
    url = f"https://example.org/{number}"
    return FeedItem("feed", "Ore Daily", url, url, title, "", NOON - HOUR, seen_at)


def kept(store: Store, *items: FeedItem) -> Kept:
    with store.begin() as tx:
        return keep(tx, items)


def count(store: Store) -> tuple[int, int]:
    """Articles and keys."""
    with store.engine.begin() as connection:
        articles = connection.scalar(select(func.count()).select_from(article))
        keys = connection.scalar(select(func.count()).select_from(article_key))
    return articles or 0, keys or 0


# ---------------------------------------------------------------- a real feed


def captured(path: Path) -> tuple[FeedItem, ...]:
    at = datetime.strptime(path.stem, "%Y%m%dT%H%M%S%z")
    return parse(
        path.read_bytes(),
        content_type="text/xml",
        source="briefings",
        url="https://www.whitehouse.gov/",
        seen_at=at,
    ).items


def test_states_of_a_real_feed_give_what_a_reader_counts(store: Store) -> None:
    """A title at two addresses, on one day and on the next, and at three; an item that gets
    another date, once that of another item of the same title; titles that come again."""
    new = []
    for path in STATES:
        found = kept(store, *captured(path))
        assert (found.revised, found.notes) == (0, ())
        new.append(found.new)
    assert new == [3, 2, 7, 3, 5, 3, 2]
    assert count(store)[0] == 25
    for path in reversed(STATES):  # and nothing of it is ever new again
        assert kept(store, *captured(path)) == Kept()


def test_a_title_of_a_real_feed_that_is_put_right_is_a_revision(store: Store) -> None:
    items = captured(STATES[0])
    kept(store, *items)
    wrong = next(one for one in items if one.title == "Statement from the Press Secretary")
    right = replace(wrong, title="Statement from the Deputy Press Secretary")
    assert kept(store, *(right if one is wrong else one for one in items)) == Kept(revised=1)


# ---------------------------------------------------------------- revisions in the store


def test_a_revision_is_an_article_of_its_own_time(store: Store) -> None:
    kept(store, item())
    assert kept(store, item(title="Mine opens late", seen_at=NOON + HOUR)) == Kept(revised=1)
    assert kept(store, item(title="Mine opens late", seen_at=NOON + 2 * HOUR)) == Kept()
    with store.begin() as tx:
        first, second = tx.articles.unread(9)
    assert (first.revises, second.revises) == (None, first.id)
    assert (first.seen_at, second.seen_at) == (NOON, NOON + HOUR)
    assert (first.title, second.title) == ("Mine opens", "Mine opens late")


def test_an_article_is_held_against_what_its_source_said_not_against_its_page(
    store: Store,
) -> None:
    kept(store, item())
    with store.begin() as tx:
        (first,) = tx.articles.unread(9)
        page = replace(first, text="All that stands on the page.", url="https://example.org/one")
        tx.articles.open(page, [], NOON, wording(first.title, first.text))
    assert kept(store, item(seen_at=NOON + HOUR)) == Kept()


def test_too_many_revisions_wait_and_are_told_of(store: Store) -> None:
    every = [item(title=f"Live count {n}", seen_at=NOON + n * HOUR / 60) for n in range(9)]
    found = [kept(store, one) for one in every]
    assert [one.new + one.revised for one in found] == [1] * AT_ONCE + [0] * (9 - AT_ONCE)
    assert all(bool(one.notes) == (n >= AT_ONCE) for n, one in enumerate(found))
    assert kept(store, replace(every[-1], seen_at=NOON + 3 * HOUR)) == Kept(revised=1)


def test_further_keys_of_an_article_are_kept_up_to_a_number(store: Store) -> None:
    def again(poll: int) -> FeedItem:
        return replace(item(seen_at=NOON + poll * HOUR), guid=f"of-request-{poll}")

    before = [kept(store, again(poll)) and count(store) for poll in range(20)]
    assert before[0] == (1, 3)
    assert before[1] == (1, 4)
    assert before[-1] == before[-2] == (1, 3 + 8)


def test_the_questions_to_the_store_do_not_grow_with_the_items(store: Store) -> None:
    asked: list[str] = []
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: asked.append(statement),
    )
    items = [item(n, f"Mine {n} opens") for n in range(100)]
    kept(store, *items)
    assert [statement.split()[0] for statement in asked] == ["BEGIN", "SELECT", "INSERT", "INSERT"]
    asked.clear()
    kept(store, *items)
    assert [statement.split()[0] for statement in asked] == ["BEGIN", "SELECT"]


# ---------------------------------------------------------------- stories


def reading(store: Store, title: str, seen_at: datetime) -> Reading:
    """The article that an item has become, with the company that its title begins with."""
    kept(store, item(title=title, seen_at=seen_at))
    with store.begin() as tx:
        one = next(each for each in tx.articles.unread(99) if each.title == title)
        name = title.split(maxsplit=1)[0]
        mention = Mention(name.lower(), "company", name, None, name, 0, len(name))
        found = Extraction(one.id, (mention,), (), (), ())
        tx.articles.save_extraction(found, seen_at)
    return Reading(one, found)


def folded(store: Store, index: StoryIndex, one: Reading) -> Story:
    with store.begin() as tx:
        story = fold_one(tx, index, one, ())
    assert story is not None
    return story


def test_a_correction_joins_the_story_of_what_it_corrects(store: Store) -> None:
    """However little the two have in common: here not even the company."""
    index = StoryIndex(WINDOW)
    first = folded(store, index, reading(store, "Acme wins contract of Utah mines", NOON))
    put_right = reading(store, "Bolt tells court why it regrets hiring in Utah mines", NOON + HOUR)
    assert put_right.article.revises == first.articles[0]
    grown = folded(store, index, put_right)
    assert grown.id == first.id
    assert grown.articles == (*first.articles, put_right.article.id)
    assert grown.outlets == ("Ore Daily",)


@pytest.mark.parametrize(
    ("title", "later"),
    [("Bolt hires people", HOUR), ("Bolt wins contract in Utah", WINDOW + HOUR)],
    ids=["another subject", "long after"],
)
def test_a_page_that_tells_of_something_else_begins_a_story_of_its_own(
    store: Store, title: str, later: timedelta
) -> None:
    index = StoryIndex(WINDOW)
    first = folded(store, index, reading(store, "Acme wins contract of Utah mines", NOON))
    other = reading(store, title, NOON + later)
    assert other.article.revises == first.articles[0]
    assert folded(store, index, other).id != first.id
