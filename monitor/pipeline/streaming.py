"""A stream of quotes, followed in a thread of its own while there is something to hear."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Protocol

from monitor.model import Quote


class Stream(Protocol):
    def follow(
        self, take: Callable[[Quote], None], stop: Event, problem: Callable[[str], None]
    ) -> None:
        """Hands each quote to `take` until `stop` is set; tells what fails and goes on."""
        ...


class Streaming:
    """`keep(True)` again and again: it is begun where it does not run, after a mistake too."""

    def __init__(
        self, stream: Stream, take: Callable[[Quote], None], problem: Callable[[str], None]
    ) -> None:
        self._stream = stream
        self._take = take
        self._problem = problem
        self._stop = Event()
        self._thread: Thread | None = None

    @property
    def runs(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def keep(self, wanted: bool) -> None:
        """Begins or ends following, as wanted; does not wait for the end."""
        if not wanted:
            self.end()
        elif not self.runs:
            # of its own: the one before may still be about to end
            self._stop = Event()
            # a connection that is being made cannot be broken off; it must not keep us alive
            self._thread = Thread(target=self._follow, args=(self._stop,), daemon=True)
            self._thread.start()

    def end(self, patience: float = 0.0) -> bool:
        """Asks it to end, and waits so many seconds; whether it has."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(patience)
        return not self.runs

    def _follow(self, stop: Event) -> None:
        try:
            self._stream.follow(self._take, stop, self._problem)
        except Exception as mistake:
            # told here, or nobody would hear of it; `keep` begins anew
            self._problem(f"the stream ended: {type(mistake).__name__}: {mistake}")
