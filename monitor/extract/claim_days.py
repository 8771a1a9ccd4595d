"""Which day a claim speaks of, and since when a high or low is said to hold. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from monitor.extract.claim_phrases import DAY
from monitor.extract.claim_words import MONTHS, NUMBERS, WEEKDAYS
from monitor.model import Basis

OPENS: Final = 9 * 60 + 30  # minutes after midnight in the exchange's zone
ROUNDLY: Final = 10  # "in 14 years" counts calendar years
CLOSES: Final = 16 * 60
SATURDAY: Final = 5
AHEAD: Final = timedelta(days=150)  # "a duty from April 3" is told in March: no day of a move
MONTHS_OF: Final = {"month": 1, "year": 12, "decade": 120}
# exchanges by the suffix of their symbols: hours ahead of UTC, summer time left aside
UTC_HOURS: Final = {
    "AX": 10, "NZ": 12, "T": 9, "KS": 9, "HK": 8, "SS": 8, "SZ": 8, "SI": 8, "NS": 5.5, "BO": 5.5,
    "L": 0, "DE": 1, "F": 1, "PA": 1, "AS": 1, "MI": 1, "SW": 1, "ST": 1, "OL": 1, "TO": -5,
    "V": -5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """When a text was written: the local day and the minute of it."""

    day: date
    minute: int
    abroad: bool = False  # not that of New York


def clock_of(said_at: datetime, day_of: Callable[[datetime], date]) -> Clock:
    """The local time, found by where `day_of` turns: the zone itself is not handed in."""
    day = day_of(said_at)
    low, high = 0, 25 * 60  # minutes back: still the same day, surely the day before
    while high - low > 1:
        middle = (low + high) // 2
        if day_of(said_at - timedelta(minutes=middle)) == day:
            low = middle
        else:
            high = middle
    return Clock(day, low)


def clock_for(symbol: str, local: Clock, said_at: datetime) -> Clock:
    """A symbol with a suffix trades elsewhere, by the clock there. Of a place that is not known,
    UTC is nearer to its day, and its hours are not known either."""
    _, _, suffix = symbol.partition(".")
    if not suffix:
        return local
    if suffix not in UTC_HOURS:
        return Clock(said_at.astimezone(UTC).date(), (OPENS + CLOSES) // 2, abroad=True)
    there = said_at.astimezone(UTC) + timedelta(hours=UTC_HOURS[suffix])
    return Clock(there.date(), there.hour * 60 + there.minute, abroad=True)


def session_day(day: date) -> date:
    """The weekday on or before `day`."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def weekday_before(day: date) -> date:
    return session_day(day - timedelta(days=1))


def named_day(found: re.Match[str], said: date, told: date | None) -> date | None:
    """The day that a match of DAY names; `told` is the day told just before."""
    if name := found["weekday"]:
        back = (said.weekday() - WEEKDAYS.index(name.lower())) % 7
        return session_day(said - timedelta(days=back))
    if found["yesterday"]:
        return weekday_before(said)
    if found["today"]:
        return session_day(said)
    if found["before"]:
        return weekday_before(told or said)
    if found["next"]:
        return _weekday_after(told, said)
    if found["back"]:
        return _sessions_back(NUMBERS[found["back"].lower()], said)
    if found["of_this"]:
        return _day_of_month(int(found["of_this"]), said)
    month = found["month"] or found["month_2"]
    year = found["year"] or found["year_2"]
    day = _date(
        int(year or said.year), _month(month), int(found["of_month"] or found["of_month_2"])
    )
    if day is not None and day > said and year is None:
        if day - said < AHEAD:
            return None
        day = _date(day.year - 1, day.month, day.day)
    return session_day(day) if day is not None and day <= said else None


def _weekday_after(told: date | None, said: date) -> date | None:
    if told is None:
        return None
    after = told + timedelta(days=1)
    while after.weekday() >= SATURDAY:
        after += timedelta(days=1)
    return after if after <= said else None


def _sessions_back(count: int, said: date) -> date:
    day = session_day(said)
    for _ in range(count):
        day = weekday_before(day)
    return day


def _day_of_month(number: int, said: date) -> date | None:
    """The last day of that number on or before `said`."""
    day = _date(said.year, said.month, number)
    if day is None or day > said:
        last = said.replace(day=1) - timedelta(days=1)
        day = _date(last.year, last.month, number)
    return session_day(day) if day else None


def days_in(text: str, said: date, told: date | None) -> list[date]:
    """The days that a piece of text names, in its order."""
    named = (named_day(found, said, told) for found in DAY.finditer(text))
    return [day for day in named if day is not None]


def untold_day(clock: Clock, basis: Basis | None) -> date:
    """The session meant where no day is named: what has not come yet is of the one before.

    Texts of the morning tell of that morning's dealings, even when their hour is put too early.
    """
    day = session_day(clock.day)
    early = clock.minute < OPENS and clock.day == day
    over = basis in ("close", "afterhours") or (clock.abroad and basis != "premarket")
    return weekday_before(day) if early and over else day


def untold_basis(clock: Clock, day: date, *, premarket: bool) -> Basis:
    """What "rose 14% on Thursday" means at the time it is said; `premarket`: the text tells of
    dealings before the open. Of another exchange the hour of the text tells little: it is mostly
    written where that exchange has long been closed."""
    if day < clock.day:
        return "close"
    if clock.abroad:
        return "unspecified"
    if clock.minute >= CLOSES:
        return "close"
    return "premarket" if premarket and clock.minute < OPENS else "unspecified"


def since_of(found: re.Match[str], day: date) -> str | None:
    """`2023`, `2023-03`, `2023-03-14`, `--03` or `--03-14`, as said; None of a debut
    whose time is not told.

    `day` is what "last July" and "June last year" are reckoned from.
    """
    if found["only_year"]:
        return found["only_year"]
    if found["debut"] and not found["debut_month"]:
        return found["debut_year"]
    if month := found["month_after"]:
        of_month, year = found["day_first"], found["year_after"]
    elif month := found["month"]:
        of_month, year = found["of_month"] or ("15" if found["mid"] else None), found["year"]
    elif month := found["debut_month"]:
        of_month, year = None, found["debut_year"]
    else:
        return None
    if not year and found["last_year"]:
        year = str(day.year - 1)
    elif not year and found["last"]:
        year = str(day.year - (_month(month) >= day.month))
    said = f"{year or '-'}-{_month(month):02d}"
    return f"{said}-{int(of_month):02d}" if of_month else said


def since_back(count: str, unit: str, day: date) -> str | None:
    """The date that lies `count` units before `day`, no finer than the units are."""
    word = count.lower()
    number = int(word) if word.isdigit() else NUMBERS.get(word, 1 if word in ("a", "an") else 0)
    if number == 0 or number > 600:
        return None
    if unit == "day":
        return (day - timedelta(days=number)).isoformat()
    if unit == "week" and number != 52:
        return (day - timedelta(weeks=number)).isoformat()
    if unit == "week":
        return (_date(day.year - 1, day.month, day.day) or day - timedelta(days=366)).isoformat()
    if unit == "year" and number >= ROUNDLY:
        return f"{day.year - number:04d}"
    months = day.year * 12 + day.month - 1 - number * MONTHS_OF.get(unit, 1)
    return f"{months // 12:04d}-{months % 12 + 1:02d}" if months >= 12 else None


def _month(name: str) -> int:
    start = name.lower()[:3]
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(start))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
