"""Functions over what sources send, in a child that can be killed and is awaited."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import structlog

from monitor.errors import SourceError
from monitor.ingest.child import BATCH, Child

MEGABYTE = 1_000_000
PATIENT, SHORT = 60.0, 0.5  # seconds; only what hangs is given the short limit


@dataclass(frozen=True)
class Page:
    url: str
    does: str = ""


def obeying() -> Callable[[Page], str]:
    """Does what a page says; else says which process it was in."""
    kept: list[bytes] = []

    def one(page: Page) -> str:
        if page.does == "loop":
            while True:
                pass
        if page.does == "memory":
            while True:
                kept.append(b"x" * 50 * MEGABYTE)
        if page.does == "exit":
            os._exit(3)
        if page.does == "raise":
            raise ValueError("not this one")
        if page.does == "refuse":
            raise SourceError("elsewhere", "is no: page")
        return f"{os.getpid()} {page.url}"

    return one


def unpicklable() -> Callable[[], Callable[[Page], str]]:
    lock = threading.Lock()
    return lambda: lambda page: f"{page.url} {lock.locked()}"


@contextmanager
def child(
    make: Callable[[], Callable[[Page], str]] = obeying, timeout: float = PATIENT
) -> Iterator[Child[Page, str]]:
    found = Child(make, timeout=timeout, memory=300 * MEGABYTE)
    try:
        yield found
    finally:
        found.close()


def answers(child: Child[Page, str], *pages: Page) -> list[str | BaseException]:
    async def all_of_them() -> list[str | BaseException]:
        return await asyncio.gather(*map(child.run, pages), return_exceptions=True)

    return asyncio.run(all_of_them())


def told(answer: str | BaseException) -> str:
    assert isinstance(answer, SourceError), answer
    return str(answer)


def test_many_callers_have_each_their_own_result_from_one_process() -> None:
    pages = [Page(f"https://example.org/{number}") for number in range(3 * BATCH + 1)]
    with child() as ours:
        found = answers(ours, *pages) + answers(ours, *pages)  # two event loops, in turn
    said = [str(answer).split() for answer in found]
    assert [url for _, url in said] == [page.url for page in pages] * 2
    (pid,) = {pid for pid, _ in said}
    assert int(pid) != os.getpid()


@pytest.mark.parametrize(
    ("does", "what"),
    [
        ("loop", "a/bad: took longer than 0.5 seconds"),
        ("memory", "a/bad: needed more memory than it may have"),
        ("exit", "a/bad: ended the process that worked on it (exit status 3)"),
        ("raise", "a/bad: ValueError: not this one"),
        ("refuse", "elsewhere: is no: page"),
    ],
)
def test_what_goes_wrong_costs_itself_alone(does: str, what: str) -> None:
    with child(timeout=SHORT if does == "loop" else PATIENT) as ours:
        first, bad, last = answers(ours, Page("a/1"), Page("a/bad", does), Page("a/3"))
        assert told(bad) == what
        assert [str(answer).split()[1] for answer in (first, last)] == ["a/1", "a/3"]


def test_who_gives_up_waiting_disturbs_nobody() -> None:
    async def ask(ours: Child[Page, str]) -> str:
        await ours.run(Page("a/0"))  # it is ready
        given_up = [asyncio.create_task(ours.run(Page(f"a/{n}"))) for n in range(5)]
        await asyncio.sleep(0)
        for task in given_up:
            task.cancel()
        return await ours.run(Page("a/last"))

    with child() as ours:
        assert asyncio.run(ask(ours)).endswith("a/last")


def test_an_event_loop_that_has_ended_disturbs_nobody() -> None:
    async def ask(ours: Child[Page, str]) -> None:
        asyncio.get_running_loop().create_task(ours.run(Page("a/1")))
        await asyncio.sleep(0)

    with child() as ours:
        asyncio.run(ask(ours))
        (found,) = answers(ours, Page("a/2"))
        assert str(found).endswith("a/2")


def test_without_a_child_the_work_is_done_here_and_that_is_told() -> None:
    with structlog.testing.capture_logs() as log, child(unpicklable()) as ours:
        assert answers(ours, Page("a/1"), Page("a/2")) == ["a/1 False", "a/2 False"]
        assert answers(ours, Page("a/3")) == ["a/3 False"]
    (warning,) = log
    assert warning["event"] == "what sources send is read without limits"
    assert "pickle" in warning["why"]


def failing_here() -> Callable[[], Callable[[Page], str]]:
    return lambda: obeying()  # noqa: PLW0108 - what can be pickled would go to a child


def test_without_a_child_what_goes_wrong_costs_itself_alone() -> None:
    with child(failing_here()) as ours:
        found = answers(ours, Page("a", "raise"), Page("b", "refuse"), Page("c"))
    assert told(found[0]) == "a: ValueError: not this one"
    assert told(found[1]) == "elsewhere: is no: page"
    assert found[2] == f"{os.getpid()} c"


def test_when_it_ends_those_who_wait_are_told() -> None:
    async def ask(ours: Child[Page, str]) -> list[str | BaseException]:
        await ours.run(Page("a/0"))
        pages = [Page("a/1", "loop"), Page("a/2"), Page("a/3")]
        waiting = [asyncio.create_task(ours.run(page)) for page in pages]
        await asyncio.sleep(0)
        ours.close()
        return await asyncio.gather(*waiting, return_exceptions=True)

    with child(timeout=SHORT) as ours:
        first, *others = asyncio.run(ask(ours))
        assert told(first).startswith("a/1: ")
        assert [told(answer) for answer in others] == [
            "a/2: was not worked on: the work was ending",
            "a/3: was not worked on: the work was ending",
        ]
        (late,) = answers(ours, Page("a/4"))
        assert told(late) == "a/4: came when the work was ending"


def test_an_item_that_cannot_be_handed_over_is_told() -> None:
    with structlog.testing.capture_logs(), child() as ours:
        (bad,) = answers(ours, Page("a/1", lambda: None))  # type: ignore[arg-type]
        assert "was not worked on" in told(bad)
        (good,) = answers(ours, Page("a/2"))
        assert str(good).endswith("a/2")
