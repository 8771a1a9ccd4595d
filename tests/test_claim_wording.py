"""Claims about prices in the wording of market reports, class by class.

The sentences are in data/claim_wording.jsonl, made up for this, each written before it was tried:
class, text, the claims in short (as `told` in test_claims gives them), and `at`, the time of
writing in UTC on Thursday 12 June 2025 where it is not after the close.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.test_claims import AFTER_THE_CLOSE, told

FILE = Path(__file__).parent / "data" / "claim_wording.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in FILE.read_text().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['class']}: {row['text'][:50]}" for row in ROWS])
def test_a_sentence_is_read_as_it_is_meant(row: dict[str, Any]) -> None:
    at = f"2025-06-12T{row['at']}:00+00:00" if "at" in row else AFTER_THE_CLOSE
    assert told(row["text"], at) == row["claims"]


def test_every_class_has_its_sentences() -> None:
    counted = Counter(row["class"] for row in ROWS)
    assert len(counted) == 7
    assert min(counted.values()) >= 5
    assert counted["left out"] >= 70
