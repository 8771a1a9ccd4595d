"""What a feed holds: as a parser reads it, whichever that is, and as the monitor takes it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.ingest.feeds.dates import Date
from monitor.model import Advice, FeedItem


@dataclass(frozen=True, slots=True)
class Words:
    value: str = ""
    markup: bool = False  # HTML, else plain text


NO_WORDS, NO_ADVICE = Words(), Advice()


@dataclass(frozen=True, slots=True)
class Entry:
    """One item or entry, as it is written; what is not there is empty."""

    title: Words = NO_WORDS
    texts: tuple[Words, ...] = ()  # contents and summary
    guid: str = ""
    link: str = ""
    named: Words = NO_WORDS  # the source that it is said to come from
    publisher: str = ""
    date: Date | None = None  # of first publication, else of the last change


@dataclass(frozen=True, slots=True)
class ReadFeed:
    title: Words
    entries: tuple[Entry, ...]
    faults: tuple[str, ...] = ()  # what is malformed
    notes: tuple[str, ...] = ()  # what else is to be told of it


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    items: tuple[FeedItem, ...]
    notes: tuple[str, ...] = ()  # what was odd but survived
    advice: Advice = NO_ADVICE  # what the feed itself asks of whoever polls it
