"""Whether a page tells what its item promised, and what is made of the two. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from monitor.ingest.pages.forms import Page

LEAD = 4000  # characters of a page in which what the item says must come back
SHARE = 0.5  # of the item's words, at least
# letters of scripts that put no space between words count one by one
WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\d[\d.,]*|[^\W\d_]{3,}")
# words that any two texts share
_EMPTY = (
    "the and for that with from has have had was were are not but its his her their this these "
    "they will would could may what when where which who how why said says new after over into "
    "about more than been being out our your you"
)
EMPTY = frozenset(_EMPTY.split())
STEM = 6  # letters: crude, but needs no language data
ELLIPSIS = re.compile(
    r"\s*(?:\[?(?:…|\.\.\.)\]?|(?:read|continue reading|find out)\b[^.]{0,60})\s*$", re.IGNORECASE
)
EARLY = timedelta(days=400)  # an undated item's page may not be older than so


def tells(page: Page, title: str, summary: str) -> bool:
    """Whether half of the words of the item's title are on the page, or half of those of title and
    summary: a link may lead to the front page, or to whatever stands there now."""
    there = _stems(f"{page.title}\n{page.text[:LEAD]}")
    for wanted in (_stems(title), _stems(f"{title}\n{summary}")):
        if wanted and len(wanted & there) >= SHARE * len(wanted):
            return True
    return not _stems(f"{title}\n{summary}")


def whole_text(page: Page, summary: str) -> str:
    """The page's text, below the summary where that says something else: it is what was known when
    the item was seen."""
    told = _flat(ELLIPSIS.sub("", summary))
    if not told or told in _flat(page.text):
        return page.text
    return f"{summary}\n{page.text}"


def published(page: Page, given: datetime | None, seen_at: datetime) -> datetime | None:
    """When the article came out: what the feed gives, unless that is no more than a day, or
    nothing; a page with the wrong zone would put the news hours before it was."""
    said = page.published_at
    if said is None or said > seen_at:
        return given
    if given is None:
        return said if seen_at - said < EARLY else None
    only_a_day = given.time() == time()
    return said if only_a_day and abs(said - given) <= timedelta(days=1) else given


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in WORD.findall(text.casefold()) if word not in EMPTY)


def _flat(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
