"""A child process that can be killed, awaited: what hangs or bloats costs itself alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Generic, Protocol, TypeVar

import structlog

from monitor.bounded import Bounded, Failed, NoChildError, UnwantedError
from monitor.errors import MonitorError, SourceError

BATCH = 16  # items handed over together; where one fails, those after it are handed over again

log = structlog.get_logger()


class FromUrl(Protocol):
    @property
    def url(self) -> str: ...


Item = TypeVar("Item", bound=FromUrl)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Refused:
    """A SourceError that the function raised, in a form that can be pickled."""

    source: str
    what: str


class Child(Generic[Item, Result]):
    """`make` is pickled and called in the child, once; it gives the function over one item.

    An item may take `timeout` seconds, and `memory` bytes beyond what the child holds when it is
    ready. The child is started when first needed and ended by `close`. Many may ask at once, in any
    event loop: what waits is handed over together. Where no child can be had, the function runs in
    a thread of this process, without limits.
    """

    def __init__(
        self,
        make: Callable[[], Callable[[Item], Result]],
        *,
        timeout: float,
        memory: int | None = None,
    ) -> None:
        self._make = make
        self._bounded: Bounded[Item, Result | _Refused] = Bounded(
            partial(_working, make), timeout=timeout, memory=memory, wanted=lambda: not self._closed
        )
        self._here: Callable[[Item], Result] | None = None
        # a Bounded is not for several threads, and no event loop may wait for it
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="child")
        self._lock = Lock()  # of all below
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._busy = False
        self._closed = False

    async def run(self, item: Item) -> Result:
        """What the function gives for the item. SourceError where it raises one, or where the item
        takes too long or too much: then with the item's address as its source."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._closed:
                raise SourceError(item.url, "came when the work was ending")
            self._waiting.append((item, future))
            if not self._busy:
                self._busy = True
                self._thread.submit(self._work)
        return await future

    def close(self) -> None:
        """Ends the child after the item that it works on; the others that wait are refused."""
        with self._lock:
            self._closed = True
        self._thread.shutdown()
        self._bounded.close()

    # ---------------------------------------------------------------- in the thread

    def _work(self) -> None:
        while batch := self._batch():
            answered = 0
            try:
                for answer in self._answers([item for item, _ in batch]):
                    _settle(*batch[answered], answer)
                    answered += 1
            except Exception as error:
                if not isinstance(error, MonitorError):
                    log.exception("a child's work failed")
                for item, future in batch[answered:]:
                    _settle(item, future, Failed("raised", f"was not worked on: {error}"))

    def _batch(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        """The next items, without those that nobody waits for any more."""
        with self._lock:
            self._waiting = [(item, future) for item, future in self._waiting if not future.done()]
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            self._busy = bool(batch)
        return batch

    def _answers(self, items: Sequence[Item]) -> Iterator[Result | _Refused | Failed]:
        self._start()
        if self._here is not None:
            yield from _one_by_one(self._here, items)
            return
        for _, answer in self._bounded.run([items]):
            yield answer
            if self._closed:
                raise UnwantedError("the work was ending")

    def _start(self) -> None:
        if self._closed:
            raise UnwantedError("the work was ending")
        if self._here is None:
            try:
                self._bounded.start()
            except NoChildError as error:
                log.warning("what sources send is read without limits", why=str(error))
                self._here = self._make()


def _settle(
    item: FromUrl, future: asyncio.Future[Result], answer: Result | _Refused | Failed
) -> None:
    def tell() -> None:
        if future.done():  # nobody waits for it any more
            return
        if isinstance(answer, _Refused):
            future.set_exception(SourceError(answer.source, answer.what))
        elif isinstance(answer, Failed):
            future.set_exception(SourceError(item.url, str(answer)))
        else:
            future.set_result(answer)

    with suppress(RuntimeError):  # the event loop that asked has ended
        future.get_loop().call_soon_threadsafe(tell)


def _working(
    make: Callable[[], Callable[[Item], Result]],
) -> Callable[[Sequence[Item]], Iterator[Result | _Refused]]:
    return partial(_each, make())


def _each(function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result | _Refused]:
    for item in items:
        try:
            yield function(item)
        except SourceError as error:
            yield _Refused(error.source, str(error).removeprefix(f"{error.source}: "))


def _one_by_one(
    function: Callable[[Item], Result], items: Sequence[Item]
) -> Iterator[Result | _Refused | Failed]:
    for item in items:
        try:
            yield from _each(function, [item])
        except Exception as error:
            yield Failed("raised", f"{type(error).__name__}: {error}")
