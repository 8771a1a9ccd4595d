"""The public JSON form of an alert and of an explanation. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from monitor.deliver.judge import reaction_of, story_of
from monitor.deliver.words import one_line
from monitor.model import (
    Alert,
    Candidate,
    CheckedClaim,
    Event,
    Explanation,
    MoveSignal,
    NoReaction,
    Reaction,
    Reading,
    Signal,
    Status,
    Story,
)

EVIDENCE_TOLD: Final = 10  # articles; a story may have hundreds
Body = dict[str, Any]


def body_of(
    alert: Alert,
    signal: Signal,
    event: tuple[str, Status] | None,
    readings: Sequence[Reading],
) -> Body:
    """`alert` as JSON. `event`, a type with its status, is what the alert is about."""
    story = story_of(signal)
    articles = {reading.article.id: reading for reading in readings}
    return {
        "id": alert.id,
        "fingerprint": alert.fingerprint,
        "idempotency_key": alert.fingerprint,
        "rule": alert.rule,
        "severity": alert.severity,
        "status": "firing",
        "starts_at": instant(alert.starts_at),
        "as_of": instant(alert.as_of),
        "title": alert.title,
        "summary": alert.summary,
        "labels": _labels(alert, signal, event),
        "story": _story(story) if story else None,
        "symbol": alert.symbol,
        "move": _move_of_alert(signal.explanation) if isinstance(signal, MoveSignal) else None,
        "reaction": reaction_form(reaction_of(signal)),
        "claims": [_claim(checked, articles) for checked in signal.claims],
        "evidence": _evidence(story, event, readings) if story else [],
        "conditions": [
            {"name": each.name, "wanted": each.wanted, "value": each.value, "held": each.held}
            for each in alert.conditions
        ],
        "links": {"story": web_url(story.url)} if story and web_url(story.url) else {},
    }


def explanation_of(explanation: Explanation) -> Body:
    """A session's move with its candidate stories, best first."""
    return {
        "symbol": explanation.symbol,
        "session": explanation.session.isoformat(),
        "move": _move(explanation),
        "verdict": explanation.verdict,
        "candidates": [_candidate(candidate) for candidate in explanation.candidates],
        "as_of": instant(explanation.as_of),
    }


def _candidate(candidate: Candidate) -> Body:
    story = candidate.story
    return {
        "story": story.id,
        "title": one_line(story.title),
        "url": web_url(story.url),
        "first_seen_at": instant(story.first_seen_at),
        "first_source": one_line(story.first_source),
        "events": [[kind, status] for kind, status in story.events],
        "score": finite(candidate.score),
        "reasons": {name: finite(value) for name, value in candidate.reasons.items()},
        "timing": candidate.timing,
        "reports": list(candidate.reports),
        "reaction": reaction_form(candidate.reaction),
    }


def instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def web_url(url: str | None) -> str | None:
    """`url` where it is one that a reader may safely follow."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _labels(alert: Alert, signal: Signal, event: tuple[str, Status] | None) -> Mapping[str, str]:
    story = story_of(signal)
    kinds = dict.fromkeys(kind for kind, _ in story.events) if story else {}
    labels = {"rule": alert.rule, "severity": alert.severity, "symbol": signal.symbol}
    if event:
        labels |= {"event": event[0], "event_status": event[1], "events": ",".join(kinds)}
    if isinstance(signal, MoveSignal):
        labels["verdict"] = signal.explanation.verdict
    return labels


def _story(story: Story) -> Body:
    return {
        "id": story.id,
        "title": one_line(story.title),
        "url": web_url(story.url),
        "first_seen_at": instant(story.first_seen_at),
        "first_source": one_line(story.first_source),
        "last_seen_at": instant(story.last_seen_at),
        "outlets": [one_line(outlet) for outlet in story.outlets],
        "articles": len(story.articles),
        "events": [[kind, status] for kind, status in story.events],
        "entities": list(story.entities),
    }


def _move_of_alert(explanation: Explanation) -> Body:
    best = explanation.candidates[0] if explanation.candidates else None
    timing = best.timing if best else None
    return {**_move(explanation), "verdict": explanation.verdict, "timing": timing}


def _move(explanation: Explanation) -> Body:
    move = explanation.move
    abnormal = explanation.abnormal if isinstance(explanation.abnormal, Reaction) else None
    return {
        "session": move.session.isoformat(),
        "provisional": move.provisional,
        "as_of": instant(move.known_at),
        "previous_session": move.previous_session.isoformat(),
        "previous_close": finite(move.previous_close),
        "close": finite(move.close),
        "return": finite(move.ret),
        "abnormal_return": finite(abnormal.car) if abnormal else None,
        "z": finite(abnormal.t_stat) if abnormal else None,
        "robust_z": finite(abnormal.robust_z) if abnormal else None,
        "p_value": finite(abnormal.p_value) if abnormal else None,
        "p_adjusted": finite(explanation.p_adjusted),
        "looked_at": explanation.looked_at,
        "common_share": finite(explanation.common),
        "gap": finite(move.gap),
        "intraday_high_return": finite(move.high_ret),
        "intraday_low_return": finite(move.low_ret),
        "premarket_return": finite(move.premarket_ret),
        "afterhours_return": finite(move.afterhours_ret),
        "began_at": instant(move.began_at) if move.began_at else None,
        "volume_ratio": finite(move.volume_ratio),
        "extremes": [
            {
                "kind": extreme.kind,
                "basis": extreme.basis,
                "since": _day(extreme.since),
                "sessions": extreme.sessions,
                "first": extreme.first.isoformat(),
            }
            for extreme in move.extremes
        ],
        "notes": [note.text for note in move.notes],
    }


def reaction_form(reaction: Reaction | NoReaction) -> Body:
    """`ar` has one figure for each session of `window`. Without a reaction, `note` says why."""
    if isinstance(reaction, NoReaction):
        names = ("ar", "car", "t_stat", "p_value", "n_obs")
        return {**dict.fromkeys(names), "note": reaction.reason}
    return {
        "ar": [finite(value) for value in reaction.ar],
        "car": finite(reaction.car),
        "t_stat": finite(reaction.t_stat),
        "p_value": finite(reaction.p_value),
        "n_obs": reaction.n_obs,
        "note": reaction.note,
        "benchmark": reaction.benchmark,
        "event_session": reaction.event_session.isoformat(),
        "window": list(reaction.window),
    }


def _claim(checked: CheckedClaim, articles: Mapping[str, Reading]) -> Body:
    claim = checked.claim
    reading = articles.get(checked.article)
    return {
        "symbol": claim.symbol,
        "direction": claim.direction,
        "percent": finite(claim.percent),
        "basis": claim.basis,
        "day": claim.day.isoformat(),
        "extreme": claim.extreme,
        "since": claim.since,
        "text": one_line(claim.text),
        "verdict": checked.verdict,
        "measured": finite(checked.measured),
        "extreme_verdict": checked.extreme_verdict,
        "measured_since": _day(checked.measured_since),
        "reason": checked.reason,
        "source": one_line(reading.article.outlet) if reading else None,
        "url": web_url(reading.article.url) if reading else None,
    }


def _evidence(
    story: Story, event: tuple[str, Status] | None, readings: Sequence[Reading]
) -> list[Body]:
    """The story's articles, first seen first; the span is of `title + "\\n" + text`."""
    place = {article: number for number, article in enumerate(story.articles)}
    own = sorted(
        (reading for reading in readings if reading.article.id in place),
        key=lambda reading: place[reading.article.id],
    )
    return [_quoted(reading, event) for reading in own[:EVIDENCE_TOLD]]


def _quoted(reading: Reading, event: tuple[str, Status] | None) -> Body:
    article = reading.article
    span = quote_span(reading, event)
    return {
        "url": web_url(article.url),
        "source": one_line(article.outlet),
        "published_at": instant(article.published_at) if article.published_at else None,
        "seen_at": instant(article.seen_at),
        "page": one_line(article.page) if article.page else None,
        "quote_span": list(span) if span else None,
        "quote": one_line(article.content[span[0] : span[1]]) if span else None,
    }


def quote_span(reading: Reading, event: tuple[str, Status] | None) -> tuple[int, int] | None:
    """Where the article says `event`: its sentence, or where that is not known its trigger.

    Where it says only the type with another status, that; else nothing is quoted.
    """
    if event is None:
        return None
    events = reading.extraction.events
    same = [each for each in events if (each.type, each.status) == event]
    found = same or [each for each in events if each.type == event[0]]
    return _span(found[0]) if found else None


def _span(event: Event) -> tuple[int, int]:
    start, end = event.sentence
    return (start, end) if start < end else (event.trigger.start, event.trigger.end)


def finite(value: float | None) -> float | None:
    """JSON has no NaN and no infinity: both mean that the figure is not known."""
    return value if value is not None and math.isfinite(value) else None


def _day(of: date | None) -> str | None:
    return of.isoformat() if of else None
