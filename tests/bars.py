"""Price bars for tests: real ones from tests/data/prices, and made-up ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from monitor.market.bars_csv import parse_daily
from monitor.model import Bar, IntradayBar, PriceSeries

PRICES = Path(__file__).parent / "data" / "prices"


def real(symbol: str) -> PriceSeries:
    """MP and SPY, June 2024 to June 2025; SPY has raw prices from 2025-06-09 only."""
    path = PRICES / f"{symbol}.csv"
    bars, notes = parse_daily(path.read_text(), symbol, path.name)
    return PriceSeries(symbol, bars, "files", notes)


def bar(
    session: date,
    close: float | None,
    *,
    adj: float | None = None,
    opened: float | None = None,
    high: float | None = None,
    low: float | None = None,
    volume: float | None = None,
) -> Bar:
    return Bar(session, opened, high, low, close, adj, volume)


def days(count: int, first: date = date(2025, 1, 1)) -> list[date]:
    return [first + timedelta(days=one) for one in range(count)]


def series(bars: Sequence[Bar], symbol: str = "ABC") -> PriceSeries:
    return PriceSeries(symbol, tuple(bars), "made up")


def of_closes(closes: Sequence[float], symbol: str = "ABC") -> PriceSeries:
    """Adjusted closes on consecutive days, raw ones equal."""
    found = zip(days(len(closes)), closes, strict=True)
    return series([bar(day, close, adj=close) for day, close in found], symbol)


def intraday(
    opened: datetime,
    closes: Sequence[float],
    *,
    first_open: float | None = None,
    minutes: int = 5,
    volume: float | None = None,
) -> list[IntradayBar]:
    """Bars one after another; each opens where the one before closed."""
    step, before = timedelta(minutes=minutes), closes[0] if first_open is None else first_open
    bars = []
    for number, close in enumerate(closes):
        high, low = max(before, close), min(before, close)
        start = opened + number * step
        bars.append(IntradayBar(start, minutes, before, high, low, close, volume))
        before = close
    return bars
