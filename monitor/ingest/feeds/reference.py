"""RSS, Atom and CDF as feedparser reads them, which survives almost anything. Pure."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping
from itertools import islice, pairwise
from typing import Any

import feedparser

from monitor.ingest.feeds import dates
from monitor.ingest.feeds.parsed import Entry, ReadFeed, Words
from monitor.ingest.text import one_line, plain

Given = Mapping[str, Any]

# dates are read elsewhere: feedparser's own ways fail on some, and take today for what others lack
feedparser.registerDateHandler(lambda _: time.gmtime(0))

# one of these makes the whole document malformed, and then it is read less well
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ROOT = re.compile(r"<([a-zA-Z][\w:.-]{0,40})(?:\s[^<>]{0,5000})?>")
ITEM = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
MOST_SAVED = 500  # items that are read one by one


FAILED: Given = {
    "entries": [], "feed": {}, "bozo": True, "bozo_exception": "it makes feedparser fail"
}  # fmt: skip


def looks_like_html(plain_text: str) -> bool:
    """Whether feedparser takes the plain text of an RSS feed for HTML."""
    return bool(feedparser.api.StrictFeedParser.looks_like_html(plain_text))


def read(document: str) -> ReadFeed | None:
    """None where the document is no feed."""
    text, illegal = ILLEGAL.subn("", document)
    faults = [f"{illegal} characters that XML does not allow"] if illegal else []
    parsed = _parsed(text) or FAILED
    entries = parsed["entries"]
    if parsed.get("bozo"):
        faults.append(one_line(plain(str(parsed["bozo_exception"]))))
        entries = max(entries, _one_by_one(text, len(entries)), key=len)
    if not entries and not parsed.get("version"):
        return None
    return ReadFeed(_words(parsed["feed"], "title"), tuple(map(_entry, entries)), tuple(faults))


def _parsed(text: str) -> Given | None:
    """None where feedparser raises.

    It means never to, yet malformed input finds ways: AssertionError, ValueError, re.error,
    RecursionError and others have been seen.
    """
    # feedparser finds a document type only where a line begins
    declared = f"<?xml version='1.0' encoding='utf-8'?>\n{text}"
    try:
        # where it came from is not told: guids that are no addresses would be made absolute with it
        found: Given = feedparser.parse(
            # as a stream: plain bytes would be tried as the name of a file first
            io.BytesIO(declared.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,  # in markup, of which only the words are kept
            sanitize_html=False,
        )
    except Exception:
        # feedparser means never to raise, yet malformed input finds ways: AssertionError,
        # ValueError, re.error, RecursionError and others have been seen
        return None
    return found


def _one_by_one(text: str, fewest: int) -> list[Given]:
    """The items of a malformed feed, each by itself, where more than `fewest` can be told apart.

    For the end of what one item has left open, feedparser goes to the end of the document.
    """
    starts = [match.start() for match in islice(ITEM.finditer(text), MOST_SAVED)]
    root = ROOT.search(text)
    if len(starts) <= fewest or root is None:
        return []
    found: list[Given] = []
    for start, end in pairwise([*starts, len(text)]):
        parsed = _parsed(f"{root[0]}{text[start:end]}</{root[1]}>")
        found += parsed["entries"] if parsed else []
    return found


def _entry(given: Given) -> Entry:
    details = [*_mappings(given.get("content")), *_mappings([given.get("summary_detail")])]
    (source,) = _mappings([given.get("source")]) or [{}]
    return Entry(
        title=_words(given, "title"),
        texts=tuple(map(_detailed, details)),
        guid=str(given.get("id") or ""),
        link=_link(given),
        named=_words(source, "title"),
        publisher=str(given.get("publisher") or ""),
        # looked for with `in`, for which feedparser does not put one date in another's place
        date=dates.first({name: str(given[name]) for name in dates.NAMES if name in given}),
    )


def _mappings(given: object) -> list[Given]:
    """An element that feedparser does not know may stand where it has lists and mappings."""
    return [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []


def _words(given: Given, field: str) -> Words:
    (detail,) = _mappings([given.get(f"{field}_detail")]) or [{"value": given.get(field)}]
    return _detailed(detail)


def _detailed(detail: Given) -> Words:
    return Words(str(detail.get("value") or ""), "html" in str(detail.get("type")))


def _link(given: Given) -> str:
    """Where the words are: feedparser takes for that only what says it is HTML, or says nothing."""
    if told := given.get("feedburner_origlink") or given.get("link"):
        return str(told)
    links = _mappings(given.get("links"))
    others = (str(link.get("href") or "") for link in links if link.get("rel") == "alternate")
    return next(filter(None, others), "")
