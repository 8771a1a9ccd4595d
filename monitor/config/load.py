"""config.toml and the environment → one frozen Config, or all that is wrong with them at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.config.checks import crosschecked, rows_of
from monitor.config.tables import Tables
from monitor.errors import ConfigError, Mistake
from monitor.toml import read_toml, validated

ENVIRONMENT = "MONITOR__"  # MONITOR__STORE__URL=… stands in for [store] url


@dataclass(frozen=True, slots=True)
class Config:
    """The tables, where they were read, and the secrets they point to.

    `secrets` is keyed by dotted path (`smtp.password`, `channels.NAME`) and never printed.
    """

    path: Path
    tables: Tables
    secrets: Secrets

    def beside(self, path: str) -> Path:
        """A path of the file, relative ones taken from the file's own folder."""
        return (self.path.parent / Path(path).expanduser()).resolve()


class Secrets(dict[str, str]):
    """Secrets by where they belong; shows none of them."""

    def __repr__(self) -> str:
        return f"<{len(self)} secrets>"


def packaged_config() -> Path:
    """The config.toml that comes with the program."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_shipped" / "config.toml"
    return inside if inside.is_file() else package.parent / "config.toml"


def load_config(path: Path, environment: Mapping[str, str]) -> Config:
    """Raises ConfigError with every mistake of the file and the environment."""
    raw, mistakes = read_toml(path)
    if mistakes:
        raise ConfigError(mistakes)
    file = str(path)
    overridden, mistakes = _overridden(raw, environment)
    tables, wrong = validated(Tables, overridden, file=file)
    mistakes += wrong
    mistakes += crosschecked(overridden, file)
    secrets, missing = _secrets(overridden, path, environment)
    mistakes += missing
    if mistakes or tables is None:
        raise ConfigError(mistakes)
    return Config(path.resolve(), tables, secrets)


def _overridden(
    raw: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[dict[str, Any], list[Mistake]]:
    """The tables with what MONITOR__TABLE__KEY variables say instead."""
    tables = {key: dict(value) if isinstance(value, dict) else value for key, value in raw.items()}
    mistakes = []
    for variable, value in sorted(environment.items()):
        if not variable.startswith(ENVIRONMENT):
            continue
        keys = variable.removeprefix(ENVIRONMENT).lower().split("__")
        if len(keys) != 2 or not isinstance(tables.setdefault(keys[0], {}), dict):
            mistakes.append(Mistake("environment", variable, "must be MONITOR__TABLE__KEY"))
            continue
        tables[keys[0]][keys[1]] = _toml_value(value)
    return tables, mistakes


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _secrets(
    raw: Mapping[str, Any], path: Path, environment: Mapping[str, str]
) -> tuple[Secrets, list[Mistake]]:
    """What `…_env` and `…_file` keys point to."""
    secrets = Secrets()
    mistakes = []
    holders = [
        (f"channels.{number}", f"channels.{row.get('name')}", row)
        for number, row in enumerate(rows_of(raw, "channels"))
    ]
    for table in ("smtp", "prices"):
        if isinstance(raw.get(table), Mapping):
            holders.append((table, table, raw[table]))
    for where, name, row in holders:
        for key, value in row.items():
            if not isinstance(value, str):
                continue
            if key.endswith("_env"):
                if value in environment:
                    secrets[name] = environment[value]
                else:
                    what = f"the environment has no variable {value}"
                    mistakes.append(Mistake(str(path), f"{where}.{key}", what))
            elif key.endswith("_file"):
                try:
                    secrets[name] = (path.parent / value).read_text(encoding="utf-8").strip()
                except (OSError, ValueError) as error:
                    # of a file that is no text nothing is quoted: it may be a secret all the same
                    why = error.strerror if isinstance(error, OSError) else "it is no text"
                    what = f"{value!r} cannot be read: {why}"
                    mistakes.append(Mistake(str(path), f"{where}.{key}", what))
    return secrets, mistakes
