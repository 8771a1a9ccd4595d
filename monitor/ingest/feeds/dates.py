"""Dates that a feed gives, in the many forms in which feeds write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# no feed has news from before: a date of 1970 or of year 1 is a date that was not set
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

# hours east of UTC. Names that stand for several zones (IST, BST, CST of China) are left out, but
# for those of RFC 822, which says what they mean.
# fmt: off
ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7,
    "mdt": -6, "pst": -8, "pdt": -7, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5, "akst": -9,
    "akdt": -8, "hst": -10, "brt": -3, "wet": 0, "west": 1, "cet": 1, "cest": 2, "met": 1,
    "mest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3, "sast": 2, "pkt": 5, "wib": 7, "ict": 7,
    "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "acdt": 10.5, "aest": 10,
    "aedt": 11, "nzst": 12, "nzdt": 13,
}
# they say the place and not the season
PLACES = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
# how months begin in English, French, Spanish, Portuguese, Italian, German, Dutch, Hungarian,
# Greek and Russian
MONTHS = {
    beginning: number
    for number, beginnings in enumerate((
        "jan ene gen ιαν янв", "feb fév fev φεβ фев", "mar mär mrz maa már μάρ μαρ мар",
        "apr avr abr ápr απρ апр", "may mai maj mei mag máj μάι μαΐ μαι май мая",
        "jun juin giu jún ιούν ιουν июн", "jul juil lug júl ιούλ ιουλ июл",
        "aug aoû aou ago αύγ αυγ авг", "sep set sze σεπ сен", "oct okt out ott οκτ окт",
        "nov νοέ νοε ноя", "dec déc dez dic δεκ дек",
    ), start=1)
    for beginning in beginnings.split()
}
# fmt: on

CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d{1,9})?)?"
HALF = r"(?:\s*(?P<half>[ap])\.?m\.?)?"
ZONE = r"(?:\s*(?:etc/)?(?P<zone>[a-z]{1,5}|(?:utc|gmt)?\s?[+-]\d{1,2}(?::?\d{2})?))?"
DAY_NAME = r"(?:[^\W\d_]{2,10}\.?,?\s*)?"
MONTH = r"(?P<month>[^\W\d_]{3,10})\.?"
YEAR = r"(?P<year>\d{4}|\d{2,3})"
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Thu, 12 Jun 2025 07:30:00 -0400, as RFC 822 and 850 have it
        rf"{DAY_NAME}(?P<day>\d{{1,2}})[\s-]+{MONTH}[\s-]+{YEAR}(?:,?\s+{CLOCK}{HALF})?{ZONE}",
        # 2025-06-12 07:30:00 EDT, as databases make of ISO 8601
        rf"{DAY_NAME}(?P<year>\d{{4}})(?P<between>[-/.])(?P<month>\d{{1,2}}|[^\W\d_]{{3,12}})"
        rf"(?P=between)(?P<day>\d{{1,2}})(?:[T\s]\s*{CLOCK}{HALF})?{ZONE}",
        r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?",
        # June 12, 2025 7:30 AM EDT
        rf"{DAY_NAME}{MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{YEAR}"
        rf"(?:,?\s+(?:at\s+)?{CLOCK}{HALF})?{ZONE}",
        # Thu Jun 12 07:30:00 EDT 2025, as C and Unix have it
        rf"{DAY_NAME}{MONTH}\s+(?P<day>\d{{1,2}})\s+{CLOCK}{ZONE}\s+(?P<year>\d{{4}})",
    )
)
EAST_ASIAN = re.compile(r"(\d{4}) ?[년年] ?(\d{1,2}) ?[월月] ?(\d{1,2}) ?[일日]")
# as most feeds have it
USUAL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)"
    r" (?:([+-])(\d\d)(\d\d)|(?:GMT|UTC|Z))"
)
COMMENT = re.compile(r" ?\([^()]*\)$")  # the zone once more, in words
SECONDS = re.compile(r"\d{9,10}|\d{12,13}")  # since 1970; or thousandths
OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])(\d{1,2}):?(\d{2})?$")


NAMES = ("published", "updated", "created")  # of an item's dates, as they are believed


@dataclass(frozen=True, slots=True)
class Date:
    at: datetime  # in UTC
    zoned: bool  # its zone is written and known; else it was taken as UTC


def read(written: str) -> Date | None:
    """A date as it is written; None where it is in no known form, or makes no sense."""
    text = " ".join(written.split())
    try:
        found = _usual(text) or _iso(text) or _since_1970(text) or _in_words(text)
    except (ValueError, OverflowError):  # the 31st of June
        return None
    return found if found and found.at >= EARLIEST else None


def first(written: Mapping[str, str]) -> Date | None:
    """Of an item's dates, by their names, the first that can be read."""
    for name in NAMES:
        if name in written and (found := read(written[name])) is not None:
            return found
    return None


def _usual(text: str) -> Date | None:
    match = USUAL.fullmatch(text)
    month = MONTHS.get(match[2].lower()) if match else None
    if match is None or month is None or match[4] > "23" or match[6] > "59":
        return None
    day, _, year, hour, minute, second, sign, hours, minutes = match.groups()
    local = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return Date(local + ahead if sign == "-" else local - ahead, zoned=True)


def _iso(text: str) -> Date | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = found.tzinfo is not None
    return Date(found.astimezone(UTC) if zoned else found.replace(tzinfo=UTC), zoned)


def _since_1970(text: str) -> Date | None:
    if not SECONDS.fullmatch(text):
        return None
    return Date(EPOCH + timedelta(seconds=int(text) / (1000 if len(text) > 10 else 1)), zoned=True)


def _in_words(text: str) -> Date | None:
    text = EAST_ASIAN.sub(r"\1-\2-\3", COMMENT.sub("", text))
    for form in FORMS:
        if (match := form.fullmatch(text)) is not None:
            part = {name: text or "" for name, text in match.groupdict().items()}
            day = datetime(
                _year(part["year"]),
                _month(part.get("month") or "1"),
                int(part.get("day") or 1),
                tzinfo=UTC,
            )
            local = day + _clock(part)
            ahead = _ahead(part.get("zone", ""), local)
            return Date(local - (ahead or timedelta(0)), zoned=ahead is not None)
    return None


def _month(written: str) -> int:
    """From 1; 0, which is no month, for a word that is none."""
    if written.isdigit():
        return int(written)
    name = written.lower()
    return MONTHS.get(name[:4]) or MONTHS.get(name[:3], 0)


def _year(written: str) -> int:
    """Of two digits, or three where 1900 was taken from it."""
    year = int(written)
    return year if len(written) == 4 else year + (2000 if year < 90 else 1900)


def _clock(part: Mapping[str, str]) -> timedelta:
    """Since midnight; 24:00 and a leap second are of the next day and minute."""
    hours, minutes, seconds = (int(part.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := part.get("half"):
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    if hours > 24 or minutes > 59 or seconds > 60:
        raise ValueError("no time of day")
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _ahead(zone: str, local: datetime) -> timedelta | None:
    """How far a zone is ahead of UTC; None where it is not known."""
    name = zone.lower()
    if (offset := OFFSET.fullmatch(name)) is not None:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return ahead if offset[1] == "+" else -ahead
    if name in PLACES:
        return local.replace(tzinfo=ZoneInfo(PLACES[name])).utcoffset()
    return timedelta(hours=ZONES[name]) if name in ZONES else None
