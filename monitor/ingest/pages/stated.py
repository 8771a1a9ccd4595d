"""What a page says of itself outside of its text: in JSON-LD, meta elements and links. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from urllib.parse import urljoin

from lxml.html import HtmlElement

from monitor.ingest.pages import json_ld
from monitor.ingest.pages.document import by_tag, text_of
from monitor.ingest.pages.times import agreed, moment
from monitor.ingest.text import from_html, lines, one_line

# names of meta elements, of Open Graph, Dublin Core, microdata and tools that many sites have
PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "article.published"),
    *("parsely-pub-date", "dc.date.issued", "dcterms.issued", "publish-date", "publication_date"),
    *("pubdate", "publishdate"),
)
MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "article.updated")
TITLES = ("og:title", "twitter:title", "parsely-title", "dc.title")
AUTHORS = ("author", "article:author", "parsely-author", "byl", "dc.creator", "sailthru.author")
TIERS = ("article:content_tier", "content_tier")
CLOSED_TIERS = frozenset({"locked", "premium", "paid"})
MOST_AUTHORS = 5
LONGEST_AUTHOR = 80  # characters of one name: what is longer is a sentence about them


@dataclass(frozen=True, slots=True)
class Stated:
    titles: tuple[str, ...]  # the surest first
    published_at: datetime | None
    modified_at: datetime | None
    canonical: str | None  # absolute
    author: str | None
    kinds: frozenset[str]  # types by schema.org, and by Open Graph as "og:…"
    articles: int  # how many articles it describes
    free: bool | None  # whether all may read it
    words: int | None  # of the whole article
    body: str  # the text of the article, where JSON-LD has it
    paid: tuple[str, ...]  # CSS selectors of what only subscribers are to read


def stated(tree: HtmlElement, url: str) -> Stated:
    metas = _metas(tree)
    nodes = json_ld.nodes_of(one.text_content() for one in _blocks(tree))
    canonical = _canonical(tree, metas, url)
    titles = _shown_titles(tree, metas)
    node = json_ld.about(nodes, [url, *([canonical] if canonical else [])], titles)
    headline = one_line(from_html(json_ld.text(node.get("headline"))))
    free = json_ld.truth(node.get("isAccessibleForFree"))
    if free is None and CLOSED_TIERS & {one.lower() for one in _of(metas, TIERS)}:
        free = False
    return Stated(
        titles=tuple(dict.fromkeys(filter(None, (headline, *titles)))),
        published_at=_published(tree, metas, node),
        modified_at=_first_moment([json_ld.text(node.get("dateModified")), *_of(metas, MODIFIED)]),
        canonical=canonical,
        author=_author(tree, metas, node, nodes),
        kinds=json_ld.types_of(node) | {f"og:{one.lower()}" for one in metas.get("og:type", ())},
        articles=sum(map(json_ld.is_article, nodes)),
        free=free,
        words=json_ld.number(node.get("wordCount")),
        body=_body(json_ld.text(node.get("articleBody"))),
        paid=json_ld.paid_parts(node),
    )


def _body(written: str) -> str:
    """Text with line breaks between its paragraphs, or markup."""
    return from_html(written) if "<" in written else lines(unescape(written))


def _metas(tree: HtmlElement) -> Mapping[str, Sequence[str]]:
    """What meta elements say, and microdata, by lower-case name."""
    found: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]|//*[@itemprop and (@content or @datetime)]"):
        said = (element.get("content") or element.get("datetime") or "").strip()
        for attribute in ("property", "name", "itemprop"):
            name = (element.get(attribute) or "").strip().lower()
            if name and said and said not in found.setdefault(name, []):
                found[name].append(said)
    return found


def _of(metas: Mapping[str, Sequence[str]], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from metas.get(name, ())


def _blocks(tree: HtmlElement) -> Iterator[HtmlElement]:
    for script in by_tag(tree, "script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            yield script


def _canonical(tree: HtmlElement, metas: Mapping[str, Sequence[str]], url: str) -> str | None:
    given = [
        link.get("href") or ""
        for link in by_tag(tree, "link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    for one in (*given, *metas.get("og:url", ())):
        try:
            if one.strip():
                return str(urljoin(url, one.strip()))
        except ValueError:
            continue
    return None


def _shown_titles(tree: HtmlElement, metas: Mapping[str, Sequence[str]]) -> list[str]:
    heads = [text_of(one) for one in by_tag(tree, "h1")]
    whole = [text_of(one) for one in by_tag(tree, "title")][:1]
    # several main headings are those of a page of many articles
    given = [*_of(metas, TITLES), *(heads if len(heads) == 1 else []), *whole]
    return [one_line(from_html(one)) for one in given if one.strip()]


def _published(
    tree: HtmlElement, metas: Mapping[str, Sequence[str]], node: json_ld.Node
) -> datetime | None:
    said = [json_ld.text(node.get("datePublished")), *_of(metas, PUBLISHED)]
    if any(moment(one) for one in said):
        return agreed(said)
    return agreed(_times(tree))


def _times(tree: HtmlElement) -> list[str]:
    """What `time` elements give as the date of publication; where none says what it is of, those
    of the article itself, without the lists and asides in it."""
    marked, others = [], []
    for element in by_tag(tree, "time"):
        said = element.get("datetime") or ""
        about = f"{element.get('class') or ''} {element.get('itemprop') or ''}".lower()
        if element.get("pubdate") is not None or "publish" in about or "entry-date" in about:
            marked.append(said)
        around = {one.tag for one in element.iterancestors()}
        if around & {"article", "main"} and not around & {"li", "aside", "footer", "nav"}:
            others.append(said)
    return marked or others


def _first_moment(written: Iterable[str]) -> datetime | None:
    return next((at for at in map(moment, written) if at is not None), None)


def _author(
    tree: HtmlElement,
    metas: Mapping[str, Sequence[str]],
    node: json_ld.Node,
    nodes: Sequence[json_ld.Node],
) -> str | None:
    """Who wrote it, by name; several are parted by commas."""
    known = {one["@id"]: one for one in nodes if isinstance(one.get("@id"), str)}
    given = [
        known.get(one["@id"], one) if _is_reference(one) else one
        for one in json_ld.listed(node.get("author"))
    ]
    links = [text_of(one) for one in by_tag(tree, "a") if "author" in (one.get("rel") or "")]
    for names in (json_ld.names(given), _of(metas, AUTHORS), links):
        clean = dict.fromkeys(filter(None, map(_name, names)))
        if clean:
            return ", ".join(list(clean)[:MOST_AUTHORS])
    return None


def _is_reference(value: object) -> bool:
    return isinstance(value, Mapping) and "name" not in value and isinstance(value.get("@id"), str)


def _name(written: str) -> str:
    """A name without the "by" before it; "" where it is none."""
    bare = one_line(from_html(written)).strip(" ,;|")
    if bare.lower().startswith("by "):
        bare = bare[3:].strip()
    plausible = len(bare) <= LONGEST_AUTHOR and "://" not in bare and any(map(str.isalpha, bare))
    return bare if plausible else ""
