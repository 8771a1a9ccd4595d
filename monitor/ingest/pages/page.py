"""The bytes of a page → the article it tells, or why there is none. Pure.

What is read is what any visitor is shown: text that a page marks as paid for is left out, and the
copy for search engines of an article that is not free is not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from monitor.ingest.pages import walls
from monitor.ingest.pages.document import by_tag, decoded, is_html, parsed, text_of
from monitor.ingest.pages.forms import Fetched, NoPage, Page
from monitor.ingest.pages.main_text import main_text
from monitor.ingest.pages.sites import same_site
from monitor.ingest.pages.stated import Stated, stated
from monitor.ingest.pages.wall_words import FURNITURE_MARK
from monitor.ingest.text import lines

LEAST = 20  # words of an article, at least
FULLER = 1.5  # times as long is the text that JSON-LD gives, where the page shows hardly any
FURNITURE = 0.2  # of a page's words at most are in one part that is left out by its name
LONGEST = 200_000  # characters that are kept
# selectors that publishers use for what is paid for; others are not understood
SIMPLE = re.compile(r"(?:[a-zA-Z][\w-]*)?([.#])(-?[_a-zA-Z][\w-]*)")
UNREAD = "//script|//style|//template|//noscript|//iframe|//object|//svg"


def page_of(fetched: Fetched) -> Page | NoPage:
    return read_page(
        fetched.body,
        content_type=fetched.content_type,
        url=fetched.url,
        asked=fetched.asked,
        status=fetched.status,
    )


def read_page(
    body: bytes,
    *,
    content_type: str | None,
    url: str,
    asked: str | None = None,
    status: int = 200,
) -> Page | NoPage:
    """`url` is where the answer came from, `asked` what was asked for, where that is another."""
    if not is_html(body, content_type):
        return NoPage(walls.NOT_HTML if 200 <= status < 300 else f"status {status}")
    tree = parsed(decoded(body, content_type))
    if tree is None:
        return NoPage(walls.NO_TEXT if 200 <= status < 300 else f"status {status}")
    seen = walls.signs(tree, url)
    bar = walls.barred(status, asked or url, url, seen)
    if bar is not None:
        return NoPage(bar)
    told = stated(tree, url)
    many = walls.of_many(told, seen)
    if many is not None:
        return NoPage(many)
    text = _text(tree, told)
    cut = walls.cut_by(told, seen, text)
    if cut is not None:
        text = walls.before_wall(text)
    text = _without_title(text, told.titles)
    few = len(text.split()) < LEAST
    if walls.is_talk_of_cookies(seen.shown if few else text):
        return NoPage(walls.CONSENT_REASON)
    if few:
        stays = seen.onward is None or same_site(seen.onward, url)
        return NoPage(cut or (walls.NO_TEXT if stays else walls.ELSEWHERE))
    return Page(
        url=_own_address(told.canonical, url),
        title=told.titles[0] if told.titles else "",
        text=text,
        published_at=told.published_at,
        modified_at=told.modified_at,
        author=told.author,
        cut=cut,
    )


def _text(tree: HtmlElement, told: Stated) -> str:
    """What the page shows of its article; the text that JSON-LD has, where a script would show it
    and all may read it."""
    _drop(tree.xpath(UNREAD))
    for selector in told.paid:
        _drop(_selected(tree, selector))
    _drop(_next_article(tree, told.titles))
    _drop(_furniture(tree))
    for form in list(by_tag(tree, "form")):
        form.drop_tag()  # some content systems put all of a page into one
    shown = main_text(tree)[:LONGEST]
    given = lines(told.body)[:LONGEST]
    if told.free is not False and len(given) > FULLER * len(shown):
        return given
    return shown


def _next_article(tree: HtmlElement, titles: Sequence[str]) -> list[HtmlElement]:
    """What follows the article on a page that goes on with others, each under its own headline."""
    heads = list(by_tag(tree, "h1"))
    own = next((n for n, one in enumerate(heads) if _is_title(text_of(one), titles)), len(heads))
    if own + 1 >= len(heads):
        return []
    around = set(heads[own].iterancestors())
    top = heads[own + 1]
    while top.getparent() not in around:
        top = top.getparent()
    # beside the headline itself it is one of the same article
    return [] if top is heads[own + 1] else [top, *top.itersiblings()]


def _is_title(line: str, titles: Iterable[str]) -> bool:
    """Whether a line is the title, or all of it but the site's name."""
    return bool(line) and any(one.casefold().startswith(line.casefold()) for one in titles)


def _furniture(tree: HtmlElement) -> list[HtmlElement]:
    """Small parts that stand beside any article of a site, by their kind or name."""
    most = FURNITURE * len(text_of(tree).split())
    named = (
        one
        for one in tree.iter("div", "section", "aside", "ul", "p", "span", "form")
        if one.tag == "form"
        or one.get("role") == "dialog"
        or FURNITURE_MARK.search(walls.mark_of(one))
    )
    return [one for one in named if len(text_of(one).split()) <= most]


def _selected(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """The elements of a simple selector: a class or an id."""
    found = SIMPLE.fullmatch(selector.strip())
    if found is None:
        return []
    kind, name = found.groups()
    if kind == "#":
        named = "@id = $name"
    else:
        named = "contains(concat(' ', normalize-space(@class), ' '), concat(' ', $name, ' '))"
    return list(tree.xpath(f"//body//*[{named}]", name=name))


def _drop(elements: Iterable[HtmlElement]) -> None:
    for element in elements:
        element.drop_tree()


def _without_title(text: str, titles: Iterable[str]) -> str:
    """The text without the headline, where it comes first once more."""
    first, _, rest = text.partition("\n")
    return rest if _is_title(first, titles) else text


def _own_address(canonical: str | None, url: str) -> str:
    """The canonical address where it can be believed: on the page's own site, and no front page,
    which stands there by mistake."""
    if canonical is None or not same_site(canonical, url) or walls.is_front(canonical):
        return url
    return canonical
