"""Which securities an article touches, and how strongly. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.items import placed
from monitor.model import Event, Exposure, Mention
from monitor.rules import RuleSet
from monitor.rules.entities import Exposure as ExposureRule

NAMED = 1.0  # in the title, or a part in an event
IN_PASSING = 0.6
SPOKEN_OF = 0.5  # of an exposure's weight, where its entity is named but no event is about it


def event_symbols(
    event: Event, mentions: Sequence[Mention], table: Sequence[ExposureRule]
) -> tuple[str, ...]:
    """Securities an event touches: of the companies in it, then by the exposure table."""
    own = [mention.symbol for mention in placed(mentions, *event.sentence) if mention.symbol]
    parts = {*event.targets, *event.actors}
    led_to = [row.symbol for row in table if parts.intersection(row.to)]
    return tuple(dict.fromkeys((*own, *led_to)))


def exposures(
    mentions: Sequence[Mention], events: Sequence[Event], title_end: int, rules: RuleSet
) -> tuple[Exposure, ...]:
    """Strongest first, one a symbol; the more direct way to a symbol wins a tie."""
    best: dict[str, Exposure] = {}

    def add(symbol: str, weight: float, via: str) -> None:
        if symbol not in best or weight > best[symbol].weight:
            best[symbol] = Exposure(symbol, round(weight, 4), via)

    parts = {identity for event in events for identity in (*event.actors, *event.targets)}
    named = {mention.id for mention in mentions}
    for mention in mentions:
        if mention.symbol:
            direct = mention.start < title_end or mention.id in parts
            add(mention.symbol, NAMED if direct else IN_PASSING, mention.id)
    for row in rules.exposures:
        for identity in row.to:
            if identity in parts:
                add(row.symbol, row.weight, identity)
            elif identity in named:
                add(row.symbol, row.weight * SPOKEN_OF, identity)
    return tuple(sorted(best.values(), key=lambda exposure: (-exposure.weight, exposure.symbol)))
