"""A loopback server that speaks the protocols of Yahoo's chart and quote services, for yfinance's
own code."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from monitor.model import Bar, IntradayBar

CHART = "/v8/finance/chart/"
QUOTE = "/v7/finance/quote"
CRUMB = "/v1/test/getcrumb"
RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]


@dataclass(frozen=True)
class Stock:
    """What the server knows of a symbol. `splits`: (day, numerator, denominator).

    `quote` is its row of the quote service; `answers_for` the symbol in its answers, where it was
    renamed.
    """

    daily: Sequence[Bar] = ()
    intraday: Sequence[IntradayBar] = ()
    zone: str = "America/New_York"
    opens: time = time(9, 30)
    closes: time = time(16)
    splits: Sequence[tuple[datetime, int, int]] = ()
    dividends: Sequence[tuple[datetime, float]] = ()
    quote: Mapping[str, Any] | None = None
    answers_for: str | None = None


@dataclass(frozen=True)
class Canned:
    """An answer that does not come from bars."""

    status: int
    body: str
    kind: str = "application/json;charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(status: int, code: str, description: str) -> Canned:
    error = {"code": code, "description": description}
    return Canned(status, json.dumps({"chart": {"result": None, "error": error}}))


DELISTED = refused(404, "Not Found", "No data found, symbol may be delisted")


def crumb(text: str) -> Canned:
    return Canned(200, text, "text/plain")


TOO_MANY = Canned(429, "Edge: Too Many Requests", "text/plain")


@dataclass
class YahooServer:
    """`with YahooServer({"MP": Stock(...)}) as server:`; its address is `server.url`.

    A symbol it does not know is delisted. `asked` are the paths with their queries, in order.
    `crumbs` are given out in turn, the last one on and on; with `accepts` the quote service wants
    that one. `quotes`, where there is one, is what the quote service says whatever it is asked.
    """

    symbols: dict[str, Stock | Canned]
    crumbs: list[Canned] = field(default_factory=lambda: [crumb("crumb.of.tests")])
    accepts: str | None = None
    quotes: Canned | None = None
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> YahooServer:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answer = outer._answer(self.path)
                body = answer.body.encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.kind)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def charts_of(self, symbol: str) -> list[str]:
        return self.asked_of(CHART + symbol)

    def asked_of(self, path: str) -> list[str]:
        return [asked for asked in self.asked if urlsplit(asked).path == path]

    def _answer(self, target: str) -> Canned:
        asked = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == CRUMB:
            return self.crumbs.pop(0) if len(self.crumbs) > 1 else self.crumbs[0]
        if asked.path == QUOTE:
            return self._quote(query)
        if not asked.path.startswith(CHART):
            return Canned(404, "<html>not found</html>", "text/html")
        symbol = unquote(asked.path.removeprefix(CHART))
        stock = self.symbols.get(symbol, DELISTED)
        if isinstance(stock, Canned):
            return stock
        return Canned(200, json.dumps(_chart(symbol, stock, query)))

    def _quote(self, query: Mapping[str, str]) -> Canned:
        if self.accepts is not None and query.get("crumb") != self.accepts:
            error = {"code": "Unauthorized", "description": "Invalid Crumb"}
            return Canned(401, json.dumps({"finance": {"result": None, "error": error}}))
        if self.quotes is not None:
            return self.quotes
        known = [self.symbols.get(symbol) for symbol in query["symbols"].split(",")]
        rows = [one.quote for one in known if isinstance(one, Stock) and one.quote is not None]
        return Canned(200, json.dumps({"quoteResponse": {"result": rows, "error": None}}))


def _chart(symbol: str, stock: Stock, query: Mapping[str, str]) -> dict[str, Any]:
    zone = ZoneInfo(stock.zone)
    daily = query["interval"] == "1d"
    rows: list[tuple[int, Bar | IntradayBar]]
    if daily:
        rows = [
            (_epoch(datetime.combine(bar.session, stock.opens, zone)), bar) for bar in stock.daily
        ]
    else:
        rows = [(_epoch(bar.start), bar) for bar in stock.intraday]
        if query.get("includePrePost", "").lower() != "true":
            rows = [
                (stamp, bar)
                for stamp, bar in rows
                if stock.opens <= datetime.fromtimestamp(stamp, zone).time() < stock.closes
            ]
    start, end = int(query.get("period1", 0)), int(query.get("period2", 2**40))
    if "range" in query:
        rows = rows[-1:]
    rows = [(stamp, bar) for stamp, bar in rows if start <= stamp < end]
    quote = {
        name: [_single(getattr(bar, name)) for _, bar in rows]
        for name in ("open", "high", "low", "close")
    }
    quote["volume"] = [None if bar.volume is None else int(bar.volume) for _, bar in rows]
    indicators: dict[str, Any] = {"quote": [quote if rows else {}]}
    result: dict[str, Any] = {"meta": _meta(symbol, stock, zone, rows, daily=daily)}
    if rows:
        result["timestamp"] = [stamp for stamp, _ in rows]
    adjusted = [_single(bar.adj_close) for _, bar in rows if isinstance(bar, Bar)]
    if adjusted:
        indicators["adjclose"] = [{"adjclose": adjusted}]
    events = _events(stock, start, end)
    if events:
        result["events"] = events
    result["indicators"] = indicators
    return {"chart": {"result": [result], "error": None}}


def _meta(
    symbol: str, stock: Stock, zone: ZoneInfo, rows: Sequence[tuple[int, Any]], *, daily: bool
) -> dict[str, Any]:
    stamps = [datetime.fromtimestamp(stamp, zone) for stamp, _ in rows]
    days = sorted({stamp.date() for stamp in stamps}) or [datetime(2025, 1, 2, tzinfo=zone).date()]

    def period(day: Any, begin: time, finish: time) -> dict[str, Any]:
        first = datetime.combine(day, begin, zone)
        offset = first.utcoffset() or timedelta()
        return {
            "timezone": first.tzname(),
            "start": _epoch(first),
            "end": _epoch(datetime.combine(day, finish, zone)),
            "gmtoffset": int(offset.total_seconds()),
        }

    last = period(days[-1], stock.opens, stock.closes)
    meta = {
        "currency": "USD",
        "symbol": stock.answers_for or symbol,
        "exchangeName": "NYQ",
        "instrumentType": "EQUITY",
        "firstTradeDate": 1_000_000_000,
        "regularMarketTime": last["end"],
        "gmtoffset": last["gmtoffset"],
        "timezone": last["timezone"],
        "exchangeTimezoneName": stock.zone,
        "priceHint": 2,
        "currentTradingPeriod": {
            "pre": period(days[-1], time(4), stock.opens),
            "regular": last,
            "post": period(days[-1], stock.closes, time(20)),
        },
        "dataGranularity": "1d" if daily else "5m",
        "range": "",
        "validRanges": RANGES,
    }
    if not daily:
        meta["tradingPeriods"] = [[period(day, stock.opens, stock.closes)] for day in days]
    return meta


def _events(stock: Stock, start: int, end: int) -> dict[str, Any]:
    splits = {
        str(_epoch(at)): {
            "date": _epoch(at),
            "numerator": many,
            "denominator": one,
            "splitRatio": f"{many}:{one}",
        }
        for at, many, one in stock.splits
        if start <= _epoch(at) < end
    }
    dividends = {
        str(_epoch(at)): {"amount": amount, "date": _epoch(at)}
        for at, amount in stock.dividends
        if start <= _epoch(at) < end
    }
    found = {"splits": splits, "dividends": dividends}
    return {name: events for name, events in found.items() if events}


def _epoch(at: datetime) -> int:
    return int(at.timestamp())


def _single(price: float | None) -> float | None:
    """As a 32-bit number prints in 64 bits, which is how Yahoo writes prices."""
    return None if price is None else float(struct.unpack("f", struct.pack("f", price))[0])
