"""Stories and bars → signals: what moved, how unusual that is, and which story may be why."""

from __future__ import annotations

from datetime import date, datetime

from monitor.correlate.clues import LOOKBACK
from monitor.market.moves import NoMove, went_far
from monitor.model import Move, MoveSignal, StageReport, StorySignal
from monitor.pipeline.explaining import explained
from monitor.pipeline.parts import Parts
from monitor.pipeline.so_far import stored
from monitor.pipeline.viewing import View, look, moved
from monitor.store.engine import Transaction


def correlate(parts: Parts, now: datetime) -> StageReport:
    """Looks again at every security that has new bars or new stories."""
    with parts.store.begin() as tx:
        waiting = tx.signals.work("correlate")
    changed = 0
    for symbol in waiting:
        if parts.stopping():
            break
        with parts.store.begin() as tx:
            keys = _renew(parts, tx, symbol, now)
            tx.signals.add_work("judge", keys)
            tx.signals.finish_work("correlate", [symbol])
        changed += len(keys)
    return StageReport("correlate", {"securities": len(waiting), "signals": changed})


def _renew(parts: Parts, tx: Transaction, symbol: str, now: datetime) -> list[str]:
    """Writes the signals of a security's last sessions; the keys of those that have changed."""
    calendar = parts.sessions(symbol)
    last = calendar.last_closed(now)
    view = look(parts, tx, symbol, last, now)
    keys = []
    for at in view.stories:
        signal = StorySignal(
            symbol, at.story, at.exposure, at.reaction, view.claims_in([at.story]), now
        )
        if tx.signals.save(signal, at.event_session):
            keys.append(signal.key)
    session = last
    for _ in range(LOOKBACK + 1):
        keys += _renew_move(parts, tx, view, session)
        session = calendar.previous(session)
    return keys


def _renew_move(parts: Parts, tx: Transaction, view: View, session: date) -> list[str]:
    """Writes the signal of a session's move where it is large; its key where it has changed.

    What was written of it while the session was open is written over in any case, once there is a
    bar. A move that has ended small is put before no rule: that it was large for a while has been
    judged.
    """
    symbol, size = view.symbol, parts.config.tables.prices.large_move
    # of a session before we watched it cannot be said that no story explains it
    watched = tx.articles.first_seen_by(parts.sessions(symbol).open_of(session))
    stands = stored(tx, symbol, session) is not None
    if not stands and not (watched and went_far(view.series, session, size)):
        return []
    move = moved(parts, view, session)
    if isinstance(move, NoMove):
        return []
    large = is_large(move, size)
    if not large and not stands:
        return []
    claims = view.claims_about(session)
    found = MoveSignal(symbol, explained(parts, tx, view, move), claims, view.as_of)
    changed = tx.signals.save(found, session)
    if not large:
        tx.signals.finish_work("judge", [found.key])
    return [found.key] if changed and large else []


def is_large(move: Move, size: float) -> bool:
    """Whether its close, high or low lies `size` or more from the close before."""
    readings = (move.ret, move.high_ret, move.low_ret)
    return any(one is not None and abs(one) >= size for one in readings)
