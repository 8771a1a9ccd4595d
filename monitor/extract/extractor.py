"""Articles → all that is understood of them, in the order of the calls below."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from typing import Self

from monitor.extract.boilerplate import boilerplate
from monitor.extract.claims import find_claims
from monitor.extract.clean import Cleaned, cleaned
from monitor.extract.events import (
    Match,
    Report,
    best_told,
    borne_out,
    event_of,
    match_reading,
    reported,
    with_symbols,
)
from monitor.extract.exposures import event_symbols, exposures
from monitor.extract.features import Scanned
from monitor.extract.items import Scenes
from monitor.extract.language import foreign_language
from monitor.extract.lexicon import Hits, Lexicon
from monitor.extract.mentions import Names
from monitor.extract.nlp import Nlp, Parse
from monitor.extract.patterns import Candidate, Patterns, quoted
from monitor.extract.placed import blanked, in_original, placed
from monitor.extract.readings import Explained, NameReading, TriggerReading
from monitor.extract.rule_words import entries
from monitor.extract.status import Statuses
from monitor.extract.surroundings import People
from monitor.extract.topics import Topics
from monitor.extract.weighing import SURE, Scanner, Told, Weighed, Weighing
from monitor.extract.weights import read_models
from monitor.extract.words import Words, apart, touches, words_of
from monitor.model import Article, Extraction, Mention, Span
from monitor.rules import RuleSet

LONGEST = 200_000  # characters: a few seconds' work, and no news story is longer
BATCH = 256  # articles whose sentences are parsed together


def utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


@dataclass(frozen=True, slots=True)
class _Weighed:
    """The triggers that count, and what is made of them by type."""

    matches: Sequence[Match]
    types: Sequence[Weighed]


@dataclass(frozen=True, slots=True)
class _Draft:
    """An article as far as it can be understood without its grammar."""

    article: Article
    read: Cleaned
    title_end: int  # in what was read
    words: Words
    mentions: tuple[Mention, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    scenes: Scenes | None = None  # where it may report an event
    asked: tuple[tuple[int, int], ...] = ()  # sentences whose grammar may change what it tells
    weighed: _Weighed | None = None  # were all doubtful triggers what they seem
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class Studied:
    """An article as weights see it; `read` maps places in it back to the article."""

    sentences: Sequence[Scanned]
    matches: Sequence[Match]
    read: Cleaned


@dataclass(slots=True)
class _Trace:
    names: list[NameReading]
    triggers: list[TriggerReading]


class Extractor:
    """Built once from the rules; `nlp` None: rules alone.

    Of a longer text the first LONGEST characters are read, and `Extraction.unread` says how many
    were not. `day_of` gives the session's date that a moment belongs to, in the exchange's zone.
    With `thorough` no text is put aside early, every pattern is tried everywhere and every sentence
    is parsed, though only those decide that are asked (see `_doubted`): it takes far longer, and
    what comes out is the same, which a test holds.
    """

    def __init__(
        self,
        rules: RuleSet,
        nlp: Nlp | None,
        day_of: Callable[[datetime], date] = utc_day,
        *,
        thorough: bool = False,
    ) -> None:
        self._rules = rules
        self._nlp = nlp
        self._day_of = day_of
        self._thorough = thorough
        collecting = gc.isenabled()
        gc.disable()  # a fourth of the time would go by with looking for garbage in what is built
        try:
            self._build(rules)
        finally:
            if collecting:
                gc.enable()
        # what is built stays; else the collector looks through it again with every few batches
        gc.collect()
        gc.freeze()

    def reading(
        self,
        nlp: Nlp | None,
        day_of: Callable[[datetime], date] = utc_day,
        *,
        thorough: bool = False,
    ) -> Self:
        """Another by the same rules, which are not built once more for it."""
        other = copy(self)
        other._nlp, other._day_of, other._thorough = nlp, day_of, thorough
        return other

    def _build(self, rules: RuleSet) -> None:
        self._names = Names(rules)
        self._patterns = Patterns(rules)
        self._statuses = Statuses(rules)
        self._topics = Topics(rules)
        self._roles = self._patterns.roles()
        self._scanner = Scanner(rules, self._statuses)
        models = read_models(rules.weights)
        self._weighing = Weighing(models, rules.events.keys()) if models else None
        self._lexicon = Lexicon(
            [
                *entries(rules),
                *self._patterns.entries(),
                *self._statuses.entries(),
                *self._topics.entries(),
            ],
            self._patterns.sieve.bits,
        )

    def extract(self, article: Article) -> Extraction:
        return next(self.extract_all([article]))

    def extract_all(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        """One for each article, in order; the sentences of a batch of them are parsed together."""
        waiting = iter(articles)
        while batch := list(islice(waiting, BATCH)):
            read = [self._read(article) for article in batch]
            parsed = self._parsed([one for one in read if isinstance(one, _Draft)])
            for one in read:
                yield self._finished(one, next(parsed)) if isinstance(one, _Draft) else one

    def _read(self, article: Article) -> Extraction | _Draft:
        """What is understood of an article, or a draft where its grammar must be asked."""
        draft = self._doubted(self._draft(article))
        asks = self._nlp and (self._thorough or draft.asked)
        return draft if asks else self._finished(draft, None)

    def _doubted(self, draft: _Draft) -> _Draft:
        """The draft with the sentences whose grammar is asked: those with a doubtful trigger of a
        type of which the text would not tell the same by far, were the trigger what it seems.
        """
        doubtful = [one for one in draft.candidates if one.doubtful]
        if not doubtful or self._nlp is None:
            return draft
        weighed, unsure = self._weighed(draft, None), {one.ready.rule.id for one in doubtful}
        if self._weighing:
            sure = {one.type for one in weighed.types if one.margin >= SURE}
            unlikely = self._weighing.types - {one.type for one in weighed.types}
            unsure -= sure | unlikely
        asked = {one.sentence.span for one in doubtful if one.ready.rule.id in unsure}
        return replace(draft, asked=tuple(sorted(asked)), weighed=weighed)

    def _weighed(
        self, draft: _Draft, parse: Parse | None, told: list[TriggerReading] | None = None
    ) -> _Weighed:
        """`draft.weighed` where that stays as it was."""
        if draft.weighed and not draft.asked:
            return draft.weighed
        matches = borne_out(draft.candidates, self._statuses, draft.words, parse, told)
        if draft.weighed and draft.weighed.matches == matches:
            return draft.weighed
        if self._weighing is None or not matches:
            return _Weighed(matches, [])
        return _Weighed(matches, self._weighing.weighed(self._scanned(draft), matches))

    def explain(self, article: Article) -> Explained:
        """The same, with what was weighed on the way."""
        trace = _Trace([], [])
        draft = self._doubted(self._draft(article, trace))
        [parse] = self._parsed([draft])
        extraction = self._finished(draft, parse, trace)
        unknown = _unknown_names(draft.words, draft.mentions, self._nlp) if self._nlp else ()

        def there(span: Span) -> Span:
            return in_original(span, article.content, draft.read)

        names = [replace(one, span=there(one.span)) for one in trace.names]
        triggers = [
            replace(
                one, span=there(one.span), met=tuple((what, there(span)) for what, span in one.met)
            )
            for one in trace.triggers
        ]
        return Explained(
            extraction,
            tuple(sorted(names, key=lambda one: (one.span.start, -one.span.end, one.id))),
            tuple(sorted(triggers, key=lambda one: (one.span.start, one.rule))),
            tuple((there(span), label) for span, label in unknown),
        )

    def _draft(
        self, article: Article, trace: _Trace | None = None, *, every: bool = False
    ) -> _Draft:
        """`every`: look at all that is no foreign language and on no topic, concern us or not."""
        title_end = len(article.title) + 1 if article.title else 0
        read = cleaned(article.content[:LONGEST], title_end=title_end)
        title_end, words = read.place(title_end), words_of(read.text)
        if language := foreign_language(read.text):
            return _Draft(article, read, title_end, words, skipped=f"language: {language}")
        hits = self._lexicon.find(words)
        if not (self._thorough or every or self._concern(hits)):
            return _Draft(article, read, title_end, words)
        if parts := boilerplate(read.text, title_end=title_end):
            words = words_of(blanked(read.text, parts))
            hits = self._lexicon.find(words)
        day = utc_day(article.said_at)
        people = _people_of(words, self._nlp) if self._nlp else None
        told = trace.names if trace else None
        topic = self._topics.of(hits.keys)
        mentions, masked = self._names.find(words, hits, people, day, told, topic=topic)
        if topic:
            return _Draft(article, read, title_end, words, mentions)
        scenes = Scenes(words, hits.places, mentions, masked, title_end=title_end, day=day)
        candidates = self._patterns.candidates(
            scenes, hits.bits, trace.triggers if trace else None, thorough=self._thorough
        )
        return _Draft(article, read, title_end, words, mentions, tuple(candidates), scenes)

    def _concern(self, hits: Hits) -> bool:
        """Whether anything can come of a text: a name in it, or all that some pattern asks for."""
        if any(hit.payload.kind != "lookalike" for hit in hits.names):
            return True
        return self._patterns.possible(hits.bits)

    def _parsed(self, drafts: Sequence[_Draft]) -> Iterator[Parse | None]:
        if self._nlp is None:
            yield from (None for _ in drafts)
            return
        wanted = [draft.words.sentences if self._thorough else draft.asked for draft in drafts]
        places = [
            (draft.words.text, low, high)
            for draft, spans in zip(drafts, wanted, strict=True)
            for low, high in spans
        ]
        texts = [text[low:high].rstrip() for text, low, high in places]
        parsed = iter(self._nlp.grammar(texts, [low for _, low, _ in places]) if texts else [])
        for draft, spans in zip(drafts, wanted, strict=True):
            sentences = zip(spans, islice(parsed, len(spans)), strict=True)
            yield Parse([tokens for span, tokens in sentences if span in draft.asked])

    def _finished(
        self, draft: _Draft, parse: Parse | None, trace: _Trace | None = None
    ) -> Extraction:
        article, words, mentions = draft.article, draft.words, draft.mentions
        unread = max(0, len(article.content) - LONGEST)
        if not mentions and not draft.candidates:
            return Extraction(article.id, (), (), (), (), unread, draft.skipped)
        told = trace.triggers if trace else None
        weighed = self._weighed(draft, parse, told)
        reports = self._reports(weighed, words, told)
        found_events = (
            event_of(one, self._roles[one.type], words, mentions, parse) for one in reports
        )
        events = tuple(
            with_symbols(event, event_symbols(event, mentions, self._rules.exposures))
            for event in sorted(found_events, key=lambda one: (one.trigger.start, one.type))
        )
        claims = find_claims(draft.read.text, mentions, words, article.said_at, self._day_of)
        touched = exposures(mentions, events, draft.title_end, self._rules)
        found = Extraction(article.id, mentions, events, claims, touched, unread)
        return found if words.text == article.content else placed(found, article, draft.read)

    def study(self, article: Article) -> Studied:
        """What weights are learned from: the sentences of an article and what the rules meet."""
        draft = self._draft(article, every=True)
        doubtful = {one.sentence.span for one in draft.candidates if one.doubtful}
        [parse] = self._parsed([replace(draft, asked=tuple(sorted(doubtful)))])
        matches = borne_out(draft.candidates, self._statuses, draft.words, parse)
        return Studied(self._scanned(draft), matches, draft.read)

    def _scanned(self, draft: _Draft) -> list[Scanned]:
        if draft.scenes is None:
            return []
        year = utc_day(draft.article.said_at).year
        return self._scanner.scan(draft.scenes, draft.words, year)

    def _reports(
        self, weighed: _Weighed, words: Words, traced: list[TriggerReading] | None
    ) -> list[Report]:
        """The events of a text: what is weighed, and of types that have no weights what the rules
        say.
        """
        weighing, matches = self._weighing, weighed.matches
        told = [event for one in weighed.types for event in one.told]
        known = weighing.types if weighing else frozenset()
        by_rules = best_told(match for match in matches if match.ready.rule.id not in known)
        if traced is not None:
            reasons = {id(one): tuple(weighing.reasons(one)) for one in told if weighing}
            traced.extend(_readings(matches, told, by_rules, words, reasons))
        return [*(one.report for one in told), *(reported(match) for match in by_rules)]


def _readings(
    matches: Iterable[Match],
    weighed: Iterable[Told],
    by_rules: Iterable[Match],
    words: Words,
    reasons: Mapping[int, Sequence[str]],
) -> Iterator[TriggerReading]:
    """Why each match counts or does not, and what is told where the rules meet nothing."""

    def weights(one: Told) -> tuple[tuple[str, Span], ...]:
        span = quoted(one.place.item, words)
        what = [f"weighed {one.probability:.2f}", *reasons[id(one)]]
        return tuple((each, span) for each in what)

    chosen = {id(one.place.match): one for one in weighed if one.place.match}
    plain = {id(match) for match in by_rules}
    for match in matches:
        if id(match) in plain:
            yield match_reading(match, words, "")
        elif one := chosen.get(id(match)):
            reading = match_reading(match, words, "")
            yield replace(reading, status=one.status, met=(*reading.met, *weights(one)))
        else:
            yield match_reading(match, words, "is told better elsewhere, or outweighed")
    for one in weighed:
        if one.place.match is None:
            span = quoted(one.place.item, words)
            yield TriggerReading(span, one.report.rule, one.status, weights(one), "")


def _people_of(words: Words, nlp: Nlp) -> People:
    """Looks for people in a sentence when one of its names is in doubt, once."""
    known: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}

    def people(place: int) -> Sequence[tuple[int, int]]:
        low, high = words.sentence_of(place)
        if (low, high) not in known:
            found = nlp.names(words.text[low:high].rstrip())
            known[low, high] = tuple(
                (low + start, low + end) for start, end, label in found if label == "PERSON"
            )
        return known[low, high]

    return people


def _unknown_names(
    words: Words, mentions: Sequence[Mention], nlp: Nlp
) -> Iterator[tuple[Span, str]]:
    """Names of people and organisations that the rules do not know, with spaCy's label."""
    known = apart((mention.start, mention.end) for mention in mentions)
    for low, high in words.sentences:
        for start, end, label in nlp.names(words.text[low:high].rstrip()):
            place = (low + start, low + end)
            if label in ("PERSON", "ORG") and not touches(place, known):
                yield Span(words.text[slice(*place)], *place), label
