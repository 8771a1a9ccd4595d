"""The whole way through a real process: feeds and price files on loopback, alerts to a webhook."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event

import pytest

from monitor.cli import run
from tests.servers import LoopbackServer, Reply

STORY = (
    "The White House has invoked the Defense Production Act to fund rare-earth mining, and "
    "MP Materials would be the first to be paid. President Donald Trump signed the order on {day}."
)


PATIENT = 5  # times as long as a server waits by itself
ALWAYS = """[[sources]]
        name = "desk"
        url = "@/desk"
        every = "1s"
        [[sources]]
        name = "hangs"
        url = "@/hangs"
        [watch]"""


def rss(*items: tuple[str, str, datetime]) -> bytes:
    entries = "".join(
        f"<item><title>{title}</title><guid>{title}</guid><description>{text}</description>"
        f"<pubDate>{format_datetime(at)}</pubDate></item>"
        for title, text, at in items
    )
    return (f'<rss version="2.0"><channel><title>Wire</title>{entries}</channel></rss>').encode()


def configured(folder: Path, server: LoopbackServer) -> Path:
    (folder / "prices").mkdir()
    path = folder / "config.toml"
    path.write_text(
        f"""
        [poll]
        private = ["127.0.0.1"]
        spacing = "0s"
        [pages]
        fetch = false
        [[sources]]
        name = "wire"
        url = "{server.url("/wire")}"
        [[sources]]
        name = "broken"
        url = "{server.url("/broken")}"
        [watch]
        symbols = ["MP"]
        [prices]
        provider = "files"
        dir = "prices"
        [[channels]]
        type = "webhook"
        name = "desk"
        url = "{server.url("/hook")}"
        secret_file = "secret"
        [[routes]]
        channels = ["desk"]
        """,
        encoding="utf-8",
    )
    (folder / "secret").write_text("between us", encoding="utf-8")
    return path


@pytest.fixture
def news(server: LoopbackServer) -> LoopbackServer:
    now = datetime.now(UTC) - timedelta(minutes=2)
    server.route(
        "/wire",
        Reply(
            body=rss(
                ("Law of wartime used for mines", STORY.format(day=f"{now:%A}"), now),
                ("Labour MP asks about a school", "The member of parliament was not told.", now),
            ),
            etag='"1"',
        ),
    )
    server.route("/broken", Reply(status=500))
    server.route("/hook", Reply(status=204))
    return server


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from monitor.cli import main; main()", *arguments]


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def running() -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []

    def start(config: Path) -> subprocess.Popen[str]:
        processes.append(
            subprocess.Popen(
                command("run", "--config", str(config)),
                stderr=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
            )
        )
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def hooks(server: LoopbackServer) -> list[dict[str, object]]:
    return [json.loads(one.body) for one in server.requests if one.path == "/hook"]


def wait_for(server: LoopbackServer, count: int) -> int:
    """The number of requests, once there are so many: a busy machine takes long to start us."""
    for _ in range(PATIENT):
        with suppress(TimeoutError):
            return len(server.wait_for(count))
    return len(server.wait_for(count))


def wait_for_hooks(server: LoopbackServer, count: int = 1) -> None:
    seen = 0
    while len(hooks(server)) < count:
        seen = wait_for(server, seen + 1)


def test_one_pass_brings_a_story_to_the_webhook_once(
    tmp_path: Path, news: LoopbackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(tmp_path, news)
    first = ran("once", "--config", str(config), "--json")
    assert first.returncode == 0, first.stderr
    report = {one["stage"]: one for one in json.loads(first.stdout)}
    assert report["poll"]["counts"] == {"sources": 2, "new": 2}
    assert any("500" in problem for problem in report["poll"]["problems"])
    (alert,) = hooks(news)
    assert alert["symbol"] == "MP"
    assert ["dpa-invocation", "occurred"] in alert["story"]["events"]  # type: ignore[index]
    assert run(["once", "--config", str(config)]) == 0, capsys.readouterr().err
    assert len(hooks(news)) == 1


def test_the_daemon_obeys_sigterm_and_sends_nothing_twice(
    tmp_path: Path,
    news: LoopbackServer,
    running: Callable[[Path], subprocess.Popen[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = configured(tmp_path, news)
    daemon = running(config)
    wait_for_hooks(news)
    assert run(["once", "--config", str(config)]) == 1
    assert "in use by process" in capsys.readouterr().err
    daemon.send_signal(signal.SIGTERM)
    printed, logged = daemon.communicate(timeout=10)
    assert daemon.returncode == 0
    assert printed == ""
    assert "HTTP 500" in logged or "500" in logged
    assert "between us" not in logged
    assert run(["once", "--config", str(config)]) == 0, capsys.readouterr().err
    assert len(hooks(news)) == 1


def test_a_stop_while_a_source_hangs_loses_nothing(
    tmp_path: Path,
    news: LoopbackServer,
    running: Callable[[Path], subprocess.Popen[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever had been done when the signal came is not done again, and the rest is."""
    config = configured(tmp_path, news)
    never = Event()
    news.route("/broken", Reply(wait=never))
    daemon = running(config)
    wait_for(news, 2)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0
    news.route("/broken", Reply(status=500))
    assert run(["once", "--config", str(config)]) == 0, capsys.readouterr().err
    assert len(hooks(news)) == 1


def test_what_comes_out_while_the_daemon_runs_is_told_though_a_source_hangs(
    tmp_path: Path,
    news: LoopbackServer,
    running: Callable[[Path], subprocess.Popen[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = configured(tmp_path, news)
    config.write_text(
        config.read_text(encoding="utf-8")
        .replace("[poll]", '[poll]\ndeadline = "1h"', 1)
        .replace("[watch]", ALWAYS.replace("@", news.url("")), 1)
    )
    news.route("/hangs", Reply(wait=Event()))
    news.route("/desk", Reply(body=rss(("Nothing of note", "Nothing.", datetime.now(UTC)))))
    daemon = running(config)
    wait_for_hooks(news)
    now = datetime.now(UTC)
    told = "The United States has imposed sanctions on a seller of rare earths, MP Materials said."
    news.route("/desk", Reply(body=rss(("Sanctions on rare earths", told, now))))
    wait_for_hooks(news, 2)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0
    assert run(["status", "--config", str(config), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {job["name"] for job in found["jobs"]} >= {"pass", "poll"}
    sources = {one["name"]: one for one in found["sources"]}
    assert [sources[name]["health"] for name in ("desk", "wire", "broken", "hangs")] == [
        *("fresh", "fresh", "failing", "new"),
    ]
    assert sources["broken"]["reason"].startswith("answered with status 500")
    assert sources["wire"]["next_at"] > sources["wire"]["polled_at"]
    assert found["freshness"]["alerted"]["n"] == 1  # what was there at the start is not counted
    assert run(["status", "--config", str(config)]) == 0
    printed = capsys.readouterr().out
    assert "freshness: alerted after seen" in printed
    assert "! broken: failing, answered with status 500" in printed
    assert run(["doctor", "--config", str(config)]) == 1
    printed = capsys.readouterr().out
    assert "WRONG source broken: failing, answered with status 500" in printed
