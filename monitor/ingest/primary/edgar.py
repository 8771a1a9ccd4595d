"""SEC EDGAR: what listed companies file, as they file it.

New filings come from the list of the latest ones of all companies, a request or two for each form.
Once a day, and for history, each company's own list is read: it is complete, and has what the other
does not reach back to, or shows late. The SEC wants to know who is calling, and no more than ten
requests a second.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from monitor.errors import SourceError
from monitor.ingest.primary.asking import (
    Memo,
    RefusedError,
    accepted,
    json_object,
    outcome_of,
)
from monitor.ingest.primary.edgar_filings import (
    Company,
    Row,
    clock_of,
    from_list,
    from_submissions,
    is_wanted,
    plain_name,
    rows_of,
)
from monitor.ingest.primary.windows import Window
from monitor.ingest.sources import Parse, in_thread
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import Cursor, FeedItem, Polled, PollFailed, PollOutcome

SITE, DATA = "https://www.sec.gov", "https://data.sec.gov"
SPACING = 0.11  # seconds: ten requests a second are allowed
LARGEST = 30_000_000  # bytes: a company with many filings
PAGE = 100  # the most entries the list gives at once
MOST_PAGES = 20
FIRST = timedelta(days=7)  # how far back a first poll looks
DAILY = timedelta(days=1)  # how often the table of tickers and the companies' lists are read
LATE = timedelta(hours=1)  # by which an entry may come late into the list of latest filings
TIMES = ("latest", "swept", "tickers")  # of a position
PAUSE = 600.0  # seconds for which the SEC shuts out who asked too fast
NOBODY = "the SEC wants to know who is calling: set [poll] contact to a name and mail address"
REFUSALS = {  # what stands on the page that it gives instead
    b"undeclared automated tool": NOBODY,
    b"request rate threshold exceeded": (
        "the SEC has shut this address out for a while: too many requests came from it, or [poll]"
        " contact is not a name and mail address"
    ),
}


@dataclass(frozen=True, slots=True)
class _Position:
    """When the list of latest filings, the companies' own lists and the table of tickers were read
    last; and the companies behind the symbols, None where there is none."""

    latest: datetime | None = None
    swept: datetime | None = None
    tickers: datetime | None = None
    ciks: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Submissions:
    """All filings of a company that are in one answer, and where the older ones are."""

    name: str
    rows: tuple[Row, ...]
    older: tuple[tuple[str, date, date], ...]  # file, of filings from, to
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edgar:
    """Filings on `forms` by the companies with `symbols` or `ciks`."""

    name: str
    contact: str
    symbols: tuple[str, ...] = ()
    ciks: tuple[int, ...] = ()
    forms: tuple[str, ...] = ("8-K", "6-K")
    site: str = SITE
    data: str = DATA
    parse: Parse = in_thread
    spacing: float = SPACING
    _memo: Memo = field(default_factory=Memo, compare=False, repr=False)

    async def poll(self, http: Http, cursor: Cursor, now: datetime) -> PollOutcome:
        """The latest filings. The cursor's position is JSON, see _Position."""
        return await outcome_of(self._poll(http, cursor, now), self.name, self.site)

    async def history(
        self, http: Http, since: datetime, until: datetime, now: datetime
    ) -> PollOutcome:
        """All filings that the public could see first in [since, until)."""
        span = Window(since, until)
        return await outcome_of(self._history(http, span, now), self.name, self.site)

    async def _poll(self, http: Http, cursor: Cursor, now: datetime) -> Polled:
        position, notes = await self._known(http, _position(cursor.position), now)
        companies = self._companies(position)
        items: list[FeedItem] = []
        whole, last = position.latest is not None, position.latest or now
        for form in self.forms if whole else ():
            listed, reached = await self._latest(http, form, last - LATE, now)
            given = (from_list(one, companies, self.forms, self.site) for one in listed)
            items += [item for item in given if item is not None]
            whole = whole and reached
        if not whole or position.swept is None or now - position.swept >= DAILY:
            since = position.swept - DAILY if position.swept else now - FIRST
            span = Window(since, now + timedelta(seconds=1))
            try:
                found, more = await self._submitted(http, companies, self.forms, span, now)
            except SourceError as error:
                shut_out = isinstance(error, RefusedError) and error.outcome.retry_after is not None
                if shut_out or position.latest is None:
                    raise
                # one company's list must not keep back what the other list has; asked again soon
                found, more = (), (f"the companies' own lists: {error}",)
            else:
                position = replace(position, swept=now)
            items += [replace(item, seen_at=now) for item in found]
            notes = (*notes, *more)
        known = {str(item.guid): item for item in reversed(items)}
        written = _written(replace(position, latest=now))
        return Polled(self.name, tuple(known.values()), Cursor(position=written), notes=notes)

    async def _history(self, http: Http, span: Window, now: datetime) -> Polled:
        memo = self._memo.of(now)
        if "position" not in memo:
            memo["position"] = await self._known(http, _Position(), now)
        position, unknown = memo["position"]
        companies = self._companies(position)
        items, notes = await self._submitted(http, companies, self.forms, span, now)
        return Polled(self.name, items, Cursor(), notes=(*unknown, *notes))

    async def _latest(
        self, http: Http, form: str, reach: datetime, now: datetime
    ) -> tuple[list[FeedItem], bool]:
        """The latest filings on a form by anyone, back to `reach`; and whether it was reached."""
        found: list[FeedItem] = []
        for page in range(MOST_PAGES):
            query = {"action": "getcurrent", "type": form, "company": "", "dateb": ""}
            query |= {"owner": "include", "start": str(page * PAGE), "count": str(PAGE)}
            url = f"{self.site}/cgi-bin/browse-edgar?{urlencode(query | {'output': 'atom'})}"
            answer = await self._get(http, url, now)
            parsed = await self.parse(
                answer.body,
                content_type=answer.headers.get("content-type"),
                source=self.name,
                url=shown(answer.url),
                seen_at=now,
            )
            if set(parsed.items) <= set(found) and found:
                break  # the same page again
            found += parsed.items
            times = [one.published_at for one in parsed.items if one.published_at is not None]
            # a page that is not full is the end of the list, which goes back for more than a day
            if len(parsed.items) < PAGE or min(times, default=now) < reach:
                return found, True
        return found, False

    async def _submitted(
        self,
        http: Http,
        companies: Mapping[int, Company],
        forms: Sequence[str],
        span: Window,
        now: datetime,
    ) -> tuple[tuple[FeedItem, ...], tuple[str, ...]]:
        """Filings from the companies' own lists that were public first in `span`."""
        items: list[FeedItem] = []
        notes: list[str] = []
        for company in companies.values():
            whole = await self._of_company(http, company, span, now)
            clock, sure = clock_of(whole.rows)
            wanted = [row for row in whole.rows if is_wanted(row.form, forms)]
            filed = from_submissions(
                wanted, company, whole.name, clock, source=self.name, site=self.site
            )
            found = [item for item in filed if item.seen_at in span]
            items += found
            notes += whole.notes
            if found and not sure:
                called = plain_name(whole.name)
                notes.append(f"{called}: its filings do not tell their clock, taken as UTC")
        return tuple(items), tuple(notes)

    async def _of_company(
        self, http: Http, company: Company, span: Window, now: datetime
    ) -> _Submissions:
        """The filings of a company that can be of `span`, with the newest ones."""
        file = f"CIK{company.cik:010}.json"
        whole = await self._submissions(http, file, now)
        # a day more on either side: filing dates are New York's
        first, last = (span.since - DAILY).date(), (span.until + DAILY).date()
        for name, since, until in whole.older:
            if since <= last and until >= first:
                part = await self._submissions(http, name, now)
                whole = replace(whole, rows=whole.rows + part.rows, notes=whole.notes + part.notes)
        return whole

    async def _submissions(self, http: Http, file: str, now: datetime) -> _Submissions:
        memo = self._memo.of(now)
        if file not in memo:
            url = f"{self.data}/submissions/{file}"
            answer = await self._asked(http, url, max_bytes=LARGEST)
            if answer.status == 404:
                note = f"EDGAR has no {file}: is the CIK right?"
                memo[file] = _Submissions("", (), (), (note,))
            else:
                memo[file] = _submissions(json_object(self._checked(answer, now)), file)
        found: _Submissions = memo[file]
        return found

    async def _known(
        self, http: Http, position: _Position, now: datetime
    ) -> tuple[_Position, tuple[str, ...]]:
        """`position` with the CIKs of all symbols that have one; the others are noted."""
        if not self.contact:
            raise RefusedError(PollFailed(self.name, self.site, NOBODY))
        current = position.tickers is not None and now - position.tickers < DAILY
        if not self.symbols or (current and set(self.symbols) <= position.ciks.keys()):
            return position, ()
        url = f"{self.site}/files/company_tickers.json"
        answer = await self._get(http, url, now, max_bytes=LARGEST)
        table = _tickers(json_object(answer))
        if not table:
            raise SourceError(shown(url), "the answer is not the table of tickers")
        ciks = {symbol: table.get(_ticker(symbol)) for symbol in self.symbols}
        missing = [symbol for symbol, cik in ciks.items() if cik is None]
        notes = (f"not registered with the SEC: {', '.join(missing)}",) if missing else ()
        return replace(position, tickers=now, ciks=ciks), notes

    def _companies(self, position: _Position) -> dict[int, Company]:
        named = {cik: Company(cik, None) for cik in self.ciks}
        behind = {position.ciks.get(symbol): symbol for symbol in self.symbols}
        return named | {cik: Company(cik, one) for cik, one in behind.items() if cik is not None}

    async def _get(
        self, http: Http, url: str, now: datetime, max_bytes: int | None = None
    ) -> Answer:
        return self._checked(await self._asked(http, url, max_bytes), now)

    async def _asked(self, http: Http, url: str, max_bytes: int | None) -> Answer:
        # in the form that the SEC asks for, not that of a program
        caller = f"monitor {self.contact}".encode("latin-1", "replace").decode("latin-1")
        headers = {"User-Agent": caller}
        return await http.get(url, headers=headers, spacing=self.spacing, max_bytes=max_bytes)

    def _checked(self, answer: Answer, now: datetime) -> Answer:
        """`answer`, unless it is the page on which the SEC sends callers away: with status 403, at
        times with 200."""
        if answer.status != 200 or answer.body[:100].lstrip()[:1] == b"<":
            page = answer.body[:5000].lower()
            for mark, what in REFUSALS.items():
                if mark in page:
                    raise RefusedError(
                        PollFailed(self.name, shown(answer.url), what, answer.status, PAUSE)
                    )
        return accepted(answer, self.name, now)


def _tickers(table: Mapping[str, Any]) -> dict[str, int]:
    """Ticker → CIK."""
    return {
        _ticker(row["ticker"]): row["cik_str"]
        for row in table.values()
        if isinstance(row, dict)
        and isinstance(row.get("ticker"), str)
        and isinstance(row.get("cik_str"), int)
    }


def _ticker(symbol: str) -> str:
    """As the SEC writes it: classes of shares behind a dash."""
    return symbol.upper().replace(".", "-")


def _submissions(given: Mapping[str, Any], file: str) -> _Submissions:
    """The first file of a company, which has a name, or one of the older ones, which are bare."""
    filings = given.get("filings")
    first = filings if isinstance(filings, dict) else {"recent": given}
    recent, files = first.get("recent"), first.get("files", [])
    if not isinstance(recent, dict) or not isinstance(recent.get("accessionNumber"), list):
        raise SourceError(file, f"{file} is not a list of filings")
    rows, bad = rows_of(recent)
    notes = (f"{bad} filings in {file} cannot be read",) if bad else ()
    older = tuple(_older(one) for one in files) if isinstance(files, list) else ()
    return _Submissions(str(given.get("name") or ""), rows, tuple(filter(None, older)), notes)


def _older(given: object) -> tuple[str, date, date] | None:
    if not isinstance(given, dict) or "/" in str(given.get("name", "/")):
        return None
    try:
        since, until = (date.fromisoformat(str(given[key])) for key in ("filingFrom", "filingTo"))
    except (KeyError, ValueError):
        return str(given["name"]), date.min, date.max  # rather asked for in vain
    return str(given["name"]), since, until


def _position(written: str | None) -> _Position:
    """What the last poll left; a position that cannot be read is none."""
    try:
        given = json.loads(written or "{}")
        times = [given.get(key) for key in TIMES]
        latest, swept, tickers = (datetime.fromisoformat(one) if one else None for one in times)
        ciks = {
            str(symbol): None if cik is None else int(cik)
            for symbol, cik in given.get("ciks", {}).items()
        }
    except (ValueError, TypeError, AttributeError):
        return _Position()
    return _Position(latest, swept, tickers, ciks)


def _written(position: _Position) -> str:
    times = (position.latest, position.swept, position.tickers)
    told = {key: one.isoformat() for key, one in zip(TIMES, times, strict=True) if one}
    return json.dumps(told | {"ciks": dict(position.ciks)})
