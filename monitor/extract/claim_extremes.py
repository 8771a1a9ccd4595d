"""Highs and lows: "its highest since March", "a 52-week high", "at a record". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import cast

from monitor.extract import claim_phrases as p
from monitor.extract import claim_words as w
from monitor.extract.claim_bases import BASES
from monitor.extract.claim_days import Clock, clock_for, days_in, since_back, since_of, untold_day
from monitor.extract.claim_figures import Reading, moves_in
from monitor.extract.claim_places import EXTENTS, bare, boundary, last_boundary
from monitor.extract.claim_subjects import Scene, Subjects
from monitor.model import Basis, Claim, Direction, ExtremeKind

MEASURED_BY = re.compile(
    r"\b(?:since|below|beneath|under|off|from|short of|shy of|near|nearing|close to|approaching"
    r"|(?<!more )(?<!less )than|"
    r"within \S+ of|toward|towards|above|retest(?:s|ed|ing)?|chas(?:e|es|ing)) (?:(?:a|its|the"
    r"|their|that"
    r"|this|all|previous|prior|old|recent|last|year's|\w+day's) ){0,3}$",
    re.I,
)
STATED = re.compile(
    r" (?:is|was|stands|stood) (?:at )?\$?\d| (?:set|reached|hit|touched) (?:in|on|last)\b", re.I
)
NEGATED = re.compile(r"(?:\bnot|\bnever|n't)\b(?: \w+){0,2} ?$", re.I)
CLOSING = re.compile(r"\b(?:clos|finish|settl|end)(?:ed|ing)\b", re.I)
TOUCHED = re.compile(
    r"\b(?:hit|touch|set|plumb|reach|scal|bottom|peak|topp|notch)(?:s|es|ed|ting|ing|ping|ped)?\b"
    r"(?: (?:out|at|to|a|an|its|their|the|new|fresh|another|more|than|all-time|price|level"
    r"|\S?\$\S+)"
    r",?){0,5} ?(?:high|low|peak|record|level|price|mark|best|worst|52|\w+-)",
    re.I,
)
SETTLED = re.compile(r"\b(?:clos|finish|settle)", re.I)


def extremes_of(
    scene: Scene, subjects: Subjects, readings: Sequence[Reading], local: Clock, said_at: datetime
) -> Iterator[Claim]:
    """Put each high or low to the reading it is of; what stands alone is a claim itself."""
    for said, found in _extreme_phrases(scene.text):
        kind = said or _kind_by_move(scene.text, found, readings)
        reading = _reading_of(scene.text, kind, found, readings)
        if reading is not None:
            day = reading.day or untold_day(local, reading.basis)
            reading.extreme, reading.since = kind, since_told(found, day)
            if reading.basis is None and CLOSING.search(scene.text, reading.end, found.start()):
                reading.basis = "close"
            reading.basis = basis_of_extreme(found, reading.direction, reading.basis)
            continue
        if not any(mark.end <= found.start() for mark in subjects.marks):
            continue  # of something else: "uranium hit a record high"
        whose = _of_the_move_before(subjects, found, readings) or subjects.moved(
            found.start(), found.start(), found.end(), True, None
        )
        if whose:
            yield _alone(scene, kind, found, whose[0], local, said_at)


def _of_the_move_before(
    subjects: Subjects, found: re.Match[str], readings: Sequence[Reading]
) -> tuple[str, ...]:
    """ "A fell 7%, B 8% after plumbing a low": of B, as nothing else is named between."""
    before = [one for one in readings if one.end <= found.start()]
    if not before or any(
        mark.kind in ("security", "share", "other")
        for mark in subjects.marks
        if before[-1].end <= mark.start < found.start()
    ):
        return ()
    return before[-1].subjects


def of_the_one_before(scene: Scene) -> tuple[ExtremeKind, re.Match[str]] | None:
    """ "That was its lowest close since May": a high or low of what the sentence before tells."""
    opening = p.THAT_WAS.match(scene.text)
    if opening is None:
        return None
    kind, found = next(_extreme_phrases(scene.text), (None, None))
    return (kind, found) if kind and found and found.start() < opening.end() + 40 else None


def _reading_of(
    text: str, kind: ExtremeKind, found: re.Match[str], readings: Sequence[Reading]
) -> Reading | None:
    """The reading that an extreme tells more of: the one before it, else the one that follows."""
    before = [one for one in readings if one.end <= found.start() + 1]
    if before:
        reading = before[-1]
        side = w.SIDE_AFTER.match(text, reading.end)  # "20% higher" moves no second time
        between = text[side.end() if side else reading.end : found.start()]
        parted = p.SEPARATE.search(text, reading.end, found.end())
        apart = parted is not None and not moves_in(between)
        if apart and parted and CLOSING.search(parted[0]) and reading.basis in (None, "close"):
            apart = False  # "fell 7% and closed at a three-week low"
    elif readings and readings[0].start - found.end() < 40:
        reading = readings[0]
        parted = re.search(
            r"\b(?:after(?! \w+ing\b| (?:an? |its )?$)|before|and"
            r"|but)\b",
            text[found.end() : reading.start],
        )
        apart = parted is not None
    else:
        return None
    fits = reading.direction == ("up" if kind == "high" else "down")
    return reading if fits and not (apart or reading.dropped or reading.extreme) else None


def basis_of_extreme(
    found: re.Match[str], direction: Direction, said: Basis | None
) -> Basis | None:
    """The basis of a move to a high or low; `said` is what was told of it otherwise. That a price
    rose to its highest since March does not say that the figure is of the day's high, but that it
    touched a record does."""
    if SETTLED.search(found[0]):
        return "close"
    before = found.string[max(0, found.start() - 40) : found.start()]
    touched = TOUCHED.search(f"{before}{found[0]}") or "intraday" in found[0].lower()
    return EXTENTS[direction] if touched and said in (None, "unspecified") else said


def _kind_by_move(text: str, found: re.Match[str], readings: Sequence[Reading]) -> ExtremeKind:
    """Whether "a level not seen since March" is a high or a low."""
    moves = moves_in(text, 0, found.start())
    if moves:
        return "high" if moves[-1]["up"] else "low"
    return "low" if readings and readings[0].direction == "down" else "high"


def _extreme_phrases(text: str) -> Iterator[tuple[ExtremeKind | None, re.Match[str]]]:
    """Each with its kind, None where the words before it tell that."""
    hits = [found for phrase in (p.SINCE, p.SPAN, p.EVER) for found in phrase.finditer(text)]
    end = 0
    for found in sorted(hits, key=lambda hit: hit.start()):
        groups = found.groupdict()
        low = groups.get("low") or groups.get("under")
        ranks = re.match(r"(?:best|worst) (?:day|session|week|month|gain|loss)", found[0], re.I)
        if found.start() < end or ranks or _as_a_mark(text, found):
            continue
        end = found.end()
        yield None if groups.get("either") else "low" if low else "high", found


def _as_a_mark(text: str, found: re.Match[str]) -> bool:
    """Whether it is only what a price is measured by: "40% under its record high"."""
    before = text[max(0, found.start() - 40) : found.start()]
    denied = NEGATED.search(before)  # "did not set a record"
    return bool(denied or MEASURED_BY.search(before) or STATED.match(text, found.end()))


def since_told(found: re.Match[str], day: date) -> str | None:
    groups = found.groupdict()
    if groups.get("decade"):
        return since_back("10", "year", day)
    if groups.get("count"):
        return since_back(groups["count"], groups["unit"].lower(), day)
    return since_of(found, day) if "only_year" in groups else None


def _alone(
    scene: Scene,
    kind: ExtremeKind,
    found: re.Match[str],
    symbol: str,
    local: Clock,
    said_at: datetime,
) -> Claim:
    text = scene.text
    direction: Direction = "up" if kind == "high" else "down"
    clock = clock_for(symbol, local, said_at)
    start = last_boundary(text, 0, found.start())
    around = bare(text[start : boundary(text, found.end(), len(text))])
    days = days_in(p.SINCE.sub(" ", around), clock.day, None)
    basis: Basis = EXTENTS[direction]
    for name, phrase in BASES[:3]:
        if phrase.search(around):
            basis = cast(Basis, name)
            break
    day = days[-1] if days else untold_day(clock, basis)
    at = scene.start + found.start()
    return Claim(
        symbol,
        direction,
        None,
        basis,
        day,
        kind,
        since_told(found, day),
        found[0],
        at,
        at + len(found[0]),
    )
