from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.ingest.primary.federal_register import FederalRegister, issued_at
from monitor.ingest.web.http import Http
from monitor.model import Cursor, FeedItem, Polled, PollFailed, PollOutcome
from tests.servers import LoopbackServer, Reply, Request

NOTHING_KNOWN = Cursor()
NOW = datetime(2025, 6, 13, 12, tzinfo=UTC)
DAY = date(2025, 6, 12)
ISSUED = datetime(2025, 6, 12, 12, 45, tzinfo=UTC)
PATH = "/api/v1/documents.json"


def document(number: str = "2025-1", **changed: Any) -> dict[str, Any]:
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


def source(server: LoopbackServer, **asked: tuple[str, ...]) -> FederalRegister:
    return FederalRegister("register", server.url(PATH), **asked)


def poll(register: FederalRegister, cursor: Cursor = NOTHING_KNOWN) -> PollOutcome:
    async def run() -> PollOutcome:
        async with Http("tester/1", 5, 1_000_000, per_host=2) as http:
            return await register.poll(http, cursor, NOW)

    return asyncio.run(run())


def history(register: FederalRegister, day: date = DAY, now: datetime = NOW) -> PollOutcome:
    async def run() -> PollOutcome:
        async with Http("tester/1", 5, 1_000_000, per_host=2) as http:
            return await register.history(http, day, now)

    return asyncio.run(run())


def numbers(outcome: PollOutcome) -> list[str]:
    assert isinstance(outcome, Polled)
    return [str(item.guid).partition("/")[2] for item in outcome.items]


def test_the_newest_documents(server: LoopbackServer) -> None:
    server.route(PATH, listing(document()))
    assert poll(source(server)) == Polled(
        "register",
        (
            FeedItem(
                source="register",
                outlet="Ores Department",
                guid="2025-06-12/2025-1",
                url="https://register.example/2025-1",
                title="Rule 2025-1",
                text="A short account.",
                published_at=ISSUED,
                seen_at=NOW,
            ),
        ),
        Cursor(),
    )
    (request,) = server.requests
    assert request.values("order") == ["newest"]
    assert request.values("per_page") == ["100"]
    assert "abstract" in request.values("fields[]")


def test_what_is_asked_for(server: LoopbackServer) -> None:
    server.route(PATH, listing())
    poll(
        source(
            server,
            terms=("Defense Production Act", "rare earth"),
            agencies=("interior-department", "energy-department"),
            conditions=("type[]=PRESDOCU", "significant=1"),
        )
    )
    (request,) = server.requests
    assert request.values("conditions[term]") == ['"Defense Production Act" | "rare earth"']
    assert request.values("conditions[agencies][]") == ["interior-department", "energy-department"]
    assert request.values("conditions[type][]") == ["PRESDOCU"]
    assert request.values("conditions[significant]") == ["1"]


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
    assert numbers(outcome) == ["9"]
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
    assert numbers(outcome) == ["1", "2", "3", "4"]
    assert isinstance(outcome, Polled)
    assert outcome.notes == ()
    assert {item.seen_at for item in outcome.items} == {ISSUED}
    assert {item.published_at for item in outcome.items} == {ISSUED}
    first = server.requests[0]
    assert first.values("conditions[publication_date][is]") == ["2025-06-12"]
    assert first.values("per_page") == ["1000"]
    assert first.values("conditions[term]") == ['"rare earth"']
    assert len(server.requests) == 3


def test_a_list_that_is_cut_off_is_noted(server: LoopbackServer) -> None:
    server.route(PATH, listing(document(), count=2001, following="?page=2"), Reply(status=400))
    outcome = history(source(server))
    assert numbers(outcome) == ["2025-1"]
    assert isinstance(outcome, Polled)
    assert outcome.notes == ("truncated: 1 of 2001 documents of 2025-06-12 were given",)


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
    assert numbers(history(source(server))) == ["2025-1"]
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
