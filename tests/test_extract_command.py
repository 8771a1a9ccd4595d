"""monitor extract: one answer for each line, in order, whatever the lines are."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import run

PRICES = Path(__file__).parent.parent / "monitor" / "demo" / "episode" / "prices"
CLAIM = {
    "id": "a",
    "title": "Wartime law for mines",
    "text": "The White House may invoke the Defense Production Act for rare earths. "
    "MP Materials climbed as much as 17% on Thursday, its highest since March.",
    "published": "2025-06-12T20:30:00Z",
}


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config.toml"
    path.write_text(
        f'[watch]\nsymbols = ["MP"]\n[prices]\nprovider = "files"\ndir = "{PRICES}"\n',
        encoding="utf-8",
    )
    return str(path)


class Stdin(io.TextIOWrapper):
    """Standard input as bytes that a test has at hand."""


def extracted(
    lines: bytes, config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[dict[str, Any]]]:
    monkeypatch.setattr(sys, "stdin", Stdin(io.BytesIO(lines)))
    status = run(["extract", "--jsonl", "--config", config])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_in_gives_a_line_out(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps(CLAIM).encode() + b"\n"
    status, (found,) = extracted(line, config, monkeypatch, capsys)
    assert status == 0
    assert found["id"] == "a"
    content = f"{CLAIM['title']}\n{CLAIM['text']}"
    for entity in found["entities"]:
        assert content[entity["start"] : entity["end"]] == entity["text"]
    assert {"white-house", "defense-production-act", "rare-earths", "mp-materials"} <= {
        one["id"] for one in found["entities"]
    }
    (event,) = [one for one in found["events"] if one["type"] == "dpa-invocation"]
    assert event["status"] == "considered"
    assert event["symbols"] == ["MP", *event["symbols"][1:]]
    trigger = event["trigger"]
    assert content[trigger["start"] : trigger["end"]] == trigger["text"]
    (claim,) = found["claims"]
    assert (claim["symbol"], claim["percent"], claim["basis"]) == ("MP", 17.0, "intraday-high")
    assert (claim["day"], claim["since"]) == ("2025-06-12", "--03")
    assert (claim["verdict"], claim["extreme_verdict"]) == ("confirmed", "confirmed")
    assert claim["measured"] == pytest.approx(16.85, abs=0.01)
    assert claim["measured_since"] == "2023-03-14"


def test_a_bad_line_is_named_and_the_stream_goes_on(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        b"{not json",
        b'["a list"]',
        b'{"id": "t", "title": "no text"}',
        b'{"id": "p", "text": "x", "published": "yesterday"}',
        b"\xff\xfe",
        b"",
        json.dumps({"id": "long", "text": "x" * 2_100_000}).encode(),
        json.dumps(CLAIM).encode(),
    ]
    status, found = extracted(b"\n".join(lines), config, monkeypatch, capsys)
    assert status == 1
    assert len(found) == 7
    assert all("error" in one for one in found[:6])
    assert [one["id"] for one in found[2:4]] == ["t", "p"]
    assert "standard input:1" in found[0]["error"]
    assert found[-1]["claims"]


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800", "\\u202e", "\\u200f", "<b>", "\\ufeff"])
def test_odd_characters_harm_nothing(
    odd: str, config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = f'{{"id": "x{odd}", "text": "{odd}MP Materials rose 5% on {odd} Thursday."}}'
    status, (found,) = extracted(line.encode(), config, monkeypatch, capsys)
    assert status == 0
    assert "mp-materials" in {entity["id"] for entity in found["entities"]}


def test_of_a_text_that_is_too_long_the_beginning_is_read_and_that_is_said(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps(CLAIM | {"text": str(CLAIM["text"]) + " and so on" * 30_000}).encode()
    status, (found,) = extracted(line, config, monkeypatch, capsys)
    assert status == 0
    assert found["claims"]
    assert found["unread"] == len(f"{CLAIM['title']}\n{CLAIM['text']}") + 300_000 - 200_000


def test_a_text_gives_one_document(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "text.txt"
    path.write_text("Nothing of interest happened.", encoding="utf-8")
    assert run(["extract", str(path), "--config", config]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"id": str(path), "entities": [], "events": [], "claims": []}


def test_a_file_that_is_not_there_is_named(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", "no-such-file", "--config", config]) == 1
    assert "no-such-file: cannot be read" in capsys.readouterr().err


def test_without_bars_a_claim_is_unverifiable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[watch]\nsymbols = ["MP"]\n', encoding="utf-8")
    line = json.dumps(CLAIM).encode()
    _, (found,) = extracted(line, str(path), monkeypatch, capsys)
    (claim,) = found["claims"]
    assert claim["verdict"] == "unverifiable"
    assert claim["reason"] == "no bars of MP are at hand"
    assert not (tmp_path / "monitor.db").exists()
