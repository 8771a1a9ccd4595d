"""What an entity rule may say: who or what there is, and by which words a text means it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from monitor.model import EntityType
from monitor.toml import Frozen

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Scope = Literal["text", "sentence"]


class Alias(Frozen):
    """A name by which a text may mean the entity.

    `case = "exact"` is the default of a text with a capital in it. `needs`: the alias counts only
    where the text has at least one of these words, phrases or entity ids (written `#id`);
    `refuse`: not where it has one of these. `scope` says how far both look.
    `since`: no text before that day means the entity by this name.
    """

    text: str = Field(min_length=1)
    case: Literal["exact", "any"] | None = None
    needs: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    scope: Scope = "text"
    since: date | None = None


class Office(Frozen):
    """A title the person holds, so that the title alone means them while they hold it.

    `needs` and `refuse` as in Alias: "the president" is ours only in a text about his country.
    """

    titles: tuple[str, ...] = Field(min_length=1)
    since: date
    until: date | None = None
    needs: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()


class Entity(Frozen):
    """`short` names count once the text has introduced the entity by an alias, or beside a title.

    A `capital` counts where it stands for the country's government, not for the town.
    `match` are texts that mean the entity, `no_match` look-alikes that do not.
    """

    id: str = Field(pattern=ID)
    type: EntityType
    name: str = Field(min_length=1)
    symbol: str | None = None
    aliases: tuple[str | Alias, ...] = ()
    short: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    capital: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    match: tuple[str, ...] = Field(min_length=1)
    no_match: tuple[str, ...] = ()


class Exposure(Frozen):
    """News that targets one of `to` touches `symbol`, `weight` strong (1: the company itself)."""

    symbol: str
    to: tuple[str, ...] = Field(min_length=1)
    weight: float = Field(gt=0, le=1)


class LookAlikes(Frozen):
    """Names that hold one of ours and mean somebody else: "New Mexico", "Ford Foundation"."""

    id: str = Field(pattern=ID)
    names: tuple[str, ...] = Field(min_length=1)
