"""A reader in a child process: a text that hangs, crashes or eats memory costs itself alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock

import structlog

from monitor.bounded import Bounded, Failed, NoChildError
from monitor.errors import MonitorError
from monitor.model import Article, Extraction
from monitor.pipeline.parts import Reader

TIMEOUT = 8.0  # seconds for one article: whoever asks the daemon to stop waits no more than ten
MEMORY = 2 << 30  # bytes for one article

log = structlog.get_logger()


class UnreadableError(MonitorError):
    """An article took too long or too much, or ended the process that read it."""


class BoundedReader:
    """`make` is pickled and called in the child; here, where none can be had. Safe for threads."""

    def __init__(
        self,
        make: Callable[[], Reader],
        *,
        timeout: float = TIMEOUT,
        memory: int | None = MEMORY,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._make = make
        self._bounded: Bounded[Article, Extraction] = Bounded(
            partial(_reading, make), timeout=timeout, memory=memory, wanted=wanted
        )
        self._here: Reader | None = None
        self._lock = Lock()

    def extract(self, article: Article) -> Extraction:
        """Raises UnreadableError; UnwantedError where nobody waits for the child to be ready."""
        with self._lock:
            if self._here is None:
                self._here = self._started()
            if self._here is not None:
                return self._here.extract(article)
            [(_, found)] = self._bounded.run([[article]])
        if isinstance(found, Failed):
            raise UnreadableError(found.what)
        return found

    def close(self) -> None:
        with self._lock:
            self._bounded.close()

    def _started(self) -> Reader | None:
        """Starts the child; a reader of this process where there can be none."""
        try:
            self._bounded.start()
        except NoChildError as error:
            here = self._make()
            log.warning("articles are read without a limit of time", why=str(error))
            return here
        return None


def _reading(make: Callable[[], Reader]) -> Callable[[Sequence[Article]], Iterator[Extraction]]:
    reader = make()
    return lambda articles: map(reader.extract, articles)
