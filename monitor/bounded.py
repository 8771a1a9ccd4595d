"""Work on items from outside in a child process that can be killed: no text holds up the others.

A limit of time inside of one process cannot be had: what loops in C hears no exception. Of the
pools that kill (pebble, loky) none tells which item of a chunk was at fault, and item by item they
cost 70 to 200 microseconds each; here it is 10 to 30.

The work is a function over a batch of items, so that it may share effort among them. What a batch
has not answered when it fails is tried again item by item, in a fresh child where need be, and the
one at fault gives a Failed in its place. So an item may be worked on twice.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired
from typing import Any, Generic, Literal, Self, TypeVar

from monitor.errors import MonitorError

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Sequence[Item]], Iterable[Result]]  # one result for each item, in order
Reason = Literal["time", "memory", "died", "raised"]

GLANCE = 0.1  # seconds between two looks at who is waiting
STARTING = 120.0  # seconds that a child may take until it can work: it loads a language model
LEAVING = 2.0  # seconds that a child with nothing to do may take to go by itself
# a new interpreter: a fork would copy the locks that threads hold, and multiprocessing's own way to
# spawn runs the main script once more, which may be one that reads standard input
CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); "
    "from monitor.bounded import serve; serve(int(sys.argv[1]))"
)


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no result for an item, in words that go on after its name."""

    reason: Reason
    what: str

    def __str__(self) -> str:
        return self.what


class NoChildError(MonitorError):
    """No child process can be had here, or it cannot make ready for the work."""


class UnwantedError(MonitorError):
    """The child was let go before it was ready: nobody waits for it any more."""


class Bounded(Generic[Item, Result]):
    """`make` is called in the child, once, and gives the work; it and the items are pickled.

    An item may take `timeout` seconds, and `memory` bytes beyond what the child held when it was
    ready (None: no limit; only where the system tells what a process holds). One child, started
    when first needed and ended by `close`. Not for several threads at once.
    """

    def __init__(
        self,
        make: Callable[[], Work[Item, Result]],
        *,
        timeout: float,
        memory: int | None = None,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """`wanted`: whether a child that is not ready yet is still to be waited for."""
        self._make = make
        self._timeout = timeout
        self._memory = memory
        self._wanted = wanted
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Of the child, while there is one."""
        return self._child.process.pid if self._child else None

    def start(self) -> None:
        """Makes a child ready, if there is none. Raises NoChildError, or UnwantedError."""
        if self._child is None:
            self._child = _start(self._make, self._timeout, self._memory, self._wanted)
            atexit.register(self._child.leave)

    def close(self) -> None:
        if self._child is not None:
            atexit.unregister(self._child.leave)
            self._child.leave()
            self._child = None

    def run(self, batches: Iterable[Sequence[Item]]) -> Iterator[tuple[Item, Result | Failed]]:
        """All items, in order, each with its result. Raises NoChildError."""
        for batch in batches:
            answered = 0
            with closing(self._answers(batch)) as answers:
                for result in answers:
                    if isinstance(result, Failed) and len(batch) > 1:
                        break
                    answered += 1
                    yield batch[answered - 1], result
            for item in batch[answered:]:
                for result in self._answers([item]):
                    yield item, result

    def _answers(self, items: Sequence[Item]) -> Generator[Result | Failed, None, None]:
        """Results up to the first failure."""
        if not items:
            return
        child = self._handed(items)
        busy = True
        try:
            for left in range(len(items), 0, -1):
                answer: Any = child.answer(self._timeout)
                failed = isinstance(answer, Failed)
                # one that raised waits for more work; in what state others are is not known
                busy = answer.reason != "raised" if failed else left > 1
                yield answer
                if failed:
                    return
        finally:
            if busy:  # or whoever asked has gone, or was interrupted
                self._kill()

    def _handed(self, items: Sequence[Item]) -> _Child:
        """The child that has been given the items."""
        self.start()
        assert self._child is not None
        try:
            self._child.link.send(items)
        except OSError:  # it died while it had nothing to do
            self._kill()
            self.start()
            self._child.link.send(items)
        return self._child

    def _kill(self) -> None:
        if self._child is not None:
            atexit.unregister(self._child.leave)
            self._child.kill()
            self._child = None


@dataclass(frozen=True)
class _Child:
    process: Popen[bytes]
    link: Connection

    def answer(self, timeout: float) -> object:
        """The next thing it says; a Failed where it says nothing in time or is no more."""
        try:
            if self.link.poll(timeout):
                return self.link.recv()
        except (EOFError, OSError):
            status = self._gone(LEAVING)
            if status != -signal.SIGALRM:
                return Failed("died", _death(status))
        except Exception as error:  # it was pickled, and cannot be made again here
            return Failed("died", f"gave a result that cannot be read: {error}")
        return Failed("time", f"took longer than {timeout:g} seconds")

    def leave(self) -> None:
        """Lets it go by itself; a moment later it is killed."""
        self.link.close()
        if self._gone(LEAVING) is None:
            self.kill()

    def kill(self) -> None:
        self.link.close()
        self.process.kill()
        self.process.wait()

    def _gone(self, seconds: float) -> int | None:
        """Its exit status; None where it has none after so many seconds."""
        with suppress(TimeoutExpired):
            return self.process.wait(seconds)
        return None


def _death(status: int | None) -> str:
    if status is None or status >= 0:
        return f"ended the process that worked on it (exit status {status})"
    with suppress(ValueError):
        return f"ended the process that worked on it ({signal.Signals(-status).name})"
    return f"ended the process that worked on it (signal {-status})"


def _start(
    make: Callable[[], object], timeout: float, memory: int | None, wanted: Callable[[], bool]
) -> _Child:
    ours, theirs = Pipe()
    command = [sys.executable, "-c", CODE, str(theirs.fileno()), json.dumps(sys.path)]
    try:
        with _interrupts_held():
            process = Popen(command, pass_fds=[theirs.fileno()], stdin=DEVNULL, stdout=2)
    except Exception as error:
        ours.close()
        raise NoChildError(f"no process can be started: {error}") from error
    finally:
        theirs.close()
    child = _Child(process, ours)
    try:
        child.link.send((make, timeout, memory))
        for _ in range(round(STARTING / GLANCE)):
            if child.link.poll(GLANCE):
                break
            if not wanted():
                raise UnwantedError("is not waited for any more")
        said = child.answer(GLANCE)
    except BaseException as error:
        child.kill()
        if isinstance(error, Exception) and not isinstance(error, UnwantedError):
            raise NoChildError(f"the work cannot be handed over: {error}") from error
        raise
    if said is not None:
        child.kill()
        raise NoChildError(str(said))
    return child


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """A Ctrl-C is for the parent: a child that starts now hears none, even before it is ready."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# ---------------------------------------------------------------- in the child


def serve(descriptor: int) -> None:
    """Works until the other side of the link is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # they are for the parent, who finishes what it began
    link = Connection(descriptor)
    with suppress(EOFError, OSError):  # the parent has gone
        try:
            make, timeout, memory = link.recv()
            work = make()
        except BaseException as error:
            link.send(f"{type(error).__name__}: {error}")
            return
        _limit_memory(memory)
        link.send(None)
        while True:
            _work(link, work, link.recv(), timeout)


def _work(
    link: Connection, work: Work[object, object], items: Sequence[object], timeout: float
) -> None:
    results: Iterator[object] | None = None
    for _ in items:
        _own_limit(timeout)
        try:
            results = iter(work(items)) if results is None else results
            answer = next(results, Failed("raised", "gave no result"))
        except BaseException as error:
            answer = _failure(error)
        _own_limit(None)  # sending waits for the parent, who may be slow to read
        answer = _sent(link, answer)
        if isinstance(answer, Failed):
            return


def _sent(link: Connection, answer: object) -> object:
    """What could be sent: the answer, or that it cannot be pickled."""
    try:
        link.send(answer)
    except OSError:
        raise
    except Exception as error:
        answer = _failure(error)
        link.send(answer)
    return answer


def _failure(error: BaseException) -> Failed:
    if isinstance(error, MemoryError):
        return Failed("memory", "needed more memory than it may have")
    return Failed("raised", f"{type(error).__name__}: {error}")


def _own_limit(timeout: float | None) -> None:
    """Should the parent be killed and the work never end, the system ends this process."""
    signal.setitimer(signal.ITIMER_REAL, 0 if timeout is None else 1.5 * timeout + 1)


def _limit_memory(memory: int | None) -> None:
    held = Path("/proc/self/statm")
    if memory is None or not held.exists():
        return
    pages = int(held.read_text(encoding="ascii").split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + memory
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
