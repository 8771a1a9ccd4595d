"""A session, a move in it, and stories about it, made up for the tests of explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from monitor.correlate.clues import Scene, StoryAt, Tells
from monitor.model import Direction, Exposure, Move, NoReaction, Reaction, Status, Story

SYMBOL = "ABC"
SESSION, NEXT = date(2025, 6, 12), date(2025, 6, 13)
BEFORE = (date(2025, 6, 11), date(2025, 6, 10), date(2025, 6, 9))
OPENED = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
CLOSED = datetime(2025, 6, 12, 20, 0, tzinfo=UTC)
IN_SESSION = datetime(2025, 6, 12, 17, 0, tzinfo=UTC)
AS_OF = datetime(2025, 6, 13, 12, 0, tzinfo=UTC)
PRIORS = {"law": 0.9, "grant": 0.8, "speech": 0.2, "price": 0.0}
UNKNOWN = NoReaction(SYMBOL, "not asked here")


def story(
    name: str = "a",
    *events: tuple[str, Status],
    at: datetime = IN_SESSION,
    outlets: int = 1,
    weight: float = 1.0,
    touched: Sequence[str] = (),
    novelty: float | None = None,
) -> Story:
    exposures = [Exposure(SYMBOL, weight, "abc"), *(Exposure(one, 0.8, "x") for one in touched)]
    return Story(
        id=name,
        title=name,
        url=None,
        first_seen_at=at,
        first_source="outlet 0",
        last_seen_at=at,
        articles=(name,),
        outlets=tuple(f"outlet {one}" for one in range(outlets)),
        entities=(),
        events=events,
        exposures=tuple(exposures),
        novelty=novelty,
    )


def placed(
    told: Story,
    session: date = SESSION,
    *speaks_of: date,
    direction: Direction | None = None,
    words: str = "",
    own: bool = True,
) -> StoryAt:
    return StoryAt(
        told,
        told.exposures[0],
        session,
        UNKNOWN,
        tells=tuple(Tells(day, direction) for day in speaks_of),
        own=own,
        words=frozenset(words.split()),
    )


def move(ret: float = 0.14, began: datetime | None = None) -> Move:
    return Move(
        symbol=SYMBOL,
        session=SESSION,
        previous_session=BEFORE[0],
        previous_close=25.0,
        close=25.0 * (1 + ret),
        ret=ret,
        gap=None,
        high_ret=None,
        low_ret=None,
        volume_ratio=None,
        extremes=(),
        known_at=CLOSED,
        began_at=began,
    )


def scene(
    ret: float = 0.14,
    *,
    began: datetime | None = None,
    common: float | None = None,
    priors: Mapping[str, float] = PRIORS,
) -> Scene:
    return Scene(move(ret, began), OPENED, BEFORE, priors, common)


def abnormal(p_value: float) -> Reaction:
    return Reaction(
        SYMBOL, "SPY", SESSION, (0, 0), 0.0, 1.0, 0.05, 120, (0.13,), 0.13, 0.05, 2.8, p_value
    )
