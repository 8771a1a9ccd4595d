from __future__ import annotations

import os
import pty
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.terminal import REPLACEMENT, harmless

NASTY = "\x1b]0;owned\x07 a \x1b[2J\x1b[31mred\x1b[0m \u202ecba\u202c \x9b1A \x08\r\n"
SAYING = "import sys; from monitor.terminal import guard; guard(); print(sys.argv[1], end='')"


def test_what_a_terminal_would_obey_is_shown_not_sent() -> None:
    r = REPLACEMENT
    assert harmless(NASTY) == (f"{r}]0;owned{r} a {r}[2J\x1b[31mred\x1b[0m {r}cba{r} {r}1A {r}\r\n")


@given(st.text())
def test_nothing_else_is_changed(text: str) -> None:
    told = harmless(text)
    assert len(told) == len(text)
    for before, after in zip(text, told, strict=True):
        if before != after:
            assert after == REPLACEMENT
            assert unicodedata.category(before) in ("Cc", "Cf", "Zl", "Zp")


@given(st.text(alphabet="\x1b[0m;]ab\x9b\n"))
def test_an_escape_is_left_only_where_it_gives_a_style(text: str) -> None:
    left = harmless(text).split("\x1b")[1:]
    assert all(rest.startswith("[") and "m" in rest for rest in left)


@pytest.mark.parametrize("shown", [True, False])
def test_only_a_terminal_is_guarded(shown: bool) -> None:
    command = [sys.executable, "-c", SAYING, NASTY.replace("\r\n", "")]
    if not shown:
        told = subprocess.run(command, capture_output=True, check=True).stdout.decode()
        assert told == NASTY.replace("\r\n", "")
        return
    ours, theirs = pty.openpty()
    try:
        subprocess.run(command, stdout=theirs, check=True)
        assert os.read(ours, 1000).decode() == harmless(NASTY.replace("\r\n", ""))
    finally:
        os.close(ours)
        os.close(theirs)
