"""The reaction of one security to one event. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from monitor.correlate.study.abnormal import AbnormalReturns, abnormal_returns
from monitor.correlate.study.design import GAP, LENGTH, WINDOW, Design
from monitor.correlate.study.events import StudyEvent
from monitor.correlate.study.models import FACTORS
from monitor.correlate.study.probability import two_sided_t
from monitor.correlate.study.returns import Closes, PairedReturns, closes_of, paired
from monitor.correlate.study.windows import Located, Windows, windows_of
from monitor.errors import MonitorError
from monitor.model import NoReaction, PriceSeries, Reaction, ReturnModel

UNVARYING: Final = "prices do not vary before the event, or its factors are the same: no model"


@dataclass(frozen=True, slots=True)
class Explaining:
    """What securities are set against: the factors of a model, in its order.

    `calendar` are series that tell which sessions there were, factors or not.
    """

    factors: tuple[Closes, ...]
    calendar: tuple[Closes, ...]

    @staticmethod
    def by(
        model: ReturnModel, benchmark: PriceSeries | None, sector: PriceSeries | None = None
    ) -> Explaining:
        """Raises MonitorError where the model lacks a factor."""
        wanted = FACTORS[model]
        given = [closes_of(one) for one in (benchmark, sector)[:wanted] if one is not None]
        if len(given) < wanted:
            raise MonitorError(
                f"the {model} model takes a {'benchmark' if benchmark is None else 'sector'}"
            )
        calendar = given or ([closes_of(benchmark)] if benchmark is not None else [])
        return Explaining(tuple(given), tuple(calendar[:1]))

    def pair(self, series: PriceSeries) -> PairedReturns:
        return paired(closes_of(series), self.factors, self.calendar)


def reaction(
    series: PriceSeries,
    benchmark: PriceSeries,
    event_session: date,
    *,
    window: tuple[int, int] = WINDOW,
    length: int = LENGTH,
    gap: int = GAP,
    model: ReturnModel = "market",
    sector: PriceSeries | None = None,
) -> Reaction | NoReaction:
    """What the security did around the event session that its normal return does not account for.

    The windows are those of `Design`; `sector` is the second factor of the two-factor model.
    Sessions are those that the security and its factors share.
    """
    design = Design(model, window, length, gap)
    explaining = Explaining.by(model, benchmark, sector)
    pairs = explaining.pair(series)
    windows = windows_of(pairs, event_session, design)
    if isinstance(windows, str):
        return NoReaction(series.symbol, windows)
    at, n_obs = np.array([windows.at]), np.array([windows.n_obs])
    found = abnormal_returns(design, pairs.returns, pairs.factors, at, n_obs)
    if not found.usable[0]:
        return NoReaction(series.symbol, UNVARYING)
    located = Located(StudyEvent(series.symbol, event_session), windows)
    return reactions(design, explaining, [located], found)[0]


def reactions(
    design: Design, explaining: Explaining, events: Sequence[Located], found: AbnormalReturns
) -> list[Reaction]:
    """The figures of `found` by event, in order."""
    names = [one.symbol for one in explaining.factors]
    car, error, scar, robust = found.car, found.car_std_error, found.scar, found.robust_z
    p_values = two_sided_t(scar, found.degrees)
    return [
        Reaction(
            symbol=one.event.symbol,
            benchmark=names[0] if names else "",
            event_session=one.event.session,
            window=design.window,
            alpha=float(found.alpha[row]),
            beta=float(found.beta[row, 0]) if names else 0.0,
            residual_std=float(found.residual_std[row]),
            n_obs=int(found.n_obs[row]),
            ar=tuple(found.ar[row].tolist()),
            car=float(car[row]),
            car_std_error=float(error[row]),
            t_stat=float(scar[row]),
            p_value=float(p_values[row]),
            note="; ".join((*_notes(one.windows, design), *one.notes)) or None,
            model=design.model,
            sector=names[1] if len(names) > 1 else None,
            sector_beta=float(found.beta[row, 1]) if len(names) > 1 else None,
            robust_z=None if np.isnan(robust[row]) else float(robust[row]),
            flags=(("thin-trading",) if one.windows.is_thin else ()) + one.flags,
        )
        for row, one in enumerate(events)
    ]


def _notes(windows: Windows, design: Design) -> list[str]:
    """What was odd about the estimation window."""
    notes = []
    if windows.n_obs < design.length:
        notes.append(f"estimated from {windows.n_obs} of {design.length} sessions")
    if windows.missing:
        one = windows.missing == 1
        told = "1 session is" if one else f"{windows.missing} sessions are"
        notes.append(f"{told} missing in the estimation window, and spanned by the next return")
    if windows.is_thin:
        count = windows.still + windows.missing
        of = windows.n_obs + windows.missing
        notes.append(f"no trade or no change of price in {count} of {of} sessions")
    return notes


def longest_window(
    series: PriceSeries, benchmark: PriceSeries, event_session: date, window: tuple[int, int]
) -> tuple[int, int] | None:
    """`window` with its end brought back to the last session at hand.

    None where the event session itself is not there yet.
    """
    pairs = paired(closes_of(series), (closes_of(benchmark),))
    at = pairs.index_of(event_session)
    if at is None:
        return None
    return window[0], min(window[1], len(pairs.days) - 1 - at)
