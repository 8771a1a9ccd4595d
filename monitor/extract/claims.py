"""What a text says about the price of a security that bars can confirm or not. Pure.

Sentence by sentence: every percentage looks for the move it measures (before or after it), for
the security that moved (the subject, or the one in focus), and for the words around it that tell
the basis and the day. A percentage that finds no move, or no security, is no claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from monitor.extract.claim_bases import BASES, REPORTED_LATE
from monitor.extract.claim_days import (
    CLOSES,
    OPENS,
    Clock,
    clock_for,
    clock_of,
    days_in,
    untold_basis,
    untold_day,
)
from monitor.extract.claim_extremes import (
    SETTLED,
    basis_of_extreme,
    extremes_of,
    of_the_one_before,
    since_told,
)
from monitor.extract.claim_figures import Reading, in_turn, readings_of
from monitor.extract.claim_merging import Found, distinct, exchange
from monitor.extract.claim_phrases import CORRECTING, DENIED, WHOLE_DAY
from monitor.extract.claim_places import place
from monitor.extract.claim_subjects import Scene, opening, subjects_of
from monitor.extract.words import LONGEST, Words
from monitor.model import Basis, Claim, ExtremeKind, Mention

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
THE_STOCK = re.compile(r"The (?:shares?|stock)\b")
STILL_OF_IT = re.compile(r"(?:The (?:shares?|stock)|They|It) (?:reached|rose|fell|sank)\b")
LAST_NIGHT = re.compile(r"\b(?:overnight|in New York|on Wall Street)\b", re.IGNORECASE)
# what stands in all that CORRECTING finds
IN_CORRECTIONS = ("correct", "clarif", "errat", "right", "actual", "mis", "wrong")
LEAD_REACH = 40  # characters
QUIET = 3  # so many sentences on, "it was the lowest close since May" still tells of a figure
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
    text: str
    correcting: bool = False
    reported_late: bool = False  # news came after the close of the day of writing
    under_way: date | None = None  # the session that the text says is still going on
    over: set[tuple[str, date]] = field(default_factory=set)  # sessions told as closed, by exchange
    last: list[Reading] = field(default_factory=list)
    quiet: int = 0  # sentences since the last that told a figure
    claims: list[Found] = field(default_factory=list)
    _premarket: bool | None = None

    @property
    def premarket(self) -> bool:
        """Whether the text speaks of dealings before the open."""
        if self._premarket is None:
            self._premarket = BASES[0][1].search(self.text) is not None
        return self._premarket


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
    figured = (
        {words.number(found.start()) for found in FIGURED.finditer(text)} if securities else ()
    )
    if not figured:
        return ()
    correcting = any(part in words.norm for part in IN_CORRECTIONS)
    title_end = text.find("\n", 0, LONGEST)
    titled = {mention.symbol for mention in securities if mention.end <= title_end}
    main = titled.pop() if len(titled) == 1 else None
    told = _Told(
        said_at,
        clock_of(said_at, day_of),
        main,
        securities[0].symbol,
        text,
    )
    at = 0
    for number, (start, end) in enumerate(words.sentences):
        while at < len(mentions) and mentions[at].start < start:
            at += 1
        stop = at
        while stop < len(mentions) and mentions[stop].end <= end:
            stop += 1
        opens = start == 0 or "\n" in text[max(0, start - 2) : start]
        if opens:
            told.correcting = False
        if correcting and not told.correcting:
            told.correcting = CORRECTING.search(text, start, end) is not None
        named = any(mention.symbol for mention in mentions[at:stop])
        if opens and told.main and not named:
            told.focus = told.main  # a new paragraph's "the stock" is what the title is about
        elif told.main and told.quiet and THE_STOCK.match(text, start):
            told.focus = told.main  # so it is after a word on another company
        scene = Scene(text[start:end], start, tuple(mentions[at:stop]), told.focus, told.correcting)
        if number in figured:
            _read(scene, told, in_title=end <= title_end + 1)
        else:
            _pass_over(scene, told)
        if end == title_end + 1:
            told.last, told.quiet = [], QUIET
    return tuple(
        replace(claim, text=content[claim.start : claim.end])
        for claim in distinct(told.claims, told.over)
    )


def _read(scene: Scene, told: _Told, *, in_title: bool) -> None:
    subjects = subjects_of(scene)
    readings = sorted(readings_of(scene, subjects), key=lambda reading: reading.start)
    in_turn(scene.text, readings)
    _deny(scene.text, readings, told)
    before = told.last[0] if told.last else None
    place(scene.text, readings, before, told.clock, told.said_at)
    told.quiet = 0 if readings else told.quiet + 1
    if told.quiet and told.quiet <= QUIET and (told_of := of_the_one_before(scene)):
        _tell_extreme(told, *told_of)
        return
    extremes = list(extremes_of(scene, subjects, readings, told.clock, told.said_at))
    for reading in readings:
        if not reading.dropped:
            told.claims.extend(_claims(scene, reading, told, in_title))
    for claim in extremes:
        if not (not readings and told.quiet == 1 and _goes_on(scene, told, claim)):
            told.claims.append(Found(claim, in_title, dated=False, sure=True))
    if not readings:
        _mark_report(scene, told)
    named = [reading for reading in readings if reading.subjects]
    told.focus = named[0].subjects[0] if named else subjects.opening or told.focus
    told.last = readings


def _pass_over(scene: Scene, told: _Told) -> None:
    """A sentence without a figure or an extreme."""
    _deny(scene.text, (), told)
    _mark_report(scene, told)
    told.quiet += 1
    told.focus = opening(scene) or told.focus
    told.last = []


def _mark_report(scene: Scene, told: _Told) -> None:
    if "after" in scene.text.lower() and (late := REPORTED_LATE.search(scene.text)):
        told.reported_late = set(days_in(late[0], told.clock.day, None)) <= {told.clock.day}


def _goes_on(scene: Scene, told: _Told, extreme: Claim) -> bool:
    """ "It rose 20%. The shares reached their highest since May": tell it of the move before."""
    last = told.claims[-1].claim if told.claims else None
    same = last is not None and (last.symbol, last.direction, last.day) == (
        extreme.symbol,
        extreme.direction,
        extreme.day,
    )
    if last is None or not same or last.extreme or not STILL_OF_IT.match(scene.text):
        return False
    claim = replace(last, extreme=extreme.extreme, since=extreme.since)
    told.claims[-1] = replace(told.claims[-1], claim=claim)
    return True


def _deny(text: str, readings: Sequence[Reading], told: _Told) -> None:
    """Take back what the sentence says never was: its own figure, or that of the one before."""
    denied = DENIED.search(text)
    if denied is None:
        return
    here = [reading for reading in readings if reading.end <= denied.start()]
    for reading in here:
        reading.dropped = True
    if not here and told.last and " that " in text[: denied.start()].lower():
        last = told.last[-1]
        while told.claims and _is_of(told.claims[-1].claim, last):
            told.claims.pop()


def _is_of(claim: Claim, reading: Reading) -> bool:
    return claim.symbol in reading.subjects and claim.percent == reading.percent


def _tell_extreme(told: _Told, kind: ExtremeKind, found: re.Match[str]) -> None:
    """Put a high or low to the last claim told, where it goes the same way."""
    if not told.claims:
        return
    at = len(told.claims) - 1
    whose = told.claims[at].claim
    if SETTLED.search(found[0]) and whose.basis != "close":  # not of the day's low just told
        of_close = (
            number
            for number in range(at, max(-1, at - QUIET), -1)
            if told.claims[number].claim.basis == "close"
            and told.claims[number].claim.symbol == whose.symbol
        )
        at = next(of_close, at)
    last = told.claims[at]
    if last.claim.extreme is None and last.claim.direction == ("up" if kind == "high" else "down"):
        since = since_told(found, last.claim.day)
        basis = basis_of_extreme(found, last.claim.direction, last.claim.basis)
        claim = replace(last.claim, extreme=kind, since=since, basis=basis or last.claim.basis)
        told.claims[at] = replace(last, claim=claim)


def _claims(scene: Scene, reading: Reading, told: _Told, in_title: bool) -> Iterator[Found]:
    for symbol in reading.subjects:
        clock = clock_for(symbol, told.clock, told.said_at)
        day = reading.day or untold_day(clock, reading.basis or _last_night(scene, clock, told))
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
            approx=reading.rounding.approx,
            bound=reading.rounding.bound,
        )
        whole = reading.named or WHOLE_DAY.search(scene.text, reading.end)
        hinges = reading.basis is None and day == clock.day and _over(clock, whole=bool(whole))
        sure = reading.basis is not None
        yield Found(claim, in_title, reading.named, sure, hinges, reading.factor)
        _mark_session(told, reading, day, under_way=bool(UNDER_WAY.search(scene.text)))


def _mark_session(told: _Told, reading: Reading, day: date, *, under_way: bool) -> None:
    if reading.basis == "close":
        told.over.update((exchange(symbol), day) for symbol in reading.subjects)
    if reading.basis == "unspecified" and under_way:
        told.under_way = day
    elif reading.basis == "close" and day == told.under_way:
        told.under_way = None


def _last_night(scene: Scene, clock: Clock, told: _Told) -> Basis | None:
    """ "It rose 51% in New York", said before the session there: the one before is meant."""
    early = not clock.abroad and clock.minute < OPENS and not told.premarket
    return "close" if early and LAST_NIGHT.search(scene.text) else None


def _over(clock: Clock, *, whole: bool) -> bool:
    """Whether a move of today told with no word for its time may be the day's whole one: the
    session is over, but "rose 4%" alone does not say so, as "rose 4% on Thursday" does."""
    return clock.abroad or (clock.minute >= CLOSES and not whole)


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
