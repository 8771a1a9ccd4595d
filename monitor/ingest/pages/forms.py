"""What is known of a page: as it came, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer that may be a page. `asked` was asked for, `url` is where redirects led."""

    asked: str
    url: str
    status: int
    content_type: str | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """An article as its own page tells it, markup and boilerplate removed."""

    url: str  # its own address: the canonical one where that is on the same site
    title: str
    text: str  # every line is a paragraph
    published_at: datetime | None  # UTC; None: the page names no time of day with its zone
    modified_at: datetime | None
    author: str | None
    cut: str | None = None  # why `text` is not the whole article, where it is not


@dataclass(frozen=True, slots=True)
class NoPage:
    """Why there is no article to be had, in a few words that go on after "its page: "."""

    reason: str
