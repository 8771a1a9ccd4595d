"""When a source is to be asked again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

LONGEST = timedelta(hours=24)
# passes start a few milliseconds early or late; without this every second one would be missed
SLACK = timedelta(seconds=30)


def due(
    last_polled: datetime | None,
    every: timedelta,
    failures: int,
    retry_after_until: datetime | None,
    now: datetime,
) -> bool:
    """Whether a source is to be polled now.

    After `failures` failures in a row the wait is `every` * 2^failures, at most 24 hours (or
    `every`, where that is longer). A server's Retry-After is waited for, but no longer than 24
    hours after the poll that met it, so that a wrong answer cannot switch a source off.
    """
    if last_polled is None or last_polled > now:  # the latter: the clock was set back
        return True
    asked = retry_after_until
    if asked is not None and now < min(asked, last_polled + LONGEST):
        return False
    # 2^17 seconds are already more than a day: no larger power is needed, nor overflows
    wait = min(every * (1 << min(failures, 17)), max(LONGEST, every))
    return now >= last_polled + wait - min(SLACK, every / 20)
