"""The kinds of `[[sources]]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from monitor.toml import Duration, Frozen


def _web_url(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("a web address that begins with https:// or http://")
    return url


WebUrl = Annotated[str, AfterValidator(_web_url)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class _Source(Frozen):
    """What all kinds have. `every` and `pages` stand in for what [poll] and [pages] say."""

    name: Name
    every: Duration | None = None
    pages: bool | None = None


class FeedConfig(_Source):
    kind: Literal["feed"] = "feed"
    url: WebUrl
    outlet: str | None = None


class FederalRegisterConfig(_Source):
    kind: Literal["federal-register"]
    url: WebUrl | None = None
    terms: tuple[str, ...] = ()


def _kind(value: Any) -> str:
    return str(value.get("kind", "feed")) if isinstance(value, Mapping) else "feed"


SourceConfig = Annotated[
    Annotated[FeedConfig, Tag("feed")] | Annotated[FederalRegisterConfig, Tag("federal-register")],
    Discriminator(_kind),
]
