"""What a feed asks of those who poll it. Pure."""

from __future__ import annotations

import re

from monitor.model import Advice

LONGEST = 20_000  # characters before the items, and after them, in which it is looked for
ITEM = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]")
TTL = re.compile(r"<ttl>\s*(\d{1,9})(?:\.\d*)?\s*</ttl>")  # minutes
PERIOD = re.compile(r"<(?:[\w.-]{1,40}:)?updatePeriod>\s*(\w{1,9})\s*</")
FREQUENCY = re.compile(r"<(?:[\w.-]{1,40}:)?updateFrequency>\s*(\d{1,9})\s*</")
SKIP_HOURS = re.compile(r"<skipHours>(.{0,2000}?)</skipHours>", re.DOTALL)
SKIP_DAYS = re.compile(r"<skipDays>(.{0,2000}?)</skipDays>", re.DOTALL)
HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>")
DAY = re.compile(r"<day>\s*(\w{6,9})\s*</day>")

SECONDS = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def advice(document: str) -> Advice:
    """By `ttl`, `skipHours` and `skipDays` of RSS, which are in UTC, and its syndication module.

    That it is never to be polled is not heeded.
    """
    first = ITEM.search(document, 0, LONGEST)
    told = document[: first.start() if first else LONGEST]
    last = max(document.rfind("</item>"), document.rfind("</entry>"))
    if last >= 0:
        told += document[last : last + LONGEST]
    hours = frozenset(int(hour) % 24 for hour in _listed(SKIP_HOURS, HOUR, told) if int(hour) <= 24)
    named = {day.lower() for day in _listed(SKIP_DAYS, DAY, told)}
    days = frozenset(number for number, day in enumerate(DAYS) if day in named)
    return Advice(
        fresh_for=_fresh_for(told),
        skip_hours=hours if len(hours) < 24 else frozenset(),
        skip_days=days if len(days) < 7 else frozenset(),
    )


def _fresh_for(told: str) -> float | None:
    ttl, period, frequency = TTL.search(told), PERIOD.search(told), FREQUENCY.search(told)
    if ttl:
        return 60.0 * int(ttl[1]) or None
    if period is None or period[1].lower() not in SECONDS:
        return None
    times = int(frequency[1]) if frequency else 1
    return SECONDS[period[1].lower()] / max(times, 1)


def _listed(around: re.Pattern[str], one: re.Pattern[str], told: str) -> list[str]:
    found = around.search(told)
    return one.findall(found[1]) if found else []
