from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.servers import LoopbackServer, serving

if TYPE_CHECKING:
    from monitor.rules import RuleSet

# machines are noisy: how long an example takes says nothing about whether the code is right
settings.register_profile("monitor", deadline=None)
settings.load_profile("monitor")


@pytest.fixture(autouse=True, scope="session")
def shipped_rules_are_read_once() -> Iterator[None]:
    """By a process: they do not change while tests run, and most tests build the whole program."""
    # here: whoever only collects tests need not wait for them
    from monitor.rules import load_rules, shipped_rules
    from tests.readers import shipped

    def load(folders: Sequence[Path]) -> RuleSet:
        return shipped() if list(folders) == [shipped_rules()] else load_rules(folders)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.app.load_rules", load)
        yield


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """An HTTP server on loopback; see tests/servers.py for what it can do."""
    with serving() as running:
        yield running
