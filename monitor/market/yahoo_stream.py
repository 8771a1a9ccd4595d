"""Yahoo's stream of prices, through yfinance's websocket."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import random
from threading import Event
from time import monotonic

import yfinance
from websockets.exceptions import WebSocketException
from yfinance.live import WebSocket

from monitor.market.breaker import CLOSED, Policy, failed
from monitor.market.gate import wall_clock
from monitor.market.yahoo_quotes import streamed
from monitor.model import Quote

POLICY = Policy(failures=1, first=timedelta(seconds=5), longest=timedelta(minutes=5))
LOOK_UP = 0.25  # seconds between two looks at whether to stop


class YahooStream:
    """Quotes of the regular session as they are traded, seconds apart.

    `url` leads to another server than Yahoo's. `beat`: seconds after which the subscription is said
    again, as Yahoo forgets it. yfinance's own `listen` is not used: it says nothing again, cannot
    be stopped, and ends at the first message it cannot read.
    """

    def __init__(
        self,
        symbols: Sequence[str],
        *,
        url: str | None = None,
        beat: float = 15.0,
        policy: Policy = POLICY,
        chance: Callable[[], float] = random,
    ) -> None:
        # Hidden exceptions come out as messages of another shape, and as lines of a log.
        yfinance.config.debug.hide_exceptions = False
        self._symbols = tuple(symbols)
        self._url = {} if url is None else {"url": url}
        self._beat = beat
        self._policy = policy
        self._chance = chance
        self._circuit = CLOSED

    def follow(
        self, take: Callable[[Quote], None], stop: Event, problem: Callable[[str], None]
    ) -> None:
        """Hands each quote to `take` until `stop` is set; meant for a thread of its own.

        A connection that cannot be had or breaks is told to `problem` and tried again, later each
        time. What `take` raises is raised.
        """
        while not stop.is_set():
            try:
                self._listen(take, stop, problem)
            except (OSError, WebSocketException) as error:  # TimeoutError among them
                now = wall_clock()
                self._circuit = failed(
                    self._circuit, now, "stream broken", self._policy, self._chance()
                )
                pause = ((self._circuit.until or now) - now).total_seconds()
                what = str(error) or type(error).__name__
                problem(f"Yahoo's stream: {what}; tried again in {pause:.0f} s")
                stop.wait(pause)

    def _listen(
        self, take: Callable[[Quote], None], stop: Event, problem: Callable[[str], None]
    ) -> None:
        socket = WebSocket(**self._url, verbose=False)
        try:
            socket.subscribe(list(self._symbols))
            said_at = monotonic()
            while not stop.is_set():
                if monotonic() - said_at >= self._beat:
                    socket.subscribe(list(self._symbols))
                    said_at = monotonic()
                try:
                    message = socket._ws.recv(timeout=min(LOOK_UP, self._beat))
                except TimeoutError:
                    continue
                quote = self._read(socket, message, problem)
                if quote is not None:
                    self._circuit = CLOSED
                    take(quote)
        finally:
            socket.close()

    def _read(
        self, socket: WebSocket, message: str | bytes, problem: Callable[[str], None]
    ) -> Quote | None:
        try:
            encoded = json.loads(message).get("message", "")
            return streamed(socket._decode_message(encoded), self._symbols)
        except Exception as error:
            # json, base64 and protobuf each raise their own: one message's failure only.
            problem(f"Yahoo's stream: a message cannot be read: {type(error).__name__}: {error}")
            return None
