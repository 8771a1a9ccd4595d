"""Which events a text tells, by weights learned from labelled texts. Pure.

Log-linear models, each of features that can be read, with what the rules find among them: which
events a sentence reports; which status the event told at a place has; and, for the text as a whole,
which types and statuses it tells, from what its sentences say and what the rules alone would say.
Maximum entropy models of events go back to Ahn (2006), of their factuality to Saurí and Pustejovsky
(2012) and Lee et al. (2015).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import exp, log
from operator import mul
from typing import cast, get_args

import numpy as np

from monitor.extract.events import Match, Report, best_told
from monitor.extract.features import Met, Scanned, around, of_kind, of_place, of_sentence
from monitor.extract.items import Item, Scenes
from monitor.extract.masked import kinds_of, masked
from monitor.extract.rule_words import spelled_out
from monitor.extract.status import Statuses
from monitor.extract.weights import ALWAYS, Array, Weights
from monitor.extract.words import Words
from monitor.model import Status
from monitor.rules import RuleSet

LEARNED = "learned"  # stands for the number of a pattern
WORTH_A_LOOK = 0.12  # of a type in a sentence
TOLD = 0.5
TOLD_BY_WORDS = 0.7  # where no pattern of the rules is met: ordinary news is full of such words
SURE = 2.5  # log-odds: with so wide a margin the grammar made texts held out no better or worse
MOST = 6  # triggers of a type in a sentence that are looked at
TINY = 1e-4
FARTHEST = 500.0  # log-odds: beyond, the exponential overflows
SHARED = 0.9  # of what places say is their own, see _any
STATUSES: tuple[str, ...] = get_args(Status)
NOTHING = Weights(("told",), {ALWAYS: 0}, np.zeros((1, 1), np.float32))


@dataclass(frozen=True)
class Place:
    """Where a sentence may tell an event of a type, how likely it does, and with which status."""

    type: str
    scanned: Scanned
    item: Item
    match: Match | None
    reported: float  # probability
    of_sentence: Mapping[str, float]  # the features that say so
    _asked: Callable[[Place], Mapping[str, float]]

    @cached_property
    def statuses(self) -> Mapping[str, float]:
        """Probabilities, reckoned when they are asked for: most places tell nothing."""
        return self._asked(self)

    @cached_property
    def status(self) -> str:
        """The likeliest."""
        return max(self.statuses, key=self.statuses.__getitem__)

    @property
    def of_place(self) -> Mapping[str, float]:
        """The features that speak for its statuses."""
        if self.fixed:
            return {}
        return of_place(self.scanned, self.item, self.type, self.met)

    @property
    def met(self) -> Met | None:
        return met_by(self.match) if self.match else None

    @property
    def fixed(self) -> bool:
        """Whether the rules alone say the status."""
        return self.match is not None and self.match.ready.pattern.fixed

    def joint(self, status: str) -> float:
        return self.reported * self.statuses.get(status, 0.0)


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a type and status at a place of the text."""

    status: Status
    place: Place
    probability: float

    @property
    def report(self) -> Report:
        place = self.place
        return Report(
            place.type,
            self.status,
            place.item,
            place.scanned.sentence,
            self.probability,
            place.match.name if place.match else f"{place.type}.{LEARNED}",
            place.match is not None and place.match.one.doubtful,
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a text tells of a type, and by how many log-odds it does not tell something else."""

    type: str
    told: tuple[Told, ...]
    margin: float


class Scanner:
    """Lays sentences out for the models, built once from the rules."""

    def __init__(self, rules: RuleSet, statuses: Statuses) -> None:
        self._kinds = kinds_of(rules.entities)
        self._statuses = statuses
        lists: dict[str, list[str]] = defaultdict(list)
        for one in rules.words.values():
            for member in spelled_out(one.words, rules):
                for key in (member, f"v:{member}", f"n:{member}"):
                    lists[key].append(one.id)
        self._lists = {key: tuple(dict.fromkeys(names)) for key, names in lists.items()}

    def scan(self, scenes: Scenes, words: Words, year: int) -> list[Scanned]:
        return [self._scanned(scenes, words, low, year) for low, _ in words.sentences]

    def _scanned(self, scenes: Scenes, words: Words, low: int, year: int) -> Scanned:
        sentence = scenes.around(low)
        tokens = masked(sentence, words, self._kinds, year)
        lists = [
            (name, item)
            for key in sentence.items.keys() & self._lists.keys()
            for name in self._lists[key]
            for item in sentence.items[key]
        ]
        return Scanned(sentence, tokens, lists, self._statuses.cues_in(sentence))


def met_by(match: Match) -> Met:
    pattern = match.ready.pattern
    return Met(match.ready.rule.id, pattern.status, pattern.weak, pattern.score, match.judged)


class Weighing:
    """The models, ready to be asked; of types that they do not know they say nothing."""

    def __init__(self, models: Mapping[str, Weights], types: Set[str]) -> None:
        """`types`: the event types of the rules."""
        self._sentences = models["sentences"]
        self._places = models["places"]
        self._types = models.get("types", NOTHING)
        self._statuses = models.get("statuses", NOTHING)
        self.types = frozenset(self._sentences.classes) & types

    def told(self, scanned: Sequence[Scanned], matches: Sequence[Match]) -> list[Told]:
        """The events of a text, each at the places that tell it."""
        return [told for one in self.weighed(scanned, matches) for told in one.told]

    def weighed(self, scanned: Sequence[Scanned], matches: Sequence[Match]) -> list[Weighed]:
        """What a text tells of each type that it may tell.

        Where no pattern of the rules is met nothing is told: in ordinary news words alone were
        wrong four times in five, and a text that tells an event nearly always meets one.
        """
        if not matches:
            return []
        matches = [match for match in matches if match.ready.rule.id in self.types]
        plain = best_told(matches)
        by_type: dict[str, list[Place]] = defaultdict(list)
        for place in self.places(scanned, matches):
            by_type[place.type].append(place)
        return [self._of_type(by_type[kind], plain) for kind in sorted(by_type)]

    def places(self, scanned: Sequence[Scanned], matches: Sequence[Match]) -> Iterator[Place]:
        """Where the text may tell an event of which type: at the triggers of the rules, and where
        a sentence has none at the word that speaks for the type most.
        """
        inside: dict[int, list[Match]] = defaultdict(list)
        for match in matches:
            inside[match.sentence.start].append(match)
        for one in scanned:
            here = inside[one.sentence.start]
            met = [met_by(match) for match in here]
            spoken = of_sentence(one, met)
            odds = self._sentences.scores(spoken).tolist()
            asked = _Asked(one, self._sentences, self._places)
            for number, kind in enumerate(self._sentences.classes):
                reported = probability(odds[number])
                if reported < WORTH_A_LOOK or kind not in self.types:
                    continue
                triggers = _one_each(match for match in here if match.ready.rule.id == kind)
                for match in triggers:
                    yield Place(kind, one, match.trigger, match, reported, spoken, asked.statuses)
                if not triggers and (item := asked.strongest(number)):
                    yield Place(kind, one, item, None, reported, spoken, asked.statuses)

    def reasons(self, told: Told) -> Iterator[str]:
        """What spoke most for and against the type and the status of an event, in log-odds."""
        place = told.place
        number = self._sentences.classes.index(place.type)
        yield _listed(place.type, self._sentences.heaviest(place.of_sentence, number))
        if place.of_place:
            number = self._places.classes.index(told.status)
            yield _listed(told.status, self._places.heaviest(place.of_place, number))

    def _of_type(self, places: Sequence[Place], plain: Sequence[Match]) -> Weighed:
        kind = places[0].type
        by_rules = {match.judged.status for match in plain if match.ready.rule.id == kind}
        odds = self._types.score(of_type(places, by_rules))
        least = log_odds(TOLD if any(place.match for place in places) else TOLD_BY_WORDS)
        if odds < least:
            return Weighed(kind, (), least - odds)
        of_status = {
            status: self._statuses.score(features)
            for status, features in of_statuses(places, by_rules).items()
        }
        first = max(of_status, key=of_status.__getitem__)
        somewhere = {place.status for place in places}
        told, margin = [], odds - least
        for status, speaks in of_status.items():
            if status != first:
                behind = of_status[first] - speaks
                margin = min(margin, behind, abs(speaks) if status in somewhere else behind)
            if status == first or (speaks >= log_odds(TOLD) and status in somewhere):
                chance = min(probability(odds), max(probability(speaks), TOLD))
                told += [
                    Told(cast(Status, status), place, chance) for place in _telling(places, status)
                ]
        return Weighed(kind, tuple(told), margin)


class _Asked:
    """A sentence whose places are asked what they tell."""

    def __init__(self, scanned: Scanned, sentences: Weights, places: Weights) -> None:
        self._scanned = scanned
        self._sentences = sentences
        self._places = places
        self._around: dict[Item, Array] = {}  # what stands around a place speaks for all types

    def strongest(self, number: int) -> Item | None:
        """The word that speaks most for a type, alone and with its neighbours."""
        speaks = self._words[:, number]
        if not len(speaks) or speaks.max() <= 0:
            return None
        token = self._scanned.tokens[int(speaks.argmax())]
        return Item(token.start, token.end)

    @cached_property
    def _words(self) -> Array:
        """What each word speaks for each type."""
        tokens = self._scanned.tokens
        alone = self._sentences.each([f"={token.word}" for token in tokens])
        alone += self._sentences.each([token.stem for token in tokens])
        half = self._sentences.each([f"{a.stem} {b.stem}" for a, b in pairwise(tokens)]) / 2
        alone[:-1] += half
        alone[1:] += half
        return alone

    def statuses(self, place: Place) -> Mapping[str, float]:
        """The probability of each, of an event at the place."""
        if place.match and place.fixed:
            only: dict[str, float] = {place.match.judged.status: 1.0}
            return only
        if place.item not in self._around:
            self._around[place.item] = self._places.scores(around(self._scanned, place.item))
        odds = (
            self._around[place.item] + self._places.sums(of_kind(place.type, place.met))
        ).tolist()
        highest = max(odds)
        shares = [exp(one - highest) for one in odds]
        whole = sum(shares)
        return {
            status: share / whole
            for status, share in zip(self._places.classes, shares, strict=True)
        }


def _listed(what: str, features: Sequence[tuple[str, float]]) -> str:
    return f"for {what}: " + ", ".join(f"{name} {weight:+.1f}" for name, weight in features)


def _telling(places: Sequence[Place], status: str) -> list[Place]:
    """The best place of a status, and every other sentence that is likely to tell it."""
    best = max(places, key=lambda place: place.joint(status))
    others: dict[int, Place] = {}
    for place in places:
        low = place.scanned.sentence.start
        if place.joint(status) >= 0.5 and (
            low not in others or place.joint(status) > others[low].joint(status)
        ):
            others[low] = place
    others[best.scanned.sentence.start] = best
    return list(others.values())


def _one_each(matches: Iterable[Match]) -> list[Match]:
    """The plainest triggers of a sentence, and of the patterns that meet at one the plainest."""
    best: dict[int, Match] = {}
    for match in matches:
        other = best.get(match.trigger.start)
        if other is None or plainness(match) < plainness(other):
            best[match.trigger.start] = match
    return sorted(best.values(), key=plainness)[:MOST]


def plainness(match: Match) -> tuple[bool, float]:
    """By which the plainer of two matches comes first."""
    return match.ready.pattern.weak, -match.ready.pattern.score


def of_type(places: Sequence[Place], by_rules: Set[str]) -> dict[str, float]:
    """What speaks for an event of a type in a text: the sentences, and the rules by themselves."""
    told = [place.reported for place in places]
    titles = [place.scanned.sentence.title for place in places]
    return {
        f"({places[0].type})": 1.0,
        "likeliest": log_odds(max(told)),
        "any": log_odds(_any(told)),
        "in the title": log_odds(_best(told, titles, title=True)),
        "in the text": log_odds(_best(told, titles, title=False)),
        "the rules": float(bool(by_rules)),
        "plainly": float(any(place.match and place.match.plain for place in places)),
    }


def of_statuses(places: Sequence[Place], by_rules: Set[str]) -> Mapping[str, dict[str, float]]:
    """What speaks for each status of the events of a type that is told in a text."""
    shares = {status: [p.statuses.get(status, 0.0) for p in places] for status in STATUSES}
    reported = [place.reported for place in places]
    joint = {status: list(map(mul, reported, each)) for status, each in shares.items()}
    highest = {status: max(chances) for status, chances in joint.items()}
    most = {status: log_odds(chance) for status, chance in highest.items()}
    titles = [place.scanned.sentence.title for place in places]
    judged: dict[str, list[Match]] = defaultdict(list)
    for place in places:
        if place.match:
            judged[place.match.judged.status].append(place.match)
    of_all = {
        f"({places[0].type})": 1.0,
        "reported": log_odds(max(reported)),
        "places": min(3, len(places)) / 3,
    }
    found = {}
    for status, chances in joint.items():
        other = max(odds for one, odds in most.items() if one != status)
        found[status] = of_all | {
            f"({status})": 1.0,
            "likeliest": most[status],
            "any": log_odds(_any(chances)),
            "on the whole": log_odds(sum(shares[status]) / len(places)),
            "in the title": log_odds(_best(chances, titles, title=True)),
            "in the text": log_odds(_best(chances, titles, title=False)),
            "ahead": most[status] - other,
            "first": float(highest[status] >= max(highest[one] for one in joint if one != status)),
            "the rules": float(status in by_rules),
            "the rules alone": float(by_rules == {status}),
            "the rules another": float(bool(by_rules - {status})),
            "judged": float(status in judged),
            "plainly": float(any(match.plain for match in judged.get(status, ()))),
        }
    return found


def _best(chances: Sequence[float], titles: Sequence[bool], *, title: bool) -> float:
    """The likeliest in the title, or outside of it."""
    return max(
        (one for one, inside in zip(chances, titles, strict=True) if inside == title), default=0.0
    )


def _any(chances: Iterable[float]) -> float:
    """That one holds at least, were they independent; they are not, so each counts for less."""
    none = 1.0
    for chance in chances:
        none *= 1 - SHARED * chance
    return 1 - none


def log_odds(chance: float) -> float:
    kept = min(max(chance, TINY), 1 - TINY)
    return log(kept / (1 - kept))


def probability(odds: float) -> float:
    return 1 / (1 + exp(-max(-FARTHEST, min(FARTHEST, odds))))
