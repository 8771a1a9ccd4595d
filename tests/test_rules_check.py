"""Offices, exposures, texts; what is accepted; the shipped rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.commands.rules import _language
from monitor.rules.checks import CHECKS, check_rules
from tests.readers import shipped
from tests.rule_files import STRIKE, entity, exposure, findings, told

# ---------------------------------------------------------------------------------- offices


def person(identity: str, *offices: str) -> str:
    return entity(
        identity,
        f'aliases = ["{identity} Zorb"]',
        *(f'[[entity.offices]]\ntitles = ["pit chief"]\n{office}' for office in offices),
        kind="person",
    )


def dated(since: str, until: str = "", more: str = "") -> str:
    return f"since = {since}\n" + (f"until = {until}\n" if until else "") + more


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (dated("2020-01-01", "2021-01-01"), dated("2021-01-01"), []),
        (
            dated("2020-01-01", "2021-01-02"),
            dated("2021-01-01"),
            [("term-overlap", "error", "offices.0")],
        ),
        (dated("2020-01-01"), dated("2021-01-01"), [("term-overlap", "error", "offices.0")]),
        (
            dated("2020-01-01", "2021-01-01"),
            dated("2021-03-01"),
            [("vacancy", "warning", "offices.0.since")],
        ),
        (dated("2020-01-01", "2021-01-01"), dated("2021-01-20"), []),
        (
            dated("2020-01-01", more='needs = ["ore"]'),
            dated("2021-01-01", more='needs = ["coal"]'),
            [],
        ),
        (
            dated("2020-01-01", more='needs = ["ore"]'),
            dated("2021-01-01"),
            [("term-overlap", "warning", "offices.0")],
        ),
        (
            dated("2020-01-01", "2021-01-01"),
            dated("2021-01-01", "2020-01-01"),
            [("never-counts", "error", "offices.0.until")],
        ),
    ],
)
def test_terms_of_two_people(
    tmp_path: Path, first: str, second: str, wanted: list[tuple[str, str, str]]
) -> None:
    found = told(tmp_path, person("ann", first), person("bob", second))
    assert found == [(check, severity, "bob", key) for check, severity, key in wanted]


def test_terms_of_one_person_and_titles_said_twice(tmp_path: Path) -> None:
    twice = person("ann", dated("2020-01-01", "2022-01-01"), dated("2021-01-01"))
    assert told(tmp_path, twice) == [("term-overlap", "warning", "ann", "offices.1")]
    assert told(tmp_path, twice.replace("2022", "2021")) == []
    titles = person("ann", dated("2020-01-01")).replace('"pit chief"', '"pit chief", "pit-chief"')
    assert told(tmp_path, titles) == [("repeat", "warning", "ann", "offices.0.titles.1")]


def test_an_overlap_of_several_titles_is_told_once(tmp_path: Path) -> None:
    two = [person(name, dated("2020-01-01")) for name in ("ann", "bob")]
    more = [one.replace('"pit chief"', '"pit chief", "chief of pits"') for one in two]
    assert len(findings(tmp_path, *more)) == 1


# -------------------------------------------------------------------------------- exposures


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([exposure('"ore"', 0.5), exposure('"pit"', 0.2)], []),
        ([exposure('"ore"', 0.5), exposure('"pit", "ore"', 0.2)], [("error", "1", "to.1")]),
        ([exposure('"ore"', 0.5), exposure('"ore"', 0.5)], [("warning", "1", "to.0")]),
        ([exposure('"ore", "ore"', 0.5)], [("warning", "0", "to.1")]),
        ([exposure('"one"', 0.5)], [("warning", "0", "to.0")]),
    ],
)
def test_exposures_that_say_a_thing_twice(
    tmp_path: Path, rows: list[str], wanted: list[tuple[str, str, str]]
) -> None:
    listed = [
        entity("one", 'symbol = "ZRB"'),
        entity("ore", 'aliases = ["zorbite"]', kind="material"),
        entity("pit", 'aliases = ["Zorb Pit"]', kind="place"),
    ]
    found = told(tmp_path, *listed, *rows)
    assert found == [("exposure", *one) for one in wanted]


# ------------------------------------------------------------------------------------ texts


def test_texts_that_contradict_one_another_or_are_missing(tmp_path: Path) -> None:
    one = entity("one", 'aliases = ["Zorbex"]')
    against = one.replace("one it is not.", "one it is.")
    assert told(tmp_path, against) == [("texts", "error", "one", "no_match.0")]
    twice = one.replace('["one it is."]', '["one it is.", "one it is."]')
    assert told(tmp_path, twice) == [("repeat", "warning", "one", "match.1")]
    none = one.replace('no_match = ["one it is not."]', "")
    assert told(tmp_path, none) == [("lookalike-texts", "warning", "one", "no_match")]
    both = STRIKE.replace(
        '"occurred" }', '"occurred" }, { text = "Men strike.", status = "denied" }'
    )
    assert told(tmp_path, both) == []  # a text may report an event twice


def test_a_look_alike_text_of_an_event_has_a_trigger_of_it(tmp_path: Path) -> None:
    assert told(tmp_path, STRIKE) == []
    unlike = STRIKE.replace("A strike of luck.", "A stroke of luck.")
    assert told(tmp_path, unlike) == [("lookalike-texts", "warning", "strike", "no_match")]
    by_entity = unlike.replace('nouns = ["strike"]', 'phrases = ["#one"]')
    assert told(tmp_path, by_entity, entity("one", 'aliases = ["Zorbex"]')) == []


# ------------------------------------------------------------------------------------ whole


def test_the_shipped_rules_have_no_error() -> None:
    found = check_rules(shipped(), _language())
    assert [one for one in found if one.severity == "error"] == []


def test_every_check_is_described() -> None:
    page = (Path(__file__).parent.parent / "docs" / "rules.md").read_text(encoding="utf-8")
    assert [name for name in CHECKS if f"| `{name}` |" not in page] == []


def test_what_is_accepted_must_be_there(tmp_path: Path) -> None:
    ore = entity("ore", 'aliases = ["zorbite"]\naccept = ["repeat"]', kind="material")
    owner = entity("one", 'symbol = "ZRB"')
    row = exposure('"ore"', 0.5) + '\naccept = ["exposure"]'
    assert told(tmp_path, ore, owner, row) == [
        ("unused", "warning", "ore", "accept.0"),
        ("unused", "warning", "0", "accept.0"),
    ]
    again = exposure('"ore"', 0.5)
    assert told(tmp_path, ore.replace("accept", "# accept"), owner, row, again) == []


def test_an_error_cannot_be_accepted(tmp_path: Path) -> None:
    both = [entity(name, 'aliases = ["Zorbex"]\naccept = ["collision"]') for name in ("a1", "b1")]
    found = [(one.check, one.severity) for one in findings(tmp_path, *both)]
    assert found == [("collision", "error"), *[("unused", "warning")] * 2]
