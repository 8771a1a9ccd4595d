"""Why a text was read as it was, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monitor.extract.readings import Explained, NameReading, TriggerReading
    from monitor.model import Span

OPENED = 40  # characters of the text around a trigger that are shown


def told(explained: Explained) -> Iterator[str]:
    """What held first, with what decided it; then what was weighed and refused."""
    names = [one for one in explained.names if one.id]
    yield "names"
    yield from _or_none(_name(one) for one in names if not one.refused)
    yield "events"
    yield from _or_none(line for one in explained.triggers if not one.refused for line in _met(one))
    yield "names that the rules do not have"
    yield from _or_none(f"{label:28} {_quoted(span)}" for span, label in explained.unknown)
    yield "refused names"
    yield from _or_none(_name(one) for one in names if one.refused)
    yield "refused triggers"
    yield from _or_none(_trigger(one) for one in explained.triggers if one.refused)


def as_reasons(explained: Explained) -> dict[str, Any]:
    """The same for a program, under the key `why`."""
    return {
        "why": {
            "names": [asdict(one) for one in explained.names],
            "triggers": [asdict(one) for one in explained.triggers],
            "unknown": [asdict(span) | {"label": label} for span, label in explained.unknown],
        }
    }


def _or_none(lines: Iterator[str]) -> Iterator[str]:
    first = next(lines, None)
    yield f"  {first}" if first else "  none"
    for line in lines:
        yield f"  {line}"


def _name(one: NameReading) -> str:
    line = f"{one.id:28} {_quoted(one.span):32} {one.way}"
    return f"{line}: {one.refused}" if one.refused else line


def _met(one: TriggerReading) -> Iterator[str]:
    yield f"{one.rule:28} {_quoted(one.span):32} {one.status}"
    for condition, span in one.met:
        yield f"    {condition}: {_quoted(span)}"
    if not any(condition.startswith("cue ") for condition, _ in one.met):
        yield "    status: the pattern's own, no cue says otherwise"


def _trigger(one: TriggerReading) -> str:
    return f"{one.rule:28} {_quoted(one.span):32} {one.refused}"


def _quoted(span: Span) -> str:
    text = span.text if len(span.text) <= OPENED else f"{span.text[:OPENED]}…"
    return f'"{text}" at {span.start}'
