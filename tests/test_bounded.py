"""Work in a child that can be killed: whatever an item does, the others have their results."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence

import pytest

from monitor.bounded import Bounded, Failed, NoChildError, UnwantedError
from tests.obedient import (
    MEGABYTE,
    PATIENT,
    lazy,
    make_gone,
    make_lazy,
    make_none,
    make_together,
    never_ready,
    obedient,
)

SHORT = 0.5  # seconds; only what hangs is given so little


def answers(bounded: Bounded[str, object], batches: Iterable[Sequence[str]]) -> list[object]:
    return [result for _, result in bounded.run(batches)]


def gone(pid: int) -> bool:
    """Whether there is no such process, not even a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_results_come_in_order_from_one_child() -> None:
    with obedient() as bounded:
        found = answers(bounded, [["a", "b"], [], ["c", "pid"], ["pid"]])
        assert found[:3] == ["a", "b", "c"]
        assert found[3] == found[4] == bounded.pid != os.getpid()


def test_nothing_is_started_for_nothing() -> None:
    with obedient() as bounded:
        assert answers(bounded, []) == []
        assert bounded.pid is None


@pytest.mark.parametrize("how", ["loop", "loop in C"])
def test_what_takes_too_long_is_named_and_the_others_go_on(how: str) -> None:
    with obedient(timeout=SHORT) as bounded:
        bounded.start()
        first = bounded.pid
        found = answers(bounded, [["a", how, "b"], ["c"]])
        assert [found[0], *found[2:]] == ["a", "b", "c"]
        assert found[1] == Failed("time", "took longer than 0.5 seconds")
        assert first is not None
        assert gone(first)
        assert bounded.pid not in (None, first)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_what_eats_memory_is_named_and_the_others_go_on() -> None:
    with obedient(memory=300 * MEGABYTE) as bounded:
        found = answers(bounded, [["a", "memory", "b"]])
    assert found == ["a", Failed("memory", "needed more memory than it may have"), "b"]


@pytest.mark.parametrize(
    ("how", "what"),
    [
        ("exit", "ended the process that worked on it (exit status 3)"),
        ("crash", "ended the process that worked on it (SIGSEGV)"),
        ("leave", "SystemExit: enough"),
        ("raise", "ValueError: not this one"),
    ],
)
def test_what_dies_or_raises_is_named_and_the_others_go_on(how: str, what: str) -> None:
    with obedient() as bounded:
        found = answers(bounded, [["a", how, "b"], [how], ["c"]])
    assert [str(one) for one in found] == ["a", what, "b", what, "c"]
    assert isinstance(found[1], Failed)


def test_a_signal_to_all_processes_does_not_cost_the_item_at_work() -> None:
    with obedient() as bounded:
        assert answers(bounded, [["a", "terminate", "b"]]) == ["a", "terminate", "b"]


def test_a_result_that_cannot_be_sent_is_a_failure() -> None:
    with obedient() as bounded:
        bounded.start()
        first = bounded.pid
        failed, after = answers(bounded, [["unsayable"], ["pid"]])
    assert isinstance(failed, Failed)
    assert failed.reason == "raised"
    assert after == first


def test_a_result_that_cannot_be_read_is_a_failure() -> None:
    with obedient() as bounded:
        found = answers(bounded, [["a", "unreadable", "b"]])
    assert [found[0], found[2]] == ["a", "b"]
    assert isinstance(found[1], Failed)
    assert "cannot be read" in found[1].what


def test_of_a_batch_that_is_worked_on_as_one_the_item_at_fault_is_found() -> None:
    with Bounded(make_together, timeout=PATIENT) as bounded:
        found = answers(bounded, [["a", "poison", "b"], ["c", "d"]])
    assert isinstance(found[1], Failed)
    assert found[1].reason == "died"
    assert [found[0], *found[2:]] == ["A", "B", "C", "D"]


def test_an_item_that_is_left_out_has_a_failure_and_not_its_neighbours_result() -> None:
    with Bounded(make_lazy, timeout=PATIENT) as bounded:
        found = answers(bounded, [["skip"], ["a"]])
    assert found == [Failed("raised", "gave no result"), "a"]


def test_large_batches_and_results_pass() -> None:
    items = ["x" * MEGABYTE] * 8
    with obedient() as bounded:
        assert answers(bounded, [items, items]) == items * 2


def test_a_child_that_died_while_idle_is_replaced() -> None:
    with obedient() as bounded:
        bounded.start()
        assert bounded.pid is not None
        os.kill(bounded.pid, signal.SIGKILL)
        os.waitid(os.P_PID, bounded.pid, os.WEXITED | os.WNOWAIT)
        assert answers(bounded, [["a"]]) == ["a"]


def test_whoever_stops_asking_leaves_no_answers_behind() -> None:
    with obedient() as bounded:
        asked = bounded.run([["a", "b", "c"]])
        assert next(asked) == ("a", "a")
        asked.close()  # type: ignore[attr-defined]
        assert answers(bounded, [["d"]]) == ["d"]


@pytest.mark.parametrize(("make", "what"), [(make_none, "no model"), (make_gone, "exit status 7")])
def test_work_that_cannot_be_made_is_told(make: Callable[[], object], what: str) -> None:
    with Bounded(make, timeout=PATIENT) as bounded:  # type: ignore[arg-type]
        with pytest.raises(NoChildError, match=what):
            bounded.start()
        assert bounded.pid is None


def test_work_that_cannot_be_handed_over_is_told() -> None:
    with pytest.raises(NoChildError, match="cannot be handed over"):
        Bounded(lambda: lazy, timeout=PATIENT).start()


def test_no_process_is_left() -> None:
    with obedient() as bounded:
        bounded.start()
        child = bounded.pid
    assert child is not None
    assert gone(child)


def test_it_works_from_a_thread_with_other_threads_about() -> None:
    found: list[object] = []
    end = threading.Event()
    idle = threading.Thread(target=end.wait)
    idle.start()

    def ask() -> None:
        with obedient() as bounded:
            found.extend(answers(bounded, [["a", "exit", "b"]]))

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    end.set()
    idle.join()
    assert [found[0], found[2]] == ["a", "b"]


PARENT = """
import sys
from tests.obedient import obedient

def batches():
    yield ["a"]
    {then}

with obedient(timeout={timeout}) as bounded:
    bounded.start()
    print(bounded.pid, flush=True)
    for _, result in bounded.run(batches()):
        print(result, flush=True)
"""


def stopped(number: int, *, then: str, timeout: float = PATIENT) -> str:
    """Stops a parent while it does `then`, waits for both to go; what was told as an error.

    The pipes of what they print end only when parent and child have both gone.
    """
    with subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then, timeout=timeout)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        assert int(parent.stdout.readline()) != parent.pid
        assert parent.stdout.readline() == "a\n"
        if number == signal.SIGINT:
            os.killpg(parent.pid, number)  # as a terminal does: all of them hear it
        else:
            parent.send_signal(number)
        parent.stdout.read()
        return parent.stderr.read()


def test_a_child_that_nobody_closed_goes_at_the_end() -> None:
    code = "from tests.obedient import obedient\nleft = obedient()\nleft.start()\nprint(left.pid)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert gone(int(done.stdout))
    assert done.stderr == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_idle_child_goes_with_its_parent(number: int) -> None:
    told = stopped(number, then="sys.stdin.read()")
    assert told.count("Traceback") == (number == signal.SIGINT)


def test_an_interrupt_ends_a_child_at_work() -> None:
    assert stopped(signal.SIGINT, then='yield ["loop"]').count("Traceback") == 1


def test_a_child_at_work_does_not_outlive_a_killed_parent_for_long() -> None:
    stopped(signal.SIGKILL, then='yield ["loop"]', timeout=1.0)


def test_a_child_that_nobody_waits_for_is_let_go_before_it_is_ready() -> None:
    asked = iter([True, False])
    bounded: Bounded[str, object] = Bounded(never_ready, timeout=5, wanted=lambda: next(asked))
    with bounded, pytest.raises(UnwantedError):
        bounded.start()
    assert bounded.pid is None
