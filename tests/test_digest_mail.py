"""The daily digest through the outbox to a real SMTP server: once for each recipient and day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.handlers import Message

from monitor.app import build
from monitor.cli import run
from monitor.config import load_config
from monitor.model import FeedItem
from monitor.pipeline import keeping
from monitor.pipeline.parts import Parts
from monitor.pipeline.run import STAGES
from monitor.pipeline.run import run as run_pass
from tests import readers
from tests.test_deliver_smtp import OnFreePort

EPISODE = Path(__file__).parent.parent / "monitor" / "demo" / "episode"
SEEN = datetime(2025, 6, 12, 19, 30, tzinfo=UTC)
MORNING = datetime(2025, 6, 13, 11, tzinfo=UTC)  # 07:00 in New York


class Mailbox(Message):
    """Keeps what arrives; refuses everything while `closed`."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[EmailMessage] = []
        self.closed = False

    async def handle_MAIL(self, server, session, envelope, address, options):  # type: ignore[no-untyped-def] # noqa: N802
        if self.closed:
            return "451 come back later"
        envelope.mail_from = address
        return "250 OK"

    def handle_message(self, message: object) -> None:
        raw = message.as_bytes()  # type: ignore[attr-defined]
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    controller = OnFreePort(box, hostname="127.0.0.1", port=0)
    controller.start()
    yield box, controller.port
    controller.stop()


@pytest.fixture
def config(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        f"""
        [watch]
        symbols = ["MP"]
        [prices]
        provider = "files"
        dir = "{EPISODE / "prices"}"
        since = 2023-01-01
        [smtp]
        host = "127.0.0.1"
        port = {mailbox[1]}
        security = "none"
        sender = "Monitor <monitor@example.org>"
        [digest]
        recipients = [
            {{ to = "east@example.org" }},
            {{ to = "west@example.org", zone = "America/Los_Angeles" }},
        ]
        """,
        encoding="utf-8",
    )
    return path


@pytest.fixture
def parts(config: Path) -> Iterator[Parts]:
    built = replace(build(load_config(config, {})), reader=readers.new_york)
    item = FeedItem(
        *("wire", "Wire", None, "https://example.org/1", "Wartime law for mines"),
        "The White House may invoke the Defense Production Act to fund rare-earth mines. "
        "MP Materials rose as much as 17% on Thursday, the highest since March.",
        *(SEEN, SEEN),
    )
    with built.store.begin() as tx:
        keeping.keep(tx, [item])
    run_pass(built, SEEN + timedelta(hours=1), STAGES[1:-1])
    yield built
    built.store.close()


def at(parts: Parts, now: datetime) -> None:
    run_pass(parts, now, STAGES[-1:])


def test_each_recipient_gets_one_at_their_hour(parts: Parts, mailbox: tuple[Mailbox, int]) -> None:
    box, _ = mailbox
    at(parts, MORNING - timedelta(minutes=1))
    assert box.mails == []
    for minutes in (0, 1, 200):  # 07:00 in Los Angeles is three hours later
        at(parts, MORNING + timedelta(minutes=minutes))
    assert [mail["To"] for mail in box.mails] == ["east@example.org", "west@example.org"]
    mail = box.mails[0]
    assert "MP +13.9%" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "MP Materials" in text.get_content()
    assert "14 March 2023" in html.get_content()
    (chart,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert f"cid:{str(chart['Content-ID']).strip('<>')}" in html.get_content()
    assert chart.get_content().startswith(b"\x89PNG")


def test_an_outage_ends_in_one_digest_not_one_a_day(
    parts: Parts, mailbox: tuple[Mailbox, int]
) -> None:
    at(parts, MORNING + timedelta(days=4, hours=6))
    assert len(mailbox[0].mails) == 2


def test_a_refusal_is_tried_again(parts: Parts, mailbox: tuple[Mailbox, int]) -> None:
    box, _ = mailbox
    box.closed = True
    at(parts, MORNING)
    assert box.mails == []
    with parts.store.begin() as tx:
        assert tx.alerts.outbox_counts() == {"pending": 1}
    box.closed = False
    at(parts, MORNING + timedelta(seconds=5))
    assert box.mails == []
    at(parts, MORNING + timedelta(minutes=2))
    at(parts, MORNING + timedelta(minutes=4))
    assert len(box.mails) == 1


def test_the_command_sends_on_demand(
    parts: Parts, config: Path, mailbox: tuple[Mailbox, int]
) -> None:
    assert run(["digest", "--date", "2025-06-12", "--send", "--config", str(config)]) == 0
    assert len(mailbox[0].mails) == 2
    identities = {mail["Message-ID"] for mail in mailbox[0].mails}
    run(["digest", "--date", "2025-06-12", "--send", "--config", str(config)])
    assert {mail["Message-ID"] for mail in mailbox[0].mails} == identities


def test_there_must_be_somebody_to_send_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "alone.toml"
    path.write_text('[watch]\nsymbols = ["MP"]\n', encoding="utf-8")
    assert run(["digest", "--date", "2025-06-12", "--send", "--config", str(path)]) == 2
    assert "nobody to send it to" in capsys.readouterr().err
