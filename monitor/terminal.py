"""What may reach a terminal: words from outside must not move its cursor, rename its window, read
its clipboard or run backwards."""

from __future__ import annotations

import io
import re
import sys

# colours and weights of our own tables, which harm nothing, are let through; of other escapes, and
# of marks that turn the direction of text, nothing is left that a terminal would obey
UNWANTED = re.compile(
    r"(?P<style>\x1b\[[0-9;]*m)"
    "|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069]"
)
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def harmless(text: str) -> str:
    return UNWANTED.sub(lambda found: found["style"] or REPLACEMENT, text)


class Terminal(io.TextIOWrapper):
    """A text stream on which nothing can be written that a terminal would obey."""

    def write(self, text: str) -> int:
        super().write(harmless(text))
        return len(text)


def guard() -> None:
    """Puts a Terminal in the place of standard output where it is shown to a person. What goes into
    a file or to another program stays as it is, to the byte.

    Standard error is left alone, for progress bars move the cursor there: what is said on it goes
    through `harmless`.
    """
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.isatty():
        encoding = sys.stdout.encoding
        sys.stdout = Terminal(sys.stdout.detach(), encoding=encoding, line_buffering=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal that lacks a character gets a question mark, not an error
            stream.reconfigure(errors="replace")
