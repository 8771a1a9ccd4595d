"""Prices from Yahoo through yfinance.

Yahoo's closes and volumes are in today's shares: adjusted for splits, backwards, but not for
dividends; `adj_close` is adjusted for both. They are turned back into what was traded on the day.
For that all later splits must be known, so daily bars are asked for up to today in any case: the
same one request.

There is no batch of daily or intraday bars at Yahoo (yfinance's `download` sends one request for
each symbol, from many threads); there is one of quotes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from math import isfinite
from pathlib import Path
from random import random
from threading import Lock
from typing import Any, TypeVar

import yfinance
from curl_cffi.requests.exceptions import HTTPError, RequestException
from yfinance.data import YfData
from yfinance.exceptions import YFDataException, YFException, YFPricesMissingError, YFRateLimitError

from monitor.errors import PriceError
from monitor.market.breaker import Policy
from monitor.market.gate import Clock, Gate, wall_clock
from monitor.market.provider import NotAskedError, checked_symbol, said
from monitor.market.splits import as_traded, factor_after, not_applied
from monitor.market.yahoo_quotes import SOURCE, ShapeError, price_of, quotes_of, volume_of
from monitor.market.yahoo_session import (
    QUOTE,
    DownError,
    RefusedError,
    TooManyError,
    YahooSession,
    is_crumb,
)
from monitor.model import Bar, CorporateAction, DataNote, IntradayBar, PriceSeries, Quote

MINUTES = (1, 2, 5, 15, 30, 60, 90)
QUOTES = "https://query1.finance.yahoo.com" + QUOTE
QUOTES_AT_ONCE = 250  # symbols in one request: an address of about 2,000 characters
POLICY = Policy(failures=3, first=timedelta(minutes=2), longest=timedelta(hours=1))
LIMITED = "rate limited by Yahoo"

# yfinance switches its own on, and with it a message for every call of pandas that will change.
warnings.filterwarnings("ignore", category=DeprecationWarning, module="^yfinance")

# yfinance keeps one session, one cookie and one cache a process.
_one_at_a_time = Lock()

T = TypeVar("T")


class YahooProvider:
    """Prices as Yahoo has them: nothing repaired, nothing filled in, one request at a time.

    `cache_dir` holds yfinance's cookies and time zones (a process has one: that of the provider
    used first). `base_url` sends all requests to another server that speaks Yahoo's protocol, a
    proxy or a test. `timeout` in seconds, for each request. `state_dir` (`cache_dir` unless given)
    remembers over restarts that Yahoo has asked for patience.
    """

    name = SOURCE

    def __init__(
        self,
        cache_dir: Path,
        base_url: str | None = None,
        *,
        timeout: float = 15.0,
        state_dir: Path | None = None,
        clock: Clock = wall_clock,
        chance: Callable[[], float] = random,
    ) -> None:
        yfinance.set_tz_cache_location(str(cache_dir))
        # Hidden exceptions come out as an empty table, which looks like a stock without prices.
        yfinance.config.debug.hide_exceptions = False
        state = state_dir or cache_dir
        self._gate = Gate(POLICY, clock=clock, chance=chance, file=state / "yahoo.json")
        self._crumbs = Gate(POLICY, clock=clock, chance=chance, file=state / "yahoo-crumb.json")
        self._clock = clock
        self._session = YahooSession(base_url, self._crumbs)
        self._timeout = timeout
        with _one_at_a_time:
            # A crumb belongs to the cookies of the session it was given to.
            data = YfData(session=self._session)
            data._crumb = data._cookie = None

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        answers: dict[str, PriceSeries | PriceError] = {}
        for symbol in symbols:
            try:
                answers[symbol] = self._series(symbol, start, end)
            except PriceError as error:
                answers[symbol] = error
        return answers

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        """As in the contract; of the last 60 days (30 days for 1 minute), in today's shares."""
        if minutes not in MINUTES:
            raise PriceError(symbol, f"Yahoo has no bars of {minutes} minutes, only of {MINUTES}")
        try:
            table = self._history(
                symbol, interval=f"{minutes}m", start=start, end=end, prepost=True
            )
        except PriceError as error:
            if isinstance(error.__cause__, YFPricesMissingError):
                if error.__cause__.yahoo_reason is None:  # it has understood, and has none
                    return ()
            raise
        bars = []
        for stamp, row in table.rows:
            begin = stamp.to_pydatetime().astimezone(UTC)
            if begin.second or not start <= begin < end:
                continue  # the last price of all, which Yahoo adds as a row with its own time
            prices = [price_of(row[name]) for name in ("Open", "High", "Low", "Close")]
            opened, high, low, close = prices
            if opened is None or high is None or low is None or close is None:
                continue  # Yahoo has a row for every slot, empty where nothing was traded
            volume = volume_of(row["Volume"])
            bars.append(IntradayBar(begin, minutes, opened, high, low, close, volume))
        return tuple(bars)

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote | PriceError]:
        answers: dict[str, Quote | PriceError] = {}
        wanted = []
        for symbol in symbols:
            try:
                wanted.append(checked_symbol(symbol))
            except PriceError as error:
                answers[symbol] = error
        for at in range(0, len(wanted), QUOTES_AT_ONCE):
            some = wanted[at : at + QUOTES_AT_ONCE]
            try:
                answers |= self._ask(some[0], partial(self._quotes, some))
            except NotAskedError as refusal:
                answers |= {symbol: NotAskedError(symbol, refusal.what) for symbol in some}
            except PriceError as error:
                answers |= {symbol: PriceError(symbol, said(error)) for symbol in some}
        return answers

    def _quotes(self, symbols: Sequence[str]) -> dict[str, Quote | PriceError]:
        self._crumbs.check(symbols[0])
        data = YfData(session=self._session)
        query = {"symbols": ",".join(symbols), "formatted": "false"}
        answer = data.get(QUOTES, params=query, timeout=self._timeout)
        if answer.status_code in (401, 403):
            if data._crumb is not None and is_crumb(data._crumb):  # else it is counted already
                self._crumbs.failed("quotes refused by Yahoo for want of a crumb it accepts")
            data._crumb = data._cookie = None  # the next try is to begin with new ones
            raise RefusedError(f"no quotes without a crumb it accepts ({answer.status_code})")
        if answer.status_code != 200:
            raise RefusedError(f"status {answer.status_code}")
        self._crumbs.succeeded()
        return quotes_of(answer.json(), symbols)

    def _series(self, symbol: str, start: date, end: date) -> PriceSeries:
        today = self._clock().date() + timedelta(days=1)  # it may be tomorrow at the exchange
        after = max(end, today) + timedelta(days=1)  # yfinance leaves the end out
        table = self._history(symbol, interval="1d", start=start, end=after)
        bars: dict[date, Bar] = {}
        notes: list[DataNote] = []
        actions: list[CorporateAction] = []
        for stamp, row in table.rows:
            day = stamp.date()
            actions += _actions(day, row)
            notes += _odd(symbol, day, row)
            bar = _bar(day, row)
            if bar is not None:
                bars[day] = bar
        ordered = [bars[day] for day in sorted(bars)]
        unapplied = not_applied(ordered, actions)
        notes += [_unapplied(symbol, split) for split in unapplied]
        applied = [action for action in actions if action not in unapplied]
        found = tuple(
            _rounded(bar) for bar in as_traded(ordered, applied) if start <= bar.session <= end
        )
        if not found:
            raise PriceError(symbol, f"no bars from {start} to {end} at Yahoo")
        if table.answered_for not in ("", symbol.upper()):
            text = f"Yahoo answers for {table.answered_for}: the symbol was renamed"
            notes.append(DataNote("renamed", symbol, None, text))
        return PriceSeries(
            symbol,
            found,
            self.name,
            tuple(one for one in notes if one.session is None or start <= one.session <= end),
            actions=tuple(
                _as_paid(action, applied)
                for action in sorted(actions, key=lambda one: (one.session, one.kind))
                if start <= action.session <= end
            ),
        )

    def _history(self, symbol: str, **span: Any) -> _Table:
        """yfinance's table, or a PriceError that says what came instead."""
        checked_symbol(symbol)

        def ask() -> _Table:
            ticker = yfinance.Ticker(symbol, session=self._session)
            table = ticker.history(
                auto_adjust=False,
                repair=False,  # has been seen to "repair" real surges away
                keepna=True,
                actions=True,
                timeout=self._timeout,
                **span,
            )
            answered_for = str(ticker.history_metadata.get("symbol") or "").upper()
            return _Table(table.iterrows(), answered_for)

        return self._ask(symbol, ask)

    def _ask(self, symbol: str, call: Callable[[], T]) -> T:
        """What `call` brings from Yahoo; tells the circuit how it went."""
        with _one_at_a_time:
            self._gate.check(symbol)
            # It remembers answers about the past for good, refusals among them.
            YfData.cache_get.cache_clear()
            try:
                answer = call()
            except (YFRateLimitError, TooManyError) as error:
                header = error.retry_after if isinstance(error, TooManyError) else None
                self._gate.failed(LIMITED, at_once=True, retry_after_header=header)
                again = self._gate.circuit.refusal(self._clock()) or LIMITED
                raise PriceError(symbol, f"too many requests; {again}") from error
            except PriceError:
                raise  # not asked
            except HTTPError as error:  # a page that yfinance asks for of its own accord
                self._gate.succeeded()
                raise PriceError(symbol, f"Yahoo: {error}") from error
            except (RequestException, DownError, YFDataException) as error:
                self._gate.failed("Yahoo cannot be reached")
                raise PriceError(symbol, f"Yahoo cannot be reached: {error}") from error
            except RefusedError as error:
                self._gate.succeeded()
                raise PriceError(symbol, f"Yahoo: {error}") from error
            except YFException as error:
                self._gate.succeeded()
                raise PriceError(symbol, str(error).removeprefix(f"${symbol}: ")) from error
            except Exception as error:
                # An answer of another shape than expected makes yfinance stumble in any way there
                # is (KeyError, AttributeError, a JSON or pandas error): this symbol's failure only,
                # unless it is no JSON at all.
                if isinstance(error, ValueError) and not isinstance(error, ShapeError):
                    self._gate.failed("Yahoo answers with something else than prices")
                what = f"{type(error).__name__}: {error}"
                raise PriceError(symbol, f"Yahoo's answer cannot be read: {what}") from error
            finally:
                _forget_false_crumb()
            self._gate.succeeded()
        return answer


@dataclass(frozen=True, slots=True)
class _Table:
    rows: Iterator[tuple[Any, Any]]
    answered_for: str  # the symbol in Yahoo's answer; "" where it names none


def _forget_false_crumb() -> None:
    """yfinance keeps whatever came in place of a crumb, "Too Many Requests" too."""
    data = YfData()
    if data._crumb is not None and not is_crumb(data._crumb):
        data._crumb = None


def _bar(day: date, row: Any) -> Bar | None:
    close, adj_close = price_of(row["Close"]), price_of(row["Adj Close"])
    if close is None and adj_close is None:
        return None
    opened, high, low = (price_of(row[name]) for name in ("Open", "High", "Low"))
    return Bar(day, opened, high, low, close, adj_close, volume_of(row["Volume"]))


def _rounded(bar: Bar) -> Bar:
    """Seven digits again, after a factor."""
    opened, high, low, close = map(price_of, (bar.open, bar.high, bar.low, bar.close))
    return Bar(bar.session, opened, high, low, close, bar.adj_close, bar.volume)


def _odd(symbol: str, day: date, row: Any) -> Iterator[DataNote]:
    if price_of(row["Close"]) is None and price_of(row["Adj Close"]) is None:
        text = "Yahoo has no usable close of this session (yet); left out"
        yield DataNote("no-close", symbol, day, text)
    for name in ("Open", "High", "Low", "Close", "Adj Close"):
        if isfinite(row[name]) and row[name] <= 0:
            text = f"Yahoo gives {row[name]:g} as the {name.lower()}, which no price is: not used"
            yield DataNote("price-left-out", symbol, day, text)


def _actions(day: date, row: Any) -> Iterator[CorporateAction]:
    split, dividend = row["Stock Splits"], row["Dividends"]
    if isfinite(split) and split > 0 and split != 1:
        yield CorporateAction(day, "split", float(f"{split:.7g}"))
    if isfinite(dividend) and dividend > 0:
        yield CorporateAction(day, "dividend", float(f"{dividend:.7g}"))


def _as_paid(action: CorporateAction, splits: Sequence[CorporateAction]) -> CorporateAction:
    """A dividend a share of its day; Yahoo gives it a share of today."""
    factor = factor_after(action.session, splits)
    if action.kind == "split" or factor == 1:
        return action
    return CorporateAction(action.session, action.kind, float(f"{action.value * factor:.7g}"))


def _unapplied(symbol: str, split: CorporateAction) -> DataNote:
    text = (
        f"Yahoo tells of a split of {split.value:g} for 1, and has not adjusted the closes before "
        "it: returns over this day are not true"
    )
    return DataNote("split-not-applied", symbol, split.session, text)
