"""What an entity rule may say: who or what there is, and by which words a text means it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from monitor.model import EntityType
from monitor.toml import Frozen

ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Scope = Literal["text", "sentence"]
# the warnings of `monitor rules check` that an entry can `accept` as right
Warned = Literal[
    "collision", "repeat", "shadowed", "too-common", "characters", "vacancy", "term-overlap",
    "covered", "contradiction", "near", "cue-conflict", "unused", "expansion", "exposure",
    "lookalike-texts",
]  # fmt: skip


def _whole(member: str) -> str:
    """A member that says something: a sign such as `#` stands before a word, with no space."""
    if not member or member in ("#", "@", "="):
        raise ValueError("must be a word, or #, @ or = with one")
    if member[0] in "#@=" and member[1].isspace():
        raise ValueError(f"must have its word right after {member[0]!r}")
    return member


Member = Annotated[str, AfterValidator(_whole)]
Text = Annotated[str, Field(min_length=1)]


class Alias(Frozen):
    """A name by which a text may mean the entity.

    `case = "exact"` is the default of a text with a capital in it. `needs`: the alias counts only
    where the text has at least one of these words, phrases or entity ids (written `#id`);
    `refuse`: not where it has one of these. `scope` says how far both look.
    `since`: no text before that day means the entity by this name. `acting`: only where it does
    something or somebody is its own, as in "Commerce said" and "a Treasury official".
    """

    text: str = Field(min_length=1)
    case: Literal["exact", "any"] | None = None
    needs: tuple[Member, ...] = ()
    refuse: tuple[Member, ...] = ()
    scope: Scope = "text"
    since: date | None = None
    acting: bool = False


class Office(Frozen):
    """A title the person holds, so that the title alone means them while they hold it.

    `needs` and `refuse` as in Alias: "the president" is ours only in a text about his country.
    """

    titles: tuple[Text, ...] = Field(min_length=1)
    since: date
    until: date | None = None
    needs: tuple[Member, ...] = ()
    refuse: tuple[Member, ...] = ()


class Entity(Frozen):
    """`short` names count once the text has introduced the entity by an alias, or beside a title.

    A `capital` counts where it stands for the country's government, not for the town.
    `match` are texts that mean the entity, `no_match` look-alikes that do not. `accept` names the
    warnings of `monitor rules check` that are right as they are.
    """

    id: str = Field(pattern=ID)
    type: EntityType
    name: str = Field(min_length=1)
    symbol: Text | None = None
    aliases: tuple[Text | Alias, ...] = ()
    short: tuple[Text, ...] = ()
    tickers: tuple[Text, ...] = ()
    capital: tuple[Text, ...] = ()
    offices: tuple[Office, ...] = ()
    match: tuple[str, ...] = Field(min_length=1)
    no_match: tuple[str, ...] = ()
    accept: tuple[Warned, ...] = ()


class Exposure(Frozen):
    """News that targets one of `to` touches `symbol`, `weight` strong (1: the company itself)."""

    symbol: str
    to: tuple[str, ...] = Field(min_length=1)
    weight: float = Field(gt=0, le=1)
    accept: tuple[Warned, ...] = ()


class LookAlikes(Frozen):
    """Names that hold one of ours and mean somebody else: "New Mexico", "Ford Foundation"."""

    id: str = Field(pattern=ID)
    names: tuple[Text, ...] = Field(min_length=1)
    accept: tuple[Warned, ...] = ()


class Topic(Frozen):
    """What else a text may be about: sport, the stage, games. One with `at_least` different words
    of `words` in it, and none of `unless`, has no events, and in it single words that are also
    common names ("Lynas", "Ford") are those of somebody else. `match` are texts on the topic,
    `no_match` are texts that only seem so.
    """

    id: str = Field(pattern=ID)
    words: tuple[Member, ...] = Field(min_length=2)
    at_least: int = Field(default=2, ge=1)
    unless: tuple[Member, ...] = ()
    match: tuple[str, ...] = Field(min_length=1)
    no_match: tuple[str, ...] = ()
