"""Moments that a page states. Pure.

A time of day without its zone is no moment, and a day without a time is no better than what the
feed said; both are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
SAME = timedelta(minutes=5)  # between two statements of one moment
ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ]{1,2}(\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)",
    re.IGNORECASE,
)


def moment(written: str) -> datetime | None:
    """A moment in UTC; None where day, time and zone are not all there.

    Midnight sharp is taken for a day whose time was filled in.
    """
    bare = " ".join(written.split())
    found = ISO.fullmatch(bare)
    try:
        if found:
            zone = found[3] if found[3][0] in "+-" else "+00:00"
            said = datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}")
        else:
            said = parsedate_to_datetime(bare)
        if said.tzinfo is None or said.time() == time():
            return None
        at = said.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at < LATEST else None


def agreed(written: Iterable[str]) -> datetime | None:
    """The moment that all statements of it give, the earliest of them; None where they differ: one
    of them has the wrong zone then, or is of something else, and which cannot be told."""
    said = [at for at in map(moment, written) if at is not None]
    return min(said) if said and max(said) - min(said) <= SAME else None
