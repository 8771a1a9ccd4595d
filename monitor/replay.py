"""The past through the pipeline everyone uses: passes at moments that another clock names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from monitor.model import StageReport
from monitor.pipeline.parts import Parts
from monitor.pipeline.run import STAGES, Stage, run

OnPass = Callable[[datetime, tuple[StageReport, ...]], None]


def moments(start: datetime, end: datetime, every: timedelta) -> Iterator[datetime]:
    """start, start + every, … up to and including the last one that is not after `end`."""
    now = start
    while now <= end:
        yield now
        now += every


def replay(
    parts: Parts,
    times: Iterator[datetime],
    on_pass: OnPass,
    stages: tuple[Stage, ...] = STAGES,
) -> None:
    """One pass at each of the moments. Ends early where the parts are asked to stop."""
    for now in times:
        if parts.stopping():
            return
        on_pass(now, run(parts, now, stages))
