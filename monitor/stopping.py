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

    Like threading.Event, but fit for a signal: its handler takes no lock, which the main thread
    might be holding, and the one who waits is woken through a pipe, because the system may hand
    the signal to another thread than the one that waits.
    """

    def __init__(self) -> None:
        self._asked = False
        self._heard, self.wakeup = os.pipe()
        os.set_blocking(self.wakeup, False)

    def is_set(self) -> bool:
        return self._asked

    def set(self) -> None:
        self._asked = True

    def wait(self, seconds: float) -> bool:
        """Waits until asked or woken, but no longer than so many seconds; whether asked."""
        if not self._asked and select.select([self._heard], [], [], seconds)[0]:
            os.read(self._heard, 4096)
        return self._asked

    def close(self) -> None:
        os.close(self._heard)
        os.close(self.wakeup)


@contextmanager
def stop_on_signals() -> Iterator[Stopping]:
    """What SIGTERM and SIGINT set; a second SIGINT interrupts as ever. Only in the main thread."""
    stopping = Stopping()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    for number in before:
        signal.signal(number, stop)
    woken = signal.set_wakeup_fd(stopping.wakeup, warn_on_full_buffer=False)
    try:
        yield stopping
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        stopping.close()
