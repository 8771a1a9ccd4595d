"""Stories and bars → signals: what moved, how unusual that is, and which story may be why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from monitor.correlate.claims import check_claim
from monitor.correlate.explain import StoryAt, Weights, explain
from monitor.correlate.market_model import longest_window, reaction
from monitor.market.known import known_by
from monitor.market.moves import NoMove, move_of, start_of_move
from monitor.model import (
    CheckedClaim,
    Claim,
    Explanation,
    Move,
    MoveSignal,
    NoReaction,
    PriceSeries,
    Reaction,
    Reading,
    StageReport,
    Story,
    StorySignal,
)
from monitor.pipeline.parts import Parts
from monitor.store.engine import Transaction

LOOKBACK = 3  # sessions before a move in which its cause may lie, and that are looked at again


def correlate(parts: Parts, now: datetime) -> StageReport:
    """Looks again at every security that has new bars or new stories."""
    with parts.store.begin() as tx:
        waiting = tx.signals.work("correlate")
    changed = 0
    for symbol in waiting:
        if parts.stopping():
            break
        with parts.store.begin() as tx:
            keys = _renew(parts, tx, symbol, now)
            tx.signals.add_work("judge", keys)
            tx.signals.finish_work("correlate", [symbol])
        changed += len(keys)
    return StageReport("correlate", {"securities": len(waiting), "signals": changed})


def _renew(parts: Parts, tx: Transaction, symbol: str, now: datetime) -> list[str]:
    """Writes the signals of a security's last sessions; the keys of those that have changed."""
    calendar = parts.sessions()
    last = calendar.last_closed(now)
    view = look(parts, tx, symbol, last, now)
    keys = []
    for at in view.stories:
        signal = StorySignal(
            symbol, at.story, at.exposure, at.reaction, view.claims_in([at.story]), now
        )
        if tx.signals.save(signal, at.event_session):
            keys.append(signal.key)
    session = last
    for _ in range(LOOKBACK + 1):
        # of a session before we watched it cannot be said that no story explains it
        watched = tx.articles.first_seen_by(calendar.open_of(session))
        explanation = explained(parts, tx, view, session) if watched else None
        if isinstance(explanation, Explanation) and _is_large(parts, explanation.move):
            move = MoveSignal(symbol, explanation, view.claims_about(session), now)
            if tx.signals.save(move, session):
                keys.append(move.key)
        session = calendar.previous(session)
    return keys


@dataclass(frozen=True)
class View:
    """All that is known of one security at one moment: bars, stories, and what they claim."""

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
    calendar = parts.sessions()
    series = known_by(tx.prices.series(symbol), as_of, calendar.close_of)
    market = parts.config.tables.watch.market
    benchmark = known_by(tx.prices.series(market), as_of, calendar.close_of)
    first = session
    for _ in range(2 * LOOKBACK + 1):
        first = calendar.previous(first)
    told = tx.stories.touching(symbol, calendar.close_of(first), as_of)
    readings = tx.articles.of_stories([story.id for story in told], as_of)
    claims = tuple(
        (story.id, _checked(parts, claim, reading, series, as_of))
        for story in told
        for reading in readings
        if reading.article.id in story.articles
        for claim in reading.extraction.claims
        if claim.symbol == symbol
    )
    stories = tuple(
        _placed(parts, story, series, benchmark, [one for of, one in claims if of == story.id])
        for story in told
    )
    return View(symbol, series, benchmark, stories, claims, as_of)


def _checked(
    parts: Parts, claim: Claim, reading: Reading, series: PriceSeries, as_of: datetime
) -> CheckedClaim:
    article, close_of = reading.article, parts.sessions().close_of
    return check_claim(claim, article.id, series, as_of, close_of, article.said_at)


def _placed(
    parts: Parts,
    story: Story,
    series: PriceSeries,
    benchmark: PriceSeries,
    claims: Iterable[CheckedClaim],
) -> StoryAt:
    """A story beside the session in which it could first be traded on."""
    session = parts.sessions().event_session(story.public_at)
    exposure = next(one for one in story.exposures if one.symbol == series.symbol)
    speaks_of = tuple(sorted({one.claim.day for one in claims}))
    return StoryAt(
        story, exposure, session, _reaction(parts, series, benchmark, session), speaks_of
    )


def _reaction(
    parts: Parts, series: PriceSeries, benchmark: PriceSeries, session: date
) -> Reaction | NoReaction:
    study = parts.config.tables.study
    window = longest_window(series, benchmark, session, study.window)
    if window is None:
        return NoReaction(series.symbol, f"no bars of the session of {session} yet")
    return reaction(series, benchmark, session, window=window, length=study.length, gap=study.gap)


def explained(parts: Parts, tx: Transaction, view: View, session: date) -> Explanation | NoMove:
    """Why a security moved in a session, or why that cannot be said."""
    calendar = parts.sessions()
    move = move_of(
        view.series,
        session,
        calendar.close_of(session),
        expected_previous=calendar.previous(session),
    )
    if isinstance(move, NoMove):
        return move
    study = parts.config.tables.study
    abnormal = reaction(
        view.series,
        view.benchmark,
        session,
        window=(0, 0),
        length=study.length,
        gap=study.gap,
    )
    opened = calendar.open_of(session)
    inside = tx.prices.intraday(view.symbol, opened, calendar.close_of(session))
    return explain(
        move,
        abnormal,
        view.stories,
        as_of=view.as_of,
        opened=opened,
        previous_sessions=_before(parts, session),
        priors={rule.id: rule.prior for rule in parts.rules.events.values()},
        weights=Weights(max_p=study.max_p),
        move_began=start_of_move(inside, move),
    )


def _before(parts: Parts, session: date) -> tuple[date, ...]:
    """The sessions in which a cause of this one's move may lie, newest first."""
    calendar = parts.sessions()
    found = []
    for _ in range(LOOKBACK):
        session = calendar.previous(session)
        found.append(session)
    return tuple(found)


def _is_large(parts: Parts, move: Move) -> bool:
    size = parts.config.tables.prices.large_move
    readings = (move.ret, move.high_ret, move.low_ret)
    return any(one is not None and abs(one) >= size for one in readings)
