"""Who does it and to what: the entities of a sentence as actors and targets of a trigger.

With a parse the subject and the object of the trigger's verb decide; without one the side does,
with the passive's "by" turning it round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from monitor.extract.items import Item
from monitor.extract.nlp import Parse
from monitor.extract.words import Words
from monitor.model import Mention

SUBJECTS = {"nsubj", "agent"}
DEEPEST = 12  # steps from a name up to the verb it belongs to
OBJECTS = {"dobj", "nsubjpass", "obj", "attr", "oprd"}


def roles(
    may_act: Set[str],
    may_suffer: Set[str],
    trigger: Item,
    mentions: Sequence[Mention],
    words: Words,
    parse: Parse | None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of actors and of targets, each in order of place and without doubles. Who may be either
    is said by `#id` or `@type`.
    """
    actors: dict[str, None] = {}
    targets: dict[str, None] = {}
    for mention in mentions:
        can_act, can_suffer = _may(may_act, mention), _may(may_suffer, mention)
        role = _role(trigger, mention, words, parse)
        if can_act and (role == "actor" or not can_suffer):
            actors.setdefault(mention.id)
        elif can_suffer:
            targets.setdefault(mention.id)
    return tuple(actors), tuple(target for target in targets if target not in actors)


def _may(group: Set[str], mention: Mention) -> bool:
    return f"@{mention.type}" in group or f"#{mention.id}" in group


def _role(trigger: Item, mention: Mention, words: Words, parse: Parse | None) -> str:
    if parse is not None and (found := _grammatical(trigger, mention, parse)):
        return found
    before = words.text[max(0, mention.start - 8) : mention.start]
    if re.search(r"\bby (?:the )?$", before):
        return "actor"
    passive = re.search(
        r"\b(?:was|were|been|is|are|be|being) $",
        words.text[max(0, trigger.start - 12) : trigger.start],
    )
    if passive and re.match(r"\W+by\b", words.text[trigger.end : trigger.end + 8]):
        return "target"
    return "actor" if mention.start < trigger.start else "target"


def _grammatical(trigger: Item, mention: Mention, parse: Parse) -> str:
    """From the mention up to the trigger's verb: by which relation it hangs there."""
    verb, token = parse.at(trigger.start), parse.at(mention.start)
    if verb is None or token is None:
        return ""
    heads = {verb.start}
    above = parse.head(verb)
    if not verb.verb and above.verb:
        heads.add(above.start)
    for _ in range(DEEPEST):
        if token.head in heads:
            if token.dep in SUBJECTS:
                return "actor"
            return "target" if token.dep in OBJECTS else ""
        if token.head == token.start:
            return ""
        token = parse.head(token)
    return ""
