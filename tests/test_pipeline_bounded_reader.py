"""Articles read in a child: one that does harm is named, and the next one is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from monitor.model import Article, Extraction
from monitor.pipeline.bounded_reader import BoundedReader, UnreadableError


class Harmed:
    """A reader that some texts harm."""

    def extract(self, article: Article) -> Extraction:
        while article.text == "loop":
            pass
        if article.text == "exit":
            os._exit(1)
        return Extraction(article.id, (), (), (), (), unread=os.getpid())


@pytest.fixture(scope="module")
def reader() -> Iterator[BoundedReader]:
    with closing(BoundedReader(Harmed, timeout=0.5)) as reader:
        yield reader


def article(text: str) -> Article:
    return Article("a", "s", "s", None, "", text, None, datetime(2025, 6, 12, tzinfo=UTC))


def test_articles_are_read_elsewhere(reader: BoundedReader) -> None:
    found = reader.extract(article("fine"))
    assert found.article == "a"
    assert found.unread != os.getpid()
    assert reader.extract(article("fine")).unread == found.unread


def test_an_article_that_does_harm_is_named(reader: BoundedReader) -> None:
    for text, why in (("loop", "took longer than 0.5 seconds"), ("exit", "exit status 1")):
        with pytest.raises(UnreadableError, match=why):
            reader.extract(article(text))
        assert reader.extract(article("fine")).article == "a"


def test_where_no_child_can_be_had_articles_are_read_here() -> None:
    with capture_logs() as told, closing(BoundedReader(lambda: Harmed())) as reader:  # noqa: PLW0108
        assert reader.extract(article("fine")).unread == os.getpid()
        assert reader.extract(article("fine")).unread == os.getpid()
    assert [one["event"] for one in told] == ["articles are read without a limit of time"]
