"""Dates that a feed gives, as it writes them. Pure."""

from __future__ import annotations

import calendar
import re
import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# no feed has news from before: a date of 1970 or of year 1 is a date that was not set
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
ZONE = re.compile(r"(?:\d\s*Z|[+-]\d\d:?\d\d|\b(?:UTC?|GMT|[ECMP][SD]?T))\s*$", re.IGNORECASE)


def moment(parsed: time.struct_time | None) -> datetime | None:
    """feedparser's parsed date, which is in UTC; None where it is absent or makes no sense."""
    if parsed is None:
        return None
    try:
        found = EPOCH + timedelta(seconds=calendar.timegm(parsed))
    except (ValueError, OverflowError):
        return None
    return found if found >= EARLIEST else None


def names_zone(written: str) -> bool:
    """Whether the zone of a written date is there and known; feedparser takes others as UTC."""
    return ZONE.search(written) is not None
