"""What the documents show is run, so that it stays true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.cli import run
from monitor.commands.rules import _language
from monitor.config import Tables
from monitor.deliver.judge import judge_example
from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.rules import load_rules, shipped_rules
from monitor.rules.checks import check_rules
from monitor.rules.trials import only, try_examples, try_texts
from tests.readers import shipped

ROOT = Path(__file__).parent.parent
RULES = ROOT / "docs" / "rules.md"


def blocks(page: Path, kind: str) -> list[str]:
    fenced = re.compile(rf"^```{kind}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return fenced.findall(page.read_text(encoding="utf-8"))


def test_the_worked_examples_of_the_rules_page_work(tmp_path: Path) -> None:
    """Their texts come out, and the check finds nothing in them beside the shipped rules."""
    (tmp_path / "mine.toml").write_text("\n".join(blocks(RULES, "toml")), encoding="utf-8")
    ours, rules = shipped(), load_rules([shipped_rules(), tmp_path])
    own = (set(rules.entities) | set(rules.events) | set(rules.alerts)) - {
        *(set(ours.entities) | set(ours.events) | set(ours.alerts))
    }
    assert own == {
        *("acme-minerals", "john-doe-smith", "jane-roe", "minerals-security-act"),
        *("mine-strike", "strikes"),
    }
    assert {"pit-workers"} == set(rules.words) - set(ours.words)
    assert {"strike-called-off"} == set(rules.cues) - set(ours.cues)
    plain = Extractor(rules, None)
    for reader in (plain, plain.reading(load_nlp())):
        assert [str(one) for one in try_texts(reader, only(rules, own))] == []
    judged = try_examples(
        only(rules, own), lambda rule, one, fires: "" if judge_example(rule, one) is fires else "x"
    )
    assert list(judged) == []
    before = set(check_rules(ours, _language()))
    assert [one for one in check_rules(rules, _language()) if one not in before] == []


def test_the_check_tells_what_the_rules_page_says_it_tells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mistaken,), (told,) = blocks(RULES, "toml mistaken"), blocks(RULES, "told")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text(mistaken, encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(
        '[rules]\nshipped = false\nfolders = ["rules"]\n[watch]\nsymbols = ["MP"]\n',
        encoding="utf-8",
    )
    assert run(["rules", "check", "--no-texts", "--config", str(config)]) == 1
    assert capsys.readouterr().err.replace(f"{tmp_path}/rules/", "") == told


def test_the_configuration_page_names_every_key() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    missing = [
        f"{table}.{key}"
        for table, field in Tables.model_fields.items()
        for key in _keys(field.annotation)
        if f"[{table}]" not in page or f"`{key}`" not in page
    ]
    assert missing == []


def _keys(kind: object) -> set[str]:
    if isinstance(kind, type) and hasattr(kind, "model_fields"):
        return set(kind.model_fields)
    return {key for inner in getattr(kind, "__args__", ()) for key in _keys(inner)}


def test_the_makefile_explains_each_of_its_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    told = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert told == set(phony[1].split())
