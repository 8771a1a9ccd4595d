"""Channels against real servers on loopback."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import logging
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.deliver.channel_apprise import AppriseChannel
from monitor.deliver.channel_webhook import retry_after
from monitor.deliver.channels import Channel, Console, Webhook
from monitor.errors import DeliveryError
from monitor.model import Delivery
from tests.servers import LoopbackServer, Reply, redirect
from tests.test_deliver_outbox import one as any_delivery

BODY = {
    "id": "0" * 16,
    "rule": "policy",
    "severity": "critical",
    "title": "MP Materials +13.9% — „news“",
    "summary": "A story explains it. " * 8,
    "links": {"story": "https://news.example/1"},
}
SECRET = "an unguessable one"


def delivery() -> Delivery:
    return replace(any_delivery(), body=BODY)


def refusal(channel: Channel, what: Delivery | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(what or delivery())
    return caught.value


# ---------------------------------------------------------------- console


def test_the_console_tells_the_alert_in_lines_that_fit() -> None:
    out = io.StringIO()
    Console("here", out).send(delivery())
    lines = out.getvalue().splitlines()
    assert lines[0] == "[critical] MP Materials +13.9% — „news“"
    assert "  https://news.example/1" in lines
    assert all(len(line) <= 96 for line in lines)
    assert out.getvalue().endswith("\n\n")


def test_nothing_in_an_alert_commands_the_terminal() -> None:
    out = io.StringIO()
    hostile = {"title": "a\x1b[2Jb\rc", "summary": "d\x1b]0;x\x07e\x9b1mf", "id": "g\x08"}
    Console("here", out).send(replace(delivery(), body={**BODY, **hostile}))
    assert not {char for char in out.getvalue() if not char.isprintable()} - {"\n"}


def test_a_terminal_without_the_characters_still_tells_it() -> None:
    raw = io.BytesIO()
    terminal = io.TextIOWrapper(raw, encoding="ascii")
    Console("here", terminal).send(delivery())
    assert b"[critical] MP Materials +13.9% ? ?news?" in raw.getvalue()
    terminal.close()


def test_a_console_that_is_gone_is_an_error_to_try_again() -> None:
    out = io.StringIO()
    out.close()
    assert refusal(Console("here", out)).retryable


# ---------------------------------------------------------------- webhook


def hook(server: LoopbackServer, secret: str | None = SECRET, timeout: float = 5) -> Webhook:
    return Webhook("hook", server.url("/token-of-mine"), secret, timeout)


def test_a_webhook_posts_the_body_signed_and_keyed(server: LoopbackServer) -> None:
    server.route("/token-of-mine", Reply(status=204))
    hook(server).send(delivery())
    (request,) = server.wait_for(1)
    assert request.method == "POST"
    assert json.loads(request.body) == BODY
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == delivery().idempotency_key
    expected = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-monitor-signature"] == f"sha256={expected}"


def test_without_a_secret_nothing_is_signed(server: LoopbackServer) -> None:
    server.route("/token-of-mine", Reply())
    hook(server, secret=None).send(delivery())
    assert "x-monitor-signature" not in server.wait_for(1)[0].headers


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (404, False), (410, False), (422, False),
     (408, True), (425, True), (429, True), (500, True), (502, True), (503, True)],
)  # fmt: skip
def test_what_an_answer_means(server: LoopbackServer, status: int, retryable: bool) -> None:
    server.route("/token-of-mine", Reply(status=status, headers={"Retry-After": "120"}))
    error = refusal(hook(server))
    assert error.retryable is retryable
    assert error.retry_after == 120
    assert str(error).startswith(f"hook: answered {status}")
    assert "token-of-mine" not in str(error)
    assert SECRET not in str(error)


def test_a_redirect_is_not_followed(server: LoopbackServer) -> None:
    server.route("/token-of-mine", redirect(server.url("/elsewhere")))
    assert not refusal(hook(server)).retryable
    assert len(server.requests) == 1


def test_a_silent_receiver_is_tried_again(server: LoopbackServer) -> None:
    server.route("/token-of-mine", Reply(wait=threading.Event()))
    error = refusal(hook(server, timeout=0.05))
    assert error.retryable
    assert str(error) == "hook: no answer in time"


def test_a_receiver_that_never_ends_is_not_waited_for(server: LoopbackServer) -> None:
    server.route("/token-of-mine", Reply(body=b"ok", drip=b"more"))
    hook(server).send(delivery())


def test_a_receiver_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/token-of-mine"
    error = refusal(Webhook("hook", url, None, 5))
    assert error.retryable
    assert str(error) == "hook: no answer (ConnectError)"


@pytest.mark.parametrize("url", ["http://host:port/secret", "ftp://host/secret", "secret"])
def test_a_url_that_is_none_is_not_tried_again(url: str) -> None:
    channel = Webhook("hook", url, None, 1)
    error = refusal(channel)
    channel.close()
    assert not error.retryable
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": "Thu, 12 Jun 2025 20:01:30 GMT"}, None),
        (
            {
                "retry-after": "Thu, 12 Jun 2025 20:01:30 GMT",
                "date": "Thu, 12 Jun 2025 20:00:00 GMT",
            },
            90.0,
        ),
        (
            {
                "retry-after": "Thu, 12 Jun 2025 19:00:00 GMT",
                "date": "Thu, 12 Jun 2025 20:00:00 GMT",
            },
            0.0,
        ),
        (
            {
                "retry-after": "Thu, 12 Jun 2025 19:00:00 -0000",
                "date": "Thu, 12 Jun 2025 20:00:00 GMT",
            },
            None,
        ),
    ],
)
def test_how_long_a_receiver_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


# ---------------------------------------------------------------- apprise


def urls(server: LoopbackServer, *paths: str) -> list[str]:
    host = server.url("").removeprefix("http://").rstrip("/")
    return [f"json://user:hunter2@{host}{path}" for path in paths]


def test_apprise_passes_the_alert_on(server: LoopbackServer) -> None:
    server.route("/one", Reply())
    AppriseChannel("chat", urls(server, "/one")).send(delivery())
    told = json.loads(server.wait_for(1)[0].body)
    assert told["title"] == "[critical] MP Materials +13.9% — „news“"
    assert told["message"].startswith("A story explains it.")
    assert "https://news.example/1" in told["message"]
    assert told["type"] == "failure"


def test_a_service_that_took_it_is_not_told_twice(server: LoopbackServer) -> None:
    server.route("/one", Reply())
    server.route("/two", Reply(status=500), Reply())
    channel = AppriseChannel("chat", urls(server, "/one", "/two"))
    error = refusal(channel)
    assert error.retryable
    assert str(error) == "chat: url 2 did not take it"
    channel.send(delivery())
    assert [request.path for request in server.wait_for(3)] == ["/one", "/two", "/two"]
    channel.send(delivery())
    assert len(server.wait_for(5)) == 5


def test_a_failure_never_shows_the_urls(
    server: LoopbackServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    error = refusal(AppriseChannel("chat", urls(server, "/one", "/two")))
    shown = capfd.readouterr()
    assert str(error) == "chat: url 1, 2 did not take it"
    assert "hunter2" not in caplog.text + shown.out + shown.err


def test_urls_that_are_none_are_told_by_their_place(server: LoopbackServer) -> None:
    server.route("/one", Reply())
    error = refusal(AppriseChannel("chat", [*urls(server, "/one"), "nosuch://hunter2"]))
    assert not error.retryable
    assert str(error) == "chat: url 2 is not one that Apprise knows"
    empty = refusal(AppriseChannel("chat", []))
    assert not empty.retryable


def test_every_importer_of_apprise_is_its_channel() -> None:
    package = Path(__file__).parents[1] / "monitor"
    importers = [
        path.name for path in package.rglob("*.py") if "import apprise" in path.read_text()
    ]
    assert importers == ["channel_apprise.py"]
