"""How well claims about prices are read: precision, recall and F1 against labelled texts.

    python -m tests.evaluation.claims [FILE.jsonl …]

Items are as in items.jsonl, with `claims`: each has symbol, direction, percent (null where only
an extreme is told) and, as far as labelled, basis, day, extreme and since. Without files: the
episode. What is wrong is printed with its text, so that it can be read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from monitor.extract.extractor import Extractor
from tests.evaluation.scores import EPISODE, Tally, article_of, labelled, reader
from tests.readers import shipped

ASKED = {
    "claims": (),
    "with basis": ("basis",),
    "with day": ("day",),
    "with basis, day and extreme": ("basis", "day", "extreme", "since"),
}

Fields = Mapping[str, Any]


@dataclass(slots=True)
class Wrong:
    """A text whose claims are not those labelled, as lines like `MP +17 intraday-high 06-12`."""

    item: Fields
    missed: list[str]
    invented: list[str]


@dataclass(slots=True)
class ClaimScores:
    tallies: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in ASKED})
    extremes: Tally = field(default_factory=Tally)  # symbol, direction, extreme, since
    wrong: list[Wrong] = field(default_factory=list)


def claim_scores(extractor: Extractor, items: Iterable[Fields]) -> ClaimScores:
    """Over the items that have `claims`; the rest are not labelled."""
    told = ClaimScores()
    for item in items:
        if "claims" not in item:
            continue
        extraction = extractor.extract(article_of(item))
        found = [{**asdict(one), "day": one.day.isoformat()} for one in extraction.claims]
        wanted = list(item["claims"])
        for name, fields in ASKED.items():
            told.tallies[name].add(set(_keys(found, fields)), set(_keys(wanted, fields)))
        told.extremes.add(set(_extremes(found)), set(_extremes(wanted)))
        ours, theirs = set(map(_line, found)), set(map(_line, wanted))
        if ours != theirs:
            told.wrong.append(Wrong(item, sorted(theirs - ours), sorted(ours - theirs)))
    return told


def _keys(claims: Iterable[Fields], fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    for claim in claims:
        yield tuple(claim.get(name) for name in ("symbol", "direction", "percent", *fields))


def _extremes(claims: Iterable[Fields]) -> Iterator[tuple[Any, ...]]:
    for claim in claims:
        if claim.get("extreme"):
            yield claim["symbol"], claim["extreme"], claim.get("since")


def _line(claim: Fields) -> str:
    sign = "+" if claim["direction"] == "up" else "-"
    percent = "" if claim["percent"] is None else f"{claim['percent']:g}"
    parts = [claim["symbol"], sign + percent]
    parts += [str(claim.get(name) or "") for name in ("basis", "day", "extreme", "since")]
    return " ".join(part for part in parts if part)


def main(paths: list[Path]) -> None:
    extractor = reader(shipped(), None)
    for path in paths:
        told = claim_scores(extractor, labelled(path))
        for wrong in told.wrong:
            print(f"\n{wrong.item['published']} {wrong.item['title']}\n{wrong.item['text']}")
            print(*(f"  missed   {line}" for line in wrong.missed), sep="\n")
            print(*(f"  invented {line}" for line in wrong.invented), sep="\n")
        print(f"\n== {path.name}")
        for name, tally in {**told.tallies, "extremes": told.extremes}.items():
            print(
                f"{name:28} P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}"
                f"  ({tally.right} right, {tally.wrong} wrong, {tally.missed} missed)"
            )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [EPISODE])
