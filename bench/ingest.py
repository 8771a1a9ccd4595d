"""Many feeds: how fast, at what cost, how soon. A loopback server gives them in its own process.

    python bench/ingest.py [PART ...] [--feeds N] [--rounds N]

rates      (where no part is named) feeds a second of a first pass, and of one in which nothing has
           changed: ours beside the library `reader`, and beside loops that do nothing but ask
memory     held after each of 50 passes, in each of which one feed in twenty has news
hour       seconds of the processor for an hour of ten times --feeds asked each quarter of it, of
           which one in ten has news each time
delay      until the answer of a feed is there, while one server in twenty drips or hangs
freshness  from the moment when a poll is given an item to the webhook's arrival, through the daemon

Rates are measured in turns, and told by the wall clock and by the processor's seconds (ours and our
children's): other work on the machine spoils the former most. Ratios are those of the same round.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.parts.clients import (
    AT_ONCE,
    Loop,
    ask_all,
    headers_of,
    loops,
    missing,
    reader_at,
    update,
)
from bench.parts.fresh import freshness
from bench.parts.many_feeds import Farm, put, serving, url
from monitor.app import build
from monitor.config import load_config
from monitor.ingest.poll import Asking
from monitor.ingest.sources import Feed
from monitor.model import Cursor, Polled
from monitor.pipeline.parts import Parts
from monitor.pipeline.polling import poll

ITEMS = 30
START = datetime.now(UTC)
CONFIG = """
[store]
url = "sqlite:///monitor.db"
[rules]
shipped = false
[poll]
private = ["127.0.0.0/8"]
every = "15m"
fastest = "15m"
slowest = "15m"
connections = {connections}
[pages]
fetch = false
[watch]
symbols = ["MP"]
[[channels]]
type = "console"
name = "console"
[[routes]]
channels = ["console"]
"""


# ---------------------------------------------------------------- what is measured, and how


@contextmanager
def monitoring(urls: Sequence[str]) -> Iterator[Parts]:
    """Ours, with a new store on disk and these feeds."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "config.toml")
        rows = (f'[[sources]]\nname = "{number}"\nurl = "{at}"\n' for number, at in enumerate(urls))
        path.write_text(CONFIG.format(connections=AT_ONCE) + "".join(rows), encoding="utf-8")
        parts = build(load_config(path, {}), bounded=True)
        try:
            if parts.sources:
                asyncio.run(parser_ready(parts))
            yield parts
        finally:
            parts.store.close()
            for parse in {one.parse for one in parts.sources if isinstance(one, Feed)}:
                parse.close()  # type: ignore[attr-defined]


async def parser_ready(parts: Parts) -> None:
    """Starts the process in which feeds are parsed, as the daemon does before it polls."""
    feed = parts.sources[0]
    assert isinstance(feed, Feed)
    empty = b"<rss version='2.0'><channel><title>empty</title></channel></rss>"
    await feed.parse(empty, content_type=None, source=feed.name, url=feed.url, seen_at=START)


def polled(parts: Parts, now: datetime) -> int:
    """How many articles a pass of all feeds has brought."""
    report = poll(parts, now)
    assert report.counts["sources"] == len(parts.sources), report.counts
    assert not report.problems, report.problems[:3]
    return report.counts["new"]


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float  # seconds
    cpu: float  # of this process and its children, but not of the server


def cost_of(work: Callable[[], object], farm: Farm) -> Cost:
    cpu, wall = processor_seconds(farm), time.perf_counter()
    work()
    return Cost(time.perf_counter() - wall, processor_seconds(farm) - cpu)


def family(farm: Farm) -> Iterator[list[str]]:
    """What /proc/*/stat says of this process and those it has begun, from the state on."""
    ours = {os.getpid()}
    rows: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            rows[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
    grown = True
    while grown:
        more = {pid for pid, row in rows.items() if int(row[1]) in ours} - ours - {farm.process.pid}
        ours |= more
        grown = bool(more)
    return (row for pid, row in rows.items() if pid in ours)


def processor_seconds(farm: Farm) -> float:
    ticks = sum(int(tick) for row in family(farm) for tick in row[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def megabytes(farm: Farm) -> float:
    pages = sum(int(row[21]) for row in family(farm))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# ---------------------------------------------------------------- rates


def rates(feeds: int, rounds: int) -> None:
    if not_here := missing():
        print(f"not installed here: {not_here} (pip install -e '.[bench]')")
    found: dict[tuple[str, str], list[Cost]] = {}
    with serving(feeds, ITEMS) as farm:
        urls = [url(number, farm.port) for number in range(feeds)]
        for _ in range(rounds):
            for key, cost in one_round(urls, farm):
                found.setdefault(key, []).append(cost)
                print(".", end="", flush=True)
    print()
    for kind in ("first pass", "unchanged"):
        ours = found["ours", kind]
        for (name, of_kind), costs in found.items():
            if of_kind == kind:
                told = " ".join(_told(feeds, costs, ours, clock) for clock in ("wall", "cpu"))
                print(f"{kind:12}{name:22}{told}")


def _told(feeds: int, costs: Sequence[Cost], ours: Sequence[Cost], clock: str) -> str:
    """The median rate, and the median of ours over it."""
    theirs = [getattr(cost, clock) for cost in costs]
    ratios = [their / getattr(our, clock) for their, our in zip(theirs, ours, strict=True)]
    rate = feeds / statistics.median(theirs)
    ratio = f"(ours {statistics.median(ratios):5.2f}x)"
    return f"{rate:8.0f}/s {clock} {ratio}"


def one_round(urls: Sequence[str], farm: Farm) -> Iterator[tuple[tuple[str, str], Cost]]:
    nothing = [None] * len(urls)
    tags: list[str | None] = []
    bare = {f"bare {name}": loop for name, loop in loops().items()}
    bare["bare, our client"] = ours_alone
    for name, loop in bare.items():

        def first(loop: Loop = loop) -> None:
            tags[:] = asyncio.run(loop(urls, nothing))

        yield (name, "first pass"), cost_of(first, farm)
    with monitoring(urls) as parts, TemporaryDirectory() as folder:
        reader = reader_at(Path(folder, "reader.db"), urls)
        yield ("ours", "first pass"), cost_of(lambda: polled(parts, START), farm)
        if reader is not None:
            yield ("reader", "first pass"), cost_of(lambda: update(reader), farm)
        yield ("ours", "unchanged"), cost_of(lambda: polled(parts, hour(1)), farm)
        if reader is not None:
            yield ("reader", "unchanged"), cost_of(lambda: update(reader), farm)
    for name, loop in bare.items():

        def again(loop: Loop = loop) -> None:
            asyncio.run(loop(urls, tags))

        yield (name, "unchanged"), cost_of(again, farm)


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


async def ours_alone(urls: Sequence[str], tags: Sequence[str | None]) -> list[str | None]:
    with monitoring(()) as parts:
        async with parts.http() as http:

            async def get(url: str, tag: str | None) -> tuple[int, str | None, bytes]:
                answer = await http.get(url, headers=headers_of(tag))
                return answer.status, answer.headers.get("etag"), answer.body

            return await ask_all(get, urls, tags)


# ---------------------------------------------------------------- memory, an hour


def memory(feeds: int, _rounds: int, passes: int = 50) -> None:
    with serving(feeds, ITEMS) as farm:
        urls = [url(number, farm.port) for number in range(feeds)]
        with monitoring(urls) as parts:
            for number in range(1, passes + 1):
                with_news(random.Random(number).sample(urls, feeds // 20), f"News {number}")
                polled(parts, hour(number))
                if number % 5 == 0:
                    print(f"pass {number:3}: {megabytes(farm):6.0f} MB", flush=True)


def with_news(urls: Sequence[str], title: str) -> None:
    for at in urls:
        put(at, f"{title} of {at.rpartition('/')[2]}")


def an_hour(feeds: int, _rounds: int) -> None:
    many = 10 * feeds
    with serving(many, ITEMS) as farm:
        urls = [url(number, farm.port) for number in range(many)]
        with monitoring(urls) as parts:
            polled(parts, START)
            used = 0.0
            for quarter in range(1, 5):
                with_news(random.Random(quarter).sample(urls, many // 10), f"News {quarter}")
                now = hour(quarter / 4)
                cost = cost_of(lambda now=now: polled(parts, now), farm)  # type: ignore[misc]
                used += cost.cpu
                print(f"{many:,} polls: {cost.cpu:5.1f} s of the processor", flush=True)
            print(f"an hour of {many:,} feeds: {used:.0f} s, {used / 3600:.1%} of a core")


# ---------------------------------------------------------------- delay


def delay(feeds: int, rounds: int) -> None:
    with serving(feeds, ITEMS) as farm:
        sick = range(0, feeds, 20)
        well = [url(number, farm.port) for number in range(feeds)]
        ill = {n: ("drip" if n % 40 else "hang") for n in sick}
        mixed = [url(n, farm.port, ill.get(n, "feed")) for n in range(feeds)]
        ratios = []
        for _ in range(rounds):
            clean, spoilt = (delays(urls, farm) for urls in (well, mixed))
            sound = [number for number in range(feeds) if number not in ill]
            quantiles = [
                statistics.quantiles([each[n] for n in sound], n=100) for each in (clean, spoilt)
            ]
            ratios.append(quantiles[1][94] / quantiles[0][94])
            for name, found in zip(("all well", "5 % ill"), quantiles, strict=True):
                print(f"{name:10} median {found[49]:5.2f} s, p95 {found[94]:5.2f} s")
        print(f"p95 of those that are well: {statistics.median(ratios):.2f} times as long")


def delays(urls: Sequence[str], farm: Farm) -> dict[int, float]:
    """Seconds until the outcome of each feed came, asked all at once; of those that are well."""
    with monitoring(urls) as parts:
        return asyncio.run(_delays(parts))


async def _delays(parts: Parts) -> dict[int, float]:
    found: dict[int, float] = {}
    async with parts.http() as http:
        asking = Asking(http)
        begun = time.perf_counter()
        for source in parts.sources:
            asking.ask(source, Cursor(), START)
        while len(asking):
            for outcome in await asking.outcomes(1.0):
                if isinstance(outcome, Polled):
                    found[int(outcome.source)] = time.perf_counter() - begun
    return found


PARTS = {
    "rates": rates,
    "memory": memory,
    "hour": an_hour,
    "delay": delay,
    "freshness": lambda _feeds, _rounds: freshness(),
}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="PART", default=["rates"])
    asked.add_argument("--feeds", type=int, default=1_000)
    asked.add_argument("--rounds", type=int, default=3)
    options = asked.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        asked.error(f"no such part: {', '.join(sorted(unknown))}")
    for part in options.parts:
        print(f"-- {part}", flush=True)
        PARTS[part](options.feeds, options.rounds)


if __name__ == "__main__":
    main()
