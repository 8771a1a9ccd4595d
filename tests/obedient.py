"""Work for a child process to do, in a file that it imports in no time."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from monitor.bounded import Bounded

MEGABYTE = 1_000_000
PATIENT = 60.0  # seconds


class Unreadable(Exception):  # noqa: N818
    """Is pickled with one argument and needs two, as exceptions often do."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def working(worker_of: Callable[[], Callable[[str], object]]) -> Callable[[Sequence[str]], object]:
    one = worker_of()
    return lambda items: map(one, items)


def obeying() -> Callable[[str], object]:
    """Does what an item says; else says it back."""
    kept: list[bytes] = []

    def one(item: str) -> object:
        if item == "loop":
            while True:
                pass
        if item == "loop in C":
            return ctypes.CDLL(None).pause()
        if item == "memory":
            while True:
                kept.append(b"x" * 50 * MEGABYTE)
        if item == "exit":
            os._exit(3)
        if item == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if item == "terminate":
            os.kill(os.getpid(), signal.SIGTERM)
        if item == "leave":
            sys.exit("enough")
        if item == "raise":
            raise ValueError("not this one")
        if item == "unreadable":
            return Unreadable("one", "two")
        if item == "unsayable":
            return lambda: item
        return os.getpid() if item == "pid" else item

    return one


def together(items: Sequence[str]) -> Iterator[str]:
    """All of a batch at once, before the first answer."""
    if "poison" in items:
        os._exit(1)
    yield from [item.upper() for item in items]


def make_together() -> Callable[[Sequence[str]], Iterable[str]]:
    return together


def lazy(items: Sequence[str]) -> list[str]:
    return [item for item in items if item != "skip"]


def make_lazy() -> Callable[[Sequence[str]], Iterable[str]]:
    return lazy


def make_none() -> Callable[[Sequence[str]], Iterable[str]]:
    raise ValueError("no model")


def make_gone() -> Callable[[Sequence[str]], Iterable[str]]:
    os._exit(7)


def obedient(timeout: float = PATIENT, memory: int | None = None) -> Bounded[str, object]:
    return Bounded(partial(working, obeying), timeout=timeout, memory=memory)  # type: ignore[arg-type]


def never_ready() -> Callable[[Sequence[str]], Iterable[object]]:
    threading.Event().wait()
    raise AssertionError
