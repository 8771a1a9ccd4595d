"""The texts that rules carry, as far as they can be judged without running them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding, Language
from monitor.rules.events import EventRule


def text_mistakes(rules: RuleSet, language: Language) -> Iterator[Finding]:
    """Texts said twice or against themselves, and look-alikes that are missing or like nothing."""
    for entity in rules.entities.values():
        yield from _twice("entity", entity.id, entity.match, entity.no_match)
        if not entity.no_match:
            what = "has no text that looks like it and does not mean it"
            mend = "give it `no_match`: a sentence with a namesake, or with its words by chance"
            yield Finding("lookalike-texts", "warning", "entity", entity.id, "no_match", what, mend)
    for rule in rules.events.values():
        yield from _twice("event", rule.id, [one.text for one in rule.match], rule.no_match)
        yield from _like_nothing(rule, rules, language)


def _twice(
    table: str, entry: str, match: Sequence[str], no_match: Sequence[str]
) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for key, texts in (("match", match), ("no_match", no_match)):
        for number, text in enumerate(texts):
            before = seen.setdefault(text, f"{key}.{number}")
            place = f"{key}.{number}"
            if before == place:
                continue
            against = key == "no_match" and before.startswith("match.")
            if against:
                what = f"{text!r} is in `match` as well ({before})"
                yield Finding("texts", "error", table, entry, place, what, "decide for one")
            elif table == "entity" or key == "no_match":
                what = f"{text!r} stands twice ({before})"
                yield Finding("repeat", "warning", table, entry, place, what, "take it out")


def _like_nothing(rule: EventRule, rules: RuleSet, language: Language) -> Iterator[Finding]:
    """No look-alike of an event has a trigger of it: so none shows that a trigger is not enough."""
    triggers: set[str] = set()
    for pattern in rule.patterns:
        for words, forms in (
            (pattern.verbs, language.verb_forms),
            (pattern.nouns, language.noun_forms),
            (pattern.phrases, language.word_forms),
        ):
            for word in words:
                if word[0] in "#@":
                    return  # an entity or a list: only reading tells whether it stands there
                triggers.update(language.fold(form) for form in forms(word.removeprefix("=")))
    told = [f" {re.sub(r'[^a-z0-9]+', ' ', language.fold(text))} " for text in rule.no_match]
    if not any(f" {trigger} " in text for trigger in triggers for text in told):
        what = "none of its look-alike texts has a trigger of it, so they show nothing"
        mend = "add a text to `no_match` that has a trigger and means something else"
        yield Finding("lookalike-texts", "warning", "event", rule.id, "no_match", what, mend)
