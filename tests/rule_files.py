"""Rule files of a few lines, and what `monitor rules check` tells of them."""

from __future__ import annotations

from pathlib import Path

from monitor.commands.rules import _language
from monitor.rules import RuleSet, load_rules
from monitor.rules.checks import Finding, check_rules

# where it does not matter what the rules are: few are read in no time
FEW = """
[[entity]]
id = "mp-materials"
type = "company"
name = "MP Materials"
symbol = "MP"
aliases = ["MP Materials"]
match = ["MP Materials rose."]
no_match = ["The MP rose."]
"""
Told = list[tuple[str, str, str, str]]  # check, severity, id, key


def rules_in(tmp_path: Path, *parts: str) -> RuleSet:
    folder = tmp_path / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text("\n".join(parts), encoding="utf-8")
    return load_rules([folder])


def findings(tmp_path: Path, *parts: str) -> list[Finding]:
    return check_rules(rules_in(tmp_path, *parts), _language())


def told(tmp_path: Path, *parts: str) -> Told:
    return [(one.check, one.severity, one.entry, one.key) for one in findings(tmp_path, *parts)]


def entity(identity: str, *lines: str, kind: str = "company") -> str:
    return "\n".join(
        [
            f'[[entity]]\nid = "{identity}"\ntype = "{kind}"\nname = "{identity}"',
            f'match = ["{identity} it is."]\nno_match = ["{identity} it is not."]',
            *lines,
        ]
    )


def event(identity: str, *lines: str) -> str:
    head = f'[[event]]\nid = "{identity}"\nname = "{identity}"\n'
    texts = (
        'match = [{ text = "Men strike.", status = "occurred" }]\nno_match = ["A strike of luck."]'
    )
    return head + texts + "\n[[event.patterns]]\n" + "\n".join(lines)


STRIKE = event("strike", 'nouns = ["strike"]')


def lookalikes(*names: str) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f'[[lookalikes]]\nid = "others"\nnames = [{listed}]'


def cue(identity: str, status: str, word: str, *lines: str) -> str:
    return "\n".join(
        [f'[[cue]]\nid = "{identity}"\nstatus = "{status}"\nwords = ["{word}"]', *lines]
    )


def exposure(to: str, weight: float) -> str:
    return f'[[exposure]]\nsymbol = "ZRB"\nto = [{to}]\nweight = {weight}'
