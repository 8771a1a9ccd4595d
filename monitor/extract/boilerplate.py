"""Parts of a text that are no content: sign-up lines, other headlines, legal notices. Pure.

Everything is found by a fixed phrase first, all of them in one pass (Aho, Corasick: Efficient
string matching, 1975), and then has to stand where such phrases stand: at the beginning of a
sentence or line, or as a heading. A sentence too much does less harm than a paragraph too few, so
no part reaches over a line that does not look like it belongs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.extract.boilerplate_phrases import PHRASES, Where

Span = tuple[int, int]

REACH = 600  # characters to either side of a phrase in which its sentence has to end
LEGAL_REACH = 5000  # but lawyers' sentences go on
LONGEST_HEADLINE = 160
LONGEST_CAPTION = 300
LONGEST_BRACKETS = 200
MOST_LINES = 60  # of one list or notice

SENTENCE_END = re.compile(r"[.!?\u2026][\"\u201d\u2019')\]]*(?=\s+[\"\u201c(\[]*[A-Z\u00a9])")
PROSE_END = re.compile(r"[.!\u2026:][\"\u201d\u2019')\]]*\s*\Z")
OPENERS = ' \t\r([{*>|_\u2022\u00b7\u25cf\u25aa\u2013\u2014-\u201c"'
HEADING_REST = re.compile(r"(?:[ \t]+[^\s:.!?]{1,20}){0,5}[ \t]*:?\s*\Z")
COLON_REST = re.compile(r"(?:[ \t]+[^\s:.!?]{1,20}){0,5}[ \t]*:[ \t]+[\"\u201c\u2018'(]?[A-Z0-9$]")
WORD = r"(?:[A-Z][\w.'\u2019-]{0,30}+|and|in|by|with|from|the|for|of|[,;:&/|])"
JOB = r"[Ee]dit(?:ing|ed)|[Ww]rit(?:ing|ten)|[Aa]dditional|[Rr]eporting|[Aa]ssistance|[Tt]ranslated"
NAMES = re.compile(rf"[ \t]+(?:(?:{WORD}|{JOB})[ \t]*+){{1,60}}+(?=\)|\]|\n|\Z)\)?")
ABOUT_LINE = re.compile(r"About (?P<name>[A-Z][\w&.,'\u2019 -]{1,60}?):?[ \t]*(?=\n)")
ABOUT_RUNNING = re.compile(r"About (?P<name>[A-Z][\w&.,'\u2019 -]{1,60}?):? (?:The )?(?P=name)\b")
OF_ITSELF = re.compile(r"(?:We|Our|The [Cc]ompany|The [Gg]roup|Headquartered|Founded|Based in)\b")
NOTICE = re.compile(
    r"(?:This|The|Our|Certain|Some|Such|These|Any|All|Other|Statements?|Forward[- ][Ll]ooking|"
    r"Except|Safe|Cautionary|In addition|Information)\b"
)
NOTICE_SAYS = re.compile(
    r"within the meaning|securit(?:y|ies)|litigation|contains?\b|includes?\b|involves?\b|risks?\b|"
    r"uncertaint|obligation|based on|guarantee|caution|undue reliance|actual results|identified by",
    re.IGNORECASE,
)
LEGAL_WORDS = re.compile(
    r"forward.looking|risks?|uncertaint|could|may|might|expect|anticipat|believ|intend|undertake|"
    r"obligation|factors|differ materially|actual results|commission|filings|10-[kq]|assumptions|"
    r"estimates|update|guarantee|reliance|securities",
    re.IGNORECASE,
)
CLOSING = re.compile(r"[)\]]")
LISTED_RISK = re.compile(
    r"\s*[\u2022\u00b7\u25cf\u25aa*\u2013-]\s|.*;(?:\s+(?:and|or))?\s*\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A part of a text to be passed over, and what it is."""

    start: int
    end: int
    kind: str


def boilerplate(content: str, *, title_end: int = 0) -> tuple[Masked, ...]:
    """The parts that are no content, in order and apart. The title, up to `title_end`, never is."""
    lowered = content.lower()
    if len(lowered) != len(content):  # a few letters are two in lower case
        lowered = "".join(low if len(low := one.lower()) == 1 else one for one in content)
    text: _Text | None = None  # most texts have no such phrase
    found: list[Masked] = []
    read_to = title_end
    automaton, all_ways = _automaton()
    for number, start, end in automaton.find_matches_as_indexes(lowered, overlapping=True):
        if start < read_to or not _whole_words(lowered, start, end):
            continue
        text = text or _Text.of(content, title_end)
        for kind, where in all_ways[number]:
            if part := FINDERS[where](text, start, end):
                found.append(Masked(*part, kind))
                read_to = max(read_to, part[1])
    return tuple(_apart(found))


def _whole_words(text: str, start: int, end: int) -> bool:
    first, last = text[start - 1 : start], text[end - 1 : end + 1]
    return not first.isalnum() and not (len(last) == 2 and last.isalpha())


def _apart(found: Sequence[Masked]) -> Iterator[Masked]:
    read_to = 0
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.end > read_to:
            yield Masked(max(one.start, read_to), one.end, one.kind)
            read_to = one.end


@cache
def _automaton() -> tuple[AhoCorasick, Sequence[Sequence[tuple[str, Where]]]]:
    ways: Mapping[str, list[tuple[str, Where]]] = defaultdict(list)
    for phrases in PHRASES:
        for phrase in phrases.all:
            ways[phrase].append((phrases.kind, phrases.where))
    return AhoCorasick(list(ways), MatchKind.Standard), list(ways.values())


@dataclass(frozen=True, slots=True)
class _Text:
    content: str
    starts: Sequence[int]  # of its lines; the first one after the title

    @classmethod
    def of(cls, content: str, title_end: int) -> _Text:
        ends = (found.end() for found in re.compile("\n").finditer(content, title_end))
        return cls(content, (title_end, *ends))

    def line(self, place: int) -> Span:
        number = bisect_right(self.starts, place)
        last = number == len(self.starts)
        return self.starts[number - 1], len(self.content) if last else self.starts[number] - 1

    def lines_after(self, end: int) -> Iterator[Span]:
        """The lines that are not blank after the one that ends at `end`."""
        while end < len(self.content):
            start, end = self.line(end + 1)
            if not self.content[start : start + 1].isspace() or self.content[start:end].strip():
                yield start, end

    def begins_line(self, place: int) -> bool:
        return self._opened(self.line(place)[0], place)

    def sentence(self, place: int, ahead: int = REACH) -> Span | None:
        """The sentence around a place; None where one end of it is out of reach."""
        line_start, line_end = self.line(place)
        low, high = max(line_start, place - REACH), min(line_end, place + ahead)
        start = low if low == line_start else -1
        for ended in SENTENCE_END.finditer(self.content, low, place + 1):
            start = ended.end()
        stop = SENTENCE_END.search(self.content, place, high)
        if start < 0 or (stop is None and high < line_end):
            return None
        return start, stop.end() if stop else line_end

    def begun(self, place: int) -> Span | None:
        """The sentence that begins at a place, but for brackets and bullets."""
        found = self.sentence(place)
        return found if found and self._opened(found[0], place) else None

    def after_prose(self, place: int) -> bool:
        """Whether prose stands between the title and a place: where there is none, no footer is."""
        before = self.content[max(self.starts[0], place - REACH) : place]
        return bool(SENTENCE_END.search(before) or PROSE_END.search(before.rstrip(OPENERS + "\n")))

    def _opened(self, start: int, place: int) -> bool:
        return place - start < REACH and not self.content[start:place].strip(OPENERS)


# ---------------------------------------------------------------- where phrases stand


def _within(text: _Text, start: int, end: int) -> Span | None:
    return text.sentence(start)


def _start(text: _Text, start: int, end: int) -> Span | None:
    return text.begun(start)


def _line(text: _Text, start: int, end: int) -> Span | None:
    line = text.line(start)
    short = line[1] - line[0] <= LONGEST_CAPTION
    return line if short and text.begins_line(start) else None


def _paren(text: _Text, start: int, end: int) -> Span | None:
    if text.content[start - 1 : start] not in ("(", "["):
        return None
    close = CLOSING.search(text.content, end, end + LONGEST_BRACKETS)
    return (start - 1, close.end()) if close else None


def _names(text: _Text, start: int, end: int) -> Span | None:
    sentence = text.begun(start)
    names = NAMES.match(text.content, end)
    return (sentence[0], names.end()) if sentence and names else None


def _list(text: _Text, start: int, end: int) -> Span | None:
    line_start, line_end = text.line(start)
    rest = text.content[end : min(line_end, end + LONGEST_HEADLINE)]
    if not text.after_prose(start):
        return None
    if HEADING_REST.match(rest) and text.begins_line(start):
        last = _last(text, line_end, _is_headline)
        return (line_start, last) if last > line_end else None
    return text.begun(start) if COLON_REST.match(rest) else None


def _contact(text: _Text, start: int, end: int) -> Span | None:
    line_start, line_end = text.line(start)
    rest = text.content[end : min(line_end, end + LONGEST_HEADLINE)]
    if not (HEADING_REST.match(rest) and text.begins_line(start) and text.after_prose(start)):
        return None
    return line_start, _last(text, line_end, _is_headline)


def _about(text: _Text, start: int, end: int) -> Span | None:
    if text.content[start : start + 1] != "A" or not text.after_prose(start):
        return None
    if ABOUT_RUNNING.match(text.content, start) and text.begun(start):
        return start, text.line(start)[1]
    heading = ABOUT_LINE.match(text.content, start)
    first = next(text.lines_after(heading.end()), None) if heading else None
    if heading is None or first is None or not text.begins_line(start):
        return None
    itself = heading["name"].removeprefix("The ").split()[0]
    told = text.content[slice(*first)].removeprefix("The ")
    if not (told.startswith(itself) or OF_ITSELF.match(told)):
        return None
    return start, _last(text, first[1], lambda line: bool(OF_ITSELF.match(line)))


def _legal(text: _Text, start: int, end: int) -> Span | None:
    line_start, line_end = text.line(start)
    if _is_headline(text.content[line_start : min(line_end, line_start + LONGEST_HEADLINE + 1)]):
        last = _last(text, line_end, _is_legal)
        return (line_start, last) if last > line_end else None
    sentence = text.sentence(start, LEGAL_REACH)
    said = text.content[slice(*sentence)].strip(OPENERS) if sentence else ""
    if sentence is None or not (NOTICE.match(said) and NOTICE_SAYS.search(said)):
        return None
    stop = _last_sentence(text, sentence[1], line_end)
    return sentence[0], _last(text, line_end, _is_legal) if stop == line_end else stop


def _last_sentence(text: _Text, end: int, line_end: int) -> int:
    """Where the last of the sentences after `end` ends that are a lawyer's too."""
    while end < line_end:
        stop = SENTENCE_END.search(text.content, end + 1, min(line_end, end + LEGAL_REACH))
        following = stop.end() if stop else line_end
        if not _is_legal(text.content[end : min(following, end + LEGAL_REACH)]):
            break
        end = following
    return end


def _is_headline(line: str) -> bool:
    return len(line) <= LONGEST_HEADLINE and not PROSE_END.search(line)


def _is_legal(words: str) -> bool:
    said = {found[0].lower() for found in LEGAL_WORDS.finditer(words)}
    notice = NOTICE.match(words.lstrip(OPENERS))
    return len(said) >= (2 if notice else 3) or bool(LISTED_RISK.match(words))


def _last(text: _Text, end: int, belongs: Callable[[str], bool]) -> int:
    """Where the last of the lines after `end` ends that belong together."""
    for start, stop in islice(text.lines_after(end), MOST_LINES):
        if not belongs(text.content[start : min(stop, start + LEGAL_REACH)].strip()):
            break
        end = stop
    return end


FINDERS: Mapping[Where, Callable[[_Text, int, int], Span | None]] = {
    "within": _within, "start": _start, "line": _line, "paren": _paren, "names": _names,
    "list": _list, "contact": _contact, "legal": _legal, "about": _about,
}  # fmt: skip
