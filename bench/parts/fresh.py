"""How soon an item is told: a daemon of its own, with a feed and a webhook on loopback."""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers import LoopbackServer, Reply, Request
from tests.servers import serving as loopback

ITEMS = 40
ENOUGH = 30  # of them must have been told; one or another may join another's story
TITLE = "agrees to buy"
PATIENCE = 180.0  # seconds until the first item is given up, for which all is loaded,
LATER = 8.0  # and until one of the others is
KINDS = ("Shipping", "Foods", "Software", "Railways", "Textiles", "Robotics", "Cement", "Paper")
PLACES = ("Ohio", "Porto", "Osaka", "Leeds", "Quito", "Perth", "Turin", "Gdansk", "Malmo", "Reno")
TEXTS = (
    "{name} has agreed to acquire {other}, which runs {count} plants, for ${sum} billion.",
    "The boards of both have voted for it: {other} of {place} is to be bought by {name} for "
    "${sum} billion in shares, and {count} of its people will stay.",
    "With {other} {name} buys itself into {place}. The ${sum} billion deal, of which {count} % is "
    "to be paid in cash, was announced on {day}.",
    "{name} said on {day} that it will buy {other} for ${sum} billion and close {count} offices, "
    "the most of them in {place}.",
)
CONFIG = """
[rules]
folders = ["rules"]
[poll]
private = ["127.0.0.1"]
spacing = "0s"
[[sources]]
name = "wire"
url = "{feed}"
every = "0.5s"
pages = false
[watch]
symbols = [{symbols}]
[prices]
provider = ["files"]
dir = "prices"
quotes = false
[[channels]]
type = "webhook"
name = "desk"
url = "{hook}"
[[routes]]
channels = ["desk"]
"""
RULE = """
[[alert]]
id = "bought"
on = "story"
severity = "critical"
title = "{event}: {story}"
events = ["acquisition"]
statuses = ["occurred", "announced"]
min_exposure = 0.5
match = [{ events = [["acquisition", "announced"]] }]
no_match = [{ events = [["acquisition", "denied"]] }]
"""
COMPANY = """
[[entity]]
id = "{id}"
type = "company"
name = "{name}"
symbol = "{symbol}"
aliases = ["{name}"]
match = ["Shares of {name} rose."]
no_match = ["Shares of others rose."]
"""


def made_up(chance: random.Random) -> str:
    syllables = (chance.choice("bdfgklmnprtvz") + chance.choice("aeiou") for _ in range(3))
    return "".join(syllables).title() + chance.choice("nrsx")


class Wire:
    """A feed to which items are added one by one, and when each was first given out and told."""

    def __init__(self, companies: list[str]) -> None:
        self._companies = companies
        self._items: list[str] = []
        self.given: dict[int, float] = {}
        self.told: dict[int, float] = {}

    def add(self) -> int:
        """As different from the others as news is of different things, or it would be one story."""
        number = len(self._items)
        name, now, chance = self._companies[number], datetime.now(UTC), random.Random(number)
        text = chance.choice(TEXTS).format(
            name=name,
            other=f"{made_up(chance)} {chance.choice(KINDS)}",
            place=chance.choice(PLACES),
            sum=chance.randint(2, 90),
            count=chance.randint(11, 99),
            day=f"{now:%A}",
        )
        text += "".join(f" {made_up(chance)} of {made_up(chance)} was there." for _ in range(6))
        self._items.append(
            f"<item><title>{name} {TITLE} {made_up(chance)}</title><guid>{number}</guid>"
            f"<description>{text}</description><pubDate>{format_datetime(now)}</pubDate></item>"
        )
        return number

    def feed(self, _request: Request) -> Reply:
        now = time.monotonic()
        for number in range(len(self._items)):
            self.given.setdefault(number, now)
        items = "".join(self._items)
        body = f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'
        return Reply(body=body.encode(), etag=f'"{len(self._items)}"')

    def hook(self, request: Request) -> Reply:
        now = time.monotonic()
        name = json.loads(request.body)["story"]["title"].partition(f" {TITLE}")[0]
        self.told.setdefault(self._companies.index(name), now)
        return Reply(status=204)


def freshness() -> None:
    chance = random.Random(0)
    companies = [f"{made_up(chance)} {chance.choice(KINDS)}" for _ in range(ITEMS)]
    wire = Wire(companies)
    with loopback() as server, TemporaryDirectory() as folder:
        server.route("/wire", wire.feed)
        server.route("/hook", wire.hook)
        with running(configured(Path(folder), server, companies)):
            first = told_after(wire, PATIENCE)
            warm = [took for _ in range(ITEMS - 1) if (took := told_after(wire, LATER)) is not None]
    if first is None or len(warm) < ENOUGH:
        raise SystemExit(f"no more than {len(warm)} items were told")
    print(f"the first item, with all that is loaded for it: {first:.2f} s")
    p95 = statistics.quantiles(warm, n=20)[-1]
    print(
        f"{len(warm)} more: median {statistics.median(warm):.3f} s, p95 {p95:.3f} s, "
        f"longest {max(warm):.3f} s"
    )


def told_after(wire: Wire, patience: float) -> float | None:
    """Seconds from when the next item was given to a poll until the webhook had its alert."""
    time.sleep(random.uniform(0.2, 1.0))
    number = wire.add()
    until = time.monotonic() + patience
    while number not in wire.told:
        if time.monotonic() > until:
            return None
        time.sleep(0.002)
    return wire.told[number] - wire.given[number]


def configured(folder: Path, server: LoopbackServer, companies: list[str]) -> Path:
    symbols = [f"ZQ{number}" for number in range(len(companies))]
    (folder / "prices").mkdir()
    (folder / "rules").mkdir()
    for symbol in (*symbols, "SPY"):
        (folder / "prices" / f"{symbol}.csv").write_text(bars(symbol), encoding="utf-8")
    rules = "".join(
        COMPANY.format(id=name.lower().replace(" ", "-"), name=name, symbol=symbol)
        for name, symbol in zip(companies, symbols, strict=True)
    )
    (folder / "rules" / "companies.toml").write_text(rules, encoding="utf-8")
    (folder / "rules" / "alerts.toml").write_text(RULE, encoding="utf-8")
    path = folder / "config.toml"
    told = {"feed": server.url("/wire"), "hook": server.url("/hook")}
    quoted = ", ".join(f'"{symbol}"' for symbol in symbols)
    path.write_text(CONFIG.format(symbols=quoted, **told), encoding="utf-8")
    return path


def bars(symbol: str) -> str:
    chance = random.Random(symbol)
    rows, close = ["date,open,high,low,close,adj_close,volume"], 20.0
    today = datetime.now(UTC).date()
    for day in weekdays(today - timedelta(days=400), today - timedelta(days=1)):
        close *= 1 + chance.gauss(0, 0.01)
        rows.append(f"{day},{','.join([f'{close:.4f}'] * 5)},1000")
    return "\n".join(rows) + "\n"


def weekdays(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if day.weekday() < 5:
            yield day


@contextmanager
def running(config: Path) -> Iterator[None]:
    """The daemon, which is over its first pass when something is told for the first time."""
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "run"]
    root = str(Path(__file__).parents[2])
    with (
        open(config.parent / "log", "w+", encoding="utf-8") as log,
        subprocess.Popen(
            [*command, "--config", str(config)],
            stdout=log,
            stderr=log,
            env=os.environ | {"PYTHONPATH": root},
        ) as daemon,
    ):
        try:
            yield
        except BaseException:
            log.seek(0)
            print(log.read()[-3000:], file=sys.stderr)
            raise
        finally:
            daemon.send_signal(signal.SIGTERM)
