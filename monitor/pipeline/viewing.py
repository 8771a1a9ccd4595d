"""All that is known of one security at one moment: its bars, the stories that touch it, and what
they claim. What came later is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from monitor.correlate.claims import check_claim
from monitor.correlate.clues import LOOKBACK, StoryAt
from monitor.extract.stories import begin, grow
from monitor.market.known import known_by
from monitor.market.moves import EXTENDED, NoMove, in_shares_of, move_of
from monitor.market.quality import blocking, doubts
from monitor.model import CheckedClaim, Claim, Move, PriceSeries, Reading, Story
from monitor.pipeline.parts import Parts
from monitor.pipeline.placing import placed
from monitor.store.engine import Transaction


@dataclass(frozen=True)
class View:
    symbol: str
    series: PriceSeries
    benchmark: PriceSeries
    stories: tuple[StoryAt, ...]
    claims: tuple[tuple[str, CheckedClaim], ...]  # (story id, claim), first told first
    as_of: datetime

    def claims_in(self, stories: Iterable[Story]) -> tuple[CheckedClaim, ...]:
        wanted = {story.id for story in stories}
        return tuple(claim for story, claim in self.claims if story in wanted)

    def claims_about(self, session: date) -> tuple[CheckedClaim, ...]:
        return tuple(claim for _, claim in self.claims if claim.claim.day == session)


def look(parts: Parts, tx: Transaction, symbol: str, session: date, as_of: datetime) -> View:
    """What bears on a security's sessions up to `session`, as known at `as_of`: no later bar."""
    calendar = parts.sessions(symbol)
    first = session
    for _ in range(2 * LOOKBACK + 1):
        first = calendar.previous(first)
    start, end = calendar.open_of(first) - EXTENDED, calendar.close_of(session) + EXTENDED
    inside = tx.prices.intraday(symbol, start, end)
    series = known(parts, replace(parts.bars.series(tx, symbol), intraday=inside), as_of)
    benchmark = known(parts, parts.bars.series(tx, parts.benchmark_of(symbol)), as_of)
    told = tx.stories.touching(symbol, calendar.close_of(first), as_of)
    readings = {one.article.id: one for one in tx.articles.of_stories([s.id for s in told], as_of)}
    stories, claims = [], []
    for whole in told:
        own = [readings[article] for article in whole.articles if article in readings]
        story = as_known(whole, own)
        exposures = story.exposures if story else ()
        exposure = next((one for one in exposures if one.symbol == symbol), None)
        if story is None or exposure is None:
            continue
        checked = [
            _checked(parts, one, reading, series, as_of)
            for reading in sorted(own, key=lambda one: (one.article.seen_at, one.article.id))
            for one in reading.extraction.claims
            if one.symbol == symbol
        ]
        claims += [(story.id, one) for one in checked]
        stories.append(placed(parts, story, own, exposure, series, benchmark))
    return View(symbol, series, benchmark, tuple(stories), tuple(claims), as_of)


def known(parts: Parts, series: PriceSeries, as_of: datetime) -> PriceSeries:
    return known_by(series, as_of, parts.sessions(series.symbol).close_of)


def as_known(story: Story, readings: Sequence[Reading]) -> Story | None:
    """The story with those of its articles that had been seen; None: there was none yet."""
    if len(readings) == len(story.articles):
        return story
    seen: Story | None = None
    for reading in readings:
        seen = grow(seen, reading) if seen else begin(reading)
    return seen and replace(seen, id=story.id, follows=story.follows, novelty=story.novelty)


def _checked(
    parts: Parts, claim: Claim, reading: Reading, series: PriceSeries, as_of: datetime
) -> CheckedClaim:
    """Against the bars in the shares of the claim's day; doubtful bars contradict nothing."""
    article, calendar = reading.article, parts.sessions(claim.symbol)
    at = next((n for n, bar in enumerate(series.bars) if bar.session == claim.day), None)
    doubted = blocking(doubts(series, at)) if at is not None else ()
    return check_claim(
        claim,
        article.id,
        in_shares_of(series, claim.day),
        as_of,
        calendar.close_of,
        article.said_at,
        calendar=calendar,
        doubt=doubted[0].text if doubted else None,
    )


def moved(parts: Parts, view: View, session: date) -> Move | NoMove:
    """What a security did in a session."""
    calendar = parts.sessions(view.symbol)
    return move_of(
        view.series,
        session,
        calendar.close_of(session),
        open_at=calendar.open_of(session),
        expected_previous=calendar.previous(session),
    )
