"""The entries of a feed, whichever parser read them, to FeedItems. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from monitor.ingest.feeds.parsed import NO_ADVICE, Entry, ParsedFeed, ReadFeed, Words
from monitor.ingest.text import from_html, one_line, plain
from monitor.model import Advice, FeedItem

# clocks differ a little; a date further ahead than this is a mistake or a trick to stay on top
AHEAD = timedelta(minutes=5)
HALF_HOUR = timedelta(minutes=30)
WIDEST_ZONE = timedelta(hours=14)
# plain text is plain; but nobody writes these but for a browser
ACTIVE = re.compile(
    r"</?(?:script|style|iframe|img|svg|object|embed|form|input|link|meta|base|video|audio|a)\b[^<>]*>",
    re.IGNORECASE,
)
MOST_OF_ONE = 3  # characters in composed form
FEW = 3  # items that are too few to say something of all of a feed's dates


def parsed_feed(
    read: ReadFeed,
    *,
    source: str,
    url: str,
    seen_at: datetime,
    outlet: str | None,
    advice: Advice = NO_ADVICE,
) -> ParsedFeed:
    """All items that have a title or a text, in the feed's order; `notes` tell what is odd."""
    feed_outlet = outlet or _line(read.title) or source
    items: list[FeedItem] = []
    odd: Counter[str] = Counter()
    for entry in read.entries:
        item = _item(entry, source, feed_outlet, url, seen_at)
        if item.title or item.text:
            items.append(item)
            odd.update(_oddities(entry, item))
        else:
            odd["without a title or a text, left out"] += 1
    notes = list(read.notes)
    if read.faults:
        faults = "; ".join(read.faults)
        notes.append(f"the feed is malformed ({faults}); {len(items)} items were read")
    notes += [f"{count} of {len(read.entries)} items {what}" for what, count in odd.items()]
    return ParsedFeed(tuple(items), (*notes, *_of_all_dates(items)), advice)


def _item(entry: Entry, source: str, outlet: str, url: str, seen_at: datetime) -> FeedItem:
    named, title, text = _line(entry.named), _line(entry.title), _longest(entry.texts)
    if named:  # aggregators put the outlet behind the title; it is no part of what was written
        title = title.removesuffix(f" - {named}")
    # and they give the title again, and the outlet, where the text should be
    if text in (title, f"{title} {named}"):
        text = ""
    return FeedItem(
        source=source,
        outlet=named or one_line(plain(entry.publisher)) or outlet,
        guid=entry.guid.strip() or None,
        url=_link(entry, url),
        title=title,
        text=text,
        published_at=entry.date.at if entry.date else None,
        seen_at=seen_at,
    )


def _oddities(entry: Entry, item: FeedItem) -> Iterator[str]:
    if entry.date is None:
        yield "without a date that can be read"
        return
    if entry.date.at > item.seen_at + AHEAD:
        yield "dated in the future"
    if not entry.date.zoned:
        yield "dated without a known time zone, taken as UTC"


def _of_all_dates(items: Sequence[FeedItem]) -> Iterator[str]:
    """A feed that writes local time as if it were UTC is hours ahead with all that is new."""
    ahead = [
        item.published_at - item.seen_at
        for item in items
        if item.published_at is not None and item.published_at > item.seen_at + HALF_HOUR
    ]
    if len(ahead) >= FEW and max(ahead) <= WIDEST_ZONE:
        hours = max(ahead) / timedelta(hours=1)
        yield f"its clock or time zone seems to be wrong: dates are up to {hours:.1f} hours ahead"


def _longest(texts: Sequence[Words]) -> str:
    longest = ""
    for words in texts:
        # cleaned, a text is hardly longer than it was: composing makes three of one at most
        if MOST_OF_ONE * len(words.value) > len(longest):
            longest = max(longest, _words(words), key=len)
    return longest


def _line(words: Words) -> str:
    return one_line(_words(words))


def _words(words: Words) -> str:
    markup = words.markup or ACTIVE.search(words.value)
    return from_html(words.value) if markup else plain(words.value)


def _link(entry: Entry, url: str) -> str | None:
    given = "".join(filter(str.isprintable, entry.link)).strip()
    # a guid that no link was given beside stands for one, if it is an address
    if not given or (given == entry.guid.strip() and "://" not in given):
        return None
    try:
        found = given if given.startswith(("https://", "http://")) else urljoin(url, given)
        return found if urlsplit(found).scheme in ("http", "https") else None
    except ValueError:
        return None
