"""Asking the loopback server through the one way out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from monitor.errors import SourceError
from monitor.ingest.web.http import Answer, Http, Limits, shown
from monitor.ingest.web.network import Lookup, system_lookup

AGENT = "tester/1 (test@example.org)"


def http(*, lookup: Lookup = system_lookup, **limits: Any) -> Http:
    usual: dict[str, Any] = {
        "deadline": 5.0,
        "max_bytes": 100_000,
        "per_host": 4,
        "private": ("127.0.0.1",),
    }
    return Http(AGENT, Limits(**usual | limits), lookup=lookup)


def get_all(
    urls: Iterable[str], client: Http | None = None, headers: Mapping[str, str] = {}
) -> list[Answer]:
    """One after the other, by one client."""

    async def run() -> list[Answer]:
        async with client or http() as one:
            return [await one.get(url, headers=headers) for url in urls]

    return asyncio.run(run())


def get(url: str, client: Http | None = None, headers: Mapping[str, str] = {}) -> Answer:
    return get_all([url], client, headers)[0]


def trouble(url: str, client: Http | None = None) -> str:
    """Why there is no answer, without the address that it begins with."""
    with pytest.raises(SourceError) as raised:
        get(url, client)
    assert raised.value.source == shown(url)
    assert str(raised.value).isprintable()
    return str(raised.value).removeprefix(f"{raised.value.source}: ")
