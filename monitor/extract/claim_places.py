"""The words around a figure: which basis and day it has, whether the move took longer. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final, cast

from monitor.extract import claim_bases as b
from monitor.extract import claim_phrases as p
from monitor.extract import claim_words as w
from monitor.extract.claim_days import CLOSES, Clock, clock_for, days_in
from monitor.extract.claim_figures import Reading
from monitor.model import Basis, Direction

EXTENTS: Final[dict[Direction, Basis]] = {"up": "intraday-high", "down": "intraday-low"}
CARRIED: Final = frozenset({"premarket", "afterhours", "close", "unspecified"})


def place(
    text: str, readings: Sequence[Reading], last: Reading | None, local: Clock, said_at: datetime
) -> None:
    """Give each reading its basis and day from the words around it, and drop longer moves.

    `last` is the first reading of the sentence before: a list may go on from there.
    """
    before: Reading | None = None
    listed = _list_of_longer(text, readings)
    for number, reading in enumerate(readings):
        stop = readings[number + 1].start if number + 1 < len(readings) else len(text)
        tail = text[reading.end : _turn(text, reading.end, stop, number + 1 < len(readings))]
        start = text.rfind(";", 0, reading.start) + 1  # what it parts off is another matter
        if before:
            start = _turn(text, before.end, reading.start, True)
        head = _without_asides(text[start : reading.start]) + text[reading.start : reading.end]
        near = text[max(start, last_boundary(text, start, reading.start)) : reading.end]
        clock = clock_for(reading.subjects[0], local, said_at) if reading.subjects else local
        earlier = before.day if before else None
        inserted = before is None and _inserted(text, reading)
        reading.background = inserted or p.BACKGROUND.match(head) is not None
        _own_day(reading, clock, earlier, (near, tail, head))
        _own_basis(reading, clock, (tail, near, head))
        of_its_own = w.PERCENT.split(tail, 1)[0]  # what stands behind another figure is of that
        if _longer(near, of_its_own, head, first=before is None) or (listed and not reading.named):
            reading.dropped = reading.longer = True
        _carried(reading, before or last, before is not None, clock)
        _after_news(text, reading, before, clock)
        if reading.day is None and reading.basis is None and _long_run(text, reading):
            reading.dropped = reading.longer = True
        before = reading
    _told_of_all(text, readings)
    for reading, following in reversed(list(pairwise(readings))):
        if _shares_tail(text, reading, following):
            reading.basis = reading.basis or following.basis
            if not reading.named:
                reading.day, reading.named = following.day, following.named
        elif _was_before(reading, following):
            pared = b.PARING.search(text, reading.end, following.start)
            reading.basis = EXTENTS[reading.direction] if pared else "unspecified"
        elif following.longer and following.ellipsis and not (reading.named or reading.basis):
            reading.dropped = reading.longer = True  # "A rose 20% and B 15% so far this year"


def _long_run(text: str, reading: Reading) -> bool:
    before = text[max(0, reading.start - 60) : reading.start]
    return p.RUN.match(text, reading.end) is not None and bool(p.AFTER_A_RUN.search(before))


def _inserted(text: str, reading: Reading) -> bool:
    """Whether a reading stands between commas after the subject of another."""
    ends = text.find(",", reading.end)
    return (
        ends >= 0
        and not p.BOUNDARY.search(text, reading.end, ends)
        and p.INSERTED.fullmatch(text, 0, reading.start) is not None
    )


def _without_asides(head: str) -> str:
    return p.ASIDE.sub(lambda found: "," + " " * (len(found[0]) - 2) + ",", head)


def _list_of_longer(text: str, readings: Sequence[Reading]) -> bool:
    """ "Year to date: A is up 20%, B has doubled": what is said first holds for all of it."""
    if not readings:
        return False
    opening = p.RANK.sub(" ", p.SINCE.sub(" ", text[: readings[0].start]))
    colon = opening.find(":")
    start = p.PERIOD.match(opening.lstrip())
    return start is not None or (colon >= 0 and p.PERIOD.search(opening[:colon]) is not None)


def _after_news(text: str, reading: Reading, before: Reading | None, clock: Clock) -> None:
    """ "closed 5% down before the release and eased a further 3% after it"."""
    if (
        before is not None
        and before.basis == "close"
        and reading.subjects == before.subjects
        and reading.basis in (None, "close")
        and reading.day in (None, clock.day)
        and before.day in (None, clock.day)
        and clock.minute >= CLOSES
        and b.AFTERWARDS.search(text, before.end, reading.end + 40) is not None
    ):
        reading.basis = "afterhours"


def _shares_tail(text: str, reading: Reading, following: Reading) -> bool:
    """ "A up 16% and B up 19% before the bell": what ends a list holds for all of it."""
    between = text[reading.end : following.start]
    early_or_late = following.basis in ("premarket", "afterhours")
    return (
        reading.basis in (None, following.basis)
        and (early_or_late or (following.ellipsis and not reading.named))
        and reading.subjects != following.subjects
        and len(between.split()) <= 9
        and re.match(r",?\s*(?:and\s|while\s|$|(?<=,))", between.lower()) is not None
    )


def _told_of_all(text: str, readings: Sequence[Reading]) -> None:
    """Give the basis that the end of a sentence tells of all its figures to those without one."""
    if len(readings) < 2 or not p.ALL_OF_THEM.fullmatch(text, readings[-1].end):
        return
    name = _said_basis(bare(text[readings[-1].end :]))
    if name in ("premarket", "afterhours", "close", "open"):
        for reading in readings:
            reading.basis = reading.basis or cast(Basis, name)


def _was_before(reading: Reading, following: Reading) -> bool:
    """ "A, up 6% before the denial, closed 2% higher": the first was not the close."""
    return (
        reading.basis is None
        and following.basis == "close"
        and reading.subjects == following.subjects
        and reading.day == following.day
        and not following.background
    )


def bare(text: str) -> str:
    return p.COMPARED_CLOSE.sub(" ", p.DUE.sub(" ", text))


def _longer(near: str, tail: str, head: str, *, first: bool) -> bool:
    """Whether the move took longer than a day."""
    if any(p.PERIOD.search(p.RANK.sub(" ", p.SINCE.sub(" ", place))) for place in (near, tail)):
        return True
    return first and p.PERIOD.match(head.lstrip()) is not None  # "In the past month, …"


def _own_day(
    reading: Reading, clock: Clock, told: date | None, places: tuple[str, str, str]
) -> None:
    near, tail, head = (p.OTHER_DAY.sub(" ", p.SINCE.sub(" ", bare(place))) for place in places)
    # "the report of Monday sent it 5% down the next day"
    ahead = days_in(head, clock.day, told)[-1:]
    for place, which in ((tail, 0), (near, -1), (head, -1)):
        if days := days_in(place, clock.day, ahead[0] if ahead and place is tail else told):
            reading.day, reading.named = days[which], True
            return


def _own_basis(reading: Reading, clock: Clock, places: tuple[str, str, str]) -> None:
    if reading.extent:
        outside = _said_basis(bare(places[0])) or _said_basis(bare(places[1]))
        known = outside in ("premarket", "afterhours")  # "as much as 7% in extended trading"
        reading.basis = cast(Basis, outside) if known else EXTENTS[reading.direction]
        return
    near = places[1][: len(places[1]) - (reading.end - reading.start)]
    if b.ERASED.search(near[-60:]) and reading.day in (None, clock.day):
        reading.basis = EXTENTS[reading.direction] if " earlier " in near[-60:] else "unspecified"
        return
    # "late on Wednesday" of a day that is over is the evening of it
    evening = clock.minute >= CLOSES or (reading.day is not None and reading.day < clock.day)
    for number, place in enumerate(places):
        text = bare(place) if number == 0 else b.PARING.sub(" ", bare(place))
        if number == 2 and reading.named:  # "cautioned late on Thursday, and lost 4% on Friday"
            text = b.LATE_ON.sub(" ", text)
        if name := _said_basis(text):
            if number == 0 and (b.PARING.search(text) or name == "unspecified"):
                name = _surer(name, _said_basis(bare(places[1])))
            if name == "unspecified" and b.LATE.search(text) and evening:
                name = "afterhours"
            reading.basis = EXTENTS[reading.direction] if name == "extent" else cast(Basis, name)
            return
        if evening and b.LATE.search(text):
            reading.basis = "afterhours"
            return


def _said_basis(text: str) -> str | None:
    """The basis that a piece of text tells; of several, that of the last clause."""
    for clause in reversed(
        re.split(r"\b(?:and|but|then)\b(?= (?:was |is )?(?:last|now|later)\b)", text)
    ):
        for name, phrase in b.BASES:
            if phrase.search(clause):
                return name
    return None


def _surer(tail: str, near: str | None) -> str:
    """The basis of a figure with one told behind it and perhaps one before it: "opened 7% down
    before recovering", "indicated 2% higher early on Thursday"."""
    if tail == "unspecified":
        return near if near in ("premarket", "afterhours") else tail
    return near or tail


def _can_be_of(before: Reading, reading: Reading, clock: Clock) -> bool:
    """Whether a reading without a day can be of the day of the one before it: not where that day
    has not come at its exchange, nor where it goes on from a close to what came next."""
    if before.day is not None and before.day > clock.day:
        return False
    went_on = before.basis == "close" and reading.subjects == before.subjects
    return not (went_on and reading.basis in ("premarket", "unspecified"))


def _carried(reading: Reading, before: Reading | None, same_sentence: bool, clock: Clock) -> None:
    """What a reading does not say itself it has from the one before, if that is its equal."""
    if before is None:
        return
    other = before.subjects != reading.subjects
    if (
        reading.basis is None
        and other
        and not reading.named
        and (
            before.basis in CARRIED
            or (reading.ellipsis and before.basis is not None)
            or (same_sentence and before.basis == "open")
        )
    ):
        reading.basis = before.basis
    if (
        before.basis == "afterhours"
        and reading.basis == "unspecified"
        and same_sentence
        and not (other or reading.named)
    ):
        reading.basis = "afterhours"  # "rose 4% in extended trading and was last up 1%"
    goes_on = (same_sentence and not before.background) or other or before.corrected
    if reading.day is None and goes_on and _can_be_of(before, reading, clock):
        reading.day, reading.named = before.day, before.named


def _turn(text: str, start: int, stop: int, between: bool) -> int:
    """Where what is told of one figure gives way to what is told of the next."""
    if not between:
        return boundary(text, start, stop)
    turns = [p.DAY_OF_NEXT.search(text, start, stop)]
    to_end = p.TO_END.search(text, start, stop)
    if to_end and boundary(text, to_end.end(), stop) == stop:  # else it tells of the figure before
        turns.append(to_end)
    return min([boundary(text, start, stop), *(turn.start() for turn in turns if turn)])


def boundary(text: str, start: int, stop: int) -> int:
    """Where the words about what came before `start` end."""
    after = p.DAY_AFTER.search(text, start, stop)  # tells of what follows it
    found = next(_boundaries(text[start:stop]), None)
    end = start + found.start() if found else stop
    return min(end, after.start()) if after else end


def last_boundary(text: str, start: int, stop: int) -> int:
    last = start
    for found in _boundaries(text[start:stop]):
        last = start + found.start()
    return last


def _boundaries(text: str) -> Iterator[re.Match[str]]:
    """Most pieces of text have none, nor a "for" that could become one, and need no masking."""
    if p.BOUNDARY.search(text) or "for " in text.lower():
        yield from p.BOUNDARY.finditer(_masked(text))


def _masked(text: str) -> str:
    """The text with the words of a basis, a price or a full date made blank: their commas part
    nothing."""
    for phrase in (*(one for _, one in b.BASES), p.SINCE, p.COMPARED_CLOSE, p.DAY, p.TO_PRICE):
        text = phrase.sub(lambda found: "_" * len(found[0]), text)
    return text
