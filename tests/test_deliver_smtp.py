"""Mail through a real SMTP server on loopback."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from asyncio import Server
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from monitor.deliver.smtp import Security, Smtp
from monitor.errors import DeliveryError

SENDER = "monitor@news.example"


class Postbox:
    """Takes mail; `answers` are by recipient, or "DATA" for the message itself."""

    def __init__(self, **answers: str) -> None:
        self.answers = {name.replace("_at_", "@"): said for name, said in answers.items()}
        self.mails: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        said = self.answers.get(address.partition("@")[0], "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self.mails.append(envelope)
        return "250 taken"

    async def handle_QUIT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        return self.answers.get("QUIT", "221 bye")


class OnFreePort(Controller):
    """Listens on a port that the system picks, and says which before its own first call to it."""

    port: int

    def _trigger_server(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def listening(postbox: Postbox, **options: Any) -> Iterator[int]:
    controller = OnFreePort(postbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def mail(to: str = "reader@home.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, to, "the day"
    message.set_content("a quiet day")
    return message


def smtp(port: int, security: Security = "none", **more: Any) -> Smtp:
    given = {"user": None, "password": None, "timeout": 5.0, **more}
    return Smtp("localhost", port, security, **given)


def refusal(server: Smtp, *to: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        server.send(mail(), SENDER, to or ("reader@home.example",))
    return caught.value


def test_a_mail_arrives() -> None:
    postbox = Postbox()
    with listening(postbox) as port:
        assert smtp(port).send(mail(), SENDER, ["a@x.example", "b@x.example"]) == {}
    (envelope,) = postbox.mails
    assert envelope.mail_from == SENDER
    assert envelope.rcpt_tos == ["a@x.example", "b@x.example"]
    assert isinstance(envelope.content, bytes)
    assert b"a quiet day" in envelope.content


def test_a_refused_recipient_does_not_keep_it_from_the_others() -> None:
    postbox = Postbox(gone="550 no such box")
    with listening(postbox) as port:
        refused = smtp(port).send(mail(), SENDER, ["gone@x.example", "b@x.example"])
    assert refused == {"gone@x.example": "550 no such box"}
    assert postbox.mails[0].rcpt_tos == ["b@x.example"]


@pytest.mark.parametrize(
    ("answers", "retryable", "told"),
    [
        ({"reader": "550 no such box"}, False, "refused reader@home.example (550 no such box)"),
        ({"reader": "450 box is busy"}, True, "refused reader@home.example (450 box is busy)"),
        ({"DATA": "554 looks like spam"}, False, "answered 554 looks like spam"),
        ({"DATA": "451 try later"}, True, "answered 451 try later"),
    ],
)
def test_what_a_refusal_means(answers: dict[str, str], retryable: bool, told: str) -> None:
    with listening(Postbox(**answers)) as port:
        error = refusal(smtp(port))
    assert error.retryable is retryable
    assert str(error) == f"smtp localhost:{port}: {told}"


def test_a_bad_good_bye_does_not_have_it_sent_again() -> None:
    postbox = Postbox(QUIT="500 what")
    with listening(postbox) as port:
        assert smtp(port).send(mail(), SENDER, ["a@x.example"]) == {}
    assert len(postbox.mails) == 1


def test_no_server_is_tried_again() -> None:
    with listening(Postbox()) as port:
        pass
    error = refusal(smtp(port))
    assert error.retryable
    assert "no answer (" in str(error)


# ---------------------------------------------------------------- encrypted


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that nobody but the tests trusts, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = (
        f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout {key} -out {cert}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return cert, key


def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def trusting(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate[0]))


def authenticator(_s: Any, _session: Any, _e: Any, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    right = (data.login, data.password) == (b"me", b"right")
    return AuthResult(success=right, handled=False)


def test_starttls_with_a_password(certificate: tuple[Path, Path]) -> None:
    postbox = Postbox()
    options = {
        "tls_context": server_context(certificate),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": authenticator,
    }
    with listening(postbox, **options) as port:
        more = {"user": "me", "context": trusting(certificate)}
        smtp(port, "starttls", password="right", **more).send(mail(), SENDER, ["a@x.example"])
        error = refusal(smtp(port, "starttls", password="wrong one", **more))
    assert len(postbox.mails) == 1
    assert not error.retryable
    assert "answered 535" in str(error)
    assert "wrong one" not in str(error)


def test_a_certificate_that_is_not_trusted_gets_no_mail(certificate: tuple[Path, Path]) -> None:
    postbox = Postbox()
    with listening(postbox, tls_context=server_context(certificate)) as port:
        error = refusal(smtp(port, "starttls"))
    assert postbox.mails == []
    assert not error.retryable
    assert "its certificate is not trusted" in str(error)


def test_a_server_without_starttls_gets_no_mail() -> None:
    postbox = Postbox()
    with listening(postbox) as port:
        error = refusal(smtp(port, "starttls"))
    assert postbox.mails == []
    assert not error.retryable
    assert "STARTTLS" in str(error)


def test_tls_from_the_first_byte(certificate: tuple[Path, Path]) -> None:
    postbox = Postbox()
    # the controller's own first call must speak TLS as well
    with listening(postbox, ssl_context=server_context(certificate)) as port:
        smtp(port, "tls", context=trusting(certificate)).send(mail(), SENDER, ["a@x.example"])
    assert len(postbox.mails) == 1
