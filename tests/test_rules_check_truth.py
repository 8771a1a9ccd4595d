"""What the check says can never count does not count in the program either, and the rest does."""

from __future__ import annotations

import json
import random
import unicodedata
from pathlib import Path

import pytest

from monitor.extract.extractor import Extractor
from monitor.rules.trials import article_of
from tests.rule_files import Told, entity, event, lookalikes, rules_in, told


def found(tmp_path: Path, text: str, *parts: str) -> set[str]:
    """The entities and event types that a text has by these rules."""
    read = Extractor(rules_in(tmp_path, *parts), None).extract(article_of(text))
    return {mention.id for mention in read.mentions} | {one.type for one in read.events}


def never(findings: Told) -> set[str]:
    return {entry for check, _, entry, _ in findings if check == "never-counts"}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("Zorb\u2019s Ore", True),
        ("Zorb's Ore", True),
        ("zorb\u2019s ore", True),
        ("Zorb  Ex", False),
        ("Zorb Ex", True),
        ("Zorbe\u0301 Ore", False),
        ("Zorb\u00e9 Ore", True),
        ("Zorb\u200bEx", False),
        ("\u0130zorb Ore", False),
        ("Zorb-Ex", True),
        (" Zorb Ex ", True),
        ("Zorb\u2013Ex", True),
    ],
)
def test_names(tmp_path: Path, name: str, counts: bool) -> None:
    one = entity("one", f"aliases = [{json.dumps(name)}]")
    # as texts are when they are read: letters whole, nothing unseen, spaces single
    written = unicodedata.normalize("NFC", name).strip().replace("  ", " ").replace("\u200b", "")
    assert found(tmp_path, f"Shares of {written} rose.", one) == ({"one"} if counts else set())
    assert never(told(tmp_path, one)) == (set() if counts else {"one"})


@pytest.mark.parametrize(
    ("parts", "counts"),
    [
        ([entity("one", 'aliases = ["Zorbex"]'), lookalikes("Zorbex")], False),
        ([entity("one", 'aliases = ["Zorbex"]'), lookalikes("zorbex")], False),
        ([entity("one", 'aliases = ["Zorbex"]'), lookalikes("ZORBEX")], True),
        (
            [entity("one", 'aliases = [{ text = "Zorbex", needs = ["mine"], refuse = ["mine"] }]')],
            False,
        ),
        ([entity("one", 'aliases = [{ text = "Zorbex", needs = ["mine"] }]')], True),
        (
            [
                entity("one", 'aliases = [{ text = "Zorbex", needs = ["#two"] }]'),
                entity("two", 'aliases = [{ text = "Korvax", needs = ["#one"] }]'),
            ],
            False,
        ),
        (
            [
                entity("one", 'aliases = [{ text = "Zorbex", needs = ["#two"] }]'),
                entity("two", 'aliases = [{ text = "Korvax", needs = ["#one", "mine"] }]'),
            ],
            True,
        ),
    ],
)
def test_conditions(tmp_path: Path, parts: list[str], counts: bool) -> None:
    assert ("one" in found(tmp_path, "Zorbex and Korvax own a mine.", *parts)) is counts
    assert ("one" in never(told(tmp_path, *parts))) is not counts


@pytest.mark.parametrize(
    ("pattern", "counts"),
    [
        ('nouns = ["=strike of"]', True),
        ('phrases = ["=strike of"]', True),
        ('nouns = ["strike"]\nneeds = [[]]', False),
        ('nouns = ["strike"]\nneeds = [["miner"]]', True),
        ('nouns = ["strike"]\nneeds = [["miner"]]\nrefuse = ["miner"]', False),
        ('nouns = ["strike"]\nneeds = [["miner"]]\nrefuse_context = ["miner"]', False),
        ('nouns = ["strike"]\nrefuse_context = ["strike"]', False),
        ('nouns = ["strike"]\nrefuse = ["strike"]', True),
        ('nouns = ["strike"]\ncontext = [["miner"]]\nrefuse = ["crew"]', True),
    ],
)
def test_patterns(tmp_path: Path, pattern: str, counts: bool) -> None:
    rule = event("walkout", pattern)
    text = "The strike of the miners began on Monday."
    assert found(tmp_path, text, rule) == ({"walkout"} if counts else set())
    assert never(told(tmp_path, rule)) == (set() if counts else {"walkout"})


WORDS = ("pit", "crew", "mine", "ore", "talks")
SETTINGS = ("", "weak = true", "score = 0.9", 'status = "considered"', "near = 2", "near = 4")


def any_pattern(chance: random.Random) -> str:
    """A pattern of few words, so that one in a few covers another."""

    def some(most: int) -> str:
        return json.dumps(chance.sample(WORDS, chance.randint(1, most)))

    lines = [f"nouns = {json.dumps(chance.choice((['strike'], ['halt'], ['strike', 'halt'])))}"]
    for key in ("needs", "before", "after", "context"):
        if chance.random() < 0.3:
            lines.append(f"{key} = [{some(4)}]")
    for key in ("refuse", "refuse_context"):
        if chance.random() < 0.2:
            lines.append(f"{key} = {some(1)}")
    return "\n".join([*lines, chance.choice(SETTINGS)])


def any_text(chance: random.Random) -> str:
    words = [chance.choice((*WORDS, "strike", "halt", "the", "now")) for _ in range(9)]
    return f"{' '.join(words[:5])}. The {' '.join(words[5:])}.".capitalize()


@pytest.mark.parametrize("seed", range(40))
def test_a_covered_pattern_can_go_and_nothing_changes(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    patterns = [any_pattern(chance) for _ in range(5)]
    texts = [any_text(chance) for _ in range(60)]

    def events(kept: list[str]) -> list[set[tuple[int, str]]]:
        rule = event("walkout", "\n[[event.patterns]]\n".join(kept))
        reader = Extractor(rules_in(tmp_path, rule), None)
        read = (reader.extract(article_of(text)).events for text in texts)
        return [{(one.sentence[0], one.status) for one in found} for found in read]

    rule = event("walkout", "\n[[event.patterns]]\n".join(patterns))
    covered = {int(key[9:]) for check, _, _, key in told(tmp_path, rule) if check == "covered"}
    kept = [pattern for number, pattern in enumerate(patterns) if number not in covered]
    assert events(kept) == events(patterns)
