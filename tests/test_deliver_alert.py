"""Signals → alerts: the words, and the public JSON form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.deliver import message
from monitor.deliver.alert import alert_of, fingerprint_of
from monitor.deliver.body import explanation_of, quote_span, web_url
from monitor.deliver.judge import judge
from monitor.deliver.message import headline, text
from monitor.model import Alert, MoveSignal, NoReaction, Reading, Signal
from monitor.rules.alerts import AlertRule
from tests import deliver_day as its

NAMES: dict[str, Any] = {
    "name_of": its.name_of,
    "event_name": its.event_name,
    "company_of": its.company_of,
}
MOVED = "{name} {return} on news: {event} ({status})"


def rule(**given: Any) -> AlertRule:
    plain = {"id": "r", "on": "move", "severity": "critical", "title": MOVED, "match": [{}]}
    return AlertRule.model_validate({**plain, "no_match": [{}], **given})


def told(one: AlertRule, signal: Signal, readings: tuple[Reading, ...] = its.READINGS) -> Alert:
    judgement = judge(one, signal)
    assert judgement is not None
    return alert_of(one, signal, judgement, readings=readings, **NAMES)


POLICY = rule(events=["dpa-invocation"], statuses=["considered"], max_p_value=0.01)
ON_STORY = rule(on="story", title="{event} ({status}): {story}")


def test_a_move_is_told_with_its_story_status_timing_and_significance() -> None:
    alert = told(POLICY, its.MOVE_SIGNAL)
    assert alert.title == (
        "MP Materials +13.9% on news: Use of the Defense Production Act (considered)"
    )
    assert alert.summary == (
        "MP Materials (MP) closed +13.9% at 29.20 on 12 June 2025, at its highest +16.8%. "
        "Abnormal return against SPY: +13.2% (t = 2.9, p = 0.004, estimated on 120 sessions). "
        "One story explains it best. "
        "First seen from Bloomberg at 12 June 2025, 15:30 UTC, 4 outlets since: "
        "“Washington weighs a Cold War law to pay for rare-earth mines”. "
        "Under discussion, not decided: Use of the Defense Production Act and Public funding. "
        "The news came before the move. "
        "“as much as 17%, the highest since March” (Bloomberg): confirmed: +16.8% at the "
        "intraday high; “highest since March” confirmed: last higher on 14 March 2023. "
        "“14% up” (Investing.com): confirmed: +13.9% at the close."
    )
    assert alert.starts_at == its.CLOSE
    assert alert.as_of == its.NOW
    assert alert.severity == "critical"
    assert [condition.name for condition in alert.conditions] == [
        "events", "statuses", "max_p_value",
    ]  # fmt: skip


def test_a_story_is_told_with_the_way_it_touches() -> None:
    alert = told(ON_STORY, its.STORY_SIGNAL)
    assert alert.title == f"Use of the Defense Production Act (considered): {its.TITLE}"
    assert "It touches MP Materials (MP) by way of mp-materials" not in alert.summary
    told_of = "It touches MP Materials (MP), and also UUUU. Abnormal return against SPY: +13.2%"
    assert told_of in alert.summary
    assert alert.starts_at == its.STORY.first_seen_at
    early = replace(
        its.STORY_SIGNAL,
        symbol="UUUU",
        exposure=replace(its.STORY.exposures[1], via="rare-earths"),
        reaction=NoReaction("UUUU", "the session is not over"),
        claims=(),
    )
    summary = told(ON_STORY, early).summary
    assert summary.endswith(
        "It touches Energy Fuels (UUUU) by way of rare earths, and also MP. "
        "No reaction is measured yet: the session is not over."
    )


def test_a_move_no_story_explains_says_so() -> None:
    explanation = its.move("UUUU", -0.0712, "unexplained", abnormal=None)
    alert = told(rule(), MoveSignal("UUUU", explanation, (), its.NOW), ())
    assert alert.title == "Energy Fuels −7.1% on news: no known event (nothing reported)"
    assert alert.summary == (
        "Energy Fuels (UUUU) closed −7.1% at 29.20 on 12 June 2025. "
        "Whether that is unusual cannot be said: 41 of 120 sessions. "
        "No story that was seen explains this move."
    )
    assert alert.body["story"] is None
    assert alert.body["evidence"] == []
    assert alert.body["labels"]["verdict"] == "unexplained"
    assert alert.body["move"]["z"] is None
    assert alert.body["move"]["timing"] is None
    assert alert.body["reaction"] == {
        "ar": None, "car": None, "t_stat": None, "p_value": None, "n_obs": None,
        "note": "41 of 120 sessions",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("weakly-explained", "One story may explain it, on weak grounds."),
        ("no-move", "That is within the ordinary."),
        ("unexplained", "explains this move (the story seen nearest to it follows)."),
    ],
)
def test_the_verdict_is_told_as_strongly_as_it_is(verdict: Any, words: str) -> None:
    explanation = replace(its.EXPLANATION, verdict=verdict)
    assert words in told(POLICY, replace(its.MOVE_SIGNAL, explanation=explanation)).summary


def test_a_fall_is_told_with_its_low() -> None:
    move = replace(its.MOVE, ret=-0.09, low_ret=-0.12)
    signal = replace(its.MOVE_SIGNAL, explanation=replace(its.EXPLANATION, move=move))
    assert "at its lowest −12.0%" in told(POLICY, signal).summary


def test_a_story_without_events_or_followers_is_told_without_them() -> None:
    story = replace(its.STORY, events=(), outlets=("Bloomberg",))
    alert = told(ON_STORY, replace(its.STORY_SIGNAL, story=story))
    assert alert.title.startswith("no known event (nothing reported)")
    assert "under discussion" not in alert.summary.lower()
    assert "15:30 UTC: “" in alert.summary
    assert "event" not in alert.body["labels"]
    assert [row["quote_span"] for row in alert.body["evidence"]] == [None, None]


def test_the_event_is_the_one_the_rule_asks_for() -> None:
    one = rule(events=["public-funding"], statuses=["considered"])
    alert = told(one, its.MOVE_SIGNAL)
    assert alert.title.endswith("Public funding (considered)")
    assert alert.body["labels"]["event"] == "public-funding"


def test_the_same_rule_about_the_same_thing_is_one_alert() -> None:
    first = told(POLICY, its.MOVE_SIGNAL)
    later = told(POLICY, replace(its.MOVE_SIGNAL, as_of=datetime(2025, 6, 14, tzinfo=UTC)))
    assert first.fingerprint == later.fingerprint == fingerprint_of("r", "move/MP/2025-06-12")
    assert first.id == later.id == first.fingerprint[:16]
    assert first.fingerprint != told(rule(id="other"), its.MOVE_SIGNAL).fingerprint
    assert len(first.fingerprint) == 32


def test_the_body_is_the_public_form() -> None:
    alert = told(POLICY, its.MOVE_SIGNAL)
    body = json.loads(json.dumps(alert.body, allow_nan=False))
    assert set(body) >= {
        "id", "fingerprint", "idempotency_key", "rule", "severity", "status", "starts_at",
        "as_of", "title", "summary", "labels", "story", "symbol", "move", "reaction", "claims",
        "evidence", "links",
    }  # fmt: skip
    assert body["status"] == "firing"
    assert body["starts_at"] == "2025-06-12T20:00:00Z"
    assert body["labels"] == {
        "rule": "r", "severity": "critical", "symbol": "MP", "event": "dpa-invocation",
        "event_status": "considered", "events": "dpa-invocation,public-funding,price-move",
        "verdict": "explained",
    }  # fmt: skip
    assert body["story"]["events"][0] == ["dpa-invocation", "considered"]
    assert body["move"]["return"] == pytest.approx(29.20 / 25.64 - 1)
    assert body["move"]["abnormal_return"] == 0.1323
    assert body["move"]["timing"] == "news-first"
    assert body["move"]["extremes"][0] == {
        "kind": "high", "basis": "intraday", "since": "2023-03-14", "sessions": 564,
        "first": "2020-06-22",
    }  # fmt: skip
    assert {key: body["reaction"][key] for key in ("ar", "t_stat", "p_value", "n_obs")} == {
        "ar": [0.1323], "t_stat": 2.92, "p_value": 0.0042, "n_obs": 120,
    }  # fmt: skip
    assert body["claims"][0]["verdict"] == "confirmed"
    assert body["claims"][0]["percent"] == 17.0
    assert body["claims"][0]["measured"] == 16.849
    assert body["claims"][0]["measured_since"] == "2023-03-14"
    assert body["claims"][0]["source"] == "Bloomberg"
    assert body["links"] == {"story": "https://news.example/1"}
    assert body["conditions"][2] == {
        "name": "max_p_value", "wanted": "at most 0.01", "value": "0.0042", "held": True,
    }  # fmt: skip


def test_evidence_quotes_the_sentence_of_the_event_first_seen_first() -> None:
    backwards = tuple(reversed(its.READINGS))
    evidence = told(POLICY, its.MOVE_SIGNAL, backwards).body["evidence"]
    assert [row["source"] for row in evidence] == ["Bloomberg", "Investing.com"]
    start, end = evidence[0]["quote_span"]
    assert its.FIRST.content[start:end] == its.SENTENCE == evidence[0]["quote"]
    assert evidence[0]["published_at"] == "2025-06-12T15:30:00Z"
    assert evidence[1]["quote_span"] is None


def test_evidence_that_was_not_read_whole_says_why() -> None:
    closed = [
        replace(one, article=replace(one.article, page="paywall\r\n")) for one in its.READINGS
    ]
    whole = told(POLICY, its.MOVE_SIGNAL, tuple(its.READINGS))
    assert [row["page"] for row in whole.body["evidence"]] == [None, None]
    assert "read whole" not in whole.summary
    alert = told(POLICY, its.MOVE_SIGNAL, tuple(closed))
    assert [row["page"] for row in alert.body["evidence"]] == ["paywall", "paywall"]
    assert "Not read whole: paywall." in alert.summary
    mixed = told(POLICY, its.MOVE_SIGNAL, (closed[0], its.READINGS[1]))
    assert "read whole" not in mixed.summary


def test_where_the_sentence_is_unknown_the_trigger_is_quoted() -> None:
    one = its.READINGS[0]
    event = replace(one.extraction.events[0], sentence=(0, 0))
    bare = replace(one, extraction=replace(one.extraction, events=(event,)))
    span = quote_span(bare, ("dpa-invocation", "considered"))
    assert span == (event.trigger.start, event.trigger.end)
    assert quote_span(bare, ("dpa-invocation", "occurred")) == span
    assert quote_span(bare, ("tariff", "occurred")) is None
    assert quote_span(bare, None) is None


def test_what_an_article_says_cannot_break_a_line_or_make_a_link() -> None:
    article = replace(
        its.FIRST, url="javascript:alert(1)", outlet="Evil\r\nNews", published_at=None
    )
    story = replace(
        its.STORY, title="Sale\x1b[2J\nnow", url="javascript:alert(1)", first_source="Evil\r\nNews"
    )
    signal = replace(its.STORY_SIGNAL, story=story)
    alert = told(ON_STORY, signal, (replace(its.READINGS[0], article=article),))
    written = json.dumps(alert.body, ensure_ascii=False) + alert.title + alert.summary
    assert "\x1b" not in written
    assert "javascript" not in written
    assert "\n" not in alert.title + alert.summary
    assert alert.body["links"] == {}
    assert alert.body["evidence"][0]["published_at"] is None


def test_figures_that_are_no_numbers_are_unknown() -> None:
    reaction = replace(its.REACTION, car=float("nan"), t_stat=float("inf"), p_value=float("nan"))
    alert = told(ON_STORY, replace(its.STORY_SIGNAL, reaction=reaction))
    body = json.loads(json.dumps(alert.body, allow_nan=False))
    assert (body["reaction"]["car"], body["reaction"]["t_stat"]) == (None, None)


def test_a_claim_of_an_unknown_article_keeps_its_verdict_and_names_no_source() -> None:
    alert = told(POLICY, its.MOVE_SIGNAL, ())
    assert [claim["source"] for claim in alert.body["claims"]] == [None, None]
    assert "14% up" not in alert.summary


def test_times_are_told_in_the_zone_asked_for() -> None:
    judgement = judge(ON_STORY, its.STORY_SIGNAL)
    assert judgement is not None
    zone = ZoneInfo("America/New_York")
    alert = alert_of(
        ON_STORY, its.STORY_SIGNAL, judgement, readings=its.READINGS, zone=zone, **NAMES
    )
    assert "12 June 2025, 11:30 EDT" in alert.summary
    assert alert.body["starts_at"] == "2025-06-12T15:30:00Z"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x", True),
        ("http://a.example", True),
        ("ftp://a.example", False),
        ("data:text/html,x", False),
        ("https:///x", False),
        ("https://[bad", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_links(url: str | None, safe: bool) -> None:
    assert web_url(url) == (url if safe else None)


def test_a_test_message_has_the_form_of_an_alert() -> None:
    delivery = message.test_delivery("hook", its.NOW)
    assert set(delivery.body) <= set(told(POLICY, its.MOVE_SIGNAL).body)
    assert delivery.body["idempotency_key"] == delivery.idempotency_key
    assert headline(delivery.body) == "[info] A test message"
    assert text(delivery.body).endswith("alert test")
    later = message.test_delivery("hook", its.CLOSE)
    assert later.idempotency_key != delivery.idempotency_key


def test_an_explanation_has_its_public_form() -> None:
    form = json.loads(json.dumps(explanation_of(its.EXPLANATION), allow_nan=False))
    assert list(form) == ["symbol", "session", "move", "verdict", "candidates", "as_of"]
    assert (form["symbol"], form["session"], form["verdict"]) == ("MP", "2025-06-12", "explained")
    assert set(form["move"]) >= {
        "return", "abnormal_return", "z", "intraday_high_return", "volume_ratio", "extremes",
    }  # fmt: skip
    first, second = form["candidates"]
    assert first == {
        "story": its.STORY.id,
        "title": its.TITLE,
        "url": "https://news.example/1",
        "first_seen_at": "2025-06-12T15:30:00Z",
        "first_source": "Bloomberg",
        "events": [[kind, status] for kind, status in its.STORY.events],
        "score": 0.91,
        "reasons": {"timing": 0.4},
        "timing": "news-first",
        "reports": [],
        "reaction": form["candidates"][0]["reaction"],
    }
    assert first["reaction"]["t_stat"] == 2.92
    assert second["reaction"]["event_session"] == "2025-06-11"


def test_a_message_is_plain_lines() -> None:
    body = told(POLICY, its.MOVE_SIGNAL).body
    assert headline(body).startswith("[critical] MP Materials +13.9%")
    lines = text(body).splitlines()
    assert lines[0] == body["summary"]
    assert lines[1:] == ["https://news.example/1", f"rule r · alert {body['id']}"]
    assert len(text({**body, "links": {}}).splitlines()) == 2
