"""Why a text was read as it was: one line for each name and trigger that was weighed."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Extraction, Span


@dataclass(frozen=True, slots=True)
class NameReading:
    """A name of the rules that stands in the text, and whether it means its entity there."""

    span: Span
    id: str  # of the entity; "" for a look-alike
    way: str  # by what: alias, short name, ticker, capital, title, look-alike
    refused: str  # why it does not; "" where it does


@dataclass(frozen=True, slots=True)
class TriggerReading:
    """A word that may report an event, tried with one pattern of a rule."""

    span: Span
    rule: str  # `event type.number of the pattern`
    status: str  # "" where it was refused
    met: tuple[tuple[str, Span], ...]  # (condition, what met it), the cue of the status last
    refused: str  # why it reports nothing; "" where it does


@dataclass(frozen=True, slots=True)
class Explained:
    extraction: Extraction
    names: tuple[NameReading, ...]
    triggers: tuple[TriggerReading, ...]
    unknown: tuple[tuple[Span, str], ...]  # names that the rules do not have, with spaCy's label
