"""The elements of RSS and Atom by the names that feedparser gives them. Pure.

A name is in lower case. It has a prefix where its namespace is none of RSS or Atom: the usual one
of a well-known namespace, else the document's own.
"""

from __future__ import annotations

USERLAND = "http://backend.userland.com/rss"
CORE = (
    USERLAND, "http://blogs.law.harvard.edu/tech/rss", "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/atom/ns#",
    "http://www.w3.org/2005/atom", "http://purl.org/rss/1.0/modules/rss091#",
)  # fmt: skip
PREFIXES = dict.fromkeys(CORE, "") | {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://podlove.org/simple-chapters": "psc",
    "http://webns.net/mvcb/": "admin",
}
USUAL = frozenset(PREFIXES.values())
# feedparser does something of its own with these elements, or could take them for others: it makes
# "title_detail" of <title:detail>, which is also its name for the words of a title
DOUBTFUL_PREFIXES = frozenset({
    "xhtml", "geo", "georss", "gml", "cc", "creativecommons", "psc", "title", "summary", "source",
    "published", "updated", "created", "publisher", "id", "link",
})  # fmt: skip
DOUBTFUL = frozenset({
    "abstract", "body", "publisher", "links", "authors", "contributors", "tags", "enclosures",
    "license", "guidislink", "where", "svg", "math",
})  # fmt: skip
VERSIONS = {
    "http://my.netscape.com/rdf/simple/0.9/": "rss",
    "http://purl.org/rss/1.0/": "rss",
    "http://www.w3.org/2005/atom": "atom",
}


class UnsureError(Exception):
    """The document has something of which feedparser may make something else."""


class Names(dict[str, str]):
    """From the names that expat gives, `namespace local` or `local`."""

    def __init__(self) -> None:
        super().__init__()
        self.version = ""  # of the first namespace that says it: "rss" or "atom"
        self._prefixes: dict[str, str] = {}  # of namespaces that are not well known
        self._bound: dict[str | None, str] = {}

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """That the document binds a prefix, or what has none, to a namespace."""
        if not uri:
            return
        known = PREFIXES.get(_folded(uri))
        lower = prefix.lower() if prefix else None
        if self._bound.setdefault(lower, uri) != uri:
            raise UnsureError
        if known is None:
            if lower is None or lower in USUAL:
                raise UnsureError
            self._prefixes.setdefault(uri, lower)
        elif lower in USUAL and lower != known:
            raise UnsureError
        self.version = self.version or VERSIONS.get(uri.lower(), "")

    def __missing__(self, name: str) -> str:
        uri, _, local = name.rpartition(" ")
        prefix = PREFIXES.get(_folded(uri), self._prefixes.get(uri)) if uri else ""
        if prefix is None or prefix in DOUBTFUL_PREFIXES:
            raise UnsureError
        found = f"{prefix}:{local.lower()}" if prefix else local.lower()
        if not prefix and ("_" in found or found in DOUBTFUL):
            raise UnsureError
        self[name] = found
        return found


def _folded(uri: str) -> str:
    lower = uri.lower()
    return USERLAND if USERLAND.removeprefix("http://") in lower else lower
