"""The day in at most five lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.deliver.digest_form import DayMove, DigestInput
from monitor.deliver.words import (
    count,
    is_contradicted,
    listed,
    moved,
    one_line,
    percent,
    time_of,
)
from monitor.model import Explanation, StorySignal

LINES = 5
NAMED = 3  # securities in one line


def lines_of(
    given: DigestInput,
    moves: Sequence[DayMove],
    explained: Sequence[DayMove],
    stories: Sequence[Sequence[StorySignal]],
) -> tuple[str, ...]:
    """`moves`: all, the largest first; `explained`: those of them with a story, the surest first.

    `stories`: those not told with a move, each with its signals.
    """
    every = [each.explanation for each in moves]
    unexplained = [each for each in every if each.verdict == "unexplained"]
    lines = [_explained(each.explanation, given) for each in explained[: LINES - 3]]
    lines += [_unexplained(unexplained, given)] if unexplained else []
    lines += [_claims(given)] if given.claims else []
    lines += [_stories(stories, given)] if stories else []
    if not (explained or unexplained or stories):
        lines.insert(0, _nothing(every))
    # what was read, and what could not be, is always told
    return (*lines[: LINES - 1], _read(given))


def _explained(each: Explanation, given: DigestInput) -> str:
    verb = "rose" if each.move.ret >= 0 else "fell"
    size = percent(abs(each.move.ret)).lstrip("+")
    so_far = " so far" if each.move.provisional else ""
    told = f"{given.company_of(each.symbol)} {verb} {size}{so_far}"
    if not each.candidates:
        return f"{told}."
    story = each.candidates[0].story
    hedge = "" if each.verdict == "explained" else ", on weak grounds"
    at = (
        f"{one_line(story.first_source, 60)}, {time_of(story.first_seen_at, given.day, given.zone)}"
    )
    return f"{told}; the story that explains it best{hedge}: “{one_line(story.title)}” ({at})."


def _unexplained(moves: Sequence[Explanation], given: DigestInput) -> str:
    told = [f"{given.company_of(each.symbol)} ({moved(each.move)})" for each in moves[:NAMED]]
    more = len(moves) - NAMED
    those = "the move of" if len(moves) == 1 else "the moves of"
    return f"No story explains {those} {listed([*told, f'{more} more'] if more > 0 else told)}."


def _claims(given: DigestInput) -> str:
    wrong = sum(is_contradicted(each) for each in given.claims)
    right = sum(each.verdict == "confirmed" and not is_contradicted(each) for each in given.claims)
    total = len(given.claims)
    return (
        f"{count(total, 'price claim')} checked: {right} right, {wrong} wrong, "
        f"{total - right - wrong} beyond checking."
    )


def _stories(stories: Sequence[Sequence[StorySignal]], given: DigestInput) -> str:
    widest = stories[0][0].story
    outlets = count(len(widest.outlets), "outlet")
    told = f"“{one_line(widest.title)}” ({outlets}, first {one_line(widest.first_source, 60)})"
    if len(stories) == 1:
        return f"One other story touched what you watch: {told}."
    return f"{len(stories)} other stories touched what you watch, the widest {told}."


def _nothing(moves: Sequence[Explanation]) -> str:
    if not moves:
        return "A quiet day: no session or no prices, and no story that touches a security."
    securities = count(len(moves), "watched security", "watched securities")
    return f"A quiet day: no unusual move among {securities}, and no story that touches one."


def _read(given: DigestInput) -> str:
    read = f"{count(given.articles, 'article')} read from {count(given.sources, 'source')}"
    if not given.problems:
        return f"{read}; all of them answered."
    return f"{read}; {count(len(given.problems), 'problem')}, listed below."
