"""yfinance's own code against a loopback server that speaks Yahoo's chart protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import PriceError
from monitor.market.provider import NotAskedError
from monitor.market.yahoo import YahooProvider
from monitor.model import Bar, CorporateAction, IntradayBar, PriceSeries, Quote
from tests.bars import bar, days, real
from tests.yahoo_server import (
    CRUMB,
    DELISTED,
    QUOTE,
    TOO_MANY,
    Canned,
    Stock,
    YahooServer,
    crumb,
    refused,
)

NEW_YORK = ZoneInfo("America/New_York")
MP = real("MP").bars
FIRST, LAST = date(2025, 6, 2), date(2025, 6, 13)


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: yfinance keeps the first it has opened for as long as the process lives."""
    return tmp_path_factory.mktemp("yfinance")


@pytest.fixture
def yahoo() -> Iterator[YahooServer]:
    with YahooServer({"MP": Stock(MP)}) as running:
        yield running


@dataclass
class Clock:
    now: datetime = datetime(2025, 6, 13, 21, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(yahoo: YahooServer, cache_dir: Path, tmp_path: Path, clock: Clock) -> YahooProvider:
    return provider_at(yahoo.url, cache_dir, tmp_path, clock)


def provider_at(url: str, cache_dir: Path, state_dir: Path, clock: Clock) -> YahooProvider:
    return YahooProvider(
        cache_dir, url, timeout=5, state_dir=state_dir, clock=clock, chance=lambda: 0.0
    )


def one(provider: YahooProvider, symbol: str) -> PriceSeries | PriceError:
    return provider.daily([symbol], FIRST, LAST)[symbol]


def failure(provider: YahooProvider, symbol: str) -> str:
    answer = one(provider, symbol)
    assert isinstance(answer, PriceError)
    assert answer.symbol == symbol
    return str(answer)


def test_daily_bars_are_those_of_the_source_first_and_last_day_included(
    provider: YahooProvider,
) -> None:
    answer = one(provider, "MP")
    assert isinstance(answer, PriceSeries)
    assert answer.source == "yahoo"
    assert answer.bars == tuple(each for each in MP if FIRST <= each.session <= LAST)
    assert answer.bars[0].session == FIRST
    assert answer.bars[-1].session == LAST
    assert answer.notes == ()


def split_at(day: int, many: int, one: int) -> tuple[datetime, int, int]:
    return datetime(2025, 6, day, 9, 30, tzinfo=NEW_YORK), many, one


def test_prices_before_a_split_are_as_they_were_traded(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    """3 for 1 on the 10th, 2 for 1 on the 12th: Yahoo gives all in the shares of the 12th."""
    sessions = [date(2025, 6, day) for day in (9, 10, 11, 12, 13)]
    prices = [Bar(day, 10, 11, 9, 10, 9.5, 600) for day in sessions]
    paid = datetime(2025, 6, 9, 9, 30, tzinfo=NEW_YORK)
    yahoo.symbols["TWO"] = Stock(
        prices, splits=[split_at(10, 3, 1), split_at(12, 2, 1)], dividends=[(paid, 0.25)]
    )
    answer = one(provider, "TWO")
    assert isinstance(answer, PriceSeries)
    assert [each.close for each in answer.bars] == [60, 20, 20, 10, 10]
    assert [each.volume for each in answer.bars] == [100, 300, 300, 600, 600]
    assert answer.bars[0] == Bar(sessions[0], 60, 66, 54, 60, 9.5, 100)
    assert answer.actions == (
        CorporateAction(sessions[0], "dividend", 1.5),
        CorporateAction(sessions[1], "split", 3),
        CorporateAction(sessions[3], "split", 2),
    )
    assert answer.notes == ()


def test_a_split_after_the_span_is_known_all_the_same(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    prices = [Bar(date(2025, 6, day), 10, 11, 9, 10, 10, 600) for day in (2, 3, 11, 12)]
    yahoo.symbols["LATE"] = Stock(prices, splits=[split_at(12, 2, 1)])
    answer = provider.daily(["LATE"], FIRST, date(2025, 6, 3))["LATE"]
    assert isinstance(answer, PriceSeries)
    assert [(each.session.day, each.close) for each in answer.bars] == [(2, 20), (3, 20)]
    assert answer.actions == ()


def test_a_split_that_yahoo_has_not_applied_is_told(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    before, after = date(2025, 6, 11), date(2025, 6, 12)
    yahoo.symbols["ODD"] = Stock(
        [bar(before, 400, adj=400), bar(after, 101, adj=101)], splits=[split_at(12, 4, 1)]
    )
    answer = one(provider, "ODD")
    assert isinstance(answer, PriceSeries)
    assert [each.close for each in answer.bars] == [400, 101], "it is as traded already"
    assert [(note.code, note.session) for note in answer.notes] == [("split-not-applied", after)]


def test_a_price_of_zero_or_below_is_not_given_and_told(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    odd = Bar(LAST, 2.5, 2.6, -1.0, 2.5, 2.5, 10)
    yahoo.symbols["NEG"] = Stock([odd, Bar(date(2025, 6, 12), 0, 0, 0, 0, 0, 0)])
    answer = one(provider, "NEG")
    assert isinstance(answer, PriceSeries)
    assert answer.bars == (Bar(LAST, 2.5, 2.6, None, 2.5, 2.5, 10),)
    told = [(note.code, note.session) for note in answer.notes]
    assert ("no-close", date(2025, 6, 12)) in told
    assert told.count(("price-left-out", date(2025, 6, 12))) == 5
    assert told.count(("price-left-out", LAST)) == 1


def test_an_answer_for_another_symbol_says_that_it_was_renamed(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    yahoo.symbols["OLD"] = Stock(MP, answers_for="NEW")
    answer = one(provider, "OLD")
    assert isinstance(answer, PriceSeries)
    assert answer.symbol == "OLD"
    assert [(note.code, note.text) for note in answer.notes] == [
        ("renamed", "Yahoo answers for NEW: the symbol was renamed")
    ]


def test_a_last_bar_without_figures_is_left_out_with_a_note(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    yahoo.symbols["NAN"] = Stock(
        [bar(LAST - timedelta(days=1), 2.5, adj=2.5, volume=3), bar(LAST, None)]
    )
    answer = one(provider, "NAN")
    assert isinstance(answer, PriceSeries)
    assert [each.session for each in answer.bars] == [LAST - timedelta(days=1)]
    assert [(note.code, note.session) for note in answer.notes] == [("no-close", LAST)]


def test_what_is_not_given_is_none_not_zero(yahoo: YahooServer, provider: YahooProvider) -> None:
    yahoo.symbols["THIN"] = Stock([bar(LAST, 2.5, adj=2.5)])
    answer = one(provider, "THIN")
    assert isinstance(answer, PriceSeries)
    assert answer.bars == (bar(LAST, 2.5, adj=2.5),)


def test_sessions_are_days_at_the_exchange(yahoo: YahooServer, provider: YahooProvider) -> None:
    bars = [bar(day, 8.0, adj=8.0, volume=1) for day in days(3, date(2025, 6, 3))]
    yahoo.symbols["LYC.AX"] = Stock(bars, zone="Australia/Sydney")
    answer = one(provider, "LYC.AX")
    assert isinstance(answer, PriceSeries)
    assert answer.bars == tuple(bars)


def test_one_symbols_failure_is_its_value_and_the_rest_goes_on(provider: YahooProvider) -> None:
    answers = provider.daily(["GONE", "MP"], FIRST, LAST)
    assert isinstance(answers["GONE"], PriceError)
    assert isinstance(answers["MP"], PriceSeries)


def test_a_delisted_symbol_keeps_yahoos_words(yahoo: YahooServer, provider: YahooProvider) -> None:
    assert "No data found, symbol may be delisted (404 Not Found)" in failure(provider, "GONE")
    assert len(yahoo.charts_of("GONE")) == 1
    yahoo.symbols["GONE"] = Stock(MP)
    assert isinstance(one(provider, "GONE"), PriceSeries), "a refusal is not remembered"


def test_a_refused_span_keeps_yahoos_words(yahoo: YahooServer, provider: YahooProvider) -> None:
    what = "Data doesn't exist for startDate = 1748836800, endDate = 1749873600"
    yahoo.symbols["NEW"] = refused(400, "Bad Request", what)
    assert what in failure(provider, "NEW")


def test_no_bars_is_an_error_not_an_empty_series(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    yahoo.symbols["OLD"] = Stock([bar(date(2020, 1, 2), 1.0, adj=1.0, volume=1)])
    assert "no price data found" in failure(provider, "OLD")
    yahoo.symbols["EMPTY"] = Stock([bar(LAST, None)])
    assert f"no bars from {FIRST} to {LAST}" in failure(provider, "EMPTY")


class TestPatience:
    """429s, crumbs and a server that is down."""

    def test_rate_limiting_says_until_when_and_the_rest_is_not_asked_for(
        self, yahoo: YahooServer, provider: YahooProvider, clock: Clock
    ) -> None:
        yahoo.symbols["BUSY"] = TOO_MANY
        answers = provider.daily(["MP", "BUSY", "LATER"], FIRST, LAST)
        assert isinstance(answers["MP"], PriceSeries)
        until = "rate limited by Yahoo until 2025-06-13 21:02:00 UTC"
        assert until in str(answers["BUSY"])
        assert isinstance(answers["LATER"], NotAskedError)
        assert str(answers["LATER"]) == f"LATER: not asked: {until}"
        assert len(yahoo.charts_of("BUSY")) == 1, "not tried again at once"
        assert yahoo.charts_of("LATER") == []
        clock.now += timedelta(minutes=2)
        yahoo.symbols["BUSY"] = Stock(MP)
        assert isinstance(one(provider, "BUSY"), PriceSeries)

    def test_it_is_remembered_over_a_restart(
        self, yahoo: YahooServer, cache_dir: Path, tmp_path: Path, clock: Clock
    ) -> None:
        yahoo.symbols["BUSY"] = Canned(429, "", "text/plain", {"Retry-After": "3600"})
        one(provider_at(yahoo.url, cache_dir, tmp_path, clock), "BUSY")
        clock.now += timedelta(minutes=59)
        again = provider_at(yahoo.url, cache_dir, tmp_path, clock)
        assert "until 2025-06-13 22:00:00 UTC" in failure(again, "MP")
        clock.now += timedelta(minutes=1)
        assert isinstance(one(again, "MP"), PriceSeries)

    def test_a_server_that_is_down_is_left_alone_after_three_failures(
        self, yahoo: YahooServer, provider: YahooProvider
    ) -> None:
        symbols = [f"S{number}" for number in range(5)]
        yahoo.symbols.update(dict.fromkeys(symbols, Canned(502, "bad gateway", "text/plain")))
        answers = provider.daily(symbols, FIRST, LAST)
        said = [str(answers[symbol]) for symbol in symbols]
        assert all("Yahoo cannot be reached: status 502" in text for text in said[:3])
        assert all("not asked: Yahoo cannot be reached until" in text for text in said[3:])
        assert len(yahoo.asked_of("/v8/finance/chart/S0")) == 1

    def test_refusals_are_answers_and_open_nothing(self, provider: YahooProvider) -> None:
        gone = [f"G{number}" for number in range(5)]
        answers = provider.daily([*gone, "MP"], FIRST, LAST)
        assert all("may be delisted" in str(answers[symbol]) for symbol in gone)
        assert isinstance(answers["MP"], PriceSeries)

    def test_a_limited_crumb_does_not_keep_bars_away_and_is_not_asked_for_again(
        self, yahoo: YahooServer, provider: YahooProvider, clock: Clock
    ) -> None:
        yahoo.crumbs = [TOO_MANY]
        yahoo.symbols["A"] = yahoo.symbols["B"] = Stock(MP)
        answers = provider.daily(["MP", "A", "B"], FIRST, LAST)
        assert all(isinstance(answer, PriceSeries) for answer in answers.values())
        assert len(yahoo.asked_of(CRUMB)) == 1
        assert not any("crumb=" in path for path in yahoo.asked), "the refusal is no crumb"
        refusal = provider.quotes(["MP"])["MP"]
        assert isinstance(refusal, NotAskedError)
        assert "crumb requests rate limited by Yahoo until" in str(refusal)
        yahoo.crumbs = [crumb("fresh")]
        yahoo.symbols["MP"] = Stock(MP, quote=ROW)
        clock.now += timedelta(minutes=2)
        assert isinstance(provider.quotes(["MP"])["MP"], Quote)


AT = datetime(2025, 6, 12, 17, 30, tzinfo=UTC)
ROW = {
    "language": "en-US",
    "quoteType": "EQUITY",
    "marketState": "REGULAR",
    "regularMarketPrice": 28.899999618530273,
    "regularMarketTime": int(AT.timestamp()),
    "regularMarketPreviousClose": 25.64,
    "regularMarketVolume": 24578800,
    "preMarketPrice": 26.1,
    "symbol": "MP",
}


class TestQuotes:
    def test_all_come_from_one_request(self, yahoo: YahooServer, provider: YahooProvider) -> None:
        yahoo.symbols["MP"] = Stock(MP, quote=ROW)
        yahoo.symbols["LYC.AX"] = Stock(quote={**ROW, "symbol": "LYC.AX", "regularMarketVolume": 0})
        answers = provider.quotes(["MP", "GONE", "LYC.AX", "../x"])
        assert answers["MP"] == Quote("MP", AT, 28.9, 25.64, 24578800, "yahoo")
        assert answers["LYC.AX"] == Quote("LYC.AX", AT, 28.9, 25.64, None, "yahoo")
        assert "does not exist, or was delisted" in str(answers["GONE"])
        assert "is not a symbol" in str(answers["../x"])
        assert len(yahoo.asked_of(QUOTE)) == 1
        assert provider.quotes([]) == {}

    def test_a_crumb_that_has_grown_old_is_replaced(
        self, yahoo: YahooServer, provider: YahooProvider
    ) -> None:
        yahoo.symbols["MP"] = Stock(MP, quote=ROW)
        assert isinstance(provider.quotes(["MP"])["MP"], Quote)
        yahoo.crumbs, yahoo.accepts = [crumb("new/crumb")], "new/crumb"
        assert isinstance(provider.quotes(["MP"])["MP"], Quote)

    def test_crumbs_that_are_never_accepted_stop_quotes_and_not_bars(
        self, yahoo: YahooServer, provider: YahooProvider
    ) -> None:
        yahoo.accepts = "another"
        said = [str(provider.quotes(["MP"])["MP"]) for _ in range(4)]
        assert "no quotes without a crumb it accepts (401)" in said[0]
        assert "not asked: quotes refused by Yahoo" in said[-1]
        assert isinstance(one(provider, "MP"), PriceSeries)

    @pytest.mark.parametrize("page", ["<html>consent</html>", "Too Many Requests", ""])
    def test_a_page_in_place_of_a_crumb_is_not_sent_on(
        self, yahoo: YahooServer, provider: YahooProvider, page: str
    ) -> None:
        yahoo.crumbs = [crumb(page), crumb(page), crumb("good")]
        yahoo.accepts = "good"
        yahoo.symbols["MP"] = Stock(MP, quote=ROW)
        answers = [provider.quotes(["MP"])["MP"] for _ in range(2)]
        assert isinstance(answers[-1], Quote)

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (Canned(200, "<html>busy</html>", "text/html"), "cannot be read"),
            (Canned(200, "[]"), "no list of quotes"),
            (Canned(200, '{"quoteResponse": {"result": [{}]}}'), "no list of quotes"),
            (Canned(400, "{}"), "status 400"),
            (Canned(503, "down"), "status 503"),
            (TOO_MANY, "rate limited by Yahoo until"),
        ],
    )
    def test_an_answer_that_is_none_is_the_error_of_every_symbol(
        self, yahoo: YahooServer, provider: YahooProvider, answer: Canned, said: str
    ) -> None:
        yahoo.quotes = answer
        answers = provider.quotes(["MP", "SPY"])
        for symbol in ("MP", "SPY"):
            assert str(answers[symbol]).startswith(f"{symbol}: ")
            assert said in str(answers[symbol])

    @pytest.mark.parametrize(
        "row",
        [
            {"symbol": "MP"},
            {**ROW, "regularMarketPrice": None},
            {**ROW, "regularMarketPrice": 0},
            {**ROW, "regularMarketPrice": True},
            {**ROW, "regularMarketPrice": "n/a"},
            {**ROW, "regularMarketTime": None},
            {**ROW, "regularMarketTime": 1e300},
        ],
    )
    def test_a_row_without_price_or_time_is_an_error(
        self, yahoo: YahooServer, provider: YahooProvider, row: dict[str, object]
    ) -> None:
        yahoo.quotes = Canned(200, json.dumps({"quoteResponse": {"result": [row]}}))
        assert "no price with a time" in str(provider.quotes(["MP"])["MP"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Canned(200, "<html>busy</html>", "text/html"), "cannot be read"),
        (Canned(200, '{"chart": {"result": [{}], "error": null}}'), "cannot be read"),
        (Canned(404, "gone", "text/plain"), "status 404"),
        (Canned(503, "down", "text/plain"), "cannot be reached: status 503"),
        (Canned(200, "Will be right back", "text/html"), "CURRENTLY DOWN"),
    ],
)
def test_an_answer_of_another_shape_is_that_symbols_error(
    yahoo: YahooServer, provider: YahooProvider, answer: Canned, said: str
) -> None:
    yahoo.symbols["ODD"] = Stock(MP)
    assert isinstance(one(provider, "ODD"), PriceSeries)  # its zone is known from here on
    yahoo.symbols["ODD"] = answer
    assert said in failure(provider, "ODD")


def test_an_unreachable_server_is_an_error_naming_the_symbol(
    cache_dir: Path, tmp_path: Path, clock: Clock
) -> None:
    with YahooServer({}) as gone:
        url = gone.url
    assert "cannot be reached" in failure(provider_at(url, cache_dir, tmp_path, clock), "MP")


def test_a_symbol_is_no_path(yahoo: YahooServer, provider: YahooProvider) -> None:
    asked = len(yahoo.asked)
    assert "is not a symbol" in failure(provider, "../../v1/x")
    assert len(yahoo.asked) == asked


def five_minutes(hour: int, minute: int, close: float | None) -> IntradayBar:
    start = datetime(2025, 6, 12, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)
    return IntradayBar(start, 5, close, close, close, close, 100.0)  # type: ignore[arg-type]


def test_intraday_bars_of_the_regular_session(yahoo: YahooServer, provider: YahooProvider) -> None:
    inside = [five_minutes(9, 30, 25.5), five_minutes(15, 25, 26.0), five_minutes(15, 55, 29.2)]
    empty, late = five_minutes(15, 35, None), five_minutes(16, 0, 29.5)
    yahoo.symbols["MP"] = Stock(MP, [*inside[:2], empty, inside[2], late])
    start = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
    close = datetime(2025, 6, 12, 20, 0, tzinfo=UTC)
    assert provider.intraday("MP", start, close, 5) == tuple(inside)
    assert provider.intraday("MP", start, inside[2].start, 5) == tuple(inside[:2])
    with pytest.raises(PriceError, match="no bars of 7 minutes"):
        provider.intraday("MP", start, close, 7)


def test_bars_of_before_the_open_and_after_the_close_where_they_are_asked_for(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    bars = [five_minutes(8, 0, 25.5), five_minutes(9, 30, 26.0), five_minutes(16, 0, 29.5)]
    live = replace(five_minutes(16, 5, 29.6), start=bars[-1].start + timedelta(seconds=437))
    yahoo.symbols["MP"] = Stock(MP, [*bars, live])
    start = datetime(2025, 6, 12, 8, 0, tzinfo=UTC)
    assert provider.intraday("MP", start, start + timedelta(hours=16), 5) == tuple(bars)


def test_refused_intraday_bars_raise_with_yahoos_words(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    what = "5m data not available for startTime=1 and endTime=2. Must be within the last 60 days."
    yahoo.symbols["OLD5"] = refused(422, "Unprocessable Entity", what)
    start = datetime(2020, 6, 12, 13, 30, tzinfo=UTC)
    with pytest.raises(PriceError, match="within the last 60 days"):
        provider.intraday("OLD5", start, start + timedelta(hours=6), 5)
    yahoo.symbols["TOLD5"] = replace(refused(404, "Not Found", "moved"), status=200)
    with pytest.raises(PriceError, match="TOLD5: Yahoo: HTTP Error 404"):  # of the page behind
        provider.intraday("TOLD5", start, start + timedelta(hours=6), 5)
    yahoo.symbols["TOLD5"] = Stock(MP)
    assert isinstance(one(provider, "TOLD5"), PriceSeries)
    yahoo.symbols["TOLD5"] = replace(refused(422, "Unprocessable Entity", what), status=200)
    with pytest.raises(PriceError, match="within the last 60 days"):
        provider.intraday("TOLD5", start, start + timedelta(hours=6), 5)
    yahoo.symbols["GONE5"] = DELISTED
    with pytest.raises(PriceError, match="may be delisted"):
        provider.intraday("GONE5", start, start + timedelta(hours=6), 5)
