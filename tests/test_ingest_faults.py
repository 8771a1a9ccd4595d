"""What servers do wrong, by mistake or on purpose: each ends soon, in plain words, for itself."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from itertools import chain, repeat
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest.web import network
from monitor.ingest.web.addresses import Address
from monitor.ingest.web.http import Answer
from tests.servers import LoopbackServer, Raw, Reply, redirect, serving
from tests.web import get, get_all, http, trouble

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LATE = "no whole answer in 0.2 s"


# ------------------------------------------------------------------ without end


@pytest.mark.parametrize(
    "parts",
    [
        repeat(b"H"),
        chain([OK], repeat(b"X-Drip: 1\r\n")),
        repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        chain([OK + b"\r\n"], repeat(b".")),
        chain([OK + b"Content-Length: 5000\r\n\r\n"], repeat(b".")),
        chain([CHUNKED], repeat(b"1\r\n.\r\n")),
    ],
    ids=["status line", "headers", "early hints", "body", "body of known size", "chunks"],
)
def test_what_drips_is_cut_at_the_deadline(server: LoopbackServer, parts: Iterator[bytes]) -> None:
    server.route("/drip", Raw(parts, pause=0.01))
    assert trouble(server.url("/drip"), http(deadline=0.2)) == LATE
    server.wait_until_idle()


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200", OK, OK + b"Content-Length: 9\r\n\r\n1234"])
def test_silence_is_cut_at_the_deadline_wherever_it_begins(
    server: LoopbackServer, begun: bytes
) -> None:
    server.route("/silent", Raw([begun], ending="held"))
    assert trouble(server.url("/silent"), http(deadline=0.2)) == LATE


MUCH = b"x" * 10_000


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (repeat(MUCH), "is no HTTP"),
        (chain([OK], repeat(b"X-Flood: " + MUCH + b"\r\n")), "is no HTTP"),
        (chain([OK, b"X-Flood: "], repeat(MUCH)), "is no HTTP"),
        (repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100), "more is sent than"),
        (repeat(b"HTTP/1.1 103 Early Hints\r\nX: " + MUCH + b"\r\n\r\n"), "more is sent than"),
        (chain([OK + b"\r\n"], repeat(MUCH)), "larger than 100000 bytes"),
        (chain([CHUNKED], repeat(b"2710\r\n" + MUCH + b"\r\n")), "larger than 100000 bytes"),
        (chain([CHUNKED], repeat(b"1\r\n.\r\n" * 100)), "in too many pieces"),
        (chain([CHUNKED], repeat(b"1;" + MUCH + b"\r\n.\r\n")), "more is sent than"),
        (chain([CHUNKED + b"0\r\n"], repeat(b"X-Flood: " + MUCH + b"\r\n")), "is no HTTP"),
    ],
    ids=[
        "status line", "headers", "header", "early hints", "large early hints", "body", "chunks",
        "tiny chunks", "chunk extensions", "trailers",
    ],
)  # fmt: skip
def test_what_floods_is_cut_long_before_the_deadline(
    server: LoopbackServer, parts: Iterator[bytes], told: str
) -> None:
    server.route("/flood", Raw(parts))
    assert told in trouble(server.url("/flood"), http(deadline=60))
    server.wait_until_idle()


def test_a_crowd_of_headers_is_refused(server: LoopbackServer) -> None:
    server.route("/crowd", Raw([OK, b"a:b\r\n" * 257, b"Content-Length: 0\r\n\r\n"]))
    server.route("/many", Raw([OK, b"a:b\r\n" * 200, b"Content-Length: 0\r\n\r\n"]))
    assert trouble(server.url("/crowd")) == "the answer has more than 256 headers"
    assert get(server.url("/many")).headers["a"] == ", ".join("b" * 200)


# ------------------------------------------------------------------ lies


def test_a_body_that_is_longer_than_it_says_is_not_taken_for_the_next(
    server: LoopbackServer,
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    lying = OK + b"Content-Length: 5\r\n\r\nshort" + answer
    server.route("/lying", Raw([lying], ending="kept"))
    server.route("/true", Reply(body=b"true"))
    paths = ["/lying", "/true", "/lying", "/true"]
    bodies = [answer.body for answer in get_all(map(server.url, paths))]
    assert bodies == [b"short", b"true", b"short", b"true"]


@pytest.mark.parametrize("status", [b"304 Not Modified", b"204 No Content"])
def test_a_body_where_there_can_be_none_is_not_taken_for_the_next(
    server: LoopbackServer, status: bytes
) -> None:
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    server.route("/lying", Raw([b"HTTP/1.1 " + status + b"\r\n\r\n" + forged], ending="kept"))
    server.route("/true", Reply(body=b"true"))
    first, second = get_all(map(server.url, ["/lying", "/true"]))
    assert (first.body, second.body) == (b"", b"true")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"Content-Length: 9\r\n", "the answer broke off"),
        (b"Content-Length: 9\r\nContent-Length: 4\r\n", "the answer is no HTTP"),
        (b"Content-Length: -1\r\n", "the answer is no HTTP"),
        (b"Content-Length: many\r\n", "the answer is no HTTP"),
        (b"Content-Length: " + b"9" * 30 + b"\r\n", "the answer is no HTTP"),
        (b"Transfer-Encoding: chunked\r\n", "the answer broke off"),
        (b"Transfer-Encoding: gzip\r\n", "the answer is no HTTP"),
    ],
)
def test_a_size_that_is_not_so(server: LoopbackServer, head: bytes, told: str) -> None:
    server.route("/lying", Raw([OK + head + b"\r\nbody"]))
    assert trouble(server.url("/lying")).startswith(told)


@pytest.mark.parametrize(
    "said",
    [
        b"no HTTP at all\r\n\r\n",
        b"HTTP/1.1 \x1b[31mred\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"<rss/>",
        bytes(range(256)),
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
        b"SSH-2.0-server\r\n",
    ],
)
def test_garbage_is_no_answer(server: LoopbackServer, said: bytes) -> None:
    server.route("/garbage", Raw([said]))
    assert trouble(server.url("/garbage")).startswith(("the answer is no", "the answer broke off"))


FRAGMENTS = st.sampled_from(
    [
        OK, b"HTTP/1.1 304 Not Modified\r\n", b"HTTP/1.1 302 Found\r\n", b"HTTP/1.0 200\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n", b"Location: /feed\r\n", b"Location: //\xff\x1b[\r\n",
        b"Location: http://10.1/\r\n", b"Content-Length: 3\r\n", b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: br, gzip\r\n", b"Transfer-Encoding: chunked\r\n", b"3\r\nabc\r\n",
        b"0\r\n", b"\r\n", b"\r\n\r\n", b"\n", b"X: \x1b]0;title\x07\r\n", gzip.compress(b"abc"),
    ]
)  # fmt: skip


def test_whatever_comes_is_an_answer_or_told_in_one_line() -> None:
    @given(st.lists(FRAGMENTS | st.binary(max_size=8), max_size=8))
    def asked(parts: list[bytes]) -> None:
        server.route("/feed", Raw(parts))
        try:
            told = get(server.url("/feed")).url
        except SourceError as error:
            told = str(error)
        assert told.isprintable()

    with serving() as server:
        asked()


def test_a_reason_may_say_anything(server: LoopbackServer) -> None:
    server.route("/odd", Raw([b"HTTP/1.1 503 \xff\xfe[31m\r\nContent-Length: 0\r\n\r\n"]))
    assert get(server.url("/odd")).status == 503


def test_early_hints_and_the_answer_after_them(server: LoopbackServer) -> None:
    hints = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    server.route("/hints", Raw([hints, OK, b"Content-Length: 2\r\n\r\nhi"]))
    assert get(server.url("/hints")).body == b"hi"


def test_another_protocol_that_nobody_asked_for_is_no_answer(server: LoopbackServer) -> None:
    switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nwhatever"
    server.route("/switch", Raw([switching]))
    assert trouble(server.url("/switch")).startswith("the answer is no HTTP")


# ------------------------------------------------------------------ connections that end


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200", OK + b"Content-Length: 9\r\n\r\n1234"])
def test_a_reset_is_told_as_one(server: LoopbackServer, begun: bytes) -> None:
    server.route("/reset", Raw([begun], pause=0.01, ending="reset"))
    assert trouble(server.url("/reset")).startswith("the answer broke off")


def test_who_hangs_up_on_a_resting_connection_is_asked_once_more(server: LoopbackServer) -> None:
    server.route("/feed", Reply(body=b"one"), Raw([]), Reply(body=b"two"))
    bodies = [answer.body for answer in get_all([server.url("/feed")] * 2)]
    assert bodies == [b"one", b"two"]
    assert len(server.requests) == 3


def test_who_hangs_up_at_once_or_in_the_middle_is_not(server: LoopbackServer) -> None:
    server.route("/feed", Raw([]), Reply(body=b"two"))
    assert trouble(server.url("/feed")).startswith("the answer broke off")
    server.route("/cut", Reply(body=b"one"), Raw([b"HTTP/1.1 "]), Reply(body=b"two"))
    client = http()

    async def twice() -> None:
        async with client:
            await client.get(server.url("/cut"))
            with pytest.raises(SourceError, match="broke off"):
                await client.get(server.url("/cut"))

    asyncio.run(twice())
    assert len(server.requests) == 3


# ------------------------------------------------------------------ bombs


def packed(body: bytes, *encodings: str) -> Reply:
    for encoding in encodings:
        body = gzip.compress(body) if encoding == "gzip" else brotli.compress(body, quality=5)
    return Reply(body=body, headers={"Content-Encoding": ", ".join(encodings)})


@pytest.mark.parametrize("encodings", [("gzip", "br"), ("br", "gzip"), ("gzip", "gzip")])
def test_what_is_packed_twice_is_unpacked_twice(
    server: LoopbackServer, encodings: tuple[str, ...]
) -> None:
    server.route("/twice", packed(b"<rss/>" * 100, *encodings))
    server.route("/bomb", packed(bytes(50_000_000), *encodings))
    assert get(server.url("/twice")).body == b"<rss/>" * 100
    assert trouble(server.url("/bomb")) == "the answer is larger than 100000 bytes"


def test_what_is_packed_three_times_is_refused(server: LoopbackServer) -> None:
    server.route("/thrice", packed(b"x", "gzip", "br", "gzip"))
    assert trouble(server.url("/thrice")) == "the answer is compressed 3 times over"


def test_a_packing_in_many_pieces_is_refused(server: LoopbackServer) -> None:
    pieces = Reply(body=gzip.compress(b"") * 2000, headers={"Content-Encoding": "gzip"})
    server.route("/pieces", pieces)
    assert trouble(server.url("/pieces")) == "the compressed answer is in too many pieces"


def test_a_packing_that_is_cut_before_anything_comes_out_is_not_empty(
    server: LoopbackServer,
) -> None:
    server.route("/cut", Reply(body=gzip.compress(b"x")[:8], headers={"Content-Encoding": "gzip"}))
    assert trouble(server.url("/cut")) == "the compressed answer is cut short"


# ------------------------------------------------------------------ places not to be visited


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://10.0.0.1/", "10.0.0.1 is a private address"),
        ("http://169.254.169.254/latest/meta-data/", "metadata address"),
        ("http://127.0.0.2:80/", "a loopback address"),
        ("http://127.2/", "a loopback address"),
        ("http://2130706434/", "a loopback address"),
        ("http://0x7f000002/", "a loopback address"),
        ("http://0177.0.0.2/", "Invalid IPv4 address"),
        ("http://127.0.0.2./", "a loopback address"),
        ("http://[::1]/", "a loopback address"),
        ("http://[::ffff:10.0.0.1]/", "a private address"),
        ("http://[64:ff9b::a00:1]/", "a private address"),
        ("http://0/", "this host"),
        ("http://publisher.example@10.0.0.1/", "a private address"),
        ("http://publisher.example:80@10.0.0.1/", "a private address"),
        ("http://１０.0.0.1/", "Invalid IDNA hostname"),
        ("http://10。0。0。1/", "a private address"),
        ("http://1.2.3.4.5/", "no address that can be visited"),
        ("http://./feed", "names no host"),
        ("gopher://10.0.0.1/", "only http and https"),
        ("//10.0.0.1/", "a private address"),  # of the scheme of the page that leads there
    ],
)
def test_private_places_are_not_visited_nor_redirects_to_them(
    server: LoopbackServer, url: str, told: str
) -> None:
    server.route("/to", Reply(status=302, headers={"Location": quoted(url)}))
    assert told in trouble(server.url("/to"))
    if not url.startswith("//"):
        assert told in trouble(url)


def quoted(url: str) -> str:
    """As a server writes it into a header: UTF-8, whose bytes Python calls Latin-1."""
    return url.encode().decode("latin-1")


class Names:
    """A name server on whom no reliance is: it answers for one name, each time the next thing."""

    def __init__(self, *answers: list[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    def __call__(self, name: str, port: int) -> list[Address]:
        self.asked.append(name)
        return [ip_address(address) for address in self._answers.pop(0)]


def test_a_name_that_turns_private_is_refused(server: LoopbackServer) -> None:
    """The first connection goes to the address that was judged; the next is judged anew."""
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    server.route("/feed", Reply(headers={"Connection": "close", "Location": "/feed"}, status=302))
    told = trouble(server.url("/feed", "feeds.example"), http(lookup=names))
    assert told == (
        "feeds.example is at 10.0.0.1, which is a private address: not visited unless "
        "poll.private names it"
    )
    assert names.asked == ["feeds.example"] * 2
    assert server.requests[0].headers["host"] == f"feeds.example:{server.port}"


def test_of_many_addresses_only_those_that_may_be_are_visited(server: LoopbackServer) -> None:
    names = Names(["10.0.0.1", "::1", "127.0.0.1", "127.0.0.1"])
    assert get(server.url("/", "feeds.example."), http(lookup=names)).status == 404
    assert names.asked == ["feeds.example"]


def test_a_host_that_the_configuration_names_is_visited_wherever_it_is(
    server: LoopbackServer,
) -> None:
    client = http(private=("intranet.example",), lookup=Names(["127.0.0.1"]))
    assert get(server.url("/", "Intranet.Example"), client).status == 404
    assert "a loopback address" in trouble(server.url("/"), http(private=("intranet.example",)))


def test_nothing_is_asked_of_a_name_without_an_address() -> None:
    def unknown(name: str, port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    url = "http://nobody.example/"
    assert trouble(url, http(lookup=Names([]))) == "nobody.example has no address"
    told = "the name cannot be looked up: Name or service not known"
    assert trouble(url, http(lookup=unknown)) == told


def test_names_are_looked_up_as_the_system_knows_them() -> None:
    found = network.system_lookup("localhost", 80)
    assert found
    assert all(address.is_loopback for address in found)
    assert "which is a loopback address" in trouble("http://localhost:9/", http(private=()))


def test_silent_name_servers_keep_nobody_waiting(server: LoopbackServer) -> None:
    """More names hang than there are connections; each is cut at its own deadline."""
    never = threading.Event()

    def lookup(name: str, port: int) -> list[Address]:
        if name == "silent.example":
            never.wait()
        return [ip_address("127.0.0.1")]

    async def run() -> list[Answer | BaseException]:
        async with http(connections=3, per_host=9, patience=0.05, lookup=lookup) as client:
            silent = [client.get(server.url("/", "silent.example"), deadline=0.5) for _ in range(9)]
            return await asyncio.gather(
                *silent, client.get(server.url("/", "feeds.example")), return_exceptions=True
            )

    *late, found = asyncio.run(run())
    assert {str(error).partition(": ")[2] for error in late} == {"no whole answer in 0.5 s"}
    assert isinstance(found, Answer)
    never.set()  # who was given up on is told so, and nobody hears


def test_the_next_address_is_tried_where_one_refuses_or_is_silent(server: LoopbackServer) -> None:
    with socket.create_server(("127.0.0.2", server.port)) as dead:
        dead.close()
        names = Names(["127.0.0.2", "127.0.0.1"])
        client = http(lookup=names, private=("127.0.0.0/8",))
        assert get(server.url("/", "feeds.example"), client).status == 404
    with ExitStack() as stack:
        silent = stack.enter_context(socket.socket())
        silent.bind(("127.0.0.2", server.port))
        silent.listen(0)
        for _ in range(3):  # as many as it holds without accepting; the next is not answered
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.2", server.port))
        client = http(lookup=Names(["127.0.0.2", "127.0.0.1"]), private=("127.0.0.0/8",))
        assert get(server.url("/", "feeds.example"), client).status == 404


def test_where_no_address_answers_the_first_reason_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        url = f"http://feeds.example:{taken.getsockname()[1]}/"
        names = Names(["127.0.0.1", "127.0.0.2"])
        client = http(lookup=names, private=("127.0.0.0/8",))
        assert trouble(url, client).startswith("cannot connect")


def test_proxies_of_the_environment_are_not_used(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, server.url(""))
    assert "a private address" in trouble("http://10.0.0.1/")
    assert server.requests == []


# ------------------------------------------------------------------ secrets


def test_a_password_goes_to_whom_it_is_for_and_to_nobody_else(server: LoopbackServer) -> None:
    with serving() as other:
        server.route("/a", redirect("/b"))
        server.route("/b", redirect(other.url("/c")))
        other.route("/c", redirect(server.url("/d", host="eve:guess@127.0.0.1")))
        server.route("/d", Reply(body=b"done"))
        asked = server.url("/a", host="me:s%40crët@127.0.0.1")
        answer = get(asked, headers={"Cookie": "session=1", "If-None-Match": '"1"'})
    assert answer.url == server.url("/d")
    basic = "Basic bWU6c0BjcsOrdA=="  # me:s@crët
    sent = [request.headers for request in (*server.requests, *other.requests)]
    assert [headers.get("authorization") for headers in sent] == [basic, basic, basic, None]
    assert [headers.get("cookie") for headers in sent] == ["session=1"] * 3 + [None]
    assert [headers.get("if-none-match") for headers in sent] == ['"1"'] * 4


def test_no_cookie_is_kept(server: LoopbackServer) -> None:
    cookie = {"Set-Cookie": "who=you; Path=/"}
    server.route("/a", Reply(status=302, headers={"Location": "/b", **cookie}))
    server.route("/b", Reply(headers=cookie))
    get_all([server.url("/a"), server.url("/b")])
    assert [request.headers.get("cookie") for request in server.requests] == [None] * 3


# ------------------------------------------------------------------ TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For feeds.example, with its key; signed by nobody but itself."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    key = path.with_name("key.pem")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 "
        f"-subj /CN=feeds.example -addext subjectAltName=DNS:feeds.example -keyout {key} "
        f"-out {path}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[LoopbackServer, list[str | None]]]:
    """A server with TLS, and the names that it was asked for in the handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str | None] = []
    context.sni_callback = lambda _, name, __: names.append(name)
    with serving(context) as server:
        yield server, names


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    network.trusted.cache_clear()
    yield
    network.trusted.cache_clear()


Secure = tuple[LoopbackServer, list[str | None]]


@pytest.mark.usefixtures("trusting")
def test_the_certificate_is_that_of_the_name_though_the_address_is_called(secure: Secure) -> None:
    server, names = secure
    server.route("/feed", Reply(body=bytes(range(256)) * 300))
    client = http(lookup=Names(["127.0.0.1"], ["127.0.0.1"]))
    urls = [server.url("/feed", "feeds.example"), server.url("/feed", "feeds.example")]
    assert [answer.body for answer in get_all(urls, client)] == [bytes(range(256)) * 300] * 2
    assert names == ["feeds.example"]
    assert server.requests[0].headers["host"] == f"feeds.example:{server.port}"
    told = trouble(server.url("/feed", "other.example"), http(lookup=Names(["127.0.0.1"])))
    assert told.startswith("the certificate is not trusted: Hostname mismatch")


def test_a_certificate_of_ones_own_is_not_trusted(secure: Secure) -> None:
    told = trouble(secure[0].url("/", "feeds.example"), http(lookup=Names(["127.0.0.1"])))
    assert told == "the certificate is not trusted: self-signed certificate"
    assert secure[0].requests == []


def test_a_server_that_does_not_speak_tls(server: LoopbackServer) -> None:
    url = server.url("/").replace("http:", "https:")
    assert trouble(url).startswith("no secure connection")


def test_a_handshake_that_never_comes_is_cut_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/"
        assert trouble(url, http(deadline=0.2)) == LATE
