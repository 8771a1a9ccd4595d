"""Prices from files of the user's own, in a folder or behind a web server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog

from monitor.errors import PriceError
from monitor.market.bars_csv import DailyText, read_daily, read_intraday
from monitor.market.provider import checked_symbol
from monitor.market.splits import in_todays_shares
from monitor.market.web import Answer, Web, WebError
from monitor.model import IntradayBar, PriceSeries, Quote

QUOTED_FROM = (1, 5, 15, 30, 60)  # minutes of the intraday files that quotes are looked for in
NEW_YORK = ZoneInfo("America/New_York")

T = TypeVar("T")
log = structlog.get_logger()


class FilesProvider:
    """Daily bars in `SYMBOL.csv`, bars of N minutes in `SYMBOL.Nm.csv`; read again when changed.

    `place` is a folder, or a http(s) url under which the files lie. `zone_of`
    gives a symbol's zone, which says what day an intraday bar belongs to. `deadline` in seconds and
    `max_bytes` bound one answer of a web server.
    """

    name = "files"

    def __init__(
        self,
        place: str,
        *,
        zone_of: Callable[[str], tzinfo] = lambda symbol: NEW_YORK,
        deadline: float = 10.0,
        max_bytes: int = 50_000_000,
    ) -> None:
        self._place: _Place
        if place.startswith(("http://", "https://")):
            self._place = _Web(place.rstrip("/"), Web(deadline, max_bytes))
        else:
            self._place = _Folder(Path(place))
        self._zone_of = zone_of
        self._daily: _Read[DailyText] = _Read(self._place)
        self._intraday: _Read[tuple[IntradayBar, ...]] = _Read(self._place)

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        return {symbol: self._series(symbol, start, end) for symbol in symbols}

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        found = self._bars(symbol, minutes)
        return tuple(bar for bar in found or () if start <= bar.start < end)

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote | PriceError]:
        """The newest intraday bar of the finest file there is: its close, as of its end."""
        answers: dict[str, Quote | PriceError] = {}
        for symbol in symbols:
            try:
                answers[symbol] = self._quote(symbol)
            except PriceError as error:
                answers[symbol] = error
        return answers

    def _series(self, symbol: str, start: date, end: date) -> PriceSeries | PriceError:
        try:
            found = self._days(symbol)
        except PriceError as error:
            return error
        where = self._place.path_of(f"{symbol}.csv")
        if found is None:
            return PriceError(symbol, f"no file {where}")
        bars = tuple(bar for bar in found.bars if start <= bar.session <= end)
        if not bars:
            return PriceError(symbol, f"no bars from {start} to {end} in {where}")
        notes = tuple(
            note for note in found.notes if note.session is None or start <= note.session <= end
        )
        actions = tuple(one for one in found.actions if start <= one.session <= end)
        return PriceSeries(symbol, bars, self.name, notes, actions=actions)

    def _quote(self, symbol: str) -> Quote:
        looked = (self._bars(symbol, minutes) for minutes in QUOTED_FROM)
        bars = next((bars for bars in looked if bars), ())
        if not bars:
            where = self._place.path_of(f"{symbol}.1m.csv")
            raise PriceError(symbol, f"no intraday bars to take a quote from, as in {where}")
        newest = bars[-1]
        zone = self._zone_of(symbol)
        today = newest.start.astimezone(zone).date()
        volumes = [bar.volume for bar in bars if bar.start.astimezone(zone).date() == today]
        given = [volume for volume in volumes if volume is not None]
        return Quote(
            symbol,
            at=newest.start + timedelta(minutes=newest.minutes),
            price=newest.close,
            previous_close=_previous_close(self._days(symbol), today),
            volume=sum(given) if len(given) == len(volumes) else None,
            source=self.name,
        )

    def _days(self, symbol: str) -> DailyText | None:
        file = f"{checked_symbol(symbol)}.csv"
        return self._daily.get(symbol, file, lambda text, source: read_daily(text, symbol, source))

    def _bars(self, symbol: str, minutes: int) -> tuple[IntradayBar, ...] | None:
        def parse(text: str, source: str) -> tuple[IntradayBar, ...]:
            bars, notes = read_intraday(text, symbol, source, minutes)
            for note in notes:
                log.warning("intraday prices", symbol=symbol, note=note.code, text=note.text)
            return bars

        return self._intraday.get(symbol, f"{checked_symbol(symbol)}.{minutes}m.csv", parse)


def _previous_close(found: DailyText | None, today: date) -> float | None:
    """The close before `today`, in the shares of today."""
    earlier = [bar for bar in found.bars if bar.session < today] if found else []
    if not found or not earlier:
        return None
    splits = [one for one in found.actions if one.session <= today]
    return in_todays_shares(earlier[-1:], splits)[0].close


@dataclass(frozen=True, slots=True)
class _Text:
    """A file's bytes, and the mark by which it is seen that they are still the same."""

    content: bytes
    mark: Mapping[str, str]


class _Place(Protocol):
    def path_of(self, file: str) -> str: ...

    def fetch(self, file: str, known: Mapping[str, str]) -> _Text | None:
        """The file where its mark is not `known`, else None. No such file: FileNotFoundError."""
        ...


@dataclass(slots=True)
class _Read(Generic[T]):
    """Files as they were last parsed."""

    place: _Place
    kept: dict[str, tuple[Mapping[str, str], T]] = field(default_factory=dict)

    def get(self, symbol: str, file: str, parse: Callable[[str, str], T]) -> T | None:
        """What is in the file now; None where there is no such file."""
        source = self.place.path_of(file)
        mark: Mapping[str, str] = self.kept[file][0] if file in self.kept else {}
        try:
            text = self.place.fetch(file, mark)
            if text is not None:
                parsed = parse(text.content.decode("utf-8-sig"), source)
                self.kept[file] = (text.mark, parsed)
        except FileNotFoundError:
            self.kept.pop(file, None)
            return None
        except UnicodeDecodeError as error:
            raise PriceError(symbol, f"{source} is not UTF-8 text") from error
        except (OSError, WebError) as error:
            raise PriceError(
                symbol, f"{source} cannot be read: {error or type(error).__name__}"
            ) from error
        return self.kept[file][1]


@dataclass(frozen=True, slots=True)
class _Folder:
    folder: Path

    def path_of(self, file: str) -> str:
        return str(self.folder / file)

    def fetch(self, file: str, known: Mapping[str, str]) -> _Text | None:
        path = self.folder / file
        stat = path.stat()
        mark = {"mtime": str(stat.st_mtime_ns), "size": str(stat.st_size)}
        return None if mark == known else _Text(path.read_bytes(), mark)


@dataclass(frozen=True, slots=True)
class _Web:
    url: str
    web: Web

    def path_of(self, file: str) -> str:
        return f"{self.url}/{quote(file)}"

    def fetch(self, file: str, known: Mapping[str, str]) -> _Text | None:
        url = self.path_of(file)
        answer: Answer = self.web.get(url, headers=known)
        if answer.status == 404:
            raise FileNotFoundError(url)
        if answer.status == 304:
            return None
        if answer.status != 200:
            raise WebError(f"status {answer.status}")
        asked = {
            "If-None-Match": answer.headers.get("etag"),
            "If-Modified-Since": answer.headers.get("last-modified"),
        }
        return _Text(answer.body, {name: mark for name, mark in asked.items() if mark})
