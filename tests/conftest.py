from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import LoopbackServer, serving

# machines are noisy: how long an example takes says nothing about whether the code is right
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """An HTTP server on loopback; see tests/servers.py for what it can do."""
    with serving() as running:
        yield running
