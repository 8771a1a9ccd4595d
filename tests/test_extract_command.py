"""monitor extract: one answer for each line, in order, whatever the lines are."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.app import rules_of
from monitor.cli import run
from monitor.commands.extract import (
    LONGEST,
    Answer,
    Answers,
    How,
    answered,
    answering,
    article_of_line,
)
from monitor.commands.lines import Line, handfuls
from monitor.config import load_config
from monitor.errors import SourceError
from tests.foreign_texts import FOREIGN

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


def test_what_the_child_does_can_be_done_without_one(config: str) -> None:
    settings = load_config(Path(config), {})
    work = answering(settings, rules_of(settings), datetime.now(UTC), How(jsonl=True))
    lines = [
        Line("f:1", json.dumps(CLAIM).encode()),
        Line("f:2", b"{"),
        Line("f:3", b'{"id": 3, "text": "Nothing."}'),
        Line("f:4", b'{"id": 4', whole=False),
    ]
    first, second, third, fourth = work(lines)
    assert json.loads(first.told)["claims"][0]["verdict"] == "confirmed"
    assert second.error is not None
    assert second.error.startswith("f:2: not JSON")
    assert json.loads(third.told) == {"id": "3", "entities": [], "events": [], "claims": []}
    assert fourth == Answer(error="f:4: longer than 64 MB")
    whole = answering(settings, rules_of(settings), datetime.now(UTC), How(jsonl=False))
    (told,) = whole([Line("a.txt", b"\xef\xbb\xbfMP Materials rose.")])
    assert json.loads(told.told)["entities"][0]["start"] == 0


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
        b'{"id": "long", "text": "' + b"x" * LONGEST + b'"}',
        b"[" * 1_000_000,
        json.dumps(CLAIM).encode(),
    ]
    status, found = extracted(b"\n".join(lines), config, monkeypatch, capsys)
    assert status == 1
    assert len(found) == 8
    assert all("error" in one for one in found[:7])
    assert found[5] == {
        "id": "standard input:7",
        "error": "standard input:7: longer than 64 MB",
    }
    assert [one["id"] for one in found[2:4]] == ["t", "p"]
    assert "standard input:1" in found[0]["error"]
    assert found[-1]["claims"]


def test_odd_characters_harm_nothing(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odds = ["\\u0000", "\\ud800", "\\u202e", "\\u200f", "<b>", "\\ufeff"]
    lines = [
        f'{{"id": "x{odd}", "text": "{odd}MP Materials rose 5% on {odd} Thursday."}}'
        for odd in odds
    ]
    status, found = extracted("\n".join(lines).encode(), config, monkeypatch, capsys)
    assert status == 0
    assert len(found) == len(odds)
    for one in found:
        assert "mp-materials" in {entity["id"] for entity in one["entities"]}


def test_markup_is_read_as_its_words_and_offsets_stay_those_of_the_text(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "<p>The <b>White</b> House may invoke the De<i>fense</i> Production&nbsp;Act &amp; more."
        "</p><script>MP Materials rose 9%</script>\u200b<p>MP Mat\u00aderials rose 5%.</p>"
    )
    line = json.dumps({"text": text}).encode()
    status, (found,) = extracted(line, config, monkeypatch, capsys)
    assert status == 0
    told = {entity["id"]: entity for entity in found["entities"]}
    assert told["white-house"]["text"] == "White</b> House"
    assert told["defense-production-act"]["text"] == "De<i>fense</i> Production&nbsp;Act"
    assert told["mp-materials"]["text"] == "MP Mat\u00aderials"
    for entity in found["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]
    assert [claim["percent"] for claim in found["claims"]] == [5.0]


def test_a_text_in_another_language_is_skipped_with_the_reason(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps({"id": "r", "text": FOREIGN["ru"][1]}).encode()
    status, (found,) = extracted(line, config, monkeypatch, capsys)
    assert status == 0
    # without a model of languages it is not known which
    assert found.pop("skipped") in ("language: ru", "language: und")
    assert found == {"id": "r", "entities": [], "events": [], "claims": []}


def test_of_a_text_that_is_too_long_the_beginning_is_read_and_that_is_said(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps(CLAIM | {"text": str(CLAIM["text"]) + " and so on" * 30_000}).encode()
    status, (found,) = extracted(line, config, monkeypatch, capsys)
    assert status == 0
    assert found["claims"]
    assert found["unread"] == len(f"{CLAIM['title']}\n{CLAIM['text']}") + 300_000 - 200_000


def test_a_text_of_megabytes_is_read_from_its_beginning(
    config: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps({"text": f"{CLAIM['text']} {'and so on ' * 2_000_000}"}).encode()
    status, (found,) = extracted(line, config, monkeypatch, capsys)
    assert status == 0
    assert found["claims"]
    assert found["unread"] == len(CLAIM["text"]) + 1 + 20_000_000 - 200_000


def test_whoever_waits_for_an_answer_gets_it_before_the_next_line(config: str) -> None:
    command = [sys.executable, "-c", "from monitor.cli import main; main()"]
    with subprocess.Popen(
        [*command, "extract", "--jsonl", "--config", config],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for identity in ("first", "second"):
            process.stdin.write(json.dumps({"id": identity, "text": "Nothing."}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == identity
        process.stdin.close()
        assert process.wait() == 0


def looping() -> Answers:
    def answers(lines: Sequence[Line]) -> Iterator[Answer]:
        for line in lines:
            while line.raw == b"loop":
                pass
            yield Answer(line.raw.decode())

    return answers


def test_a_line_that_takes_too_long_is_named_and_the_stream_goes_on() -> None:
    lines = [Line(f"f:{number}", raw) for number, raw in enumerate([b"a", b"loop", b"b"])]
    found = list(answered([lines], looping, timeout=0.3))
    assert [line for line, _ in found] == lines
    error = "f:1: could not be understood: took longer than 0.3 seconds"
    assert [answer for _, answer in found] == [Answer("a"), Answer(error=error), Answer("b")]


def test_where_no_child_can_be_had_texts_are_read_and_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    here = looping()
    (found,) = answered([[Line("f:1", b"a")]], lambda: here, timeout=0.3)
    assert found == (Line("f:1", b"a"), Answer("a"))
    assert "without a limit of time: the work cannot be handed over" in capsys.readouterr().err


def test_a_text_that_is_too_long_to_be_held_is_named(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * (LONGEST + 1))
    assert run(["extract", str(path), "--config", config]) == 1
    assert capsys.readouterr().err == f"monitor: {path}: longer than 64 MB\n"


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("{", "not JSON"),
        ("[1]", 'must be a JSON object with a "text"'),
        ('{"text": 5}', 'must be a JSON object with a "text"'),
        ('{"text": "x", "published": "soon"}', "published must be a time in ISO 8601"),
        ('{"text": "x", "published": "0001-01-01"}', "published must lie from 1900 to 2200"),
    ],
)
def test_what_is_wrong_with_a_line_is_told(row: str, error: str) -> None:
    with pytest.raises(SourceError, match=f"^f:1: {error}"):
        article_of_line(row, "f:1", datetime.now(UTC))


def test_half_a_character_is_read_as_one_that_is_not_known() -> None:
    article = article_of_line('{"text": "a\\ud800b", "id": "\\udfff"}', "f:1", datetime.now(UTC))
    assert (article.text, article.id) == ("a\ufffdb", "\ufffd")


def test_lines_that_arrive_together_are_handed_on_together() -> None:
    arrivals = [b"a\n\n b", b"c\r\nd\n", b"\n", b"long", b"er\n" + b"x" * 9, b"x\ne", b""]

    class Stream:
        def read1(self, size: int, /) -> bytes:
            return arrivals.pop(0)

    assert list(handfuls(Stream(), "f", 5)) == [
        [Line("f:1", b"a")],
        [Line("f:3", b" bc\r"), Line("f:4", b"d")],
        [Line("f:6", b"longe", whole=False)],
        [Line("f:7", b"xxxxx", whole=False)],
        [Line("f:8", b"e")],
    ]


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
