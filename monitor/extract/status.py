"""Whether an event that a text speaks of has happened: cues with a side and a reach.

After NegEx (Chapman et al. 2001) and ConText (Harkema et al. 2009): a cue speaks for what stands
within its reach on its side, up to words that end it. The answers are those of ACE 2005 (polarity,
modality, tense) and of FactBank (Saurí and Pustejovsky 2009), folded into one status.

Three things of syntax bound a reach beside words: islands (Ross 1967: what stands in a clause set
apart says nothing about what stands outside it), finiteness (an auxiliary speaks for a verb in the
past only through "be" or "have") and, for what is said of a subject, the end of its clause.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.extract.inflect import IRREGULAR_VERBS
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
# "forced the owner to halt": done, though it says "to"
CAUSED = re.compile(
    r"\b(?:forc(?:ed|es|ing)|led|caused|causing|prompted|prompting|compelled|obliged|drove|pushed|"
    r"helped|leading)(?: (?!to\b)[\w.'$%]+){1,6} $"
)
# nothing that one predicate holds of another stands beyond these
CONJOINED = re.compile(r"[,;:]|\b(?:and|but|or|while|as|after|which|that|said)\b")
HARD_ENDS = ";\n"
# verbs whose form says that they are past or passive
PASTS = frozenset(form for base, forms in IRREGULAR_VERBS.items() for form in forms if form != base)
THROUGH = re.compile(r"\b(?:be|been|being|have|having|get|gets|see|sees|get|gotten|was|were)\b")
EMBEDDED = 4  # words between a predicate and one that it governs
COMMA = re.compile(r",(?!\d)")
# between a subject and what is said of it no other clause begins
NEXT_CLAUSE = re.compile(
    r"\b(?:that|which|who|said|says|and (?:\w+ed|wrote|said|will|would|may))\b"
)
# what opens a clause or phrase that a comma closes: at the start of a sentence, and inside it
FRONTED = re.compile(
    r"(?:[^a-z]|[a-z ,.]{1,40}(?: |, )\d{0,2}[^a-z\d]{1,4})??"
    r"(?:after|despite|amid|following|because|since|while|though|although|instead of|rather than|"
    r"unlike|besides|before|when|once|having|ahead of|days after|hours after|weeks after|as|"
    r"in spite of|faced with|under (?:pressure|fire|threat)|to the \w+ of|"
    r"(?!starting|beginning|according|following|pending|during)\w{2,}ing)\b"
    r"[^,;:?]{3,160},(?! and| or|\d)"
)
APART = re.compile(
    r", (?:which|who|whose|whom|where|when|having|once|long|already|despite|after|following|amid|"
    r"though|although|unlike|because|even as|rather than|instead of|in spite of|under pressure|"
    r"(?!starting|beginning|pending|during|including)\w{2,}ing)\b[^,;:]{3,160},"
    r"|\([^()]{1,200}\)"
)
POLAR = re.compile(
    r"\W*(?:q\W+)?(?:is|are|was|were|will|would|could|can|may|might|should|did|does|do|has|have|"
    r"had|shall)\b"
)
OPEN_ASKING = re.compile(r"\b(?:why|how|what|who|which|where|when)\b")
QUESTION = re.compile(r"\?[\"')\s]*$")
# who says of himself what he will do: "the ministry said on Monday that it would"
OF_HIMSELF = re.compile(
    r"\b(?:said|says|announced|announces|confirmed|confirms|told|tells|declared|pledged|vowed|"
    r"promised|posted|added|insisted|stressed|reiterated|repeated|notified|informed|wrote|"
    r"signalled|signaled|indicated|assured)\b"
    r"(?: (?!which|who|whose|where|whether|if\b)[\w.'$%]+){0,9}?,? (?:that )?"
    r"(?:it|they|he|she|we|its \w+|the (?:company|group|firm|miner|maker|\w*maker|ministry|"
    r"government|department|agency|bank|state|country|administration|union|bloc|board|cabinet|"
    r"army|navy|air force|commission|authority|kingdom|province|council|president|producer))"
    r"(?: also| now| then| still)? $"
)
ONLOOKERS = re.compile(
    r"\b(?:analysts?|economists?|traders?|experts?|brokers?|critics?|lawyers?|consultants?|"
    r"strategists?|observers?|opponents?|lobbyists?|investors?|sources?|people)\b[\w ,]{0,40}$"
)


@dataclass(frozen=True, slots=True)
class Judged:
    status: Status
    cue: str | None  # the id of the cue that decided; None: the pattern's own status
    at: Item | None = None  # where the cue stands
    asked: bool = False  # the text only asks whether it is so


@dataclass(frozen=True, slots=True)
class Asked:
    """A trigger whose status is asked for; `places` are itself and the verbs it is joined to."""

    kind: str  # the event type
    own: Status  # the pattern's
    verb: bool
    lasting: bool  # see EventRule
    places: tuple[Item, ...]


Said = tuple[Cue, Item]


@dataclass(frozen=True, slots=True)
class Island:
    """A clause or phrase that is set apart; `opening`: it opens the sentence."""

    start: int
    end: int
    opening: bool = False


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

    def spoken_in(self, sentence: Sentence, words: Words) -> Spoken:
        """All that is asked of a sentence, whatever the trigger in it."""
        low, high = sentence.span
        return Spoken(
            words,
            list(_own_words(self.cues_in(sentence), words, low)),
            tuple(_islands(words.norm, low, high)),
            _is_question(words.norm[low:high]),
        )

    def cues_in(self, sentence: Sentence) -> list[Said]:
        """What in a sentence may say whether something has happened."""
        return [
            (cue, item)
            for key in sorted(sentence.items.keys() & self._cues.keys())
            for item in sentence.items[key]
            for cue in self._cues[key]
        ]


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a sentence has that may say whether something has happened."""

    words: Words
    cues: Sequence[Said]
    islands: tuple[Island, ...]
    question: bool


def judge(spoken: Spoken, asked: Asked) -> Judged:
    """The status of a trigger, by the cues of its sentence; where it is joined to another verb,
    that one's count too: in "will build a plant and hire" nothing is hired yet.
    """
    words, islands = spoken.words, spoken.islands
    found = [said for said in spoken.cues if _concerns(said[0], asked)]
    statuses: dict[str, Said] = {}
    for place in asked.places:
        statuses |= _speaking(found, Scope(place, asked.verb, islands, words))
    if asked.lasting and {"denied", "reversed"} <= statuses.keys():
        cue, item = statuses["denied"]
        return Judged("occurred", cue.id, item)  # "no plan to lift": it stays
    if "denied" not in statuses and spoken.question:
        return Judged("considered", "question", asked=True)
    for status in ORDER:
        # "to discuss", "will consider": what is only thought of is no firmer for being planned
        if status in statuses and not (status == "announced" and asked.own == "considered"):
            cue, item = statuses[status]
            return Judged(status, cue.id, item, asked=cue.asks)
    return Judged(asked.own, None)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a trigger stands."""

    trigger: Item
    verb: bool
    islands: tuple[Island, ...]
    words: Words

    @property
    def past(self) -> bool:
        """A verb that says by its form that it has happened, or that it is done to something."""
        if not self.verb:
            return False
        word = self.words.norm[self.trigger.start : self.trigger.end].split()[0]
        return word in PASTS or word.endswith("ed")


def _speaking(found: Sequence[Said], scope: Scope) -> dict[str, Said]:
    """What the cues say that reach a trigger.

    A longer cue silences a shorter one inside it, "may not" is no "not", if it is on its side; one
    that stands for nothing also what begins in it: "managed to impose" is no "to impose".
    """
    sided = [(cue, item) for cue, item in found if _beside(cue, item, scope.trigger)]
    outer = _outermost({(item.start, item.end) for _, item in sided})
    void = {
        at for cue, item in sided if cue.status == "none" for at in range(item.start + 1, item.end)
    }
    sided = [
        (cue, item)
        for cue, item in sided
        if (item.start, item.end) in outer and item.start not in void
    ]
    ends = [(cue, item) for cue, item in sided if cue.status == "end"]
    reaching = [
        (cue.status, cue, item)
        for cue, item in sided
        if cue.status not in ("end", "none") and _reaches(cue, item, scope, ends)
    ]
    undone = [item for status, _, item in reaching if status == "reversed"]
    return {
        status: (cue, item)
        for status, cue, item in reaching
        if status != "considered" or not _undone(item, undone, scope)
    }


def _undone(item: Item, undone: Sequence[Item], scope: Scope) -> bool:
    """Whether what speaks of a mere thought is itself called off: in "scrapped the proposed ban"
    and "dropped a threat to ban" the outer predicate counts, as in "may lift the ban".
    """
    if item.end > scope.trigger.start:
        return False
    norm = scope.words.norm
    return any(
        one.end <= item.start
        and scope.words.between(one.end, item.start) <= EMBEDDED
        and not CONJOINED.search(norm, one.end, item.start)
        for one in undone
    )


def _concerns(cue: Cue, asked: Asked) -> bool:
    if cue.of == "verb" and not asked.verb:
        return False
    return asked.kind not in cue.not_types and (not cue.types or asked.kind in cue.types)


def _own_words(cues: Sequence[Said], words: Words, low: int) -> Iterator[Said]:
    """The cues of a sentence, those that must follow a verb of saying only where they do, and
    then with it.
    """
    for cue, item in cues:
        if not cue.said:
            yield cue, item
            continue
        before = words.norm[max(low, item.start - 120) : item.start]
        saying = OF_HIMSELF.search(before)
        if saying and not ONLOOKERS.search(before[: saying.start()]):
            yield cue, Item(item.start - len(before) + saying.start(), item.end)


def _islands(norm: str, low: int, high: int) -> Iterator[Island]:
    """The clauses and phrases of a sentence that commas or brackets set apart."""
    fronted = FRONTED.match(norm, low, high)
    if fronted:
        yield Island(low, fronted.end(), opening=True)
    for apart in APART.finditer(norm, fronted.end() - 1 if fronted else low, high):
        yield Island(*apart.span())


def _is_question(sentence: str) -> bool:
    """Whether a sentence, in small letters, asks if something is so, and not why or how."""
    if not QUESTION.search(sentence):
        return False
    return POLAR.match(sentence) is not None or not OPEN_ASKING.search(sentence)


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


def _beside(cue: Cue, item: Item, trigger: Item) -> bool:
    """Whether a cue stands on the side from which it speaks; what bounds or silences, anywhere."""
    if cue.status in ("end", "none") or cue.side == "either":
        return True
    if item.start < trigger.end and trigger.start < item.end:
        return _covers(cue, item, trigger)
    return (item.end <= trigger.start) == (cue.side == "before")


def _reaches(cue: Cue, item: Item, scope: Scope, ends: Sequence[Said]) -> bool:
    trigger, words = scope.trigger, scope.words
    if item.start < trigger.end and trigger.start < item.end:
        return _covers(cue, item, trigger)
    before = item.end <= trigger.start
    low, high = (item.end, trigger.start) if before else (trigger.end, item.start)
    inner = [i for i in scope.islands if low <= i.start and i.end <= high]
    between = words.between(low, high) - sum(words.between(i.start, i.end) for i in inner)
    if between > cue.reach:
        return False
    if cue.passive and not (before or _is_passive(item, trigger, words)):
        return False
    if cue.aux and before and scope.past and not THROUGH.search(words.norm, item.start, high):
        return False
    if cue.of == "verb" and CAUSED.search(words.norm, max(0, item.start - 60), item.start):
        return False
    if cue.across:
        return True
    if any(mark in words.text[low:high] for mark in HARD_ENDS) or _set_apart(item, scope):
        return False
    if cue.clause and not before and _begins_clause(words.norm, low, item.end):
        return False
    return not any(
        low <= item.start
        and item.end <= high
        and (end.side == "either" or before)
        and not any(i.start <= item.start and item.end <= i.end for i in inner)
        for end, item in ends
    )


def _begins_clause(norm: str, low: int, high: int) -> bool:
    """Whether another clause begins: by a word, or by a comma that no other one closes."""
    return bool(NEXT_CLAUSE.search(norm, low, high) or len(COMMA.findall(norm, low, high)) % 2)


def _set_apart(item: Item, scope: Scope) -> bool:
    """Whether a cue stands in an island and the trigger outside; from what opens a sentence also
    the other way round, as the main clause comes after it.
    """
    trigger = scope.trigger
    for island in scope.islands:
        cue_in = island.start <= item.start and item.end <= island.end
        trigger_in = island.start <= trigger.start and trigger.end <= island.end
        if (cue_in and not trigger_in) or (trigger_in and island.opening and not cue_in):
            return True
    return False
