"""What an event rule may say."""

from __future__ import annotations

from pydantic import Field

from monitor.model import Status
from monitor.rules.entities import ID
from monitor.toml import Frozen


class EventText(Frozen):
    """A text and the status it must be read with."""

    text: str
    status: Status


class Pattern(Frozen):
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()


class EventRule(Frozen):
    id: str = Field(pattern=ID)
    name: str
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    match: tuple[EventText, ...] = Field(min_length=1)
    no_match: tuple[str, ...] = Field(min_length=1)
