"""What an event rule may say: by which words, beside which others, a text reports an event."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from monitor.model import Status
from monitor.rules.entities import ID, Member, Warned
from monitor.toml import Frozen

Group = tuple[Member, ...]


class EventText(Frozen):
    """A text and the status it must be read with."""

    text: str
    status: Status


class Pattern(Frozen):
    """One way of saying it.

    A trigger is a verb or a noun in any of its forms (`verbs`, `nouns`; several words may stand
    in one: "put off", "export control"), a word as it stands (`phrases`), or an entity (`#id`
    among the phrases).

    Every group of `needs` must be met by at least one of its members within `near` words of the
    trigger and in its sentence; of `before` and `after`, on that side, with no member of
    `refuse_between` between them; of `context`, anywhere in the text. No member of `refuse` may
    stand within `near` words, none of `refuse_context` in the text.

    A member is a word or phrase in any form, `=word` as it stands, `#id` an entity, `@type` an
    entity of that type, `@unknown` a name in running text that the rules do not have, `@percent`,
    `@money`, `@number`, or `@id` of a word list.

    `status` holds where no cue says otherwise; with `fixed` no cue is asked. A `weak` pattern
    only speaks of an event as known: it yields to any plainer report in the same text.
    """

    verbs: Group = ()
    nouns: Group = ()
    phrases: Group = ()
    needs: tuple[Group, ...] = ()
    before: tuple[Group, ...] = ()
    after: tuple[Group, ...] = ()
    context: tuple[Group, ...] = ()
    refuse: Group = ()
    refuse_context: Group = ()
    refuse_between: Group = ()
    near: int = Field(default=12, ge=1)
    status: Status = "occurred"
    fixed: bool = False
    weak: bool = False
    score: float = Field(default=0.8, gt=0, le=1)


class EventRule(Frozen):
    """`actors` and `targets` are the entity types (`@type`) or ids (`#id`) that can be either.

    `prior`: how likely such an event moves a price, 0 to 1; a report of something else that moved
    or was said (0.3 or less) is evidence, not a cause.
    """

    id: str = Field(pattern=ID)
    name: str
    patterns: tuple[Pattern, ...] = Field(min_length=1)
    actors: Group = ("@person", "@institution", "@country", "@company")
    targets: Group = ("@material", "@company", "@country", "@instrument", "@place")
    lasting: bool = False
    prior: float = Field(default=0.5, ge=0, le=1)
    match: tuple[EventText, ...] = Field(min_length=1)
    no_match: tuple[str, ...] = Field(min_length=1)
    accept: tuple[Warned, ...] = ()


class WordList(Frozen):
    """Words that patterns share, named `@id` in them."""

    id: str = Field(pattern=ID)
    words: Group = Field(min_length=1)
    accept: tuple[Warned, ...] = ()


class Cue(Frozen):
    """Words that say whether the event they stand beside has happened.

    `side`: where the cue stands, seen from the trigger; `reach`: how many words may lie between;
    `types`: only for these events, `not_types`: for all but these; empty: any. `of = "verb"`: only
    for triggers that are verbs; `across`: nothing ends its reach; `passive`: verbs that, after the
    trigger, count only where they are done to it ("the ban was lifted", not "the ban lifted
    prices"). `aux`: a verb in the past it reaches only through "be" or "have": "will be built", not
    "will use what was built". `clause`: after the trigger, not beyond where another clause begins.
    `said`: only where who is said to do it says so himself: "the ministry said it would". `asks`:
    the text only asks, so any plainer report of the same type counts instead.

    A cue whose `status` is "end" bounds the reach of others, one with "none" stands for nothing and
    keeps a shorter cue inside it from counting.
    """

    id: str = Field(pattern=ID)
    status: Literal["occurred", "announced", "considered", "denied", "reversed", "end", "none"]
    words: Group = Field(min_length=1)
    accept: tuple[Warned, ...] = ()
    side: Literal["before", "after", "either"] = "before"
    reach: int = Field(default=6, ge=0)
    types: tuple[str, ...] = ()
    not_types: tuple[str, ...] = ()
    of: Literal["any", "verb"] = "any"
    across: bool = False
    passive: bool = False
    aux: bool = False
    clause: bool = False
    said: bool = False
    asks: bool = False
