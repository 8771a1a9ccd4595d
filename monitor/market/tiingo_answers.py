"""What Tiingo answers, read. Pure.

Daily: https://www.tiingo.com/documentation/end-of-day; inside the day and quotes: .../iex. A
refusal is `{"detail": "…"}`, and has also been seen as plain text with status 200.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from monitor.errors import PriceError
from monitor.market.provider import checked_symbol
from monitor.model import Bar, CorporateAction, DataNote, IntradayBar, PriceSeries, Quote

SOURCE = "tiingo"
CLASSES = ("A", "B", "C")  # what stands behind a point is one of these classes, or an exchange
LIMITS = ("run over", "allocation", "exceeded", "too many")
SHOWN = 200  # characters of the source's own words

Row = Mapping[str, Any]


class AnswerError(Exception):
    """The answer is none: it has another shape, or is a refusal in the service's own words."""

    def __init__(self, what: str, *, limited: bool = False) -> None:
        self.limited = limited  # it asks for patience
        super().__init__(what)


def ticker_of(symbol: str) -> str:
    """Tiingo's name for a symbol of Yahoo's; PriceError for what it does not have.

    Classes of shares have a dash at both (BRK-B). What Yahoo writes with ^ = or an exchange behind
    a point (LYC.AX, RIO.L) Tiingo does not have.
    """
    checked_symbol(symbol)
    stem, point, after = symbol.rpartition(".")
    if point and after.upper() in CLASSES and "." not in stem:
        symbol = f"{stem}-{after}"
    if any(mark in symbol for mark in "^=._"):
        raise PriceError(symbol, "Tiingo has shares and funds listed in the United States only")
    return symbol.upper()


def rows_of(body: bytes) -> list[Row]:
    """The list of objects that every good answer is; AnswerError says what came instead."""
    text = body.decode("utf-8", "replace").strip()
    try:
        answer = json.loads(text)
    except ValueError as error:
        limited = any(word in text.lower() for word in LIMITS) and "<" not in text[:1]
        what = in_short(text) if limited else f"no JSON but {in_short(text)!r}"
        raise AnswerError(what, limited=limited) from error
    if isinstance(answer, Mapping) and isinstance(answer.get("detail"), str):
        detail = answer["detail"]
        limited = any(word in detail.lower() for word in LIMITS)
        raise AnswerError(in_short(detail), limited=limited)
    if not isinstance(answer, list) or not all(isinstance(row, Mapping) for row in answer):
        raise AnswerError(f"no list of rows but {in_short(text)!r}")
    return answer


def detail_of(body: bytes) -> str:
    """The words of a refusal."""
    text = body.decode("utf-8", "replace").strip()
    try:
        answer = json.loads(text)
    except ValueError:
        return in_short(text)
    detail = answer.get("detail") if isinstance(answer, Mapping) else None
    return in_short(str(detail)) if detail else in_short(text)


def in_short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def series_of(rows: Sequence[Row], symbol: str, start: date, end: date) -> PriceSeries:
    """Daily bars; PriceError where none is usable."""
    bars: dict[date, Bar] = {}
    notes: list[DataNote] = []
    actions: dict[tuple[date, str], CorporateAction] = {}
    last: date | None = None
    for number, row in enumerate(rows, 1):
        day = None
        try:
            day = _day(row)
            bar = _bar(row, day)
        except _RowError as bad:
            notes.append(DataNote("bad-row", symbol, day, f"Tiingo: row {number}: {bad}; left out"))
            continue
        if not start <= day <= end:
            continue
        if bars.get(day, bar) != bar:
            text = f"Tiingo: row {number}: a second bar of {day}; it is used"
            notes.append(DataNote("duplicate", symbol, day, text))
        if last is not None and day < last:
            text = "Tiingo: rows are not in order of time; they were put in order"
            notes.append(DataNote("unsorted", symbol, day, text))
        last = day
        bars[day] = bar
        actions |= {(day, action.kind): action for action in _actions(row, day)}
    if not bars:
        because = f"; {notes[0].text}" if notes else ""
        raise PriceError(symbol, f"no bars from {start} to {end} at Tiingo{because}")
    return PriceSeries(
        symbol,
        tuple(bars[day] for day in sorted(bars)),
        SOURCE,
        tuple(notes),
        actions=tuple(actions[key] for key in sorted(actions)),
    )


def intraday_of(rows: Sequence[Row], symbol: str, minutes: int) -> tuple[IntradayBar, ...]:
    """Bars of one venue (IEX): its volume is no volume of the market, so none is given.

    PriceError where there are rows and none is usable.
    """
    bars = {}
    bad: _RowError | None = None
    for row in rows:
        try:
            start = _moment(row, "date")
            opened, high, low, close = (
                _price(row, one) for one in ("open", "high", "low", "close")
            )
            if opened is None or high is None or low is None or close is None:
                raise _RowError("open, high, low and close are not all given")
            _check_range(high, low)
        except _RowError as error:
            bad = bad or error
            continue
        bars[start] = IntradayBar(start, minutes, opened, high, low, close, None)
    if bad and not bars:
        raise PriceError(symbol, f"no usable bars at Tiingo, first: {bad}")
    return tuple(bars[start] for start in sorted(bars))


def quotes_of(rows: Sequence[Row], wanted: Mapping[str, str]) -> dict[str, Quote | PriceError]:
    """Quotes by symbol. `wanted`: Tiingo's ticker → symbol. What has no row is unknown.

    `tngoLast` is Tiingo's reference price; `last` and its time are given to those alone who have a
    contract with the exchange, else the time is that of the refresh.
    """
    by_ticker = {str(row.get("ticker")).upper(): row for row in rows}
    return {
        symbol: _quote(symbol, by_ticker.get(ticker.upper())) for ticker, symbol in wanted.items()
    }


def _quote(symbol: str, row: Row | None) -> Quote | PriceError:
    if row is None:
        return PriceError(symbol, "Tiingo gives no quote: it does not know it, or it is delisted")
    try:
        price = _price(row, "tngoLast") or _price(row, "last")
        traded = next((one for one in TRADED if row.get(one)), "timestamp")
        at = _moment(row, traded)
        previous = _price(row, "prevClose")
    except _RowError as bad:
        return PriceError(symbol, f"Tiingo's quote is of no use: {bad}")
    if price is None:
        return PriceError(symbol, "Tiingo's quote has no price")
    return Quote(symbol, at, price, previous, None, SOURCE)


TRADED = ("lastSaleTimestamp", "lastSaleTimeStamp")  # it is written either way


# ---------------------------------------------------------------- of one row


class _RowError(Exception):
    """Why a row is of no use."""


def _day(row: Row) -> date:
    given = row.get("date")
    try:
        # midnight UTC of the session's date: no moment, so the zone is not to be applied
        return date.fromisoformat(str(given)[:10])
    except ValueError as error:
        raise _RowError(f"{given!r} is no date") from error


def _moment(row: Row, name: str) -> datetime:
    given = row.get(name)
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError as error:
        raise _RowError(f"{name} is {given!r}, no time") from error
    if at.tzinfo is None:
        raise _RowError(f"{name} is {given!r}, without a time zone")
    return at.astimezone(UTC)


def _bar(row: Row, day: date) -> Bar:
    opened, high, low, close = (_price(row, name) for name in ("open", "high", "low", "close"))
    adj_close = _price(row, "adjClose")
    if close is None and adj_close is None:
        raise _RowError("neither close nor adjClose is given")
    _check_range(high, low)
    volume = _number(row, "volume")
    if volume is not None and volume < 0:
        raise _RowError(f"volume is {volume:g}")
    return Bar(day, opened, high, low, close, adj_close, volume)


def _actions(row: Row, day: date) -> Iterator[CorporateAction]:
    split, dividend = _number(row, "splitFactor"), _number(row, "divCash")
    if split is not None and split > 0 and split != 1:
        yield CorporateAction(day, "split", split)
    if dividend is not None and dividend > 0:
        yield CorporateAction(day, "dividend", dividend)


def _check_range(high: float | None, low: float | None) -> None:
    if high is not None and low is not None and high < low:
        raise _RowError(f"high {high:g} is below low {low:g}")


def _price(row: Row, name: str) -> float | None:
    price = _number(row, name)
    if price is not None and price <= 0:
        raise _RowError(f"{name} is {price:g}, which no price is")
    return price


def _number(row: Row, name: str) -> float | None:
    given = row.get(name)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        raise _RowError(f"{name} is {given!r}, not a number")
    return float(given)
