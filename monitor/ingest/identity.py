"""Which items are new. Pure.

An item is known by its guid, by its address, and by its words with their date. Any key that it
shares with a known one makes it known: feeds change their guids, or their addresses, or their
words, but seldom all at once.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from monitor.model import Article, FeedItem

# parameters that say how a reader came to a page, not which page it is
TRACKING = re.compile(
    r"utm_\w*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|li_fat_id"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hs\w*|vero_id|oly_\w+_id|_openstat|_ga|_gl|s_cid|cmpid"
    r"|ncid|ocid|smid|guccounter|guce_\w+|\.tsrc|at_(?:medium|campaign|link\w*)|rss_id",
    re.IGNORECASE,
)
BROKEN = re.compile(r"[\t\r\n]+")  # a link over two lines is one link
SPACE = re.compile(r"\s")
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class NewArticle:
    article: Article
    keys: tuple[str, ...]  # all that it is to be known by from now on


def canonical_url(url: str) -> str:
    """The one form of the many addresses of a page.

    Lower-case scheme and host, no user, default port, fragment, tracking parameter or final slash,
    and the query in order. What cannot be taken apart, or is not http, comes back as it was.
    """
    bare = SPACE.sub(lambda found: quote(found[0]), BROKEN.sub("", url.strip()))
    try:
        parts = urlsplit(bare)
        port = parts.port
    except ValueError:
        return bare
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return bare
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = parts.path.rstrip("/") or "/"
    return urlunsplit(SplitResult(parts.scheme, host, path, _query(parts.query), ""))


def keys_of(item: FeedItem) -> tuple[str, ...]:
    """What `item` is known by, the surest first."""
    keys = (_guid_key(item), _url_key(item), _words_key(item))
    return tuple(key for key in keys if key is not None)


def decide(items: Sequence[FeedItem], known: Container[str]) -> tuple[NewArticle, ...]:
    """The items that are neither known nor given earlier among `items`, in their order."""
    unsure = _shared_by_different(items)
    owner: dict[str, int] = {}  # key → place in `new` of the article it belongs to
    new: list[NewArticle] = []
    for item in items:
        keys = tuple(key for key in keys_of(item) if key not in unsure)
        if any(key in known for key in keys):
            continue
        place = next((owner[key] for key in keys if key in owner), len(new))
        free = tuple(key for key in keys if key not in owner)
        if place == len(new):
            new.append(NewArticle(_article(item, keys[0]), free))
        else:  # the same article again: what this one is known by is the first one's, too
            new[place] = NewArticle(new[place].article, new[place].keys + free)
        owner.update((key, place) for key in free)
    return tuple(new)


def _shared_by_different(items: Iterable[FeedItem]) -> frozenset[str]:
    """Keys that stand on items which are plainly not the same: another title, and another value of
    the other key. Some feeds give every item one guid, or one address."""
    holders: defaultdict[str, list[tuple[str | None, str]]] = defaultdict(list)
    for item in items:
        guid, url = _guid_key(item), _url_key(item)
        if guid:
            holders[guid].append((url, item.title))
        if url:
            holders[url].append((guid, item.title))
    return frozenset(key for key, held in holders.items() if _differ(held))


def _differ(held: Sequence[tuple[str | None, str]]) -> bool:
    other, title = held[0]
    return any(None not in (other, o) and o != other and t != title for o, t in held[1:])


def _article(item: FeedItem, key: str) -> Article:
    return Article(
        id=hashlib.sha256(key.encode()).hexdigest()[:16],
        source=item.source,
        outlet=item.outlet,
        url=canonical_url(item.url) if item.url else None,
        title=item.title,
        text=item.text,
        published_at=item.published_at,
        seen_at=item.seen_at,
    )


def _guid_key(item: FeedItem) -> str | None:
    return _key("guid", item.source, item.guid) if item.guid else None


def _url_key(item: FeedItem) -> str | None:
    """Without scheme and www, which sites change; None for a site's front page, which is no
    article's own address."""
    url = canonical_url(item.url) if item.url else ""
    place = url.partition("://")[2].removeprefix("www.")
    host, _, rest = place.partition("/")
    return _key("url", host, rest) if rest else None


def _words_key(item: FeedItem) -> str:
    """Titles come again (a daily report), so the date belongs to it; but not where there is nothing
    else to know the item by, since some feeds date everything to the hour of the request."""
    dated = item.published_at if item.guid or item.url else None
    when = dated.isoformat() if dated else ""
    return _key("words", item.source, item.outlet, item.title, item.text, when)


def _key(kind: str, *parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{kind}:{digest[:32]}"


def _query(query: str) -> str:
    kept = (part for part in query.split("&") if part and not _tracks(part))
    return "&".join(sorted(kept))


def _tracks(parameter: str) -> bool:
    return TRACKING.fullmatch(parameter.partition("=")[0]) is not None
