"""Names and words that are not written as texts are read, and so are never found."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from monitor.rules import RuleSet
from monitor.rules.checks.findings import Finding
from monitor.rules.entities import Alias, Entity
from monitor.rules.references import PATTERN_KEYS, members

DASHES = "\u2013\u2014\u2015"  # no hyphens: they part what they stand between
UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
WORDS = ("wordlist", "cue", "event")  # tables whose members are words, not names
# (table, entry, key, text) of what is looked for
Looked = tuple[str, str, str, str]


def odd_writing(rules: RuleSet) -> Iterator[Finding]:
    for table, entry, key, text in _texts(rules):
        told = odd(text)
        if told is None and table in WORDS and len(text) == 1 and text.isalnum():
            told = "is a word of one letter, which means little", "write the phrase it is of", False
        if told:
            what, mend, never = told
            yield Finding(
                "never-counts" if never else "characters",
                "error" if never else "warning",
                table,
                entry,
                key,
                f"{text!r} {what}",
                mend,
            )


def odd(text: str) -> tuple[str, str, bool] | None:
    """(what is odd, what to do, whether it is never found so); None: nothing."""
    if any(unicodedata.category(char) in UNSEEN and char != "\u00ad" for char in text):
        return "holds a line end, tab or character that is not seen", "type it anew", True
    if unicodedata.normalize("NFC", text) != text:
        return "has accents of their own (not Unicode NFC)", "write letter and accent as one", True
    if "  " in text:
        return "has two spaces together", "write one", True
    if len(text.lower()) != len(text):
        return "has a capital whose small letter is two characters", "add it in small letters", True
    if " -" in text or "- " in text or "--" in text:
        return (
            "has a hyphen with a space or a hyphen beside it",
            "write one hyphen or a space",
            False,
        )
    if any(dash in text for dash in DASHES):
        return "has a dash, which is no hyphen and found only as it stands", "write a hyphen", False
    return None


def _texts(rules: RuleSet) -> Iterator[Looked]:
    for entity in rules.entities.values():
        for key, text in _of_entity(entity):
            yield "entity", entity.id, key, text
    for group in rules.lookalikes.values():
        for number, name in enumerate(group.names):
            yield "lookalikes", group.id, f"names.{number}", name
    for table, listed in (("wordlist", rules.words), ("cue", rules.cues)):
        for rule in listed.values():
            for number, word in enumerate(rule.words):
                yield from _of_member(table, rule.id, f"words.{number}", word)
    for event in rules.events.values():
        for number, pattern in enumerate(event.patterns):
            for key in PATTERN_KEYS:
                for word in members(getattr(pattern, key)):
                    yield from _of_member("event", event.id, f"patterns.{number}.{key}", word)


def _of_member(table: str, entry: str, key: str, word: str) -> Iterator[Looked]:
    if word[0] not in "#@":
        yield table, entry, key, word.removeprefix("=")


def _of_entity(entity: Entity) -> Iterator[tuple[str, str]]:
    for number, alias in enumerate(entity.aliases):
        one = Alias(text=alias) if isinstance(alias, str) else alias
        yield f"aliases.{number}", one.text
        for word in (*one.needs, *one.refuse):
            if word[0] not in "#@":
                yield f"aliases.{number}", word.removeprefix("=")
    for key, texts in (
        ("short", entity.short),
        ("tickers", entity.tickers),
        ("capital", entity.capital),
    ):
        for number, text in enumerate(texts):
            yield f"{key}.{number}", text
    for number, office in enumerate(entity.offices):
        for place, title in enumerate(office.titles):
            yield f"offices.{number}.titles.{place}", title
