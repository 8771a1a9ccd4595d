"""Whose turn it is. What hangs here hangs until the test lets it go: nothing is timed."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest

from monitor.errors import SourceError
from monitor.ingest.web import turns
from monitor.ingest.web.http import Http
from monitor.ingest.web.network import NetworkError
from monitor.ingest.web.turns import SILENT, SLOWER, Turns
from tests.servers import LoopbackServer, Reply, redirect, serving
from tests.web import get, http


def test_hosts_that_hang_keep_nobody_waiting(server: LoopbackServer) -> None:
    """Three times as many hang as there are connections, and all of them came first."""
    never = threading.Event()
    server.route("/hangs", Reply(wait=never))

    async def run() -> None:
        async with http(connections=4, per_host=100, patience=0.05, deadline=600) as client:
            with serving() as good:
                good.route("/feed", Reply(body=b"<rss/>"))
                bad = [asyncio.create_task(client.get(server.url("/hangs"))) for _ in range(12)]
                fine = [client.get(good.url("/feed")) for _ in range(40)]
                answers = await asyncio.gather(*fine)
                assert [answer.body for answer in answers] == [b"<rss/>"] * 40
                assert not any(task.done() for task in bad)
            never.set()
            await asyncio.gather(*bad)

    asyncio.run(run())
    assert len(server.requests) == 12


def test_a_host_that_hangs_keeps_its_own_requests_waiting_and_no_others(
    server: LoopbackServer,
) -> None:
    never = threading.Event()
    server.route("/hangs", Reply(wait=never))

    async def run() -> None:
        async with http(connections=3, per_host=2, patience=600, deadline=600) as client:
            with serving() as good:
                bad = [asyncio.create_task(client.get(server.url("/hangs"))) for _ in range(9)]
                for _ in range(9):
                    assert (await client.get(good.url("/"))).status == 404
                assert len(server.requests) == 2
            never.set()
            await asyncio.gather(*bad)

    asyncio.run(run())


def several(**given: float) -> Turns:
    usual = {"per_host": 100, "quick": 1, "patience": 0.0}
    return Turns(**{**usual, **given})  # type: ignore[arg-type]


async def soon(turn: turns.Turn) -> None:
    """Waits until the turn has left its quick place."""
    while not turn.slow:
        await asyncio.sleep(0)


def test_who_finds_the_slow_places_taken_goes_there_when_one_is_left() -> None:
    async def run() -> None:
        turn = several()
        slow = [turn.at(f"{n}.example", 80, spacing=0, blamed=True) for n in range(SLOWER)]
        for one in slow:
            await one.__aenter__()
            await soon(one)
        last = turn.at("last.example", 80, spacing=0, blamed=True)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(last)
            next_one = asyncio.create_task(
                turn.at("next.example", 80, spacing=0, blamed=True).__aenter__()
            )
            for _ in range(50):
                await asyncio.sleep(0)
            assert not last.slow
            assert not next_one.done()
            await slow[0].__aexit__(None, None, None)
            assert last.slow
            await next_one
        for one in slow[1:]:
            await one.__aexit__(None, None, None)
        assert turn._late == {}

    asyncio.run(run())


def test_who_ends_while_waiting_for_a_slow_place_gives_up_the_quick_one() -> None:
    async def run() -> None:
        turn = several()
        turn._slow_left = 0
        for _ in range(3):
            async with turn.at("a.example", 80, spacing=0, blamed=True) as _:
                while not turn._late:
                    await asyncio.sleep(0)
            assert turn._late == {}
            assert not turn.quick.locked()

    asyncio.run(run())


def test_starts_at_one_host_are_as_far_apart_as_asked_and_others_do_not_wait() -> None:
    async def run() -> None:
        turn = several(quick=50, patience=60)
        starts: list[float] = []
        ended: list[str] = []

        async def one(host: str, spacing: float) -> None:
            async with turn.at(host, 80, spacing=spacing, blamed=True):
                if spacing:
                    starts.append(turn._hosts[host, 80].started)
            ended.append(host)

        await asyncio.gather(
            *(one("polite.example", 0.03) for _ in range(5)),
            *(one("quick.example", 0.0) for _ in range(5)),
        )
        gaps = [later - sooner for sooner, later in pairwise(starts)]
        assert min(gaps) >= 0.03 - 1e-9
        assert ended.index("quick.example") <= 1
        assert ended[-1] == "polite.example"

    asyncio.run(run())


def test_waiting_for_the_hour_holds_no_place(server: LoopbackServer) -> None:
    async def run() -> None:
        async with http(connections=1, spacing=600) as client:
            await client.get(server.url("/"))
            waiting = asyncio.create_task(client.get(server.url("/")))
            with serving() as other:
                assert (await client.get(other.url("/"))).status == 404
            assert not waiting.done()
            assert (await client.get(server.url("/"), spacing=0)).status == 404
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

    asyncio.run(run())
    assert len(server.requests) == 2


def test_redirects_keep_their_distance_too_and_that_wait_is_no_delay(
    server: LoopbackServer,
) -> None:
    """The wait of 1 s lies between two requests that may take 0.9 s together."""
    server.route("/a", redirect("/b"))
    assert get(server.url("/a"), http(deadline=0.9, spacing=1.0)).status == 404
    assert len(server.requests) == 2


def test_a_silent_host_is_left_alone_for_a_while(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.route("/silent", Reply(wait=threading.Event()))

    async def run() -> None:
        async with http(deadline=0.05, per_host=1) as client:
            told = [await reason(client, server.url("/silent")) for _ in range(SILENT + 2)]
            assert told[:SILENT] == ["no whole answer in 0.05 s"] * SILENT
            assert (
                told[SILENT:] == ["not asked: the last 3 requests to this host ran out of time"] * 2
            )
            with serving() as other:
                assert (await client.get(other.url("/"), deadline=60)).status == 404
            monkeypatch.setattr(turns, "REST", 0.0)
            assert (await client.get(server.url("/"), deadline=60)).status == 404
            monkeypatch.undo()
            assert (await client.get(server.url("/"), deadline=60)).status == 404

    asyncio.run(run())
    assert len(server.requests) == SILENT + 2


async def reason(client: Http, url: str) -> str:
    with pytest.raises(SourceError) as raised:
        await client.get(url)
    return str(raised.value).partition(f"{raised.value.source}: ")[2]


def test_who_is_led_to_is_not_blamed_for_the_time_that_is_left(server: LoopbackServer) -> None:
    server.route("/silent", Reply(wait=threading.Event()))

    async def run() -> None:
        async with http(deadline=0.1) as client:
            with serving() as leading:
                leading.route("/to", redirect(server.url("/silent")))
                for _ in range(SILENT + 1):
                    assert "no whole answer" in await reason(client, leading.url("/to"))
            assert (await client.get(server.url("/"), deadline=60)).status == 404

    asyncio.run(run())


def test_hosts_of_which_nothing_need_be_known_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "MANY", 3)
    monkeypatch.setattr(turns, "REST", -1.0)

    async def run() -> None:
        turn = several(quick=50, patience=60)
        async with turn.at("busy.example", 80, spacing=0, blamed=True):
            for n in range(20):
                async with turn.at(f"{n}.example", 80, spacing=0, blamed=True):
                    assert len(turn._hosts) <= 3
            assert ("busy.example", 80) in turn._hosts

    asyncio.run(run())


def test_a_turn_that_is_not_had_leaves_nothing_taken() -> None:
    async def run() -> None:
        turn = several(per_host=1, patience=60)
        async with turn.at("a.example", 80, spacing=0, blamed=True):
            for host in ("a.example", "b.example"):
                waiting = asyncio.create_task(
                    turn.at(host, 80, spacing=0, blamed=True).__aenter__()
                )
                await asyncio.sleep(0)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
        for host in turn._hosts.values():
            assert (host.users, host.places.locked()) == (0, False)
        host = turn._hosts["a.example", 80]
        host.silent, host.silent_at = SILENT, asyncio.get_running_loop().time()
        with pytest.raises(NetworkError):
            await turn.at("a.example", 80, spacing=0, blamed=True).__aenter__()
        assert (host.users, host.places.locked()) == (0, False)
        assert not turn.quick.locked()

    asyncio.run(run())
