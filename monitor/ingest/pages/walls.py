"""What stands before a page's article, or in its place. Pure.

A wall is not climbed: where one is met, what may be read before it is used, or the feed's summary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from lxml.html import HtmlElement

from monitor.ingest.pages.document import by_tag, text_of
from monitor.ingest.pages.json_ld import LISTS, LIVE
from monitor.ingest.pages.stated import Stated
from monitor.ingest.pages.wall_words import (
    CHALLENGE,
    CHALLENGE_MARK,
    CONSENT,
    CONSENT_HOSTS,
    CONSENT_PATHS,
    LIVE_MARK,
    LOGIN_PATHS,
    MISSING,
    PAYWALL,
    PAYWALL_MARK,
)

# the reasons, as they are told
PAYWALL_REASON: Final = "paywall"
CONSENT_REASON: Final = "consent"
CHALLENGE_REASON: Final = "challenge"
LOGIN: Final = "login"
NOT_FOUND: Final = "not found"
INDEX: Final = "index page"
LIVE_BLOG: Final = "live blog"
ELSEWHERE: Final = "aggregator link"
ANOTHER: Final = "another page"
NO_TEXT: Final = "no text"
NOT_HTML: Final = "not html"
CUT_SHORT: Final = "cut short"

SHORT = 150  # words on a page that has no article
BARE = 60  # words on one that has nothing but its question
BRIEF = 250  # words before a wall, where the page does not say how many there should be
PART = 0.6  # of the words that the page claims: below, something is missing
DENSE = 0.06  # of all words are of consent, on a page that asks for it
HEADLINE = 5  # words: a link with so many is a headline
HEADLINES = 8  # on an index page there are no fewer
PROSE = 80  # words in paragraphs and outside of links, that an index page does not have
POSTS = 3  # of a live blog, at least
POST = 20  # words of one, at least: links to a live blog have fewer
BARRING = frozenset({401, 403, 405, 406, 429, 503})
REFRESH = re.compile(r"""^\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)""", re.IGNORECASE)
SCRIPTED = re.compile(
    r"""location(?:\.href)?\s*=\s*["'](https?://[^"']{4,2000})["']"""
    r"""|location\.(?:replace|assign)\(\s*["'](https?://[^"']{4,2000})["']""",
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What of a page's elements tells of walls."""

    words: int  # that are shown
    prose: int  # of them, in paragraphs and outside of links
    headlines: int  # links with the words of a headline, told apart by where they lead
    title: str
    shown: str  # all that is shown, on one line
    password: bool  # it asks for one
    captcha: bool
    paywall: bool  # an element is named as one
    live: bool  # it has the posts of a live blog
    onward: str | None  # where it sends its reader by itself


def signs(tree: HtmlElement, url: str) -> Signs:
    links = list(by_tag(tree, "a"))
    texts = [text_of(one) for one in links]
    headlines = {
        link.get("href")
        for link, text in zip(links, texts, strict=True)
        if len(text.split()) >= HEADLINE
    }
    marks = [mark_of(one) for one in tree.iter("*")]
    marks += [one.get("src") or "" for one in by_tag(tree, "script", "iframe")]
    shown = shown_text(tree)
    return Signs(
        words=len(shown.split()),
        prose=len(" ".join(tree.xpath("//body//p//text()[not(ancestor::a)]")).split()),
        headlines=len(headlines),
        title=" ".join(text_of(one) for one in by_tag(tree, "title", "h1")),
        shown=shown,
        password=any(map(_asks_password, by_tag(tree, "input"))),
        captcha=any(map(CHALLENGE_MARK.search, marks)),
        paywall=any(map(PAYWALL_MARK.search, marks)),
        live=sum(map(_is_live_post, by_tag(tree, "article", "section", "div", "li"))) >= POSTS,
        onward=_onward(tree, url),
    )


def shown_text(tree: HtmlElement) -> str:
    """The words of the body that are no script, on one line."""
    parts = tree.xpath(
        "//body//text()[not(ancestor::script or ancestor::style or ancestor::template)]"
    )
    return " ".join(" ".join(map(str, parts)).split())


def barred(status: int, asked: str, url: str, seen: Signs) -> str | None:
    """Why a page is none at all, by how it answered and by what little it shows."""
    little = seen.words < SHORT
    if little and CHALLENGE.search(f"{seen.title}\n{seen.shown}"):
        if seen.captcha or status in BARRING or seen.words < BARE:
            return CHALLENGE_REASON
    if status == 401:
        return LOGIN
    if not 200 <= status < 300:
        return f"status {status}"
    led = led_to(asked, url)
    if led is not None:
        return led
    if seen.password and little:
        return LOGIN
    if little and MISSING.search(seen.title):
        return NOT_FOUND
    return CONSENT_REASON if little and is_talk_of_cookies(seen.shown) else None


def led_to(asked: str, url: str) -> str | None:
    """Why redirects did not lead to the article: to a question first, or to the front page."""
    there, wanted = _split(url), _split(asked)
    if there is None or wanted is None or there == wanted:
        return None
    parts, before = _parts(there), _parts(wanted)
    if _first_label(there) in CONSENT_HOSTS - {_first_label(wanted)}:
        return CONSENT_REASON
    if CONSENT_PATHS & parts - before:
        return CONSENT_REASON
    if LOGIN_PATHS & parts - before:
        return LOGIN
    return ANOTHER if is_front(url) and not is_front(asked) else None


def is_front(url: str) -> bool:
    """Whether an address is that of a whole site."""
    parts = _split(url)
    if parts is None:
        return False
    path = parts.path.strip("/").lower()
    return not parts.query and path in ("", "index.html", "index.php", "home", "en", "us")


def of_many(told: Stated, seen: Signs) -> str | None:
    """Why a page is of many articles: a live blog, or an index."""
    if LIVE in told.kinds or seen.live:
        return LIVE_BLOG
    own = any(one.endswith("Article") for one in told.kinds) or "og:article" in told.kinds
    if own or seen.headlines < HEADLINES:
        return None
    listed = bool(told.kinds & LISTS) or told.articles > 1
    return INDEX if listed or seen.prose < PROSE else None


def cut_by(told: Stated, seen: Signs, text: str) -> str | None:
    """Why `text` is not the whole article; None where nothing speaks for that."""
    words = len(text.split())
    short = words < (PART * told.words if told.words else BRIEF)
    asks = PAYWALL.search(seen.shown) is not None
    if told.free is False and (told.words is None or short):
        return PAYWALL_REASON
    if short and asks and (seen.paywall or seen.password or told.words or words < SHORT):
        return PAYWALL_REASON
    if told.words and told.words >= SHORT and words < told.words / 2:
        return PAYWALL_REASON if seen.paywall or asks else CUT_SHORT
    return None


def before_wall(text: str) -> str:
    """The lines before the first that asks to subscribe."""
    kept = []
    for line in text.split("\n"):
        if PAYWALL.search(line) and len(line.split()) < 60:
            break
        kept.append(line)
    return "\n".join(kept)


def is_talk_of_cookies(text: str) -> bool:
    """Whether that is all that a text is about."""
    words = len(text.split())
    found = len(CONSENT.findall(text))
    return found >= 3 and found >= DENSE * words


def mark_of(element: HtmlElement) -> str:
    """By what names its publisher knows an element."""
    return f"{element.get('id') or ''} {element.get('class') or ''}"


def _is_live_post(element: HtmlElement) -> bool:
    return bool(LIVE_MARK.search(mark_of(element))) and len(text_of(element).split()) >= POST


def _asks_password(field: HtmlElement) -> bool:
    return (field.get("type") or "").lower() == "password"


def _onward(tree: HtmlElement, url: str) -> str | None:
    for meta in by_tag(tree, "meta"):
        if (meta.get("http-equiv") or "").strip().lower() == "refresh":
            found = REFRESH.match(meta.get("content") or "")
            if found:
                return _joined(url, found[1].strip())
    for script in by_tag(tree, "script"):
        found = SCRIPTED.search(script.text or "")
        if found:
            return found[1] or found[2]
    return None


def _joined(base: str, url: str) -> str | None:
    try:
        return urljoin(base, url)
    except ValueError:
        return None


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _first_label(parts: SplitResult) -> str:
    return (parts.hostname or "").partition(".")[0]


def _parts(address: SplitResult) -> frozenset[str]:
    return frozenset(address.path.lower().strip("/").split("/"))
