"""Questions to GDELT in the form that it takes. Pure.

Its rules, as it tells them in answers: a single word stands bare, a phrase and a word with a sign
in it in quotes; what is too short is refused, and the whole question with it; alternatives stand in
parentheses, and nothing else does; and a question may not be long.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 250  # characters of a question
SHORTEST_WORD, SHORTEST_PHRASE = 3, 5


@dataclass(frozen=True, slots=True)
class Questions:
    """`left_out`: terms that GDELT does not search for."""

    questions: tuple[str, ...]
    left_out: tuple[str, ...]


def questions_of(terms: Iterable[str], only: str) -> Questions:
    """As few questions as ask for all of `terms`, each with `only`, further conditions, behind."""
    behind = f" {only}" if only else ""
    room = LONGEST - len(behind)
    groups: list[list[str]] = []
    left_out = []
    for term in dict.fromkeys(" ".join(term.replace('"', " ").split()) for term in terms):
        written = written_term(term)
        if written is None or len(written) > room:
            left_out.append(term)
        elif groups and len(_alternatives([*groups[-1], written])) <= room:
            groups[-1].append(written)
        else:
            groups.append([written])
    return Questions(tuple(f"{_alternatives(group)}{behind}" for group in groups), tuple(left_out))


def written_term(term: str) -> str | None:
    """None where it is too short."""
    if term.isalnum():
        return term if len(term) >= SHORTEST_WORD else None
    return f'"{term}"' if len(term) >= SHORTEST_PHRASE else None


def _alternatives(written: list[str]) -> str:
    return written[0] if len(written) == 1 else f"({' OR '.join(written)})"
