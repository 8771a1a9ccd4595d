"""Stored stories and bars → the events and prices of an event study."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from monitor.correlate.study.events import Skipped, StudyEvent
from monitor.errors import MonitorError, PriceError
from monitor.market.exchanges import Exchanges
from monitor.market.known import known_by
from monitor.model import PriceSeries, Story
from monitor.store.engine import Transaction

CLOSED = timedelta(days=14)  # no exchange is closed for longer: reaches back to the session before


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: those of some securities, of stories that tell of a type, from `first` to
    `last` by event session. None: any."""

    symbols: Collection[str] | None = None
    event_type: str | None = None
    first: date | None = None
    last: date | None = None

    def wants(self, event: StudyEvent) -> bool:
        if self.symbols is not None and event.symbol not in self.symbols:
            return False
        return (self.first or event.session) <= event.session <= (self.last or event.session)


def stored_events(
    tx: Transaction, wanted: Wanted, exchanges: Exchanges, as_of: datetime
) -> tuple[list[StudyEvent], list[Skipped]]:
    """One event for each story and security it touches, earliest first.

    The session is the first that could show what the story told, by when it became public.
    """
    since = datetime.min.replace(tzinfo=UTC)
    if wanted.first is not None:
        since = datetime.combine(wanted.first, time.min, UTC) - CLOSED
    events, skipped = [], []
    for story, symbol in _touched(tx, wanted, since, as_of):
        try:
            session = exchanges.of(symbol).event_session(story.public_at)
        except MonitorError as error:
            skipped.append(Skipped(symbol, story.public_at.isoformat(), str(error)))
            continue
        events.append(StudyEvent(symbol, session, story.id, story.title))
    return sorted(filter(wanted.wants, events), key=lambda one: one.session), skipped


def _touched(
    tx: Transaction, wanted: Wanted, since: datetime, until: datetime
) -> Iterator[tuple[Story, str]]:
    for story in tx.stories.told_between(since, until):
        kinds = {kind for kind, _ in story.events}
        if wanted.event_type is None or wanted.event_type in kinds:
            for exposure in story.exposures:
                if wanted.symbols is None or exposure.symbol in wanted.symbols:
                    yield story, exposure.symbol


def stored_prices(
    tx: Transaction, symbols: Collection[str], exchanges: Exchanges, as_of: datetime
) -> dict[str, PriceSeries | PriceError]:
    """Bars of the sessions that had closed, or that there are none, by symbol."""
    return {symbol: _known(tx, symbol, exchanges, as_of) for symbol in symbols}


def _known(
    tx: Transaction, symbol: str, exchanges: Exchanges, as_of: datetime
) -> PriceSeries | PriceError:
    try:
        series = known_by(tx.prices.series(symbol), as_of, exchanges.of(symbol).close_of)
    except MonitorError as error:
        return PriceError(symbol, str(error))
    return series if series.bars else PriceError(symbol, "no bars are stored")
