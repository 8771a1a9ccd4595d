"""Dates in a text that lie ahead of the day it was published: "from December 1", "in mid-2026"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from monitor.extract.claim_words import MONTHS

NAMED = re.compile(
    r"\b(?:on|from|by|in|starting|effective|beginning|after)\s+(?:early |mid-?|late )?"
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?(?:\s+(\d{1,2})\b(?!\d))?(?:,?\s+(\d{4}))?"
)
YEAR = re.compile(
    r"\b(?:in|by|from|around|of|before)\s+(?:the end of |early |late |mid[- ])*(20\d\d)\b"
)
SHOUTED = re.compile(NAMED.pattern, re.I)  # for headlines in capitals
NEAR_AHEAD = 120  # days: a date without a year this far ahead is the coming one, else the last


def days_ahead(text: str, low: int, high: int, day: date) -> Iterator[tuple[int, int]]:
    """Spans of the dates in text[low:high] that come after `day`."""
    for found in YEAR.finditer(text, low, high):
        later = int(found[1]) > day.year
        same = int(found[1]) == day.year and re.search(r"end of|late", found[0])
        if later or (same and day.month < 12):
            yield found.span()
    named = SHOUTED if text[low:high].isupper() else NAMED
    for found in named.finditer(text, low, high):
        if _is_ahead(found, day):
            yield found.span()


def _is_ahead(found: re.Match[str], day: date) -> bool:
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(found[1][:3].lower()))
    monthday = min(int(found[2]), 28) if found[2] and int(found[2]) else 0
    if found[3]:
        return (int(found[3]), month, monthday or 1) > (day.year, day.month, day.day)
    if not monthday and month == day.month:
        return False
    coming = date(day.year, month, monthday or 1)
    if coming <= day:
        coming = date(day.year + 1, month, monthday or 1)
    return (coming - day).days <= NEAR_AHEAD
