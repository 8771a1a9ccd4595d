"""Does a rule fire on a signal, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from monitor.deliver.words import is_contradicted, listed, number, percent
from monitor.model import (
    Candidate,
    CheckedClaim,
    Claim,
    Condition,
    Explanation,
    Exposure,
    Judgement,
    Move,
    MoveSignal,
    NoReaction,
    Reaction,
    Signal,
    Status,
    Story,
    StorySignal,
)
from monitor.rules.alerts import AlertRule, Example

TypeAndStatus = tuple[str, Status]


def judge(rule: AlertRule, signal: Signal) -> Judgement | None:
    """What `rule` makes of `signal`; None where it does not look at that kind of signal.

    Only conditions that the rule sets are there, each under its key in the rule file.
    """
    if rule.on != ("move" if isinstance(signal, MoveSignal) else "story"):
        return None
    return Judgement(rule.id, signal.key, tuple(_conditions(rule, signal)))


def story_of(signal: Signal) -> Story | None:
    """The story a signal is about: of a move, the first candidate."""
    if isinstance(signal, StorySignal):
        return signal.story
    candidates = signal.explanation.candidates
    return candidates[0].story if candidates else None


def reaction_of(signal: Signal) -> Reaction | NoReaction:
    """How the security moved beyond the market: of a move, on the session alone."""
    return signal.reaction if isinstance(signal, StorySignal) else signal.explanation.abnormal


def matching_events(rule: AlertRule, signal: Signal) -> tuple[TypeAndStatus, ...]:
    """The events of the signal's story that `rule` asks for, in order of appearance."""
    return tuple(
        (kind, status)
        for kind, status in _events(signal)
        if (not rule.events or kind in rule.events)
        and (not rule.statuses or status in rule.statuses)
    )


def _events(signal: Signal) -> tuple[TypeAndStatus, ...]:
    story = story_of(signal)
    return story.events if story else ()


def _exposure(signal: Signal) -> float | None:
    """How strongly the signal's story touches its security; None: there is no story."""
    if isinstance(signal, StorySignal):
        return signal.exposure.weight
    story = story_of(signal)
    if story is None:
        return None
    return max((e.weight for e in story.exposures if e.symbol == signal.symbol), default=0.0)


def _conditions(rule: AlertRule, signal: Signal) -> Iterator[Condition]:
    yield from _about_what(rule, signal)
    yield from _how_strong(rule, signal)
    if rule.contradicted_claims:
        wrong = [checked.claim.text for checked in signal.claims if is_contradicted(checked)]
        value = listed([repr(text) for text in wrong]) or "none is contradicted"
        yield Condition("contradicted_claims", "at least one", value, bool(wrong))


def _about_what(rule: AlertRule, signal: Signal) -> Iterator[Condition]:
    if rule.symbols:
        held = signal.symbol in rule.symbols
        yield Condition("symbols", _any_of(rule.symbols), signal.symbol, held)
    events = _events(signal)
    typed = [event for event in events if not rule.events or event[0] in rule.events]
    if rule.events:
        yield Condition("events", _any_of(rule.events), _told(events), bool(typed))
    if rule.statuses:
        # of the events of the right type only: one type's deed is not another type's
        held = any(status in rule.statuses for _, status in typed)
        yield Condition("statuses", _any_of(rule.statuses), _told(typed), held)
    if isinstance(signal, MoveSignal) and rule.verdicts:
        verdict = signal.explanation.verdict
        yield Condition("verdicts", _any_of(rule.verdicts), verdict, verdict in rule.verdicts)


def _how_strong(rule: AlertRule, signal: Signal) -> Iterator[Condition]:
    if rule.min_exposure > 0:
        weight = _exposure(signal)
        value = "no story" if weight is None else number(weight)
        held = weight is not None and weight >= rule.min_exposure
        yield Condition("min_exposure", f"at least {number(rule.min_exposure)}", value, held)
    if rule.min_outlets > 1:
        story = story_of(signal)
        outlets = len(story.outlets) if story else 0
        held = outlets >= rule.min_outlets
        yield Condition("min_outlets", f"at least {rule.min_outlets}", str(outlets), held)
    reaction = reaction_of(signal)
    unknown = f"unknown: {reaction.reason}" if isinstance(reaction, NoReaction) else None
    if rule.min_abnormal_return is not None:
        wanted = f"at least {rule.min_abnormal_return:.1%}, up or down"
        # a comparison with a NaN is false, so that an unknown never holds
        held = isinstance(reaction, Reaction) and abs(reaction.car) >= rule.min_abnormal_return
        value = percent(reaction.car) if isinstance(reaction, Reaction) else str(unknown)
        yield Condition("min_abnormal_return", wanted, value, held)
    if rule.max_p_value is not None:
        held = isinstance(reaction, Reaction) and reaction.p_value <= rule.max_p_value
        value = f"{reaction.p_value:.3g}" if isinstance(reaction, Reaction) else str(unknown)
        yield Condition("max_p_value", f"at most {rule.max_p_value:g}", value, held)


def _any_of(names: Sequence[str]) -> str:
    return f"any of {', '.join(names)}" if len(names) > 1 else names[0]


def _told(events: Sequence[TypeAndStatus]) -> str:
    return ", ".join(f"{kind} ({status})" for kind, status in events) or "none"


# ---------------------------------------------------------------- examples in the rule files


@dataclass(frozen=True, slots=True)
class _Calendar:
    """Days for an example's signal. Any would do: no condition reads them."""

    session: date = date(2024, 1, 3)
    before: date = date(2024, 1, 2)
    known_at: datetime = datetime(2024, 1, 3, 21, tzinfo=UTC)


DAYS = _Calendar()


def judge_example(rule: AlertRule, example: Example) -> bool:
    """Does the rule fire on the signal that the example describes?"""
    judgement = judge(rule, signal_of(example))
    return judgement is not None and judgement.fires


def signal_of(example: Example) -> Signal:
    """A signal with just what the example says."""
    claims = (_wrong_claim(example.symbol),) if example.contradicted else ()
    story = _story(example)
    reaction = _reaction(example)
    if example.verdict is None:
        return StorySignal(
            example.symbol, story, story.exposures[0], reaction, claims, as_of=DAYS.known_at
        )
    # an unexplained move for which no event is told has no candidate at all
    candidates = (
        (Candidate(story, 1.0, {}, "news-first", reaction),)
        if example.events or example.verdict in ("explained", "weakly-explained")
        else ()
    )
    explanation = Explanation(
        symbol=example.symbol,
        session=DAYS.session,
        move=_move(example),
        abnormal=reaction,
        verdict=example.verdict,
        candidates=candidates,
        as_of=DAYS.known_at,
    )
    return MoveSignal(example.symbol, explanation, claims, as_of=DAYS.known_at)


def _story(example: Example) -> Story:
    outlets = tuple(f"outlet {number}" for number in range(example.outlets))
    return Story(
        id="example",
        title="example",
        url=None,
        first_seen_at=DAYS.known_at - timedelta(hours=4),
        first_source=outlets[0] if outlets else "",
        last_seen_at=DAYS.known_at,
        articles=(),
        outlets=outlets,
        entities=(),
        events=example.events,
        exposures=(Exposure(example.symbol, example.exposure, "example"),),
    )


def _reaction(example: Example) -> Reaction | NoReaction:
    if example.abnormal_return is None and example.p_value is None:
        return NoReaction(example.symbol, "the example gives none")
    size = example.abnormal_return if example.abnormal_return is not None else 0.0
    p_value = example.p_value if example.p_value is not None else 1.0
    return Reaction(
        symbol=example.symbol,
        benchmark="market",
        event_session=DAYS.session,
        window=(0, 0),
        alpha=0.0,
        beta=1.0,
        residual_std=0.02,
        n_obs=120,
        ar=(size,),
        car=size,
        car_std_error=0.02,
        t_stat=size / 0.02,
        p_value=p_value,
    )


def _move(example: Example) -> Move:
    size = example.abnormal_return or 0.0
    return Move(
        symbol=example.symbol,
        session=DAYS.session,
        previous_session=DAYS.before,
        previous_close=100.0,
        close=100.0 * (1 + size),
        ret=size,
        gap=None,
        high_ret=None,
        low_ret=None,
        volume_ratio=None,
        extremes=(),
        known_at=DAYS.known_at,
    )


def _wrong_claim(symbol: str) -> CheckedClaim:
    claim = Claim(symbol, "up", 10.0, "close", DAYS.session, None, None, "10%", 0, 3)
    return CheckedClaim(claim, "example", "contradicted", 1.0, None, None, None)
