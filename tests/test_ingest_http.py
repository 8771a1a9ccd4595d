from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

import pytest

from monitor import __version__
from monitor.app import http_of
from monitor.config import load_config
from monitor.errors import SourceError
from monitor.ingest.web.http import MAX_REDIRECTS, Answer, Http, Limits, shown
from tests.servers import LoopbackServer, Raw, Reply, brotli_bomb, gzip_bomb, redirect, serving
from tests.web import AGENT, get, get_all, http, trouble


def test_an_answer_is_handed_over_whole(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=b"<rss/>", headers={"Content-Type": "text/xml", "X-A": "1"}))
    answer = get(server.url("/feed"))
    assert (answer.status, answer.url, answer.body) == (200, server.url("/feed"), b"<rss/>")
    assert answer.headers["content-type"] == "text/xml"
    assert answer.headers["x-a"] == "1"


def test_the_user_agent_is_the_one_given(server: LoopbackServer) -> None:
    get(server.url("/feed"))
    assert server.requests[0].headers["user-agent"] == AGENT


def test_a_header_that_is_given_stands_in_for_the_usual_one(server: LoopbackServer) -> None:
    get(server.url("/feed"), headers={"accept": "application/json", "USER-AGENT": "other"})
    headers = server.requests[0].headers
    assert (headers["accept"], headers["user-agent"]) == ("application/json", "other")
    assert headers["host"] == f"127.0.0.1:{server.port}"


def test_a_bad_status_is_an_answer(server: LoopbackServer) -> None:
    assert get(server.url("/nothing")).status == 404


def test_header_values_come_and_go_byte_for_byte(server: LoopbackServer) -> None:
    server.route("/feed", Reply(headers={"ETag": 'W/"é\xff-gzip"'}))
    etag = get(server.url("/feed")).headers["etag"]
    get(server.url("/feed"), headers={"If-None-Match": etag})
    assert etag == server.requests[1].headers["if-none-match"] == 'W/"é\xff-gzip"'


def test_redirects_are_followed(server: LoopbackServer) -> None:
    server.route("/old", redirect("/new", 301))
    server.route("/new", Reply(body=b"here"))
    answer = get(server.url("/old"))
    assert (answer.url, answer.body) == (server.url("/new"), b"here")


def test_a_circle_of_redirects_ends(server: LoopbackServer) -> None:
    server.route("/a", redirect("/b"))
    server.route("/b", redirect("/a"))
    assert trouble(server.url("/a")) == "redirects more than 5 times"
    assert len(server.requests) == MAX_REDIRECTS + 1


def test_a_redirect_that_leads_nowhere_is_an_answer(server: LoopbackServer) -> None:
    server.route("/a", Reply(status=302))
    assert get(server.url("/a")).status == 302


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/xml,<rss/>"]
)
def test_only_http_is_spoken(server: LoopbackServer, place: str) -> None:
    server.route("/a", redirect(place))
    assert trouble(place)
    assert trouble(server.url("/a"))


@pytest.mark.parametrize(
    "url",
    ["", "no-scheme", "http://", "http://[", "http://exa mple.org/", f"http://{'a' * 70}.example/"],
)
def test_an_address_that_is_none_is_trouble(url: str) -> None:
    assert trouble(url)


def test_what_may_not_be_sent_is_trouble(server: LoopbackServer) -> None:
    with pytest.raises(SourceError, match="cannot be asked"):
        get(server.url("/feed"), headers={"If-None-Match": "a\r\nX-Injected: yes"})
    assert server.requests == []


def test_a_server_that_is_not_there(server: LoopbackServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        assert trouble(f"http://127.0.0.1:{taken.getsockname()[1]}/").startswith("cannot connect")


def test_a_drip_is_cut_at_the_deadline(server: LoopbackServer) -> None:
    server.route("/drip", Reply(drip=b"."))
    assert trouble(server.url("/drip"), http(deadline=0.2)) == "no whole answer in 0.2 s"
    server.wait_until_idle()


def test_silence_is_cut_at_the_deadline(server: LoopbackServer) -> None:
    server.route("/silent", Reply(wait=threading.Event()))
    assert "no whole answer in 0.1 s" in trouble(server.url("/silent"), http(deadline=0.1))


def test_the_deadline_is_for_all_redirects_together(server: LoopbackServer) -> None:
    opened = threading.Event()

    def slow(_: object) -> Reply:
        opened.wait(0.08)
        return redirect("/a")

    server.route("/a", slow)
    assert trouble(server.url("/a"), http(deadline=0.2)) == "no whole answer in 0.2 s"


def test_a_body_that_breaks_off(server: LoopbackServer) -> None:
    server.route("/cut", Reply(body=b"x" * 1000, cut_at=500))
    assert trouble(server.url("/cut")).startswith("the answer broke off")


@pytest.mark.parametrize("bomb", [gzip_bomb(5_000_000), brotli_bomb(5_000_000)], ids=["gzip", "br"])
def test_the_size_is_counted_unpacked(server: LoopbackServer, bomb: Reply) -> None:
    assert len(bomb.body) < 10_000
    server.route("/bomb", bomb)
    assert trouble(server.url("/bomb")) == "the answer is larger than 100000 bytes"


def test_a_large_body_and_one_that_just_fits(server: LoopbackServer) -> None:
    server.route("/large", Reply(body=bytes(100_001)))
    server.route("/fits", Reply(body=bytes(100_000)))
    server.route("/endless", Reply(drip=bytes(50_000)))
    assert "larger than" in trouble(server.url("/large"))
    assert "larger than" in trouble(server.url("/endless"))
    assert len(get(server.url("/fits")).body) == 100_000


def test_packed_answers_are_unpacked(server: LoopbackServer) -> None:
    server.route("/gzip", gzip_bomb(1000))
    server.route("/br", brotli_bomb(1000))
    server.route("/empty", Reply(headers={"Content-Encoding": "gzip"}))
    assert get(server.url("/gzip")).body == get(server.url("/br")).body == bytes(1000)
    assert get(server.url("/empty")).body == b""
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate, br"


def test_an_encoding_nobody_asked_for_is_refused(server: LoopbackServer) -> None:
    server.route("/zstd", Reply(body=b"?", headers={"Content-Encoding": "zstd"}))
    assert "not asked for" in trouble(server.url("/zstd"))


def test_a_damaged_packing_is_trouble(server: LoopbackServer) -> None:
    server.route("/bad", Reply(body=b"plain", headers={"Content-Encoding": "gzip"}))
    assert trouble(server.url("/bad")) == "the compressed answer is damaged"


async def crowd(server: LoopbackServer, client: Http, size: int, expected: int) -> int:
    """How many of `size` requests were under way at once, when `expected` have come and wait."""
    opened = threading.Event()
    server.route("/busy", Reply(wait=opened))
    async with client:
        tasks = [asyncio.create_task(client.get(server.url("/busy"))) for _ in range(size)]
        await asyncio.to_thread(server.wait_for, expected)
        opened.set()
        await asyncio.gather(*tasks)
    return server.busiest


def test_no_more_requests_to_a_host_than_allowed(server: LoopbackServer) -> None:
    assert asyncio.run(crowd(server, http(per_host=2), 8, 2)) == 2


def test_no_more_requests_than_connections(server: LoopbackServer) -> None:
    assert asyncio.run(crowd(server, http(per_host=10, connections=3, patience=100), 8, 3)) == 3


def test_waiting_for_a_turn_is_not_counted_as_time_out(server: LoopbackServer) -> None:
    """Six requests of 0.1 s one after the other take longer than the 0.4 s that each may."""
    pause = threading.Event()

    def slow(_: object) -> Reply:
        pause.wait(0.1)
        return Reply(body=b"done")

    server.route("/slow", slow)

    async def run() -> list[Answer]:
        async with http(deadline=0.4, per_host=1) as client:
            return await asyncio.gather(*(client.get(server.url("/slow")) for _ in range(6)))

    assert [answer.body for answer in asyncio.run(run())] == [b"done"] * 6


def test_redirects_for_good_are_told_as_far_as_they_are_unbroken(server: LoopbackServer) -> None:
    server.route("/a", redirect("/b", 301))
    server.route("/b", redirect("/c", 308))
    server.route("/c", redirect("/d", 302))
    server.route("/d", redirect("/e", 301))
    server.route("/e", Reply(body=b"here"))
    answers = get_all(map(server.url, ("/a", "/c", "/d", "/e")))
    assert [answer.body for answer in answers] == [b"here"] * 4
    moved = [answer.moved_to for answer in answers]
    assert moved == [server.url("/c"), None, server.url("/e"), None]


def test_an_address_with_a_password_never_moves(server: LoopbackServer) -> None:
    server.route("/a", redirect("/b", 301))
    server.route("/b", Reply(body=b"here"))
    answer = get(server.url("/a", host="me:secret@127.0.0.1"))
    assert (answer.url, answer.moved_to) == (server.url("/b"), None)


def test_a_connection_is_used_again(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=b"<rss/>"))
    server.route("/packed", gzip_bomb(10))
    server.route("/moved", redirect("/feed"))
    get_all([server.url(path) for path in ("/feed", "/moved", "/packed", "/none", "/feed")])
    assert len(server.requests) == 6
    assert server.connections == 1


def test_a_connection_that_was_closed_while_it_rested_is_not_used(server: LoopbackServer) -> None:
    server.route("/last", Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"]))

    async def run() -> None:
        async with http() as client:
            for _ in range(3):
                assert (await client.get(server.url("/last"))).body == b"hi"
                await asyncio.to_thread(server.wait_until_idle)
            assert (await client.get(server.url("/"))).status == 404

    asyncio.run(run())
    assert len(server.requests) == server.connections == 4


def test_no_more_connections_rest_than_may_be_open(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=b"<rss/>"))

    async def run() -> None:
        async with http(connections=2) as client:
            await asyncio.gather(*(client.get(server.url("/feed")) for _ in range(4)))
            with serving() as other:
                await client.get(other.url("/"))
            for _ in range(2):
                await client.get(server.url("/feed"))

    asyncio.run(run())
    assert server.connections <= 3


def test_a_limit_of_one_request_stands_in_for_that_of_all(server: LoopbackServer) -> None:
    server.route("/large", Reply(body=bytes(2000)))
    server.route("/silent", Reply(wait=threading.Event()))

    async def run() -> list[str]:
        async with http(max_bytes=1000, deadline=60) as client:
            assert len((await client.get(server.url("/large"), max_bytes=2000)).body) == 2000
            found = []
            for path in ("/large", "/silent"):
                with pytest.raises(SourceError) as raised:
                    await client.get(server.url(path), deadline=0.1)
                found.append(str(raised.value).partition(": ")[2])
            return found

    assert asyncio.run(run()) == [
        "the answer is larger than 1000 bytes",
        "no whole answer in 0.1 s",
    ]


def test_the_limits_are_those_of_the_configuration(tmp_path: Path, server: LoopbackServer) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        """
        [watch]
        symbols = ["MP"]
        [poll]
        deadline = "7s"
        max_bytes = "3kB"
        per_host = 3
        spacing = "0s"
        connections = 9
        contact = "me@example.org"
        private = ["127.0.0.0/8"]
        """
    )
    client = http_of(load_config(config, {}))
    assert get(server.url("/"), client).status == 404
    assert server.requests[0].headers["user-agent"] == f"monitor/{__version__} (me@example.org)"
    assert client._limits == Limits(7, 3000, 3, 0, 9, ("127.0.0.0/8",))


def test_what_is_shown_of_an_address() -> None:
    assert shown("https://me:secret@example.org/feed?a=1") == "https://example.org/feed?a=1"
    assert shown("http://[") == "http://["
    assert shown("http://a/\x1b[31m\u202e") == "http://a/\ufffd[31m\ufffd"
    assert len(shown("http://a/" + "x" * 10_000)) < 600
