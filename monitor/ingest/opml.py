"""Lists of feeds as readers exchange them (OPML 2.0, opml.org/spec2.opml). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from monitor.errors import SourceError

LONGEST_NAME = 80  # characters, as in the configuration
# characters that XML cannot hold
NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


@dataclass(frozen=True, slots=True)
class Subscription:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Outlines:
    """What a list holds, in its order; `bad`: outlines that name no address to poll, in words."""

    feeds: tuple[Subscription, ...]
    bad: tuple[str, ...]


def read_opml(body: bytes, file: str) -> Outlines:
    """The feeds of a list, of all its folders. SourceError where it is none.

    Lists are written by many hands: what is not quite XML is read as far as it makes sense.
    """
    # no entity is looked up, no other file or address read
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(file, f"is no OPML: {error}") from error
    if root is None or _local(root.tag) != "opml":
        raise SourceError(file, "is no OPML: its first element is not <opml>")
    feeds: list[Subscription] = []
    bad: list[str] = []
    for outline in root.iter():
        given = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
        url = given.get("xmlurl", "")
        if _local(outline.tag) != "outline" or (not url and given.get("type") != "rss"):
            continue
        name = " ".join((given.get("title") or given.get("text") or "").split())
        if _is_web(url):
            feeds.append(Subscription((name or urlsplit(url).netloc)[:LONGEST_NAME].strip(), url))
        else:
            bad.append(f"line {outline.sourceline}: {name or 'an outline'} has no web address")
    return Outlines(tuple(feeds), tuple(bad))


def write_opml(feeds: Iterable[Subscription], title: str) -> str:
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _xml(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        name = _xml(feed.name)
        etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=_xml(feed.url))
    told = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return str(told, "utf-8")


def without_known(
    feeds: Sequence[Subscription], names: Iterable[str], addresses: Iterable[str]
) -> Iterator[Subscription]:
    """Those whose address is not known yet, each once, under names that nobody has."""
    taken, known = set(names), set(addresses)
    for feed in feeds:
        if feed.url in known:
            continue
        known.add(feed.url)
        name = _free(feed.name, taken)
        taken.add(name)
        yield Subscription(name, feed.url)


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        tail = f" ({number})"
        free = name[: LONGEST_NAME - len(tail)] + tail
        number += 1
    return free


def _local(tag: object) -> str:
    # comments and instructions have a function where elements have a name
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _xml(text: str) -> str:
    return text.translate(NOT_XML)
