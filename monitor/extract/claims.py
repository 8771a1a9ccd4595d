"""What a text says about the price of a security that bars can confirm or not. Pure.

Sentence by sentence: every percentage looks for the move it measures (before or after it), for
the security that moved (the subject, or the one in focus), and for the words around it that tell
the basis and the day. A percentage that finds no move, or no security, is no claim.
"""

from __future__ import annotations

import re
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice

from monitor.extract.claim_bases import BASES, REPORTED_LATE
from monitor.extract.claim_days import (
    CLOSES,
    Clock,
    clock_for,
    clock_of,
    days_in,
    untold_basis,
    untold_day,
)
from monitor.extract.claim_extremes import (
    basis_of_extreme,
    extremes_of,
    of_the_one_before,
    since_told,
)
from monitor.extract.claim_figures import Reading, in_turn, readings_of
from monitor.extract.claim_phrases import CORRECTING
from monitor.extract.claim_places import place
from monitor.extract.claim_subjects import Scene, subjects_of
from monitor.extract.words import LONGEST, Words
from monitor.model import Basis, Claim, ExtremeKind, Mention

_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A claim with what weighs when it is told twice."""

    claim: Claim
    in_title: bool
    dated: bool  # its day is said
    sure: bool  # its basis is said


# without one of these there is no figure or extreme, whatever the forms of claim_words and _phrases
FIGURED = re.compile(
    r"\d ?%|per ?cent|\dpc\b|pct|\b(?:half|(?:a|one) (?:third|quarter|fifth|tenth))\b|"
    r"\b(?:doubl|tripl|trebl|quadrupl|halv|high|low|best|worst|record|peak|trough|loftiest|"
    r"dearest|priciest|cheapest|richest|strongest|firmest|weakest|softest|poorest)|"
    r"\b(?:last|not|not been|un)[ -]?(?:seen|visited|reached|touched|traded|hit)\b",
    re.I,
)
# the present tense of a session that goes on, however late the text was published
UNDER_WAY = re.compile(
    r"\b(?:is|are)\b(?: (?:now|\w+ly))? (?:trading|changing hands|moving|up|down|higher|lower)\b",
    re.I,
)
LEAD_REACH = 40  # characters
LEAD = re.compile(
    r"\b(?:(?:as (?:much|high|low|little|far) as|up to|at least|more than|less than|nearly|almost"
    r"|about|around|roughly|some|over|another|a further|an additional) )+$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Told:
    """What goes on from one sentence to the next."""

    said_at: datetime
    clock: Clock
    main: str | None  # the only security of the title
    focus: str | None
    premarket: bool  # it speaks of dealings before the open
    correcting: bool = False
    reported_late: bool = False  # news came after the close of the day of writing
    under_way: date | None = None  # the session that the text says is still going on
    last: list[Reading] = field(default_factory=list)
    claims: list[_Found] = field(default_factory=list)


def find_claims(
    content: str,
    mentions: Sequence[Mention],
    words: Words,
    said_at: datetime,
    day_of: Callable[[datetime], date],
) -> tuple[Claim, ...]:
    """The claims by place. `day_of` gives the calendar day of a moment in the exchange's zone."""
    securities = [mention for mention in mentions if mention.symbol]
    text = words.text
    # most news of a company tells no figure of its price, and then nothing needs a closer look
    if not securities or not FIGURED.search(text):
        return ()
    title_end = text.find("\n", 0, LONGEST)
    titled = {mention.symbol for mention in securities if mention.end <= title_end}
    main = titled.pop() if len(titled) == 1 else None
    told = _Told(
        said_at,
        clock_of(said_at, day_of),
        main,
        securities[0].symbol,
        premarket=BASES[0][1].search(text) is not None,
    )
    at = 0
    for start, end in words.sentences:
        while at < len(mentions) and mentions[at].start < start:
            at += 1
        stop = at
        while stop < len(mentions) and mentions[stop].end <= end:
            stop += 1
        opens = start == 0 or "\n" in text[max(0, start - 2) : start]
        if opens:
            told.correcting = False
        told.correcting = told.correcting or bool(CORRECTING.search(text, start, end))
        named = any(mention.symbol for mention in mentions[at:stop])
        if opens and told.main and not named:
            told.focus = told.main  # a new paragraph's "the stock" is what the title is about
        scene = Scene(text[start:end], start, tuple(mentions[at:stop]), told.focus, told.correcting)
        _read(scene, told, in_title=end <= title_end + 1)
        if end == title_end + 1:
            told.last = []
    return tuple(
        replace(claim, text=content[claim.start : claim.end]) for claim in _distinct(told.claims)
    )


def _read(scene: Scene, told: _Told, *, in_title: bool) -> None:
    subjects = subjects_of(scene)
    readings = sorted(readings_of(scene, subjects), key=lambda reading: reading.start)
    in_turn(scene.text, readings)
    before = told.last[0] if told.last else None
    place(scene.text, readings, before, told.clock, told.said_at)
    if told.last and not readings and (told_of := of_the_one_before(scene)):
        _tell_extreme(told, *told_of)
        return
    extremes = list(extremes_of(scene, subjects, readings, told.clock, told.said_at))
    for reading in readings:
        if not reading.dropped:
            told.claims.extend(_claims(scene, reading, told, in_title))
    told.claims.extend(_Found(claim, in_title, dated=False, sure=True) for claim in extremes)
    if not readings and (late := REPORTED_LATE.search(scene.text)):
        told.reported_late = set(days_in(late[0], told.clock.day, None)) <= {told.clock.day}
    named = [reading for reading in readings if reading.subjects]
    told.focus = named[0].subjects[0] if named else subjects.opening or told.focus
    told.last = readings


def _tell_extreme(told: _Told, kind: ExtremeKind, found: re.Match[str]) -> None:
    """Put a high or low to the last claim told, where it goes the same way."""
    if not told.claims:
        return
    last = told.claims[-1]
    if last.claim.extreme is None and last.claim.direction == ("up" if kind == "high" else "down"):
        since = since_told(found, last.claim.day)
        basis = basis_of_extreme(found, last.claim.direction, last.claim.basis)
        claim = replace(
            last.claim, extreme=kind, since=since, basis=basis or last.claim.basis
        )
        told.claims[-1] = replace(last, claim=claim)


def _claims(scene: Scene, reading: Reading, told: _Told, in_title: bool) -> Iterator[_Found]:
    for symbol in reading.subjects:
        clock = clock_for(symbol, told.clock, told.said_at)
        day = reading.day or untold_day(clock, reading.basis)
        basis = reading.basis or _untold(clock, day, told)
        start = _with_its_lead(scene.text, reading.start)
        claim = Claim(
            symbol=symbol,
            direction=reading.direction,
            percent=reading.percent,
            basis=basis,
            day=day,
            extreme=reading.extreme,
            since=reading.since,
            text=scene.text[start : reading.end],
            start=scene.start + start,
            end=scene.start + reading.end,
            decimals=reading.decimals,
            approx=reading.approx,
        )
        yield _Found(claim, in_title, reading.named, sure=reading.basis is not None)
        _mark_session(told, reading, day, under_way=bool(UNDER_WAY.search(scene.text)))


def _mark_session(told: _Told, reading: Reading, day: date, *, under_way: bool) -> None:
    if reading.basis == "unspecified" and under_way:
        told.under_way = day
    elif reading.basis == "close" and day == told.under_way:
        told.under_way = None


def _untold(clock: Clock, day: date, told: _Told) -> Basis:
    """The basis of what tells none; a text that speaks of a session as under way still does so."""
    if day == told.under_way:
        return "unspecified"
    late = told.reported_late and day == clock.day and clock.minute >= CLOSES
    return "afterhours" if late else untold_basis(clock, day, premarket=told.premarket)


def _with_its_lead(text: str, start: int) -> int:
    """Where the words that qualify a figure begin: "as much as 17%", not "17%" alone."""
    window = max(0, start - LEAD_REACH)
    found = LEAD.search(text[window:start])
    return window + found.start() if found else start


def _distinct(found: Sequence[_Found]) -> tuple[Claim, ...]:
    """The claims without what is said twice: the body's words and the surer basis stay."""
    kept: list[_Found] = []
    alike: dict[_Key, list[int]] = defaultdict(list)  # numbers of `kept`, in order
    for second in found:
        firsts = [
            number
            for key in _asked(second)
            for number in islice((n for n in alike[key] if _same(kept[n], second)), 1)
        ]
        at = min(firsts, default=len(kept))
        if at == len(kept):
            kept.append(second)
        else:
            kept[at] = _merged(kept[at], second)
        for key in _known(kept[at]):
            insort(alike[key], at)
    return tuple(sorted((one.claim for one in kept), key=lambda claim: (claim.start, claim.symbol)))


def _known(found: _Found) -> Iterator[_Key]:
    """What one must ask by to find a claim that may be the same, see `_same`."""
    claim = found.claim
    whose = (claim.symbol, claim.direction)
    if found.in_title:
        yield whose
    if claim.percent is not None:
        yield (*whose, claim.percent, claim.day)
    yield (*whose, claim.percent is None, claim.extreme, claim.since, claim.day)


def _asked(found: _Found) -> Iterator[_Key]:
    claim = found.claim
    whose = (claim.symbol, claim.direction)
    yield whose
    yield (*whose, claim.percent, claim.day)
    for bare in (True, False) if claim.percent is None else (True,):
        yield (*whose, bare, claim.extreme, claim.since, claim.day)


def _same(first: _Found, second: _Found) -> bool:
    one, two = first.claim, second.claim
    if (one.symbol, one.direction) != (two.symbol, two.direction):
        return False
    if one.percent is None or two.percent is None:
        alike = one.extreme is not None and (one.extreme, one.since) == (two.extreme, two.since)
        return alike and (first.in_title or one.day == two.day)
    if first.in_title and not (first.dated and one.day != two.day):
        unit = 10.0**-one.decimals
        return abs(one.percent - two.percent) <= (unit if one.approx else unit / 2) + 1e-9
    both_sure = first.sure and second.sure and one.basis != two.basis
    return one.percent == two.percent and one.day == two.day and not both_sure


def _merged(first: _Found, second: _Found) -> _Found:
    told = second if first.in_title or first.claim.percent is None else first
    surer = second if second.sure and not first.sure else first if not second.sure else told
    basis = surer.claim.basis
    extreme = next((one.claim for one in (told, first, second) if one.claim.extreme), told.claim)
    claim = replace(told.claim, basis=basis, extreme=extreme.extreme, since=extreme.since)
    return _Found(
        claim,
        first.in_title and second.in_title,
        first.dated or second.dated,
        first.sure or second.sure,
    )
