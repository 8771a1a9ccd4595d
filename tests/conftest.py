from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import LoopbackServer, serving


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """An HTTP server on loopback; see tests/servers.py for what it can do."""
    with serving() as running:
        yield running
