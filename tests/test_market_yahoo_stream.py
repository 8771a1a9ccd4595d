"""yfinance's websocket and its protocol buffers against a loopback server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import Queue
from threading import Event, Thread
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve
from yfinance.pricing_pb2 import PricingData

from monitor.market.breaker import Policy
from monitor.market.yahoo_quotes import streamed
from monitor.market.yahoo_stream import YahooStream
from monitor.model import Quote

PATIENCE = 10.0
AT = datetime(2025, 6, 12, 17, 30, 0, 500_000, tzinfo=UTC)
MILLISECONDS = int(AT.timestamp() * 1000)
IN_SESSION: dict[str, Any] = {
    "id": "MP",
    "price": 28.9,
    "time": MILLISECONDS,
    "market_hours": 1,
    "change": 3.26,
    "day_volume": 24578800,
}
QUOTE = Quote("MP", AT, 28.9, 25.64, 24578800, "yahoo")
AT_ONCE = Policy(failures=1, first=timedelta(milliseconds=1), longest=timedelta(milliseconds=1))


def packed(**fields: Any) -> str:
    """A message as Yahoo sends it."""
    data = base64.b64encode(PricingData(**fields).SerializeToString()).decode()
    return json.dumps({"type": "pricing", "message": data})


@contextmanager
def yahoo(handle: Callable[[ServerConnection], None]) -> Iterator[str]:
    server: Server = serve(handle, "127.0.0.1", 0)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
    finally:
        server.shutdown()
        thread.join()


class Followed:
    """A stream followed in a thread of its own, as the daemon does."""

    def __init__(self, url: str, *symbols: str, beat: float = 15.0) -> None:
        self.quotes: Queue[Quote] = Queue()
        self.problems: Queue[str] = Queue()
        self._stop = Event()
        stream = YahooStream(symbols, url=url, beat=beat, policy=AT_ONCE, chance=lambda: 0.0)
        given = (self.quotes.put, self._stop, self.problems.put)
        self._thread = Thread(target=stream.follow, args=given)

    def __enter__(self) -> Followed:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "it does not obey"


def drain(connection: ServerConnection) -> None:
    """Until the other side hangs up."""
    try:
        for _ in connection:
            pass
    except ConnectionClosed:
        pass


def test_it_subscribes_and_hands_on_what_is_traded_in_the_session() -> None:
    asked: Queue[Any] = Queue()

    def handle(connection: ServerConnection) -> None:
        asked.put(json.loads(connection.recv()))
        connection.send(packed(**{**IN_SESSION, "id": "OTHER"}))
        connection.send(packed(**{**IN_SESSION, "market_hours": 0}))
        connection.send(packed(**IN_SESSION))
        drain(connection)

    with yahoo(handle) as url, Followed(url, "MP", "SPY") as stream:
        assert stream.quotes.get(timeout=PATIENCE) == QUOTE
        request = asked.get(timeout=PATIENCE)
        assert sorted(request["subscribe"]) == ["MP", "SPY"]
        assert stream.quotes.empty()
        assert stream.problems.empty()


def test_the_subscription_is_said_again() -> None:
    asked: Queue[Any] = Queue()

    def handle(connection: ServerConnection) -> None:
        try:
            for message in connection:
                asked.put(json.loads(message))
        except ConnectionClosed:
            pass

    with yahoo(handle) as url, Followed(url, "MP", beat=0.01):
        for _ in range(3):
            assert asked.get(timeout=PATIENCE) == {"subscribe": ["MP"]}


def test_a_message_that_cannot_be_read_is_told_and_the_rest_goes_on() -> None:
    def handle(connection: ServerConnection) -> None:
        connection.recv()
        for message in ("no json", '["list"]', '{"message": "!!!"}', '{"message": "AAAA"}', "{}"):
            connection.send(message)
        connection.send(packed(**IN_SESSION))
        drain(connection)

    with yahoo(handle) as url, Followed(url, "MP") as stream:
        assert stream.quotes.get(timeout=PATIENCE) == QUOTE
        told = [stream.problems.get(timeout=PATIENCE) for _ in range(3)]
    assert all("a message cannot be read" in problem for problem in told)


def test_a_connection_that_breaks_is_told_and_made_again() -> None:
    connections: Queue[int] = Queue()

    def handle(connection: ServerConnection) -> None:
        connection.recv()
        connections.put(1)
        if connections.qsize() < 3:
            connection.close(1001)  # as when it goes away: yfinance's own loop would spin here
            return
        connection.send(packed(**IN_SESSION))
        drain(connection)

    with yahoo(handle) as url, Followed(url, "MP") as stream:
        assert stream.quotes.get(timeout=PATIENCE) == QUOTE
        assert connections.qsize() == 3
        assert "Yahoo's stream: " in stream.problems.get(timeout=PATIENCE)
        assert "tried again in 0 s" in stream.problems.get(timeout=PATIENCE)


def test_no_server_is_told_and_it_stops_when_asked() -> None:
    with yahoo(drain) as url:
        pass
    with Followed(url, "MP") as stream:
        assert "refused" in stream.problems.get(timeout=PATIENCE)


def test_it_leads_to_yahoo_unless_told_otherwise() -> None:
    assert YahooStream(["MP"])._url == {}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, QUOTE),
        ({"previous_close": 25.5}, Quote("MP", AT, 28.9, 25.5, 24578800, "yahoo")),
        ({"change": None}, Quote("MP", AT, 28.9, None, 24578800, "yahoo")),
        ({"change": "nan"}, Quote("MP", AT, 28.9, None, 24578800, "yahoo")),
        ({"change": 30.0}, Quote("MP", AT, 28.9, None, 24578800, "yahoo")),
        ({"day_volume": "24578800"}, QUOTE),
        ({"day_volume": 0}, Quote("MP", AT, 28.9, 25.64, None, "yahoo")),
        ({"time": str(MILLISECONDS)}, QUOTE),
        ({"time": None}, None),
        ({"time": -1}, None),
        ({"price": 0}, None),
        ({"price": "x"}, None),
        ({"market_hours": 2}, None),
        ({"id": "SPY"}, None),
    ],
)
def test_what_of_a_message_is_a_quote(fields: dict[str, Any], found: Quote | None) -> None:
    message = {name: value for name, value in (IN_SESSION | fields).items() if value is not None}
    assert streamed(message, ("MP",)) == found
