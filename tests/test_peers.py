"""How much of a move is shared: constructed returns with a known answer."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from monitor.correlate.peers import AT_LEAST, common_share

DAYS = [date(2025, 1, 1) + timedelta(days=one) for one in range(101)]
SESSION = DAYS[-1]
RANDOM = np.random.default_rng(3)
SHARED = RANDOM.normal(0, 0.02, 100)


def returns(past: np.ndarray, today: float, first: int = 0) -> dict[date, float]:
    values = [*past.tolist(), today]
    return dict(list(zip(DAYS, values, strict=True))[first:])


def test_what_the_peer_foretells() -> None:
    own = returns(2 * SHARED, 0.10)  # goes twice as far as its peer, always
    assert common_share(own, [returns(SHARED, 0.05)], SESSION) == pytest.approx(1.0)
    assert common_share(own, [returns(SHARED, 0.025)], SESSION) == pytest.approx(0.5)
    assert common_share(own, [returns(SHARED, 0.0)], SESSION) == 0.0


def test_it_is_a_share() -> None:
    own = returns(2 * SHARED, 0.10)
    assert common_share(own, [returns(SHARED, 0.2)], SESSION) == 1.0
    assert common_share(own, [returns(SHARED, -0.2)], SESSION) == 0.0


def test_the_mean_of_several() -> None:
    own = returns(SHARED, 0.10)
    peers = [returns(SHARED, 0.10), returns(SHARED, 0.0)]
    assert common_share(own, peers, SESSION) == pytest.approx(0.5)


def test_strangers_are_no_peers() -> None:
    own = returns(SHARED, 0.10)
    stranger = returns(np.random.default_rng(4).normal(0, 0.02, 100), 0.10)
    against = returns(-SHARED, 0.10)
    still = returns(np.zeros(100), 0.10)
    assert common_share(own, [stranger, against, still], SESSION) is None
    assert common_share(own, [stranger, returns(SHARED, 0.05)], SESSION) == pytest.approx(0.5)


def test_without_enough_to_go_by() -> None:
    peer = returns(SHARED, 0.05)
    assert common_share(returns(SHARED, 0.0), [peer], SESSION) is None
    assert common_share(returns(SHARED, 0.1), [], SESSION) is None
    short = returns(SHARED, 0.1, first=100 - AT_LEAST + 1)
    assert common_share(short, [peer], SESSION) is None
    assert common_share(returns(SHARED, 0.1), [short], SESSION) is None
    absent = {day: value for day, value in peer.items() if day != SESSION}
    assert common_share(returns(SHARED, 0.1), [absent], SESSION) is None
    early = dict(list(peer.items())[:70]) | {SESSION: 0.05}
    late = dict(list(peer.items())[31:])
    assert common_share(returns(SHARED, 0.1), [early, late], SESSION) is None
