"""A signal that a rule fires on → the alert that people and programs are told. Pure.

`Alert.body` is the public JSON form: plain types only, dates in ISO 8601, no NaN.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, tzinfo

from monitor.deliver import body as json_form
from monitor.deliver.judge import matching_events, story_of
from monitor.deliver.words import (
    PRICE_MOVE,
    STATUS,
    TIMING,
    abnormal,
    claim_verdict,
    count,
    day,
    listed,
    moment,
    moved,
    not_whole,
    number,
    one_line,
    percent,
)
from monitor.model import (
    Alert,
    Judgement,
    MoveSignal,
    Reaction,
    Reading,
    Signal,
    Status,
    Story,
    StorySignal,
)
from monitor.rules.alerts import AlertRule

Namer = Callable[[str], str]
OTHERS_TOLD = 4  # securities touched beside the one it touches most; all are in the story
CLAIMS_TOLD = 3  # in the summary; all are in the body


def alert_of(
    rule: AlertRule,
    signal: Signal,
    judgement: Judgement,
    *,
    readings: Sequence[Reading],
    name_of: Namer,
    event_name: Namer,
    company_of: Namer,
    zone: tzinfo = UTC,
) -> Alert:
    """The alert of `rule` about `signal`.

    `readings` are the articles of the signal's story (and of its claims), in any order: evidence
    is taken from those that are there. `name_of` names an entity by its id, `event_name` an event
    type, `company_of` the company behind a symbol.
    Times in the title and summary are told in `zone`, in the body in UTC.
    """
    subject = subject_of(signal)
    fingerprint = fingerprint_of(rule.id, subject)
    event = _event(rule, signal)
    starts_at = (
        signal.story.first_seen_at
        if isinstance(signal, StorySignal)
        else signal.explanation.move.known_at
    )
    alert = Alert(
        id=fingerprint[:16],
        fingerprint=fingerprint,
        subject=subject,
        rule=rule.id,
        severity=rule.severity,
        starts_at=starts_at,
        as_of=signal.as_of,
        title=_title(rule, signal, event, company_of, event_name),
        summary=_summary(
            signal,
            readings,
            name_of=name_of,
            event_name=event_name,
            company=company_of(signal.symbol),
            zone=zone,
        ),
        symbol=signal.symbol,
        conditions=judgement.conditions,
        body={},
    )
    return replace(alert, body=json_form.body_of(alert, signal, event, readings))


def fingerprint_of(rule: str, key: str) -> str:
    """32 hex digits: the same rule about the same thing."""
    return hashlib.sha256(f"{rule}\n{key}".encode()).hexdigest()[:32]


def subject_of(signal: Signal) -> str:
    """What a rule speaks of once: a story, whichever securities it touches, or a move."""
    return f"story/{signal.story.id}" if isinstance(signal, StorySignal) else signal.key


def _event(rule: AlertRule, signal: Signal) -> tuple[str, Status] | None:
    """The event the alert is about: the first that the rule asks for."""
    story = story_of(signal)
    asked = matching_events(rule, signal)
    return next(iter(asked or (story.events if story else ())), None)


def _title(
    rule: AlertRule,
    signal: Signal,
    event: tuple[str, Status] | None,
    company_of: Namer,
    event_name: Namer,
) -> str:
    story = story_of(signal)
    values = {
        "symbol": signal.symbol,
        "name": company_of(signal.symbol),
        "event": event_name(event[0]) if event else "no known event",
        "status": event[1] if event else "nothing reported",
        "story": story.title if story else "no story",
    }
    if isinstance(signal, MoveSignal):
        values["return"] = moved(signal.explanation.move)
        values["verdict"] = signal.explanation.verdict
    return one_line(rule.title.format_map(values))


def _summary(
    signal: Signal,
    readings: Sequence[Reading],
    *,
    name_of: Namer,
    event_name: Namer,
    company: str,
    zone: tzinfo,
) -> str:
    story = story_of(signal)
    parts: list[str] = []
    if isinstance(signal, MoveSignal):
        parts.append(_move_told(signal, company, zone))
        parts.append(abnormal(signal.explanation.abnormal))
        parts.append(_verdict_told(signal))
    if story is not None:
        parts.append(_first_told(story, zone))
        own = [reading.article for reading in readings if reading.article.id in story.articles]
        parts += [_sentence(why)] if (why := not_whole(own)) else []
        parts += _events_told(story, event_name)
    if isinstance(signal, MoveSignal) and signal.explanation.candidates:
        parts.append(_sentence(TIMING[signal.explanation.candidates[0].timing]))
    if isinstance(signal, StorySignal):
        parts.append(_touch_told(signal, company, name_of))
    return " ".join([*parts, *_claims_told(signal, readings)])


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _move_told(signal: MoveSignal, company: str, zone: tzinfo) -> str:
    move = signal.explanation.move
    extreme, word = (move.high_ret, "highest") if move.ret >= 0 else (move.low_ret, "lowest")
    within = f", at its {word} {percent(extreme)}" if extreme is not None else ""
    if move.provisional:
        return (
            f"{company} ({signal.symbol}) stood {moved(move)} at {number(move.close)} "
            f"on {moment(move.known_at, zone)}{within}; the session is not over."
        )
    return (
        f"{company} ({signal.symbol}) closed {percent(move.ret)} at {number(move.close)} "
        f"on {day(move.session)}{within}."
    )


def _verdict_told(signal: MoveSignal) -> str:
    if signal.explanation.verdict == "unexplained":
        others = " (the story seen nearest to it follows)" if signal.explanation.candidates else ""
        return f"No story that was seen explains this move{others}."
    return {
        "explained": "One story explains it best.",
        "weakly-explained": "One story may explain it, on weak grounds.",
        "no-move": "That is within the ordinary.",
    }[signal.explanation.verdict]


def _first_told(story: Story, zone: tzinfo) -> str:
    more = len(story.outlets) - 1
    followed = f", {count(more, 'outlet')} since" if more > 0 else ""
    first = one_line(story.first_source, 60)
    title = one_line(story.title)
    return f"First seen from {first} at {moment(story.first_seen_at, zone)}{followed}: “{title}”."


def _events_told(story: Story, event_name: Namer) -> list[str]:
    """Events of one status together, the status first: nothing considered may look done."""
    told: dict[Status, list[str]] = {}
    for kind, status in story.events:
        if kind != PRICE_MOVE:
            told.setdefault(status, []).append(event_name(kind))
    return [_sentence(f"{STATUS[status]}: {listed(names)}") for status, names in told.items()]


def _touch_told(signal: StorySignal, company: str, name_of: Namer) -> str:
    via = name_of(signal.exposure.via)
    through = f" by way of {via}" if via != company else ""
    others = [one.symbol for one in signal.story.exposures if one.symbol != signal.symbol]
    more = f", and also {listed(others[:OTHERS_TOLD])}" if others else ""
    touched = f"It touches {company} ({signal.symbol}){through}{more}."
    if isinstance(signal.reaction, Reaction):
        return f"{touched} {abnormal(signal.reaction)}"
    return f"{touched} No reaction is measured yet: {one_line(signal.reaction.reason)}."


def _claims_told(signal: Signal, readings: Sequence[Reading]) -> list[str]:
    outlets = {reading.article.id: reading.article.outlet for reading in readings}
    return [
        f"“{one_line(checked.claim.text, 120)}” ({one_line(outlets[checked.article], 60)}): "
        f"{claim_verdict(checked)}."
        for checked in signal.claims
        if checked.article in outlets
    ][:CLAIMS_TOLD]
