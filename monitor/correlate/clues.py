"""What speaks for and against one story as the cause of one move. Pure.

Each clue is a named figure, mostly from 0 to 1; explain.py weighs them. A name is `group.clue`: the
groups are what a reader is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, log2
from typing import Final, Literal

from monitor.model import (
    Direction,
    Exposure,
    Move,
    NoReaction,
    Reaction,
    Reason,
    Status,
    Story,
    Timing,
)

LOOKBACK: Final = 3  # sessions before a move in which its cause may lie
EVIDENCE: Final = 0.3  # an event type with no prior above this reports or comments: no cause
PRIOR: Final = 0.5  # of an event type that has none of its own
OUTLETS: Final = 8  # as many count in full
STALE: Final = 10.0  # days; news of what was told longer ago than this is new
BROAD: Final = 3  # securities; a story that touches as many is no single company's
NEAR: Final = timedelta(hours=2)  # news that long before a move began is e times weaker than at it
HEADLINES: Final = 0.5  # share of a story's headlines that are about the price: a report
POINTED: Final = 0.15  # likeness to a report of the move that counts in full
GRACE: Final = timedelta(minutes=5)  # by which clocks and the width of bars may differ

# What a status adds, a denial least: it is news, but of what will not be.
STATUS: Final[Mapping[Status, float]] = {
    "occurred": 1.0,
    "announced": 0.9,
    "reversed": 0.9,
    "considered": 0.7,
    "denied": 0.2,
}

When = Literal["before-open", "in-session", "before-move", "after-began", "after-close", "earlier"]


@dataclass(frozen=True, slots=True)
class Tells:
    """That a story tells of the security's price in a session.

    `direction` None: it does not say which way. `reason`: whether it says why.
    """

    session: date
    direction: Direction | None
    reason: Reason = "not-told"


@dataclass(frozen=True, slots=True)
class StoryAt:
    """A story set against the sessions of a security's exchange.

    `event_session` is the first session whose prices could show it. `own`: the security's company
    is named; `in_title`: in most headlines; `focus` is 1 where it is the only company named, a half
    with one more, and so on; `subject`: one of the events touches the security. `reports` is the
    share of headlines that are about the price, 0 where the first told is not. `words` are the
    content words of its articles, but for the names of the security's own company.
    """

    story: Story
    exposure: Exposure
    event_session: date
    reaction: Reaction | NoReaction
    tells: tuple[Tells, ...] = ()
    own: bool = False  # the security's own company is named
    in_title: bool = False
    focus: float = 1.0
    reports: float = 0.0
    subject: bool = False
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of a move apart from the stories.

    `opened` is the session's open, `previous_sessions` those before it, newest first. `priors`: how
    likely an event of a type moves a price, 0 to 1. `common`: how much of the move its peers and
    its sector made too, 0 to 1; None: not known.
    """

    move: Move
    opened: datetime
    previous_sessions: Sequence[date]
    priors: Mapping[str, float]
    common: float | None = None


def age_of(one: StoryAt, scene: Scene) -> int | None:
    """How many sessions before the move the story could first be felt; None: it is no candidate.

    A story first seen after the move's close has a later event session. It cannot be the cause as
    it was seen, but where it tells of this very move it shows what the press took for the cause.
    """
    if one.event_session > scene.move.session:
        return 0 if tells_of(one, scene.move) else None
    sessions = (scene.move.session, *scene.previous_sessions[:LOOKBACK])
    return sessions.index(one.event_session) if one.event_session in sessions else None


def tells_of(one: StoryAt, move: Move) -> bool:
    """Whether the story tells of this session's move, and not of one the other way."""
    return bool(reasons_of(one, move))


def reasons_of(one: StoryAt, move: Move) -> set[Reason]:
    """What a story that tells of this session's move says of its cause; empty: it tells not."""
    sign: Direction = "up" if move.ret >= 0 else "down"
    return {
        told.reason
        for told in one.tells
        if told.session == move.session and told.direction in (None, sign)
    }


def when_of(story: Story, age: int, scene: Scene) -> When:
    if age > 0:
        return "earlier"
    at, began = story.public_at, scene.move.began_at
    if at >= scene.move.known_at:
        return "after-close"
    if at < scene.opened:
        return "before-open"
    if began is None:
        return "in-session"
    return "before-move" if at <= began + GRACE else "after-began"


def timing_of(when: When) -> Timing:
    if when in ("before-open", "before-move", "earlier"):
        return "news-first"
    return "unknown" if when == "in-session" else "price-first"


@dataclass(frozen=True, slots=True)
class Pointing:
    """What the reports of a move say of one story.

    `likeness` is that of the nearest report, 0 to 1; None: there are no other reports. `by` are the
    reports that lead to this story and to no other.
    """

    likeness: float | None = None
    by: tuple[StoryAt, ...] = ()
    elsewhere: bool = False  # it is itself a report that leads to another story


def clues_of(one: StoryAt, scene: Scene, pointing: Pointing) -> dict[str, float]:
    """The clues of a candidate. What the reports that point at it tell is told of it."""
    age = age_of(one, scene)
    if age is None:
        raise ValueError(f"{one.story.id} is no candidate for {scene.move.session}")
    story = one.story
    prior, status, news = _weightiest(story, scene.priors)
    outlets = {outlet for each in (one, *pointing.by) for outlet in each.story.outlets}
    report = is_report(one, scene.priors)
    reasons = {each for told in (one, *pointing.by) for each in reasons_of(told, scene.move)}
    told, like = bool(reasons), pointing.likeness
    return {
        "directness.weight": min(1.0, one.exposure.weight),
        "directness.own": float(one.own),
        "directness.subject": float(one.subject),
        "directness.title": float(one.in_title),
        "directness.focus": one.focus if one.own else 0.0,
        **_timing(one, age, scene),
        "event.prior": prior if news else 0.0,
        "event.report": float(report),
        "event.other": float(not news and not report),
        "status.weight": status if news else 0.0,
        "novelty.repeated": _repeated(story),
        "attribution.tells": float(told and not report),
        "attribution.elsewhere": float(pointing.elsewhere),
        "attribution.reports": float(told and report),
        "attribution.named": float("named" in reasons),
        "attribution.unknown": float("unknown" in reasons and "named" not in reasons),
        "attribution.of-another": float(not told and bool(one.tells)),
        "attribution.pointed": min(1.0, (like or 0.0) / POINTED),
        "attribution.passed-over": max(0.0, 1 - like / POINTED)
        if like is not None and not told
        else 0.0,
        "corroboration.outlets": min(1.0, log2(max(1, len(outlets))) / log2(OUTLETS)),
        "peers.fit": _fit(one, scene.common),
    }


def _timing(one: StoryAt, age: int, scene: Scene) -> dict[str, float]:
    when = when_of(one.story, age, scene)
    clues = {f"timing.{when if age == 0 else age}": 1.0}
    began = scene.move.began_at
    if when in ("before-open", "before-move") and began is not None and began > scene.opened:
        clues["timing.near"] = exp(-max(0.0, (began - one.story.public_at) / NEAR))
    return clues


def is_report(one: StoryAt, priors: Mapping[str, float]) -> bool:
    """Whether it tells of the price and of nothing else that could move it: evidence, no cause.

    News of a kind that the rules do not know is told apart by its headline: it is not about the
    price.
    """
    return not _weightiest(one.story, priors)[2] and one.reports >= HEADLINES


def is_cause(one: StoryAt, scene: Scene) -> bool:
    """Whether it can be the cause, or is a report that names one."""
    return not is_report(one, scene.priors) or "named" in reasons_of(one, scene.move)


def _weightiest(story: Story, priors: Mapping[str, float]) -> tuple[float, float, bool]:
    """Prior and status of the story's event that could move a price most, and whether it is news
    and no report or comment; (0, 0, False) without events."""
    events = [(priors.get(kind, PRIOR), STATUS[status]) for kind, status in story.events]
    prior, status = max(events, key=lambda event: event[0] * event[1], default=(0.0, 0.0))
    return prior, status, prior > EVIDENCE


def _repeated(story: Story) -> float:
    """1 for what was told of just before, 0 for what is new or was last told of long ago."""
    return 0.0 if story.novelty is None else max(0.0, 1 - story.novelty / STALE)


def _fit(one: StoryAt, common: float | None) -> float:
    """Whether the story's breadth is the move's: -1 to 1.

    What moves a whole sector is no single company's story, and the other way round.
    """
    if common is None:
        return 0.0
    touched = sum(exposure.weight >= PRIOR for exposure in one.story.exposures)
    broad = not one.own or touched >= BROAD
    return (2 * common - 1) * (1 if broad else -1)
