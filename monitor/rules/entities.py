"""What an entity rule may say."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from monitor.model import EntityType
from monitor.toml import Frozen

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class Alias(Frozen):
    """A name by which a text may mean the entity.

    `needs`: the alias counts only where the text has at least one of these words, phrases or
    entity ids; `refuse`: not where the sentence has one of these.
    """

    text: str = Field(min_length=1)
    case: Literal["exact", "any"] = "exact"
    needs: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()


class Office(Frozen):
    """A title the person holds, so that the title alone means them while they hold it."""

    titles: tuple[str, ...] = Field(min_length=1)
    since: date
    until: date | None = None


class Entity(Frozen):
    id: str = Field(pattern=ID)
    type: EntityType
    name: str = Field(min_length=1)
    symbol: str | None = None
    aliases: tuple[str | Alias, ...] = ()
    offices: tuple[Office, ...] = ()
    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()


class Exposure(Frozen):
    """News that targets one of `to` touches `symbol`, `weight` strong (1: the company itself)."""

    symbol: str
    to: tuple[str, ...] = Field(min_length=1)
    weight: float = Field(gt=0, le=1)
