"""Live quotes: when they are asked for, what is written of them, and that it is told once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog
from structlog.testing import capture_logs

from monitor.cli import run as run_command
from monitor.errors import PriceError
from monitor.market.yahoo import YahooProvider
from monitor.model import (
    Article,
    Event,
    Exposure,
    Extraction,
    Quote,
    Span,
)
from monitor.pipeline.correlating import correlate
from monitor.pipeline.folding import fold
from monitor.pipeline.parts import Parts
from monitor.pipeline.pricing import price
from monitor.pipeline.reading import read
from monitor.pipeline.watching import watch, watch_and_tell
from tests.live_market import (
    BEFORE,
    CLOSED,
    DAY,
    MINUTE,
    NOON,
    OPEN,
    Market,
    alerts,
    configured,
    keep,
    morning,
    opened,
    ordinary_pass,
    signals_in,
    stands,
    watching,
)
from tests.yahoo_server import CRUMB, QUOTE, Stock, YahooServer


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


# ---------------------------------------------------------------- when it is asked

ROW = {"regularMarketPrice": 20.0, "regularMarketPreviousClose": 20.0, "regularMarketTime": 1}


class Asked:
    """The requests of a server since the last look, as the symbols asked for."""

    def __init__(self, server: YahooServer) -> None:
        self._server = server
        self._seen = 0

    def __call__(self) -> list[set[str]]:
        fresh = self._server.asked_of(QUOTE)[self._seen :]
        self._seen += len(fresh)
        return [set(parse_qs(urlsplit(one).query)["symbols"][0].split(",")) for one in fresh]


def test_one_request_a_minute_while_open_and_none_while_closed(
    tmp_path: Path, out: io.StringIO
) -> None:
    symbols = '"MP", "UUUU", "LYC.AX"'
    config = configured(tmp_path, 'quotes = "1m"', symbols)
    names = ("MP", "UUUU", "LYC.AX", "SPY")
    stocks = {name: Stock(quote={**ROW, "symbol": name}) for name in names}
    with YahooServer(dict(stocks)) as server:
        provider = YahooProvider(tmp_path / "cache", server.url, timeout=5)
        parts = replace(opened(config, out), provider=lambda: provider)
        asked = Asked(server)

        def at(*moment: int) -> list[set[str]]:
            watch(parts, datetime(*moment, tzinfo=UTC))  # type: ignore[arg-type, misc]
            return asked()

        new_york = [{"MP", "UUUU", "SPY"}]
        sydney = [{"LYC.AX"}]  # its benchmark, in New York, is not traded then
        assert at(2025, 6, 12, 13, 29) == []
        assert at(2025, 6, 12, 13, 30) == new_york
        assert at(2025, 6, 12, 13, 31) == new_york
        assert at(2025, 6, 12, 19, 59) == new_york
        assert at(2025, 6, 12, 20, 0) == []
        assert at(2025, 6, 12, 23, 59) == []
        assert at(2025, 6, 13, 0, 0) == sydney
        assert at(2025, 6, 13, 5, 59) == sydney
        assert at(2025, 6, 13, 6, 0) == []
        assert at(2025, 6, 14, 15, 0) == []  # Saturday
        assert at(2025, 6, 19, 15, 0) == []  # Juneteenth
        assert at(2025, 7, 3, 16, 59) == new_york  # a half day
        assert at(2025, 7, 3, 17, 0) == []
        parts.store.close()
        other = [one for one in server.asked if urlsplit(one).path not in (QUOTE, CRUMB)]
        assert [one for one in other if "chart" in one] == []


def test_a_quote_that_fails_is_told_and_the_rest_goes_on(parts: Parts, market: Market) -> None:
    (market.folder / "UUUU.1m.csv").unlink()
    market.quote("MP", NOON, 1.1)
    report = watch(parts, NOON + MINUTE)
    assert dict(report.counts) == {"quotes": 2, "signals": 1}
    (problem,) = report.problems
    assert problem.startswith("UUUU: no intraday bars")


def test_an_answer_that_a_provider_leaves_out_is_told(parts: Parts, market: Market) -> None:
    class Forgetful:
        def quotes(self, symbols: object) -> dict[str, Quote | PriceError]:
            return {}

    report = watch(replace(parts, provider=Forgetful), NOON)  # type: ignore[arg-type]
    assert dict(report.counts) == {"quotes": 0, "signals": 0}
    assert report.problems[0] == "MP: no quote was given, nor why not"
    assert len(report.problems) == 3


def test_asked_to_stop_it_writes_no_more(parts: Parts, market: Market) -> None:
    market.quote("MP", NOON, 1.1)
    assert watch(replace(parts, stopping=lambda: True), NOON).counts["signals"] == 0


# ---------------------------------------------------------------- what is written and told


def test_a_move_is_told_at_once_and_once(parts: Parts, market: Market, out: io.StringIO) -> None:
    assert signals_in(watch_and_tell(parts, OPEN + MINUTE)) == 0
    market.quote("MP", NOON, 1.10)
    market.quote("SPY", NOON, 1.01)
    reports = watch_and_tell(parts, NOON)
    assert [one.stage for one in reports] == ["watch", "judge", "deliver"]
    first = stands(parts)
    move, abnormal = first.explanation.move, first.explanation.abnormal
    assert (move.provisional, move.known_at, move.session) == (True, NOON, DAY)
    assert move.ret == pytest.approx(0.10, abs=1e-6)
    assert move.volume_ratio == pytest.approx(0.9)
    assert first.explanation.verdict == "unexplained"
    assert abnormal.ar == pytest.approx((0.10,), abs=0.02)  # type: ignore[union-attr]
    told = " ".join(out.getvalue().split())
    assert "+10.0% so far, and no story explains it" in told
    assert "12 June 2025, 12:00 EDT" in told
    assert "the session is not over" in told
    with parts.store.begin() as tx:
        (alert,) = tx.alerts.newest(9)
    assert alert.body["move"]["provisional"] is True
    assert alert.body["move"]["as_of"] == "2025-06-12T16:00:00Z"

    market.quote("MP", NOON + MINUTE, 1.11)  # no other picture
    assert [one.stage for one in watch_and_tell(parts, NOON + MINUTE)] == ["watch"]
    assert stands(parts) == first
    market.quote("MP", NOON + 2 * MINUTE, 1.125)
    assert signals_in(watch_and_tell(parts, NOON + 2 * MINUTE)) == 1
    assert stands(parts).explanation.move.known_at == NOON + 2 * MINUTE
    assert alerts(parts) == 1
    assert " ".join(out.getvalue().split()) == told


def test_a_quote_of_the_session_before_is_no_move(parts: Parts, market: Market) -> None:
    market.quote("MP", OPEN - timedelta(hours=17, minutes=30), 1.2)
    assert watch(parts, OPEN + MINUTE).counts["signals"] == 0


def test_of_a_session_that_was_not_watched_from_its_open_nothing_is_said(
    tmp_path: Path, out: io.StringIO
) -> None:
    parts = opened(configured(tmp_path), out)
    market = Market(parts.config.beside("prices"), parts.sessions())
    for symbol in ("MP", "SPY"):
        market.daily(symbol, BEFORE)
        market.quote(symbol, NOON, 1.1)
    keep(parts, "Seen after the open", "Nothing in it.", OPEN + MINUTE)
    price(parts, NOON)
    assert dict(watch(parts, NOON).counts) == {"quotes": 2, "signals": 0}
    parts.store.close()


class Touching:
    """Reads of a law that touches MP, where an article speaks of MP."""

    def extract(self, article: Article) -> Extraction:
        if "MP" not in article.text:
            return Extraction(article.id, (), (), (), ())
        law = Span(article.title[:3], 0, 3)
        event = Event("law", "announced", law, (), (), ("MP",), 0.9, "law.1", (0, 14))
        return Extraction(article.id, (), (event,), (), (Exposure("MP", 1.0, "mp-materials"),))


def test_a_story_that_comes_later_is_another_picture(parts: Parts, market: Market) -> None:
    parts = replace(parts, reader=Touching)
    market.quote("MP", NOON, 1.1)
    market.quote("SPY", NOON, 1.0)
    watch_and_tell(parts, NOON)
    assert stands(parts).explanation.candidates == ()
    keep(parts, "Law of wartime", "A law for mines, that of MP first.", NOON + MINUTE)
    for stage in (read, fold, correlate):
        stage(parts, NOON + 2 * MINUTE)
    market.quote("MP", NOON + 2 * MINUTE, 1.1)
    assert signals_in(watch_and_tell(parts, NOON + 2 * MINUTE)) == 1
    (candidate,) = stands(parts).explanation.candidates
    assert candidate.story.title == "Law of wartime"
    assert signals_in(watch_and_tell(parts, NOON + 3 * MINUTE)) == 0
    assert alerts(parts) == 1


def test_without_a_sound_price_of_the_market_nothing_is_told_of_how_unusual_it_is(
    parts: Parts, market: Market
) -> None:
    market.quote("MP", NOON, 1.1)
    market.quote("SPY", NOON, 1.3)  # a jump that nothing supports
    watch_and_tell(parts, NOON)
    assert "no close of SPY" in stands(parts).explanation.abnormal.reason  # type: ignore[union-attr]
    assert alerts(parts) == 0


class TestDoubt:
    JUMP = 1.17  # with no more trading than usual: it wants a second price

    def test_a_spike_that_no_second_price_confirms_is_not_told(
        self, parts: Parts, market: Market, out: io.StringIO
    ) -> None:
        market.quote("MP", NOON, self.JUMP)
        watch_and_tell(parts, NOON)
        assert [one.code for one in stands(parts).explanation.move.notes] == ["unconfirmed-jump"]
        assert signals_in(watch_and_tell(parts, NOON + MINUTE)) == 0  # the same trade once more
        market.quote("MP", NOON + 2 * MINUTE, 1.001)
        assert signals_in(watch_and_tell(parts, NOON + 2 * MINUTE)) == 1
        assert stands(parts).explanation.move.ret == pytest.approx(0.001, abs=1e-6)
        assert (alerts(parts), out.getvalue()) == (0, "")
        market.daily("MP", DAY, 1.002)
        market.daily("SPY", DAY)
        ordinary_pass(parts, CLOSED)
        assert stands(parts).explanation.move.provisional is False
        assert (alerts(parts), out.getvalue()) == (0, "")

    def test_one_that_a_second_price_confirms_is_told_once(
        self, parts: Parts, market: Market
    ) -> None:
        for minute, wanted in enumerate((0, 1, 1, 1)):
            now = NOON + minute * MINUTE
            market.quote("MP", now, self.JUMP + minute / 1000)
            market.quote("SPY", now, 1.0)
            watch_and_tell(parts, now)
            assert alerts(parts) == wanted
        assert "agreeing-quote" in [one.code for one in stands(parts).explanation.move.notes]

    def test_a_restart_does_not_forget_the_first_price(
        self, parts: Parts, market: Market, out: io.StringIO
    ) -> None:
        market.quote("MP", NOON, self.JUMP)
        market.quote("SPY", NOON, 1.0)
        watch_and_tell(parts, NOON)
        again = opened(parts.config.path, out)
        assert signals_in(watch_and_tell(again, NOON + MINUTE)) == 0  # the same trade
        again.store.close()
        another = opened(parts.config.path, out)
        market.quote("MP", NOON + 2 * MINUTE, self.JUMP)
        watch_and_tell(another, NOON + 2 * MINUTE)
        assert alerts(another) == 1
        another.store.close()
        third = opened(parts.config.path, out)
        market.quote("MP", NOON + 4 * MINUTE, self.JUMP)
        assert signals_in(watch_and_tell(third, NOON + 4 * MINUTE)) == 0
        third.store.close()
        assert out.getvalue().count("so far, and no story explains it") == 1

    def test_a_price_that_is_old_is_not_told(self, parts: Parts, market: Market) -> None:
        market.quote("MP", NOON, 1.1)
        now = NOON + timedelta(minutes=45)
        market.quote("SPY", now, 1.0)
        watch_and_tell(parts, now)
        assert "stale-quote" in [one.code for one in stands(parts).explanation.move.notes]
        assert alerts(parts) == 0


def test_killed_between_writing_and_judging_the_next_pass_tells(
    parts: Parts, market: Market
) -> None:
    market.quote("MP", NOON, 1.1)
    market.quote("SPY", NOON, 1.0)
    watch(parts, NOON)
    ordinary_pass(parts, NOON + MINUTE)
    assert alerts(parts) == 1


# ---------------------------------------------------------------- when the session has closed


def test_the_bar_takes_the_place_of_the_provisional_move(
    parts: Parts, market: Market, out: io.StringIO
) -> None:
    market.quote("MP", NOON, 1.10)
    market.quote("SPY", NOON, 1.0)
    watch_and_tell(parts, NOON)
    with parts.store.begin() as tx:
        tx.signals.add_work("correlate", ["MP"])
    ordinary_pass(parts, CLOSED)  # there is no bar yet: what is known stays
    assert stands(parts).explanation.move.provisional
    market.daily("MP", DAY, 1.12)
    market.daily("SPY", DAY)
    ordinary_pass(parts, CLOSED + timedelta(hours=1))
    move = stands(parts).explanation.move
    assert (move.provisional, move.known_at) == (False, parts.sessions().close_of(DAY))
    assert move.ret == pytest.approx(0.12, abs=1e-6)
    assert alerts(parts) == 1
    assert out.getvalue().count("no story explains it") == 1


def test_a_move_that_ends_small_is_not_left_as_it_was(parts: Parts, market: Market) -> None:
    market.quote("MP", NOON, 1.10)
    market.quote("SPY", NOON, 1.0)
    watch(parts, NOON)  # and killed before judging
    market.daily("MP", DAY, 1.002)
    market.daily("SPY", DAY)
    for stage in (price, correlate):
        stage(parts, CLOSED)
    explanation = stands(parts).explanation
    assert (explanation.move.provisional, explanation.verdict) == (False, "no-move")
    assert alerts(parts) == 0


def test_a_move_that_comes_back_is_judged_anew(parts: Parts, market: Market) -> None:
    written = []
    for minute, ratio in enumerate((1.10, 1.045, 1.052, 1.051)):
        now = NOON + minute * MINUTE
        market.quote("MP", now, ratio)
        written.append(signals_in(watch_and_tell(parts, now)))
    assert written == [1, 1, 1, 0]


# ---------------------------------------------------------------- commands


def test_explain_shows_what_is_known_so_far(
    parts: Parts, market: Market, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["explain", "MP", str(DAY), "--config", str(parts.config.path)]
    assert run_command(told) == 1
    assert "no bar of 2025-06-12" in capsys.readouterr().err
    market.quote("MP", NOON, 1.10)
    watch(parts, NOON)
    assert run_command(told) == 0
    printed = capsys.readouterr().out
    assert "+10.0% so far to " in printed
    assert "Provisional: by the last price of 12 June 2025, 12:00 EDT, no close." in printed
    assert run_command([*told, "--json"]) == 0
    move = json.loads(capsys.readouterr().out)["move"]
    assert (move["provisional"], move["as_of"]) == (True, "2025-06-12T16:00:00Z")
