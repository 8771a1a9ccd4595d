"""What every provider of prices promises, tried on each: files, yahoo, tiingo, a chain, and the one
that docs/prices.md shows, installed as others would install it."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.errors import PriceError
from monitor.market.build import ProviderSettings, build
from monitor.market.provider import PriceProvider
from monitor.model import Bar, IntradayBar, PriceSeries, Quote
from tests.bars import PRICES, real
from tests.servers import serving
from tests.tiingo_server import KEY, NEW_YORK, Tiingo
from tests.yahoo_server import Stock, YahooServer

MP = real("MP").bars
FIRST, LAST = date(2025, 6, 2), date(2025, 6, 13)
DOCS = Path(__file__).parent.parent / "docs" / "prices.md"


def at(hour: int, minute: int) -> datetime:
    return datetime(2025, 6, 12, hour, minute, tzinfo=NEW_YORK).astimezone(UTC)


INSIDE = tuple(
    IntradayBar(at(hour, minute), 5, price, price, price, price, 100.0)
    for hour, minute, price in [(8, 0, 26.0), (9, 30, 25.5), (9, 35, 26.5), (16, 0, 29.5)]
)


@contextmanager
def files(folder: Path) -> Iterator[PriceProvider]:
    (folder / "prices").mkdir()
    (folder / "prices" / "MP.csv").write_text((PRICES / "MP.csv").read_text())
    rows = "".join(
        f"{bar.start.isoformat()},{bar.open},{bar.high},{bar.low},{bar.close},{bar.volume}\n"
        for bar in INSIDE
    )
    (folder / "prices" / "MP.5m.csv").write_text("timestamp,open,high,low,close,volume\n" + rows)
    yield build(["files"], ProviderSettings(folder, dir=str(folder / "prices")))


QUOTE_AT = at(12, 0)


@contextmanager
def yahoo(folder: Path) -> Iterator[PriceProvider]:
    row = {
        "symbol": "MP",
        "regularMarketPrice": 28.9,
        "regularMarketTime": int(QUOTE_AT.timestamp()),
    }
    with YahooServer({"MP": Stock(MP, INSIDE, quote=row)}) as server:
        yield build(["yfinance"], ProviderSettings(folder, base_urls={"yfinance": server.url}))


@contextmanager
def tiingo(folder: Path) -> Iterator[PriceProvider]:
    with serving() as server:
        service = Tiingo(server)
        top = {"tngoLast": 28.9, "timestamp": QUOTE_AT.isoformat()}
        service.add("MP", MP, intraday=INSIDE, quote=top)
        settings = ProviderSettings(folder, key=KEY, base_urls={"tiingo": service.url})
        yield build(["tiingo"], settings)


@contextmanager
def chain(folder: Path) -> Iterator[PriceProvider]:
    """The first has nothing at all."""
    (folder / "empty").mkdir()
    with serving() as server:
        service = Tiingo(server)
        top = {"tngoLast": 28.9, "timestamp": QUOTE_AT.isoformat()}
        service.add("MP", MP, intraday=INSIDE, quote=top)
        urls = {"tiingo": service.url}
        empty = str(folder / "empty")
        yield build(["files", "tiingo"], ProviderSettings(folder, empty, KEY, urls))


@contextmanager
def documented(folder: Path) -> Iterator[PriceProvider]:
    """The example of the documentation, with its entry point, found on sys.path."""
    code, points = (
        found
        for kind, found in re.findall(r"```(python|toml)\n(.*?)```", DOCS.read_text(), re.DOTALL)
        if kind == "python" or "entry-points" in found
    )
    (name,) = re.findall(r"^(\w+) = \"", points, re.MULTILINE)
    ((group, target),) = re.findall(r'"([\w.]+)"\]\n\w+ = "([^"]+)"', points)
    site = folder / "site"
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {target}\n")
    (site / f"{name}.py").write_text(code)
    path = folder / "ledger.sqlite"
    with sqlite3.connect(path) as ledger:
        ledger.execute("create table bars (symbol, day, open, high, low, close, adj_close, volume)")
        for bar in MP:
            figures = (bar.open, bar.high, bar.low, bar.close, bar.adj_close, bar.volume)
            row = ("MP", str(bar.session), *figures)
            ledger.execute("insert into bars values (?, ?, ?, ?, ?, ?, ?, ?)", row)
    sys.path.insert(0, str(site))
    try:
        yield build([name], ProviderSettings(folder, options={"path": str(path)}))
    finally:
        sys.path.remove(str(site))
        sys.modules.pop(name, None)


WITH_INTRADAY = [files, yahoo, tiingo, chain]
ALL = [*WITH_INTRADAY, documented]


@pytest.fixture
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PriceProvider]:
    make: Callable[[Path], object] = request.param
    with make(tmp_path) as made:  # type: ignore[attr-defined]
        yield made


def named(make: Callable[[Path], object]) -> str:
    return make.__name__


every = pytest.mark.parametrize("provider", ALL, indirect=True, ids=named)
intraday = pytest.mark.parametrize("provider", WITH_INTRADAY, indirect=True, ids=named)


@every
def test_there_is_one_answer_for_each_symbol(provider: PriceProvider) -> None:
    answers = provider.daily(["MP", "GONE", "../MP"], FIRST, LAST)
    assert set(answers) == {"MP", "GONE", "../MP"}
    assert isinstance(answers["MP"], PriceSeries)
    for symbol in ("GONE", "../MP"):
        assert isinstance(answers[symbol], PriceError)
        assert str(answers[symbol]).startswith(f"{symbol}: ")
    assert provider.daily([], FIRST, LAST) == {}


@every
def test_daily_bars_are_those_of_the_span_both_ends_included(provider: PriceProvider) -> None:
    answer = provider.daily(["MP"], FIRST, LAST)["MP"]
    assert isinstance(answer, PriceSeries)
    assert answer.symbol == "MP"
    assert answer.source in provider.name.split("+")
    assert answer.bars == tuple(bar for bar in MP if FIRST <= bar.session <= LAST)
    assert (answer.bars[0].session, answer.bars[-1].session) == (FIRST, LAST)


@every
def test_a_span_without_bars_is_an_error(provider: PriceProvider) -> None:
    answer = provider.daily(["MP"], date(2001, 1, 1), date(2001, 1, 31))["MP"]
    assert isinstance(answer, PriceError)


@intraday
def test_bars_inside_the_day_begin_within_the_span_all_hours_included(
    provider: PriceProvider,
) -> None:
    def shape(bars: tuple[IntradayBar, ...]) -> list[tuple[datetime, int, float]]:
        return [(bar.start, bar.minutes, bar.close) for bar in bars]

    whole = provider.intraday("MP", at(4, 0), at(20, 0), 5)
    assert shape(whole) == shape(INSIDE)
    assert all(bar.start.tzinfo is UTC for bar in whole)
    session = provider.intraday("MP", at(9, 30), at(16, 0), 5)
    assert shape(session) == shape(INSIDE[1:3])


@every
def test_no_bars_inside_a_day_are_none_and_a_wrong_symbol_raises(provider: PriceProvider) -> None:
    assert provider.intraday("MP", at(3, 0), at(3, 30), 5) == ()
    if provider.name != "ledger":
        with pytest.raises(PriceError, match="is not a symbol"):
            provider.intraday("../MP", at(9, 30), at(16, 0), 5)


@every
def test_quotes_are_one_answer_for_each_symbol(provider: PriceProvider) -> None:
    answers: Mapping[str, Quote | PriceError] = provider.quotes(["MP", "GONE"])
    assert set(answers) == {"MP", "GONE"}
    assert isinstance(answers["GONE"], PriceError)
    assert str(answers["GONE"]).startswith("GONE: ")
    assert provider.quotes([]) == {}


@intraday
def test_a_quote_says_when_it_was_traded(provider: PriceProvider) -> None:
    quote = provider.quotes(["MP"])["MP"]
    assert isinstance(quote, Quote)
    assert (quote.symbol, quote.price > 0) == ("MP", True)
    assert quote.source in provider.name.split("+")
    assert quote.at.tzinfo is UTC
    assert quote.at - at(12, 0) <= timedelta(hours=5)


def test_bars_are_whole() -> None:
    """The bars that the others are compared with."""
    assert all(isinstance(bar, Bar) and bar.close for bar in MP)
