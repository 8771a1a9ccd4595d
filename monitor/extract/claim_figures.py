"""Figures and the moves they measure: "rose 17%", "17% higher", "a 6% fall", "A 7%, B 4%". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from monitor.extract import claim_phrases as p
from monitor.extract import claim_words as w
from monitor.extract.claim_subjects import Scene, Subjects
from monitor.model import Basis, Direction, ExtremeKind

JOINED = re.compile(r"\s*(?:,|,?\s*and)\s*", re.I)


@dataclass(slots=True)
class Reading:
    """A percentage on its way to being a claim; places are within the sentence."""

    start: int
    end: int
    percent: float
    decimals: int
    approx: bool
    direction: Direction
    subjects: tuple[str, ...]  # symbols; none: of something that is not known
    verb: int  # where the words about this move begin
    ellipsis: bool  # the verb is that of the reading before
    extent: bool = False
    basis: Basis | None = None
    day: date | None = None
    named: bool = False
    extreme: ExtremeKind | None = None
    since: str | None = None
    dropped: bool = False  # of a longer time, or taken back: told, but no claim


def readings_of(scene: Scene, subjects: Subjects) -> Iterator[Reading]:
    """The figures of a sentence that measure a move, without basis and day yet."""
    figures = _figures(scene.text)
    last: Reading | None = None
    floor = 0
    for number, (start, end, percent, decimals) in enumerate(figures):
        ceiling = figures[number + 1][0] if number + 1 < len(figures) else len(scene.text)
        reading = _reading(scene, subjects, (floor, start, end, ceiling), percent, last)
        if reading is not None:
            reading.decimals = decimals
            yield reading
            last = reading
        floor = end
    yield from _factors(scene, subjects)


def in_turn(text: str, readings: Sequence[Reading]) -> None:
    """ "A and B rose 5% and 7%": each takes its own."""
    for number, reading in enumerate(readings):
        row = readings[number : number + len(reading.subjects)]
        if (
            len(row) > 1
            and len(row) == len(reading.subjects)
            and all(
                one.subjects == two.subjects and JOINED.fullmatch(text, one.end, two.start)
                for one, two in pairwise(row)
            )
        ):
            for one, symbol in zip(row, reading.subjects, strict=True):
                one.subjects = (symbol,)


def _figures(text: str) -> list[tuple[int, int, float, int]]:
    found = []
    for figure in w.PERCENT.finditer(text):
        said = (figure["figure"] or str(w.NUMBERS[figure["word"].lower()])).replace(",", "")
        sign = -1 if figure["sign"] == "-" else 1
        decimals = len(said.partition(".")[2])
        found.append((figure.start(), figure.end(), sign * float(said), decimals))
    return found


def _reading(
    scene: Scene,
    subjects: Subjects,
    room: tuple[int, int, int, int],
    percent: float,
    last: Reading | None,
) -> Reading | None:
    """The move of the figure at `room[1]`; `room` also has where the figures around it lie."""
    floor, start, end, ceiling = room
    text = scene.text
    if percent == 0 or w.NOT_A_MOVE_AFTER.match(text, end, min(end + 60, len(text))):
        return None
    gap = text[floor:start]
    if w.BEFORE_LEVEL.search(gap[-30:]):
        return None
    lead, approx, extent = _lead(gap)
    head = floor + len(lead)  # where the words that only qualify the figure begin
    found = (
        _after(text, end, ceiling) or _before(text, floor, head) or _signed(text, start, percent)
    )
    taken_back = bool(p.RETRACTED.search(gap))
    if found is not None:
        direction, verb, noun = found
        told = (last.subjects, last.end) if last else (None, 0)
        is_signed = verb == start and text[start] in "+-"
        whose = (
            subjects.signed(start) if is_signed else subjects.moved(verb, start, end, noun, *told)
        )
        ellipsis = False
    elif last is None and (direction_ahead := _ahead(scene, subjects, head)):
        direction, verb, ellipsis = direction_ahead, head, True
        whose = subjects.listed(floor, head)
    elif last is not None and (named := subjects.listed(floor, head)) is not None:
        direction, verb, whose, ellipsis = last.direction, head, named, True
    elif last is not None and _goes_on(text, floor, head, end, several=len(last.subjects) > 1):
        direction, verb, whose, ellipsis = last.direction, head, last.subjects, True
    else:
        return None
    if whose is None:
        return None
    if found is not None and _hypothetical(text[floor:verb]):
        return None
    if found is not None and found[2] and w.FROM_BEFORE.search(text[floor:head]):
        return None  # "swung from a loss of 2%": where it came from
    if found is None and last is not None:
        extent = extent or (last.extent and whose != last.subjects)
    return Reading(
        start, end, abs(percent), 0, approx, direction, whose, verb, ellipsis, extent,
        dropped=taken_back,
    )  # fmt: skip


def _lead(gap: str) -> tuple[str, bool, bool]:
    """The gap without what qualifies the figure, and whether that rounds it or is its extent."""
    approx = extent = False
    lead = gap
    if found := w.APPROX.search(lead[-30:]):
        lead, approx = lead[: len(lead) - len(found[0])], True
    if found := w.EXTENT.search(lead[-30:] + " ") or w.EXTENT.search(gap[-30:]):
        extent = True
        lead = lead[: max(0, len(lead) - len(found[0].rstrip()) - 1)]
    return lead, approx, extent


def _after(text: str, end: int, ceiling: int) -> tuple[Direction, int, bool] | None:
    if side := w.SIDE_AFTER.match(text, end):
        up = side["up"] or side["above"]
        return ("up" if up else "down"), end, False
    noun = w.NOUN_AFTER.match(text, end, ceiling)
    if noun is None or w.OF_METRIC.match(text, noun.end()):
        return None
    return w.direction_of(noun["noun"]), end, True


def _before(text: str, floor: int, head: int) -> tuple[Direction, int, bool] | None:
    """The last move between two figures, if nothing between it and the figure ends the thought."""
    moves = moves_in(text, floor, head)
    if not moves:
        return None
    move = moves[-1]
    gap = text[move.end() : head]
    noun = w.is_noun(move[0])
    if w.TO_BEFORE.search(text[floor:head].rstrip() + " ") and not (noun and gap.strip() == "to"):
        return None
    bare = p.COMPARED_CLOSE.sub(" ", gap)
    for _, phrase in p.BASES:
        bare = phrase.sub(" ", bare)
    if w.GAP_ENDS.search(bare) or w.METRIC.search(bare) or len(bare.split()) > 8:
        return None
    return ("up" if move["up"] else "down"), move.start(), noun and gap.lstrip()[:3] == "of "


def _signed(text: str, start: int, percent: float) -> tuple[Direction, int, bool] | None:
    if text[start] not in "+-":
        return None
    return ("up" if percent > 0 else "down"), start, False


def _ahead(scene: Scene, subjects: Subjects, head: int) -> Direction | None:
    """The move of a list that a colon opens: "rose before the open: A by 7%, B by 4%"."""
    colon = scene.text.rfind(":", 0, head)
    if colon < 0 or subjects.listed(colon + 1, head) is None:
        return None
    moves = moves_in(scene.text, 0, colon)
    return ("up" if moves[0]["up"] else "down") if moves else None


def moves_in(text: str, start: int = 0, end: int | None = None) -> list[re.Match[str]]:
    found = w.MOVE.finditer(text, start, len(text) if end is None else end)
    return [move for move in found if move["up"] or move["down"]]


def _goes_on(text: str, floor: int, head: int, end: int, *, several: bool) -> bool:
    """Whether the figure goes on the move before it: "14% and about 8% more late"."""
    gap = text[floor:head]
    if p.CORRECTED.search(gap + " "):
        return True
    if several and JOINED.fullmatch(gap):
        return True
    joined = re.search(r"(?:\b(?:and|then|but|plus)\b|,)\s*(?:by )?(?:another |an? \w+ )?$", gap)
    return bool(
        joined
        and (p.MORE.match(text, end) or p.ANOTHER.search(gap) or p.WHEN_AFTER.match(text, end))
    )


def _hypothetical(lead: str) -> bool:
    return bool(w.HYPOTHETICAL.search(lead[-80:]))


def _factors(scene: Scene, subjects: Subjects) -> Iterator[Reading]:
    for found in w.FACTOR.finditer(scene.text):
        kind = next(key for key, value in found.groupdict().items() if value)
        lead = scene.text[: found.start()]
        approx = bool(w.APPROX.search(lead[-30:]))
        verb = len(w.APPROX.sub("", lead[-30:])) + max(0, len(lead) - 30)
        whose = subjects.moved(verb, verb, found.end(), False, None)
        tail = scene.text[found.end() : found.end() + 40]
        if not whose or _hypothetical(lead) or w.METRIC.search(tail.partition(",")[0]):
            continue
        percent = w.FACTORS[kind]
        direction: Direction = "up" if percent > 0 else "down"
        yield Reading(
            found.start(), found.end(), abs(percent), 0, approx, direction, whose, verb, False
        )
