"""GDELT: its limits on questions, what it says in plain text, and JSON that is not quite JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.primary.gdelt import EXTRA, Gdelt
from monitor.ingest.primary.gdelt_query import LONGEST, questions_of, written_term
from monitor.model import Cursor, FeedItem, PollOutcome
from tests.asked import bad, good, polled, told
from tests.servers import LoopbackServer, Reply, Request

PATH = "/api/v2/doc/doc"
NOW = datetime(2025, 6, 13, 12, tzinfo=UTC)
DAY = datetime(2025, 6, 12, tzinfo=UTC)
ORE = '"rare earth"'
TIME = "%Y%m%d%H%M%S"


def article(number: int, seen: datetime, **more: Any) -> dict[str, Any]:
    return {
        "url": f"https://press.example/{number}",
        "url_mobile": "",
        "title": f"Report {number}",
        "seendate": f"{seen:%Y%m%dT%H%M%SZ}",
        "socialimage": "",
        "domain": "press.example",
        "language": "English",
        "sourcecountry": "United States",
    } | more


class Service:
    """Answers as GDELT does: both ends of a window are in it, `{}` where nothing is found, and
    every complaint in plain text with status 200."""

    def __init__(self, held: list[tuple[str, dict[str, Any]]], shortest: int = 0) -> None:
        self.held = held  # (what the question must hold, article)
        self.shortest = timedelta(minutes=shortest)
        self.busy = 0  # questions that are still turned away

    def __call__(self, request: Request) -> Reply:
        asked = dict(request.query)
        assert asked["mode"] == "ArtList"
        assert asked["format"] == "json"
        if self.busy:
            self.busy -= 1
            return plain("Please limit requests to one every 5 seconds or write to us.")
        since, until = (
            datetime.strptime(asked[key], TIME).replace(tzinfo=UTC)
            for key in ("startdatetime", "enddatetime")
        )
        if until - since + timedelta(seconds=1) < self.shortest:
            return plain("Timespan is too short.")
        query = asked["query"]
        if " OR " in query and not (query.startswith("(") and ")" in query):
            return plain("Queries containing OR'd terms must be surrounded by ().")
        if len(query) > 256:
            return plain("Your query was too short or too long.")
        found = [one for word, one in self.held if word in query and since <= seen_of(one) <= until]
        body: dict[str, Any] = {"articles": found[: int(asked["maxrecords"])]} if found else {}
        return Reply(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def seen_of(one: dict[str, Any]) -> datetime:
    return datetime.strptime(one["seendate"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def plain(text: str, status: int = 200) -> Reply:
    return Reply(status=status, body=text.encode(), headers={"Content-Type": "text/html"})


def source(server: LoopbackServer, *queries: str, **more: Any) -> Gdelt:
    return Gdelt("gdelt", queries or (ORE,), url=server.url(PATH), spacing=0.0, **more)


def a_day(gdelt: Gdelt, now: datetime = NOW) -> PollOutcome:
    return told(gdelt, DAY, DAY + timedelta(days=1), now)


def urls(outcome: PollOutcome) -> set[str | None]:
    return {item.url for item in good(outcome).items}


# ---------------------------------------------------------------- one answer


def test_an_article_counts_as_published_when_gdelt_saw_it(server: LoopbackServer) -> None:
    seen = DAY + timedelta(hours=16, minutes=30)
    server.route(
        PATH, Service([(ORE, article(1, seen, title="Ore : up 5 % , says ( one ) &amp; all"))])
    )
    for outcome, at in ((polled(source(server), NOW), NOW), (a_day(source(server)), seen)):
        assert good(outcome).items == (
            FeedItem(
                source="gdelt",
                outlet="press.example",
                guid=None,
                url="https://press.example/1",
                title="Ore: up 5%, says (one) & all",
                text="",
                published_at=seen,
                seen_at=at,
            ),
        )
    request = server.requests[0]
    assert request.values("maxrecords") == ["250"]
    assert request.values("query") == [ORE]


def test_json_with_wrong_escapes_and_control_characters_is_read(server: LoopbackServer) -> None:
    body = (
        rb'{"articles": [{"url": "https://press.example/1", "seendate": "20250612T101500Z",'
        rb' "title": "A \' B \\ C \" D \u00e9 \x0bE' + b"\x01\t\xff" + rb' F\/G", "domain": "p"}]}'
    )
    server.route(PATH, Reply(body=body))
    (item,) = good(polled(source(server), NOW)).items
    assert item.title == "A \\' B \\ C \" D é \\x0bE � F/G"


def test_articles_that_cannot_be_read_are_counted(server: LoopbackServer) -> None:
    odd = [
        "text",
        article(1, DAY, title=""),
        article(2, DAY, title=None),
        article(3, DAY, url=None),
        article(4, DAY, seendate="soon"),
        article(5, DAY, domain=None),
    ]
    server.route(PATH, Reply(body=json.dumps({"articles": odd}).encode()))
    outcome = good(polled(source(server), NOW))
    assert [item.outlet for item in outcome.items] == ["gdelt"]
    assert outcome.notes == ("5 articles cannot be read",)


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        (
            plain("The specified phrase is too short."),
            "it says: The specified phrase is too short.",
        ),
        (plain("<html><b>Down</b></html>"), "the answer is not a list of articles"),
        (plain(""), "the answer is not a list of articles"),
        (plain('{"articles": [{]}'), "the answer is not JSON"),
        (plain('{"a":' + "[" * 100_000), "the answer is not JSON"),
        (plain('{"articles": {}}'), "the answer is not a list of articles"),
        (plain("no", 503), "answered with status 503"),
    ],
)
def test_what_it_complains_of_is_told(server: LoopbackServer, reply: Reply, what: str) -> None:
    server.route(PATH, reply)
    for outcome in (polled(source(server), NOW), a_day(source(server))):
        assert bad(outcome).what == what


@pytest.mark.parametrize("status", [200, 429])
def test_a_server_that_is_busy_is_left_alone_for_a_while(
    server: LoopbackServer, status: int
) -> None:
    server.route(PATH, plain("Please limit requests to one every 5 seconds.", status))
    outcome = bad(polled(source(server), NOW))
    assert (outcome.status, outcome.retry_after) == (status, 60.0)
    assert len(server.requests) == 1


def test_history_asks_a_busy_server_again(server: LoopbackServer) -> None:
    service = Service([(ORE, article(1, DAY))])
    server.route(PATH, service)
    service.busy = 2
    assert len(urls(a_day(source(server)))) == 1
    service.busy = 3
    assert bad(a_day(source(server))).retry_after == 60.0
    assert len(server.requests) == 6


# ---------------------------------------------------------------- windows


def test_a_full_answer_is_asked_for_in_halves(server: LoopbackServer) -> None:
    held = [(ORE, article(one, DAY + timedelta(minutes=15 * (one * 7 % 96)))) for one in range(900)]
    server.route(PATH, Service(held))
    outcome = good(a_day(source(server)))
    assert urls(outcome) == {one["url"] for _, one in held}
    assert outcome.notes == ()
    assert len(outcome.items) == 900


def test_what_is_full_in_the_shortest_window_is_noted(server: LoopbackServer) -> None:
    held = [(ORE, article(one, DAY + timedelta(hours=10))) for one in range(300)]
    held += [(ORE, article(1000, DAY + timedelta(hours=20)))]
    server.route(PATH, Service(held))
    outcome = good(a_day(source(server)))
    assert len(outcome.items) == 251
    window = "2025-06-12 10:00 to 2025-06-12 10:15"
    assert outcome.notes == (f"truncated: more than 250 articles in {window}",)


def test_a_service_that_answers_for_no_short_window_has_the_last_word(
    server: LoopbackServer,
) -> None:
    held = [(ORE, article(one, DAY + timedelta(hours=10))) for one in range(300)]
    server.route(PATH, Service(held, shortest=60))
    outcome = good(a_day(source(server)))
    assert len(outcome.items) == 250
    assert outcome.notes
    assert all(note.startswith("truncated: ") for note in outcome.notes)
    server.route(PATH, Service(held, shortest=60 * 48))
    assert good(a_day(source(server))).notes == (f"not asked: {ORE}",)


def test_days_side_by_side_share_nothing_and_miss_nothing(server: LoopbackServer) -> None:
    edges = [DAY, DAY + timedelta(days=1) - timedelta(seconds=1), DAY + timedelta(days=1)]
    held = [(ORE, article(number, at)) for number, at in enumerate(edges)]
    server.route(PATH, Service(held))
    gdelt = source(server)
    days = [
        urls(
            told(
                gdelt,
                DAY + timedelta(days=one),
                DAY + timedelta(days=one + 1),
                NOW + timedelta(days=9),
            )
        )
        for one in range(2)
    ]
    assert [len(one) for one in days] == [2, 1]
    assert not days[0] & days[1]


def test_nothing_is_asked_of_the_future(server: LoopbackServer) -> None:
    server.route(PATH, Service([]))
    assert good(told(source(server), NOW, NOW + timedelta(days=1), NOW)).items == ()
    assert server.requests == []


def test_an_empty_answer_from_far_back_may_mean_nothing(server: LoopbackServer) -> None:
    server.route(PATH, Service([]))
    assert good(a_day(source(server))).notes == ()
    outcome = good(a_day(source(server), NOW + timedelta(days=200)))
    assert outcome.notes == ("nothing found; it promises only the last 90 days",)


def test_every_query_is_asked_and_an_article_given_once(server: LoopbackServer) -> None:
    server.route(
        PATH, Service([("ore", article(1, DAY)), ("gear", article(2, DAY)), ("r", article(1, DAY))])
    )
    outcome = good(a_day(source(server, "ore", "gear", left_out=("MP",))))
    assert sorted(str(item.url)[-1] for item in outcome.items) == ["1", "2"]
    assert outcome.notes == ("too short or too long to be asked for: MP",)


# ---------------------------------------------------------------- polls


def window_of(request: Request) -> tuple[datetime, datetime]:
    since, until = (
        datetime.strptime(request.values(key)[0], TIME).replace(tzinfo=UTC)
        for key in ("startdatetime", "enddatetime")
    )
    return since, until


@pytest.mark.parametrize(
    ("position", "back"),
    [
        (None, timedelta(days=1)),
        ("nonsense", timedelta(days=1)),
        ((NOW - timedelta(minutes=15)).isoformat(), timedelta(minutes=75)),
        ((NOW - timedelta(days=300)).isoformat(), timedelta(days=90)),
    ],
)
def test_a_poll_goes_back_to_the_last_one(
    server: LoopbackServer, position: str | None, back: timedelta
) -> None:
    server.route(PATH, Service([]))
    outcome = good(polled(source(server, left_out=("MP",)), NOW, Cursor(position=position)))
    assert window_of(server.requests[0]) == (NOW - back, NOW)
    assert outcome.cursor == Cursor(position=NOW.isoformat())
    # what cannot be asked for is not told again with every poll
    assert bool(outcome.notes) == (back == timedelta(days=1))


def test_a_poll_asks_few_questions_and_says_what_it_left(server: LoopbackServer) -> None:
    at = NOW - timedelta(hours=2)
    held = [(ORE, article(one, at - timedelta(seconds=one * 30))) for one in range(2400)]
    server.route(PATH, Service(held))
    outcome = good(polled(source(server, ORE, "gear"), NOW))
    assert len(server.requests) == 2 + EXTRA
    assert any(note.startswith("truncated: more than 250 articles in") for note in outcome.notes)
    assert outcome.notes[-1] == "not asked: gear"


# ---------------------------------------------------------------- questions


def test_questions_follow_the_rules() -> None:
    asked = questions_of(
        ["Ores", "rare earth", 'F-35"s', "MP", "AI", " rare  earth "], "sourcelang:english"
    )
    assert asked.questions == ('(Ores OR "rare earth" OR "F-35 s") sourcelang:english',)
    assert asked.left_out == ("MP", "AI")
    assert questions_of(["Ores"], "").questions == ("Ores",)
    assert questions_of([], "x").questions == ()


terms = st.lists(st.text(st.sampled_from("abé 3-.\"'"), min_size=1, max_size=40), max_size=40)


@given(terms, st.sampled_from(["", "sourcelang:english", "x" * 200]))
def test_no_question_is_too_long_and_no_term_is_forgotten(given_: list[str], only: str) -> None:
    asked = questions_of(given_, only)
    assert all(len(question) <= LONGEST for question in asked.questions)
    assert all(question.endswith(only) for question in asked.questions)
    said = " ".join(asked.questions)
    for term in given_:
        bare = " ".join(term.replace('"', " ").split())
        written = written_term(bare)
        assert bare in asked.left_out or (written is not None and written in said)
    for question in asked.questions:
        assert ("(" in question) == (" OR " in question)


def test_the_source_s_own_spacing_is_five_seconds() -> None:
    assert Gdelt("gdelt", ()).spacing == 5.0
