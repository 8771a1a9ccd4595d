"""What the documents show is run, so that it stays true."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.config import Tables
from monitor.deliver.judge import check_examples
from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.extract.rule_texts import check_texts
from monitor.rules import load_rules, shipped_rules

ROOT = Path(__file__).parent.parent
TOML = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_worked_example_of_the_rules_page_works(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    blocks = TOML.findall(page)
    assert len(blocks) == 4
    (tmp_path / "mine.toml").write_text("\n".join(blocks), encoding="utf-8")
    rules = load_rules([shipped_rules(), tmp_path])
    assert {"acme-minerals", "jane-roe"} <= set(rules.entities)
    assert "mine-strike" in rules.events
    assert check_texts(Extractor(rules, load_nlp()), rules) == []
    assert check_examples(rules) == []


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
