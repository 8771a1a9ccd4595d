"""One pass over everything: poll what is due, and bring each item as far as it can go.

Every stage asks the store what waits for it, does that, and writes what came of it in one
transaction with taking it off the list. A pass may therefore be stopped, killed or repeated
anywhere: the next one goes on where it was, and does nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from monitor.model import StageReport
from monitor.pipeline.alerting import judge
from monitor.pipeline.correlating import correlate
from monitor.pipeline.delivering import deliver
from monitor.pipeline.folding import fold
from monitor.pipeline.opening import open_pages, read_opened
from monitor.pipeline.parts import Parts
from monitor.pipeline.polling import poll
from monitor.pipeline.pricing import price
from monitor.pipeline.reading import read

Stage = Callable[[Parts, datetime], StageReport]

STAGES: tuple[Stage, ...] = (
    poll,  # sources → articles
    read,  # articles → who, what, status, claims
    open_pages,  # articles that matter → the whole text of their pages
    read_opened,  # … which is read as well
    fold,  # articles → stories
    price,  # exchange → bars
    correlate,  # stories and bars → signals, with significance and checked claims
    judge,  # signals → alerts and outbox
    deliver,  # outbox → channels; a day → digest
)


def run(parts: Parts, now: datetime, stages: tuple[Stage, ...] = STAGES) -> tuple[StageReport, ...]:
    """One pass at the moment `now`. Stops between two stages when asked to."""
    reports = []
    for stage in stages:
        if parts.stopping():
            break
        reports.append(stage(parts, now))
    return tuple(reports)
