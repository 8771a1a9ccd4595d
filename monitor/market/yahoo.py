"""Prices from Yahoo through yfinance: the only place that knows either.

Yahoo's `close` is adjusted for splits, backwards, but not for dividends; `adj_close` for both. So a
bar from before a split is not what was traded that day, and splits are told as notes.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yfinance
from curl_cffi.requests import Response, Session
from curl_cffi.requests.exceptions import RequestException
from yfinance.data import YfData
from yfinance.exceptions import YFException, YFRateLimitError

from monitor.errors import PriceError
from monitor.market.provider import checked_symbol
from monitor.model import Bar, DataNote, IntradayBar, PriceSeries

MINUTES = (1, 2, 5, 15, 30, 60, 90)
CHART = "/v8/finance/chart/"
REFUSALS = (400, 404, 422)  # Yahoo has understood and has no such data: asking again is no use
RATE_LIMITED = (
    "rate limited by Yahoo (429 Too Many Requests): wait a quarter of an hour or more before the "
    "next try, and ask for fewer symbols or less often"
)

# yfinance switches its own on, and with it a message for every call of pandas that will change.
warnings.filterwarnings("ignore", category=DeprecationWarning, module="^yfinance")

# yfinance keeps one session, one cookie and one cache a process.
_one_at_a_time = Lock()


class YahooProvider:
    """Bars as Yahoo has them: nothing repaired, nothing filled in, one request at a time.

    `cache_dir` holds yfinance's cookies and time zones (a process has one: that of the provider
    used first). `base_url` sends all requests to another server that speaks Yahoo's protocol, a
    proxy or a test. `timeout` in seconds, for each request.
    """

    name = "yahoo"

    def __init__(
        self, cache_dir: Path, base_url: str | None = None, *, timeout: float = 15.0
    ) -> None:
        yfinance.set_tz_cache_location(str(cache_dir))
        # Hidden exceptions come out as an empty table, which looks like a stock without prices.
        yfinance.config.debug.hide_exceptions = False
        self._session = _YahooSession(base_url)
        self._timeout = timeout

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        """As in the contract. Once Yahoo asks to slow down, the rest is not asked for."""
        answers: dict[str, PriceSeries | PriceError] = {}
        for symbol in symbols:
            try:
                answers[symbol] = self._series(symbol, start, end)
            except _RateLimitedError as error:
                rest = [one for one in symbols if one not in answers]
                return answers | {one: _RateLimitedError(one, str(error.what)) for one in rest}
            except PriceError as error:
                answers[symbol] = error
        return answers

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        if minutes not in MINUTES:
            raise PriceError(symbol, f"Yahoo has no bars of {minutes} minutes, only of {MINUTES}")
        rows = self._history(symbol, interval=f"{minutes}m", start=start, end=end)
        bars = []
        for stamp, row in rows:
            begin = stamp.to_pydatetime().astimezone(UTC)
            opened, high, low, close = (
                _price(row[name]) for name in ("Open", "High", "Low", "Close")
            )
            if opened is None or high is None or low is None or close is None:
                continue  # Yahoo has a row for every slot, empty where nothing was traded
            if start <= begin < end:
                volume = _volume(row["Volume"])
                bars.append(IntradayBar(begin, minutes, opened, high, low, close, volume))
        return tuple(bars)

    def _series(self, symbol: str, start: date, end: date) -> PriceSeries:
        bars: dict[date, Bar] = {}
        notes: list[DataNote] = []
        after = end + timedelta(days=1)  # yfinance leaves the end out
        for stamp, row in self._history(symbol, interval="1d", start=start, end=after):
            day = stamp.date()
            if not start <= day <= end:
                continue
            notes += _actions(symbol, day, row)
            bar = _bar(day, row)
            if bar is None:
                text = "Yahoo has no usable close of this session (yet); left out"
                notes.append(DataNote("no-close", symbol, day, text))
            else:
                bars[day] = bar
        if not bars:
            raise PriceError(symbol, f"no bars from {start} to {end} at Yahoo")
        ordered = tuple(bars[day] for day in sorted(bars))
        return PriceSeries(symbol, ordered, self.name, tuple(notes))

    def _history(self, symbol: str, **span: Any) -> Iterator[tuple[Any, Any]]:
        """The rows of yfinance's table, or a PriceError that says what came instead."""
        checked_symbol(symbol)
        with _one_at_a_time:
            # It remembers answers about the past for good, refusals among them.
            YfData.cache_get.cache_clear()
            try:
                table = yfinance.Ticker(symbol, session=self._session).history(
                    auto_adjust=False,
                    repair=False,  # has been seen to "repair" real surges away
                    keepna=True,
                    actions=True,
                    timeout=self._timeout,
                    **span,
                )
            except YFRateLimitError as error:
                raise _RateLimitedError(symbol, RATE_LIMITED) from error
            except _RefusedError as error:
                raise PriceError(symbol, f"Yahoo: {error}") from error
            except YFException as error:
                raise PriceError(symbol, str(error).removeprefix(f"${symbol}: ")) from error
            except RequestException as error:
                raise PriceError(symbol, f"Yahoo cannot be reached: {error}") from error
            except Exception as error:
                # An answer of another shape than expected makes yfinance stumble in any way there
                # is (KeyError, AttributeError, a JSON or pandas error): this symbol's failure only.
                what = f"{type(error).__name__}: {error}"
                raise PriceError(symbol, f"Yahoo's answer cannot be read: {what}") from error
        rows: Iterator[tuple[Any, Any]] = table.iterrows()
        return rows


class _RefusedError(Exception):
    """Yahoo's own words on why there is no such data."""


class _RateLimitedError(PriceError):
    def __init__(self, symbol: str, what: str) -> None:
        self.what = what
        super().__init__(symbol, what)


class _YahooSession(Session[Response]):
    """The session yfinance asks through: it can lead elsewhere, and keeps what refusals say."""

    def __init__(self, base_url: str | None) -> None:
        super().__init__(impersonate="chrome")
        self._base = urlsplit(base_url) if base_url else None

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:
        if self._base:
            asked = urlsplit(url)
            path = self._base.path.rstrip("/") + asked.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))
        answer = super().request(method, url, *args, **kwargs)
        if CHART in url and answer.status_code in REFUSALS:
            # yfinance would ask a second time with another cookie, and then lose the reason.
            raise _RefusedError(_reason(answer))
        return answer


def _reason(answer: Response) -> str:
    try:
        error = json.loads(answer.text)["chart"]["error"]
        return f"{error['description']} ({answer.status_code} {error['code']})"
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _bar(day: date, row: Any) -> Bar | None:
    close, adj_close = _price(row["Close"]), _price(row["Adj Close"])
    if close is None and adj_close is None:
        return None
    opened, high, low = (_price(row[name]) for name in ("Open", "High", "Low"))
    return Bar(day, opened, high, low, close, adj_close, _volume(row["Volume"]))


def _price(given: float) -> float | None:
    """Yahoo's prices are 32-bit numbers, good for seven digits: 130.52999877929688 is 130.53."""
    return float(f"{given:.7g}") if isfinite(given) and given > 0 else None


def _volume(given: float) -> float | None:
    """yfinance turns a volume that is not given into 0, so 0 is no figure."""
    return float(given) if given > 0 else None


def _actions(symbol: str, day: date, row: Any) -> Iterator[DataNote]:
    if row["Stock Splits"]:
        text = f"split {row['Stock Splits']:g} for 1: closes before it are adjusted for it"
        yield DataNote("split", symbol, day, text)
    if row["Dividends"]:
        yield DataNote("dividend", symbol, day, f"dividend of {row['Dividends']:g} a share")
