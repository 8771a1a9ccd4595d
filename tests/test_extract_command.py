"""monitor extract: one answer for each line, in order, whatever the lines are."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.app import rules_of
from monitor.cli import run
from monitor.commands.extract import (
    LONGEST,
    Answer,
    How,
    _inputs,
    answered,
    answering,
    article_of_line,
)
from monitor.commands.lines import Line, handfuls
from monitor.config import load_config
from monitor.errors import SourceError
from tests.answers import looping
from tests.foreign_texts import FOREIGN
from tests.rule_files import FEW
from tests.shared import made_once

PRICES = Path(__file__).parent.parent / "monitor" / "demo" / "episode" / "prices"
CLAIM = {
    "id": "a",
    "title": "Wartime law for mines",
    "text": "The White House may invoke the Defense Production Act for rare earths. "
    "MP Materials climbed as much as 17% on Thursday, its highest since March.",
    "published": "2025-06-12T20:30:00Z",
}
MARKUP = (
    "<p>The <b>White</b> House may invoke the De<i>fense</i> Production&nbsp;Act &amp; more."
    "</p><script>MP Materials rose 9%</script>\u200b<p>MP Mat\u00aderials rose 5%.</p>"
)
BAD = [
    b"{not json",
    b'["a list"]',
    b'{"id": "t", "title": "no text"}',
    b'{"id": "p", "text": "x", "published": "yesterday"}',
    b"\xff\xfe",
    b"",
    b'{"id": "long", "text": "' + b"x" * LONGEST + b'"}',
    b"[" * 1_000_000,
]
ODD = ["\\u0000", "\\ud800", "\\u202e", "\\u200f", "<b>", "\\ufeff"]
LINES = [
    json.dumps(CLAIM),
    json.dumps({"id": "markup", "text": MARKUP}),
    json.dumps({"id": "r", "text": FOREIGN["ru"][1]}),
    json.dumps(CLAIM | {"id": "long", "text": str(CLAIM["text"]) + " and so on" * 30_000}),
    json.dumps({"id": "longest", "text": f"{CLAIM['text']} {'and so on ' * 2_000_000}"}),
    *(f'{{"id": "x{odd}", "text": "{odd}MP Materials rose 5% on {odd} Thursday."}}' for odd in ODD),
]
Told = dict[str, Any]


def configured(folder: Path, more: str = "") -> str:
    path = folder / "config.toml"
    path.write_text(f'[watch]\nsymbols = ["MP"]\n{more}', encoding="utf-8")
    return str(path)


FILES = f'[prices]\nprovider = "files"\ndir = "{PRICES}"\n'


def by_few(folder: Path, more: str = "") -> str:
    (folder / "rules").mkdir()
    (folder / "rules" / "few.toml").write_text(FEW, encoding="utf-8")
    return configured(folder, f'[rules]\nshipped = false\nfolders = ["rules"]\n{more}')


def asked_one_by_one(folder: Path) -> None:
    """Writes what the command says to each line of BAD and LINES before it is given the next, and
    how it ends.
    """
    command = [sys.executable, "-c", "from monitor.cli import main; main()"]
    with subprocess.Popen(
        [*command, "extract", "--jsonl", "--config", configured(folder, FILES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = []
        for line in [*BAD, *map(str.encode, LINES)]:
            process.stdin.write(line + b"\n")
            process.stdin.flush()
            if line:
                told.append(process.stdout.readline().decode())
        process.stdin.close()
        told.append(process.stdout.read().decode())
        found = {"told": told, "status": process.wait()}
    (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    """To each of BAD that is not blank and of LINES, of one process."""
    folder = made_once(tmp_path_factory, "extract-command", asked_one_by_one)
    found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    assert found["status"] == 1  # not all of them could be understood
    *told, rest = found["told"]
    assert rest == ""
    return [json.loads(line) for line in told]


def answer_to(identity: str, answers: list[Told]) -> Told:
    [found] = [one for one in answers if one["id"] == identity]
    return found


def test_a_line_in_gives_a_line_out(answers: list[Told]) -> None:
    found = answer_to("a", answers)
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


def test_what_the_child_does_can_be_done_without_one(tmp_path: Path) -> None:
    settings = load_config(Path(by_few(tmp_path, FILES)), {})
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


def test_a_bad_line_is_named_and_the_stream_goes_on(answers: list[Told]) -> None:
    bad = answers[: len(BAD) - 1]  # one is blank
    assert all("error" in one for one in bad)
    assert bad[5] == {"id": "standard input:7", "error": "standard input:7: longer than 64 MB"}
    assert [one["id"] for one in bad[2:4]] == ["t", "p"]
    assert "standard input:1" in bad[0]["error"]
    assert answer_to("a", answers)["claims"]


def test_odd_characters_harm_nothing(answers: list[Told]) -> None:
    odd = [one for one in answers if one["id"].startswith("x")]
    assert len(odd) == len(ODD)
    for one in odd:
        assert "mp-materials" in {entity["id"] for entity in one["entities"]}


def test_markup_is_read_as_its_words_and_offsets_stay_those_of_the_text(
    answers: list[Told],
) -> None:
    found = answer_to("markup", answers)
    told = {entity["id"]: entity for entity in found["entities"]}
    assert told["white-house"]["text"] == "White</b> House"
    assert told["defense-production-act"]["text"] == "De<i>fense</i> Production&nbsp;Act"
    assert told["mp-materials"]["text"] == "MP Mat\u00aderials"
    for entity in found["entities"]:
        assert MARKUP[entity["start"] : entity["end"]] == entity["text"]
    assert [claim["percent"] for claim in found["claims"]] == [5.0]


def test_a_text_in_another_language_is_skipped_with_the_reason(answers: list[Told]) -> None:
    found = answer_to("r", answers)
    # without a model of languages it is not known which
    assert found["skipped"] in ("language: ru", "language: und")
    assert found == {
        **{"id": "r", "entities": [], "events": [], "claims": []},
        "skipped": found["skipped"],
    }


def test_of_a_text_that_is_too_long_the_beginning_is_read_and_that_is_said(
    answers: list[Told],
) -> None:
    found = answer_to("long", answers)
    assert found["claims"]
    assert found["unread"] == len(f"{CLAIM['title']}\n{CLAIM['text']}") + 300_000 - 200_000


def test_a_text_of_megabytes_is_read_from_its_beginning(answers: list[Told]) -> None:
    found = answer_to("longest", answers)
    assert found["claims"]
    assert found["unread"] == len(CLAIM["text"]) + 1 + 20_000_000 - 200_000


def test_whoever_waits_for_an_answer_gets_it_before_the_next_line(answers: list[Told]) -> None:
    """See how they were asked."""
    ids = [json.loads(line)["id"].encode(errors="replace").decode() for line in LINES]
    good = answers[len(BAD) - 1 :]
    assert [one["id"].replace("\ufffd", "?") for one in good] == ids


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


def test_a_text_gives_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "text.txt"
    path.write_text("Nothing of interest happened.", encoding="utf-8")
    assert run(["extract", str(path), "--config", by_few(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"id": str(path), "entities": [], "events": [], "claims": []}


def test_a_text_that_is_too_long_to_be_held_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * (LONGEST + 1))
    assert run(["extract", str(path), "--config", by_few(tmp_path)]) == 1
    assert capsys.readouterr().err == f"monitor: {path}: longer than 64 MB\n"


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceError, match=r"^no-such-file: cannot be read: No such file"):
        list(_inputs([Path("no-such-file")], jsonl=False))


def test_without_bars_a_claim_is_unverifiable(tmp_path: Path) -> None:
    settings = load_config(Path(by_few(tmp_path)), {})
    work = answering(settings, rules_of(settings), datetime.now(UTC), How(jsonl=True))
    [answer] = work([Line("f:1", json.dumps(CLAIM).encode())])
    (claim,) = json.loads(answer.told)["claims"]
    assert claim["verdict"] == "unverifiable"
    assert claim["reason"] == "no bars of MP are at hand"
    assert not (tmp_path / "monitor.db").exists()
