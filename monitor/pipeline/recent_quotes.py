"""The last prices of the sessions under way, for as long as the program runs."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from math import log
from threading import Lock
from typing import Final

from monitor.model import Quote

APART: Final = timedelta(seconds=15)  # prices nearer in time may be one trade, told twice
KEPT: Final = 2000  # of each symbol; so far apart that is more than a session


class RecentQuotes:
    """What was quoted, by symbol; from a stream in another thread too.

    The newest of each symbol is kept, and of the earlier ones those that lie `APART`.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest: dict[str, Quote] = {}
        self._kept: dict[str, deque[Quote]] = {}

    def add(self, quote: Quote) -> None:
        with self._lock:
            newest = self._newest.get(quote.symbol)
            if newest is None or quote.at >= newest.at:
                self._newest[quote.symbol] = quote
            kept = self._kept.setdefault(quote.symbol, deque(maxlen=KEPT))
            if not kept or quote.at - kept[-1].at >= APART:
                kept.append(quote)

    def newest(self, symbol: str) -> Quote | None:
        with self._lock:
            return self._newest.get(symbol)

    def witness(self, quote: Quote, since: datetime) -> Quote | None:
        """Of the quotes from `since` to shortly before this one, the one nearest to its price.

        Where it does not confirm the quote, none does. None: there are none.
        """
        with self._lock:
            earlier = [
                one
                for one in self._kept.get(quote.symbol, ())
                if one.at >= since and quote.at - one.at >= APART and one.price > 0
            ]
        if not earlier or not quote.price > 0:
            return None
        return min(earlier, key=lambda one: abs(log(one.price / quote.price)))
