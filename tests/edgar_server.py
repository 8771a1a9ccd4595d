"""EDGAR on loopback, as far as it is asked: who calls, the table of tickers, the list of latest
filings, and the companies' own lists, with their limits."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from tests.servers import LoopbackServer, Reply, Request

NEW_YORK = ZoneInfo("America/New_York")
BLOCKED = (
    b"<!DOCTYPE html><html><head><title>SEC.gov | Your Request Originates from an Undeclared"
    b" Automated Tool</title></head></html>"
)
THROTTLED = b"<html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head></html>"
CALLER = re.compile(r"[^()/]+ \S+@\S+")  # a name and a mail address, and nothing else
MOST = 100  # entries of the list of latest filings at once


@dataclass(frozen=True)
class Filed:
    """A filing; `at`: when it was accepted."""

    cik: int
    accession: str
    at: datetime
    form: str = "8-K"
    items: str = "1.01,9.01"
    description: str = "8-K"

    @property
    def filing_date(self) -> str:
        local = self.at.astimezone(NEW_YORK)
        late = local.time() > time(17, 30) and self.form not in ("4", "4/A")
        return (local.date() + timedelta(days=late)).isoformat()


class Sec:
    """`names`: CIK → name. `local`: CIKs whose acceptance times are New York's with a Z behind.
    `recent`: filings of a company in its first file; older ones are in files of as many each."""

    def __init__(
        self,
        server: LoopbackServer,
        names: Mapping[int, str],
        filings: Sequence[Filed] = (),
        *,
        tickers: Mapping[str, int] | None = None,
        local: frozenset[int] = frozenset(),
        recent: int = 1000,
    ) -> None:
        self.names, self.local, self.recent = names, local, recent
        self.filings = sorted(filings, key=lambda one: one.at, reverse=True)
        self.tickers = tickers or {}
        self.throttled = False
        server.route("/files/company_tickers.json", self._checked(self._table))
        server.route("/cgi-bin/browse-edgar", self._checked(self.latest))
        for cik in names:
            main, *older = self._files(cik)
            server.route(f"/submissions/CIK{cik:010}.json", self._checked(json_of(main)))
            for number, part in enumerate(older, 1):
                path = f"/submissions/CIK{cik:010}-submissions-{number:03}.json"
                server.route(path, self._checked(json_of(part)))

    def _checked(self, answer: Any) -> Any:
        def reply(request: Request) -> Reply:
            if not CALLER.fullmatch(request.headers.get("user-agent", "")):
                return Reply(status=403, body=BLOCKED)
            if self.throttled:
                return Reply(status=403, body=THROTTLED)
            found: Reply = answer(request)
            return found

        return reply

    def _table(self, request: Request) -> Reply:
        rows = {
            str(number): {"cik_str": cik, "ticker": ticker, "title": self.names.get(cik, "?")}
            for number, (ticker, cik) in enumerate(self.tickers.items())
        }
        return Reply(body=json.dumps(rows).encode())

    def latest(self, request: Request) -> Reply:
        (form,), (start,), (count,) = (request.values(key) for key in ("type", "start", "count"))
        assert request.values("action") == ["getcurrent"]
        assert request.values("output") == ["atom"]
        begin, size = int(start), min(int(count), MOST)
        # what begins with the form asked for is given, too: 8-K/A, 8-K12B
        matching = [one for one in self.filings if one.form.startswith(form)]
        entries = "".join(self._entry(one) for one in matching[begin : begin + size])
        feed = (
            '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
            '<feed xmlns="http://www.w3.org/2005/Atom">\n<title>Latest Filings</title>\n'
            f"<id>https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent</id>\n{entries}</feed>"
        )
        return Reply(
            body=feed.encode("iso-8859-1"), headers={"Content-Type": "application/atom+xml"}
        )

    def _entry(self, one: Filed) -> str:
        folder = one.accession.replace("-", "")
        items = "".join(
            f"\n&lt;br&gt;Item {code}: As the SEC calls it" for code in one.items.split(",") if code
        )
        return f"""<entry>
<title>{one.form} - {escape(self.names.get(one.cik, "Nobody"))} ({one.cik:010}) (Filer)</title>
<link rel="alternate" type="text/html" href="https://www.sec.gov/Archives/edgar/data/{one.cik}/{folder}/{one.accession}-index.htm"/>
<summary type="html">
 &lt;b&gt;Filed:&lt;/b&gt; {one.filing_date} &lt;b&gt;AccNo:&lt;/b&gt; {one.accession}{items}
</summary>
<updated>{one.at.astimezone(NEW_YORK).isoformat()}</updated>
<category scheme="https://www.sec.gov/" label="form type" term="{one.form}"/>
<id>urn:tag:sec.gov,2008:accession-number={one.accession}</id>
</entry>
"""

    def _files(self, cik: int) -> list[dict[str, Any]]:
        own = [one for one in self.filings if one.cik == cik]
        parts = [own[at : at + self.recent] for at in range(0, len(own), self.recent)] or [[]]
        older = [
            {
                "name": f"CIK{cik:010}-submissions-{number:03}.json",
                "filingCount": len(part),
                "filingFrom": part[-1].filing_date,
                "filingTo": part[0].filing_date,
            }
            for number, part in enumerate(parts[1:], 1)
        ]
        first = {
            "cik": str(cik),
            "name": self.names[cik],
            "filings": {"recent": self._columns(parts[0]), "files": older},
        }
        return [first, *map(self._columns, parts[1:])]

    def _columns(self, part: Sequence[Filed]) -> dict[str, Any]:
        def accepted(one: Filed) -> str:
            at = one.at.astimezone(NEW_YORK if one.cik in self.local else UTC)
            return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"

        return {
            "accessionNumber": [one.accession for one in part],
            "filingDate": [one.filing_date for one in part],
            "reportDate": ["" for _ in part],
            "acceptanceDateTime": [accepted(one) for one in part],
            "form": [one.form for one in part],
            "items": [one.items for one in part],
            "primaryDocDescription": [one.description for one in part],
        }


def json_of(document: Mapping[str, Any]) -> Any:
    return lambda request: Reply(body=json.dumps(document).encode())
