"""Which events a text tells, by weights learned from labelled texts. Pure.

Log-linear models, each of features that can be read, with what the rules find among them: which
events a sentence reports; which status the event told at a place has; and, for the text as a whole,
which types and statuses it tells, from what its sentences say and what the rules alone would say.
Maximum entropy models of events go back to Ahn (2006), of their factuality to Saurí and Pustejovsky
(2012) and Lee et al. (2015).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from typing import cast, get_args

import numpy as np

from monitor.extract.events import Match, Report, best_told
from monitor.extract.features import Met, Scanned, of_place, of_sentence
from monitor.extract.items import Item, Scenes
from monitor.extract.masked import Token, kinds_of, masked
from monitor.extract.rule_words import spelled_out
from monitor.extract.status import Statuses
from monitor.extract.weights import ALWAYS, Weights
from monitor.extract.words import Words
from monitor.model import Status
from monitor.rules import RuleSet

LEARNED = "learned"  # stands for the number of a pattern
WORTH_A_LOOK = 0.12  # of a type in a sentence
TOLD = 0.5
TOLD_BY_WORDS = 0.7  # where no pattern of the rules is met: ordinary news is full of such words
MOST = 6  # triggers of a type in a sentence that are looked at
TINY = 1e-4
FARTHEST = 500.0  # log-odds: beyond, the exponential overflows
SHARED = 0.9  # of what places say is their own, see _any
STATUSES: tuple[str, ...] = get_args(Status)
NOTHING = Weights(("told",), {ALWAYS: 0}, np.zeros((1, 1), np.float32))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence may tell an event of a type, how likely it does, and with which status."""

    type: str
    scanned: Scanned
    item: Item
    match: Match | None
    reported: float  # probability
    statuses: Mapping[str, float]  # probabilities
    of_sentence: Mapping[str, float]  # the features that say so
    of_place: Mapping[str, float]

    @property
    def status(self) -> str:
        """The likeliest."""
        return max(self.statuses, key=lambda status: self.statuses[status])

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
        """The events of a text, each at the places that tell it.

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
        return [one for kind in sorted(by_type) for one in self._of_type(by_type[kind], plain)]

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
            odds = self._sentences.scores(spoken)
            for number, kind in enumerate(self._sentences.classes):
                reported = probability(float(odds[number]))
                if reported < WORTH_A_LOOK or kind not in self.types:
                    continue
                triggers = _one_each(match for match in here if match.ready.rule.id == kind)
                for match in triggers:
                    yield self._place(kind, one, match.trigger, match, reported, spoken)
                if not triggers and (item := self._strongest(one.tokens, number)):
                    yield self._place(kind, one, item, None, reported, spoken)

    def _place(
        self,
        kind: str,
        scanned: Scanned,
        item: Item,
        match: Match | None,
        reported: float,
        spoken: Mapping[str, float],
    ) -> Place:
        if match and match.ready.pattern.fixed:
            only: dict[str, float] = {match.judged.status: 1.0}
            return Place(kind, scanned, item, match, reported, only, spoken, {})
        beside = of_place(scanned, item, kind, met_by(match) if match else None)
        odds = self._places.scores(beside)
        shares = np.exp(odds - odds.max())
        statuses = dict(zip(self._places.classes, map(float, shares / shares.sum()), strict=True))
        return Place(kind, scanned, item, match, reported, statuses, spoken, beside)

    def reasons(self, told: Told) -> Iterator[str]:
        """What spoke most for and against the type and the status of an event, in log-odds."""
        place = told.place
        number = self._sentences.classes.index(place.type)
        yield _listed(place.type, self._sentences.heaviest(place.of_sentence, number))
        if place.of_place:
            number = self._places.classes.index(told.status)
            yield _listed(told.status, self._places.heaviest(place.of_place, number))

    def _strongest(self, tokens: Sequence[Token], number: int) -> Item | None:
        """The word that speaks most for a type, alone and with its neighbours."""
        speaks = [
            self._sentences.of(f"={token.word}", number) + self._sentences.of(token.stem, number)
            for token in tokens
        ]
        for place, (one, other) in enumerate(pairwise(tokens)):
            half = self._sentences.of(f"{one.stem} {other.stem}", number) / 2
            speaks[place] += half
            speaks[place + 1] += half
        most = max(speaks, default=0.0)
        if most <= 0:
            return None
        token = tokens[speaks.index(most)]
        return Item(token.start, token.end)

    def _of_type(self, places: Sequence[Place], plain: Sequence[Match]) -> Iterator[Told]:
        kind = places[0].type
        by_rules = {match.judged.status for match in plain if match.ready.rule.id == kind}
        reported = probability(float(self._types.scores(of_type(places, by_rules))[0]))
        if reported < (TOLD if any(place.match for place in places) else TOLD_BY_WORDS):
            return
        chances = {
            status: probability(
                float(self._statuses.scores(of_status(places, by_rules, status))[0])
            )
            for status in self._places.classes
        }
        first = max(chances, key=lambda status: chances[status])
        somewhere = {place.status for place in places}
        for status, chance in chances.items():
            if status == first or (chance >= TOLD and status in somewhere):
                for place in _telling(places, status):
                    yield Told(cast(Status, status), place, min(reported, max(chance, TOLD)))


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
    return {
        f"({places[0].type})": 1.0,
        "likeliest": log_odds(max(told)),
        "any": log_odds(_any(told)),
        "in the title": log_odds(_best(places, title=True)),
        "in the text": log_odds(_best(places, title=False)),
        "the rules": float(bool(by_rules)),
        "plainly": float(any(place.match and place.match.plain for place in places)),
    }


def of_status(places: Sequence[Place], by_rules: Set[str], status: str) -> dict[str, float]:
    """What speaks for a status of the events of a type that is told in a text."""
    joint = [place.joint(status) for place in places]
    others = {
        other: max(place.joint(other) for place in places) for other in STATUSES if other != status
    }
    judged = [
        place.match for place in places if place.match and place.match.judged.status == status
    ]
    most, other = max(joint), max(others.values())
    return {
        f"({places[0].type})": 1.0,
        f"({status})": 1.0,
        "likeliest": log_odds(most),
        "any": log_odds(_any(joint)),
        "on the whole": log_odds(sum(p.statuses.get(status, 0.0) for p in places) / len(places)),
        "in the title": log_odds(_best(places, title=True, status=status)),
        "in the text": log_odds(_best(places, title=False, status=status)),
        "reported": log_odds(max(place.reported for place in places)),
        "ahead": log_odds(most) - log_odds(other),
        "first": float(most >= other),
        "the rules": float(status in by_rules),
        "the rules alone": float(by_rules == {status}),
        "the rules another": float(bool(by_rules - {status})),
        "judged": float(bool(judged)),
        "plainly": float(any(match.plain for match in judged)),
        "places": min(3, len(places)) / 3,
    }


def _best(places: Sequence[Place], *, title: bool, status: str | None = None) -> float:
    return max(
        (
            place.joint(status) if status else place.reported
            for place in places
            if place.scanned.sentence.title == title
        ),
        default=0.0,
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
