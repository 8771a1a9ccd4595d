"""yfinance's own code against a loopback server that speaks Yahoo's chart protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.errors import PriceError
from monitor.market.yahoo import YahooProvider
from monitor.model import IntradayBar, PriceSeries
from tests.bars import bar, days, real
from tests.yahoo_server import DELISTED, TOO_MANY, Canned, Stock, YahooServer, refused

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


@pytest.fixture
def provider(yahoo: YahooServer, cache_dir: Path) -> YahooProvider:
    return YahooProvider(cache_dir, yahoo.url, timeout=5)


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


def test_raw_and_adjusted_closes_are_both_kept_and_actions_noted(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    at = datetime(2025, 6, 10, 9, 30, tzinfo=NEW_YORK)
    halved = [replace(each, adj_close=(each.close or 0) / 2) for each in MP]
    yahoo.symbols["TWO"] = Stock(halved, splits=[(at, 3, 1)], dividends=[(at, 0.25)])
    answer = one(provider, "TWO")
    assert isinstance(answer, PriceSeries)
    day = next(each for each in answer.bars if each.session == date(2025, 6, 12))
    assert (day.close, day.adj_close) == (29.2, 14.6)
    assert [(note.code, note.session) for note in answer.notes] == [
        ("split", date(2025, 6, 10)),
        ("dividend", date(2025, 6, 10)),
    ]
    assert "3 for 1" in answer.notes[0].text
    assert "0.25" in answer.notes[1].text


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


def test_rate_limiting_says_so_and_the_rest_is_not_asked_for(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    yahoo.symbols["BUSY"] = TOO_MANY
    answers = provider.daily(["MP", "BUSY", "LATER"], FIRST, LAST)
    assert isinstance(answers["MP"], PriceSeries)
    for symbol in ("BUSY", "LATER"):
        assert "rate limited" in str(answers[symbol])
        assert "wait" in str(answers[symbol])
    assert yahoo.charts_of("LATER") == []


def test_a_limited_crumb_does_not_keep_bars_away(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    yahoo.crumb = TOO_MANY
    assert isinstance(one(provider, "MP"), PriceSeries)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Canned(200, "<html>busy</html>", "text/html"), "cannot be read"),
        (Canned(200, '{"chart": {"result": [{}], "error": null}}'), "cannot be read"),
        (Canned(404, "gone", "text/plain"), "status 404"),
        (Canned(503, "down", "text/plain"), "cannot be read"),
    ],
)
def test_an_answer_of_another_shape_is_that_symbols_error(
    yahoo: YahooServer, provider: YahooProvider, answer: Canned, said: str
) -> None:
    yahoo.symbols["ODD"] = answer
    assert said in failure(provider, "ODD")


def test_an_unreachable_server_is_an_error_naming_the_symbol(cache_dir: Path) -> None:
    with YahooServer({}) as gone:
        url = gone.url
    assert "cannot be reached" in failure(YahooProvider(cache_dir, url, timeout=5), "MP")


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


def test_refused_intraday_bars_raise_with_yahoos_words(
    yahoo: YahooServer, provider: YahooProvider
) -> None:
    what = "5m data not available for startTime=1 and endTime=2. Must be within the last 60 days."
    yahoo.symbols["OLD5"] = refused(422, "Unprocessable Entity", what)
    start = datetime(2020, 6, 12, 13, 30, tzinfo=UTC)
    with pytest.raises(PriceError, match="within the last 60 days"):
        provider.intraday("OLD5", start, start + timedelta(hours=6), 5)
    yahoo.symbols["GONE5"] = DELISTED
    with pytest.raises(PriceError, match="may be delisted"):
        provider.intraday("GONE5", start, start + timedelta(hours=6), 5)
