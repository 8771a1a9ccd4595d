"""Every shipped rule finds what its texts say it must, and nothing in its look-alikes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.rules import RuleSet, load_rules, shipped_rules
from monitor.rules.events import EventText
from monitor.rules.trials import Failure, only, try_examples, try_texts
from tests import readers


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return readers.shipped()


@pytest.mark.parametrize("parsed", [True, False])
def test_shipped_rules_hold(rules: RuleSet, parsed: bool) -> None:
    reader = readers.parsed() if parsed else readers.plain()
    assert [str(failure) for failure in try_texts(reader, rules)] == []


def test_every_country_and_every_type_is_there(rules: RuleSet) -> None:
    countries = [identity for identity in rules.entities if identity.startswith("country-")]
    assert len(countries) == 249  # ISO 3166-1
    assert len(rules.events) == 17
    assert all(entity.match for entity in rules.entities.values())
    named = [e for e in rules.entities.values() if e.type != "country"]
    assert all(entity.no_match for entity in named)


def test_a_text_that_fails_is_told_with_what_was_found_instead(rules: RuleSet) -> None:
    entity, event = rules.entities["lynas"], rules.events["tariff"]
    tariffs = "Trump imposed a 25% tariff on goods from Mexico."
    wrong = replace(
        rules,
        entities={
            "lynas": entity.model_copy(
                update={"match": ("Nothing here.", "Tesla rose."), "no_match": ("Lynas rose.",)}
            )
        },
        events={
            "tariff": event.model_copy(
                update={
                    "match": (
                        EventText(text="Nothing here.", status="occurred"),
                        EventText(text=tariffs, status="denied"),
                    ),
                    "no_match": (tariffs,),
                }
            )
        },
    )
    failures = list(try_texts(readers.plain(), wrong))
    assert [(one.entry, one.key, one.text, one.wanted) for one in failures] == [
        ("lynas", "match.0", "Nothing here.", "it"),
        ("lynas", "match.1", "Tesla rose.", "it"),
        ("lynas", "no_match.0", "Lynas rose.", "nothing"),
        ("tariff", "match.0", "Nothing here.", "occurred"),
        ("tariff", "match.1", tariffs, "denied"),
        ("tariff", "no_match.0", tariffs, "nothing"),
    ]
    found = [one.found for one in failures]
    assert found[:4] == ["nothing", "tesla ('Tesla')", "it as 'Lynas'", "nothing"]
    for told in found[4:]:
        assert re.fullmatch(r"tariff occurred \(tariff\.\d+, 'tariff'\)(, .*)?", told)
    assert str(failures[1]) == (
        "entity lynas: match.1: wanted it, found tesla ('Tesla') in 'Tesla rose.'"
    )


def test_a_signal_that_fails_is_told_with_the_reason(rules: RuleSet) -> None:
    told = list(try_examples(rules, lambda rule, example, fires: "" if fires else "one: it fires"))
    assert {(one.wanted, one.found, one.text) for one in told} == {("none", "one: it fires", "")}
    first = next(iter(rules.alerts.values()))
    assert told[0] == Failure("alert", first.id, "no_match.0", "", "none", "one: it fires")
    assert str(told[0]) == f"alert {first.id}: no_match.0: wanted none, found one: it fires"


def test_some_rules_are_tried_alone(rules: RuleSet) -> None:
    some = only(rules, {"tariff", "lynas"})
    assert (list(some.entities), list(some.events), list(some.alerts)) == (
        ["lynas"],
        ["tariff"],
        [],
    )
    assert some.words == rules.words


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
needs = [["#nobody", "@company"], ["@nothing"]]
""",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_rules([shipped_rules(), tmp_path])
    assert [(one.key, one.what) for one in caught.value.mistakes] == [
        ("event.0.patterns.0.needs", "'#nobody' is not defined"),
        ("event.0.patterns.0.needs", "'@nothing' is not defined"),
    ]
