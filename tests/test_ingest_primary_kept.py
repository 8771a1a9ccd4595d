"""What the store makes of what primary sources give: the same matter once, different ones apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import build
from monitor.config import load_config
from monitor.ingest.primary.federal_register import FederalRegister
from monitor.ingest.primary.war_gov import WarGov
from monitor.model import Article, PollOutcome
from monitor.pipeline.keeping import Kept, keep
from monitor.pipeline.polling import poll
from monitor.store.engine import Store
from tests.asked import good, polled
from tests.edgar_server import Filed, Sec
from tests.servers import LoopbackServer, serving
from tests.test_ingest_federal_register import CURRENT, PATH, document, inspected, listing
from tests.test_ingest_gdelt import Service, article
from tests.test_ingest_google_news import Search
from tests.test_ingest_war_gov import DENIED, FIVE, Site

THURSDAY = datetime(2025, 6, 12, 21, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'monitor.db'}")
    yield opened
    opened.close()


def kept(store: Store, outcome: PollOutcome) -> Kept:
    with store.begin() as tx:
        return keep(tx, good(outcome).items)


def articles(store: Store) -> list[Article]:
    with store.begin() as tx:
        return tx.articles.unread(99)


def test_a_published_document_is_a_later_wording_of_the_one_inspected(
    server: LoopbackServer, store: Store
) -> None:
    title = "Order on Rare Earth Magnets"
    published = document("2025-00007", publication_date="2025-06-13", title=title)
    register = FederalRegister("register", server.url(PATH), inspection=True)
    server.route(PATH, listing())
    server.route(CURRENT, listing(inspected()))
    assert kept(store, polled(register, THURSDAY)).new == 1
    server.route(PATH, listing(published))
    friday = kept(store, polled(register, THURSDAY + timedelta(hours=16)))
    assert (friday.new, friday.revised) == (0, 1)
    again = kept(store, polled(register, THURSDAY + timedelta(hours=17)))
    assert (again.new, again.revised) == (0, 0)
    first, second = articles(store)
    assert second.revises == first.id
    assert first.published_at == datetime(2025, 6, 12, 20, 15, tzinfo=UTC)


def test_awards_of_one_page_are_articles_of_their_own(server: LoopbackServer, store: Store) -> None:
    site = Site(server, {7: (FIVE, ["Ore", "Gear", "Bolt"])})
    server.route(site.path(7), DENIED)
    war = WarGov("war", "contracts", server.url(""))
    closed = polled(war, THURSDAY)
    assert kept(store, closed).new == 1
    server.route(site.path(7), site.article)
    opened = polled(war, THURSDAY, good(closed).cursor)
    assert kept(store, opened).new == 3
    assert kept(store, polled(war, THURSDAY)) == Kept()
    found = {one.title.partition(":")[0] for one in articles(store)}
    assert found == {"Ore Inc.", "Gear Inc.", "Bolt Inc.", "Contracts For June 12, 2025"}


CONFIG = """
[poll]
contact = "someone@example.org"
private = ["127.0.0.1"]
spacing = "0s"
[[sources]]
kind = "federal-register"
name = "register"
url = "{base}/api/v1/documents.json"
[[sources]]
kind = "edgar"
name = "edgar"
url = "{base}"
data_url = "{base}"
[[sources]]
kind = "war-gov"
name = "war"
url = "{base}"
what = "contracts"
[[sources]]
kind = "gdelt"
name = "gdelt"
url = "{slow}/gdelt"
[[sources]]
kind = "google-news"
name = "news"
url = "{base}/news"
[watch]
symbols = ["MP"]
"""


@pytest.fixture
def slow() -> Iterator[LoopbackServer]:
    """One whose requests are kept far apart: it must be nobody else's."""
    with serving() as running:
        yield running


def test_every_kind_is_polled_and_remembered(
    tmp_path: Path, server: LoopbackServer, slow: LoopbackServer
) -> None:
    at = THURSDAY - timedelta(hours=1)
    server.route(PATH, listing(document()))
    Site(server, {7: (at, ["Ore", "Gear"])})
    cik = 1801368
    held = [Filed(cik, "0000000001-25-000001", at)]
    Sec(server, {cik: "MP Materials Corp."}, held, tickers={"MP": cik})
    slow.route("/gdelt", Service([("MP Materials", article(1, at))]))
    server.route("/news", Search([THURSDAY + timedelta(days=2)]))  # its clock is ahead
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(base=server.url(""), slow=slow.url("")), encoding="utf-8")
    parts = build(load_config(path, {}), delivers=False)
    first = poll(parts, THURSDAY)
    assert (first.counts["sources"], first.counts["new"]) == (5, 6)
    assert poll(parts, THURSDAY + timedelta(minutes=1)).counts["sources"] == 0
    again = poll(parts, THURSDAY + timedelta(hours=2))
    assert (again.counts["sources"], again.counts["new"]) == (5, 0)
    with parts.store.begin() as tx:
        positions = {one.name: one.cursor.position for one in tx.books.sources().values()}
    assert set(positions) == {"register", "edgar", "war", "gdelt", "news: MP Materials"}
    assert all(positions[name] for name in ("edgar", "war", "gdelt", "news: MP Materials"))
    parts.store.close()
