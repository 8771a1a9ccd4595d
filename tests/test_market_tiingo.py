"""Tiingo's provider against a loopback server that speaks its protocol, and misspeaks it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import PriceError
from monitor.market.provider import NotAskedError, ProviderError
from monitor.market.tiingo import TiingoProvider
from monitor.market.tiingo_answers import AnswerError, detail_of, in_short, rows_of, ticker_of
from monitor.model import Bar, CorporateAction, IntradayBar, PriceSeries, Quote
from tests.bars import real
from tests.servers import LoopbackServer, Reply, gzip_bomb, redirect, serving
from tests.tiingo_server import KEY, LIMITED, Tiingo, daily_row, refusal, replied

MP = real("MP").bars
FIRST, LAST = date(2025, 6, 2), date(2025, 6, 13)
OPEN = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
BAR = Bar(LAST, 29.0, 30.0, 28.5, 29.5, 14.75, 1000.0)


@dataclass
class Clock:
    now: datetime = datetime(2025, 6, 13, 21, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tiingo(server: LoopbackServer) -> Tiingo:
    running = Tiingo(server)
    running.add("MP", MP)
    return running


@pytest.fixture
def provider(tiingo: Tiingo, clock: Clock) -> TiingoProvider:
    return provider_at(tiingo.url, clock)


def provider_at(url: str, clock: Clock, key: str = KEY, **bounds: Any) -> TiingoProvider:
    return TiingoProvider(key, url, clock=clock, chance=lambda: 0.0, **bounds)


def one(provider: TiingoProvider, symbol: str = "MP") -> PriceSeries | PriceError:
    return provider.daily([symbol], FIRST, LAST)[symbol]


def failure(provider: TiingoProvider, symbol: str = "MP") -> str:
    answer = one(provider, symbol)
    assert isinstance(answer, PriceError)
    assert answer.symbol == symbol
    return str(answer)


class TestDaily:
    def test_bars_are_those_of_the_source_first_and_last_day_included(
        self, provider: TiingoProvider
    ) -> None:
        answer = one(provider)
        assert isinstance(answer, PriceSeries)
        assert (answer.source, answer.notes, answer.actions) == ("tiingo", (), ())
        assert answer.bars == tuple(bar for bar in MP if FIRST <= bar.session <= LAST)
        assert answer.bars[0].session == FIRST
        assert answer.bars[-1].session == LAST

    def test_raw_and_adjusted_prices_and_actions(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        split, dividend = (
            CorporateAction(LAST, "split", 2.0),
            CorporateAction(LAST, "dividend", 0.25),
        )
        tiingo.add("TWO", [BAR], [split, dividend])
        answer = one(provider, "TWO")
        assert isinstance(answer, PriceSeries)
        assert answer.bars == (BAR,)
        assert answer.actions == (dividend, split)

    def test_the_key_is_in_the_header_and_nowhere_else(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        one(provider)
        (request,) = tiingo.asked("/tiingo/daily/MP/prices")
        assert request.headers["authorization"] == f"Token {KEY}"
        assert KEY not in str(request.query)
        assert KEY not in repr(provider)

    @pytest.mark.parametrize(
        ("symbol", "ticker"), [("BRK-B", "BRK-B"), ("BRK.B", "BRK-B"), ("brk.b", "BRK-B")]
    )
    def test_a_class_of_shares_has_a_dash(
        self, tiingo: Tiingo, provider: TiingoProvider, symbol: str, ticker: str
    ) -> None:
        tiingo.add(ticker, [BAR])
        answer = one(provider, symbol)
        assert isinstance(answer, PriceSeries)
        assert answer.symbol == symbol

    @pytest.mark.parametrize("symbol", ["LYC.AX", "RIO.L", "^VIX", "EURUSD=X", "A.B.C"])
    def test_what_it_does_not_have_is_not_asked_for(
        self, server: LoopbackServer, provider: TiingoProvider, symbol: str
    ) -> None:
        assert "listed in the United States only" in failure(provider, symbol)
        assert server.requests == []
        with pytest.raises(PriceError, match="is not a symbol"):
            ticker_of("../x")

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"date": "June"}, "'June' is no date"),
            ({"date": None}, "None is no date"),
            ({"close": "29"}, "close is '29', not a number"),
            ({"close": True}, "close is True, not a number"),
            ({"close": [1]}, "close is [1], not a number"),
            ({"low": -1}, "low is -1, which no price is"),
            ({"close": 0.0}, "close is 0, which no price is"),
            ({"high": 1.0}, "high 1 is below low 28.5"),
            ({"close": None, "adjClose": None}, "neither close nor adjClose"),
            ({"volume": -5}, "volume is -5"),
        ],
    )
    def test_a_row_that_cannot_be_right_is_left_out_with_a_note(
        self, tiingo: Tiingo, provider: TiingoProvider, change: dict[str, Any], said: str
    ) -> None:
        good = daily_row(replace(BAR, session=date(2025, 6, 12)))
        tiingo.rows("ODD", [good, daily_row(BAR) | change])
        answer = one(provider, "ODD")
        assert isinstance(answer, PriceSeries)
        assert [bar.session.day for bar in answer.bars] == [12]
        (note,) = answer.notes
        assert note.code == "bad-row"
        assert f"Tiingo: row 2: {said}" in note.text
        tiingo.rows("BAD", [daily_row(BAR) | change])
        assert said in failure(provider, "BAD")

    def test_what_is_not_given_is_none(self, tiingo: Tiingo, provider: TiingoProvider) -> None:
        tiingo.rows("FUND", [{"date": "2025-06-13T00:00:00.000Z", "adjClose": 10.5}])
        answer = one(provider, "FUND")
        assert isinstance(answer, PriceSeries)
        assert answer.bars == (Bar(LAST, None, None, None, None, 10.5, None),)

    def test_duplicates_and_disorder_are_noted(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        earlier, second = replace(BAR, session=date(2025, 6, 12)), replace(BAR, close=29.6)
        outside = replace(BAR, session=date(2025, 7, 1))
        rows = [daily_row(bar) for bar in (BAR, BAR, second, earlier)]
        tiingo.says("ODD", replied([*rows, daily_row(outside)]))
        answer = one(provider, "ODD")
        assert isinstance(answer, PriceSeries)
        assert answer.bars == (earlier, second)
        assert [note.code for note in answer.notes] == ["duplicate", "unsorted"]

    def test_no_bars_is_an_error(self, tiingo: Tiingo, provider: TiingoProvider) -> None:
        tiingo.add("OLD", [replace(BAR, session=date(2020, 1, 2))])
        assert f"no bars from {FIRST} to {LAST} at Tiingo" in failure(provider, "OLD")


class TestRefusals:
    def test_an_unknown_symbol_keeps_its_words_and_the_rest_goes_on(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        tiingo.says("GONE", refusal(404, "Error: Ticker 'GONE' not found"))
        answers = provider.daily(["GONE", "MP"], FIRST, LAST)
        assert "does not know it (404): Error: Ticker 'GONE' not found" in str(answers["GONE"])
        assert isinstance(answers["MP"], PriceSeries)

    def test_a_wrong_key_is_not_sent_again(self, tiingo: Tiingo, clock: Clock) -> None:
        provider = provider_at(tiingo.url, clock, key="wrong")
        answers = provider.daily(["MP", "SPY"], FIRST, LAST)
        assert "refuses the key (401): Invalid token." in str(answers["MP"])
        assert "not asked: the key refused by Tiingo until" in str(answers["SPY"])
        assert len(tiingo.server.requests) == 1

    def test_what_a_key_may_not_ask_is_that_symbols_failure(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        tiingo.says("PAID", refusal(403, "You do not have permission"))
        answers = provider.daily(["PAID", "MP"], FIRST, LAST)
        assert "not allowed to ask that (403): You do not have permission" in str(answers["PAID"])
        assert isinstance(answers["MP"], PriceSeries)

    @pytest.mark.parametrize(
        "reply",
        [
            refusal(429, LIMITED),
            refusal(200, LIMITED),
            Reply(body=LIMITED.encode()),
            Reply(status=429),
        ],
    )
    def test_a_limit_is_met_with_patience(
        self, tiingo: Tiingo, provider: TiingoProvider, clock: Clock, reply: Reply
    ) -> None:
        tiingo.says("BUSY", reply)
        answers = provider.daily(["BUSY", "MP"], FIRST, LAST)
        until = "not asked: rate limited by Tiingo until 2025-06-13 21:02:00 UTC"
        assert until in str(answers["BUSY"])
        assert isinstance(answers["MP"], NotAskedError)
        assert until in str(answers["MP"])
        assert tiingo.asked("/tiingo/daily/MP/prices") == []
        clock.now += timedelta(minutes=2)
        assert isinstance(one(provider), PriceSeries)

    def test_retry_after_is_honoured_over_a_restart(
        self, tiingo: Tiingo, clock: Clock, tmp_path: Path
    ) -> None:
        tiingo.says("MP", refusal(429, LIMITED, Retry_After="1800"))
        one(provider_at(tiingo.url, clock, state_dir=tmp_path))
        again = provider_at(tiingo.url, clock, state_dir=tmp_path)
        assert "until 2025-06-13 21:30:00 UTC" in failure(again)
        assert len(tiingo.server.requests) == 1

    @pytest.mark.parametrize(
        ("reply", "said"),
        [
            (Reply(status=500, body=b"oops"), "cannot be reached: status 500"),
            (Reply(status=400, body=b"bad <b>format</b>"), "status 400: bad <b>format</b>"),
            (Reply(status=400, body=b"[]"), "status 400: []"),
            (Reply(body=b"<html>login</html>"), "no JSON but '<html>login</html>'"),
            (Reply(body=b""), "no JSON but ''"),
            (Reply(body=b'{"date": 1}'), "no list of rows"),
            (Reply(body=b"[1, 2]"), "no list of rows"),
            (Reply(body=b'[{"date": "2025'), "no JSON but"),
            (Reply(body=b'[{"date": "2025-06-13"}]', cut_at=10), "cannot be reached"),
            (Reply(body=b"\xff\xfe"), "no JSON but"),
            (refusal(200, "Something else"), "cannot be read: Something else"),
        ],
    )
    def test_an_answer_that_is_none_is_that_symbols_error(
        self, tiingo: Tiingo, provider: TiingoProvider, reply: Reply, said: str
    ) -> None:
        tiingo.says("MP", reply)
        assert said in failure(provider)

    def test_a_server_that_is_down_is_left_alone_after_three_failures(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        tiingo.says("MP", Reply(status=502))
        said = [failure(provider) for _ in range(5)]
        assert sum("status 502" in text for text in said) == 3
        assert "not asked: Tiingo cannot be reached until" in said[-1]
        assert len(tiingo.server.requests) == 3


class TestBounds:
    def test_an_endless_answer_is_given_up(self, tiingo: Tiingo, clock: Clock) -> None:
        tiingo.says("MP", Reply(body=b"[", drip=b" "))
        slow = provider_at(tiingo.url, clock, deadline=0.2)
        assert "not finished after 0.2 s" in failure(slow)
        large = provider_at(tiingo.url, clock, max_bytes=5)
        assert "longer than 5 bytes" in failure(large)

    def test_a_server_that_says_nothing_is_given_up(self, tiingo: Tiingo, clock: Clock) -> None:
        tiingo.says("MP", Reply(wait=threading.Event()))
        assert "not finished" in failure(provider_at(tiingo.url, clock, deadline=0.2))

    def test_a_body_is_measured_unpacked(self, tiingo: Tiingo, clock: Clock) -> None:
        tiingo.says("MP", gzip_bomb(10_000_000))
        bounded = provider_at(tiingo.url, clock, max_bytes=100_000)
        assert "longer than 100000 bytes" in failure(bounded)

    def test_redirects_end(self, tiingo: Tiingo, provider: TiingoProvider) -> None:
        tiingo.says("MP", redirect("/tiingo/daily/MP/prices"))
        assert "redirects more than 3 times" in failure(provider)

    def test_another_host_does_not_get_the_key(
        self, tiingo: Tiingo, provider: TiingoProvider, other: LoopbackServer
    ) -> None:
        other.route("/x", Reply(body=b"[]"))
        tiingo.says("MP", redirect(other.url("/x")))
        assert "no bars" in failure(provider)
        (request,) = other.requests
        assert "authorization" not in request.headers

    def test_no_server_is_an_error(self, clock: Clock) -> None:
        assert "cannot be reached" in failure(provider_at("http://127.0.0.1:1", clock))

    @pytest.mark.parametrize("where", ["detail", "page", "long"])
    def test_a_key_that_is_sent_back_is_not_shown(
        self, tiingo: Tiingo, provider: TiingoProvider, where: str
    ) -> None:
        replies = {
            "detail": refusal(403, f"Token {KEY} may not"),
            "page": Reply(body=f"<p>{KEY}</p>".encode()),
            "long": Reply(status=400, body=("x" * 190 + KEY).encode()),
        }
        tiingo.says("MP", replies[where])
        text = failure(provider)
        assert KEY[:5] not in text
        assert "[key]" in text

    @pytest.mark.parametrize("key", ["", "two words", "line\n", "schlüssel"])
    def test_what_is_no_key_is_refused_without_being_quoted(self, key: str) -> None:
        with pytest.raises(ProviderError) as caught:
            TiingoProvider(key)
        assert not key or key not in str(caught.value)


@pytest.fixture
def other() -> Iterator[LoopbackServer]:
    with serving() as running:
        yield running


def five_minutes(start: datetime, close: float) -> IntradayBar:
    return IntradayBar(start, 5, close, close, close, close, None)


class TestIntraday:
    def test_bars_that_begin_within_the_span(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        bars = [five_minutes(OPEN + timedelta(minutes=5 * n), 25 + n) for n in range(-3, 6)]
        tiingo.add("MP", intraday=bars)
        found = provider.intraday("MP", bars[1].start, bars[5].start, 5)
        assert found == tuple(bars[1:5])
        (request,) = tiingo.asked("/iex/MP/prices")
        assert dict(request.query) == {
            "startDate": "2025-06-12",
            "endDate": "2025-06-12",
            "resampleFreq": "5min",
            "afterHours": "true",
            "forceFill": "false",
            "format": "json",
        }

    def test_a_long_span_is_asked_for_in_pieces_that_are_not_cut_off(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        bars = [five_minutes(OPEN + timedelta(days=n), 25 + n) for n in range(25)]
        tiingo.add("MP", intraday=bars)
        assert provider.intraday("MP", OPEN, OPEN + timedelta(days=25), 5) == tuple(bars)
        spans = [dict(request.query) for request in tiingo.asked("/iex/MP/prices")]
        assert [(one["startDate"], one["endDate"]) for one in spans] == [
            ("2025-06-12", "2025-06-21"),
            ("2025-06-22", "2025-07-01"),
            ("2025-07-02", "2025-07-07"),
        ]

    def test_none_is_no_error_and_bad_rows_are_no_bars(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        tiingo.add("MP")
        end = OPEN + timedelta(hours=6)
        assert provider.intraday("MP", OPEN, end, 5) == ()
        good = {"date": "2025-06-12T13:30:00.000Z", "open": 1, "high": 1, "low": 1, "close": 1}
        bad = [
            good | {"date": "noon"},
            good | {"date": "2025-06-12T13:35:00"},
            good | {"close": None},
            good | {"high": 0.5},
        ]
        tiingo.server.route("/iex/MP/prices", replied([good, *bad]))
        assert provider.intraday("MP", OPEN, end, 5) == (five_minutes(OPEN, 1.0),)
        tiingo.server.route("/iex/MP/prices", replied(bad))
        with pytest.raises(PriceError, match="first: date is 'noon', no time"):
            provider.intraday("MP", OPEN, end, 5)

    def test_a_refusal_raises(self, tiingo: Tiingo, provider: TiingoProvider) -> None:
        tiingo.server.route("/iex/MP/prices", refusal(404, "Not found."))
        with pytest.raises(PriceError, match=r"MP: Tiingo does not know it .* Not found"):
            provider.intraday("MP", OPEN, OPEN, 5)


TOP = {
    "timestamp": "2025-06-12T13:31:00.123456789-04:00",
    "lastSaleTimestamp": None,
    "tngoLast": 28.9,
    "last": None,
    "prevClose": 25.64,
    "volume": 1234,
}
AT = datetime(2025, 6, 12, 17, 31, 0, 123456, tzinfo=UTC)


class TestQuotes:
    def test_all_come_from_one_request(self, tiingo: Tiingo, provider: TiingoProvider) -> None:
        tiingo.add("MP", quote=TOP)
        tiingo.add("BRK-B", quote=TOP)
        answers = provider.quotes(["MP", "BRK.B", "GONE", "^VIX"])
        assert answers["MP"] == Quote("MP", AT, 28.9, 25.64, None, "tiingo")
        assert answers["BRK.B"] == Quote("BRK.B", AT, 28.9, 25.64, None, "tiingo")
        assert "does not know it, or it is delisted" in str(answers["GONE"])
        assert "United States only" in str(answers["^VIX"])
        (request,) = tiingo.asked("/iex/")
        assert request.values("tickers") == ["MP,BRK-B,GONE"]
        assert provider.quotes([]) == {}

    def test_with_a_contract_the_last_trade_has_its_own_time(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        sold = "2025-06-12T13:30:59-04:00"
        for name in ("lastSaleTimestamp", "lastSaleTimeStamp"):
            tiingo.add("MP", quote=TOP | {name: sold, "last": 28.8, "tngoLast": None})
            quote = provider.quotes(["MP"])["MP"]
            assert isinstance(quote, Quote)
            assert (quote.price, quote.at) == (28.8, datetime(2025, 6, 12, 17, 30, 59, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"tngoLast": None}, "has no price"),
            ({"tngoLast": "x"}, "not a number"),
            ({"timestamp": None}, "timestamp is None, no time"),
            ({"prevClose": -1}, "which no price is"),
        ],
    )
    def test_a_row_without_price_or_time_is_an_error(
        self, tiingo: Tiingo, provider: TiingoProvider, change: dict[str, Any], said: str
    ) -> None:
        tiingo.add("MP", quote=TOP | change)
        assert said in str(provider.quotes(["MP"])["MP"])

    def test_a_refusal_is_the_error_of_every_symbol(
        self, tiingo: Tiingo, provider: TiingoProvider
    ) -> None:
        tiingo.server.route("/iex/", refusal(429, LIMITED))
        for _ in range(2):
            answers = provider.quotes(["MP", "SPY"])
            assert all("rate limited by Tiingo" in str(answers[one]) for one in ("MP", "SPY"))
        assert isinstance(answers["SPY"], NotAskedError)


def test_the_words_of_a_refusal() -> None:
    assert detail_of(b'{"detail": "No."}') == "No."
    assert detail_of(b'{"detail": ""}') == '{"detail": ""}'
    assert in_short("a\n  b") == "a b"
    assert len(in_short("x" * 1000)) == 201
    with pytest.raises(AnswerError) as caught:
        rows_of(json.dumps({"detail": LIMITED}).encode())
    assert caught.value.limited
