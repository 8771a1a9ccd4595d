"""How our values lie in a column."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import DateTime, Dialect, TypeDecorator

T = TypeVar("T")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime. SQLite knows no zones, so there it lies as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(kind: Any, value: object) -> Any:
    """A model value as JSON types; `from_json` gives back an equal one."""
    return _adapter(kind).dump_python(value, mode="json")


def from_json(kind: type[T], value: object) -> T:
    adapter: TypeAdapter[T] = _adapter(kind)  # type: ignore[arg-type]
    loaded = adapter.validate_python(value)
    return loaded
