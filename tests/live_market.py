"""A market of price files whose last prices a test sets, and a monitor that watches it."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from monitor.app import build
from monitor.config import load_config
from monitor.market.exchanges import Exchanges
from monitor.market.sessions import Sessions
from monitor.model import (
    FeedItem,
    MoveSignal,
    StageReport,
)
from monitor.pipeline import keeping
from monitor.pipeline.alerting import judge
from monitor.pipeline.correlating import correlate
from monitor.pipeline.delivering import deliver
from monitor.pipeline.parts import Parts
from monitor.pipeline.pricing import price

DAY, BEFORE = date(2025, 6, 12), date(2025, 6, 11)
OPEN = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
NOON = datetime(2025, 6, 12, 16, 0, tzinfo=UTC)
CLOSED = datetime(2025, 6, 12, 20, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOVE = "move/MP/2025-06-12"
HEAD = "open,high,low,close,adj_close,volume\n"


@dataclass(frozen=True)
class Market:
    """Price files: quiet bars up to a day, and last prices as ratios to the last close."""

    folder: Path
    sessions: Sessions
    first: date = date(2024, 10, 1)

    def close_of(self, symbol: str, number: int) -> float:
        """Noise of 1 % and, with another rhythm, of half as much for the market."""
        step, size = ((104729, 11), 0.003) if symbol == "SPY" else ((7919, 13), 0.006)
        return 20 * (1 + size * ((number * step[0]) % step[1] - step[1] // 2) / (step[1] // 2))

    def daily(self, symbol: str, until: date, ratio: float | None = None) -> None:
        """Bars up to `until`; with `ratio` the last one is so many times the close before."""
        days = self.sessions.between(self.first, until)
        rows = []
        for number, day in enumerate(days):
            close = self.close_of(symbol, number)
            if ratio is not None and day == until:
                close = self.close_of(symbol, number - 1) * ratio
            prices = ",".join([f"{close:.6f}"] * 5)
            rows.append(f"{day},{prices},1000")
        self._write(f"{symbol}.csv", f"date,{HEAD}", rows)

    def quote(self, symbol: str, at: datetime, ratio: float, volume: float = 900) -> None:
        before = self.sessions.previous(self.sessions.event_session(at - MINUTE))
        close = self.close_of(symbol, len(self.sessions.between(self.first, before)) - 1) * ratio
        prices = ",".join([f"{close:.6f}"] * 4)
        row = f"{(at - MINUTE).isoformat()},{prices},{volume}"
        self._write(f"{symbol}.1m.csv", "timestamp,open,high,low,close,volume\n", [row])

    def _write(self, name: str, head: str, rows: list[str]) -> None:
        (self.folder / name).write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


RULE = """
[[alert]]
id = "unexplained-move"
on = "move"
severity = "warning"
title = "{name} {return}, and no story explains it"
verdicts = ["unexplained"]
min_abnormal_return = 0.06
max_p_value = 0.01
match = [{ abnormal_return = -0.08, p_value = 0.004, verdict = "unexplained" }]
no_match = [{ abnormal_return = 0.08, p_value = 0.004, verdict = "explained" }]
"""


def configured(folder: Path, prices: str = "", symbols: str = '"MP"') -> Path:
    """With one rule: the shipped ones take a while to read."""
    (folder / "prices").mkdir(exist_ok=True)
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "alerts.toml").write_text(RULE, encoding="utf-8")
    path = folder / "config.toml"
    path.write_text(
        f"""
        [rules]
        shipped = false
        folders = ["rules"]
        [watch]
        symbols = [{symbols}]
        [prices]
        provider = ["files"]
        dir = "prices"
        since = 2024-10-01
        {prices}
        [[channels]]
        type = "console"
        name = "console"
        [[routes]]
        channels = ["console"]
        """,
        encoding="utf-8",
    )
    return path


@cache
def exchanges_at(default: str) -> Exchanges:
    return Exchanges(default)


def opened(config: Path, out: io.StringIO) -> Parts:
    parts = build(load_config(config, {}), out=out)
    made = exchanges_at(parts.config.tables.prices.exchange)
    return replace(parts, exchanges=lambda: made)


def watching(folder: Path, out: io.StringIO) -> Parts:
    """A monitor of MP and UUUU that has seen an article two days before."""
    parts = opened(configured(folder, symbols='"MP", "UUUU"'), out)
    keep(parts, "Something of before", "Nothing in it.", OPEN - timedelta(days=2))
    return parts


def morning(parts: Parts) -> Market:
    """Bars up to the day before in the store, and calm quotes after the open."""
    found = Market(parts.config.beside("prices"), parts.sessions())
    for symbol in ("MP", "UUUU", "SPY"):
        found.daily(symbol, BEFORE)
        found.quote(symbol, OPEN + MINUTE, 1.0)
    price(parts, OPEN)
    correlate(parts, OPEN)
    return found


def keep(parts: Parts, title: str, text: str, at: datetime) -> None:
    """An article as if polled."""
    item = FeedItem("wire", "Wire", None, None, title, text, at, at)
    with parts.store.begin() as tx:
        keeping.keep(tx, [item])


def stands(parts: Parts) -> MoveSignal:
    with parts.store.begin() as tx:
        found = tx.signals.get(MOVE)
    assert isinstance(found, MoveSignal)
    return found


def alerts(parts: Parts) -> int:
    with parts.store.begin() as tx:
        assert tx.signals.work("judge") == []
        return len(tx.alerts.newest(99, held_back=False))


def ordinary_pass(parts: Parts, now: datetime) -> None:
    """Without polling and reading, which most of these tests have nothing for."""
    for stage in (price, correlate, judge, deliver):
        stage(parts, now)


def signals_in(reports: tuple[StageReport, ...]) -> int:
    return reports[0].counts["signals"]
