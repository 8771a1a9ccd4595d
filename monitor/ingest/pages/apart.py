"""Pages read in a child process that can be killed."""

from __future__ import annotations

from collections.abc import Callable

from monitor.ingest.child import Child
from monitor.ingest.pages.forms import Fetched, NoPage, Page

TIMEOUT = 8.0  # seconds for one page
MEMORY = 1 << 30  # bytes for one page


class ReaderApart:
    """`page_of` as an awaitable: a page that hangs or eats memory costs itself alone."""

    def __init__(self, *, timeout: float = TIMEOUT, memory: int | None = MEMORY) -> None:
        self._child: Child[Fetched, Page | NoPage] = Child(_reader, timeout=timeout, memory=memory)

    async def __call__(self, fetched: Fetched) -> Page | NoPage:
        """Raises SourceError for a page that takes too long or too much."""
        return await self._child.run(fetched)

    def close(self) -> None:
        self._child.close()


def _reader() -> Callable[[Fetched], Page | NoPage]:
    # what takes pages apart takes half a second to load, and only the child needs it
    from monitor.ingest.pages.page import page_of  # noqa: PLC0415

    return page_of
