"""What a page says of its article in JSON-LD, by the vocabulary of schema.org. Pure.

Pages have one block or several, each a node, a list of them or a graph. What they get wrong most:
unescaped line breaks, a comma at the end, comments around the whole, text where a list is due.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

Node = Mapping[str, Any]

DEEPEST = 6  # levels of nodes within nodes that are looked through
MOST = 500  # nodes of a page
# an article is found under these, never in a list of others' articles
LEADING = ("@graph", "mainEntity", "mainEntityOfPage")
ARTICLES = frozenset({"Report", "BlogPosting", "LiveBlogPosting"})  # and all that end in "Article"
PAGES = frozenset({"WebPage", "ItemPage"})
LISTS = frozenset({"CollectionPage", "ItemList", "SearchResultsPage"})
LIVE = "LiveBlogPosting"
TRAILING_COMMA = re.compile(r",(\s*[}\]])")
AROUND = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|"
    r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)


def nodes_of(blocks: Iterable[str]) -> tuple[Node, ...]:
    """The nodes that the blocks hold, in order; a block that cannot be read holds none."""
    found: list[Node] = []
    for block in blocks:
        with suppress(ValueError, RecursionError):
            found += _walked(_loaded(block), DEEPEST)
    return tuple(found[:MOST])


def types_of(node: Node) -> frozenset[str]:
    named = (str(one).rpartition("/")[2] for one in listed(node.get("@type")))
    return frozenset(named)


def is_article(node: Node) -> bool:
    return any(one.endswith("Article") or one in ARTICLES for one in types_of(node))


def about(nodes: Sequence[Node], addresses: Iterable[str], titles: Iterable[str]) -> Node:
    """The node of the page's own article; empty where there is none, or which one it is cannot be
    told. `addresses` and `titles` are what else the page is known by."""
    articles = [node for node in nodes if is_article(node)]
    wanted = {_bare(one) for one in addresses}
    headlines = {_folded(one) for one in titles}
    placed = [one for one in articles if wanted & {_bare(place) for place in places_of(one)}]
    titled = [one for one in articles if _folded(text(one.get("headline"))) in headlines]
    for narrowed in (placed, titled, articles):
        if narrowed and (narrowed is not articles or len(articles) == 1):
            # the same article may be told twice; a live blog's kind counts before its other one
            return max(narrowed, key=lambda one: (LIVE in types_of(one), len(one)))
    if articles:
        return {}
    return next((node for node in nodes if types_of(node) & PAGES), {})


def places_of(node: Node) -> list[str]:
    """The addresses that a node says it is at."""
    page = node.get("mainEntityOfPage")
    given = [node.get("url"), node.get("@id"), page]
    if isinstance(page, Mapping):
        given += [page.get("@id"), page.get("url")]
    return [one for one in given if isinstance(one, str)]


def names(value: Any) -> list[str]:
    """The names of people or bodies: each a text, or a node with a name."""
    found = (one.get("name") if isinstance(one, Mapping) else one for one in listed(value))
    return [text(one) for one in found if text(one)]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def truth(value: Any) -> bool | None:
    """A boolean, which many write as a text; None where it is none."""
    said = str(value).strip().rpartition("/")[2].lower()
    return {"true": True, "false": False}.get(said)


def number(value: Any) -> int | None:
    found = re.fullmatch(r"\s*(\d{1,7})\s*", str(value))
    return int(found[1]) if found else None


def paid_parts(node: Node) -> tuple[str, ...]:
    """CSS selectors of what only subscribers are to read."""
    parts = [one for one in listed(node.get("hasPart")) if isinstance(one, Mapping)]
    paid = [one for one in parts if truth(one.get("isAccessibleForFree")) is False]
    selectors = [each for one in paid for each in listed(one.get("cssSelector"))]
    return tuple(text(one) for one in selectors if text(one))


def _loaded(block: str) -> Any:
    bare = AROUND.sub("", block).strip()
    try:
        return json.loads(bare, strict=False)
    except ValueError:
        return json.loads(TRAILING_COMMA.sub(r"\1", bare), strict=False)


def _walked(value: Any, depth: int) -> Iterator[Node]:
    for one in listed(value):
        if isinstance(one, Mapping):
            yield one
            for key in LEADING if depth else ():
                yield from _walked(one.get(key), depth - 1)


def _bare(address: str) -> str:
    """An address without what differs between writings of one."""
    place = address.partition("#")[0].partition("?")[0].partition("://")[2]
    return place.removeprefix("www.").rstrip("/").lower()


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())
