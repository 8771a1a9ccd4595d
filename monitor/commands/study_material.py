"""The events and prices of `monitor study`: from files of the user's own, or from the store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.commands.common import FIRST_DAY, LAST_DAY
from monitor.errors import MonitorError, PriceError
from monitor.model import DataNote, PriceSeries, ReturnModel

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.correlate.study.events import Skipped, StudyEvent
    from monitor.market.exchanges import Exchanges
    from monitor.pipeline.studying import Wanted


@dataclass(frozen=True, slots=True)
class Material:
    """`prices` has every symbol that was asked for, with bars or with why there are none."""

    events: Sequence[StudyEvent]
    prices: Mapping[str, PriceSeries | PriceError]
    skipped: Sequence[Skipped]

    @property
    def notes(self) -> tuple[DataNote, ...]:
        series = (one for one in self.prices.values() if isinstance(one, PriceSeries))
        return tuple(note for one in series for note in one.notes)

    def bars_of(self, symbol: str, model: ReturnModel) -> PriceSeries | None:
        """Of a benchmark or sector. Raises its PriceError, unless the model can do without."""
        found = self.prices[symbol]
        if isinstance(found, PriceSeries):
            return found
        if model == "constant-mean":
            return None
        raise found


def of_files(
    settings: Config, events: Path, prices: str, wanted: Wanted, against: Iterable[str]
) -> Material:
    """Raises MonitorError where the file of events cannot be read as one."""
    from monitor.correlate.study.events import parse_events
    from monitor.market.exchanges import Exchanges
    from monitor.market.files import FilesProvider

    quoted = settings.tables.prices
    exchanges = Exchanges(quoted.exchange, quoted.exchanges)

    def event_session(symbol: str, at: datetime) -> date:
        return exchanges.of(symbol).event_session(at)

    told, skipped = parse_events(_text_of(events), str(events), event_session)
    chosen = [one for one in told if wanted.wants(one)]
    symbols = dict.fromkeys((*against, *(one.symbol for one in chosen)))
    bars = FilesProvider(prices).daily(list(symbols), FIRST_DAY, LAST_DAY)
    open_events = []
    for event in chosen:
        closed = _closed(event, bars[event.symbol], exchanges)
        if closed is None:
            open_events.append(event)
        else:
            skipped.append(closed)
    return Material(open_events, bars, skipped)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MonitorError(f"{path} is not UTF-8 text") from error
    except OSError as error:
        raise MonitorError(f"{path} cannot be read: {error.strerror}") from error


def _closed(
    event: StudyEvent, prices: PriceSeries | PriceError, exchanges: Exchanges
) -> Skipped | None:
    """An event on a day on which the exchange was closed, by its calendar and by the bars.

    A bar goes before the calendar: the files may be of an exchange that it does not know.
    """
    from monitor.correlate.study.events import Skipped

    if isinstance(prices, PriceError) or any(bar.session == event.session for bar in prices.bars):
        return None
    try:
        if exchanges.of(event.symbol).is_session(event.session):
            return None
    except MonitorError:
        return None
    reason = f"the exchange ({exchanges.mic_of(event.symbol)}) was closed that day"
    return Skipped(event.symbol, event.session.isoformat(), reason)


def of_store(settings: Config, wanted: Wanted, against: Iterable[str], as_of: datetime) -> Material:
    """The stories of watched securities, or of those wanted, and the bars as known at `as_of`."""
    from monitor.app import build
    from monitor.pipeline.studying import stored_events, stored_prices

    parts = build(settings)
    exchanges = parts.exchanges()
    if wanted.symbols is None:
        wanted = replace(wanted, symbols=frozenset(parts.watched))
    with parts.store.begin() as tx:
        events, skipped = stored_events(tx, wanted, exchanges, as_of)
        symbols = dict.fromkeys((*against, *(one.symbol for one in events)))
        prices = stored_prices(tx, symbols, exchanges, as_of)
    return Material(events, prices, skipped)
