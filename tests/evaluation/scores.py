"""Precision, recall and F1 of extraction against labelled texts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import Nlp
from monitor.model import Article
from monitor.rules import RuleSet
from monitor.training.score import Tally

OWN = Path(__file__).parent / "items.jsonl"  # made up for this, half of them look-alikes
HELD_OUT = Path(__file__).parent / "held-out"
NEW_YORK = ZoneInfo("America/New_York")
EPISODE = Path(__file__).parents[1] / "data" / "episode.jsonl"  # own-words summaries


@dataclass(slots=True)
class Scores:
    entities: Tally = field(default_factory=Tally)
    types: Tally = field(default_factory=Tally)
    statuses: Tally = field(default_factory=Tally)  # event type with status
    by_type: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_type_status: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    # (wanted, found) status of each labelled event; "none" where its type was not found
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    claims: Tally = field(default_factory=Tally)  # symbol, direction, percent
    claims_with_basis: Tally = field(default_factory=Tally)
    false_alarms: list[str] = field(default_factory=list)  # events in texts that have none
    look_alikes: int = 0  # texts with no event that hold the words of one
    alarmed: list[str] = field(default_factory=list)  # those in which one is seen


def day_in_new_york(moment: datetime) -> date:
    """The day of the exchange, by which the program reads."""
    return moment.astimezone(NEW_YORK).date()


def reader(rules: RuleSet, nlp: Nlp | None) -> Extractor:
    return Extractor(rules, nlp, day_in_new_york)


def held_out() -> list[Mapping[str, Any]]:
    """Texts that nothing was learned from, nor rules written for."""
    return [item for path in sorted(HELD_OUT.glob("*.jsonl")) for item in labelled(path)]


def own_texts() -> list[Mapping[str, Any]]:
    """All texts made up for this, of every file."""
    return [item for path in sorted(OWN.parent.glob("*.jsonl")) for item in labelled(path)]


def labelled(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def article_of(item: Mapping[str, Any]) -> Article:
    time = datetime.fromisoformat(item["published"])
    return Article("0" * 16, "test", "test", None, item["title"], item["text"], time, time)


def scores(extractor: Extractor, items: Iterable[Mapping[str, Any]]) -> Scores:
    told, labels = Scores(), list(items)
    found_in = extractor.extract_all(article_of(item) for item in labels)
    for item, extraction in zip(labels, found_in, strict=True):
        told.entities.add({m.id for m in extraction.mentions}, set(item["entities"]))
        found = {(str(e.type), str(e.status)) for e in extraction.events}
        wanted = {(kind, status) for kind, status in item["events"]}
        found_types, wanted_types = {t for t, _ in found}, {t for t, _ in wanted}
        told.types.add(found_types, wanted_types)
        told.statuses.add(found, wanted)
        for kind in found_types | wanted_types:
            told.by_type[kind].add({kind} & found_types, {kind} & wanted_types)
            ours = {pair for pair in found if pair[0] == kind}
            theirs = {pair for pair in wanted if pair[0] == kind}
            told.by_type_status[kind].add(ours, theirs)
            for _, status in theirs:
                others = [found for _, found in ours - theirs]
                instead = [status] if (kind, status) in ours else others or ["none"]
                for one in instead:
                    told.confusion[status, one] += 1
        if "claims" in item:
            told.claims.add(
                {_claim(asdict(one)) for one in extraction.claims}, set(map(_claim, item["claims"]))
            )
            told.claims_with_basis.add(
                {(*_claim(asdict(one)), one.basis) for one in extraction.claims},
                {(*_claim(one), one["basis"]) for one in item["claims"]},
            )
        if item.get("kind") == "look-alike" and not wanted:
            told.look_alikes += 1
            told.alarmed += [item["title"]] if found else []
        if not wanted:
            told.false_alarms += [f"{item['title']}: {pair}" for pair in sorted(found)]
    return told


def _claim(claim: Mapping[str, Any]) -> tuple[str, str, float | None]:
    return claim["symbol"], claim["direction"], claim["percent"]
