"""What can be learned of a sentence: features of it as a whole, and of a place in it. Pure.

A feature is a string; the weights say what it speaks for. Those of a sentence tell which events it
reports, those of a place which status the event told there has. Both hold the words themselves and
what the rules make of them: word lists, patterns that are met, cues and the status they lead to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from monitor.extract.items import Item, Sentence
from monitor.extract.masked import Token
from monitor.extract.status import Judged, Said

FAR = 12  # words on each side of a place that are looked at
NEAR = (3, 8)  # words between a cue and a place
SEEN = 60  # words on each side that no sentence of sense goes beyond
START = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Met:
    """A pattern of the rules that is met in a sentence, with the status that its cues give."""

    type: str
    own: str  # the pattern's status
    weak: bool
    score: float
    judged: Judged


@dataclass(frozen=True, slots=True)
class Scanned:
    """A sentence with all that is looked at in it."""

    sentence: Sentence
    tokens: Sequence[Token]
    lists: Sequence[tuple[str, Item]]  # word lists of which it has a member
    cues: Sequence[Said]


def of_sentence(scanned: Scanned, met: Sequence[Met]) -> dict[str, float]:
    """Its words and pairs of words, the word lists and patterns of the rules that it meets."""
    features = dict.fromkeys(_words(scanned.tokens), 1.0)
    features |= {f"&{name}": 1.0 for name, _ in scanned.lists}
    for one in met:
        features[f"(met) {one.type}"] = 1.0
        how = f"({'known' if one.weak else 'plain'}) {one.type}"
        features[how] = max(features.get(how, 0.0), one.score)
    if scanned.sentence.title:
        features["(title)"] = 1.0
    return features


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    last = ""
    for token in tokens:
        yield f"={token.word}"
        yield token.stem
        if last:
            yield f"{last} {token.stem}"
        last = token.stem


def of_place(scanned: Scanned, place: Item, kind: str, met: Met | None) -> dict[str, float]:
    """What stands around it, and what the cues of the rules lead to there."""
    return around(scanned, place) | of_kind(kind, met)


def of_kind(kind: str, met: Met | None) -> dict[str, float]:
    """The event type, and the status that the rules see at the pattern of it that is met."""
    features = {f"({kind})": 1.0}
    if met is None:
        return features | {"(no pattern)": 1.0}
    status, cue = met.judged.status, met.judged.cue
    return features | {
        f"(judged) {status}": 2.0,
        f"(judged) {status} {kind}": 1.0,
        f"(by) {cue}": 1.0,
        f"(own) {met.own}": 1.0,
        f"(own) {met.own} by {cue}": 1.0,
        f"({'known' if met.weak else 'plain'}) {status}": 1.0,
    }


def around(scanned: Scanned, place: Item) -> dict[str, float]:
    """The words on both sides, how far off and on which side the cues of the rules stand."""
    tokens = scanned.tokens
    first = bisect_left(tokens, place.start, key=START)
    last = bisect_left(tokens, place.end, key=START)
    inside, after = tokens[first:last], tokens[last : last + FAR]
    before = tokens[max(0, first - FAR) : first][::-1]
    features = {f".{token.stem}": 0.5 for token in tokens[max(0, first - SEEN) : last + SEEN]}
    for sign, beside in (("<", before), (">", after), ("|", inside)):
        features |= dict.fromkeys(_beside(sign, beside), 1.0)
    for word in inside:
        features |= {f"{one.stem}<|{word.stem}": 1.0 for one in before[:4]}
        features |= {f"{word.stem}|>{one.stem}": 1.0 for one in after[:4]}
    if scanned.sentence.title:
        features["(title)"] = 1.0
    features |= dict.fromkeys(_cues(scanned, place), 1.0)
    features |= {f"{_side(item, place)}&{name}": 1.0 for name, item in scanned.lists}
    return features


def _beside(sign: str, tokens: Sequence[Token]) -> Iterator[str]:
    for number, token in enumerate(tokens):
        yield f"{sign}{token.stem}"
        yield f"{sign}{min(number // 3, 3)}={token.word}"
        if number < 2:
            yield f"{sign}!{number}={token.word}"
    for one, other in pairwise(tokens):
        yield f"{sign}{one.stem} {other.stem}"


def _side(item: Item, place: Item) -> str:
    return "<" if item.end <= place.start else ">" if item.start >= place.end else "|"


def _cues(scanned: Scanned, place: Item) -> Iterator[str]:
    for cue, item in scanned.cues:
        side = _side(item, place)
        yield f"{side}cue {cue.id}"
        low, high = (item.end, place.start) if side == "<" else (place.end, item.start)
        tokens = scanned.tokens
        between = bisect_left(tokens, high, key=START) - bisect_left(tokens, low, key=START)
        for near in NEAR:
            if between <= near:
                yield f"{side}cue{near} {cue.id}"
