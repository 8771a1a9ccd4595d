"""How long news takes from its publication to us, to being understood, and to an alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from monitor.model import Passage
from monitor.pipeline.parts import Parts

OVER = timedelta(days=7)
MOST = 50_000  # articles looked at, the newest first
STEPS: Final = ("seen", "read", "alerted")


@dataclass(frozen=True, slots=True)
class Delays:
    """Percentiles in seconds of `n` delays."""

    n: int
    p50: float
    p95: float
    p99: float


def freshness_of(parts: Parts, now: datetime) -> dict[str, Delays | None]:
    """For each step, of the articles of the last seven days; None: there were none."""
    with parts.store.begin() as tx:
        return delays(tx.articles.passages(now - OVER, MOST))


def delays(passages: Iterable[Passage]) -> dict[str, Delays | None]:
    """`seen` after publication, `read` and `alerted` after having been seen."""
    found: Mapping[str, list[float]] = {step: [] for step in STEPS}
    for one in passages:
        if one.published_at is not None:
            # a date in the future is the source's mistake, and no news from it
            found["seen"].append(_seconds(min(one.published_at, one.seen_at), one.seen_at))
        if one.read_at is not None:
            found["read"].append(_seconds(one.seen_at, one.read_at))
        if one.alerted_at is not None:
            found["alerted"].append(_seconds(one.seen_at, one.alerted_at))
    return {step: _percentiles(sorted(seconds)) for step, seconds in found.items()}


def _seconds(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0)


def _percentiles(ordered: Sequence[float]) -> Delays | None:
    if not ordered:
        return None
    p50, p95, p99 = (ordered[ceil(len(ordered) * part) - 1] for part in (0.5, 0.95, 0.99))
    return Delays(len(ordered), p50, p95, p99)
