"""The daemon's job for live quotes beside its pass, and the stream that it follows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs
from websockets.sync.server import ServerConnection

from monitor.daemon import (
    PASS,
    POLL,
    QUOTES,
    Job,
    do,
    ended,
    jobs_of,
    polling_of,
    scheduler_of,
    started,
    wake,
)
from monitor.errors import PriceError
from monitor.ingest.sources import Feed
from monitor.ingest.web.http import Http, Limits
from monitor.market.yahoo_stream import YahooStream
from monitor.model import (
    Article,
    Extraction,
)
from monitor.pipeline.parts import Parts
from monitor.pipeline.streaming import Streaming
from monitor.pipeline.watching import watch_and_tell
from tests.live_market import (
    BEFORE,
    MINUTE,
    NOON,
    Market,
    configured,
    keep,
    morning,
    opened,
    stands,
    watching,
)
from tests.servers import LoopbackServer, Reply
from tests.test_market_yahoo_stream import AT_ONCE, IN_SESSION, PATIENCE, drain, packed, yahoo


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as told:
        yield told
    structlog.reset_defaults()  # commands let it write to what is standard error for a test


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def parts(tmp_path: Path, out: io.StringIO) -> Iterator[Parts]:
    built = watching(tmp_path, out)
    yield built
    built.store.close()


@pytest.fixture
def market(parts: Parts) -> Market:
    return morning(parts)


# ---------------------------------------------------------------- the daemon


class Illiterate:
    def extract(self, article: Article) -> Extraction:
        return Extraction(article.id, (), (), (), ())


@pytest.fixture
def always(tmp_path: Path, out: io.StringIO) -> Iterator[tuple[Parts, Market]]:
    """An exchange that never closes, with a jump a minute ago."""
    exchange = 'exchange = "24/7"\nlarge_move = 0.04'
    parts = replace(opened(configured(tmp_path, exchange), out), reader=Illiterate)
    today = datetime.now(UTC).replace(second=0, microsecond=0)
    keep(parts, "Something of before", "Nothing in it.", today - timedelta(days=3))
    first = today.date() - timedelta(days=250)
    market = Market(parts.config.beside("prices"), parts.sessions(), first)
    for symbol in ("MP", "SPY"):
        market.daily(symbol, today.date() - timedelta(days=1))
        market.quote(symbol, today, 1.1 if symbol == "MP" else 1.0)
    yield parts, market
    parts.store.close()


def test_the_daemon_has_a_job_for_quotes_unless_they_are_off(
    always: tuple[Parts, Market], tmp_path: Path, out: io.StringIO
) -> None:
    parts, _ = always
    assert [(job.name, job.every) for job in jobs_of(parts, None)] == [
        (PASS, timedelta(seconds=30)),
        (QUOTES, MINUTE),
    ]
    off = opened(configured(tmp_path, "quotes = false"), out)
    assert [job.name for job in jobs_of(off, None)] == [PASS]
    off.store.close()


def test_the_jobs_of_the_daemon_tell_a_move_once(
    always: tuple[Parts, Market], out: io.StringIO
) -> None:
    parts, _ = always
    one_pass, quotes = jobs_of(parts, None)
    do(parts, one_pass)
    do(parts, quotes)
    do(parts, quotes)
    do(parts, one_pass)
    assert out.getvalue().count("so far, and no story explains it") == 1
    with parts.store.begin() as tx:
        states = {state.name: state for state in tx.books.jobs()}
    assert set(states) == {PASS, QUOTES}
    assert all(state.finished_at and state.error is None for state in states.values())
    assert quotes.idle.is_set()


def test_a_job_that_fails_says_so_and_comes_again(
    always: tuple[Parts, Market], logged: list[MutableMapping[str, Any]]
) -> None:
    class Broken:
        def quotes(self, symbols: object) -> None:
            raise ZeroDivisionError("no such luck")

    parts = replace(always[0], provider=Broken)  # type: ignore[arg-type]
    _, quotes = jobs_of(parts, None)
    do(parts, quotes)
    with parts.store.begin() as tx:
        (state,) = tx.books.jobs()
    assert (state.name, state.error) == (QUOTES, "ZeroDivisionError: no such luck")
    assert [(one["job"], one["exc_info"]) for one in logged] == [(QUOTES, True)]
    assert quotes.idle.is_set()
    do(always[0], jobs_of(always[0], None)[1])
    with parts.store.begin() as tx:
        assert [state.error for state in tx.books.jobs()] == [None]


def test_what_fails_again_and_again_is_logged_once(
    always: tuple[Parts, Market], logged: list[MutableMapping[str, Any]]
) -> None:
    parts, market = always
    (market.folder / "MP.1m.csv").unlink()
    _, quotes = jobs_of(parts, None)
    do(parts, quotes)
    do(parts, quotes)
    (one,) = logged
    assert one["problem"].startswith("MP: no intraday bars")


class OneAtATime:
    """A provider that notes whether it was asked while it was being asked."""

    name = "one at a time"

    def __init__(self) -> None:
        self.busy = self.overlapped = False
        self.entered, self.go_on = Flag(), Flag()

    def _ask(self) -> None:
        self.overlapped = self.overlapped or self.busy
        self.busy = True
        self.entered.set()
        assert self.go_on.wait(PATIENCE)
        self.busy = False

    def daily(self, symbols: list[str], start: date, end: date) -> dict[str, PriceError]:
        self._ask()
        return {symbol: PriceError(symbol, "none") for symbol in symbols}

    def quotes(self, symbols: list[str]) -> dict[str, PriceError]:
        self._ask()
        return {symbol: PriceError(symbol, "none") for symbol in symbols}


def test_a_pass_and_the_quotes_ask_for_prices_in_turn(always: tuple[Parts, Market]) -> None:
    provider = OneAtATime()
    parts = replace(always[0], provider=lambda: provider)  # type: ignore[arg-type, return-value]
    jobs = jobs_of(parts, None)
    jobs[1].idle.set()  # as the scheduler does
    threads = [Thread(target=do, args=(parts, job)) for job in jobs]
    threads[0].start()
    assert provider.entered.wait(PATIENCE)
    threads[1].start()
    wait_until(lambda: not jobs[1].idle.is_set())
    threads[1].join(0.3)  # time enough to ask, were it its turn
    assert threads[1].is_alive()
    provider.go_on.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert not provider.overlapped
    assert ended(jobs, None)


def test_the_scheduler_begins_with_a_pass(always: tuple[Parts, Market]) -> None:
    parts, _ = always
    begun = Flag()
    one_pass, quotes = jobs_of(parts, None)
    work = one_pass.work
    one_pass.work = lambda: (begun.set(), work())[1]  # type: ignore[func-returns-value]
    scheduler = scheduler_of()
    started(scheduler, parts, (one_pass, quotes))
    assert begun.wait(PATIENCE)
    due = scheduler.get_job(QUOTES).next_run_time
    assert datetime.now(UTC) < due <= datetime.now(UTC) + MINUTE
    scheduler.shutdown(wait=False)
    assert ended((one_pass, quotes), None)


def test_a_job_that_is_wanted_while_it_is_done_is_done_once_more(
    always: tuple[Parts, Market],
) -> None:
    parts, _ = always
    begun, go_on, again = Flag(), Flag(), Flag()
    times = []

    def work() -> tuple[()]:
        times.append(1)
        begun.set()
        assert go_on.wait(PATIENCE)
        if len(times) == 2:
            again.set()
        return ()

    job = Job(PASS, timedelta(hours=1), work)
    scheduler = scheduler_of()
    started(scheduler, parts, (job,))
    assert begun.wait(PATIENCE)
    for _ in range(5):
        wake(scheduler, parts, job)
    assert not again.is_set()
    go_on.set()
    assert again.wait(PATIENCE)
    wait_until(lambda: not job.wanted.is_set() and job.idle.is_set())
    assert len(times) == 2
    wake(scheduler, parts, job)
    wait_until(lambda: len(times) == 3)
    wake(scheduler, replace(parts, stopping=lambda: True), job)
    assert not job.wanted.is_set()
    scheduler.shutdown(wait=False)
    assert ended((job,), None)


def test_polling_is_a_job_that_shows_life_and_wakes_the_pass(
    always: tuple[Parts, Market], server: LoopbackServer
) -> None:
    stop, kept = Flag(), Flag()
    entry = b"<item><title>one</title><guid>1</guid></item>"
    server.route("/wire", Reply(body=b'<rss version="2.0"><channel>' + entry + b"</channel></rss>"))
    parts = replace(
        always[0],
        sources=(Feed("wire", server.url("/wire")),),
        http=lambda: Http("tester/1", Limits(private=("127.0.0.1",))),
        stopping=stop.is_set,
    )
    job = polling_of(parts, kept.set)
    thread = Thread(target=do, args=(parts, job))
    thread.start()
    assert kept.wait(PATIENCE)
    with parts.store.begin() as tx:
        (state,) = tx.books.jobs()
    assert (state.name, state.error) == (POLL, None)
    assert state.finished_at is not None
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert job.idle.is_set()


# ---------------------------------------------------------------- the stream


def wait_until(held: Callable[[], bool]) -> None:
    """On a condition that another thread brings about, looked at each hundredth of a second."""
    pause = Flag()
    for _ in range(int(PATIENCE * 100)):
        if held():
            return
        pause.wait(0.01)
    raise TimeoutError


def test_a_streamed_price_is_seen_before_the_quote_that_lags(parts: Parts, market: Market) -> None:
    closes = {name: len(market.sessions.between(market.first, BEFORE)) - 1 for name in ("MP",)}
    last = market.close_of("MP", closes["MP"])
    streamed = NOON - timedelta(seconds=20)

    def handle(connection: ServerConnection) -> None:
        connection.recv()
        fields = {**IN_SESSION, "time": int(streamed.timestamp() * 1000), "price": last * 1.1}
        del fields["change"]
        connection.send(packed(**fields))
        drain(connection)

    problems: Queue[str] = Queue()
    with yahoo(handle) as url:
        streaming = Streaming(YahooStream(["MP"], url=url), parts.quotes.add, problems.put)
        streaming.keep(True)
        wait_until(lambda: parts.quotes.newest("MP") is not None)
        streaming.keep(True)
        market.quote("MP", NOON - 15 * MINUTE, 1.0)
        market.quote("SPY", NOON, 1.0)
        watch_and_tell(parts, NOON)
        move = stands(parts).explanation.move
        assert move.known_at == streamed
        assert move.ret == pytest.approx(0.1, abs=1e-4)
        assert streaming.end(PATIENCE)
        assert not streaming.runs
    assert problems.empty()


def test_a_stream_that_ends_by_a_mistake_is_told_and_begun_anew() -> None:
    class Broken:
        begun = 0

        def follow(self, take: object, stop: Flag, problem: object) -> None:
            self.begun += 1
            raise KeyError("price")

    stream, problems = Broken(), Queue[str]()
    streaming = Streaming(stream, lambda quote: None, problems.put)
    for number in (1, 2):
        streaming.keep(True)
        assert problems.get(timeout=PATIENCE) == "the stream ended: KeyError: 'price'"
        wait_until(lambda: not streaming.runs)
        assert stream.begun == number
    streaming.keep(False)


def test_the_stream_is_followed_while_an_exchange_is_open(
    always: tuple[Parts, Market],
) -> None:
    parts, _ = always
    seen = Flag()

    def handle(connection: ServerConnection) -> None:
        connection.recv()
        seen.set()
        drain(connection)

    with yahoo(handle) as url:
        stream = YahooStream(["MP"], url=url, policy=AT_ONCE)
        streaming = Streaming(stream, parts.quotes.add, lambda problem: None)
        _, quotes = jobs_of(parts, streaming)
        do(parts, quotes)
        assert seen.wait(PATIENCE)
        shut = replace(parts, stopping=lambda: True)
        do(shut, jobs_of(shut, streaming)[1])
        wait_until(lambda: not streaming.runs)
        assert ended((quotes,), streaming)
