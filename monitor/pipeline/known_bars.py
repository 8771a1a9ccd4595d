"""The stored bars of each security, read again only when they have changed."""

from __future__ import annotations

from datetime import datetime

from monitor.model import PriceSeries
from monitor.store.engine import Transaction


class KnownBars:
    """Kept for as long as the program runs: a pass looks at the same bars many times."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[datetime | None, PriceSeries]] = {}

    def series(self, tx: Transaction, symbol: str) -> PriceSeries:
        """As the store has it; another process may have written meanwhile."""
        state = tx.prices.state(symbol)
        mark = state.asked_at if state else None
        kept = self._kept.get(symbol)
        if kept is None or kept[0] != mark or mark is None:
            kept = mark, tx.prices.series(symbol)
            self._kept[symbol] = kept
        return kept[1]
