"""Symbol → exchange, by the suffix that Yahoo (and those who follow it) puts behind it.

A security keeps the days, hours and zone of the exchange its prices come from: news of Monday
evening in New York meets Tuesday's session in Sydney, which has begun by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from monitor.errors import MonitorError
from monitor.market.sessions import Sessions

# Market identifier codes (ISO 10383) as exchange_calendars has them.
SUFFIXES: Final[Mapping[str, str]] = {
    # Americas
    "TO": "XTSE",
    "V": "XTSX",
    "CN": "XCNQ",
    "NE": "NEOE",
    "MX": "XMEX",
    "SA": "BVMF",
    "BA": "XBUE",
    "SN": "XSGO",
    "CL": "XBOG",
    # Europe
    "L": "XLON",
    "IL": "XLON",
    "IR": "XDUB",
    "DE": "XETR",
    "F": "XFRA",
    "BE": "XBER",
    "BM": "XBRE",
    "DU": "XDUS",
    "HA": "XHAN",
    "HM": "XHAM",
    "MU": "XMUN",
    "SG": "XSTU",
    "PA": "XPAR",
    "AS": "XAMS",
    "BR": "XBRU",
    "LS": "XLIS",
    "MC": "XMAD",
    "MI": "XMIL",
    "SW": "XSWX",
    "VI": "XWBO",
    "ST": "XSTO",
    "HE": "XHEL",
    "CO": "XCSE",
    "OL": "XOSL",
    "IC": "XICE",
    "TL": "XTAL",
    "RG": "XRIS",
    "VS": "XLIT",
    "WA": "XWAR",
    "PR": "XPRA",
    "BD": "XBUD",
    "RO": "XBSE",
    "AT": "ASEX",
    "IS": "XIST",
    # Asia, Africa, Oceania
    "AX": "XASX",
    "NZ": "XNZE",
    "T": "XTKS",
    "HK": "XHKG",
    "SS": "XSHG",
    "SZ": "XSHE",
    "KS": "XKRX",
    "KQ": "XKOS",
    "TW": "XTAI",
    "TWO": "ROCO",
    "SI": "XSES",
    "KL": "XKLS",
    "JK": "XIDX",
    "BK": "XBKK",
    "PS": "XPHS",
    "NS": "XNSE",
    "BO": "XBOM",
    "SR": "XSAU",
    "JO": "XJSE",
}
# Without a calendar of their own there: the one that has the same days and hours.
SAME_HOURS: Final[Mapping[str, str]] = {
    "XCNQ": "XTSE",
    "NEOE": "XTSE",
    "XBER": "XHAM",
    "XBRE": "XHAM",
    "XHAN": "XHAM",
    "XMUN": "XHAM",
    "XSHE": "XSHG",
    "XKOS": "XKRX",
    "ROCO": "XTAI",
    "XNSE": "XBOM",
}


class Exchanges:
    """The sessions that each symbol keeps, made when first asked for.

    `default` is the exchange of a symbol without a suffix; `overrides` maps symbols to exchanges
    and goes before everything else: an index (^AXJO), a listing that its suffix does not tell.
    """

    def __init__(self, default: str = "XNYS", overrides: Mapping[str, str] | None = None) -> None:
        self.default = default
        self._overrides = {symbol.upper(): mic for symbol, mic in (overrides or {}).items()}
        self._made: dict[str, Sessions] = {}

    def mic_of(self, symbol: str) -> str:
        """The market identifier code of a symbol's exchange.

        A single letter that is no exchange is a class of shares (BRK.B) and says nothing. A longer
        suffix that is not known is a MonitorError: with another exchange's hours every event
        session would be silently wrong.
        """
        symbol = symbol.upper()
        if symbol in self._overrides:
            return self._overrides[symbol]
        _, dot, suffix = symbol.rpartition(".")
        if not dot:
            return self.default
        if suffix in SUFFIXES:
            return SUFFIXES[suffix]
        if len(suffix) == 1:
            return self.default
        raise MonitorError(
            f"{symbol}: no exchange is known for the suffix .{suffix}; "
            "name the symbol's exchange in the configuration"
        )

    def of(self, symbol: str) -> Sessions:
        """The sessions of a symbol's exchange; MonitorError where it or its calendar is unknown."""
        return self.at(self.mic_of(symbol))

    def at(self, mic: str) -> Sessions:
        """The sessions of an exchange."""
        calendar = SAME_HOURS.get(mic, mic)
        if calendar not in self._made:
            self._made[calendar] = Sessions(calendar)
        return self._made[calendar]
