"""Lines of a stream as they arrive, by the handful, none longer than can be held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

GULP = 256 * 1024  # bytes asked for at a time


class Readable(Protocol):
    def read1(self, size: int, /) -> bytes:
        """What is there, up to so many bytes; waits only while there is nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """`raw` has no line end; of a line that is too long it is the beginning."""

    name: str  # what to call it in an error: the file and its number
    raw: bytes
    whole: bool = True


def handfuls(stream: Readable, named: str, longest: int) -> Iterator[list[Line]]:
    """The lines that are not blank, those together that arrived together.

    Whoever writes one line and waits for its answer gets it; whoever writes many has them read as
    batches. Of a line longer than `longest` bytes the rest is skipped.
    """
    number, begun, whole = 1, bytearray(), True
    while data := stream.read1(GULP):
        lines: list[Line] = []
        *ended, open_end = data.split(b"\n")
        for part in ended:
            whole = _grown(begun, part, longest) and whole
            if begun.strip():
                lines.append(Line(f"{named}:{number}", bytes(begun), whole))
            number, begun, whole = number + 1, bytearray(), True
        whole = _grown(begun, open_end, longest) and whole
        if lines:
            yield lines
    if begun.strip():
        yield [Line(f"{named}:{number}", bytes(begun), whole)]


def _grown(begun: bytearray, part: bytes, longest: int) -> bool:
    """Whether all of the part went in."""
    room = longest - len(begun)
    begun += part[:room]
    return len(part) <= room
