"""From what was read back to what was given: spans of the clean text as spans of the original."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from monitor.extract.boilerplate import Masked
from monitor.extract.clean import Cleaned
from monitor.model import Article, Claim, Event, Extraction, Mention, Span

Quoted = TypeVar("Quoted", Mention, Claim, Span)


def blanked(text: str, parts: Iterable[Masked]) -> str:
    """The text with parts of it as blanks; its lines stay lines."""
    pieces, read_to = [], 0
    for part in parts:
        hidden = text[part.start : part.end].split("\n")
        pieces += [text[read_to : part.start], "\n".join(" " * len(line) for line in hidden)]
        read_to = part.end
    return "".join([*pieces, text[read_to:]])


def placed(found: Extraction, article: Article, read: Cleaned) -> Extraction:
    """What was found in `read` with its places in the article's content, and its words there."""
    content = article.content

    def quoted(one: Quoted) -> Quoted:
        return in_original(one, content, read)

    def event(one: Event) -> Event:
        return replace(one, trigger=quoted(one.trigger), sentence=read.original(*one.sentence))

    return replace(
        found,
        mentions=tuple(map(quoted, found.mentions)),
        events=tuple(map(event, found.events)),
        claims=tuple(map(quoted, found.claims)),
    )


def in_original(one: Quoted, content: str, read: Cleaned) -> Quoted:
    """A span of what was read as one of the content."""
    start, end = read.original(one.start, one.end)
    return replace(one, text=content[start:end], start=start, end=end)
