"""What matters is opened, read whole and folded; what fails stays as its source gave it."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from monitor.app import build, opener_of
from monitor.config import load_config
from monitor.ingest.pages.forms import Fetched, NoPage, Page
from monitor.ingest.pages.opener import Opener
from monitor.ingest.pages.page import page_of
from monitor.model import (
    Article,
    Event,
    Exposure,
    Extraction,
    FeedItem,
    Mention,
    Reading,
    Span,
    StageReport,
)
from monitor.pipeline.folding import fold
from monitor.pipeline.keeping import keep
from monitor.pipeline.opening import (
    OLD,
    PATIENCE,
    WHOLE,
    lacks_page,
    matters,
    open_pages,
    pages_wanted,
    read_opened,
)
from monitor.pipeline.parts import Parts
from monitor.pipeline.reading import read
from monitor.pipeline.recent_stories import RecentStories
from monitor.pipeline.run import STAGES, run
from monitor.store.engine import Store
from monitor.store.schema import article as article_table
from tests import page_layouts as its
from tests import readers
from tests.servers import LoopbackServer, Reply, Request

NOW = datetime(2025, 6, 12, 15, 30, tzinfo=UTC)
TITLE = "White House invokes Defense Production Act for rare-earth mining"
SUMMARY = "The order was signed on Thursday, officials said."
PARAGRAPHS = (
    "The White House has invoked the Defense Production Act to pay for rare-earth mining, "
    "officials said on Thursday. The order was signed in the morning, and takes effect at once.",
    "MP Materials rose by as much as 17% on Thursday, the highest since March. The company owns "
    "the only such mine in the country and had asked for help with its costs for two years.",
    "A spokesman said that the money would go to three mines, and that the list of them would be "
    "told within a month. He would not say how much it would be, nor when it would be paid out.",
)
NOTHING = "Three recipes for the end of the strawberry season"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """What takes long to make, for all tests; nothing is polled here."""
    config = tmp_path_factory.mktemp("built") / "config.toml"
    config.write_text(
        """
        [poll]
        private = ["127.0.0.1"]
        spacing = "0s"
        [pages]
        per_pass = 3
        [[sources]]
        name = "wire"
        url = "http://127.0.0.1/wire"
        [[sources]]
        name = "no pages"
        url = "http://127.0.0.1/other"
        pages = false
        [watch]
        symbols = ["MP", "USAR"]
        [prices]
        provider = "files"
        dir = "."
        """,
        encoding="utf-8",
    )
    return build(load_config(config, {}), out=io.StringIO())


@pytest.fixture
def parts(tmp_path: Path, built: Parts) -> Iterator[Parts]:
    store = Store.open(f"sqlite:///{tmp_path}/monitor.db")
    opener = Opener(built.http, here, "monitor", deadline=10.0, max_bytes=1_000_000)
    yield replace(
        built,
        store=store,
        reader=readers.new_york,
        opener=lambda: opener,
        recent=RecentStories(),
    )
    opener.close()
    store.close()


async def here(fetched: Fetched) -> Page | NoPage:
    return page_of(fetched)


def item(url: str | None, title: str = TITLE, told: str = SUMMARY, **more: object) -> FeedItem:
    given: dict[str, object] = {
        "source": "wire",
        "outlet": "Wire",
        "guid": None,
        "url": url,
        "title": title,
        "text": told,
        "published_at": NOW - timedelta(minutes=30),
        "seen_at": NOW,
    }
    return FeedItem(**(given | more))  # type: ignore[arg-type]


def take_in(parts: Parts, *items: FeedItem) -> None:
    with parts.store.begin() as tx:
        keep(tx, items)
    read(parts, NOW)


def page(body: bytes) -> Reply:
    return Reply(body=body, headers={"Content-Type": "text/html"})


def whole(head: str = "") -> bytes:
    return its.story(TITLE, *PARAGRAPHS, head=head)


def kept(parts: Parts) -> dict[str, tuple[str, Article]]:
    """By title: the state of each article, and the article."""
    with parts.store.begin() as tx:
        ids = tx.articles._connection.execute(select(article_table)).all()
        fields = Article.__dataclass_fields__
    return {
        row.title: (row.state, Article(**{name: getattr(row, name) for name in fields}))
        for row in ids
    }


def readings(parts: Parts) -> list[Reading]:
    with parts.store.begin() as tx:
        return tx.articles.unfolded(99)


def counts(report: StageReport) -> dict[str, int]:
    return dict(report.counts)


# ---------------------------------------------------------------- the way through


def test_what_matters_is_read_whole(parts: Parts, server: LoopbackServer) -> None:
    opener = opener_of(parts.config)  # as the program makes it, with its child
    parts = replace(parts, opener=lambda: opener)
    server.route("/n", page(whole(its.ld(its.node(headline=TITLE)))))
    server.route("/strawberries", page(its.news()))
    take_in(parts, item(server.url("/n")), item(server.url("/strawberries"), NOTHING, ""))
    before = {one.article.title: one.extraction for one in readings(parts)}
    assert not before[TITLE].claims
    report = open_pages(parts, NOW)
    assert (report.stage, counts(report), report.problems) == ("open pages", {"opened": 1}, ())
    assert {title: state for title, (state, _) in kept(parts).items()} == {
        TITLE: "new",
        NOTHING: "read",
    }
    again = read_opened(parts, NOW)
    assert (again.stage, counts(again)["articles"]) == ("read pages", 1)
    (state, article) = kept(parts)[TITLE]
    assert state == "read"
    assert article.text == "\n".join((SUMMARY, *PARAGRAPHS))
    assert (article.author, article.page) == ("Ada Quill", None)
    assert article.published_at == NOW - timedelta(minutes=30)  # the feed's own time stands
    after = {one.article.title: one.extraction for one in readings(parts)}
    assert [claim.percent for claim in after[TITLE].claims] == [17.0]
    assert [request.path for request in server.requests] == ["/robots.txt", "/n"]
    opener.close()


def test_one_pass_reads_opens_reads_again_and_folds(parts: Parts, server: LoopbackServer) -> None:
    server.route("/n", page(whole()))
    with parts.store.begin() as tx:
        keep(tx, [item(server.url("/n"))])
    first = STAGES.index(read)
    reports = run(parts, NOW, STAGES[first : STAGES.index(fold) + 1])
    assert [(one.stage, dict(one.counts)) for one in reports][1] == ("open pages", {"opened": 1})
    assert len({one.stage for one in reports}) == len(reports) == 4
    (state, article) = kept(parts)[TITLE]
    assert state == "folded"
    assert PARAGRAPHS[1] in article.text


def test_a_page_is_asked_for_once(parts: Parts, server: LoopbackServer) -> None:
    server.route("/n", page(whole()))
    server.route("/m", Reply(status=404))
    take_in(parts, item(server.url("/n")), item(server.url("/m"), f"{TITLE} again"))
    for _ in range(3):  # as if each pass were stopped before it folds
        open_pages(parts, NOW)
        read_opened(parts, NOW)
    assert sorted(request.path for request in server.requests) == ["/m", "/n", "/robots.txt"]
    fold(parts, NOW)
    assert {state for state, _ in kept(parts).values()} == {"folded"}


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=404), "status 404"),
        (page(its.consent()), "consent"),
        (page(its.challenge()), "challenge"),
        (page(its.news()), "another page"),
        (Reply(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "not html"),
        (Reply(body=b"<html>", cut_at=2), "no answer"),
    ],
)
def test_what_fails_leaves_the_summary_in_use_and_says_so(
    parts: Parts, server: LoopbackServer, reply: Reply, reason: str
) -> None:
    server.route("/n", reply)
    take_in(parts, item(server.url("/n")))
    before = readings(parts)
    report = open_pages(parts, NOW)
    assert counts(report) == {reason: 1}
    assert bool(report.problems) is (reason == "no answer")
    (after,) = readings(parts)
    assert after.article == replace(before[0].article, page=reason)
    assert after.extraction == before[0].extraction


def test_before_a_paywall_is_used_what_is_more_than_the_summary(
    parts: Parts, server: LoopbackServer
) -> None:
    head = its.ld({"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": False})
    server.route("/more", page(whole(head)))
    server.route("/less", page(its.story(TITLE, PARAGRAPHS[0], head=head)))
    long = " ".join((SUMMARY, *PARAGRAPHS))
    take_in(
        parts,
        item(server.url("/more")),
        item(server.url("/less"), f"{TITLE}, as told", long),
    )
    assert counts(open_pages(parts, NOW)) == {"paywall": 2}
    found = {title: article for title, (_, article) in kept(parts).items()}
    assert {article.page for article in found.values()} == {"paywall"}
    assert PARAGRAPHS[2] in found[TITLE].text
    assert found[f"{TITLE}, as told"].text == long


def test_an_undated_item_is_dated_by_its_page(parts: Parts, server: LoopbackServer) -> None:
    head = '<meta property="article:published_time" content="2025-06-12T10:05:00-04:00">'
    server.route("/n", page(whole(head)))
    take_in(parts, item(server.url("/n"), published_at=None))
    open_pages(parts, NOW)
    assert kept(parts)[TITLE][1].published_at == datetime(2025, 6, 12, 14, 5, tzinfo=UTC)


def test_an_article_is_known_by_its_pages_own_address_from_then_on(
    parts: Parts, server: LoopbackServer
) -> None:
    server.route("/amp/n", page(whole('<link rel="canonical" href="/news/n?utm_source=amp">')))
    take_in(parts, item(server.url("/amp/n")))
    open_pages(parts, NOW)
    assert kept(parts)[TITLE][1].url == server.url("/news/n")
    other = item(server.url("/news/n"), source="no pages", outlet="Other")
    with parts.store.begin() as tx:
        assert keep(tx, [other]).new == 0


# ---------------------------------------------------------------- what is not asked for


def test_what_is_not_wanted_is_not_asked_for(parts: Parts, server: LoopbackServer) -> None:
    take_in(
        parts,
        item(server.url("/a"), f"{TITLE} one", source="no pages"),
        item(server.url("/b"), f"{TITLE} two", source="file:of history"),
        item(None, f"{TITLE} three", guid="three"),
        item(server.url("/d"), f"{TITLE} four", "A sentence of the whole article. " * 100),
        item(server.url("/e"), f"{TITLE} five", published_at=NOW - OLD - timedelta(hours=1)),
    )
    assert counts(open_pages(parts, NOW)) == {}
    assert server.requests == []
    assert {(state, article.page) for state, article in kept(parts).values()} == {("read", None)}


def test_pages_can_be_switched_off_and_on_by_source(parts: Parts) -> None:
    def wanted(fetch: bool, own: bool | None) -> bool:
        tables = parts.config.tables
        row = tables.sources[0].model_copy(update={"pages": own})
        pages = tables.pages.model_copy(update={"fetch": fetch})
        changed = tables.model_copy(update={"sources": (row,), "pages": pages})
        return pages_wanted(replace(parts.config, tables=changed))("wire")

    assert [wanted(True, None), wanted(True, False), wanted(True, True)] == [True, False, True]
    assert [wanted(False, None), wanted(False, False), wanted(False, True)] == [False, False, True]


def test_a_page_that_nobody_wants_any_more_is_given_up(
    parts: Parts, server: LoopbackServer
) -> None:
    server.route("/n", page(whole()))
    take_in(parts, item(server.url("/n")))
    waiting = [one.article.id for one in readings(parts)]
    with parts.store.begin() as tx:
        tx.articles.await_pages(waiting)
    tables = parts.config.tables
    off = tables.model_copy(update={"pages": tables.pages.model_copy(update={"fetch": False})})
    assert counts(open_pages(replace(parts, config=replace(parts.config, tables=off)), NOW)) == {}
    assert server.requests == []
    assert kept(parts)[TITLE] == ("read", replace(kept(parts)[TITLE][1], page=None))


# ---------------------------------------------------------------- few at a time, and stops


def test_so_many_a_pass_the_latest_first_and_the_rest_next_time(
    parts: Parts, server: LoopbackServer
) -> None:
    items = []
    for number in range(5):
        server.route(f"/{number}", page(whole()))
        at = NOW - timedelta(minutes=10 * number)
        items.append(item(server.url(f"/{number}"), f"{TITLE} {number}", published_at=at))
    take_in(parts, *reversed(items))
    assert counts(open_pages(parts, NOW)) == {"opened": 3}
    assert [one.path for one in server.requests] == ["/robots.txt", "/0", "/1", "/2"]
    fold(parts, NOW)  # those that wait are not folded
    states = [state for _, (state, _) in sorted(kept(parts).items())]
    assert states == ["new", "new", "new", "page", "page"]
    assert counts(open_pages(parts, NOW + timedelta(seconds=30))) == {"opened": 2}


def test_who_waits_too_long_goes_on_without(parts: Parts, server: LoopbackServer) -> None:
    server.route("/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 60\n"))
    for path in ("/0", "/1"):
        server.route(path, page(whole()))
    take_in(parts, *(item(server.url(f"/{n}"), f"{TITLE} {n}") for n in range(2)))
    assert counts(open_pages(parts, NOW)) == {"opened": 1}
    assert counts(open_pages(parts, NOW + PATIENCE)) == {}
    late = NOW + PATIENCE + timedelta(seconds=1)
    assert counts(open_pages(parts, late)) == {"no turn came": 1}
    assert sorted((state, one.page or "") for state, one in kept(parts).values()) == [
        ("new", ""),
        ("read", "no turn came"),
    ]


def test_a_stop_loses_nothing(parts: Parts, server: LoopbackServer) -> None:
    never = threading.Event()
    asked = threading.Event()

    def hanging(request: Request) -> Reply:
        asked.set()
        return Reply(wait=never)

    server.route("/n", hanging)
    take_in(parts, item(server.url("/n")))
    assert counts(open_pages(replace(parts, stopping=asked.is_set), NOW)) == {}
    assert kept(parts)[TITLE][0] == "page"
    server.route("/n", page(whole()))
    assert counts(open_pages(parts, NOW)) == {"opened": 1}


def test_what_was_read_says_when(parts: Parts, server: LoopbackServer) -> None:
    server.route("/n", page(whole()))
    take_in(parts, item(server.url("/n")))
    columns = text("select read_at, opened_at from article")

    def times() -> list[bool]:
        with parts.store.engine.connect() as connection:
            (row,) = connection.execute(columns)
        return [value is not None for value in row]

    assert times() == [True, False]
    open_pages(parts, NOW + timedelta(minutes=1))
    assert times() == [True, True]


# ---------------------------------------------------------------- what matters


def reading(
    title: str = "A title",
    *,
    events: tuple[str, ...] = (),
    exposed: bool = False,
    named_at: int | None = None,
) -> Reading:
    article = Article("1", "s", "S", "https://a.example/n", title, "", None, NOW)
    span = Span("x", 0, 1)
    told = tuple(Event(kind, "occurred", span, (), (), (), 1.0, "r", (0, 1)) for kind in events)
    touched = (Exposure("MP", 1.0, "mp-materials"),) if exposed else ()
    at = named_at
    named = () if at is None else (Mention("mp-materials", "company", "MP", "MP", "x", at, at + 1),)
    return Reading(article, Extraction("1", named, told, (), touched))


@pytest.mark.parametrize(
    ("given", "does"),
    [
        (reading(), False),
        (reading(events=("tariff",)), True),
        (reading(events=("official-statement",)), False),
        (reading(events=("official-statement",), exposed=True), True),
        (reading(exposed=True, named_at=0), True),
        (reading(exposed=True, named_at=40), False),
        (reading(exposed=True), False),
        (reading(named_at=0), False),  # known, not watched
    ],
)
def test_what_matters(given: Reading, does: bool) -> None:
    assert matters(given, ("MP",), {"official-statement"}) is does


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({}, True),
        ({"url": None}, False),
        ({"text": "x" * WHOLE}, False),
        ({"published_at": NOW - OLD}, True),
        ({"published_at": NOW - OLD - timedelta(seconds=1)}, False),
        ({"published_at": NOW + timedelta(days=9)}, True),
    ],
)
def test_what_lacks_its_page(changes: dict[str, object], lacks: bool) -> None:
    assert lacks_page(replace(reading().article, **changes)) is lacks  # type: ignore[arg-type]
