"""Finding, merging and checking the rule files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from monitor.errors import ConfigError, Mistake
from monitor.model import EntityType
from monitor.rules.alerts import AlertRule
from monitor.rules.entities import Entity, Exposure, LookAlikes
from monitor.rules.events import Cue, EventRule, WordList
from monitor.toml import read_toml, validated

TABLES: Mapping[str, type[Any]] = {
    "entity": Entity,
    "event": EventRule,
    "exposure": Exposure,
    "alert": AlertRule,
    "lookalikes": LookAlikes,
    "wordlist": WordList,
    "cue": Cue,
}
HOW = ("extend", "replace")  # what an entry with an id that is there already must say


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in force. `version` changes whenever any of them does."""

    entities: Mapping[str, Entity]
    events: Mapping[str, EventRule]
    exposures: tuple[Exposure, ...]
    alerts: Mapping[str, AlertRule]
    version: str
    lookalikes: Mapping[str, LookAlikes] = field(default_factory=dict)
    words: Mapping[str, WordList] = field(default_factory=dict)
    cues: Mapping[str, Cue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    table: str
    raw: dict[str, Any]
    file: str
    key: str


def shipped_rules() -> Path:
    """The folder of rules that comes with the program: beside it in a checkout, inside a wheel."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_shipped" / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_rules(folders: Sequence[Path]) -> RuleSet:
    """The rules of `folders`, later ones extending or replacing earlier ones.

    Raises ConfigError with every mistake in every file.
    """
    entries, mistakes = _read(folders)
    merged: dict[tuple[str, str], _Entry] = {}
    loose: list[_Entry] = []
    for entry in entries:
        if entry.table == "exposure":
            loose.append(entry)
        else:
            mistakes += _merge(merged, entry)
    found: dict[str, list[Any]] = {table: [] for table in TABLES}
    for entry in [*merged.values(), *loose]:
        rule, wrong = validated(TABLES[entry.table], entry.raw, file=entry.file, key=entry.key)
        mistakes += wrong
        if rule is not None:
            found[entry.table].append(rule)
    rules = RuleSet(
        entities={rule.id: rule for rule in found["entity"]},
        events={rule.id: rule for rule in found["event"]},
        exposures=tuple(found["exposure"]),
        alerts={rule.id: rule for rule in found["alert"]},
        version=_version([*merged.values(), *loose]),
        lookalikes={rule.id: rule for rule in found["lookalikes"]},
        words={rule.id: rule for rule in found["wordlist"]},
        cues={rule.id: rule for rule in found["cue"]},
    )
    mistakes += _dangling([*merged.values(), *loose])
    if mistakes:
        raise ConfigError(mistakes)
    return rules


def _read(folders: Sequence[Path]) -> tuple[list[_Entry], list[Mistake]]:
    entries: list[_Entry] = []
    mistakes: list[Mistake] = []
    for folder in folders:
        if not folder.is_dir():
            mistakes.append(Mistake(str(folder), "", "there is no such folder of rules"))
        for path in sorted(folder.glob("*.toml")):
            tables, wrong = read_toml(path)
            mistakes += wrong
            for table, rows in tables.items():
                if table not in TABLES or not isinstance(rows, list):
                    allowed = ", ".join(f"[[{name}]]" for name in TABLES)
                    mistakes.append(Mistake(str(path), table, f"unknown table; allowed: {allowed}"))
                    continue
                for number, row in enumerate(rows):
                    key = f"{table}.{number}"
                    if isinstance(row, dict):
                        entries.append(_Entry(table, row, str(path), key))
                    else:
                        what = f"must be a table, as under [[{table}]]; it is {row!r}"
                        mistakes.append(Mistake(str(path), key, what))
    return entries, mistakes


def _merge(merged: dict[tuple[str, str], _Entry], entry: _Entry) -> Iterable[Mistake]:
    raw = {key: value for key, value in entry.raw.items() if key not in HOW}
    how = [name for name in HOW if entry.raw.get(name)]
    identity = (entry.table, str(raw.get("id", entry.key)))
    before = merged.get(identity)
    key = f"{entry.key}.id"
    if before is None and how:
        return [Mistake(entry.file, key, f"nothing to {how[0]}: no {identity[0]} {identity[1]!r}")]
    if before is not None and not how:
        return [
            Mistake(
                entry.file,
                key,
                f"{identity[1]!r} is already in {before.file}; "
                "say extend = true to add to it or replace = true to stand in for it",
            )
        ]
    if before is not None and how == ["extend"]:
        raw = _extended(before.raw, raw)
    merged[identity] = _Entry(entry.table, raw, entry.file, entry.key)
    return []


def _extended(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Lists grow, everything else is overwritten."""
    grown = dict(before)
    for key, value in more.items():
        old = grown.get(key)
        both_lists = isinstance(old, list) and isinstance(value, list)
        grown[key] = [*old, *value] if both_lists and old is not None else value
    return grown


def _version(entries: Sequence[_Entry]) -> str:
    told = sorted(f"{entry.table} {sorted(entry.raw.items())!r}" for entry in entries)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def _dangling(entries: Sequence[_Entry]) -> list[Mistake]:
    """Ids that are spoken of and nowhere defined; a broken entry defines its id all the same."""
    ids: dict[str, set[str]] = {table: set() for table in TABLES}
    for entry in entries:
        ids[entry.table].add(str(entry.raw.get("id")))
    symbols = {
        str(one.raw["symbol"]) for one in entries if one.table == "entity" and "symbol" in one.raw
    }
    mistakes = []
    for entry in entries:
        wanted: list[tuple[str, str, set[str]]] = []
        if entry.table == "exposure":
            wanted = [("to", "entity", ids["entity"]), ("symbol", "company's symbol", symbols)]
        elif entry.table == "alert":
            wanted = [("events", "event", ids["event"]), ("symbols", "company's symbol", symbols)]
        elif entry.table == "cue":
            wanted = [("types", "event", ids["event"]), ("not_types", "event", ids["event"])]
        elif entry.table == "event":
            mistakes += _unknown_members(entry, ids["entity"], ids["wordlist"])
        for key, what, known in wanted:
            for name in _members(entry.raw.get(key)):
                if name not in known:
                    where = f"{entry.key}.{key}"
                    mistakes.append(Mistake(entry.file, where, f"no {what} {name!r} is defined"))
    return mistakes


def _unknown_members(entry: _Entry, entities: set[str], words: set[str]) -> list[Mistake]:
    """`#id` and `@name` in the patterns of an event that stand for nothing."""
    mistakes = []
    classes = {*get_args(EntityType), *words, "percent", "money", "number", "future"}
    patterns = entry.raw.get("patterns")
    for number, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
        for key, value in pattern.items() if isinstance(pattern, dict) else ():
            for member in _members(value):
                known = entities if member[0] == "#" else classes
                if member[0] in "#@" and member[1:] not in known:
                    where = f"{entry.key}.patterns.{number}.{key}"
                    mistakes.append(Mistake(entry.file, where, f"{member!r} is not defined"))
    return mistakes


def _members(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, list):
        return [member for part in value for member in _members(part)]
    return []
