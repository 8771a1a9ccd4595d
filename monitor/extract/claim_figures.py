"""Figures and the moves they measure: "rose 17%", "17% higher", "a 6% fall", "A 7%, B 4%". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from monitor.extract import claim_moves as m
from monitor.extract import claim_phrases as p
from monitor.extract import claim_words as w
from monitor.extract.claim_bases import BASES
from monitor.extract.claim_subjects import Scene, Subjects
from monitor.model import Basis, Bound, Direction, ExtremeKind

HELD = re.compile(
    r"\b(?:held|holding|kept|keeping|retained|retaining|cl[iu]ng to|hung|hanging)(?: on)?(?: to)?"
    r" $",
    re.I,
)
JOINED = re.compile(r"\s*(?:,|,?\s*and)\s*", re.I)


@dataclass(frozen=True, slots=True)
class Rounding:
    """How the words around a figure qualify it."""

    approx: bool = False
    bound: Bound | None = None


EXACT = Rounding()


@dataclass(slots=True)
class Reading:
    """A percentage on its way to being a claim; places are within the sentence."""

    start: int
    end: int
    percent: float
    decimals: int
    rounding: Rounding
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
    longer: bool = False
    corrected: bool = False
    factor: bool = False  # "doubled"
    background: bool = False  # "after Wednesday's 8% rout": its day is its own


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
    """(start, end, percent with its sign, decimals) of all that may measure a move."""
    found = []
    for figure in w.PERCENT.finditer(text):
        start, end = figure.span()
        before = text[max(0, start - 30) : start]
        if w.BETWEEN.search(before) or w.RANGE.match(text, end, end + 20):
            continue  # "between 4% and 7%"
        if w.FROM_FIGURE.search(before) and w.TO_FIGURE.match(text, end, end + 40):
            continue  # "trimmed its gain from 12% to 8%"
        percent, decimals = _value(figure)
        found.append((start, end, percent, decimals))
    return found


def _value(figure: re.Match[str]) -> tuple[float, int]:
    sign = -1 if (figure["sign"] or "").strip().lower() in ("-", "minus", "negative") else 1
    if said := figure["figure"]:
        said = said.replace(",", "")
        return sign * float(said), len(said.partition(".")[2])
    if part := figure["fraction"]:
        percent = w.FRACTIONS[part.split()[-1].lower()]
        return percent, (-1 if percent >= 20 else 0)
    if figure["half_a"]:
        return sign * 0.5, 1
    whole = w.TENS.get((figure["tens"] or "").lower(), 0)
    whole += w.NUMBERS.get((figure["word"] or "").lower(), 0)
    half = bool(figure["and_half"])
    return sign * (whole + half / 2), int(half)


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
    lead, rounding, extent = _lead(gap)
    head = floor + len(lead)  # where the words that only qualify the figure begin
    taken_back = _taken_back(gap, correcting=scene.correcting)
    move = (
        _after(text, (floor, head, end, ceiling), percent)
        or _before(text, floor, head)
        or _signed(text, start, percent)
    )
    if move is not None:
        if _hypothetical(text[floor : min(move.verb, head)]):
            return None
        if move.noun and w.FROM_BEFORE.search(text[floor:head]):
            if not w.RECOVERED.search(text[floor:head]):
                return None  # "swung from a loss of 2%": where it came from
            extent = True  # "recovered from a loss of 4%": that was the worst of it
        told = (last.subjects, last.end) if last else (None, 0)
        whose = _whose(subjects, move, start, end, told)
        direction, verb, ellipsis = move.direction, move.verb, False
    else:
        gone_on = _gone_on(scene, subjects, (floor, head, end), last)
        if gone_on is None:
            return None
        direction, whose = gone_on
        verb, ellipsis = head, True
        if last is not None:
            extent = extent or (last.extent and whose != last.subjects)
    if whose is None:
        return None
    return Reading(
        start, end, abs(percent), 0, rounding, direction, whose, verb, ellipsis, extent,
        dropped=taken_back, corrected=taken_back,
    )  # fmt: skip


def _taken_back(gap: str, *, correcting: bool) -> bool:
    return bool(p.RETRACTED.search(gap) or (correcting and p.WROTE.search(gap)))


def _whose(
    subjects: Subjects,
    move: _Move,
    start: int,
    end: int,
    told: tuple[tuple[str, ...] | None, int],
) -> tuple[str, ...] | None:
    if move.signed:
        return subjects.signed(start)
    if move.off:
        return subjects.behind(end, shares=True)
    return subjects.moved(move.verb, start, end, move.noun, *told)


def _gone_on(
    scene: Scene, subjects: Subjects, room: tuple[int, int, int], last: Reading | None
) -> tuple[Direction, tuple[str, ...] | None] | None:
    """The direction and the symbols of a figure without a move of its own: "A rose 5%, B 3%"."""
    floor, head, end = room
    text = scene.text
    named = subjects.listed(floor, head)
    if (last is None or ":" in text[floor:head]) and named is not None:
        if direction := _ahead(subjects, floor, head):
            return direction, named
    if last is None:
        return None
    if named is not None:
        return last.direction, named
    if last.end != floor and p.CORRECTED.search(text[floor:head] + " ") is None:
        return None  # the figure right before is of something else: "a 5% stake and another 5%"
    if _goes_on(text, floor, head, end, several=len(last.subjects) > 1):
        return last.direction, last.subjects
    return None


def _lead(gap: str) -> tuple[str, Rounding, bool]:
    """The gap without what qualifies the figure, how that rounds it, whether it is its extent."""
    rounding, extent = EXACT, False
    lead = gap
    if found := w.APPROX.search(lead[-30:]):
        lead, rounding = lead[: len(lead) - len(found[0])], _rounding(found)
    if found := w.EXTENT.search(lead[-30:] + " ") or w.EXTENT.search(gap[-30:]):
        extent = True
        lead = lead[: max(0, len(lead) - len(found[0].rstrip()) - 1)]
    return lead, rounding, extent


def _rounding(qualifier: re.Match[str]) -> Rounding:
    words = " ".join(qualifier[0].lower().split())
    return Rounding(True, next((bound for bound in w.BOUNDS if words in w.BOUNDS[bound]), None))


@dataclass(frozen=True, slots=True)
class _Move:
    direction: Direction
    verb: int  # where the words about the move begin
    signed: bool = False
    off: bool = False  # "took 6% off the shares"
    noun: bool = False  # "a gain of 5%": whose it is may stand behind


def _after(text: str, room: tuple[int, int, int, int], percent: float) -> _Move | None:
    floor, head, end, ceiling = room
    if w.OFF_AFTER.match(text, end) and w.TOOK.search(text[floor:head]):
        return _Move("down", head, off=True)
    if side := w.SIDE_AFTER.match(text, end):
        sideways = side["up"] or side["down"]
        if not sideways and w.VALUED.search(text, floor, head):
            return None
        return _Move("up" if side["up"] or side["above"] else "down", head)
    noun = w.NOUN_AFTER.match(text, end, ceiling)
    if noun is None or w.OF_METRIC.match(text, noun.end()):
        return None
    direction = m.direction_of(noun["noun"]) or ("down" if percent < 0 else None)
    return _Move(direction, end, noun=True) if direction else None


def _before(text: str, floor: int, head: int) -> _Move | None:
    """The last move between two figures, if nothing between it and the figure ends the thought."""
    moves = moves_in(text, floor, head)
    if not moves:
        return None
    move = moves[-1]
    gap = text[move.end() : head]
    noun = m.is_noun(move[0])
    to_level = noun and w.NOW_AT.fullmatch(gap)
    if w.TO_BEFORE.search(text[floor:head].rstrip() + " ") and not to_level:
        return None
    bare = w.AMOUNT.sub(" ", p.COMPARED_CLOSE.sub(" ", gap))
    for _, phrase in BASES:
        bare = phrase.sub(" ", bare)
    if to_level:
        return _Move("up" if move["up"] else "down", move.start(), noun=_names_itself(text, move))
    if w.GAP_ENDS.search(bare) or w.METRIC.search(bare) or len(bare.split()) > 8:
        return None
    return _Move(
        "up" if move["up"] else "down", move.start(), noun=noun and gap.lstrip()[:3] == "of "
    )


def _names_itself(text: str, move: re.Match[str]) -> bool:
    """ "The gain had shrunk to 7%": of the security in focus."""
    return text[max(0, move.start() - 4) : move.start()].lower() == "the "


def _signed(text: str, start: int, percent: float) -> _Move | None:
    if not w.SIGN.match(text, start):
        return None
    return _Move("up" if percent > 0 else "down", start, signed=True)


def _ahead(subjects: Subjects, floor: int, head: int) -> Direction | None:
    """The move of a list that a colon opens: "rose before the open: A by 7%, B by 4%"."""
    text = subjects.scene.text
    colon = text.rfind(":", floor, head)
    listed = m.GAINERS.search(text, floor, head) or m.GAINERS.search(text, head, head + 80)
    if colon < 0 and listed:
        return "up" if listed["up"] else "down"  # "decliners included A (3%)"
    if colon < 0 or subjects.listed(colon + 1, head) is None:
        return None
    if kinds := list(m.GAINERS.finditer(text, floor, colon)):
        return "up" if kinds[-1]["up"] else "down"
    moves = moves_in(text, floor, colon)
    return ("up" if moves[0]["up"] else "down") if moves else None


def moves_in(text: str, start: int = 0, end: int | None = None) -> list[re.Match[str]]:
    found = m.MOVE.finditer(text, start, len(text) if end is None else end)
    return [move for move in found if move["up"] or move["down"]]


def _goes_on(text: str, floor: int, head: int, end: int, *, several: bool) -> bool:
    """Whether the figure goes on the move before it: "14% and about 8% more late"."""
    gap = text[floor:head]
    if p.CORRECTED.search(gap + " "):
        return True
    if several and JOINED.fullmatch(gap):
        return True
    if HELD.search(gap) or p.DOWN_FROM.fullmatch(gap):
        return True
    joined = re.search(r"(?:\b(?:and|then|but|plus)\b|,)\s*(?:by )?(?:another |an? \w+ )?$", gap)
    return bool(
        joined
        and (p.MORE.match(text, end) or p.ANOTHER.search(gap) or p.WHEN_AFTER.match(text, end))
    )


def _hypothetical(lead: str) -> bool:
    return bool(w.HYPOTHETICAL.search(lead[-80:]) and not w.INDICATED.search(lead[-80:]))


def _factors(scene: Scene, subjects: Subjects) -> Iterator[Reading]:
    for found in w.FACTOR.finditer(scene.text):
        kind = next(key for key, value in found.groupdict().items() if value)
        lead = scene.text[: found.start()]
        qualifier = w.APPROX.search(lead[-30:])
        rounding = _rounding(qualifier) if qualifier else EXACT
        verb = len(w.APPROX.sub("", lead[-30:])) + max(0, len(lead) - 30)
        whose = subjects.moved(verb, verb, found.end(), False, None)
        tail = scene.text[found.end() : found.end() + 40]
        if not whose or _hypothetical(lead) or w.METRIC.search(tail.partition(",")[0]):
            continue
        percent = w.FACTORS[kind]
        direction: Direction = "up" if percent > 0 else "down"
        yield Reading(
            found.start(), found.end(), abs(percent), -1, rounding, direction, whose, verb, False,
            factor=True,
        )  # fmt: skip
