"""The contract of every source of prices."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from monitor.errors import PriceError
from monitor.model import IntradayBar, PriceSeries

SYMBOL = re.compile(r"\^?[A-Za-z0-9]+([._=-][A-Za-z0-9]+)*")


class PriceProvider(Protocol):
    """Bars as a source gives them: what it leaves out stays out, nothing is made up.

    Calls are made one at a time.
    """

    @property
    def name(self) -> str: ...

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        """Bars from `start` to `end`, both included. One symbol's failure is its value.

        An answer without a single bar is a PriceError: empty means unknown, not zero.
        The last bar is unfinished where its session is still open; see `known.known_by`.
        """
        ...

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        """Bars of the regular session that begin from `start` up to, not including, `end`.

        Empty where the source has none for that time; PriceError where it cannot tell.
        """
        ...


def checked_symbol(symbol: str) -> str:
    """The symbol, where it is safe as the name of a file and as a part of a url.

    Letters, digits and what sources put between them (BRK-B, LYC.AX, ^VIX, EURUSD=X); no path.
    """
    if not SYMBOL.fullmatch(symbol):
        raise PriceError(symbol, "is not a symbol: letters and digits, with . - _ = ^ between them")
    return symbol
