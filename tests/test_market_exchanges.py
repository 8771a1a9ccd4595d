"""Which exchange a symbol keeps; the suffixes against yfinance's own table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import pytest
from exchange_calendars import get_calendar_names
from yfinance import const

from monitor.errors import MonitorError
from monitor.market.exchanges import SAME_HOURS, SUFFIXES, Exchanges

# yfinance has other codes for the same markets, where ISO 10383 has several or it has its own.
YFINANCE: Final = {
    "XVIE": "XWBO",
    "XATH": "ASEX",
    "CNSX": "XCNQ",
    "XEUR": "XPAR",
    "XBMS": "XBRE",
    "MTAA": "XMIL",
    "XVIL": "XLIT",
    "KQKS": "XKOS",
    "BMEX": "XMAD",
    "ILSE": "XLON",
}


@pytest.mark.parametrize(
    ("symbol", "mic"),
    [
        ("MP", "XNYS"),
        ("LYC.AX", "XASX"),
        ("lyc.ax", "XASX"),
        ("VOD.L", "XLON"),
        ("BT-A.L", "XLON"),
        ("SHOP.TO", "XTSE"),
        ("UCU.V", "XTSX"),
        ("SAP.DE", "XETR"),
        ("AIR.PA", "XPAR"),
        ("0700.HK", "XHKG"),
        ("7203.T", "XTKS"),
        ("600111.SS", "XSHG"),
        ("000831.SZ", "XSHE"),
        ("005930.KS", "XKRX"),
        ("BRK-B", "XNYS"),
        ("BRK.B", "XNYS"),  # a class of shares
        ("^GSPC", "XNYS"),
        ("^AXJO", "XASX"),  # by the override
        ("DUAL.L", "XNYS"),
    ],
)
def test_the_exchange_of_a_symbol(symbol: str, mic: str) -> None:
    found = Exchanges(overrides={"^axjo": "XASX", "DUAL.L": "XNYS"})
    assert found.mic_of(symbol) == mic


def test_the_default_is_the_users() -> None:
    assert Exchanges("XASX").mic_of("LYC") == "XASX"
    assert Exchanges("XASX").of("LYC").exchange == "XASX"


def test_a_suffix_that_is_not_known_is_said_and_not_guessed() -> None:
    with pytest.raises(MonitorError, match=r"ABC\.QQ: no exchange is known for the suffix \.QQ"):
        Exchanges().of("ABC.QQ")
    with pytest.raises(MonitorError, match="XXXX"):
        Exchanges(overrides={"ABC": "XXXX"}).of("ABC")


def test_sessions_are_made_once_for_each_calendar() -> None:
    found = Exchanges()
    sydney = found.of("LYC.AX")
    assert sydney is found.of("ILU.AX")
    assert sydney is not found.of("MP")
    assert found.of("002466.SZ") is found.of("600111.SS")
    at = datetime(2025, 6, 9, 23, 30, tzinfo=UTC)  # Monday evening in New York, Tuesday in Sydney
    assert (found.of("MP").event_session(at), sydney.event_session(at)) == (date(2025, 6, 10),) * 2
    at = datetime(2025, 6, 10, 7, 0, tzinfo=UTC)  # 17:00 in Sydney, 3:00 in New York
    assert found.of("MP").event_session(at) == date(2025, 6, 10)
    assert sydney.event_session(at) == date(2025, 6, 11)


def test_every_suffix_leads_to_a_calendar() -> None:
    names = set(get_calendar_names())
    calendars = {SAME_HOURS.get(mic, mic) for mic in SUFFIXES.values()}
    assert calendars <= names
    assert not set(SAME_HOURS) & names  # with a calendar of their own they need no other's


def test_suffixes_are_those_of_yahoo() -> None:
    yahoo = {suffix: YFINANCE.get(mic, mic) for mic, suffix in const._MIC_TO_YAHOO_SUFFIX.items()}
    shared = SUFFIXES.keys() & yahoo.keys()
    assert {suffix: SUFFIXES[suffix] for suffix in shared} == {one: yahoo[one] for one in shared}
    assert SUFFIXES.keys() <= yahoo.keys()
