"""The work for a text grows as its length does, whatever the text is like."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import FrameType

import pytest

from monitor.model import Article
from tests.readers import plain

NOW = datetime(2025, 6, 12, 20, 30, tzinfo=UTC)
NEWS = (
    "The White House may invoke the Defense Production Act for rare earths. "
    "MP Materials climbed as much as 17% on Thursday, its highest since March. "
)
TEXTS = {
    "news": NEWS * 220,
    "in capitals": NEWS.upper() * 220,
    "a single sentence": NEWS.replace(". ", ", ") * 220,
    "lines": NEWS.replace(". ", ".\n") * 220,
    "words of cues": "will not may halt ban tariff export " * 900,
    "other figures": "".join(f"MP Materials rose {n / 10}% on Thursday. " for n in range(1, 800)),
    "symbols": "MP +8% and TMC -2%; " * 1600,
    "points": "MP Materials" + "." * 32_000,
    "digits": "MP Materials " + "9" * 32_000,
}


def calls(text: str) -> int:
    """How often anything is called: unlike the time, the same on every run."""
    count = 0

    def counted(frame: FrameType, event: str, value: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    article = Article("0" * 16, "test", "test", None, "", text, NOW, NOW)
    extractor, before = plain(), sys.getprofile()
    sys.setprofile(counted)
    try:
        extractor.extract(article)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("size", [2_500, pytest.param(14_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", TEXTS)
def test_twice_the_text_is_twice_the_work(kind: str, size: int) -> None:
    text = TEXTS[kind]
    half, whole = calls(text[:size]), calls(text[: 2 * size])
    assert whole <= 2.2 * half
