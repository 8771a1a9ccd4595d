"""What was known of prices at a moment: a replay must not see further than life did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.errors import MonitorError
from monitor.model import DataNote, PriceSeries

# A session may begin on a day that UTC has not reached: in Auckland up to 13 hours before.
AHEAD = timedelta(hours=13)


def known_by(
    series: PriceSeries, as_of: datetime, close_of: Callable[[date], datetime]
) -> PriceSeries:
    """The bars whose session had closed by `as_of`, the intraday bars that had ended by then.

    Corporate actions and notes go with the sessions that had begun, or were about to.
    `close_of` gives a session's close and raises MonitorError for a day that is none; newest bars
    on such days (another exchange's session, an error of the source) are left out with a note,
    because it cannot be told when they became known.
    """
    bars = list(series.bars)
    notes = list(series.notes)
    today = (as_of + AHEAD).date()
    while bars:
        day = bars[-1].session
        try:
            if close_of(day) <= as_of:
                break
        except MonitorError as error:
            notes.append(DataNote("not-a-session", series.symbol, day, str(error)))
        bars.pop()
    return replace(
        series,
        bars=tuple(bars),
        notes=tuple(note for note in notes if note.session is None or note.session <= today),
        actions=tuple(action for action in series.actions if action.session <= today),
        intraday=tuple(
            bar for bar in series.intraday if bar.start + timedelta(minutes=bar.minutes) <= as_of
        ),
    )
