"""The Federal Register's API: a server that answers as it does, with its limits and oddities."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.primary.federal_document import guid_of
from monitor.ingest.primary.federal_register import FederalRegister, days_of, issued_at
from monitor.ingest.primary.windows import Window
from monitor.model import Cursor, FeedItem, Polled, PollFailed, PollOutcome
from tests.asked import bad, good, polled, told
from tests.servers import LoopbackServer, Reply, Request

NOW = datetime(2025, 6, 13, 12, tzinfo=UTC)
DAY = date(2025, 6, 12)
ISSUED = datetime(2025, 6, 12, 12, 45, tzinfo=UTC)
PATH = "/api/v1/documents.json"
SEARCH = "/api/v1/public-inspection-documents.json"
CURRENT = "/api/v1/public-inspection-documents/current.json"


def document(number: str = "2025-00001", **changed: Any) -> dict[str, Any]:
    return {
        "title": f"Rule {number}",
        "abstract": "A <b>short</b> account.",
        "document_number": number,
        "html_url": f"https://register.example/{number}",
        "publication_date": "2025-06-12",
        "agencies": [{"raw_name": "DEPARTMENT OF ORES", "name": "Ores Department"}, {"name": "B"}],
    } | changed


def listing(*documents: Any, count: int | None = None, following: object = None) -> Reply:
    body = {"count": len(documents) if count is None else count, "results": documents}
    if following:
        body["next_page_url"] = following
    return Reply(body=json.dumps(body).encode())


def source(server: LoopbackServer, **asked: Any) -> FederalRegister:
    return FederalRegister("register", server.url(PATH), **asked)


def poll(register: FederalRegister, cursor: Cursor | None = None) -> PollOutcome:
    return polled(register, NOW, cursor)


def history(register: FederalRegister, day: date = DAY, now: datetime = NOW) -> PollOutcome:
    since = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return told(register, since, since + timedelta(days=1), now)


def numbers(outcome: PollOutcome) -> list[str]:
    return [str(item.guid) for item in good(outcome).items]


def test_the_newest_documents(server: LoopbackServer) -> None:
    server.route(PATH, listing(document()))
    assert poll(source(server)) == Polled(
        "register",
        (
            FeedItem(
                source="register",
                outlet="Ores Department",
                guid="2025-00001",
                url="https://register.example/2025-00001",
                title="Rule 2025-00001",
                text="A short account.",
                published_at=ISSUED,
                seen_at=NOW,
            ),
        ),
        Cursor(),
    )
    (request,) = server.requests
    assert request.values("order") == ["newest"]
    assert request.values("per_page") == ["1000"]
    assert request.values("conditions[publication_date][gte]") == ["2025-06-08"]
    assert "abstract" in request.values("fields[]")


def test_what_is_asked_for(server: LoopbackServer) -> None:
    server.route(PATH, listing())
    poll(
        source(
            server,
            terms=("Defense Production Act", "rare earth"),
            agencies=("interior-department", "energy-department"),
            types=("PRESDOCU", "RULE"),
        )
    )
    (request,) = server.requests
    assert request.values("conditions[term]") == ['"Defense Production Act" | "rare earth"']
    assert request.values("conditions[agencies][]") == ["interior-department", "energy-department"]
    assert request.values("conditions[type][]") == ["PRESDOCU", "RULE"]


def test_a_document_with_little_in_it(server: LoopbackServer) -> None:
    bare = document(abstract=None, agencies=[], html_url=None, excerpts="<i>Found</i> here")
    server.route(PATH, listing(bare, document("2", agencies=[{"raw_name": "OFFICE"}], abstract="")))
    outcome = poll(source(server))
    assert isinstance(outcome, Polled)
    one, two = outcome.items
    assert (one.text, one.outlet, one.url) == ("Found here", "register", None)
    assert (two.text, two.outlet) == ("", "OFFICE")


def test_documents_that_cannot_be_read_are_counted(server: LoopbackServer) -> None:
    bad = [
        "text",
        document(title=None),
        document(document_number=None),
        document(publication_date=None),
        document(publication_date="soon"),
        document(publication_date="0001-01-01", title=" "),
    ]
    server.route(PATH, listing(*bad, document("9", agencies=["odd"])))
    outcome = poll(source(server))
    assert numbers(outcome) == ["2025-06-12/9"]
    assert isinstance(outcome, Polled)
    assert outcome.notes == ("6 of 7 documents cannot be read",)


def test_an_unchanged_list_is_not_sent_again(server: LoopbackServer) -> None:
    server.route(PATH, Reply(body=b'{"count": 0}', etag='"1"'))
    register = source(server)
    first = poll(register)
    assert first == Polled("register", (), Cursor('"1"'))
    assert isinstance(first, Polled)
    second = poll(register, first.cursor)
    assert second == Polled("register", (), Cursor('"1"'), not_modified=True)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<html>Down for repairs</html>", "the answer is not a JSON object"),
        (b"\xff\xfe", "the answer is not a JSON object"),
        (b"[" * 100_000, "the answer is not a JSON object"),
        (b"[]", "the answer is not a JSON object"),
        (b"{}", "the answer is not a list of documents"),
        (b'{"count": 1, "results": {}}', "the answer is not a list of documents"),
    ],
)
def test_garbage_is_a_failure(server: LoopbackServer, body: bytes, what: str) -> None:
    server.route(PATH, Reply(body=body))
    for outcome in (poll(source(server)), history(source(server))):
        assert outcome == PollFailed("register", server.url(PATH), what)


def test_a_refusal_is_a_failure(server: LoopbackServer) -> None:
    server.route(PATH, Reply(status=429, headers={"Retry-After": "60"}))
    for outcome in (poll(source(server)), history(source(server))):
        assert isinstance(outcome, PollFailed)
        assert (outcome.status, outcome.retry_after) == (429, 60.0)


def test_a_day_is_read_page_by_page(server: LoopbackServer) -> None:
    def page(request: Request) -> Reply:
        number = int((request.values("page") or ["1"])[0])
        following = f"https://elsewhere.example/api?page={number + 1}" if number < 3 else None
        # the last document of a page is the first of the next: the list grew meanwhile
        held = [document(str(number)), document(str(number + 1))]
        return listing(*held, count=4, following=following)

    server.route(PATH, page)
    outcome = history(source(server, terms=("rare earth",)))
    assert numbers(outcome) == [f"2025-06-12/{number}" for number in (1, 2, 3, 4)]
    assert isinstance(outcome, Polled)
    assert outcome.notes == ()
    assert {item.seen_at for item in outcome.items} == {ISSUED}
    assert {item.published_at for item in outcome.items} == {ISSUED}
    first = server.requests[0]
    assert first.values("conditions[publication_date][is]") == ["2025-06-12"]
    assert first.values("per_page") == ["1000"]
    assert first.values("conditions[term]") == ['"rare earth"']
    assert len(server.requests) == 3


class Register:
    """Lists documents of one search up to `window`, in pages of `page` at most; for those beyond
    it answers 400, or with the first page again."""

    def __init__(self, held: list[dict[str, Any]], window: int, page: int, beyond: str) -> None:
        self.held, self.window, self.page, self.beyond = held, window, page, beyond

    def __call__(self, request: Request) -> Reply:
        (day,) = request.values("conditions[publication_date][is]")
        types = request.values("conditions[type][]")
        found = [
            one
            for one in self.held
            if one["publication_date"] == day and (not types or one["type"] in types)
        ]
        if not found:
            return Reply(status=404, body=b'{"count": 0, "results": []}')
        size = min(int(request.values("per_page")[0]), self.page)
        number = int((request.values("page") or ["1"])[0])
        if number * size > self.window:
            if self.beyond == "refuse":
                return Reply(status=400, body=b'{"errors": {"page": "too far"}}')
            number = 1
        query = "&".join(f"{key}={value}" for key, value in request.query if key != "page")
        more = number * size < len(found)
        following = f"https://register.example/x?{query}&page={number + 1}" if more else None
        shown = found[(number - 1) * size : number * size]
        return listing(*shown, count=len(found), following=following)


def of_type(kind: str, count: int) -> list[dict[str, Any]]:
    return [document(f"2025-{ord(kind[0])}{one:03}", type=kind) for one in range(count)]


@pytest.mark.parametrize("beyond", ["refuse", "begin again"])
@pytest.mark.parametrize("page", [3, 1000])
def test_a_day_that_is_too_large_is_read_by_type(
    server: LoopbackServer, beyond: str, page: int
) -> None:
    held = [*of_type("RULE", 9), *of_type("NOTICE", 12), *of_type("PRESDOCU", 1)]
    other = [document("2025-99999", publication_date="2025-06-11", type="RULE")]
    server.route(PATH, Register(held + other, window=12, page=page, beyond=beyond))
    outcome = history(source(server))
    if page == 1000 and beyond == "refuse":  # nothing at all is listed: a bad question
        assert bad(outcome).status == 400
        return
    if page == 1000:
        page = len(held)
    assert sorted(numbers(outcome)) == sorted(one["document_number"] for one in held)
    assert good(outcome).notes == ()


@pytest.mark.parametrize("types", [(), ("NOTICE",)])
def test_what_is_still_cut_off_is_noted(server: LoopbackServer, types: tuple[str, ...]) -> None:
    server.route(PATH, Register(of_type("NOTICE", 20), window=12, page=4, beyond="refuse"))
    outcome = history(source(server, types=types))
    assert len(numbers(outcome)) == 12
    assert good(outcome).notes == ("truncated: 12 of 20 documents of 2025-06-12 were given",)


def test_a_poll_reads_on_where_a_page_does_not_hold_all(server: LoopbackServer) -> None:
    first = listing(document("2025-00001"), count=3, following="https://x.example/?page=2")
    server.route(PATH, first, listing(document("2025-00002"), count=3), Reply(status=500))
    outcome = good(poll(source(server)))
    assert numbers(outcome) == ["2025-00001", "2025-00002"]
    assert outcome.notes == ("truncated: 2 of 3 documents since 2025-06-08 were given",)


def test_nothing_found_may_be_a_404(server: LoopbackServer) -> None:
    nothing = Reply(status=404, body=b'{"count": 0, "results": []}')
    server.route(PATH, nothing)
    assert history(source(server)) == Polled("register", (), Cursor())
    assert poll(source(server)) == Polled("register", (), Cursor())
    server.route(PATH, Reply(status=404, body=b"<html>no such page</html>"))
    assert bad(poll(source(server))).status == 404


def test_a_page_that_fails_fails_the_day(server: LoopbackServer) -> None:
    server.route(PATH, listing(document(), count=2, following="?page=2"), Reply(status=500))
    outcome = history(source(server))
    assert isinstance(outcome, PollFailed)
    assert outcome.status == 500


def test_a_bad_question_fails_the_day(server: LoopbackServer) -> None:
    server.route(PATH, Reply(status=400))
    assert isinstance(history(source(server)), PollFailed)


@pytest.mark.parametrize("following", ["?page=1", "http://[", 7, "https://elsewhere.example/"])
def test_pages_that_lead_nowhere_end(server: LoopbackServer, following: object) -> None:
    server.route(PATH, listing(document(), following=following))
    assert numbers(history(source(server))) == ["2025-00001"]
    assert len(server.requests) <= 2


def test_a_day_without_an_issue(server: LoopbackServer) -> None:
    server.route(PATH, listing())
    assert history(source(server)) == Polled("register", (), Cursor())


def test_nothing_is_seen_in_the_future(server: LoopbackServer) -> None:
    server.route(PATH, listing(document()))
    early = datetime(2025, 6, 12, 9, tzinfo=UTC)
    outcome = history(source(server), now=early)
    assert isinstance(outcome, Polled)
    assert outcome.items[0].seen_at == early


def test_the_hour_of_issue_follows_washington_s_clock() -> None:
    assert issued_at(date(2025, 6, 12)) == ISSUED
    assert issued_at(date(2025, 12, 12)) == datetime(2025, 12, 12, 13, 45, tzinfo=UTC)


# ---------------------------------------------------------------- public inspection


def inspected(number: str = "2025-00007", **changed: Any) -> dict[str, Any]:
    return {
        "title": "Order on Rare Earth Magnets",
        "document_number": number,
        "html_url": f"https://register.example/public-inspection/{number}",
        "publication_date": "2025-06-13",
        "filed_at": "2025-06-12T16:15:00.000-04:00",
        "type": "Presidential Document",
        "agencies": [{"name": "Ores Department", "slug": "ores-department"}],
    } | changed


FILED = datetime(2025, 6, 12, 20, 15, tzinfo=UTC)


def test_what_is_on_inspection_is_polled_too(server: LoopbackServer) -> None:
    server.route(PATH, listing(document()))
    server.route(CURRENT, listing(inspected()))
    outcome = good(poll(source(server, inspection=True)))
    first, second = outcome.items
    assert first == FeedItem(
        source="register",
        outlet="Ores Department",
        guid="2025-00007",
        url="https://register.example/public-inspection/2025-00007",
        title="Order on Rare Earth Magnets",
        text="",
        published_at=FILED,
        seen_at=NOW,
    )
    assert second.guid == "2025-00001"


def test_a_document_is_the_same_before_and_after_it_is_published(server: LoopbackServer) -> None:
    server.route(PATH, listing(document("2025-00007", publication_date="2025-06-13")))
    server.route(CURRENT, listing(inspected()))
    before, after = good(poll(source(server, inspection=True))).items
    assert before.guid == after.guid
    assert before.url != after.url
    assert [before.published_at, after.published_at] == [FILED, issued_at(date(2025, 6, 13))]


@pytest.mark.parametrize(
    ("number", "published", "guid"),
    [
        ("2025-12345", "2025-06-12", "2025-12345"),
        ("C1-2025-12345", "2025-06-12", "C1-2025-12345"),
        ("2015-12345", "2015-06-12", "2015-06-12/2015-12345"),
        ("E8-1234", "2008-06-12", "2008-06-12/E8-1234"),
        ("E8-1234", None, "E8-1234"),
    ],
)
def test_numbers_that_may_come_twice_are_told_apart_by_the_day(
    number: str, published: str | None, guid: str
) -> None:
    assert guid_of(number, published) == guid


def test_wishes_make_a_search_of_what_is_on_inspection(server: LoopbackServer) -> None:
    server.route(PATH, listing())
    server.route(SEARCH, listing(inspected(excerpts="of <b>rare earths</b>")))
    register = source(server, terms=("rare earth",), types=("PRESDOCU",), inspection=True)
    (item,) = good(poll(register)).items
    assert item.text == "of rare earths"
    request = server.requests[-1]
    assert request.values("conditions[term]") == ['"rare earth"']
    assert request.values("conditions[type][]") == ["PRESDOCU"]
    assert {"filed_at", "excerpts"} <= set(request.values("fields[]"))


def test_inspections_that_are_cut_off_are_noted(server: LoopbackServer) -> None:
    server.route(PATH, listing())
    server.route(SEARCH, listing(inspected(), count=201))
    outcome = good(poll(source(server, terms=("ore",), inspection=True)))
    assert outcome.notes == ("truncated: 1 of 201 documents on public inspection were given",)


def test_each_of_the_two_lists_has_its_own_mark(server: LoopbackServer) -> None:
    def documents(request: Request) -> Reply:
        return Reply(body=b'{"count": 0}', etag='"one"')

    server.route(PATH, documents)
    server.route(CURRENT, Reply(body=b'{"count": 0}', etag='"two"'))
    register = source(server, inspection=True)
    first = good(poll(register))
    assert first.cursor == Cursor('"one"', None, '"two"')
    assert good(poll(register, first.cursor)) == Polled(
        "register", (), first.cursor, not_modified=True
    )
    server.route(CURRENT, listing(inspected()))
    third = good(poll(register, first.cursor))
    assert [item.guid for item in third.items] == ["2025-00007"]
    assert third.cursor == Cursor('"one"', None, None)
    assert not third.not_modified


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(body=b"[]"), Reply(cut_at=3, body=b"{}")]
)
def test_documents_do_not_wait_for_an_inspection_that_fails(
    server: LoopbackServer, reply: Reply
) -> None:
    server.route(PATH, listing(document()))
    server.route(CURRENT, reply)
    outcome = good(poll(source(server, inspection=True)))
    assert [item.guid for item in outcome.items] == ["2025-00001"]
    (note,) = outcome.notes
    assert note.startswith("no documents on public inspection: ")


class Desk:
    """The lists of past days: whole ones, that no condition makes shorter."""

    def __init__(self, days: dict[str, list[dict[str, Any]]]) -> None:
        self.days = days

    def __call__(self, request: Request) -> Reply:
        (day,) = request.values("conditions[available_on]")
        return listing(*self.days.get(day, []))


def guids(outcome: PollOutcome) -> list[str]:
    return [str(item.guid) for item in good(outcome).items]


def test_history_has_what_was_filed_with_its_hour(server: LoopbackServer) -> None:
    early = inspected("2025-00008", filed_at="2025-06-11T08:45:00.000-04:00")
    morning = inspected("2025-00009", filed_at="2025-06-12T08:45:00.000-04:00")
    server.route(PATH, listing())
    # what is filed for a later issue stands in the list of every day until then
    server.route(SEARCH, Desk({"2025-06-11": [early], "2025-06-12": [early, morning, inspected()]}))
    register = source(server, inspection=True)
    outcome = good(history(register))
    assert guids(outcome) == ["2025-00009", "2025-00007"]
    assert [item.seen_at for item in outcome.items] == [item.published_at for item in outcome.items]
    assert outcome.items[1].published_at == FILED
    assert guids(history(register, date(2025, 6, 11))) == ["2025-00008"]


def test_what_is_filed_on_a_day_without_a_list_stands_in_the_next(server: LoopbackServer) -> None:
    saturday = inspected(filed_at="2025-06-14T11:00:00.000-04:00")
    server.route(PATH, listing())
    server.route(SEARCH, Desk({"2025-06-13": [inspected("2025-1")], "2025-06-16": [saturday]}))
    register = source(server, inspection=True)
    later = datetime(2025, 6, 20, tzinfo=UTC)
    assert guids(history(register, date(2025, 6, 14), later)) == ["2025-00007"]
    assert guids(history(register, date(2025, 6, 16), later)) == []
    # lists of days to come are not asked for
    server.requests.clear()
    history(register, date(2025, 6, 14), datetime(2025, 6, 15, 12, tzinfo=UTC))
    asked = {
        one for request in server.requests for one in request.values("conditions[available_on]")
    }
    assert max(asked) == "2025-06-15"


def test_history_of_inspections_goes_by_titles_agencies_and_types(server: LoopbackServer) -> None:
    held = [
        inspected("2025-00001"),
        inspected("2025-00002", title="Rare Earthworms"),
        inspected("2025-00003", type="Notice"),
        inspected("2025-00004", agencies=[{"slug": "other"}, "odd"]),
        inspected("2025-00005", agencies=None),
    ]
    server.route(PATH, listing())
    server.route(SEARCH, Desk({"2025-06-12": held}))
    register = source(
        server,
        terms=("magnet", "RARE EARTH"),
        agencies=("ores-department",),
        types=("PRESDOCU",),
        inspection=True,
    )
    outcome = good(history(register))
    assert guids(outcome) == ["2025-00001"]
    assert outcome.notes == (
        "public inspection of 2025-06-12: terms were looked for in the titles alone",
    )


def test_a_document_filed_and_published_in_one_span_is_one(server: LoopbackServer) -> None:
    server.route(PATH, listing(document("2025-00007", publication_date="2025-06-13")))
    server.route(SEARCH, Desk({"2025-06-12": [inspected()]}))
    since = datetime(2025, 6, 12, tzinfo=UTC)
    register = source(server, inspection=True)
    outcome = told(register, since, since + timedelta(days=2), datetime(2025, 7, 1, tzinfo=UTC))
    (item,) = good(outcome).items
    assert item.published_at == FILED


def test_a_failing_desk_fails_the_day(server: LoopbackServer) -> None:
    server.route(PATH, listing(document()))
    server.route(SEARCH, Reply(status=503))
    assert bad(history(source(server, inspection=True))).status == 503


def test_inspections_that_cannot_be_read_are_counted(server: LoopbackServer) -> None:
    server.route(PATH, listing())
    odd = [
        "text",
        inspected(title=None),
        inspected(document_number=None),
        inspected(filed_at=None),
        inspected(filed_at="soon"),
        inspected(filed_at="0001-01-01T00:00:00+12:00"),
        inspected(filed_at="2025-06-12T16:15:00", html_url=None, publication_date=None),
    ]
    server.route(CURRENT, listing(*odd))
    outcome = good(poll(source(server, inspection=True)))
    assert [(item.published_at, item.url) for item in outcome.items] == [(FILED, None)]
    assert outcome.notes == ("6 of 7 documents on public inspection cannot be read",)


@given(
    st.integers(0, 2 * 366 * 86400),
    st.timedeltas(timedelta(seconds=1), timedelta(days=5)),
)
def test_spans_side_by_side_have_each_issue_once(start: int, length: timedelta) -> None:
    since = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    cuts = [since + length * part / 3 for part in range(4)]
    whole = Window(cuts[0], cuts[3])
    parts = [Window(one, other) for one, other in pairwise(cuts) if one < other]
    issues = [day for day in days_of(whole) if issued_at(day) in whole]
    assert [day for part in parts for day in days_of(part) if issued_at(day) in part] == issues
