"""The whole way through a real process: feeds and price files on loopback, alerts to a webhook."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Event

import pytest

from tests.servers import LoopbackServer, Reply

STORY = (
    "The White House has invoked the Defense Production Act to fund rare-earth mining, and "
    "MP Materials would be the first to be paid. President Donald Trump signed the order on {day}."
)


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
        command(*arguments), capture_output=True, text=True, timeout=60, check=False
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


def wait_for_hook(server: LoopbackServer) -> None:
    seen = 0
    while not hooks(server):
        seen = len(server.wait_for(seen + 1))


def test_one_pass_brings_a_story_to_the_webhook_once(tmp_path: Path, news: LoopbackServer) -> None:
    config = configured(tmp_path, news)
    first = ran("once", "--config", str(config), "--json")
    assert first.returncode == 0, first.stderr
    report = {one["stage"]: one for one in json.loads(first.stdout)}
    assert report["poll"]["counts"] == {"sources": 2, "new": 2}
    assert any("500" in problem for problem in report["poll"]["problems"])
    (alert,) = hooks(news)
    assert alert["symbol"] == "MP"
    assert ["dpa-invocation", "occurred"] in alert["story"]["events"]  # type: ignore[index]
    again = ran("once", "--config", str(config))
    assert again.returncode == 0, again.stderr
    assert len(hooks(news)) == 1


def test_the_daemon_obeys_sigterm_and_sends_nothing_twice(
    tmp_path: Path, news: LoopbackServer, running: Callable[[Path], subprocess.Popen[str]]
) -> None:
    config = configured(tmp_path, news)
    daemon = running(config)
    wait_for_hook(news)
    second = ran("once", "--config", str(config))
    assert second.returncode == 1
    assert "in use by process" in second.stderr
    daemon.send_signal(signal.SIGTERM)
    printed, logged = daemon.communicate(timeout=10)
    assert daemon.returncode == 0
    assert printed == ""
    assert "HTTP 500" in logged or "500" in logged
    assert "between us" not in logged
    again = ran("once", "--config", str(config))
    assert again.returncode == 0, again.stderr
    assert len(hooks(news)) == 1


def test_a_pass_stopped_in_the_middle_loses_nothing(
    tmp_path: Path, news: LoopbackServer, running: Callable[[Path], subprocess.Popen[str]]
) -> None:
    """The signal comes while a source keeps the pass waiting; the next start has it all."""
    config = configured(tmp_path, news)
    never = Event()
    news.route("/broken", Reply(wait=never))
    daemon = running(config)
    news.wait_for(2)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0
    assert hooks(news) == []
    news.route("/broken", Reply(status=500))
    after = ran("once", "--config", str(config))
    assert after.returncode == 0, after.stderr
    assert len(hooks(news)) == 1
