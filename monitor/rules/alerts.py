"""What an alert rule may say."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from monitor.model import MoveVerdict, Severity, Status
from monitor.toml import Frozen

ALWAYS = ("symbol", "name", "event", "status", "story")
OF_A_MOVE = ("return", "verdict")


class Example(Frozen):
    """A signal in short, to show what a rule does and does not fire on.

    With a `verdict` it is a move, whose first candidate is the story described; without one it is
    a story. What is left out does not hold: no event, no reaction, no claim.
    """

    events: tuple[tuple[str, Status], ...] = ()
    symbol: str = "XYZ"
    exposure: float = 1.0
    outlets: int = 1
    abnormal_return: float | None = None
    p_value: float | None = None
    verdict: MoveVerdict | None = None
    contradicted: bool = False


class AlertRule(Frozen):
    """Fires on a signal that meets every condition given here.

    `on = "story"` looks at a story that touches a watched security, `on = "move"` at a large move;
    there events, outlets and exposure are those of the first candidate story.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    on: Literal["story", "move"]
    severity: Severity
    # a template: {symbol}, {name}, {event}, {status}, {story}; on a move {return}, {verdict} too
    title: str = Field(min_length=1)
    events: tuple[str, ...] = ()  # event types, any of; empty: any event, or none
    # any of, and of one of those events; must be said where events are, so that nothing denied
    # or merely considered is taken for done by an oversight
    statuses: tuple[Status, ...] = Field(default=(), validate_default=True)
    symbols: tuple[str, ...] = ()  # empty: every watched one
    min_exposure: float = Field(default=0.0, ge=0, le=1)
    min_outlets: int = Field(default=1, ge=1)
    min_abnormal_return: float | None = Field(default=None, ge=0)  # size, either direction
    max_p_value: float | None = Field(default=None, gt=0, le=1)
    verdicts: tuple[MoveVerdict, ...] = ()  # of a move; empty: any
    also: bool = False  # speaks even of what a rule as severe has told already
    contradicted_claims: bool = False  # True: only where a claim is contradicted
    match: tuple[Example, ...] = Field(min_length=1)
    no_match: tuple[Example, ...] = Field(min_length=1)

    @field_validator("title")
    @classmethod
    def _known_placeholders(cls, title: str, info: ValidationInfo) -> str:
        allowed = [*ALWAYS, *(OF_A_MOVE if info.data.get("on") == "move" else ())]
        told = ", ".join(f"{{{name}}}" for name in allowed)
        try:
            parts = list(string.Formatter().parse(title))
        except ValueError as error:
            raise ValueError(f"must be a template with {told} ({error})") from None
        for _, name, style, conversion in parts:
            # plain names only: a format string could otherwise reach into objects
            if name is not None and (name not in allowed or style or conversion):
                raise ValueError(f"may only use {told}, as they stand")
        return title

    @field_validator("statuses")
    @classmethod
    def _statuses_are_said(
        cls, statuses: tuple[Status, ...], info: ValidationInfo
    ) -> tuple[Status, ...]:
        if info.data.get("events") and not statuses:
            raise ValueError("must be given where events are, or a denial would alert like a deed")
        return statuses

    @field_validator("verdicts")
    @classmethod
    def _only_moves_have_verdicts(cls, verdicts: Sequence[Any], info: ValidationInfo) -> Any:
        if verdicts and info.data.get("on") == "story":
            raise ValueError('only a rule with on = "move" can ask for a verdict')
        return verdicts
