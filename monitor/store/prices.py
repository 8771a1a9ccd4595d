"""Bars that were fetched, and the span that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select

from monitor.model import Bar, CorporateAction, DataNote, IntradayBar, PriceSeries
from monitor.store.schema import bar, corporate_action, intraday_bar, price_state
from monitor.store.types import from_json, to_json


@dataclass(frozen=True, slots=True)
class PriceState:
    """What is known about the bars of a symbol. `first`..`last` is the span asked for."""

    symbol: str
    asked_at: datetime
    first: date | None
    last: date | None
    notes: tuple[DataNote, ...]
    error: str | None


class Prices:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def state(self, symbol: str) -> PriceState | None:
        row = self._connection.execute(
            select(price_state).where(price_state.c.symbol == symbol)
        ).first()
        if row is None:
            return None
        notes = from_json(tuple[DataNote, ...], row.notes)
        return PriceState(symbol, row.asked_at, row.first, row.last, notes, row.error)

    def save_state(self, state: PriceState) -> None:
        self._connection.execute(delete(price_state).where(price_state.c.symbol == state.symbol))
        self._connection.execute(
            insert(price_state).values(
                symbol=state.symbol,
                asked_at=state.asked_at,
                first=state.first,
                last=state.last,
                notes=to_json(tuple[DataNote, ...], state.notes),
                error=state.error,
            )
        )

    def save_bars(self, symbol: str, bars: Sequence[Bar], provider: str) -> None:
        """Keeps bars, newer ones in the place of those of the same session."""
        if not bars:
            return
        sessions = [one.session for one in bars]
        self._connection.execute(
            delete(bar).where(
                bar.c.symbol == symbol, bar.c.session.between(min(sessions), max(sessions))
            )
        )
        rows = [
            {"symbol": symbol, "provider": provider}
            | {field: getattr(one, field) for field in _BAR_FIELDS}
            for one in bars
        ]
        self._connection.execute(insert(bar), rows)

    def save_actions(
        self, symbol: str, actions: Sequence[CorporateAction], first: date, last: date
    ) -> None:
        """Keeps the splits and dividends of a span, in the place of what was known of it."""
        table = corporate_action
        self._connection.execute(
            delete(table).where(table.c.symbol == symbol, table.c.session.between(first, last))
        )
        rows = [
            {"symbol": symbol, "session": one.session, "kind": one.kind, "value": one.value}
            for one in actions
            if first <= one.session <= last
        ]
        if rows:
            self._connection.execute(insert(table), rows)

    def save_intraday(self, symbol: str, bars: Sequence[IntradayBar]) -> None:
        if not bars:
            return
        starts = [one.start for one in bars]
        self._connection.execute(
            delete(intraday_bar).where(
                intraday_bar.c.symbol == symbol,
                intraday_bar.c.start.between(min(starts), max(starts)),
            )
        )
        rows = [
            {"symbol": symbol} | {field: getattr(one, field) for field in _INTRADAY_FIELDS}
            for one in bars
        ]
        self._connection.execute(insert(intraday_bar), rows)

    def series(self, symbol: str) -> PriceSeries:
        """All daily bars of a symbol; empty where there are none."""
        rows = self._connection.execute(
            select(bar).where(bar.c.symbol == symbol).order_by(bar.c.session)
        ).all()
        state = self.state(symbol)
        return PriceSeries(
            symbol,
            tuple(Bar(**{field: getattr(row, field) for field in _BAR_FIELDS}) for row in rows),
            rows[-1].provider if rows else "store",
            state.notes if state else (),
            actions=self._actions(symbol),
        )

    def _actions(self, symbol: str) -> tuple[CorporateAction, ...]:
        table = corporate_action
        rows = self._connection.execute(
            select(table.c.session, table.c.kind, table.c.value)
            .where(table.c.symbol == symbol)
            .order_by(table.c.session, table.c.kind)
        )
        return tuple(CorporateAction(*row) for row in rows)

    def intraday(self, symbol: str, start: datetime, end: datetime) -> tuple[IntradayBar, ...]:
        """The intraday bars that begin in [start, end)."""
        rows = self._connection.execute(
            select(intraday_bar)
            .where(intraday_bar.c.symbol == symbol)
            .where(intraday_bar.c.start >= start, intraday_bar.c.start < end)
            .order_by(intraday_bar.c.start)
        )
        return tuple(
            IntradayBar(**{field: getattr(row, field) for field in _INTRADAY_FIELDS})
            for row in rows
        )


_BAR_FIELDS = ("session", "open", "high", "low", "close", "adj_close", "volume")
_INTRADAY_FIELDS = ("start", "minutes", "open", "high", "low", "close", "volume")
