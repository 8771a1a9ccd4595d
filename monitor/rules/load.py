"""Finding, merging and checking the rule files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError, Mistake
from monitor.rules.alerts import AlertRule
from monitor.rules.entities import Entity, Exposure, LookAlikes, Topic
from monitor.rules.events import Cue, EventRule, WordList
from monitor.rules.places import Entry, Identity, Places
from monitor.rules.references import dangling, endless
from monitor.toml import read_toml, validated

TABLES: Mapping[str, type[Any]] = {
    "entity": Entity,
    "event": EventRule,
    "exposure": Exposure,
    "alert": AlertRule,
    "lookalikes": LookAlikes,
    "topic": Topic,
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
    topics: Mapping[str, Topic] = field(default_factory=dict)
    words: Mapping[str, WordList] = field(default_factory=dict)
    cues: Mapping[str, Cue] = field(default_factory=dict)
    weights: Mapping[str, Path] = field(default_factory=dict)  # files, by what is weighed in them


def shipped_rules() -> Path:
    """The folder of rules that comes with the program: beside it in a checkout, inside a wheel."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_shipped" / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_rules(folders: Sequence[Path]) -> RuleSet:
    """The rules of `folders`, later ones extending or replacing earlier ones.

    Raises ConfigError with every mistake in every file.
    """
    return load_placed(folders)[0]


def load_placed(folders: Sequence[Path]) -> tuple[RuleSet, Places]:
    """As load_rules, and where in the files each rule stands."""
    entries, mistakes = _read(folders)
    merged: dict[Identity, Entry] = {}
    parts: dict[Identity, list[Entry]] = {}
    numbers = count()
    for entry in entries:
        if entry.table == "exposure":  # has no id; its number among all of them is one
            identity = (entry.table, str(next(numbers)))
            merged[identity], parts[identity] = entry, [entry]
        else:
            mistakes += _merge(merged, parts, entry)
    places = Places(parts)
    found: dict[str, dict[str, Any]] = {table: {} for table in TABLES}
    for (table, name), entry in merged.items():
        rule, wrong = validated(TABLES[table], entry.raw, file=entry.file)
        mistakes += [_placed(one, places, table, name) for one in wrong]
        if rule is not None:
            found[table][name] = rule
    rules = RuleSet(
        entities=found["entity"],
        events=found["event"],
        exposures=tuple(found["exposure"].values()),
        alerts=found["alert"],
        version=_version(list(merged.values()), folders),
        lookalikes=_without_names_of_later_folders(found["lookalikes"], entries),
        topics=found["topic"],
        words=found["wordlist"],
        cues=found["cue"],
        weights={path.stem: path for path in _weight_files(folders)},
    )
    mistakes += dangling(list(merged.values()), TABLES)
    mistakes += endless({name: one for (table, name), one in merged.items() if table == "wordlist"})
    if mistakes:
        raise ConfigError(mistakes)
    return rules, places


def _placed(mistake: Mistake, places: Places, table: str, identity: str) -> Mistake:
    """A mistake in an entry, told of the file and the key that it comes from."""
    place = places.of(table, identity, mistake.key)
    return Mistake(place.file, place.key, mistake.what)


def _read(folders: Sequence[Path]) -> tuple[list[Entry], list[Mistake]]:
    entries: list[Entry] = []
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
                        entries.append(Entry(table, row, str(path), key))
                    else:
                        what = f"must be a table, as under [[{table}]]; it is {row!r}"
                        mistakes.append(Mistake(str(path), key, what))
    return entries, mistakes


def _merge(
    merged: dict[Identity, Entry], parts: dict[Identity, list[Entry]], entry: Entry
) -> Iterable[Mistake]:
    raw = {key: value for key, value in entry.raw.items() if key not in HOW}
    how = [name for name in HOW if entry.raw.get(name)]
    identity = (entry.table, str(raw.get("id", f"{entry.file} {entry.key}")))
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
    extends = before is not None and how == ["extend"]
    if before is not None and extends:
        raw = _extended(before.raw, raw)
    merged[identity] = Entry(entry.table, raw, entry.file, entry.key)
    parts[identity] = [*(parts[identity] if extends else ()), entry]
    return []


def _extended(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Lists grow, everything else is overwritten."""
    grown = dict(before)
    for key, value in more.items():
        old = grown.get(key)
        both_lists = isinstance(old, list) and isinstance(value, list)
        grown[key] = [*old, *value] if both_lists and old is not None else value
    return grown


def _without_names_of_later_folders(
    lookalikes: Mapping[str, LookAlikes], entries: Sequence[Entry]
) -> dict[str, LookAlikes]:
    """A name that a later folder gives to an entity means that entity: whoever adds a company need
    not know which look-alikes the shipped rules have."""
    last: dict[str, int] = {}  # name → the place of the last look-alikes that have it
    claimed: dict[str, int] = {}  # name → the place of the last entity that has it
    for place, entry in enumerate(entries):
        if entry.table == "lookalikes":
            last |= dict.fromkeys(_written(entry.raw.get("names")), place)
        elif entry.table == "entity":
            claimed |= dict.fromkeys(_written(entry.raw.get("aliases")), place)
    folders = [Path(entry.file).parent for entry in entries]
    yielding = {
        name
        for name, place in last.items()
        if claimed.get(name, -1) > place and folders[claimed[name]] != folders[place]
    }
    kept = {
        key: group.model_copy(
            update={"names": tuple(name for name in group.names if name not in yielding)}
        )
        for key, group in lookalikes.items()
    }
    return {key: group for key, group in kept.items() if group.names}


def _written(names: object) -> Iterable[str]:
    for name in names if isinstance(names, list) else ():
        text = name.get("text") if isinstance(name, dict) else name
        if isinstance(text, str):
            yield text.strip()


def _weight_files(folders: Sequence[Path]) -> list[Path]:
    """What was learned, see monitor/extract/weights.py; later folders stand in for earlier ones."""
    return [path for folder in folders for path in sorted(folder.glob("*.weights"))]


def _version(entries: Sequence[Entry], folders: Sequence[Path]) -> str:
    told = sorted(f"{entry.table} {sorted(entry.raw.items())!r}" for entry in entries)
    digest = hashlib.sha256("\n".join(told).encode())
    for path in _weight_files(folders):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
