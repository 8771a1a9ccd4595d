"""The bundled episode, replayed once by the real command; what it printed and left is looked at."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


def monitor(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from monitor.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@dataclass(frozen=True)
class Demo:
    folder: Path
    printed: str
    alerts: list[dict[str, Any]]

    @property
    def config(self) -> str:
        return str(self.folder / "config.toml")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = monitor("demo", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    lines = (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    return Demo(folder, done.stdout, [json.loads(line) for line in lines])


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


def test_explain_tells_why(demo: Demo) -> None:
    done = monitor("explain", "MP", "2025-06-12", "--config", demo.config, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
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
    chart = demo.folder / "explained.png"
    arguments = ("explain", "MP", "2025-06-12", "--config", demo.config, "--chart", str(chart))
    told = monitor(*arguments).stdout
    assert "+13.9% to 29.20, from 25.64; high +16.8%" in told
    assert "Verdict: explained" in told
    assert "None of these: probability 0.0" in told
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_the_digest_is_there_in_both_forms_with_its_chart(demo: Demo) -> None:
    html = (demo.folder / "digest.html").read_text(encoding="utf-8")
    text = (demo.folder / "digest.txt").read_text(encoding="utf-8")
    chart = demo.folder / "MP-2025-06-12.png"
    assert chart.read_bytes().startswith(b"\x89PNG")
    assert f'src="{chart.name}"' in html
    for told in ("MP Materials", "+13.9%", "Bloomberg", "14 March 2023"):
        assert told in html
        assert told in text


def test_other_commands_work_on_what_is_left(demo: Demo) -> None:
    listed = json.loads(monitor("alerts", "list", "--config", demo.config, "--json").stdout)
    assert {one["id"] for one in listed} == {one["id"] for one in demo.alerts}
    shown = monitor("alerts", "show", demo.alerts[0]["id"][:10], "--config", demo.config).stdout
    assert "Fired by rule" in shown
    assert "console: sent after 1 try" in shown
    status = json.loads(monitor("status", "--config", demo.config, "--json").stdout)
    assert status["outbox"] == {"sent": len(demo.alerts)}
    assert status["articles"] == {"folded": 28}
    digest = monitor("digest", "--date", "2025-06-12", "--config", demo.config)
    assert "MP Materials (MP)  +13.9%  explained" in digest.stdout


def test_a_users_own_folder_is_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("# mine\n", encoding="utf-8")
    done = monitor("demo", "--out", str(tmp_path))
    assert done.returncode == 1
    assert "config.toml is not the demo's" in done.stderr
    assert list(tmp_path.iterdir()) == [config]


@pytest.mark.parametrize(
    ("day", "what"),
    [("2025-06-14", "the exchange was closed"), ("2022-06-14", "MP 2022-06-14")],
)
def test_a_day_without_a_move_is_told(demo: Demo, day: str, what: str) -> None:
    done = monitor("explain", "MP", day, "--config", demo.config)
    assert done.returncode == 1
    assert what in done.stderr
    assert "Traceback" not in done.stderr
