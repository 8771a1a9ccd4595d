"""Every shipped rule finds what its texts say it must, and nothing in its look-alikes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.extract.rule_texts import check_texts
from monitor.rules import RuleSet, load_rules, shipped_rules
from monitor.rules.events import EventText


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules([shipped_rules()])


@pytest.mark.parametrize("parsed", [True, False])
def test_shipped_rules_hold(rules: RuleSet, parsed: bool) -> None:
    assert check_texts(Extractor(rules, load_nlp() if parsed else None), rules) == []


def test_every_country_and_every_type_is_there(rules: RuleSet) -> None:
    countries = [identity for identity in rules.entities if identity.startswith("country-")]
    assert len(countries) == 249  # ISO 3166-1
    assert len(rules.events) == 17
    assert all(entity.match for entity in rules.entities.values())
    named = [e for e in rules.entities.values() if e.type != "country"]
    assert all(entity.no_match for entity in named)


def test_a_text_that_fails_is_told(rules: RuleSet) -> None:
    entity, event = rules.entities["lynas"], rules.events["tariff"]
    wrong = replace(
        rules,
        entities={
            "lynas": entity.model_copy(
                update={"match": ("Nothing here.",), "no_match": ("Lynas rose.",)}
            )
        },
        events={
            "tariff": event.model_copy(
                update={
                    "match": (EventText(text="Nothing here.", status="occurred"),),
                    "no_match": ("Trump imposed a 25% tariff on goods from Mexico.",),
                }
            )
        },
    )
    told = check_texts(Extractor(rules, None), wrong)
    assert told == [
        "entity lynas: not found in 'Nothing here.'",
        "entity lynas: found in 'Lynas rose.'",
        "event tariff: occurred wanted, nothing found in 'Nothing here.'",
        "event tariff: occurred found in 'Trump imposed a 25% tariff on goods from Mexico.'",
    ]


def test_a_member_that_stands_for_nothing_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        """
[[event]]
id = "strike"
name = "Strike"
match = [{ text = "Miners went on strike.", status = "occurred" }]
no_match = ["Lightning struck."]
[[event.patterns]]
nouns = ["strike"]
needs = [["#nobody", "@company"], ["@unknown"]]
""",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_rules([shipped_rules(), tmp_path])
    assert [(one.key, one.what) for one in caught.value.mistakes] == [
        ("event.0.patterns.0.needs", "'#nobody' is not defined"),
        ("event.0.patterns.0.needs", "'@unknown' is not defined"),
    ]
