"""Polling without end, on a clock that a test moves: when sources are asked, what is kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from monitor.app import build
from monitor.config import load_config
from monitor.ingest.schedule import WEEK
from monitor.ingest.web.http import Http
from monitor.model import (
    Article,
    Cursor,
    FeedItem,
    Polled,
    PollFailed,
    PollOutcome,
    SourceState,
    StageReport,
)
from monitor.pipeline.delivering import deliver
from monitor.pipeline.parts import Parts
from monitor.pipeline.poller import Poller
from monitor.pipeline.polling import BATCH, poll
from tests.servers import PATIENCE, LoopbackServer, Reply, Request, redirect

START = datetime(2025, 6, 12, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def rss(*titles: str, head: str = "", at: datetime = START - HOUR) -> bytes:
    entries = "".join(
        f"<item><title>{title}</title><guid>{title}</guid>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for title in titles
    )
    return f'<rss version="2.0"><channel><title>W</title>{head}{entries}</channel></rss>'.encode()


class Clock:
    """Stands still until it is moved; with `step` it goes on by that with each look at it."""

    def __init__(self, step: timedelta = timedelta()) -> None:
        self.now = START
        self.step = step
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.now += self.step
            return self.now


@dataclass
class Running:
    """A poller in a thread of its own, and what it told."""

    parts: Parts
    clock: Clock
    reports: list[StageReport] = field(default_factory=list)
    kept: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.parts = replace(self.parts, stopping=self.stop.is_set)
        poller = Poller(self.parts, self.clock, self.tell, self.keep, stop_check=0.01)
        self.thread = threading.Thread(target=poller.run)
        self.thread.start()

    def tell(self, report: StageReport) -> None:
        with self.changed:
            self.reports.append(report)
            self.changed.notify_all()

    def keep(self) -> None:
        with self.changed:
            self.kept += 1
            self.changed.notify_all()

    def wait_until(self, held: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(held, PATIENCE)

    def wait_for_polls(self, count: int) -> None:
        self.wait_until(lambda: self.polls >= count)

    @property
    def polls(self) -> int:
        return sum(report.counts.get("sources", 0) for report in self.reports)

    @property
    def problems(self) -> list[str]:
        return [problem for report in self.reports for problem in report.problems]

    def end(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


Opened = Callable[..., Parts]
Started = Callable[..., Running]


@pytest.fixture
def opened(tmp_path: Path, server: LoopbackServer) -> Iterator[Opened]:
    """Parts with a feed at each of the paths. `poll`: further lines of [poll]."""
    made: list[Parts] = []

    def open_them(*paths: str, poll: str = "", rows: str = 'every = "1m"') -> Parts:
        sources = "".join(
            f'[[sources]]\nname = "{path}"\nurl = "{server.url(path)}"\n{rows}\n' for path in paths
        )
        config = tmp_path / "config.toml"
        config.write_text(
            '[rules]\nshipped = false\n[watch]\nsymbols = ["MP"]\n'
            f'[poll]\nprivate = ["127.0.0.1"]\nspacing = "0s"\nper_host = 9\n{poll}\n{sources}',
            encoding="utf-8",
        )
        made.append(build(load_config(config, {})))
        return made[-1]

    yield open_them
    for parts in made:
        parts.store.close()


@pytest.fixture
def started() -> Iterator[Started]:
    running: list[Running] = []

    def start(parts: Parts, clock: Clock) -> Running:
        running.append(Running(parts, clock))
        return running[-1]

    yield start
    for one in running:
        one.end()


def state_of(parts: Parts, name: str) -> SourceState:
    with parts.store.begin() as tx:
        return tx.books.source(name)


def articles(parts: Parts) -> list[Article]:
    with parts.store.begin() as tx:
        return tx.articles.unread(1000)


def test_what_is_new_is_kept_and_told_and_the_rest_is_not(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    server.route("/wire", Reply(body=rss("one"), etag='"1"'))
    clock = Clock()
    parts = opened("/wire")
    running = started(parts, clock)
    running.wait_until(lambda: running.kept == 1)
    (article,) = articles(parts)
    assert (article.title, article.seen_at) == ("one", START)
    clock.now += 2 * MINUTE
    running.wait_for_polls(2)
    assert running.kept == 1
    assert server.requests[1].headers["if-none-match"] == '"1"'
    server.route("/wire", Reply(body=rss("one", "two"), etag='"2"'))
    clock.now += 2 * MINUTE
    running.wait_until(lambda: running.kept == 2)
    assert [one.seen_at for one in articles(parts)] == [START, START + 4 * MINUTE]
    running.end()
    assert [dict(report.counts) for report in running.reports if report.counts] == [
        {"sources": 1, "new": 1},
        {"sources": 1, "new": 0},
        {"sources": 1, "new": 1},
    ]


def test_a_source_that_hangs_delays_nobody_and_holds_up_no_stop(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    server.route("/silent", Reply(wait=threading.Event()))
    server.route("/quick", Reply(body=rss("one")))
    clock = Clock()
    running = started(opened("/silent", "/quick", poll='deadline = "1h"'), clock)
    for count in range(1, 4):
        running.wait_for_polls(count)
        clock.now += 2 * MINUTE
    running.end()
    assert [one.path for one in server.requests].count("/silent") == 1


def test_a_new_start_goes_on_where_the_last_run_ended(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    server.route("/wire", Reply(body=rss("one"), etag='"1"'))
    server.route("/late", Reply(body=rss("two")))
    parts = opened("/wire", rows='every = "1h"')
    first = started(parts, Clock())
    first.wait_for_polls(1)
    first.end()
    clock = Clock()
    clock.now += 59 * MINUTE
    second = started(opened("/wire", "/late", rows='every = "1h"'), clock)
    second.wait_for_polls(1)
    assert [one.path for one in server.requests] == ["/wire", "/late"]
    clock.now += 7 * MINUTE  # up to a tenth is added to an hour
    second.wait_for_polls(2)
    assert server.requests[2].headers["if-none-match"] == '"1"'


def test_a_clock_that_was_set_back_stops_nobody(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    server.route("/wire", Reply(body=rss("one")))
    parts = opened("/wire")
    with parts.store.begin() as tx:
        tx.books.save_sources([SourceState("/wire", polled_at=START + 300 * 24 * HOUR)])
    started(parts, Clock()).wait_for_polls(1)


def test_no_request_comes_earlier_than_allowed(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    """By the server's log; time runs, some seconds with each look at the clock."""
    clock = Clock(step=20 * SECOND)
    asked: dict[str, list[datetime]] = {}

    def noted(reply: Reply) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            asked.setdefault(request.path, []).append(clock.now)
            return reply

        return answer

    ttl, noon = "<ttl>20</ttl>", "<skipHours><hour>12</hour><hour>13</hour></skipHours>"
    kinds = {
        "/plain": (Reply(body=rss("a")), 2 * MINUTE),
        "/fresh": (Reply(body=rss("b"), headers={"Cache-Control": "max-age=600"}), 10 * MINUTE),
        "/ttl": (Reply(body=rss("c", head=ttl)), 20 * MINUTE),
        "/busy": (Reply(status=503, headers={"Retry-After": "900"}), 15 * MINUTE),
        "/many": (Reply(status=429, headers={"Retry-After": "1200"}), 20 * MINUTE),
        "/broken": (Reply(status=500), 4 * MINUTE),
        "/skips": (Reply(body=rss("d", head=noon)), 2 * HOUR),
        "/gone": (Reply(status=410), WEEK),
        "/year": (Reply(body=rss("e"), headers={"Cache-Control": "max-age=31536000"}), 24 * HOUR),
    }
    for path, (reply, _) in kinds.items():
        server.route(path, noted(reply))
    running = started(opened(*kinds, rows='every = "2m"'), clock)
    running.wait_until(lambda: len(asked.get("/skips", ())) >= 2)
    running.end()
    first, second, *_ = asked.pop("/skips")
    assert first.hour == 12
    assert second >= START.replace(hour=14)
    for path, times in asked.items():
        waits = [later - sooner for sooner, later in pairwise(times)]
        assert all(wait >= kinds[path][1] - clock.step for wait in waits), path
    assert len(asked["/plain"]) > len(asked["/fresh"]) > len(asked["/ttl"]) > 1
    assert len(asked["/broken"]) < len(asked["/plain"])
    assert (len(asked["/gone"]), len(asked["/year"])) == (1, 1)
    assert running.problems.count("/broken: answered with status 500") == 1  # told once


def test_a_budget_is_kept_and_spent_where_most_is_to_be_won(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    clock = Clock()
    parts = opened("/new", "/seldom", "/often", poll="budget = 60")
    for path in ("/new", "/seldom", "/often"):
        server.route(path, Reply(body=rss(path)))
    fast = parts.config.tables.sources[2].model_copy(update={"every": 30 * SECOND})
    rows = (*parts.config.tables.sources[:2], fast)
    tables = parts.config.tables.model_copy(update={"sources": rows})
    parts = replace(parts, config=replace(parts.config, tables=tables))
    with parts.store.begin() as tx:
        tx.books.save_sources(
            [
                SourceState(name, polled_at=START - 2 * MINUTE, succeeded_at=START)
                for name in ("/seldom", "/often")
            ]
        )
    running = started(parts, clock)
    for count in range(1, 4):
        running.wait_for_polls(count)
        clock.now += MINUTE - SECOND
        running.wait_until(lambda: True)
        clock.now += SECOND
    running.end()
    assert [one.path for one in server.requests][:3] == ["/new", "/often", "/seldom"]


def test_the_budget_of_an_hour_holds_for_passes_too(opened: Opened, server: LoopbackServer) -> None:
    paths = [f"/{number}" for number in range(5)]
    for path in paths:
        server.route(path, Reply(body=rss(path)))
    parts = opened(*paths, poll="budget = 3", rows='every = "10m"')
    assert poll(parts, START).counts["sources"] == 3
    assert poll(parts, START + 30 * MINUTE).counts["sources"] == 0
    asked = {one.path for one in server.requests}
    assert poll(parts, START + HOUR).counts["sources"] == 3
    assert {one.path for one in server.requests[3:]} >= set(paths) - asked


def test_it_moves_with_its_feed_and_comes_back_when_that_is_gone(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    server.route("/old", redirect("/new", status=308))
    server.route("/new", Reply(body=rss("one"), etag='"1"'))
    clock = Clock()
    parts = opened("/old")
    running = started(parts, clock)
    running.wait_for_polls(1)
    assert state_of(parts, "/old").moved_to == server.url("/new")
    clock.now += 2 * MINUTE
    running.wait_for_polls(2)
    server.route("/new", Reply(status=410))
    clock.now += 2 * MINUTE
    running.wait_for_polls(3)
    server.route("/old", Reply(body=rss("one")))
    clock.now += 5 * MINUTE
    running.wait_for_polls(4)
    assert [one.path for one in server.requests] == ["/old", "/new", "/new", "/new", "/old"]
    assert "if-none-match" not in server.requests[4].headers
    assert state_of(parts, "/old").failures == 0


# ---------------------------------------------------------------- a pass


@dataclass(frozen=True)
class Ready:
    """A source that answers at once."""

    name: str
    title: str

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        url = f"https://example.org/{self.title}"
        item = FeedItem(self.name, self.name, None, url, self.title, "", now, now)
        return Polled(self.name, (item,), Cursor())


def test_a_pass_takes_many_outcomes_in_batches(opened: Opened) -> None:
    many = tuple(Ready(f"source {number}", f"title {number}") for number in range(BATCH + 44))
    parts = replace(opened(), sources=many)
    assert poll(parts, START).counts == {"sources": len(many), "new": len(many)}
    assert len(articles(parts)) == len(many)
    assert poll(parts, START + MINUTE).counts == {"sources": 0, "new": 0}
    assert {one.name for one in many} == {
        name for name in (one.name for one in many) if state_of(parts, name).polled_at == START
    }


def test_a_pass_keeps_the_same_of_two_whoever_answers_first(
    opened: Opened, server: LoopbackServer
) -> None:
    gate = threading.Event()
    link = "<link>https://example.org/the-same</link>"
    body = rss("one").replace(b"<item>", f"<item>{link}".encode())

    def late(request: Request) -> Reply:
        assert gate.wait(PATIENCE)
        return Reply(body=body)

    def early(request: Request) -> Reply:
        gate.set()
        return Reply(body=body)

    server.route("/first", late)
    server.route("/second", early)
    parts = opened("/first", "/second")
    assert poll(parts, START).counts["new"] == 1
    assert [one.source for one in articles(parts)] == ["/first"]


def test_a_pass_that_is_stopped_keeps_what_had_come(opened: Opened) -> None:
    stop = threading.Event()

    @dataclass(frozen=True)
    class Hanging:
        name: str = "hanging"

        async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
            stop.set()
            await asyncio.Event().wait()
            raise AssertionError

    parts = replace(opened(), sources=(Ready("ready", "one"), Hanging()), stopping=stop.is_set)
    assert poll(parts, START).counts == {"sources": 2, "new": 1}
    assert state_of(parts, "ready").polled_at == START
    assert state_of(parts, "hanging").polled_at is None


# ---------------------------------------------------------------- trouble


def test_what_could_not_be_written_is_written_later_and_nothing_is_asked_until_then(
    opened: Opened, started: Started, server: LoopbackServer
) -> None:
    server.route("/wire", Reply(body=rss("one"), etag='"1"'))
    clock = Clock()
    parts = opened("/wire")

    def rename(old: str, new: str) -> None:
        with parts.store.engine.begin() as connection:
            connection.execute(text(f"alter table {old} rename to {new}"))

    running = started(parts, clock)
    running.wait_for_polls(1)
    server.route("/wire", Reply(body=rss("one", "two"), etag='"2"'))
    rename("source", "elsewhere")
    clock.now += 2 * MINUTE
    running.wait_until(lambda: bool(running.problems))
    assert len(articles(parts)) == 1
    clock.now += 5 * MINUTE
    running.wait_until(lambda: len(running.problems) == 2)
    rename("elsewhere", "source")
    clock.now += MINUTE
    running.wait_until(lambda: running.kept == 2)
    assert len(articles(parts)) == 2
    assert len(server.requests) == 2


@dataclass(frozen=True)
class Odd:
    """A source whose items the store will not keep, or that cannot be looked at, by a mistake."""

    name: str
    title: object

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        item = FeedItem(self.name, "Odd", None, None, self.title, "", None, now)  # type: ignore[arg-type]
        return Polled(self.name, (item,), Cursor())


@pytest.mark.parametrize("title", ["\udc80", 5])
def test_a_mistake_costs_one_source_alone(
    opened: Opened, started: Started, server: LoopbackServer, title: object
) -> None:
    server.route("/wire", Reply(body=rss("one")))
    parts = opened("/odd", "/wire")
    parts = replace(parts, sources=(Odd("/odd", title), parts.sources[1]))
    with capture_logs():
        running = started(parts, Clock())
        running.wait_for_polls(2)
        running.end()
        assert poll(parts, START + HOUR).counts == {"sources": 2, "new": 0}
    assert [one.title for one in articles(parts)] == ["one"]
    assert "a mistake in the program" in (state_of(parts, "/odd").last_error or "")


def test_life_is_shown_where_there_is_nothing_to_do(opened: Opened, started: Started) -> None:
    clock = Clock(step=SECOND)
    running = started(opened(), clock)
    running.wait_until(lambda: len(running.reports) >= 2)
    assert running.polls == 0


# ---------------------------------------------------------------- alerts about sources


CONSOLE = """every = "10m"
[[channels]]
type = "console"
name = "console"
[[routes]]
channels = ["console"]
rules = ["source-silent", "source-gone"]
"""


@dataclass
class Scripted:
    """A source that gives what a test says."""

    outcome: PollOutcome
    name: str = "wire"

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        return self.outcome


def test_a_source_that_falls_silent_is_told_once_until_it_speaks_again(
    opened: Opened, capsys: pytest.CaptureFixture[str]
) -> None:
    wire = Scripted(Polled("wire", (), Cursor()))
    parts = replace(opened("/wire", rows=CONSOLE), sources=(wire,))
    clock = datetime(2025, 6, 9, tzinfo=UTC)  # a Monday

    def speak(hours: int) -> None:
        nonlocal clock
        for _ in range(hours):
            clock += HOUR
            item = FeedItem("wire", "Wire", None, None, f"at {clock}", "", clock, clock)
            wire.outcome = Polled("wire", (item,), Cursor())
            poll(parts, clock)

    def be_silent(hours: int) -> None:
        nonlocal clock
        clock += hours * HOUR
        poll(parts, clock)

    def told() -> list[str]:
        with parts.store.begin() as tx:
            return [f"{one.rule}: {one.title}" for one in tx.alerts.newest(99)]

    def sent() -> str:
        deliver(parts, clock)
        return capsys.readouterr().out

    speak(12)
    be_silent(23)
    assert told() == []
    be_silent(5)
    be_silent(15)
    assert told() == ["source-silent: wire has fallen silent"]
    message = sent()
    assert "[info] wire has fallen silent" in message
    assert "usually something comes within 60 minutes" in message
    speak(3)
    be_silent(40)
    assert len(told()) == 2
    wire.outcome = PollFailed("wire", "", "answered with status 410", 410)
    be_silent(2)
    assert told()[0] == "source-gone: wire is gone"
    assert "its server says that it is gone for good" in sent()
    be_silent(9 * 24)
    assert sent() == ""


def test_history_tells_nobody(opened: Opened, server: LoopbackServer) -> None:
    server.route("/wire", Reply(status=410))
    parts = replace(opened("/wire", rows=CONSOLE), delivers=False)
    poll(parts, START)
    with parts.store.begin() as tx:
        (alert,) = tx.alerts.newest(9)
        assert tx.alerts.held_back(alert.id) == "history: kept, not sent"
        assert tx.alerts.due(START) == []


def test_what_was_silent_from_the_start_is_not_told(opened: Opened, server: LoopbackServer) -> None:
    parts = opened("/wire")
    entries = "".join(
        f"<item><title>{n}</title><guid>{n}</guid>"
        f"<pubDate>{format_datetime(START - (400 + n) * 24 * HOUR)}</pubDate></item>"
        for n in range(20)
    )
    body = f'<rss version="2.0"><channel><title>W</title>{entries}</channel></rss>'
    server.route("/wire", Reply(body=body.encode()))
    for hour in range(3):
        poll(parts, START + hour * HOUR)
    with parts.store.begin() as tx:
        assert tx.alerts.newest(9) == []
