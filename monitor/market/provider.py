"""The contract of every source of prices.

Who writes another one: a class with the three methods below, and an entry point in the group
`monitor.price_providers` that names a factory of it; see docs/prices.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from monitor.errors import MonitorError, PriceError
from monitor.model import IntradayBar, PriceSeries, Quote

SYMBOL = re.compile(r"\^?[A-Za-z0-9]+([._=-][A-Za-z0-9]+)*")


class PriceProvider(Protocol):
    """Prices as a source gives them: what it leaves out stays out, nothing is made up.

    Symbols are Yahoo's (BRK-B, LYC.AX, ^VIX); a provider translates them and answers under the
    symbol it was asked for. Prices are in the currency of the listing. Calls are made one at a
    time, from any thread. A source that asks for patience is given it: the provider then answers
    with errors that say until when, and does not wait.
    """

    @property
    def name(self) -> str:
        """Stands in `PriceSeries.source` and `Quote.source`."""
        ...

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        """Bars from `start` to `end`, both included: one answer for each symbol.

        Raw prices and volumes are as traded on the day, `adj_close` is adjusted for splits and
        dividends, and `actions` holds the splits and dividends of the span. A source whose
        prices are adjusted for splits turns them back (`splits.as_traded`) or gives `adj_close`
        alone.

        Bars are ascending, one a session, and the session is the date at the exchange. A price is
        above zero; one that is not given is None, and a bar has `close` or `adj_close` or is left
        out. What was odd and survived is a note: nothing is left out in silence.

        One symbol's failure is its value, in the source's own words where it has any. An answer
        without a single bar is a PriceError: empty means unknown, not zero. The last bar is
        unfinished where its session is still open; see `known.known_by`.
        """
        ...

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        """Bars of `minutes` that begin from `start` up to, not including, `end`.

        Ascending, one a start, in UTC; those of before the open and after the close too, where the
        source has them: the caller chooses the span. A slot in which nothing was traded has no bar.
        Empty where the source has none for that time; PriceError where it cannot tell.
        """
        ...

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote | PriceError]:
        """Last prices of the regular session: one answer for each symbol, from one request.

        `at` is when the source says it was traded, so that a stale quote can be told from a fresh
        one. `previous_close` is in the shares of today where a split lies between. `volume` is that
        of the whole market or None: one venue's share is not given.
        """
        ...


class ProviderError(MonitorError):
    """A provider cannot be made: it is not installed, or lacks a setting that it needs."""


class NotAskedError(PriceError):
    """The source was not asked: it has failed, or asked for patience, and the time is not over."""

    def __init__(self, symbol: str, what: str) -> None:
        self.what = what
        super().__init__(symbol, what)


def checked_symbol(symbol: str) -> str:
    """The symbol, where it is safe as the name of a file and as a part of a url.

    Letters, digits and what sources put between them (BRK-B, LYC.AX, ^VIX, EURUSD=X); no path.
    """
    if not SYMBOL.fullmatch(symbol):
        raise PriceError(symbol, "is not a symbol: letters and digits, with . - _ = ^ between them")
    return symbol


def said(error: PriceError) -> str:
    """What the error says, without its symbol in front."""
    return str(error).removeprefix(f"{error.symbol}: ")
