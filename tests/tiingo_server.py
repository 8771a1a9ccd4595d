"""A loopback server that speaks Tiingo's protocol, for tests/test_market_tiingo.py and others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from monitor.model import Bar, CorporateAction, IntradayBar
from tests.servers import LoopbackServer, Reply, Request

KEY = "0123456789abcdefKEY"
NEW_YORK = ZoneInfo("America/New_York")


def replied(payload: object, status: int = 200, **headers: str) -> Reply:
    given = {"Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(payload).encode(), given)


def refusal(status: int, detail: str, **headers: str) -> Reply:
    return replied({"detail": detail}, status, **headers)


LIMITED = "Error: You have run over your hourly request allocation."


class Tiingo:
    """Answers on `server`; a ticker that was not added has status 404."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.url = server.url("")
        self._quotes: dict[str, Mapping[str, Any]] = {}
        server.route("/iex/", self._answer_quotes)

    def add(
        self,
        ticker: str,
        bars: Sequence[Bar] = (),
        actions: Sequence[CorporateAction] = (),
        intraday: Sequence[IntradayBar] = (),
        quote: Mapping[str, Any] | None = None,
    ) -> None:
        rows = [daily_row(bar, actions) for bar in bars]
        self.rows(ticker, rows)
        inside = [intraday_row(bar) for bar in intraday]

        def answer(request: Request) -> Reply:
            return _authorised(request) or replied(
                [row for row in inside if _asked(request, _new_york_day(row["date"]))]
            )

        self.server.route(f"/iex/{ticker}/prices", answer)
        if quote is not None:
            self._quotes[ticker] = {"ticker": ticker, **quote}

    def rows(self, ticker: str, rows: Sequence[object]) -> None:
        """Daily rows just as they are given, those that can be dated within the span asked for."""

        def answer(request: Request) -> Reply:
            return _authorised(request) or replied(
                [row for row in rows if _asked(request, _day(row))]
            )

        self.server.route(f"/tiingo/daily/{ticker}/prices", answer)

    def says(self, ticker: str, *replies: Reply) -> None:
        self.server.route(f"/tiingo/daily/{ticker}/prices", *replies)

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.server.requests if request.path == path]

    def _answer_quotes(self, request: Request) -> Reply:
        tickers = request.values("tickers")[0].split(",")
        found = [self._quotes[one] for one in tickers if one in self._quotes]
        return _authorised(request) or replied(found)


def daily_row(bar: Bar, actions: Sequence[CorporateAction] = ()) -> dict[str, Any]:
    of_day = {one.kind: one.value for one in actions if one.session == bar.session}
    return {
        "date": f"{bar.session}T00:00:00.000Z",
        "close": bar.close,
        "high": bar.high,
        "low": bar.low,
        "open": bar.open,
        "volume": bar.volume,
        "adjClose": bar.adj_close,
        "divCash": of_day.get("dividend", 0.0),
        "splitFactor": of_day.get("split", 1.0),
    }


def intraday_row(bar: IntradayBar) -> dict[str, Any]:
    return {
        "date": f"{bar.start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "open": bar.open,
        "high": bar.high,
        "low": bar.low,
        "close": bar.close,
    }


def _authorised(request: Request) -> Reply | None:
    if request.headers.get("authorization") == f"Token {KEY}":
        return None
    return refusal(401, "Invalid token.")


def _asked(request: Request, day: date | None) -> bool:
    if day is None:
        return True
    start, end = request.values("startDate")[0], request.values("endDate")[0]
    return date.fromisoformat(start) <= day <= date.fromisoformat(end)


def _day(row: object) -> date | None:
    try:
        return date.fromisoformat(row["date"][:10])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None


def _new_york_day(stamp: str) -> date:
    return datetime.fromisoformat(stamp).astimezone(NEW_YORK).date()
