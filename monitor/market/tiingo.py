"""Prices from Tiingo, with a key of the user's own.

The key goes out in the Authorization header, to the service's own host alone, and nowhere else: not
into an address, an error or a log.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import random
from zoneinfo import ZoneInfo

from monitor.errors import PriceError
from monitor.market.breaker import Policy
from monitor.market.gate import Clock, Gate, wall_clock
from monitor.market.provider import NotAskedError, ProviderError, said
from monitor.market.tiingo_answers import (
    SOURCE,
    AnswerError,
    Row,
    detail_of,
    intraday_of,
    quotes_of,
    rows_of,
    series_of,
    ticker_of,
)
from monitor.market.web import Answer, Web, WebError
from monitor.model import IntradayBar, PriceSeries, Quote

URL = "https://api.tiingo.com"
KEY = re.compile(r"[!-~]+")
NEW_YORK = ZoneInfo("America/New_York")  # whose days the intraday service counts in
POLICY = Policy(failures=3, first=timedelta(minutes=2), longest=timedelta(hours=1))
QUOTES_AT_ONCE = 100  # symbols in one request
# Rows are counted before they are asked for, because a list that is cut off is not marked as such.
# The service has given 2,000 rows at most, later 10,000; 16 hours a day have bars.
ROWS = 2000
MINUTES_A_DAY = 16 * 60


class TiingoProvider:
    """Daily bars and actions since 1962; inside the day and quotes by one venue, IEX.

    `deadline` in seconds for one whole answer, `max_bytes` its size. `state_dir` remembers over
    restarts that the service has asked for patience. Raises ProviderError for what is no key.
    """

    name = SOURCE

    def __init__(
        self,
        key: str,
        base_url: str = URL,
        *,
        deadline: float = 20.0,
        max_bytes: int = 20_000_000,
        state_dir: Path | None = None,
        clock: Clock = wall_clock,
        chance: Callable[[], float] = random,
    ) -> None:
        if not KEY.fullmatch(key):
            # seen here, because the error that a header makes of it would quote it
            raise ProviderError("the key of Tiingo is empty or holds what no key does, as a blank")
        self._key = key
        self._base = base_url.rstrip("/")
        self._web = Web(deadline, max_bytes)
        file = state_dir / "tiingo.json" if state_dir else None
        self._gate = Gate(POLICY, clock=clock, chance=chance, file=file)

    def __repr__(self) -> str:
        return f"<TiingoProvider {self._base}>"

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        query = {"startDate": start.isoformat(), "endDate": end.isoformat(), "format": "json"}
        answers: dict[str, PriceSeries | PriceError] = {}
        for symbol in symbols:
            try:
                path = f"/tiingo/daily/{ticker_of(symbol)}/prices"
                answers[symbol] = series_of(self._rows(symbol, path, query), symbol, start, end)
            except PriceError as error:
                answers[symbol] = _about(symbol, error)
        return answers

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        path = f"/iex/{ticker_of(symbol)}/prices"
        first, last = start.astimezone(NEW_YORK).date(), end.astimezone(NEW_YORK).date()
        days = max(1, ROWS * minutes // MINUTES_A_DAY)
        rows: list[Row] = []
        while first <= last:
            until = min(last, first + timedelta(days=days - 1))
            query = {
                "startDate": first.isoformat(),
                "endDate": until.isoformat(),
                "resampleFreq": f"{minutes}min",
                "afterHours": "true",
                "forceFill": "false",
                "format": "json",
            }
            rows += self._rows(symbol, path, query)
            first = until + timedelta(days=1)
        return tuple(bar for bar in intraday_of(rows, symbol, minutes) if start <= bar.start < end)

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote | PriceError]:
        answers: dict[str, Quote | PriceError] = {}
        wanted: dict[str, str] = {}
        for symbol in symbols:
            try:
                wanted[ticker_of(symbol)] = symbol
            except PriceError as error:
                answers[symbol] = _about(symbol, error)
        tickers = list(wanted)
        for at in range(0, len(tickers), QUOTES_AT_ONCE):
            some = {ticker: wanted[ticker] for ticker in tickers[at : at + QUOTES_AT_ONCE]}
            try:
                rows = self._rows(tickers[at], "/iex/", {"tickers": ",".join(some)})
                answers |= quotes_of(rows, some)
            except PriceError as error:
                answers |= {symbol: _about(symbol, error) for symbol in some.values()}
        return answers

    def _rows(self, symbol: str, path: str, query: Mapping[str, str]) -> list[Row]:
        """The rows of an answer; tells the circuit how it went. Raises PriceError."""
        self._gate.check(symbol)
        headers = {"Authorization": f"Token {self._key}", "Accept": "application/json"}
        try:
            answer = self._web.get(f"{self._base}{path}", query=query, headers=headers)
        except WebError as error:
            self._gate.failed("Tiingo cannot be reached")
            raise PriceError(symbol, f"Tiingo cannot be reached: {error}") from error
        # before anything is quoted: a service may send back what it was sent
        answer = replace(answer, body=answer.body.replace(self._key.encode(), b"[key]"))
        if answer.status != 200:
            raise PriceError(symbol, self._refusal(answer))
        try:
            rows = rows_of(answer.body)
        except AnswerError as error:
            if error.limited:
                raise PriceError(symbol, self._limited(str(error), answer)) from error
            self._gate.failed("Tiingo answers with something else than prices")
            raise PriceError(symbol, f"Tiingo's answer cannot be read: {error}") from error
        self._gate.succeeded()
        return rows

    def _refusal(self, answer: Answer) -> str:
        """What a status other than 200 means, for the circuit and in words."""
        status, what = answer.status, detail_of(answer.body)
        if status == 429:
            return self._limited(what, answer)
        if status == 401:
            # every other symbol would be refused too, and a wrong key sent on looks like an attack
            self._gate.failed("the key refused by Tiingo", at_once=True)
            return f"Tiingo refuses the key ({status}): {what}"
        if status >= 500:
            self._gate.failed("Tiingo cannot be reached")
            return f"Tiingo cannot be reached: status {status}"
        self._gate.succeeded()
        if status == 403:
            return f"Tiingo: this key is not allowed to ask that ({status}): {what}"
        if status == 404:
            return f"Tiingo does not know it ({status}): {what}"
        return f"Tiingo: status {status}: {what}"

    def _limited(self, what: str, answer: Answer) -> str:
        header = answer.headers.get("retry-after")
        self._gate.failed("rate limited by Tiingo", at_once=True, retry_after_header=header)
        again = self._gate.circuit.refusal(self._gate.clock())
        return f"{what or 'too many requests'}; {again}"


def _about(symbol: str, error: PriceError) -> PriceError:
    """The same failure, of a symbol as it was asked for."""
    if isinstance(error, NotAskedError):
        return NotAskedError(symbol, error.what)
    return PriceError(symbol, said(error))
