"""Whose price it is that moves: the subject of a verb, the members of a list. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from monitor.extract import claim_moves as m
from monitor.extract import claim_phrases as p
from monitor.extract import claim_words as w
from monitor.model import Mention

Kind = Literal["security", "share", "metric", "other"]
PREPOSITION = re.compile(
    r"\b(?:with|for|from|to|by|in|at|on|than|against|about|of|like|into|including|behind|among)"
    r"\s+(?:the\s+)?$",
    re.I,
)
SHARES_OF = re.compile(r"\b(?:shares?|stock|stake|securities) (?:of|in)\s+(?:the\s+)?$", re.I)
JOINED = re.compile(r"\s*(?:'s?)?\s*(?:,|,? and|&)\s*(?:the )?", re.I)
FILLER = re.compile(
    r"(?:'s?)?(?:[\s,]*+\b(?:by|shares?|stock|about|around|each|a|an|another|was|were|also|roughly"
    r"|another|some|"
    r"all|both|more|well|at|with|managed|mustered)\b)*+[\s:(]*",
    re.I,
)
MOVED_OTHER = re.compile(r"\w+\s+|[^;]*(?:,|\band)\s+", re.I)  # "lifted B", "A fell, B 5%"
WHICH = re.compile(r",\s+(?:which|who|whose|that)\b", re.I)
OF_WHOM = re.compile(r" (?:of|in) (?:the )?", re.I)
LEADS = re.compile(r"\W*(?:the )?(?:(?:shares?|stock) (?:of|in) )?(?:the )?", re.I)
PARTED_CLAUSE = re.compile(r"[;:]|\b(?:and|but|while|as|when|after|said|says)\b", re.I)
SUBJECTLESS = re.compile(
    r"(?:\b(?:and|but|then|after|before|having|while|to|from|by)|[,;])\s*(?:\w+ly\s+|then\s+)?$",
    re.I,
)
PARENTHETICAL = re.compile(
    r"\s*,\s*(?:which|whose|who|that|a|an|the|up|down|already|one|owner|operator|maker|based|"
    r"formerly|now|still)\b",
    re.I,
)
CLAUSE = re.compile(r"(?:^|;|\b(?:and|but|while|whereas))\s+(?:the |shares (?:of|in) )?$", re.I)
CAUSED = re.compile(
    r"\b(?:send|lift|drive|push|propel|carr(?:y|ie)|take|pull|drag|knock)(?:s|es|ing)?\s+$", re.I
)
PREDICATE = re.compile(
    rf"(?:'s?)?(?: (?:shares?|stock))?\s+(?:to|was|were|is|are|had|has|\w+ed|swung|went|hit|set"
    rf"|saw|"
    rf"stood|took|gave|made|began|shot|put|held|{m.UP_OR_DOWN})\b",
    re.I,
)
AT = re.compile(r"\b(?!shares? |stocks? )[a-z]+ at (?:the )?$", re.I)  # "wages at A rose"
METRIC_OF = re.compile(
    rf"(?:{w.METRIC.pattern}) (?:of|at|for|from|in|by|on|to|(?:linked|tied) to) (?:the )?$", re.I
)
BEHIND = re.compile(
    r"\s*(?:[\w-]+\s+){0,2}(?:to|for|in|off|of|by|from|onto|left|leaves|took|takes|put|puts"
    r"|brought|brings|sent|gave)"
    r"\s+(?:the\s+)?(?:shares (?:of|in) )?",
    re.I,
)
OWNED = re.compile(r"'s?(?:\s+[\w-]+){1,6}\s*", re.I)
JOINS_VERB = re.compile(r"\b(?:and|but|then|before|after|having|while)\s+(?:\w+ly )?$", re.I)
OPENS_SENTENCE = re.compile(
    r"\W*(?:at [A-Z]{0,2}\$[\d.]+,\s)?"
    r"(?:(?:a|one|the) (?:day|session) after|after|having|despite|following|before"
    r"|while)?\s*(?:been |being )?",
    re.I,
)
# "And the open: minus 12%": of what was spoken of before
SIGNED_ALONE = re.compile(
    r"^\W*$|\b(?:open|opening|close|closing|premarket|after[- ]hours|price|tape|bell)\W*$", re.I
)
GERUND = re.compile(r", \w+ing\b")
MADE_BY = re.compile(r"\b(?:by|to|from|at|for)\s+(?:the\s+)?$", re.I)
PARTED = re.compile(r"[,;:]|\b(?:and|but|while|as|when|after|stock|shares?)\b", re.I)
BESIDE = re.compile(r"(?:'s?)?\s*[,:(]\s*")
BRACKETS = re.compile(r"\([^()]{0,60}\)")
MONTH = re.compile(rf"\b{w.MONTH}(?!\w)(?: (?:19|20)\d\d)?", re.I)
PLAIN_START = re.compile(r"\w+ly$|[A-Z]?[a-z]+(?:ing|ed)$")


@dataclass(frozen=True, slots=True)
class Scene:
    """A sentence with what is mentioned in it. `start` is its place in the text."""

    text: str
    start: int
    mentions: tuple[Mention, ...]
    focus: str | None
    correcting: bool = False  # it stands in a passage that sets earlier figures right


@dataclass(frozen=True, slots=True)
class _Mark:
    kind: Kind
    start: int
    end: int
    symbol: str | None = None


_START = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Subjects:
    """What can move in a sentence, in order of place, without overlaps."""

    scene: Scene
    marks: tuple[_Mark, ...]
    opening: str | None  # the security that the sentence begins with

    def moved(
        self,
        verb: int,
        start: int,
        end: int,
        noun: bool,
        before: tuple[str, ...] | None,
        since: int = 0,
    ) -> tuple[str, ...] | None:
        """The symbols that moved, `()` for something unknown, None where it is no price at all.

        `verb` is where the move is said, `start` and `end` the figure; `before` are the symbols
        of the move told before it in the sentence, which ends at `since`.
        """
        text = self.scene.text
        moved = [mark for mark in self.marks if verb < mark.start < start]
        if moved and not noun:  # "lifted the shares 5%": what is moved stands behind the verb
            if moved[-1].kind != "other":
                return self._symbols(moved[-1]) or None
            if MOVED_OTHER.fullmatch(text, verb, moved[-1].start):
                return ()
        ahead = [mark for mark in self.marks if mark.end <= verb]
        if ahead and (told := self._adjacent(ahead, verb)) is not None:
            return None if self._beside_metric(told) else self._told(told)
        if ahead and self._owned(ahead[-1], verb):
            return None
        behind = self.behind(end) if noun else None if ahead else self._main_clause(verb, end)
        if behind is not None:
            return behind
        return self._further(ahead, verb, noun, before, since)

    def _adjacent(self, ahead: Sequence[_Mark], verb: int) -> _Mark | None:
        """The subject right before its verb, or before a parenthesis that ends there."""
        if (led := self._led(ahead, verb)) is not None:
            return led
        text = self.scene.text
        if w.ADJACENT.fullmatch(text, ahead[-1].end, verb):
            parted = text.startswith(",", ahead[-1].end) and not WHICH.match(text, ahead[-1].end)
            return (self._apposed(ahead, verb) if parted else None) or ahead[-1]
        if BESIDE.fullmatch(text, ahead[-1].end, verb) and not m.MOVE.match(text, verb):
            return ahead[-1]  # "B, 5% lower"
        return self._apposed(ahead, verb)

    def _led(self, ahead: Sequence[_Mark], verb: int) -> _Mark | None:
        """The security or share that opens a clause whose verb stands behind a place and a comma:
        "the shares led gainers in Sydney, closing 4% up". What a preposition leads moves nothing.
        """
        text = self.scene.text
        first, *others = ahead
        if others and first.kind == "share" and OF_WHOM.fullmatch(text, first.end, others[0].start):
            first, *others = others
        gap = text[ahead[-1].end : verb]
        if "," not in gap or WHICH.match(gap) or not all(map(self._still, others)):
            return None
        last = ahead[-1].start
        if not others or not PREPOSITION.search(text[max(0, last - 30) : last]):
            return None
        if first.kind not in ("security", "share") or not LEADS.fullmatch(text[: first.start]):
            return None
        return first if not PARTED_CLAUSE.search(text, first.end, verb) else None

    def _still(self, mark: _Mark) -> bool:
        """Whether it is a name or a market, which a text tells a security's move beside."""
        market = w.MARKETS.fullmatch(self.scene.text, mark.start, mark.end)
        return mark.kind == "other" or (mark.kind == "metric" and market is not None)

    def _beside_metric(self, mark: _Mark) -> bool:
        """Whether a security only tells whose other figure moves: "prices of magnets sold by A"."""
        text = self.scene.text
        if mark.kind != "security" or not MADE_BY.search(
            text[max(0, mark.start - 30) : mark.start]
        ):
            return False
        metrics = [one for one in self.marks if one.kind == "metric" and one.end <= mark.start]
        return bool(metrics) and not PARTED.search(text, metrics[-1].end, mark.start)

    def _owned(self, nearest: _Mark, verb: int) -> bool:
        """Whether something that belongs to a security moves: "A's dominance rose"."""
        owned = OWNED.fullmatch(self.scene.text, nearest.end, verb)
        return nearest.kind == "security" and bool(owned and not w.OTHER_SHARES.search(owned[0]))

    def _further(
        self,
        ahead: Sequence[_Mark],
        verb: int,
        noun: bool,
        before: tuple[str, ...] | None,
        since: int,
    ) -> tuple[str, ...] | None:
        """The subject of a verb that has none beside it."""
        text = self.scene.text
        conjoined = bool(JOINS_VERB.search(text[max(0, verb - 40) : verb]))
        metric = bool(ahead) and ahead[-1].kind == "metric"
        fresh = [mark for mark in ahead if mark.start > since > 0]
        if (main := self._main(fresh)) is not None and "," not in text[main.end : verb]:
            return self._told(main)
        main = self._main(ahead)
        if main is not None and main.start > since > 0:
            return self._told(main)
        if before is not None and (
            main is None or noun or SUBJECTLESS.search(text[max(0, verb - 30) : verb])
        ):
            return None if metric and not conjoined and not noun else before
        if main is None:
            known = noun and not metric and not (ahead and ahead[-1].kind == "other")
            return (self.scene.focus,) if known and self.scene.focus else None
        trailing = bool(
            GERUND.match(text, max(0, verb - 2))
        )  # "A followed copper lower, losing 3%"
        metric = any(
            mark.kind == "metric"
            and mark.start > main.end
            and not (trailing and w.MARKETS.fullmatch(text, mark.start, mark.end))
            for mark in ahead
        )
        return None if metric and not conjoined else self._told(main)

    def signed(self, start: int) -> tuple[str, ...] | None:
        """The security before a figure with a sign: "A (TICK -3%)"."""
        ahead = [mark for mark in self.marks if mark.end <= start]
        focus = self.scene.focus
        alone = not any(mark.kind in ("security", "metric") for mark in ahead)
        if focus and alone and SIGNED_ALONE.search(self.scene.text[:start]):
            return (focus,)
        return self._told(ahead[-1]) if ahead else None

    def _main_clause(self, verb: int, end: int) -> tuple[str, ...] | None:
        """ "After rising 12%, A ended lower": the subject of what follows."""
        behind = next((mark for mark in self.marks if mark.start >= end), None)
        if behind is None or not OPENS_SENTENCE.fullmatch(self.scene.text[:verb]):
            return self.behind(end)
        ahead = re.fullmatch(
            r"(?:[^,;]{0,60},|:)\s*(?:shares (?:of|in) )?", self.scene.text[end : behind.start]
        )
        return self._told(behind) if ahead else None

    def listed(self, floor: int, head: int) -> tuple[str, ...] | None:
        """The symbols named right before a figure, `()` for an unknown name, None for neither."""
        text = self.scene.text
        inside = [mark for mark in self.marks if floor <= mark.start and mark.end <= head]
        if not inside:
            return None
        parted = ";" in text[floor : inside[-1].start]  # "A gained 10%; B, 6%"
        if not FILLER.fullmatch(text, inside[-1].end, head - parted * _comma(text, head)):
            return None
        last = inside[-1]
        if last.kind != "security":
            return () if last.kind == "other" else None
        return self._told(last)

    def _told(self, mark: _Mark) -> tuple[str, ...] | None:
        """The symbols of a mark and of those joined to it: "A and B"."""
        if mark.kind == "metric":
            return () if w.MARKETS.fullmatch(self.scene.text, mark.start, mark.end) else None
        if mark.kind == "other":
            return ()
        symbols = self._symbols(mark)
        if mark.kind == "security":
            for other in reversed([one for one in self.marks if one.end <= mark.start]):
                joined = other.kind == "security" and JOINED.fullmatch(
                    self.scene.text, other.end, mark.start
                )
                if not joined:
                    break
                symbols, mark = (*self._symbols(other), *symbols), other
        return tuple(dict.fromkeys(symbols))

    def _symbols(self, mark: _Mark) -> tuple[str, ...]:
        symbol = mark.symbol
        if mark.kind == "share":
            named = [
                one
                for one in self.marks
                if one.end <= mark.start and one.kind in ("security", "other")
            ]
            whose = self.scene.text[mark.start : mark.end].lower().startswith("whose")
            main = named[-1] if whose and named else self._main(named)
            symbol = main.symbol if main is not None else self.scene.focus
        return (symbol,) if symbol else ()

    def _apposed(self, ahead: Sequence[_Mark], verb: int) -> _Mark | None:
        """The subject before a parenthesis that ends right before the verb: "A, which …, rose"."""
        text = self.scene.text
        comma = text.rfind(",", 0, verb)
        if comma < 0 or not w.ADJACENT.fullmatch(text, comma + 1, verb):
            return None
        for mark in reversed(ahead):
            market = mark.kind == "metric" and self._still(mark)
            if (market or mark.kind != "metric") and PARENTHETICAL.match(text, mark.end):
                return mark
        return None

    def _main(self, ahead: Sequence[_Mark]) -> _Mark | None:
        """The first security or share that no preposition makes an object; else the last one."""
        text = self.scene.text
        named = [mark for mark in ahead if mark.kind in ("security", "share")]
        free = []
        for mark in named:
            lead = text[max(0, mark.start - 30) : mark.start]
            if SHARES_OF.search(lead) or not PREPOSITION.search(lead):
                free.append(mark)
                if (CAUSED.search(lead) or CLAUSE.search(lead)) and PREDICATE.match(text, mark.end):
                    free = [mark]
        if free:
            return free[0]
        return named[-1] if named else None

    def behind(self, end: int, *, shares: bool = False) -> tuple[str, ...] | None:
        """ "an 8% gain for A", "adds 8% to A"."""
        for mark in self.marks:
            if mark.start >= end and (shares or mark.kind != "share"):
                lead = self.scene.text[end : mark.start]
                near = len(lead) < 60 and BEHIND.fullmatch(lead)
                return (self._told(mark) or ()) if near else None
        return None


class _Marks:
    """Marks of a sentence, none of which takes what another has."""

    def __init__(self, text: str) -> None:
        self.found: list[_Mark] = []
        self._taken = bytearray(len(text))

    def take(self, start: int, end: int) -> None:
        self._taken[start:end] = b"\1" * (end - start)

    def add(self, kind: Kind, start: int, end: int, symbol: str | None = None) -> None:
        if self._taken.find(1, start, end) < 0:
            self.take(start, end)
            self.found.append(_Mark(kind, start, end, symbol))


def _named(scene: Scene) -> _Marks:
    """What is mentioned in a sentence, and its shares."""
    text = scene.text
    marks = _Marks(text)
    for mention in scene.mentions:
        start, end = mention.start - scene.start, mention.end - scene.start
        kind: Kind = "security" if mention.symbol else "other"
        if METRIC_OF.search(text[max(0, start - 40) : start]) and not w.OTHER_SHARES.match(
            text, end + 1
        ):
            kind = "metric"
        if AT.search(text[max(0, start - 40) : start]) and PREDICATE.match(text, end):
            kind = "metric"
        marks.add(kind, start, end, mention.symbol)
    for found in (*p.DAY.finditer(text), *BRACKETS.finditer(text), *MONTH.finditer(text)):
        marks.take(*found.span())
    for found in w.SHARE.finditer(text):
        marks.add("share", *found.span())
    return marks


def opening(scene: Scene) -> str | None:
    """The security that a sentence begins with."""
    if not any(mention.symbol for mention in scene.mentions):
        return None
    return _opening(scene.text, sorted(_named(scene).found, key=_START))


def subjects_of(scene: Scene) -> Subjects:
    text, marks = scene.text, _named(scene)
    for found in w.METRIC.finditer(text):
        marks.add("metric", *found.span())
    for found in w.OTHER_SHARES.finditer(text):
        if not _of_security(text, found.start(), marks.found):
            marks.add("other", *found.span())
    for found in w.NAME.finditer(text):
        known = m.MOVE.search(found[0]) or PLAIN_START.fullmatch(found[0])
        if (found.start() > 0 or " " in found[0]) and not known:
            marks.add("other", *found.span())  # a capitalised name that is not known
    placed = sorted(marks.found, key=_START)
    return Subjects(scene, tuple(placed), _opening(text, placed))


def _comma(text: str, head: int) -> int:
    """How long the comma and space right before `head` are."""
    return 2 if text[max(0, head - 2) : head] == ", " else 0


def _of_security(text: str, start: int, marks: Sequence[_Mark]) -> bool:
    """Whether "shares" at `start` are those of the security named right before."""
    return any(
        mark.kind == "security" and re.fullmatch(r"(?:'s?)?\s+", text[mark.end : start])
        for mark in marks
    )


def _opening(text: str, marks: Sequence[_Mark]) -> str | None:
    first = next((mark for mark in marks if mark.kind in ("security", "share")), None)
    if first is None or first.kind == "share" or len(text[: first.start].split()) > 3:
        return None
    return first.symbol
