"""What becomes of the items that a source gives: new articles, later wordings, nothing. Pure.

An item is known by its guid, by its address, and by its words with their date. Any key that it
shares with a known one makes it known: feeds change their guids, or their addresses, or their
words, but seldom all at once. A known item whose words have changed in substance is kept once more,
as a further article: what was read of the first stays as it was.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from monitor.ingest.wording import akin, wording
from monitor.model import Article, FeedItem, Version

# parameters that say how a reader came to a page, not which page it is
TRACKING = re.compile(
    r"utm_\w*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|li_fat_id"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hs\w*|vero_id|oly_\w+_id|_openstat|_ga|_gl|s_cid|cmpid"
    r"|ncid|ocid|smid|guccounter|guce_\w+|\.tsrc|at_(?:medium|campaign|link\w*)|rss_id",
    re.IGNORECASE,
)
BROKEN = re.compile(r"[\t\r\n]+")  # a link over two lines is one link
SPACE = re.compile(r"\s")
# an address in its one form, as most are
PLAIN = re.compile(r"https?://[a-z0-9.-]+/(?:[!\"$->@-~]*[!\"$-.0->@-~])?")
DEFAULT_PORTS = {"http": 80, "https": 443}
AT_ONCE = 4  # wordings of an article that are kept within a day as they come;
PAUSE = timedelta(hours=2)  # from then on one in this time: a live page is edited each minute
ALIASES = 8  # further guids and addresses that an article is known by; some feeds make up new ones
CHANGED = 3  # items that must be known otherwise before a feed is said to have changed its ids


@dataclass(frozen=True, slots=True)
class Keyed:
    """An item with what it is known by."""

    item: FeedItem
    address: str | None  # canonical
    guid: str | None  # these three are keys
    url: str | None
    words: str
    keys: tuple[str, ...]  # those of them that it has, the surest first


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be kept: articles, new ones and later wordings, in order; keys, each with the id
    of the article that it stands for from now on; and how many further keys articles have now that
    were kept before."""

    articles: tuple[Article, ...]
    keys: Mapping[str, str]
    aliases: Mapping[str, int]
    notes: tuple[str, ...]


def canonical_url(url: str) -> str:
    """The one form of the many addresses of a page.

    Lower-case scheme and host, no user, default port, fragment, tracking parameter or final slash,
    and the query in order. What cannot be taken apart, or is not http, comes back as it was.
    """
    if PLAIN.fullmatch(url):
        return url
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


def keyed(item: FeedItem) -> Keyed:
    address = canonical_url(item.url) if item.url else None
    guid = _key("guid", item.source, item.guid) if item.guid else None
    url = _url_key(address) if address else None
    words = _words_key(item)
    keys = tuple(key for key in (guid, url, words) if key is not None)
    return Keyed(item, address, guid, url, words, keys)


def in_question(items: Iterable[Keyed], known: Mapping[str, str]) -> set[str]:
    """The articles whose versions `decide` must see: of items that are known, though not in all
    that they are known by."""
    return {
        known[key]
        for one in items
        if not all(key in known for key in one.keys)
        for key in one.keys
        if key in known
    }


def decide(
    items: Sequence[Keyed], known: Mapping[str, str], versions: Mapping[str, Sequence[Version]]
) -> Decision:
    """What is to be kept of the items of one source.

    `known`: those of their keys that the store has, each with the id of its article. `versions`:
    of the articles that are `in_question`, by id.
    """
    desk = _Desk(items, known, versions)
    for one in items:
        desk.take(one)
    notes = []
    if _ids_changed(items, known, versions):
        notes.append("the feed has changed its ids: its items are known by address or words")
    if desk.waiting:
        notes.append(f"{desk.waiting} items are edited again and again: their last wording waits")
    return Decision(tuple(desk.articles), desk.fresh, desk.aliases, tuple(notes))


class _Desk:
    """Where items are taken one by one, with what those before have added to what is known."""

    def __init__(
        self,
        items: Sequence[Keyed],
        known: Mapping[str, str],
        versions: Mapping[str, Sequence[Version]],
    ) -> None:
        self.articles: list[Article] = []
        self.fresh: dict[str, str] = {}
        self.aliases: dict[str, int] = {}
        self.waiting = 0
        self._known = known
        self._versions = {article: list(them) for article, them in versions.items()}
        self._unsure = _shared_by_different(items)
        # whether guids or addresses of this feed stay what they are
        self._lasting = any(
            key in known and key not in self._unsure
            for one in items
            for key in (one.guid, one.url)
            if key is not None
        )

    def take(self, one: Keyed) -> None:
        there = self._known.keys() & one.keys
        if len(there) == len(one.keys):
            return  # as it was
        if not there and self.fresh.keys().isdisjoint(one.keys):
            self._begin(one, self._sure(one.keys))
            return
        keys = self._telling(one)
        owner = next((owner for key in keys if (owner := self._owner(key))), None)
        if owner is None:
            self._begin(one, keys)
            return
        kept = self._versions.get(owner, [])
        if kept and kept[0].source == one.item.source:  # else another feed's copy of it
            self._know(kept[0], [key for key in keys if key != one.words])
            if self._owner(one.words) is None:
                self._revise(one, kept)

    def _owner(self, key: str) -> str | None:
        return self._known.get(key) or self.fresh.get(key)

    def _sure(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        if self._unsure.isdisjoint(keys):
            return keys
        return tuple(key for key in keys if key not in self._unsure)

    def _telling(self, one: Keyed) -> tuple[str, ...]:
        """The keys that `one` is to be known by."""
        keys = self._sure(one.keys)
        new = tuple(key for key in keys if self._owner(key) is None)
        if new == keys or not new:
            return keys
        ids = tuple(key for key in keys if key != one.words)
        if new == ids:
            # a title that comes again, or an item that is there again? Its date tells; without one,
            # whether other items have kept their guids or addresses
            again = one.item.published_at is not None or not self._lasting
            return keys if again or one.words in self.fresh else ids
        # known by its guid, though at another address, or the other way round: a feed may give one
        # of them to different items
        new_ids = tuple(key for key in ids if key in new)
        old = next(owner for key in ids if (owner := self._owner(key)))
        if new_ids and one.words in new and self._is_other(one, old):
            return (*new_ids, one.words)
        return keys

    def _is_other(self, one: Keyed, article: str) -> bool:
        """Whether an item can hardly be a wording of an article of the same source."""
        kept = self._versions.get(article, [])
        mine = bool(kept) and kept[0].source == one.item.source
        return mine and not any(akin(each.title, one.item.title) for each in kept)

    def _begin(self, one: Keyed, keys: Sequence[str]) -> None:
        """A new article, known by keys that nobody has."""
        article = _article(one, _digest(keys[0]))
        self._keep(article, article.id)
        self.fresh |= dict.fromkeys(keys, article.id)

    def _know(self, first: Version, keys: Sequence[str]) -> None:
        """Further keys of an article, as many as there is room for."""
        had = self.aliases.get(first.article, first.aliases)
        new = [key for key in keys if self._owner(key) is None][: max(ALIASES - had, 0)]
        if new:
            self.aliases[first.article] = had + len(new)
            self.fresh |= dict.fromkeys(new, first.article)

    def _revise(self, one: Keyed, kept: Sequence[Version]) -> None:
        words = wording(one.item.title, one.item.text)
        if any(words == (each.words or wording(each.title, each.text)) for each in kept):
            return
        if _crowded(kept, one.item.seen_at):
            self.waiting += 1
            return
        first = kept[0].article
        article = replace(_article(one, _digest(f"{first}\0{words}")), revises=first)
        self._keep(article, first)
        self.fresh[one.words] = first

    def _keep(self, article: Article, first: str) -> None:
        self.articles.append(article)
        version = Version(first, article.source, article.title, article.text, None, article.seen_at)
        self._versions.setdefault(first, []).append(version)


def _crowded(kept: Sequence[Version], now: datetime) -> bool:
    """Whether an article has been edited so often of late that its next wording must wait."""
    lately = [each.seen_at for each in kept if abs(now - each.seen_at) < timedelta(days=1)]
    return len(lately) >= AT_ONCE and abs(now - max(lately)) < PAUSE


def _ids_changed(
    items: Sequence[Keyed], known: Mapping[str, str], versions: Mapping[str, Sequence[Version]]
) -> bool:
    """Whether all guids are new on a feed whose items are mostly known by something else."""
    named = [one for one in items if one.guid is not None]
    if any(one.guid in known for one in named):
        return False
    owners = [known.get(one.words) or known.get(one.url or "") for one in named]
    renamed = sum(
        owner in versions and versions[owner][0].source == one.item.source
        for one, owner in zip(named, owners, strict=True)
        if owner is not None
    )
    return renamed >= CHANGED and 2 * renamed > len(named)


def _shared_by_different(items: Iterable[Keyed]) -> frozenset[str]:
    """Keys that stand on items which are plainly not the same: another title, and another value of
    the other key. Some feeds give every item one guid, or one address."""
    holders: defaultdict[str, list[tuple[str | None, str]]] = defaultdict(list)
    for one in items:
        if one.guid:
            holders[one.guid].append((one.url, one.item.title))
        if one.url:
            holders[one.url].append((one.guid, one.item.title))
    return frozenset(key for key, held in holders.items() if _differ(held))


def _differ(held: Sequence[tuple[str | None, str]]) -> bool:
    other, title = held[0]
    return any(None not in (other, o) and o != other and t != title for o, t in held[1:])


def _article(one: Keyed, id: str) -> Article:
    item = one.item
    return Article(
        id=id,
        source=item.source,
        outlet=item.outlet,
        url=one.address,
        title=item.title,
        text=item.text,
        published_at=item.published_at,
        seen_at=item.seen_at,
    )


def _digest(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:16]


def _url_key(address: str) -> str | None:
    """Without scheme and www, which sites change; None for a site's front page, which is no
    article's own address."""
    place = address.partition("://")[2].removeprefix("www.")
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
