"""How much of a security's move its peers made too. Pure.

Peers are securities whose abnormal returns have gone with its own before. Their mean is an index;
what the index did, times the slope of the security's abnormal returns on it in the estimation
window, is the part of the move that is common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

CORRELATION: Final = 0.2  # of abnormal returns, from which on a security is a peer
AT_LEAST: Final = 60  # sessions that both must have
PEERS: Final = 8  # the nearest

Returns = Mapping[date, float]  # session → return beyond the market's


def common_share(own: Returns, others: Sequence[Returns], session: date) -> float | None:
    """The part of the session's abnormal return that the peers' would have foretold, 0 to 1.

    The session itself is not estimated from. None: there are no peers, or nothing moved.
    """
    here = own.get(session)
    past = [day for day in own if day != session]
    if not here or len(past) < AT_LEAST:
        return None
    peers = _peers(own, [one for one in others if session in one], past)
    days = [day for day in past if all(day in one for one in peers)]
    if not peers or len(days) < AT_LEAST:
        return None
    index = np.mean([[one[day] for day in days] for one in peers], axis=0)
    slope = _slope(np.array([own[day] for day in days]), index)
    foretold = slope * float(np.mean([one[session] for one in peers]))
    return float(np.clip(foretold / here, 0.0, 1.0))


def _peers(own: Returns, others: Sequence[Returns], past: Sequence[date]) -> list[Returns]:
    found: list[tuple[float, int, Returns]] = []
    for one in others:
        days = [day for day in past if day in one]
        if len(days) < AT_LEAST:
            continue
        mine, its = np.array([own[day] for day in days]), np.array([one[day] for day in days])
        if np.ptp(mine) and np.ptp(its):
            found.append((float(np.corrcoef(mine, its)[0, 1]), len(found), one))
    found.sort(key=lambda each: (-each[0], each[1]))
    return [one for correlation, _, one in found[:PEERS] if correlation >= CORRELATION]


def _slope(of: npt.NDArray[np.float64], on: npt.NDArray[np.float64]) -> float:
    centred = on - on.mean()
    spread = float(centred @ centred)
    return float(centred @ of) / spread if spread else 0.0
