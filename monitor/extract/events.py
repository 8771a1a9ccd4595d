"""Which events a text reports: candidates that the grammar bears out, with their status. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from monitor.extract.arguments import roles
from monitor.extract.items import Item, Sentence, placed
from monitor.extract.nlp import Parse
from monitor.extract.patterns import Around, Candidate, Ready, conditions, quoted, trigger_reading
from monitor.extract.readings import TriggerReading
from monitor.extract.status import Asked, Judged, Spoken, Statuses, judge
from monitor.extract.words import Words
from monitor.model import Event, Mention, Status

SETTLED = ("occurred", "reversed", "announced")
IN_TITLE = 0.05  # a headline says what the text is about


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate that the grammar bears out, with the status that the cues give it."""

    one: Candidate
    judged: Judged

    @property
    def ready(self) -> Ready:
        return self.one.ready

    @property
    def sentence(self) -> Sentence:
        return self.one.sentence

    @property
    def trigger(self) -> Item:
        return self.one.trigger

    @property
    def name(self) -> str:
        return f"{self.ready.rule.id}.{self.ready.number}"

    @property
    def plain(self) -> bool:
        """It reports the event, and does not just speak of it as known."""
        return not self.ready.pattern.weak or self.judged.cue is not None

    @property
    def bare_title(self) -> bool:
        return self.sentence.title and self.judged.cue is None


@dataclass(frozen=True, slots=True)
class Report:
    """An event told at a place, before it is known who does it to whom."""

    type: str
    status: Status
    trigger: Item
    sentence: Sentence
    score: float  # 0 to 1
    rule: str  # see Event
    doubtful: bool = False  # the sentence was parsed


def borne_out(
    candidates: Iterable[Candidate],
    statuses: Statuses,
    words: Words,
    parse: Parse | None,
    told: list[TriggerReading] | None = None,
) -> list[Match]:
    """The candidates that the tagger does not refuse, by their rule."""
    matches: dict[str, list[Match]] = defaultdict(list)
    spoken: dict[int, Spoken] = {}  # by the start of the sentence
    for one in candidates:
        asked = parse if one.doubtful else None
        if asked is None or _tagged_so(one, asked):
            start = one.sentence.start
            if start not in spoken:
                spoken[start] = statuses.spoken_in(one.sentence, words)
            matches[one.ready.rule.id].append(Match(one, _judged(one, spoken[start], asked)))
        elif told is not None:
            told.append(trigger_reading(one.ready, one.trigger, words, refused="is no " + one.part))
    return [match for same in matches.values() for match in same]


def best_told(matches: Iterable[Match]) -> list[Match]:
    """Those that no other one of their rule tells better, one of a status in each sentence."""
    same: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        same[match.ready.rule.id].append(match)
    best = [match for each in same.values() for match in _best_told(each)]
    first: dict[tuple[int, str, str], Match] = {}
    for match in sorted(best, key=_by_worth):
        first.setdefault((match.sentence.start, match.ready.rule.id, match.judged.status), match)
    return list(first.values())


def _judged(one: Candidate, spoken: Spoken, parse: Parse | None) -> Judged:
    pattern, rule = one.ready.pattern, one.ready.rule
    if pattern.fixed:
        return Judged(pattern.status, None)
    places = _joined(one.trigger, parse)
    asked = Asked(rule.id, pattern.status, one.part == "VERB", rule.lasting, places)
    return judge(spoken, asked)


def _joined(trigger: Item, parse: Parse | None) -> tuple[Item, ...]:
    """The trigger and the verb it is coordinated with, if a parse says so."""
    token = parse.at(trigger.start) if parse else None
    if parse is None or token is None or token.dep != "conj":
        return (trigger,)
    head = parse.head(token)
    return (trigger, Item(head.start, head.end)) if head.verb else (trigger,)


def _tagged_so(one: Candidate, parse: Parse) -> bool:
    """Whether the tagger agrees."""
    token = parse.at(one.trigger.start)
    if token is None:
        return True
    if one.part == "VERB":
        return not token.noun or token.dep == "ROOT"
    return not token.verb or token.dep in {"amod", "compound"}


def match_reading(match: Match, words: Words, refused: str) -> TriggerReading:
    """What was met at a match; `refused`: why it counts for nothing, or ""."""
    ready, trigger = match.ready, match.trigger
    verb = match.one.part == "VERB"
    around = Around(match.sentence, trigger, words, ready.pattern.near, verb)
    met = []
    for side, group in conditions(ready):
        item = around.met(group, side, ready.refuse_between)
        if item is not None:
            met.append((side or "needs", quoted(item, words)))
    if match.judged.cue and match.judged.at:
        met.append((f"cue {match.judged.cue}", quoted(match.judged.at, words)))
    return trigger_reading(
        ready, trigger, words, refused=refused, status=match.judged.status, met=tuple(met)
    )


def _best_told(same: Sequence[Match]) -> Iterator[Match]:
    """The matches of a rule without those that another one tells better: a plain one before one
    that speaks of it as known; the text before a headline, whose present tense says little.
    """
    in_text = [match for match in same if not match.sentence.title]
    cued = any(match.judged.cue for match in in_text)
    plain = [match for match in same if match.plain and not match.bare_title]
    settled = any(match.judged.status in SETTLED for match in plain)
    for match in same:
        if match.bare_title:
            better = bool(in_text)
        elif match.sentence.title:
            better = cued
        elif match.plain:
            better = False
        else:
            better = settled if match.ready.rule.lasting else bool(plain)
        if not better:
            yield match


def _by_worth(match: Match) -> tuple[bool, float, int, str, int]:
    return (
        not match.plain,
        -match.ready.pattern.score,
        match.trigger.start,
        match.ready.rule.id,
        match.ready.number,
    )


def reported(match: Match) -> Report:
    """What the rules alone make of a match."""
    ready = match.ready
    score = ready.pattern.score + (IN_TITLE if match.sentence.title else 0.0)
    return Report(
        ready.rule.id,
        match.judged.status,
        match.trigger,
        match.sentence,
        min(1.0, score * (1.0 if match.plain else 0.8)),
        match.name,
        match.one.doubtful,
    )


def event_of(
    report: Report,
    may: tuple[Set[str], Set[str]],
    words: Words,
    mentions: Sequence[Mention],
    parse: Parse | None,
) -> Event:
    """`may`: who may act and who may suffer in an event of the type."""
    trigger, sentence = report.trigger, report.sentence
    inside = placed(mentions, sentence.start, sentence.end)
    asked = parse if report.doubtful else None
    actors, targets = roles(*may, trigger, inside, words, asked)
    return Event(
        type=report.type,
        status=report.status,
        trigger=quoted(trigger, words),
        actors=actors,
        targets=targets,
        symbols=(),
        score=round(report.score, 2),
        rule=report.rule,
        sentence=(sentence.start, sentence.end),
    )


def with_symbols(event: Event, symbols: Sequence[str]) -> Event:
    return replace(event, symbols=tuple(symbols))
