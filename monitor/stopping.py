"""Being asked to stop, by a signal."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopping:
    """Whether we have been asked to stop.

    Like threading.Event, but with no lock: a signal's handler runs in the middle of whatever the
    main thread is at, and would wait for ever for a lock that is held there.
    """

    def __init__(self) -> None:
        self._asked = False
        self._heard, self._said = os.pipe()

    def is_set(self) -> bool:
        return self._asked

    def set(self) -> None:
        self._asked = True
        os.write(self._said, b".")

    def wait(self, seconds: float) -> bool:
        """Waits until asked, but no longer than so many seconds; whether asked."""
        select.select([self._heard], [], [], 0 if self._asked else seconds)
        return self._asked


@contextmanager
def stop_on_signals() -> Iterator[Stopping]:
    """What SIGTERM and SIGINT set; the second SIGINT interrupts as ever."""
    stopping = Stopping()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in before:
        signal.signal(number, stop)
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
