"""Where the windows of an event lie in the returns of its security, or why they do not. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from monitor.correlate.study.arrays import NOTHING
from monitor.correlate.study.design import Design
from monitor.correlate.study.events import StudyEvent
from monitor.correlate.study.returns import PairedReturns

THIN: Final = 0.2  # of the estimation window's sessions with no trade or no change of price


@dataclass(frozen=True, slots=True)
class Windows:
    """An event among the paired returns of its security.

    `at` is the place of the event session; `n_obs` how many returns there are to estimate from;
    `still` how many of those are zero, and `missing` how many sessions lie between them of which
    there is no close.
    """

    at: int
    n_obs: int
    still: int
    missing: int

    @property
    def is_thin(self) -> bool:
        return self.still + self.missing >= THIN * (self.n_obs + self.missing)


@dataclass(frozen=True, slots=True)
class Located:
    """An event with its windows, and the doubts about it that its own prices do not show."""

    event: StudyEvent
    windows: Windows
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def windows_of(pairs: PairedReturns, event_session: date, design: Design) -> Windows | str:
    """The windows of an event, or what stands in the way of them."""
    at = pairs.index_of(event_session)
    if at is None:
        return pairs.lacking(event_session)
    before, last = at + design.window[0] - 1, at + design.window[1]
    if before < 0:
        return f"prices begin on {pairs.days[0]}, too late for the window {design.window}"
    if last >= len(pairs.days):
        return f"prices end on {pairs.days[-1]}, too early for the window {design.window}"
    for hole in pairs.holes_between(pairs.days[before], pairs.days[last]):
        return f"no close of {hole.symbol} on {hole.session}, inside the window {design.window}"
    # entry k is the return of session k on session k - 1, so the first session has none
    end = at - design.gap + 1
    begin = max(1, end - design.length)
    n_obs = max(0, end - begin)
    if n_obs < design.needed:
        sessions = "1 session" if n_obs == 1 else f"{n_obs} sessions"
        return f"{sessions} to estimate from before {event_session}, {design.needed} are needed"
    holes = pairs.holes_between(pairs.days[begin - 1], pairs.days[end - 1])
    still = int((np.abs(pairs.returns[begin:end]) < NOTHING).sum())
    return Windows(at, n_obs, still, len({hole.session for hole in holes}))
