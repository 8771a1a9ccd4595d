"""Bars from comma-separated text. Pure.

Daily: `date,open,high,low,close[,adj_close][,volume][,dividend][,split]`; intraday: `timestamp`
(ISO 8601 with zone) in place of `date`. A blank cell is a figure that is not given. A row that
cannot be right is left out with a note that says which line it is and why; a file with no usable
row is a PriceError.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from io import StringIO
from math import isfinite
from typing import TypeVar

from monitor.errors import PriceError
from monitor.model import Bar, CorporateAction, DataNote, IntradayBar

PRICES = ("open", "high", "low", "close", "adj_close")
DIVIDENDS = ("dividend", "dividends")
SPLITS = ("split", "splits", "stock_splits")
NOTES = 10  # in full; of a file with more, the rest is counted

Row = Mapping[str, str]
Key = TypeVar("Key", date, datetime)
One = TypeVar("One")


class _RowError(Exception):
    """Why a row is left out."""


@dataclass(slots=True)
class _Notes:
    """Notes on one file."""

    symbol: str
    source: str
    found: list[DataNote] = field(default_factory=list)
    more: int = 0

    def add(self, code: str, session: date | None, text: str) -> None:
        if len(self.found) < NOTES:
            self.found.append(DataNote(code, self.symbol, session, f"{self.source}: {text}"))
        else:
            self.more += 1

    def all(self) -> tuple[DataNote, ...]:
        if not self.more:
            return tuple(self.found)
        text = f"{self.source}: {self.more} more rows that cannot be right"
        return (*self.found, DataNote("bad-row", self.symbol, None, text))


@dataclass(frozen=True, slots=True)
class DailyText:
    """What a daily file says: bars and actions, ascending, and what was odd."""

    bars: tuple[Bar, ...]
    actions: tuple[CorporateAction, ...]
    notes: tuple[DataNote, ...]


def read_daily(text: str, symbol: str, source: str) -> DailyText:
    """`source` names the file in notes and errors."""
    notes = _Notes(symbol, source)
    rows = list(_rows(text, symbol, source, ("date",), ("close", "adj_close")))
    bars = _in_order(iter(rows), _day, _bar, lambda day: day, notes)
    if not bars:
        raise PriceError(symbol, _nothing(source, notes))
    actions = _actions(rows, notes)
    return DailyText(tuple(bars), actions, notes.all())


def parse_daily(
    text: str, symbol: str, source: str
) -> tuple[tuple[Bar, ...], tuple[DataNote, ...]]:
    """The bars, ascending, and what was odd, of `read_daily`."""
    read = read_daily(text, symbol, source)
    return read.bars, read.notes


def parse_intraday(text: str, symbol: str, source: str, minutes: int) -> tuple[IntradayBar, ...]:
    """The bars of `read_intraday`. None at all is no mistake."""
    return read_intraday(text, symbol, source, minutes)[0]


def read_intraday(
    text: str, symbol: str, source: str, minutes: int
) -> tuple[tuple[IntradayBar, ...], tuple[DataNote, ...]]:
    """The bars, ascending, and what was odd. Zones may differ from row to row: all become UTC."""
    notes = _Notes(symbol, source)
    rows = _rows(text, symbol, source, ("timestamp", *PRICES[:4]), ())

    def bar(row: Row, start: datetime) -> IntradayBar:
        return _intraday_bar(row, start, minutes)

    bars = _in_order(rows, _moment, bar, lambda start: start.date(), notes)
    if notes.found and not bars:
        raise PriceError(symbol, _nothing(source, notes))
    return tuple(bars), notes.all()


def _nothing(source: str, notes: _Notes) -> str:
    because = f", first: {notes.found[0].text}" if notes.found else ""
    return f"no usable bars in {source}{because}"


def _rows(
    text: str, symbol: str, source: str, all_of: tuple[str, ...], any_of: tuple[str, ...]
) -> Iterator[tuple[int, Row]]:
    """Rows with their line numbers, keyed by lower-case column names."""
    lines = csv.reader(StringIO(text), skipinitialspace=True)
    try:
        rows = [(lines.line_num, row) for row in lines]
    except csv.Error as error:
        raise PriceError(symbol, f"{source}: line {lines.line_num}: {error}") from error
    header = [name.strip().lower().replace(" ", "_") for name in rows[0][1]] if rows else []
    missing = [name for name in all_of if name not in header]
    if missing:
        raise PriceError(symbol, f"{source}: no column {missing[0]!r} in its first line")
    if any_of and not set(any_of) & set(header):
        raise PriceError(symbol, f"{source}: no column {' or '.join(map(repr, any_of))}")
    return ((number, dict(zip(header, row, strict=False))) for number, row in rows[1:] if any(row))


def _in_order(
    rows: Iterator[tuple[int, Row]],
    key_of: Callable[[Row], Key],
    make: Callable[[Row, Key], One],
    day_of: Callable[[Key], date],
    notes: _Notes,
) -> list[One]:
    """The rows that can be right, ascending by key; of two with one key the later line holds."""
    found: dict[Key, One] = {}
    newest: Key | None = None
    unsorted = False
    for number, row in rows:
        key: Key | None = None
        try:
            key = key_of(row)
            one = make(row, key)
        except _RowError as bad:
            day = None if key is None else day_of(key)
            notes.add("bad-row", day, f"line {number}: {bad}; left out")
            continue
        unsorted = unsorted or (newest is not None and key < newest)
        newest = key if newest is None else max(newest, key)
        if found.get(key, one) != one:
            notes.add("duplicate", day_of(key), f"line {number}: a second bar of {key}; it is used")
        found[key] = one
    if unsorted:
        notes.add("unsorted", None, "rows are not in order of time; they were put in order")
    return [found[key] for key in sorted(found)]


def _day(row: Row) -> date:
    given = row.get("date", "").strip()
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise _RowError(f"{given!r} is no date (YYYY-MM-DD)") from error


def _moment(row: Row) -> datetime:
    given = row.get("timestamp", "").strip()
    try:
        start = datetime.fromisoformat(given)
    except ValueError as error:
        raise _RowError(f"{given!r} is no time (ISO 8601)") from error
    if start.tzinfo is None:
        raise _RowError(f"{given!r} has no time zone")
    return start.astimezone(UTC)


def _bar(row: Row, day: date) -> Bar:
    prices = [_price(row, name) for name in PRICES]
    opened, high, low, close, adj_close = prices
    if close is None and adj_close is None:
        raise _RowError("neither close nor adj_close is given")
    _check_range(high, low)
    return Bar(day, opened, high, low, close, adj_close, _volume(row))


def _actions(rows: list[tuple[int, Row]], notes: _Notes) -> tuple[CorporateAction, ...]:
    """Splits and dividends, also of rows without a usable price; of two the later line holds."""
    found: dict[tuple[date, str], CorporateAction] = {}
    for number, row in rows:
        try:
            session = _day(row)
        except _RowError:
            continue  # has its note already
        try:
            split, dividend = _split(row), _dividend(row)
        except _RowError as bad:
            notes.add("bad-action", session, f"line {number}: {bad}; it is not used")
            continue
        if split is not None:
            found[session, "split"] = CorporateAction(session, "split", split)
        if dividend is not None:
            found[session, "dividend"] = CorporateAction(session, "dividend", dividend)
    return tuple(found[key] for key in sorted(found))


def _split(row: Row) -> float | None:
    """New shares for each old one, as `4`, `4:1` or `1/10`; 0 and 1 are none."""
    name = next((name for name in SPLITS if row.get(name, "").strip()), None)
    if name is None:
        return None
    given = row[name].strip()
    new, mark, old = given.partition(":" if ":" in given else "/")
    try:
        value = float(new) / float(old) if mark else float(new)
    except (ValueError, ZeroDivisionError) as error:
        raise _RowError(f"{name} is {given!r}, no ratio such as 4, 4:1 or 1:10") from error
    if not isfinite(value) or value < 0:
        raise _RowError(f"{name} is {given!r}, no ratio such as 4, 4:1 or 1:10")
    return None if value in (0, 1) else value


def _dividend(row: Row) -> float | None:
    name = next((name for name in DIVIDENDS if row.get(name, "").strip()), None)
    amount = None if name is None else _number(row, name)
    if amount is not None and amount < 0:
        raise _RowError(f"{name} is {amount:g}")
    return amount or None


def _intraday_bar(row: Row, start: datetime, minutes: int) -> IntradayBar:
    opened, high, low, close = (_price(row, name) for name in PRICES[:4])
    if opened is None or high is None or low is None or close is None:
        raise _RowError("open, high, low and close are not all given")
    _check_range(high, low)
    return IntradayBar(start, minutes, opened, high, low, close, _volume(row))


def _check_range(high: float | None, low: float | None) -> None:
    if high is not None and low is not None and high < low:
        raise _RowError(f"high {high:g} is below low {low:g}")


def _price(row: Row, name: str) -> float | None:
    price = _number(row, name)
    if price is not None and price <= 0:
        raise _RowError(f"{name} is {price:g}, which no price is")
    return price


def _volume(row: Row) -> float | None:
    volume = _number(row, "volume")
    if volume is not None and volume < 0:
        raise _RowError(f"volume is {volume:g}")
    return volume


def _number(row: Row, name: str) -> float | None:
    given = row.get(name, "").strip()
    if not given:
        return None
    try:
        number = float(given)
    except ValueError as error:
        raise _RowError(f"{name} is {given!r}, not a number") from error
    if not isfinite(number):
        raise _RowError(f"{name} is {given!r}")
    return number
