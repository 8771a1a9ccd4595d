"""What a child answers to lines, in a file that it imports in no time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.commands.extract import Answer, Answers
from monitor.commands.lines import Line


def looping() -> Answers:
    """Each line as its own answer; to "loop" there is none, ever."""

    def answers(lines: Sequence[Line]) -> Iterator[Answer]:
        for line in lines:
            while line.raw == b"loop":
                pass
            yield Answer(line.raw.decode())

    return answers
