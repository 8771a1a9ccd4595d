"""Signals reach the one who waits, whichever thread the system hands them to."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from monitor.stopping import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_another_thread_gets_wakes_the_one_who_waits(number: signal.Signals) -> None:
    with stop_on_signals() as stopping:
        assert not stopping.wait(0)
        hit = threading.Event()

        def get_it() -> None:
            hit.wait(5)
            signal.pthread_kill(threading.get_ident(), number)

        thread = threading.Thread(target=get_it)
        thread.start()
        hit.set()
        while not stopping.wait(5):
            pass
        assert stopping.is_set()
        assert stopping.wait(5)
        thread.join()


def test_the_second_interrupt_interrupts() -> None:
    with stop_on_signals() as stopping:
        os.kill(os.getpid(), signal.SIGINT)
        assert stopping.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_the_handlers_before_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_on_signals():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.set_wakeup_fd(-1) == -1
