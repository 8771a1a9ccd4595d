"""One item or entry of a feed, for the fast parser. Pure.

All that is said here of order and of precedence is how feedparser has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress

from monitor.ingest.feeds import dates
from monitor.ingest.feeds.names import UnsureError
from monitor.ingest.feeds.parsed import NO_WORDS, Entry, Words
from monitor.ingest.feeds.reference import looks_like_html

Attributes = Mapping[str, str]
Done = Callable[[str], None]

STRUCTURE = frozenset({"rss", "rdf:rdf", "feed", "channel", "item", "entry", "image", "textinput"})
OF_SOURCES = frozenset({
    "id", "link", "updated", "published", "category", "rights", "subtitle", "generator"
})  # fmt: skip
OF_AUTHORS = frozenset({"name", "email", "uri"})
SUMMARIES = frozenset({"summary", "itunes:summary"})
DESCRIPTIONS = frozenset({"description", "dc:description", "media:description"})
DATES = (
    dict.fromkeys(("pubdate", "published", "issued", "dcterms:issued"), "published")
    | dict.fromkeys(
        ("updated", "modified", "lastbuilddate", "date", "dc:date", "dcterms:modified"), "updated"
    )
    | dict.fromkeys(("created", "dcterms:created"), "created")
)
# text of which nothing is wanted; but elements inside of it would be markup
OTHER_TEXTS = frozenset({
    "subtitle", "tagline", "rights", "copyright", "info", "dc:rights", "itunes:subtitle",
    "feedburner:browserfriendly",
})  # fmt: skip

XML = "http://www.w3.org/XML/1998/namespace"
ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"
HARMLESS_ATTRIBUTES = frozenset({ABOUT, f"{XML} lang", f"{XML} space"})
# whether it is HTML
TYPES = {"text": False, "plain": False, "text/plain": False, "html": True, "text/html": True}
HTML_LINKS = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})

MARKUP = re.compile(r"</\w+>|&#?\w+;")  # without one of these, plain text is not meant as HTML
SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)/*")
SPOILED_PARAMETER = re.compile(r"&([A-Za-z0-9_]+);")
CP1252 = {
    code: char for code in range(128, 160) if (char := bytes([code]).decode("cp1252", "ignore"))
}


class Item:
    def __init__(self, about: str, atom: bool) -> None:
        self._atom = atom
        self._guid = about
        self._title = NO_WORDS
        self._titled = False  # no other title counts any more
        self._contents: list[Words] = []
        self._summary: Words | None = None
        self._summarised = self._contented = False
        self._link: str | None = None
        self._original = ""
        self._alternates: list[str] = []
        self._publisher = ""
        self.sourcing = False  # it is inside of its source
        self._named: Words | None = None
        self._source_titled = False
        self._dates: dict[str, str] = {}
        # of the open element
        self._tag = ""
        self._markup = self._permanent = False

    def start(self, tag: str, attributes: Attributes, around: int) -> Done | None:
        """An element in the item, inside of so many others."""
        self._tag = tag
        if self.sourcing:
            return self._of_source(attributes, around)
        start = STARTS.get(tag)
        if start is not None:
            if around and tag not in NESTED:
                raise UnsureError
            return start(self, attributes)
        if tag in STRUCTURE or tag == "itunes:owner":
            raise UnsureError
        return ignore if tag in OTHER_TEXTS else None

    def entry(self) -> Entry:
        texts = self._contents if self._summary is None else [*self._contents, self._summary]
        return Entry(
            title=self._title,
            texts=tuple(texts),
            guid=self._guid,
            link=self._original or self._link or next(filter(None, self._alternates), ""),
            named=self._named or NO_WORDS,
            publisher=self._publisher,
            date=dates.first(self._dates),
        )

    def _start_title(self, attributes: Attributes) -> Done:
        if self._tag == "media:title" and self._source_titled:
            raise UnsureError
        self._markup = is_markup(attributes, usual=False)
        return self._end_title

    def _end_title(self, value: str) -> None:
        if not self._titled:
            self._title = words_of(value, self._markup, self._atom)
            self._titled = bool(value) and self._tag != "media:title"

    def _start_description(self, attributes: Attributes) -> Done:
        if self._summarised and not self._contented:
            return self._start_content(attributes)
        self._markup = is_markup(attributes, usual=self._tag not in SUMMARIES)
        return self._end_summary

    def _end_summary(self, value: str) -> None:
        self._summary = words_of(value, self._markup, self._atom)
        self._summarised = True

    def _start_content(self, attributes: Attributes) -> Done:
        self._contented = True
        self._markup = is_markup(attributes, usual=False)
        return self._end_content

    def _start_encoded(self, attributes: Attributes) -> Done:
        self._contented = True
        self._markup = is_markup(attributes, usual=True)
        return self._end_content

    def _end_content(self, value: str) -> None:
        self._contents.append(words_of(value, self._markup, self._atom))
        self._summarised = True

    def _start_link(self, attributes: Attributes) -> Done:
        given = _given(attributes)
        if "url" in given or "uri" in given:
            raise UnsureError
        alternate = given.get("rel", "alternate").lower() == "alternate"
        if "href" not in given:
            self._markup = alternate
            return self._end_link
        if alternate:
            href = _address(given["href"])
            self._alternates.append(href)
            if given.get("type", "html").lower() in HTML_LINKS:
                self._link = href
        return ignore

    def _end_link(self, value: str) -> None:
        self._link = _mended(_address(value))
        if "&" in self._link:
            self._link = SPOILED_PARAMETER.sub(r"&\1", self._link.replace("&amp;", "&"))
        self._alternates += [self._link] * self._markup

    def _start_guid(self, attributes: Attributes) -> Done:
        self._permanent = _given(attributes).get("ispermalink", "true") == "true"
        return self._end_guid

    def _end_guid(self, value: str) -> None:
        self._guid = _mended(_address(value) if self._permanent else value)
        if self._permanent and self._link is None:
            self._link = self._guid

    def _start_date(self, attributes: Attributes) -> Done:
        if self._tag == "date" and attributes:
            raise UnsureError
        return self._end_date

    def _end_date(self, value: str) -> None:
        self._dates[DATES[self._tag]] = _mended(value)

    def _start_source(self, _: Attributes) -> None:
        self.sourcing = True
        self._named = None
        self._titled = False

    def _of_source(self, attributes: Attributes, around: int) -> Done | None:
        """An element of a source of Atom, which is told of as a feed is."""
        if around == 1 and self._tag == "title" and self._named is None:
            self._markup = is_markup(attributes, usual=False)
            return self._end_source_title
        if around == 1 and self._tag == "author":
            return None
        if self._tag not in (OF_SOURCES if around == 1 else OF_AUTHORS):
            raise UnsureError
        return _ignore_nothing if attributes else ignore

    def _end_source_title(self, value: str) -> None:
        self._named = words_of(value, self._markup, self._atom)
        self._source_titled = True

    def end_source(self, words: str) -> None:
        self.sourcing = False
        if words and self._named is not None:
            raise UnsureError
        if self._named is None:
            self._named = Words(_mended(words))

    def _start_publisher(self, _: Attributes) -> Done:
        return self._end_publisher

    def _end_publisher(self, value: str) -> None:
        self._publisher = _mended(value)

    def _start_original(self, attributes: Attributes) -> Done:
        if attributes:
            raise UnsureError
        return self._end_original

    def _end_original(self, value: str) -> None:
        self._original = _mended(value)


STARTS: Mapping[str, Callable[[Item, Attributes], Done | None]] = (
    dict.fromkeys(("title", "dc:title", "media:title"), Item._start_title)
    | dict.fromkeys(DESCRIPTIONS | SUMMARIES, Item._start_description)
    | dict.fromkeys(("content:encoded", "fullitem"), Item._start_encoded)
    | dict.fromkeys(("guid", "id"), Item._start_guid)
    | dict.fromkeys(DATES, Item._start_date)
    | dict.fromkeys(("dc:publisher", "webmaster"), Item._start_publisher)
    | {
        "content": Item._start_content,
        "link": Item._start_link,
        "source": Item._start_source,
        "feedburner:origlink": Item._start_original,
    }
)
NESTED = frozenset({"media:title", "media:description"})  # these may stand deeper in an item


def ignore(_: str) -> None:
    pass


def _ignore_nothing(value: str) -> None:
    """Of an empty element; feedparser takes words in one with attributes to be of those around."""
    if value:
        raise UnsureError


def about_of(attributes: Attributes) -> str:
    """What an item or channel is about; some feeds of other kinds say more in its attributes."""
    if not HARMLESS_ATTRIBUTES.issuperset(attributes):
        raise UnsureError
    return attributes.get(ABOUT, "")


def _given(attributes: Attributes) -> Attributes:
    """By names in lower case, without those of namespaces."""
    given: dict[str, str] = {}
    for name, value in attributes.items():
        if name not in HARMLESS_ATTRIBUTES:
            if " " in name or given.setdefault(name.lower(), value) is not value:
                raise UnsureError
    return given


def is_markup(attributes: Attributes, *, usual: bool) -> bool:
    if not attributes:
        return usual
    given = _given(attributes)
    if "mode" in given:
        raise UnsureError
    markup = TYPES.get(given["type"].lower()) if "type" in given else usual
    if markup is None:
        raise UnsureError
    return markup


def words_of(value: str, markup: bool, atom: bool) -> Words:
    meant = not (markup or atom) and MARKUP.search(value) and looks_like_html(value)
    return Words(_mended(value), markup or bool(meant))


def _address(value: str) -> str:
    return SLASHES.sub(r"\1", value) if ":///" in value else value


def _mended(value: str) -> str:
    """UTF-8 that was taken for Latin-1, and what Windows has where Latin-1 has no characters."""
    if value.isascii():
        return value
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    return value.translate(CP1252)
