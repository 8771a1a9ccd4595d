"""The kinds of `[[sources]]`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from string import Formatter
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from monitor.model import EntityType
from monitor.toml import Duration, Frozen

TEMPLATE_FIELDS = ("name", "symbol")  # of an entity, in the query of a row


def _web_url(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("a web address that begins with https:// or http://")
    return url


def _template(query: str) -> str:
    try:
        parts = list(Formatter().parse(query))
    except ValueError:
        parts = []
    fields = [field for _, field, _, _ in parts if field is not None]
    adorned = any(form or conversion for _, _, form, conversion in parts)  # "{name!r:>9}"
    if adorned or not fields or set(fields) - set(TEMPLATE_FIELDS):
        raise ValueError("a query with {name} or {symbol} in it, which stand for the entity's")
    return query


WebUrl = Annotated[str, AfterValidator(_web_url)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Word = Annotated[str, Field(min_length=1)]


class _Source(Frozen):
    """What all kinds have. `every` and `pages` stand in for what [poll] and [pages] say."""

    name: Name
    every: Duration | None = None
    pages: bool | None = None


class _OfEntities(_Source):
    """What is asked of the rules' entities: those with an id of `entities`, and those of `types`
    that are watched, or all of these with `watched = false`."""

    entities: tuple[Word, ...] = ()
    types: tuple[EntityType, ...] = ()
    watched: bool = True


class FeedConfig(_Source):
    kind: Literal["feed"] = "feed"
    url: WebUrl
    outlet: str | None = None


class FederalRegisterConfig(_Source):
    kind: Literal["federal-register"]
    every: Duration | None = timedelta(hours=1)
    url: WebUrl | None = None
    terms: tuple[Word, ...] = ()
    agencies: tuple[Word, ...] = ()
    types: tuple[Literal["RULE", "PRORULE", "NOTICE", "PRESDOCU"], ...] = ()
    inspection: bool = False


class EdgarConfig(_Source):
    """`symbols`: none are all that are watched. `pages`: what is linked is a list of files."""

    kind: Literal["edgar"]
    every: Duration | None = timedelta(minutes=5)
    pages: bool | None = False
    url: WebUrl | None = None
    data_url: WebUrl | None = None
    symbols: tuple[Word, ...] = ()
    ciks: tuple[Annotated[int, Field(ge=1, lt=10**10)], ...] = ()
    forms: tuple[Word, ...] = Field(default=("8-K", "6-K"), min_length=1)


class WarGovConfig(_Source):
    """`pages`: the source reads them itself, and each is of many awards."""

    kind: Literal["war-gov"]
    every: Duration | None = timedelta(minutes=15)
    pages: bool | None = False
    url: WebUrl | None = None
    what: Literal["contracts", "releases"]


class GdeltConfig(_OfEntities):
    """`only`: further conditions, in GDELT's words."""

    kind: Literal["gdelt"]
    every: Duration | None = timedelta(minutes=15)
    url: WebUrl | None = None
    terms: tuple[Word, ...] = ()
    only: str = "sourcelang:english"


class GoogleNewsConfig(_OfEntities):
    """`pages`: the links lead to a script. `ceid`: None is made of the other two."""

    kind: Literal["google-news"]
    every: Duration | None = timedelta(minutes=30)
    pages: bool | None = False
    url: WebUrl | None = None
    query: Annotated[str, AfterValidator(_template)] = '"{name}"'
    hl: Word = "en-US"
    gl: Word = "US"
    ceid: Word | None = None


def _kind(value: Any) -> str:
    return str(value.get("kind", "feed")) if isinstance(value, Mapping) else "feed"


SourceConfig = Annotated[
    Annotated[FeedConfig, Tag("feed")]
    | Annotated[FederalRegisterConfig, Tag("federal-register")]
    | Annotated[EdgarConfig, Tag("edgar")]
    | Annotated[WarGovConfig, Tag("war-gov")]
    | Annotated[GdeltConfig, Tag("gdelt")]
    | Annotated[GoogleNewsConfig, Tag("google-news")],
    Discriminator(_kind),
]
AnySource = (
    FeedConfig | FederalRegisterConfig | EdgarConfig | WarGovConfig | GdeltConfig | GoogleNewsConfig
)
