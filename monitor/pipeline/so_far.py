"""A move while its session is open: what stands of it in the store, and when it is written anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final, Literal

from monitor.market.quality import blocking
from monitor.model import Bar, Explanation, Move, MoveSignal, PriceSeries
from monitor.store.engine import Transaction

STEP: Final = 0.02  # a return that has changed by so much is another picture

News = Literal["first", "return", "verdict", "candidate", "confirmed"]


def stored(tx: Transaction, symbol: str, session: date) -> MoveSignal | None:
    """The provisional signal of a session, where one stands."""
    found = tx.signals.get(f"move/{symbol}/{session.isoformat()}")
    if isinstance(found, MoveSignal) and found.explanation.move.provisional:
        return found
    return None


def news(before: MoveSignal | None, found: MoveSignal) -> News | None:
    """What is new in a picture against the one that stands; None: nothing worth writing.

    Notes come and go with every quote; of them it matters alone that a doubt has gone.
    """
    if before is None:
        return "first"
    old, new = before.explanation, found.explanation
    if abs(new.move.ret - old.move.ret) >= STEP:
        return "return"
    if new.verdict != old.verdict:
        return "verdict"
    if _best(new) != _best(old):
        return "candidate"
    if blocking(old.move.notes) and not blocking(new.move.notes):
        return "confirmed"
    return None


def _best(explanation: Explanation) -> str | None:
    return explanation.candidates[0].story.id if explanation.candidates else None


def with_bar_so_far(series: PriceSeries, move: Move) -> PriceSeries:
    """The series with a bar of the session so far, for its return and for nothing else.

    The adjusted close is the one before times the return: a split or dividend of the day itself is
    not in it. Where the last bar is not the one that the move is against, nothing is added: the
    return would span more than the session.
    """
    if not series.bars or series.bars[-1].session != move.previous_session:
        return series
    before = series.bars[-1].adj_close
    adjusted = None if before is None else before * (1 + move.ret)
    made = Bar(move.session, None, None, None, move.close, adjusted, None)
    return replace(series, bars=(*series.bars, made))
