"""A story beside a security: which session could first show it, and what it tells of the price."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from monitor.correlate.clues import StoryAt, Tells
from monitor.correlate.reasons import is_roundup, reason_in
from monitor.correlate.study.reaction import longest_window, reaction
from monitor.extract import similar
from monitor.market.sessions import Sessions
from monitor.model import Exposure, NoReaction, PriceSeries, Reaction, Reading, Story
from monitor.pipeline.parts import Parts

MORNING: Final = timedelta(hours=4)  # before an opening: what is said then may be of what is coming


def placed(
    parts: Parts,
    story: Story,
    readings: Sequence[Reading],
    exposure: Exposure,
    series: PriceSeries,
    benchmark: PriceSeries,
) -> StoryAt:
    """A story, known by its readings, beside the session in which it could first be traded on."""
    session = parts.sessions(series.symbol).event_session(story.public_at)
    mentions = [mention for one in readings for mention in one.extraction.mentions]
    companies = {one.id for one in mentions if one.type == "company"}
    ours = {one.id for one in mentions if one.symbol == series.symbol}
    kinds = price_kinds(parts)
    titled = sum(_in_title(one, ours) for one in readings)
    said = {told for one in readings for told in _tells(parts, one, series.symbol)}
    return StoryAt(
        story,
        exposure,
        session,
        _reaction(parts, series, benchmark, session),
        tells=tuple(sorted(said, key=lambda one: (one.session, one.direction or "", one.reason))),
        own=bool(ours),
        in_title=2 * titled >= len(readings),
        focus=1 / max(1, len(companies)),
        subject=any(
            series.symbol in event.symbols and event.type not in kinds
            for one in readings
            for event in one.extraction.events
        ),
        reports=_reports(parts, readings),
        words=frozenset(word for one in readings for word in _words(one)) - _names(readings, ours),
    )


def _in_title(reading: Reading, ours: Collection[str]) -> bool:
    end = len(reading.article.title)
    return any(one.id in ours and one.start < end for one in reading.extraction.mentions)


def _reports(parts: Parts, readings: Sequence[Reading]) -> float:
    """The share of headlines about the price; 0 where the first of them tells news."""
    first, *others = sorted(readings, key=lambda one: (one.article.said_at, one.article.id))
    if not _is_about_price(parts, first):
        return 0.0
    return (1 + sum(_is_about_price(parts, one) for one in others)) / len(readings)


def _is_about_price(parts: Parts, reading: Reading) -> bool:
    """Whether the headline tells of a price, or announces a list of such."""
    end = len(reading.article.title)
    kinds = price_kinds(parts)
    places = [one.trigger.start for one in reading.extraction.events if one.type in kinds]
    places += [one.start for one in reading.extraction.claims]
    return any(place < end for place in places) or is_roundup(reading.article.title)


def price_kinds(parts: Parts) -> frozenset[str]:
    """The types of events that are the move of a price itself."""
    return frozenset(rule.id for rule in parts.rules.events.values() if rule.prior == 0)


def _words(reading: Reading) -> tuple[str, ...]:
    article = reading.article
    text = similar.tokens(similar.body(article.text))[: similar.LEAD_WORDS]
    return similar.stems([*similar.tokens(article.title), *text])


def _names(readings: Sequence[Reading], ours: Collection[str]) -> frozenset[str]:
    """The words by which the security's own company is called."""
    texts = {
        text
        for one in readings
        for mention in one.extraction.mentions
        if mention.id in ours
        for text in (mention.text, mention.name)
    }
    return frozenset(word for text in texts for word in similar.stems(similar.tokens(text)))


def _tells(parts: Parts, reading: Reading, symbol: str) -> Iterator[Tells]:
    """What an article tells of the security's price, with figures and without.

    A report without a figure speaks of the session that is on or was last; shortly before an
    opening it may speak of what is to come, and is not counted.
    """
    content = reading.article.content
    for claim in reading.extraction.claims:
        if claim.symbol == symbol:
            reason = reason_in(content, claim.start, claim.end)
            yield Tells(claim.day, claim.direction, reason)
    session = _reported_session(parts.sessions(symbol), reading.article.said_at)
    kinds = price_kinds(parts)
    for event in reading.extraction.events:
        if session and event.type in kinds and symbol in event.symbols:
            reason = reason_in(content, event.trigger.start, event.trigger.end)
            yield Tells(session, None, reason)


def _reported_session(calendar: Sessions, at: datetime) -> date | None:
    coming = calendar.event_session(at)
    opened = calendar.open_of(coming)
    if at >= opened:
        return coming
    return calendar.previous(coming) if at < opened - MORNING else None


def _reaction(
    parts: Parts, series: PriceSeries, benchmark: PriceSeries, session: date
) -> Reaction | NoReaction:
    study = parts.config.tables.study
    window = longest_window(series, benchmark, session, study.window)
    if window is None:
        return NoReaction(series.symbol, f"no bars of the session of {session} yet")
    return reaction(series, benchmark, session, window=window, length=study.length, gap=study.gap)
