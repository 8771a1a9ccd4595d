"""Yahoo's quotes, as its quote service and its stream write them. Pure.

Only prices of the regular session are taken: before the open Yahoo gives yesterday's close as the
regular price, with yesterday's time, and the previous close that belongs to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from monitor.errors import PriceError
from monitor.model import Quote

SOURCE = "yahoo"
REGULAR_HOURS = 1  # of the stream's `market_hours`: 0 before the open, 2 after the close


class ShapeError(ValueError):
    """An answer of another shape than Yahoo's."""


def quotes_of(payload: object, symbols: Sequence[str]) -> dict[str, Quote | PriceError]:
    """The answer of `/v7/finance/quote`, by symbol. A symbol that Yahoo leaves out is unknown."""
    try:
        rows = payload["quoteResponse"]["result"]  # type: ignore[index]
        by_symbol = {str(row["symbol"]).upper(): row for row in rows}
    except (KeyError, TypeError) as error:
        raise ShapeError("no list of quotes") from error
    return {symbol: _quote(symbol, by_symbol.get(symbol.upper())) for symbol in symbols}


def _quote(symbol: str, row: Any) -> Quote | PriceError:
    if row is None:
        return PriceError(symbol, "Yahoo gives no quote: it does not exist, or was delisted")
    price, at = price_of(row.get("regularMarketPrice")), _moment(row.get("regularMarketTime"), 1)
    if price is None or at is None:
        return PriceError(symbol, "Yahoo's quote has no price with a time")
    previous = price_of(row.get("regularMarketPreviousClose"))
    return Quote(symbol, at, price, previous, volume_of(row.get("regularMarketVolume")), SOURCE)


def streamed(message: Mapping[str, Any], symbols: Collection[str]) -> Quote | None:
    """A message of the stream, as yfinance decodes it; None where it is not what is wanted.

    Protocol buffers leave out what is 0: no `market_hours` is before the open. `change` is against
    the previous close, which most messages leave out.
    """
    symbol = str(message.get("id"))
    if symbol not in symbols or message.get("market_hours") != REGULAR_HOURS:
        return None
    price, at = price_of(message.get("price")), _moment(message.get("time"), 1000)
    if price is None or at is None:
        return None
    previous = price_of(message.get("previous_close"))
    change = number(message.get("change"))
    if previous is None and change is not None:
        previous = price_of(price - change)
    return Quote(symbol, at, price, previous, volume_of(message.get("day_volume")), SOURCE)


def number(given: object) -> float | None:
    """Protocol buffers write 64-bit integers as text."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        value = float(given)
    except ValueError:
        return None
    return value if isfinite(value) else None


def price_of(given: object) -> float | None:
    """Yahoo's prices are 32-bit numbers, good for seven digits: 130.52999877929688 is 130.53."""
    value = number(given)
    return float(f"{value:.7g}") if value is not None and value > 0 else None


def volume_of(given: object) -> float | None:
    """Yahoo and yfinance turn a volume that is not given into 0, so 0 is no figure."""
    value = number(given)
    return value if value is not None and value > 0 else None


def _moment(given: object, a_second: int) -> datetime | None:
    value = number(given)
    if value is None or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value / a_second, UTC)
    except (ValueError, OverflowError, OSError):
        return None
