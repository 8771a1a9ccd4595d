"""Prices from files of the user's own, in a folder or behind a web server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

import httpx

from monitor.errors import PriceError
from monitor.market.bars_csv import parse_daily, parse_intraday
from monitor.market.provider import checked_symbol
from monitor.model import Bar, DataNote, IntradayBar, PriceSeries

Daily = tuple[tuple[Bar, ...], tuple[DataNote, ...]]
T = TypeVar("T")


class FilesProvider:
    """Daily bars in `SYMBOL.csv`, bars of N minutes in `SYMBOL.Nm.csv`; read again when changed.

    `place` is a folder, or a http(s) url under which the files lie. `deadline` in seconds and
    `max_bytes` bound one answer of a web server.
    """

    name = "files"

    def __init__(self, place: str, *, deadline: float = 10.0, max_bytes: int = 50_000_000) -> None:
        self._place: _Place
        if place.startswith(("http://", "https://")):
            client = httpx.Client(timeout=deadline, follow_redirects=True)
            self._place = _Web(place.rstrip("/"), deadline, max_bytes, client)
        else:
            self._place = _Folder(Path(place))
        self._daily: _Read[Daily] = _Read(self._place)
        self._intraday: _Read[tuple[IntradayBar, ...]] = _Read(self._place)

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        return {symbol: self._series(symbol, start, end) for symbol in symbols}

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        file = f"{checked_symbol(symbol)}.{minutes}m.csv"
        found = self._intraday.get(
            symbol, file, lambda text, source: parse_intraday(text, symbol, source, minutes)
        )
        return tuple(bar for bar in found or () if start <= bar.start < end)

    def _series(self, symbol: str, start: date, end: date) -> PriceSeries | PriceError:
        try:
            file = f"{checked_symbol(symbol)}.csv"
            found = self._daily.get(
                symbol, file, lambda text, source: parse_daily(text, symbol, source)
            )
        except PriceError as error:
            return error
        if found is None:
            return PriceError(symbol, f"no file {self._place.path_of(file)}")
        bars = tuple(bar for bar in found[0] if start <= bar.session <= end)
        if not bars:
            where = self._place.path_of(file)
            return PriceError(symbol, f"no bars from {start} to {end} in {where}")
        notes = tuple(
            note for note in found[1] if note.session is None or start <= note.session <= end
        )
        return PriceSeries(symbol, bars, self.name, notes)


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
        except (OSError, httpx.HTTPError, httpx.InvalidURL) as error:
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
    deadline: float
    max_bytes: int
    client: httpx.Client

    def path_of(self, file: str) -> str:
        return f"{self.url}/{quote(file)}"

    def fetch(self, file: str, known: Mapping[str, str]) -> _Text | None:
        until = monotonic() + self.deadline
        url = self.path_of(file)
        with self.client.stream("GET", url, headers=dict(known)) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                raise FileNotFoundError(url)
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return None
            answer.raise_for_status()
            content = b""
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > self.max_bytes:
                    raise OSError(f"longer than {self.max_bytes} bytes")
                if monotonic() > until:
                    raise OSError(f"not finished after {self.deadline:g} s")
        given = answer.headers
        asked = {
            "If-None-Match": given.get("etag"),
            "If-Modified-Since": given.get("last-modified"),
        }
        return _Text(content, {name: mark for name, mark in asked.items() if mark})
