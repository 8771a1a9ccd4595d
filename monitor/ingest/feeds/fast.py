"""RSS and Atom that are as they should be, several times as fast as feedparser. Pure.

It gives what feedparser would, or nothing: what is rare, and where feedparser has ways of its own,
is left to feedparser. All that is said here of order and of precedence is how feedparser has it.
"""

from __future__ import annotations

from xml.parsers.expat import ExpatError, ParserCreate

from monitor.ingest.feeds.fast_item import (
    NESTED,
    OTHER_TEXTS,
    STARTS,
    STRUCTURE,
    SUMMARIES,
    Attributes,
    Done,
    Item,
    about_of,
    ignore,
    is_markup,
    words_of,
)
from monitor.ingest.feeds.names import Names, UnsureError
from monitor.ingest.feeds.parsed import NO_WORDS, Entry, ReadFeed, Words

# by the name of the root: how many elements an item stands in
ROOTS = {"rss": 2, "rdf:rdf": 1, "feed": 1}
# what has a title of its own in a channel, and the elements that leave feedparser inside of it
PARTS = {
    "image": frozenset({"title", "link", "description", "url", "href", "width", "height"}),
    "textinput": frozenset({"title", "link", "description", "name"}),
}
# what a feed has never, or would have twice
NOT_OF_FEEDS = NESTED | {"title", "dc:title", "content", "content:encoded", "fullitem", "source"}


def read(document: str) -> ReadFeed | None:
    """None where feedparser is to decide."""
    try:
        return _Feed().read(document)
    except (UnsureError, ExpatError, ValueError):
        return None


class _Feed:
    def __init__(self) -> None:
        self._names = Names()
        self._path: list[str] = []  # the elements that are open
        self._pieces: list[str] = []  # of text
        self._done: Done | None = None  # takes the text of the open element, which has no others
        self._looked_at: set[str] = set()  # names of attributes
        self._items_at = 0
        self._atom = False
        self._title: Words | None = None
        self._markup = self._summarised = self._channel = False
        self._item: Item | None = None
        self._entries: list[Entry] = []

    def read(self, document: str) -> ReadFeed:
        parser = ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._pieces.append
        parser.StartNamespaceDeclHandler = self._names.declare
        parser.StartDoctypeDeclHandler = _unsure
        parser.Parse(document, True)
        return ReadFeed(self._title or NO_WORDS, tuple(self._entries))

    def _start(self, name: str, attributes: Attributes) -> None:
        if self._done is not None:
            raise UnsureError
        if attributes and not self._looked_at.issuperset(attributes):
            self._look_at(attributes)
        tag, around = self._names[name], len(self._path)
        if self._item is not None:
            if self._item.sourcing and "".join(self._pieces).strip():
                raise UnsureError  # a source that has both words and elements
            self._done = self._item.start(tag, attributes, around - self._items_at - 1)
        elif around == 0:
            self._root(tag)
        elif tag in STRUCTURE:
            self._structure(tag, attributes, around)
        else:
            self._done = self._of_feed(tag, attributes)
        self._pieces.clear()
        self._path.append(tag)

    def _end(self, _: str) -> None:
        tag = self._path.pop()
        if self._done is not None:
            self._done("".join(self._pieces).strip())
            self._done = None
            self._pieces.clear()
        elif self._item is not None:
            if len(self._path) == self._items_at:
                self._entries.append(self._item.entry())
                self._item = None
            elif tag == "source":
                self._item.end_source("".join(self._pieces).strip())
            elif self._item.sourcing:
                self._pieces.clear()

    def _look_at(self, attributes: Attributes) -> None:
        """Addresses may be relative to another one than that of the feed."""
        if any(name.lower().endswith("base") for name in attributes):
            raise UnsureError
        self._looked_at.update(attributes)

    def _root(self, tag: str) -> None:
        version = self._names.version
        if tag not in ROOTS or (tag == "feed" and version == "rss"):
            raise UnsureError
        if tag == "rdf:rdf" and not version:
            raise UnsureError
        self._items_at = ROOTS[tag]
        self._atom = tag == "feed" or (tag == "rdf:rdf" and version == "atom")

    def _structure(self, tag: str, attributes: Attributes, around: int) -> None:
        path = self._path
        if tag in ("item", "entry"):
            if around != self._items_at or (tag == "entry") != (path[0] == "feed"):
                raise UnsureError
            self._item = Item(about_of(attributes), self._atom)
        elif tag == "channel":
            # a second one, or one after items, would have its title passed over
            if around != 1 or path[0] == "feed" or self._channel or self._entries:
                raise UnsureError
            about_of(attributes)
            self._channel = True
        elif tag not in PARTS or not (self._in_head() or path == ["rdf:rdf"]):
            raise UnsureError

    def _in_head(self) -> bool:
        """Whether what begins is told of the feed itself."""
        return self._path == ["feed"] or (len(self._path) == 2 and self._path[1] == "channel")

    def _of_feed(self, tag: str, attributes: Attributes) -> Done | None:
        if self._path[-1] in PARTS:
            if tag in PARTS[self._path[-1]] or (":" in tag and tag not in STARTS):
                return ignore
            raise UnsureError
        if not self._in_head():
            if tag in STARTS or tag in OTHER_TEXTS or self._path == ["rss"]:
                raise UnsureError
            return None
        if tag == "title" and self._title is None:
            self._markup = is_markup(attributes, usual=False)
            return self._end_title
        if tag in ("description", "dc:description", "summary", "itunes:summary"):
            # one that follows a summary would be a content
            if self._summarised:
                raise UnsureError
            self._summarised = tag in SUMMARIES
            return ignore
        if tag in NOT_OF_FEEDS:
            raise UnsureError
        return ignore if tag in STARTS or tag in OTHER_TEXTS else None

    def _end_title(self, value: str) -> None:
        self._title = words_of(value, self._markup, self._atom)


def _unsure(*_: object) -> None:
    raise UnsureError
