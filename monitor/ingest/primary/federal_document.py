"""What documents of the Federal Register have in common, published or on inspection. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from monitor.ingest.text import from_html, one_line

# before 2016 one number has stood on two documents of different days
UNIQUE = re.compile(r"(?:C\d+-)?20(?:1[6-9]|[2-9]\d)-\d{5}")


def guid_of(number: str, published: str | None) -> str:
    """A document keeps its number from inspection to publication, and so its guid."""
    return number if UNIQUE.fullmatch(number) or published is None else f"{published}/{number}"


def agency_of(document: Mapping[str, Any]) -> str:
    """The department that comes first."""
    agencies = document.get("agencies")
    first = agencies[0] if isinstance(agencies, list) and agencies else None
    return one_line(words(first, "name") or words(first, "raw_name")) if first else ""


def words(holder: object, key: str) -> str:
    value = holder.get(key) if isinstance(holder, dict) else None
    return from_html(value) if isinstance(value, str) else ""
