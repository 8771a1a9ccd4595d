"""Reading a TOML file that a user wrote into a frozen model, with every mistake found at once."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from monitor.errors import Mistake

DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(s|m|h|d)\s*$")
SIZE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(B|kB|MB|GB)\s*$")
LONGEST = 10 * 366 * 86400.0  # seconds
SHAPES = {  # what TOML calls that which pydantic names by Python's types
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
BYTES = {"B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3}


class Frozen(BaseModel):
    """A part of a file: no key but the ones named here, and unchangeable once read."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _duration(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('a duration such as "30s", "15m", "6h" or "2d"')
    found = DURATION.match(value)
    seconds = float(found[1]) * SECONDS[found[2]] if found else 0.0
    if not 0 < seconds <= LONGEST:
        raise ValueError('a duration such as "30s", "15m", "6h" or "2d"')
    return timedelta(seconds=seconds)


def _size(value: object) -> object:
    found = SIZE.match(value) if isinstance(value, str) else None
    if not found:
        raise ValueError('a size such as "500kB" or "5MB"')
    return int(float(found[1]) * BYTES[found[2]])


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]

M = TypeVar("M")


def read_toml(path: Path) -> tuple[dict[str, Any], list[Mistake]]:
    """The file's tables, or the one mistake that keeps it from being read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except FileNotFoundError:
        return {}, [Mistake(str(path), "", "there is no such file")]
    except (OSError, UnicodeDecodeError) as error:
        return {}, [Mistake(str(path), "", f"cannot be read: {error}")]
    except tomllib.TOMLDecodeError as error:
        return {}, [Mistake(str(path), "", f"is not valid TOML: {error}")]


def validated(
    kind: type[M], value: object, *, file: str, key: str = ""
) -> tuple[M | None, list[Mistake]]:
    """`value` as a `kind`, or None with all that is wrong with it, each under its dotted key."""
    try:
        return TypeAdapter(kind).validate_python(value), []
    except ValidationError as error:
        return None, [
            Mistake(file, _dotted(key, value, detail["loc"]), _told(kind, detail))
            for detail in error.errors(include_url=False)
        ]


def _dotted(key: str, value: object, where: Sequence[int | str]) -> str:
    """The place as the file has it: pydantic puts the tag of a union's member among the keys."""
    parts = [key] if key else []
    for part in where:
        if isinstance(value, Mapping) and part not in value and part is not where[-1]:
            continue
        parts.append(str(part))
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and isinstance(part, int) and part < len(value):
            value = value[part]
    return ".".join(parts)


def _told(kind: type[Any], detail: Mapping[str, Any]) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "extra_forbidden":
        allowed = _keys_at(kind, detail["loc"][:-1])
        near = difflib.get_close_matches(str(detail["loc"][-1]), allowed, n=1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        return f"unknown key{meant}; allowed: {', '.join(allowed)}" if allowed else "unknown key"
    if detail["type"] == "missing":
        return "must be given"
    if detail["type"] == "value_error":
        return f"{context['error']}; it is {detail['input']!r}"
    if detail["type"] == "union_tag_invalid":
        return f"kind or type must be one of {context['expected_tags']}; it is {context['tag']!r}"
    if detail["type"] == "union_tag_not_found":
        return "must say its type"
    if detail["type"] == "literal_error":
        return f"must be {context['expected']}; it is {detail['input']!r}"
    if detail["type"] in SHAPES:
        return f"must be {SHAPES[detail['type']]}; it is {detail['input']!r}"
    message = str(detail["msg"])
    return f"{message[:1].lower()}{message[1:]}; it is {detail['input']!r}"


def _keys_at(kind: Any, where: Sequence[int | str]) -> list[str]:
    """The keys allowed at a place of a model, as far as the place can be followed."""
    models = _models_in(kind)
    for part in where:
        if isinstance(part, int):
            continue
        found = [
            inner
            for model in models
            if part in model.model_fields
            for inner in _models_in(model.model_fields[part].annotation)
        ]
        tagged = [model for model in models if _tag(model) == part]
        models = found or tagged or models
    return sorted({name for model in models for name in model.model_fields})


def _tag(model: type[BaseModel]) -> object:
    for name in ("kind", "type"):
        if name in model.model_fields:
            return next(iter(getattr(model.model_fields[name].annotation, "__args__", ())), None)
    return None


def _models_in(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for inner in getattr(kind, "__args__", ()) for model in _models_in(inner)]
