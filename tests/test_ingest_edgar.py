"""EDGAR: what is filed, with the time at which the public could see it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.primary.edgar import Edgar
from monitor.ingest.primary.edgar_filings import (
    NEW_YORK,
    Row,
    clock_of,
    on_clock,
    public_at,
    rows_of,
)
from monitor.model import Cursor, FeedItem, PollOutcome
from tests.asked import bad, good, polled, told
from tests.edgar_server import BLOCKED, THROTTLED, Filed, Sec
from tests.servers import LoopbackServer, Reply

ORE, GEAR, OTHER = 1801368, 77, 5
NAMES = {ORE: "Ore Corp. / DE", GEAR: "Gear & Söhne Inc", OTHER: "Other LLC"}
TICKERS = {"ORE": ORE, "GEAR-B": GEAR, "OTH": OTHER}
NOON = datetime(2025, 7, 10, 16, tzinfo=UTC)  # a Thursday, 12:00 in New York


FIRST_PAGE = (("action", "getcurrent"), ("output", "atom"), ("start", "0"), ("count", "100"))


def number(of: int) -> str:
    return f"0000000001-25-{of:06}"


def filed(of: int, at: datetime, cik: int = ORE, **more: Any) -> Filed:
    return Filed(cik, number(of), at, **more)


def source(server: LoopbackServer, **more: Any) -> Edgar:
    asked = {"symbols": ("ORE", "GEAR.B"), "forms": ("8-K",), "spacing": 0.0} | more
    url = server.url("")
    return Edgar("edgar", "someone@example.org", site=url, data=url, **asked)


def accessions(outcome: PollOutcome) -> list[str]:
    return [str(item.guid).partition("/")[2] for item in good(outcome).items]


def lists_asked(server: LoopbackServer) -> list[str]:
    return [one.path.rpartition("/")[2] for one in server.requests]


def test_a_filing_in_words(server: LoopbackServer) -> None:
    at = NOON - timedelta(hours=2)
    Sec(server, NAMES, [filed(1, at, items="1.01,3.02,9.01")], tickers=TICKERS)
    (item,) = good(polled(source(server), NOON)).items
    assert item == FeedItem(
        source="edgar",
        outlet="edgar",
        guid=f"{ORE}/{number(1)}",
        url=server.url(f"/Archives/edgar/data/{ORE}/000000000125000001/{number(1)}-index.htm"),
        title=(
            "Ore Corp.: 8-K, Entry into a Material Definitive Agreement;"
            " Unregistered Sales of Equity Securities"
        ),
        text=(
            "Ore Corp. ($ORE) filed Form 8-K with the SEC.\n"
            "Item 1.01: Entry into a Material Definitive Agreement\n"
            "Item 3.02: Unregistered Sales of Equity Securities\n"
            "Item 9.01: Financial Statements and Exhibits"
        ),
        published_at=at,
        seen_at=NOON,
    )


def test_the_list_of_latest_filings_is_read_after_the_first_poll(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    assert first.items == ()
    assert "browse-edgar" not in lists_asked(server)
    later = NOON + timedelta(minutes=5)
    held = [
        filed(1, later - timedelta(minutes=2), items="2.02"),
        filed(2, later - timedelta(minutes=1), GEAR, form="8-K/A", items="9.99"),
        filed(3, later - timedelta(minutes=1), OTHER),  # nobody's that is watched
        filed(4, later - timedelta(minutes=1), form="8-K12B"),  # another form
        filed(5, NOON - timedelta(hours=3)),
    ]
    Sec(server, NAMES, held, tickers=TICKERS)
    server.requests.clear()
    second = good(polled(source(server), later, first.cursor))
    assert lists_asked(server) == ["browse-edgar"]
    told_of = [(item.title, item.published_at, item.seen_at) for item in second.items]
    assert told_of == [  # the oldest first
        (
            "Ore Corp.: 8-K, Entry into a Material Definitive Agreement",
            NOON - timedelta(hours=3),
            later,
        ),
        (
            "Ore Corp.: 8-K, Results of Operations and Financial Condition",
            later - timedelta(minutes=2),
            later,
        ),
        ("Gear & Söhne Inc: 8-K/A", later - timedelta(minutes=1), later),
    ]


def test_the_words_are_the_same_from_either_list(server: LoopbackServer) -> None:
    sec_filings = [filed(1, NOON + timedelta(minutes=1), GEAR, items="5.02,9.01")]
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    Sec(server, NAMES, sec_filings, tickers=TICKERS)
    later = NOON + timedelta(minutes=5)
    (latest,) = good(polled(source(server), later, first.cursor)).items
    (own,) = good(polled(source(server), later)).items
    assert own == latest


def test_pages_are_read_back_to_the_last_poll(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    later = NOON + timedelta(hours=4)
    others = [filed(one, later - timedelta(minutes=one), OTHER) for one in range(1, 240)]
    held = [*others, filed(900, NOON + timedelta(minutes=30)), filed(901, NOON - timedelta(days=1))]
    held += [filed(one, NOON - timedelta(hours=3), OTHER) for one in range(1000, 1400)]
    Sec(server, NAMES, held, tickers=TICKERS)
    server.requests.clear()
    assert accessions(polled(source(server), later, first.cursor)) == [number(900)]
    starts = [one.values("start") for one in server.requests]
    assert starts == [["0"], ["100"], ["200"]]


def test_the_companies_own_lists_are_read_once_a_day(server: LoopbackServer) -> None:
    """They have what the other list shows late, or no more."""
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    missed = [filed(1, NOON + timedelta(hours=1))]
    missed += [filed(one, NOON + timedelta(hours=20), OTHER) for one in range(100, 2300)]
    Sec(server, NAMES, missed, tickers=TICKERS)
    server.requests.clear()
    outcome = good(polled(source(server), NOON + timedelta(days=1), first.cursor))
    assert accessions(outcome) == [number(1)]
    assert lists_asked(server).count(f"CIK{ORE:010}.json") == 1
    assert lists_asked(server).count("company_tickers.json") == 1
    server.requests.clear()
    polled(source(server), NOON + timedelta(days=1, minutes=5), outcome.cursor)
    assert set(lists_asked(server)) == {"browse-edgar"}


def test_a_list_that_does_not_reach_back_is_made_up_for(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    later = NOON + timedelta(hours=5)
    held = [filed(one, later - timedelta(seconds=one), OTHER) for one in range(1, 2101)]
    held += [filed(5000, NOON + timedelta(hours=1))]
    Sec(server, NAMES, held, tickers=TICKERS)
    outcome = polled(source(server), later, first.cursor)
    assert accessions(outcome) == [number(5000)]


def test_entries_that_cannot_be_read_are_nobody_s(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    odd = Reply(
        body=b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Latest Filings</title>
        <entry><title>Maintenance tonight</title><id>urn:1</id></entry>
        <entry><title>8-K - Ore Corp. (0001801368) (Filer)</title><id>urn:2</id></entry></feed>"""
    )
    server.route("/cgi-bin/browse-edgar", odd)
    assert good(polled(source(server), NOON, first.cursor)).items == ()


def test_a_list_that_shows_one_page_for_ever_is_left(server: LoopbackServer) -> None:
    held = [filed(one, NOON + timedelta(hours=2), OTHER) for one in range(1, 201)]
    sec = Sec(server, NAMES, held, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    server.route(
        "/cgi-bin/browse-edgar",
        lambda request: sec.latest(replace(request, query=(*FIRST_PAGE, ("type", "8-K")))),
    )
    server.requests.clear()
    assert good(polled(source(server), NOON + timedelta(hours=3), first.cursor)).items == ()
    assert lists_asked(server).count("browse-edgar") == 2
    assert f"CIK{ORE:010}.json" in lists_asked(server)  # made up for


def test_the_sec_is_told_who_is_calling_in_its_own_form(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    polled(replace(source(server), contact="Łukasz Müller lm@example.org"), NOON)
    callers = {request.headers["user-agent"] for request in server.requests}
    assert callers == {"monitor ?ukasz Müller lm@example.org"}


def test_each_form_is_asked_for(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    edgar = source(server, forms=("8-K", "6-K"))
    first = good(polled(edgar, NOON))
    later = NOON + timedelta(minutes=5)
    held = [filed(1, later, form="6-K", items="", description="REPORT OF A FOREIGN ISSUER")]
    Sec(server, NAMES, held, tickers=TICKERS)
    server.requests.clear()
    (item,) = good(polled(edgar, later, first.cursor)).items
    assert [one.values("type") for one in server.requests] == [["8-K"], ["6-K"]]
    assert item.title == "Ore Corp.: 6-K"
    (again,) = good(polled(edgar, later)).items
    assert again.title == "Ore Corp.: 6-K, REPORT OF A FOREIGN ISSUER"


def test_companies_may_be_named_by_cik(server: LoopbackServer) -> None:
    Sec(server, NAMES, [filed(1, NOON - timedelta(hours=1), OTHER)])
    (item,) = good(polled(source(server, symbols=(), ciks=(OTHER,)), NOON)).items
    assert item.text.startswith("Other LLC filed Form 8-K")
    assert "company_tickers.json" not in lists_asked(server)


def test_a_symbol_that_is_not_registered_is_noted_once_a_day(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    edgar = source(server, symbols=("ORE", "LYC.AX"))
    first = good(polled(edgar, NOON))
    assert first.notes == ("not registered with the SEC: LYC.AX",)
    second = good(polled(edgar, NOON + timedelta(minutes=5), first.cursor))
    assert second.notes == ()
    # another symbol: the table is read again at once
    third = source(server, symbols=("ORE", "GEAR.B", "LYC.AX"))
    server.requests.clear()
    polled(third, NOON + timedelta(minutes=10), second.cursor)
    assert "company_tickers.json" in lists_asked(server)


@pytest.mark.parametrize("position", ["nonsense", "[]", '{"latest": 3}', '{"ciks": {"A": "x"}}'])
def test_a_position_that_cannot_be_read_is_none(server: LoopbackServer, position: str) -> None:
    Sec(server, NAMES, [filed(1, NOON - timedelta(hours=1))], tickers=TICKERS)
    outcome = polled(source(server), NOON, Cursor(position=position))
    assert accessions(outcome) == [number(1)]


# ---------------------------------------------------------------- refusals


def test_nobody_is_not_sent_to_the_sec(server: LoopbackServer) -> None:
    edgar = replace(source(server), contact="")
    for outcome in (polled(edgar, NOON), told(edgar, NOON, NOON, NOON)):
        assert "[poll] contact" in bad(outcome).what
    assert server.requests == []


@pytest.mark.parametrize("status", [403, 200, 429])
@pytest.mark.parametrize(("page", "what"), [(BLOCKED, "who is calling"), (THROTTLED, "shut this")])
def test_being_sent_away_is_told_in_plain_words(
    server: LoopbackServer, status: int, page: bytes, what: str
) -> None:
    server.route("/files/company_tickers.json", Reply(status=status, body=page))
    outcome = bad(polled(source(server), NOON))
    assert what in outcome.what
    assert (outcome.status, outcome.retry_after) == (status, 600.0)


def test_a_throttle_in_the_middle_of_history_fails_the_span(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    server.route(f"/submissions/CIK{GEAR:010}.json", Reply(status=403, body=THROTTLED))
    outcome = bad(told(source(server), NOON - timedelta(days=1), NOON, NOON))
    assert outcome.retry_after == 600.0


@pytest.mark.parametrize(
    ("path", "reply", "what"),
    [
        ("/files/company_tickers.json", Reply(body=b"{}"), "not the table of tickers"),
        ("/files/company_tickers.json", Reply(body=b"[]"), "not a JSON object"),
        ("/files/company_tickers.json", Reply(status=500), "status 500"),
        (f"/submissions/CIK{ORE:010}.json", Reply(body=b"{}"), "not a list of filings"),
        (
            f"/submissions/CIK{ORE:010}.json",
            Reply(body=b'{"filings": {"recent": []}}'),
            "not a list",
        ),
    ],
)
def test_garbage_is_a_failure(server: LoopbackServer, path: str, reply: Reply, what: str) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    server.route(path, reply)
    assert what in bad(polled(source(server), NOON)).what


@pytest.mark.parametrize("broken", [Reply(body=b"{}"), Reply(status=500)])
def test_one_company_s_broken_list_keeps_nothing_back(
    server: LoopbackServer, broken: Reply
) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    later = NOON + timedelta(days=1)
    Sec(server, NAMES, [filed(1, later)], tickers=TICKERS)
    server.route(f"/submissions/CIK{GEAR:010}.json", broken)
    second = good(polled(source(server), later, first.cursor))
    assert accessions(second) == [number(1)]
    (note,) = second.notes
    assert note.startswith("the companies' own lists: ")
    # they are asked for again by the next poll
    Sec(server, NAMES, [filed(1, later), filed(2, NOON, GEAR)], tickers=TICKERS)
    third = good(polled(source(server), later + timedelta(minutes=5), second.cursor))
    assert set(accessions(third)) == {number(1), number(2)}


def test_a_throttle_in_the_middle_of_a_poll_is_kept_to(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    first = good(polled(source(server), NOON))
    server.route(f"/submissions/CIK{GEAR:010}.json", Reply(status=403, body=THROTTLED))
    outcome = bad(polled(source(server), NOON + timedelta(days=1), first.cursor))
    assert outcome.retry_after == 600.0


def test_a_company_that_edgar_does_not_have_is_noted(server: LoopbackServer) -> None:
    held = [filed(1, NOON - timedelta(hours=1)), filed(2, NOON - timedelta(days=30, hours=6))]
    Sec(server, NAMES, held, tickers=TICKERS, local=frozenset({ORE}))
    outcome = good(polled(source(server, ciks=(424242,)), NOON))
    assert accessions(outcome) == [number(1)]
    assert outcome.notes == ("EDGAR has no CIK0000424242.json: is the CIK right?",)


# ---------------------------------------------------------------- history


def day(on: date) -> tuple[datetime, datetime]:
    since = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return since, since + timedelta(days=1)


LATER = datetime(2025, 12, 1, tzinfo=UTC)


def test_history_goes_through_the_older_files_that_it_needs(server: LoopbackServer) -> None:
    held = [filed(one, NOON + timedelta(days=one - 50)) for one in range(1, 51)]
    Sec(server, NAMES, held, tickers=TICKERS, recent=10)
    edgar = source(server, symbols=("ORE",))
    span = (NOON - timedelta(days=33), NOON - timedelta(days=28))
    outcome = told(edgar, *span, LATER)
    expected = {one.accession for one in held if span[0] <= one.at < span[1]}
    assert set(accessions(outcome)) == expected
    assert len(expected) == 5
    asked = lists_asked(server)
    assert f"CIK{ORE:010}-submissions-003.json" in asked
    assert f"CIK{ORE:010}-submissions-001.json" not in asked


def test_day_after_day_adds_up_and_asks_for_nothing_twice(server: LoopbackServer) -> None:
    held = [filed(one, NOON - timedelta(hours=7 * one), (ORE, GEAR)[one % 2]) for one in range(40)]
    Sec(server, NAMES, held, tickers=TICKERS, recent=7)
    edgar = source(server)
    first = (NOON - timedelta(days=13)).date()
    days = [first + timedelta(days=one) for one in range(15)]
    found = [one for on in days for one in accessions(told(edgar, *day(on), LATER))]
    assert sorted(found) == sorted(one.accession for one in held)
    assert len(lists_asked(server)) == len(set(lists_asked(server)))
    # another moment may know more
    told(edgar, *day(first), LATER + timedelta(hours=1))
    assert len(lists_asked(server)) > len(set(lists_asked(server)))


def test_what_is_filed_in_the_evening_is_public_the_next_morning(server: LoopbackServer) -> None:
    evening = datetime(2025, 7, 9, 23, 30, tzinfo=UTC)  # 19:30 in New York
    night = datetime(2025, 7, 10, 1, 30, tzinfo=UTC)  # 21:30
    held = [filed(1, evening), filed(2, night), filed(3, evening, form="4", items="")]
    Sec(server, NAMES, held, tickers=TICKERS)
    edgar = source(server, symbols=("ORE",), forms=("8-K", "4"))
    assert accessions(told(edgar, *day(date(2025, 7, 9)), LATER)) == [number(3)]
    outcome = good(told(edgar, *day(date(2025, 7, 10)), LATER))
    assert sorted(accessions(outcome)) == [number(1), number(2)]
    assert {item.seen_at for item in outcome.items} == {datetime(2025, 7, 10, 10, tzinfo=UTC)}
    assert {item.published_at for item in outcome.items} == {evening, night}


def test_the_clock_of_a_filer_is_found_out(server: LoopbackServer) -> None:
    after_close = datetime(2025, 7, 10, 20, 15, tzinfo=UTC)  # 16:15 in New York
    early = datetime(2025, 7, 10, 11, 0, tzinfo=UTC)  # 7:00
    held = [filed(1, after_close), filed(2, early), filed(3, after_close, GEAR)]
    held += [filed(4, early, GEAR), filed(5, after_close, OTHER)]
    Sec(server, NAMES, held, tickers=TICKERS, local=frozenset({GEAR, OTHER}))
    edgar = source(server, symbols=("ORE", "GEAR.B"))
    outcome = good(told(edgar, *day(date(2025, 7, 10)), LATER))
    assert {item.published_at for item in outcome.items} == {after_close, early}
    assert outcome.notes == ()
    # 16:15 with a Z behind may be either: nothing says that it is not noon in New York
    lone = good(told(source(server, symbols=("OTH",)), *day(date(2025, 7, 10)), LATER))
    assert lone.notes == ("Other LLC: its filings do not tell their clock, taken as UTC",)


moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def in_hours(at: datetime) -> bool:
    local = at.astimezone(NEW_YORK)
    return 6 <= local.hour < 22 and local.weekday() < 5


def row(at: datetime, clock: str) -> Row:
    on = date.fromisoformat(Filed(1, number(1), at).filing_date)
    written = at.astimezone(UTC if clock == "utc" else NEW_YORK).replace(tzinfo=None)
    return Row(number(1), "8-K", on, written, (), "")


@settings(max_examples=50)
@given(st.lists(moments.filter(in_hours), min_size=1), st.sampled_from(["utc", "new-york"]))
def test_a_clock_that_is_told_is_the_right_one(times: list[datetime], clock: str) -> None:
    rows = [row(at, clock) for at in times]
    found, sure = clock_of(rows)
    if sure:
        assert found == clock
        assert [on_clock(one.accepted, found) for one in rows] == times
    else:
        assert found == "utc"


def test_forms_that_may_come_late_tell_no_clock() -> None:
    at = datetime(2025, 7, 10, 1, tzinfo=UTC)
    late = [replace(row(at, "utc"), form=form) for form in ("4", "4/A", "SC 13D", "SCHEDULE 13G/A")]
    assert clock_of(late) == ("utc", False)


@given(moments, st.integers(0, 4))
def test_nothing_is_public_before_it_is_accepted_or_dated(at: datetime, days: int) -> None:
    on = at.astimezone(NEW_YORK).date() + timedelta(days=days)
    public = public_at(at, on)
    assert public >= at
    assert public.astimezone(NEW_YORK).date() >= on


def test_rows_that_cannot_be_read_are_counted() -> None:
    columns = {
        "accessionNumber": [number(1), "x", number(3), number(4), number(5)],
        "form": ["8-K", "8-K", "", "8-K", "8-K"],
        "filingDate": ["2025-07-10", "2025-07-10", "2025-07-10", "soon", "2025-07-10"],
        "acceptanceDateTime": ["2025-07-10T12:00:00", "2025-07-10T12:00:00Z", "x", "y", None],
    }
    rows, count = rows_of(columns)
    assert [one.accession for one in rows] == [number(1)]
    assert rows[0].accepted == datetime(2025, 7, 10, 12)  # noqa: DTZ001
    assert count == 4
    assert rows_of({}) == ((), 0)
    assert rows_of(columns | {"items": "odd", "primaryDocDescription": None})[1] == 4


def test_older_files_with_odd_dates_are_rather_asked_for_in_vain(server: LoopbackServer) -> None:
    Sec(server, NAMES, tickers=TICKERS)
    main = {
        "name": "Ore Corp.",
        "filings": {
            "recent": {"accessionNumber": []},
            "files": ["odd", {"name": "a/b.json"}, {"name": "old.json", "filingFrom": "?"}],
        },
    }
    server.route(f"/submissions/CIK{ORE:010}.json", Reply(body=json.dumps(main).encode()))
    bare = {
        "accessionNumber": [number(1), "x"],
        "form": ["8-K", "8-K"],
        "filingDate": ["2025-07-10", ""],
        "acceptanceDateTime": ["2025-07-10T20:15:00.000Z", ""],
    }
    server.route("/submissions/old.json", Reply(body=json.dumps(bare).encode()))
    outcome = good(told(source(server, symbols=("ORE",)), *day(date(2025, 7, 10)), LATER))
    assert accessions(outcome) == [number(1)]
    assert outcome.notes == ("1 filings in old.json cannot be read",)
