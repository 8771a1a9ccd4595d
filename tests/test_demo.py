"""The bundled episode, replayed once by the command; what it printed and left is looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import run
from monitor.demo import run as demonstration
from tests.shared import made_once

Capture = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Demo:
    """What a demonstration printed and left in `folder`."""

    folder: Path
    printed: str
    alerts: list[dict[str, Any]]

    @property
    def config(self) -> str:
        return str(self.folder / "config.toml")


def demonstrated(folder: Path) -> None:
    """As a user has it: ten days."""
    command = [sys.executable, "-c", "from monitor.cli import main; main()"]
    with (folder / "printed").open("w", encoding="utf-8") as printed:
        arguments = [*command, "demo", "--out", str(folder / "out")]
        subprocess.run(arguments, stdout=printed, timeout=240, check=True)


def demonstrated_from_the_last_day_but_one(folder: Path) -> None:
    """With a fifth of the passes: what came before is found as a cold start finds it."""
    with (
        pytest.MonkeyPatch.context() as patch,
        (folder / "printed").open("w", encoding="utf-8") as printed,
        redirect_stdout(printed),
    ):
        patch.setattr(demonstration, "START", datetime(2025, 6, 12, tzinfo=UTC))
        assert run(["demo", "--out", str(folder / "out")]) == 0


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(demonstrated_from_the_last_day_but_one, id="short"),
        pytest.param(demonstrated, id="as-shipped", marks=pytest.mark.slow),
    ],
)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = made_once(tmp_path_factory, request.param.__name__, request.param)
    printed = (folder / "printed").read_text(encoding="utf-8")
    lines = (folder / "out" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    return Demo(folder / "out", printed, [json.loads(line) for line in lines])


def told(capsys: Capture, *arguments: str) -> str:
    """What a command prints that goes well."""
    status = run(list(arguments))
    printed, complained = capsys.readouterr()
    assert status == 0, complained
    return printed


def test_the_surge_is_matched_with_the_story(demo: Demo) -> None:
    (alert,) = [one for one in demo.alerts if one["move"] and one["symbol"] == "MP"
                and one["move"]["session"] == "2025-06-12"]  # fmt: skip
    assert alert["severity"] == "critical"
    assert alert["labels"]["event"] == "dpa-invocation"
    assert ["dpa-invocation", "considered"] in alert["story"]["events"]
    assert alert["move"]["return"] == pytest.approx(29.20 / 25.64 - 1)
    assert alert["move"]["intraday_high_return"] == pytest.approx(29.96 / 25.64 - 1)
    assert alert["reaction"]["p_value"] < 0.01
    assert alert["evidence"][0]["source"] == "Bloomberg"
    assert alert["title"] in demo.printed
    (claim,) = [one for one in alert["claims"] if one["text"] and one["percent"] == 17]
    assert claim["verdict"] == "confirmed"
    assert claim["extreme_verdict"] == "confirmed"
    assert claim["measured_since"] == "2023-03-14"


def test_the_story_is_told_once_however_many_carry_it(demo: Demo) -> None:
    told = [
        one
        for one in demo.alerts
        if one["move"] is None
        and one["labels"]["event"] == "dpa-invocation"
        and one["starts_at"].startswith(("2025-06-12", "2025-06-13"))
    ]
    assert [one["story"]["first_source"] for one in told] == ["Bloomberg"]


def test_look_alikes_raise_nothing(demo: Demo) -> None:
    sources = {piece["source"] for one in demo.alerts for piece in one["evidence"]}
    assert sources
    assert "Composed wire" not in sources


def test_explain_tells_why(demo: Demo, tmp_path: Path, capsys: Capture) -> None:
    asked = ("explain", "MP", "2025-06-12", "--config", demo.config)
    found = json.loads(told(capsys, *asked, "--json"))
    assert found["verdict"] == "explained"
    best = found["candidates"][0]
    assert ["dpa-invocation", "considered"] in best["events"]
    assert best["timing"] == "unknown"  # daily bars cannot tell what came first within a session
    assert len(best["reaction"]["ar"]) >= 2
    assert found["move"]["abnormal_return"] == pytest.approx(0.134, abs=0.001)
    assert any(one["since"] == "2023-03-14" for one in found["move"]["extremes"])
    assert sum(one["score"] for one in found["candidates"]) < 1
    assert found["move"]["looked_at"] == 7
    p_value, adjusted = found["move"]["p_value"], found["move"]["p_adjusted"]
    assert p_value <= adjusted <= 7 * p_value
    assert 0 <= found["move"]["common_share"] <= 1
    chart = tmp_path / "explained.png"
    printed = told(capsys, *asked, "--chart", str(chart))
    assert "+13.9% to 29.20, from 25.64; high +16.8%" in printed
    assert "Verdict: explained" in printed
    assert "None of these: probability 0.0" in printed
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_the_digest_is_there_in_both_forms_with_its_chart(demo: Demo) -> None:
    html = (demo.folder / "digest.html").read_text(encoding="utf-8")
    text = (demo.folder / "digest.txt").read_text(encoding="utf-8")
    chart = demo.folder / "MP-2025-06-12.png"
    assert chart.read_bytes().startswith(b"\x89PNG")
    assert f'src="{chart.name}"' in html
    for words in ("MP Materials", "+13.9%", "Bloomberg", "14 March 2023"):
        assert words in html
        assert words in text


def test_other_commands_work_on_what_is_left(demo: Demo, capsys: Capture) -> None:
    here = ("--config", demo.config)
    listed = json.loads(told(capsys, "alerts", "list", *here, "--json"))
    assert {one["id"] for one in listed} == {one["id"] for one in demo.alerts}
    shown = told(capsys, "alerts", "show", demo.alerts[0]["id"][:10], *here)
    assert "Fired by rule" in shown
    assert "console: sent after 1 try" in shown
    status = json.loads(told(capsys, "status", *here, "--json"))
    assert status["outbox"] == {"sent": len(demo.alerts)}
    assert status["articles"] == {"folded": 28}
    digest = told(capsys, "digest", "--date", "2025-06-12", *here)
    assert "MP Materials (MP)  +13.9%  explained" in digest


def test_a_users_own_folder_is_left_alone(tmp_path: Path, capsys: Capture) -> None:
    config = tmp_path / "config.toml"
    config.write_text("# mine\n", encoding="utf-8")
    assert run(["demo", "--out", str(tmp_path)]) == 1
    assert "config.toml is not the demo's" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [config]


@pytest.mark.parametrize(
    ("day", "what"),
    [("2025-06-14", "the exchange was closed"), ("2022-06-14", "MP 2022-06-14")],
)
def test_a_day_without_a_move_is_told(demo: Demo, day: str, what: str, capsys: Capture) -> None:
    assert run(["explain", "MP", day, "--config", demo.config]) == 1
    complained = capsys.readouterr().err
    assert what in complained
    assert "Traceback" not in complained
