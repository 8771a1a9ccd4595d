"""Whether an event that a text speaks of has happened: cues with a side and a reach.

After NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009): a cue speaks for what stands
within its reach on its side, up to words that end it. The answers are those of ACE 2005 (polarity,
modality, tense) and of FactBank (Saurí and Pustejovsky 2009), folded into one status.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.extract.items import Item, Sentence
from monitor.extract.lexicon import Payload
from monitor.extract.rule_words import condition_words, spelled_out
from monitor.extract.words import Words
from monitor.model import Status
from monitor.rules import RuleSet
from monitor.rules.events import Cue

# of several cues, the one that makes the event least certain counts: "may lift" has lifted nothing
ORDER: tuple[Status, ...] = ("denied", "considered", "reversed", "announced", "occurred")
PARTICIPLES = ("ed", "n", "t", "d", "k", "g", "e")  # not the form in -s, nor -ing
PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|get|gets|got|stay|stays|stayed|remain|remains|remained|"
    r"kept|keeps)(?: (?:\w+ly|now|not|since|also|again|all|then|still|soon|first|partly))* $"
)
AFTER_PARTICIPLE = re.compile(
    r"\W*(?:$|\n)| (?:by|in|on|after|for|at|until|from|since|last|this|amid|to|as|over)\b|[,.;:]"
)
HARD_ENDS = ";\n"


@dataclass(frozen=True, slots=True)
class Judged:
    status: Status
    cue: str | None  # the id of the cue that decided; None: the pattern's own status
    at: Item | None = None  # where the cue stands


@dataclass(frozen=True, slots=True)
class Asked:
    """A trigger whose status is asked for; `places` are itself and the verbs it is joined to."""

    kind: str  # the event type
    own: Status  # the pattern's
    verb: bool
    lasting: bool  # see EventRule
    places: tuple[Item, ...]


Said = tuple[Cue, Item]


class Statuses:
    """The cues of the rules, ready to be asked."""

    def __init__(self, rules: RuleSet) -> None:
        self._cues: dict[str, list[Cue]] = defaultdict(list)  # by the words they are
        for cue in rules.cues.values():
            for word in spelled_out(cue.words, rules):
                if cue not in self._cues[word]:
                    self._cues[word].append(cue)

    def entries(self) -> Iterator[tuple[str, Payload]]:
        return condition_words(self._cues)

    def cues_in(self, sentence: Sentence) -> list[Said]:
        """What in a sentence may say whether something has happened."""
        return [
            (cue, item)
            for key in sorted(sentence.items.keys() & self._cues.keys())
            for item in sentence.items[key]
            for cue in self._cues[key]
        ]


def judge(cues: Sequence[Said], asked: Asked, words: Words) -> Judged:
    """The status of a trigger, by the cues of its sentence; where it is joined to another verb,
    that one's count too: in "will build a plant and hire" nothing is hired yet.
    """
    found = [(cue, item) for cue, item in cues if _concerns(cue, asked)]
    # a longer cue silences a shorter one inside it: "may not" is no "not"
    outer = _outermost({(item.start, item.end) for _, item in found})
    found = [(cue, item) for cue, item in found if (item.start, item.end) in outer]
    ends = [(cue, item) for cue, item in found if cue.status == "end"]
    statuses = {
        cue.status: (cue.id, item)
        for cue, item in found
        if cue.status not in ("end", "none")
        and any(_reaches(cue, item, place, ends, words) for place in asked.places)
    }
    if asked.lasting and {"denied", "reversed"} <= statuses.keys():
        return Judged("occurred", *statuses["denied"])  # "no plan to lift": it stays
    for status in ORDER:
        if status in statuses:
            return Judged(status, *statuses[status])
    return Judged(asked.own, None)


def _concerns(cue: Cue, asked: Asked) -> bool:
    if cue.of == "verb" and not asked.verb:
        return False
    return asked.kind not in cue.not_types and (not cue.types or asked.kind in cue.types)


def _outermost(spans: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Those that lie in no other one."""
    outer, furthest = set(), 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if end > furthest:
            outer.add((start, end))
            furthest = end
    return outer


def _is_passive(item: Item, trigger: Item, words: Words) -> bool:
    """Done to the trigger, which stands before it: "the duties were lifted", "duties lifted in
    May", not "the duties lifted prices".
    """
    if not words.norm[item.start : item.end].split()[0].endswith(PARTICIPLES):
        return False
    between = words.norm[trigger.end : item.start]
    if PASSIVE.search(between):
        return True
    return not between.strip() and AFTER_PARTICIPLE.match(words.norm, item.end) is not None


def _covers(cue: Cue, item: Item, trigger: Item) -> bool:
    """A cue that takes the trigger in stands where it begins, or ends: "no deal", "will charge"."""
    if item.start < trigger.start:
        return cue.side != "after"
    return item.end > trigger.end and cue.side != "before"


def _reaches(
    cue: Cue, item: Item, trigger: Item, ends: list[tuple[Cue, Item]], words: Words
) -> bool:
    if item.start < trigger.end and trigger.start < item.end:
        return _covers(cue, item, trigger)
    before = item.end <= trigger.start
    if cue.side != "either" and before != (cue.side == "before"):
        return False
    low, high = (item.end, trigger.start) if before else (trigger.end, item.start)
    if words.between(low, high) > cue.reach:
        return False
    if cue.passive and not (before or _is_passive(item, trigger, words)):
        return False
    if cue.across:
        return True
    if any(mark in words.text[low:high] for mark in HARD_ENDS):
        return False
    return not any(
        low <= item.start and item.end <= high and (end.side == "either" or before)
        for end, item in ends
    )
