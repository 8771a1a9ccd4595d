"""A text as it was meant to be read, with the way back to the places of the original. Pure.

Markup, characters that are not seen (null bytes, zero-width and direction marks, soft hyphens) and
other ways to write the same letter (full width, ligatures, accents of their own) split the names
that are searched for. Most texts hold none of it, and are told apart in microseconds.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.extract.markup import Edit, edits, opens_block

ROUNDS = 4  # what was escaped twice shows its tags in the second round; more is not honest


def _one_to_one() -> dict[int, str]:
    """Characters that are read as another one: nothing moves."""
    table = dict.fromkeys(range(55296, 57344), "�")  # halves of characters
    table |= dict.fromkeys(range(28, 32), " ")
    table |= dict.fromkeys((11, 12, 8232, 8233), "\n")
    for code in range(0x80, 0xA0):  # Windows-1252 read as Latin-1: quotes and dashes
        letter = bytes([code]).decode("cp1252", errors="ignore")
        if letter:
            table[code] = letter
    table |= dict.fromkeys((160, 5760, *range(8192, 8203), 8239, 8287, 12288), " ")
    # compatibility forms that mean the same; "™", "²" and "½" do not
    for low, high in ((0xFF01, 0xFF5F), (0xFFE0, 0xFFE7), (0xFE50, 0xFE6C), (0x1D400, 0x1D800)):
        for code in range(low, high):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                table[code] = plain
    return table


ONE_TO_ONE = _one_to_one()
UNSEEN = (
    "\x00-\x08\x0e-\x1b\x7f\x81\x8d\x8f\x90\x9d\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef"
)
LIGATURES = "\ufb00-\ufb06"
MOVING = re.compile(  # characters that change how long the text is
    rf"(?P<unseen>[{UNSEEN}]+)|(?P<ligature>[{LIGATURES}])|(?P<line>\r\n?)"
    r"|(?P<accent>[^\W\d_][\u0300-\u036f]{1,4})"
)
# what no ordinary text holds; the rest of the ways in is known by a single character, see _as_is
ODD = re.compile(
    rf"[{UNSEEN}{LIGATURES}\r\u000b\u000c\u001c-\u001f\u0080-\u00a0\u0300-\u036f\u1680\u2000-\u200a"
    r"\u2028\u2029\u202f\u205f\u3000\ud800-\udfff\ufe50-\ufe6b\uff01-\uff5e\uffe0-\uffe6"
    r"\U0001d400-\U0001d7ff]"
)
ENTITY = re.compile(r"&#?[0-9a-zA-Z]{2,32};")
WRAPPED = re.compile(r"(?<=[^\s])[ \t]*\n[ \t]*(?=[^\s])")
OPENS = re.compile("<(?=[a-zA-Z/!?])")


@dataclass(frozen=True, slots=True)
class _Moved:
    """The pieces that a clean text is made of, in order; each is copied or stands for another.

    The last one is empty, at the end of both texts.
    """

    clean: Sequence[int]  # where each begins in the clean text
    starts: Sequence[int]  # in the original
    ends: Sequence[int]
    copied: Sequence[bool]

    def back(self, place: int, *, end: bool) -> int:
        """Where in the original the character at `place` begins, or ends."""
        number = bisect_right(self.clean, place) - 1
        if self.copied[number]:
            there = self.starts[number] + place - self.clean[number] + end
            return min(there, self.ends[number])
        return self.ends[number] if end else self.starts[number]

    def forth(self, place: int) -> int:
        """Where in the clean text what begins at `place` of the original begins, or would."""
        number = bisect_right(self.starts, place) - 1
        if number < 0:
            return 0
        begins, start = self.clean[number], self.starts[number]
        if self.copied[number]:
            return begins + min(place, self.ends[number]) - start
        within = place < self.ends[number] or number + 1 == len(self.clean)
        return begins if within else self.clean[number + 1]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`text` to be read; spans of it lie in the original where `original` says.

    A span begins with the original of its first character and ends with that of its last, so it
    holds the tags inside of a word, and none around it.
    """

    text: str
    _moves: tuple[_Moved, ...] = ()  # from the original to the clean text

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `text[start:end]` was made of."""
        for moved in reversed(self._moves):
            low = moved.back(start, end=False)
            high = moved.back(end - 1, end=True) if end > start else low
            start, end = low, max(low, high)
        return start, end

    def place(self, original: int) -> int:
        """Where `text` goes on with what begins at `original`."""
        for moved in self._moves:
            original = moved.forth(original)
        return original


def cleaned(content: str, *, title_end: int = 0) -> Cleaned:
    """`content` without markup and with plain letters. Blocks of HTML are lines of their own.

    Inside of HTML a line end is a space, save for the one that ends the title at `title_end`.
    """
    if _as_is(content):
        return Cleaned(content)
    text = content.translate(ONE_TO_ONE)
    moves: list[_Moved] = []
    if letters := _letters(text):
        text, moved = _edited(text, letters)
        moves.append(moved)
    for number in range(ROUNDS):
        found = edits(text) if "<" in text or "&" in text else []
        if not found:
            return Cleaned(text, tuple(moves))
        if number == 0 and any(map(opens_block, found)):
            text = _unwrapped(text, Cleaned(text, tuple(moves)).place(title_end))
        text, moved = _edited(text, [(start, end, _whole(part)) for start, end, part in found])
        moves.append(moved)
    return Cleaned(OPENS.sub(" ", text), tuple(moves))


def _as_is(text: str) -> bool:
    """Whether there is nothing to clean. The tests that cost least and tell most come first."""
    if "<" in text or ("&" in text and ENTITY.search(text)):
        return False
    if text.isascii():
        return text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()
    return not ODD.search(text)


def _unwrapped(text: str, title_end: int) -> str:
    """Lines of HTML that go on in the next one. As long as before."""
    body = WRAPPED.sub(lambda gap: " " * len(gap[0]), text[title_end:])
    return text[:title_end] + body


def _letters(text: str) -> list[Edit]:
    return [
        (token.start(), token.end(), plain)
        for token in MOVING.finditer(text)
        if (plain := _instead(token)) != token[0]
    ]


def _instead(token: re.Match[str]) -> str:
    if token.lastgroup == "unseen":
        return ""
    if token.lastgroup == "line":
        return "\n"
    return unicodedata.normalize("NFKC" if token.lastgroup == "ligature" else "NFC", token[0])


def _whole(decoded: str) -> str:
    """A decoded entity, itself cleaned."""
    return MOVING.sub(_instead, decoded.translate(ONE_TO_ONE))


def _edited(text: str, found: Sequence[Edit]) -> tuple[str, _Moved]:
    """`text` with the edits made."""
    parts: list[str] = []
    clean, starts, ends, copied = [], [], [], []
    at = 0

    def add(start: int, end: int, part: str, *, copy: bool) -> None:
        nonlocal at
        if part:
            clean.append(at)
            starts.append(start)
            ends.append(end)
            copied.append(copy)
            parts.append(part)
            at += len(part)

    for (_, before, _), (start, end, instead) in pairwise([(0, 0, ""), *found]):
        add(before, start, text[before:start], copy=True)
        add(start, end, instead, copy=False)
    last = found[-1][1]
    add(last, len(text), text[last:], copy=True)
    for places, end in ((clean, at), (starts, len(text)), (ends, len(text))):
        places.append(end)
    copied.append(False)
    return "".join(parts), _Moved(clean, starts, ends, copied)
