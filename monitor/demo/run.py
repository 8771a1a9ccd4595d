"""The demonstration: serve the episode, replay it, leave what came of it in a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TextIO

from monitor.app import build, sessions_of
from monitor.config import load_config
from monitor.demo.server import EpisodeServer, read_items, serving
from monitor.errors import MonitorError
from monitor.pipeline.digesting import compose, written
from monitor.replay import moments, replay

EPISODE = Path(__file__).parent / "episode"
START = datetime(2025, 6, 4, tzinfo=UTC)
END = datetime(2025, 6, 13, 21, tzinfo=UTC)
EVERY = timedelta(minutes=30)
DAY = date(2025, 6, 12)  # whose digest is written
EXCHANGE = "XNYS"
WRITTEN_BY_US = "Written by `monitor demo`"


@dataclass(frozen=True, slots=True)
class Left:
    """What the demonstration left behind."""

    files: tuple[Path, ...]
    config: Path
    articles: int
    alerts: int


class Clock:
    """The time it is in the replay."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def steps() -> int:
    """How many passes there will be."""
    return len(list(moments(START, END, EVERY)))


def run_demo(folder: Path, out: TextIO, on_pass: Callable[[datetime], None]) -> Left:
    """Serves the episode on loopback, replays it through the pipeline, writes what came of it.

    Alerts go to `out` as they fire. The folder gets alerts.jsonl, digest.html, digest.txt and the
    chart, and a config.toml with which every other command can be tried on the store beside it.
    """
    _refuse_a_users_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("monitor.db*"):
        old.unlink()
    prices = folder / "prices"
    shutil.copytree(EPISODE / "prices", prices, dirs_exist_ok=True)
    clock = Clock(START)
    items = read_items(EPISODE / "items.jsonl")
    with serving(
        EpisodeServer(items, EPISODE / "prices", clock, sessions_of(EXCHANGE).close_of)
    ) as server:
        config = _configured(folder, server.url, f"{server.url}/prices")
        parts = build(load_config(config, {}), out=out)

        def ticking() -> Iterator[datetime]:
            for clock.now in moments(START, END, EVERY):
                yield clock.now

        with parts.store.exclusive():
            replay(parts, ticking(), lambda now, _: on_pass(now))
        issue = compose(parts, DAY, END, parts.config.tables.digest.zone)
    _configured(folder, server.url, prices.name)
    with parts.store.begin() as tx:
        alerts = tx.alerts.between(START, END)
        articles = sum(tx.articles.counts().values())
    log = folder / "alerts.jsonl"
    lines = (json.dumps(alert.body, ensure_ascii=False) + "\n" for alert in alerts)
    log.write_text("".join(lines), encoding="utf-8")
    parts.store.close()
    return Left((log, *written(issue, folder)), config, articles, len(alerts))


def _refuse_a_users_folder(folder: Path) -> None:
    """The store and configuration of an earlier demonstration are replaced; nobody else's are."""
    config = folder / "config.toml"
    ours = config.is_file() and WRITTEN_BY_US in config.read_text(encoding="utf-8")
    for name in ("config.toml", "monitor.db"):
        if (folder / name).exists() and not ours:
            raise MonitorError(f"{folder / name} is not the demo's: give another folder with --out")


def _configured(folder: Path, server: str, prices: str) -> Path:
    template = (EPISODE / "config.toml").read_text(encoding="utf-8")
    path = folder / "config.toml"
    text = template.replace("@server@", server).replace("@prices@", prices)
    path.write_text(text, encoding="utf-8")
    return path
