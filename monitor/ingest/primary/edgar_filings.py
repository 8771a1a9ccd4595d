"""What EDGAR says of filings, as items. Pure.

Two things about its times. A filing accepted after 17:30 in New York is shown to the public at 6:00
of the next business day, which is its filing date; only some forms are exempt. And
`acceptanceDateTime` of the submissions API always ends in Z, yet for about a fifth of the filers it
is New York's clock. Which of the two it is belongs to the filer and nothing says so; but EDGAR's
hours and the filing dates rule one of them out as soon as a few filings are looked at (`clock_of`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import repeat
from typing import Any, Literal
from zoneinfo import ZoneInfo

from monitor.ingest.primary.edgar_items import EXHIBITS, ITEMS
from monitor.ingest.text import one_line, plain
from monitor.model import FeedItem

NEW_YORK = ZoneInfo("America/New_York")
OPENS, SAME_DAY, CLOSES = time(6), time(17, 30), time(22)
# forms that are dated and shown the same day until EDGAR closes
LATE = re.compile(r"(?:3|4|5|144|SC 13[DG]|SCHEDULE 13[DG]|[A-Z]+-?\d*MEF|POS 462B)(?:/A)?")
LISTED = re.compile(r"(?P<form>\S.*?) - (?P<name>\S.*) \((?P<cik>\d{10})\) \([^()]*\)")
ACCESSION = re.compile(r"\d{10}-\d\d-\d{6}")
ITEM = re.compile(r"^Item (\d\.\d\d): ", re.MULTILINE)
STATE = re.compile(r"\s*/\s*[A-Z]{2,3}\s*/?$")  # "… Corp. / DE": where it is incorporated

Clock = Literal["utc", "new-york"]


@dataclass(frozen=True, slots=True)
class Company:
    cik: int
    symbol: str | None  # None: asked for by its CIK alone


@dataclass(frozen=True, slots=True)
class Row:
    """A filing as the submissions API has it."""

    accession: str
    form: str
    filed: date
    accepted: datetime  # naive: by a clock that is not told
    items: tuple[str, ...]
    description: str


def is_wanted(form: str, forms: Iterable[str]) -> bool:
    """Whether a form is one of `forms`, or an amendment of one."""
    return form.removesuffix("/A") in forms


def from_list(
    item: FeedItem, companies: Mapping[int, Company], forms: Sequence[str], site: str
) -> FeedItem | None:
    """An entry of the list of latest filings; None where it is not of ours or cannot be read."""
    told = LISTED.fullmatch(item.title)
    number = ACCESSION.search(item.guid or "")
    if told is None or number is None:
        return None
    company = companies.get(int(told["cik"]))
    if company is None or not is_wanted(told["form"], forms):
        return None
    return _item(
        item.source,
        company,
        told["name"],
        told["form"],
        number[0],
        tuple(ITEM.findall(item.text)),
        site=site,
        published_at=item.published_at,
        seen_at=item.seen_at,
    )


def from_submissions(
    rows: Sequence[Row], company: Company, name: str, clock: Clock, *, source: str, site: str
) -> Iterator[FeedItem]:
    """Filings as if seen when the public could see them."""
    for row in rows:
        accepted = on_clock(row.accepted, clock)
        yield _item(
            source,
            company,
            name,
            row.form,
            row.accession,
            row.items,
            site=site,
            description=row.description,
            published_at=accepted,
            seen_at=public_at(accepted, row.filed),
        )


def rows_of(columns: Mapping[str, Any]) -> tuple[tuple[Row, ...], int]:
    """The rows of a table that is given column by column, and how many cannot be read."""
    count = len(_column(columns, "accessionNumber"))
    values = zip(
        *(
            _column(columns, key) or repeat("", count)
            for key in ("accessionNumber", "form", "filingDate", "acceptanceDateTime")
        ),
        _column(columns, "items") or repeat("", count),
        _column(columns, "primaryDocDescription") or repeat("", count),
        strict=False,
    )
    rows = [row for value in values if (row := _row(*map(str, value))) is not None]
    return tuple(rows), count - len(rows)


def _column(columns: Mapping[str, Any], key: str) -> list[Any]:
    value = columns.get(key)
    return value if isinstance(value, list) else []


def _row(
    accession: str, form: str, filed: str, accepted: str, items: str, description: str
) -> Row | None:
    if not ACCESSION.fullmatch(accession) or not form:
        return None
    try:
        moment = datetime.fromisoformat(accepted).replace(tzinfo=None)
        day = date.fromisoformat(filed)
    except (ValueError, OverflowError):
        return None
    codes = tuple(code.strip() for code in items.split(",") if code.strip())
    return Row(accession, form, day, moment, codes, description)


def clock_of(rows: Iterable[Row]) -> tuple[Clock, bool]:
    """By which clock a filer's acceptance times are written, and whether its filings tell: the
    reading that fewer of them contradict. UTC, which most are, where none tells."""
    wrong = {"utc": 0, "new-york": 0}
    for row in rows:
        if not LATE.fullmatch(row.form):
            wrong["utc"] += not _can_be(on_clock(row.accepted, "utc"), row.filed)
            wrong["new-york"] += not _can_be(on_clock(row.accepted, "new-york"), row.filed)
    clock: Clock = "utc" if wrong["utc"] <= wrong["new-york"] else "new-york"
    return clock, wrong["utc"] != wrong["new-york"]


def on_clock(written: datetime, clock: Clock) -> datetime:
    return written.replace(tzinfo=UTC if clock == "utc" else NEW_YORK).astimezone(UTC)


def _can_be(accepted: datetime, filed: date) -> bool:
    local = accepted.astimezone(NEW_YORK)
    if not OPENS <= local.time() <= CLOSES:
        return False
    return filed == local.date() if local.time() <= SAME_DAY else filed > local.date()


def public_at(accepted: datetime, filed: date) -> datetime:
    """When a filing could be read: at once, or at 6:00 of its filing date where that is later."""
    opening = datetime.combine(filed, OPENS, NEW_YORK).astimezone(UTC)
    return max(accepted, opening)


def plain_name(name: str) -> str:
    return STATE.sub("", one_line(plain(name)))


def index_url(site: str, cik: int, accession: str) -> str:
    folder = accession.replace("-", "")
    return f"{site}/Archives/edgar/data/{cik}/{folder}/{accession}-index.htm"


def _item(
    source: str,
    company: Company,
    name: str,
    form: str,
    accession: str,
    codes: Sequence[str],
    *,
    site: str,
    published_at: datetime | None,
    seen_at: datetime,
    description: str = "",
) -> FeedItem:
    called = plain_name(name)
    named = [(code, ITEMS.get(code, "")) for code in codes]
    words = "; ".join(word for code, word in named if word and code != EXHIBITS)
    what = words or one_line(plain(description))
    ticker = f" (${company.symbol})" if company.symbol else ""
    lines = [f"{called}{ticker} filed Form {form} with the SEC."]
    lines += [f"Item {code}: {word}" if word else f"Item {code}" for code, word in named]
    return FeedItem(
        source=source,
        outlet=source,
        # one filing may be of several companies, and is told once for each
        guid=f"{company.cik}/{accession}",
        url=index_url(site, company.cik, accession),
        title=f"{called}: {form}" + (f", {what}" if what and what != form else ""),
        text="\n".join(lines),
        published_at=published_at,
        seen_at=seen_at,
    )
