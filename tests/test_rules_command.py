"""monitor rules check and monitor rules test: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import run

GOOD = """
[[entity]]
id = "zorbex"
type = "company"
name = "Zorbex"
symbol = "ZRB"
aliases = ["Zorbex"]
match = ["Zorbex rose."]
no_match = ["Nothing rose."]
"""
WARNED = GOOD.replace('["Zorbex"]', '["Zorbex", "Target"]')
CLASH = """
[[entity]]
id = "other"
type = "company"
name = "Other"
aliases = ["Zorbex"]
match = ["Zorbex fell."]
no_match = ["Nothing fell."]
"""
FAILING = GOOD.replace("Zorbex rose.", "Korvax rose.")
ALERT = """
[[alert]]
id = "big"
on = "story"
severity = "info"
title = "{symbol}"
min_exposure = 0.5
match = [{ exposure = 0.2 }]
no_match = [{ exposure = 0.9 }, { verdict = "explained" }]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    (tmp_path / "rules").mkdir()
    path.write_text(
        '[rules]\nshipped = false\nfolders = ["rules"]\n[watch]\nsymbols = ["ZRB"]\n',
        encoding="utf-8",
    )
    return path


def with_rules(config: Path, *parts: str) -> list[str]:
    """The end of a command line that looks at these rules."""
    (config.parent / "rules" / "mine.toml").write_text("".join(parts), encoding="utf-8")
    return ["--config", str(config)]


@pytest.mark.parametrize(
    ("rules", "status", "strict", "summary"),
    [
        (GOOD, 0, 0, "no mistakes"),
        (WARNED, 0, 1, "0 errors, 1 warning"),
        (GOOD + CLASH, 1, 1, "1 error, 0 warnings"),
        (FAILING, 1, 1, "1 error, 0 warnings"),
        ("[[entity]\n", 2, 2, ""),
    ],
)
def test_how_a_check_ends(
    config: Path,
    rules: str,
    status: int,
    strict: int,
    summary: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = with_rules(config, rules)
    assert run(["rules", "check", *where]) == status
    assert capsys.readouterr().out.strip().endswith(summary)
    assert run(["rules", "check", "--strict", *where]) == strict


def test_a_check_without_texts_runs_none(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "check", "--no-texts", *with_rules(config, FAILING)]) == 0
    assert "no mistakes (texts not run)" in capsys.readouterr().out


def checked(config: Path, capsys: pytest.CaptureFixture[str], *parts: str) -> dict[str, Any]:
    run(["rules", "check", "--json", *with_rules(config, *parts)])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_check_as_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = checked(config, capsys, WARNED, CLASH)
    assert (document["errors"], document["warnings"]) == (1, 1)
    assert document["rules"] == {"entities": 2, "events": 0, "exposures": 0, "alerts": 0}
    file = str(config.parent / "rules" / "mine.toml")
    places = [
        tuple(one[key] for key in ("severity", "check", "file", "line", "key", "table", "id"))
        for one in document["findings"]
    ]
    assert places == [
        ("error", "collision", file, 15, "entity.1.aliases.0", "entity", "other"),
        ("warning", "too-common", file, 7, "entity.0.aliases.1", "entity", "zorbex"),
    ]
    assert all(one["what"] and one["mend"] for one in document["findings"])


def test_a_file_that_cannot_be_read_as_json(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = checked(config, capsys, GOOD.replace('"company"', '"firm"'))
    assert (document["errors"], document["rules"]) == (1, None)
    (finding,) = document["findings"]
    assert (finding["check"], finding["key"]) == ("file", "entity.0.type")


def test_an_exposure_has_a_place_and_no_id(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = '[[exposure]]\nsymbol = "ZRB"\nto = ["zorbex"]\nweight = 0.5\n'
    (finding,) = checked(config, capsys, GOOD, row)["findings"]
    assert (finding["key"], finding["line"], finding["id"]) == ("exposure.0.to.0", 12, None)


def test_many_findings_of_a_kind_are_told_in_short(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few, clashes = ([CLASH.replace("other", f"other{n}") for n in range(size)] for size in (3, 25))
    run(["rules", "check", "--no-texts", *with_rules(config, GOOD, *few)])
    assert "more" not in capsys.readouterr().err
    where = with_rules(config, GOOD, *clashes)
    run(["rules", "check", "--no-texts", *where])
    short = capsys.readouterr().err
    assert short.count("[collision]: ") == 20
    assert "more errors [collision]; --all prints them" in short
    run(["rules", "check", "--no-texts", "--all", *where])
    assert capsys.readouterr().err.count("[collision]: ") > 20


def test_texts_are_not_run_where_word_lists_are_beyond_measure(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ", ".join(f'"w{number}x"' for number in range(21_000))
    event = (
        f'[[wordlist]]\nid = "w"\nwords = [{words}]\n'
        '[[event]]\nid = "strike"\nname = "Strike"\nno_match = ["A strike of luck."]\n'
        'match = [{ text = "Nothing.", status = "occurred" }]\n'
        '[[event.patterns]]\nnouns = ["strike"]\nneeds = [["@w"]]\n'
    )
    document = checked(config, capsys, event)
    assert [one["check"] for one in document["findings"]] == ["expansion"]


def test_trying_some_rules(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = with_rules(config, FAILING, CLASH.replace("Zorbex", "Korvax"))
    assert run(["rules", "test", *where]) == 1
    told = capsys.readouterr()
    assert told.err == (
        "entity zorbex: match.0: wanted it, found other ('Korvax') in 'Korvax rose.'\n"
    )
    assert told.out == "1 texts did not come out as their rule says\n"
    assert run(["rules", "test", "--rule", "other", *where]) == 0
    assert capsys.readouterr().out == "all pass\n"
    assert run(["rules", "test", "--rule", "other", "--rule", "zorbex", *where]) == 1
    capsys.readouterr()
    assert run(["rules", "test", "--rule", "zorbx", *where]) == 2
    assert "did you mean 'zorbex'?" in capsys.readouterr().err


def test_trying_rules_as_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "test", "--json", *with_rules(config, FAILING)]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {
            "table": "entity",
            "entry": "zorbex",
            "key": "match.0",
            "text": "Korvax rose.",
            "wanted": "it",
            "found": "nothing",
        }
    ]
    assert run(["rules", "test", "--json", *with_rules(config, GOOD)]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_signals_of_an_alert_rule_are_told_with_what_decided(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "test", *with_rules(config, ALERT)]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "alert big: match.0: wanted an alert, found none: min_exposure 0.20, not at least 0.50",
        "alert big: no_match.0: wanted none, found one: every condition holds",
    ]
    moves = ALERT.replace("exposure = 0.2", 'verdict = "explained"').replace("0.9", "0.1")
    assert run(["rules", "test", *with_rules(config, moves)]) == 1
    told = "alert big: match.0: wanted an alert, found none: it looks at a story only\n"
    assert capsys.readouterr().err == told
