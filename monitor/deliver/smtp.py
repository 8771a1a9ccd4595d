"""Mail through an SMTP server."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Literal

from monitor.deliver.words import one_line
from monitor.errors import DeliveryError

Security = Literal["none", "starttls", "tls"]
NEVER_MENDS = 500  # answers from here on are for good


class Smtp:
    """One connection for each message. `timeout`: seconds for each step.

    With `starttls` and `tls` the server's certificate is checked, against `context` where one is
    given; a server that does not offer STARTTLS gets neither password nor message.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Security,
        *,
        user: str | None,
        password: str | None,
        timeout: float,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.name = f"smtp {host}:{port}"
        self._host, self._port, self._timeout = host, port, timeout
        self._security = security
        self._user, self._password = user, password
        self._context = context

    def send(
        self, message: EmailMessage, sender: str, recipients: Sequence[str]
    ) -> Mapping[str, str]:
        """The recipients that were refused, each with the server's words; empty: all have it.

        Raises DeliveryError where none has it.
        """
        try:
            server = self._connected()
            try:
                refused = server.send_message(message, sender, list(recipients))
            finally:
                _leave(server)
        except smtplib.SMTPRecipientsRefused as error:
            told = _refusals(error.recipients)
            for_good = all(code >= NEVER_MENDS for code, _ in error.recipients.values())
            raise self._failed(f"refused {_listed(told)}", retryable=not for_good) from error
        except smtplib.SMTPResponseException as error:
            what = f"answered {error.smtp_code} {_words(error.smtp_error)}"
            raise self._failed(what, retryable=error.smtp_code < NEVER_MENDS) from error
        except smtplib.SMTPNotSupportedError as error:
            raise self._failed(f"cannot take it: {error}", retryable=False) from error
        except ssl.SSLCertVerificationError as error:
            what = f"its certificate is not trusted: {error.verify_message}"
            raise self._failed(what, retryable=False) from error
        except (smtplib.SMTPException, OSError) as error:
            what = f"no answer ({type(error).__name__})"
            raise self._failed(what, retryable=True) from error
        return _refusals(refused)

    def _connected(self) -> smtplib.SMTP:
        context = self._context or ssl.create_default_context()
        server: smtplib.SMTP
        if self._security == "tls":
            server = smtplib.SMTP_SSL(
                self._host, self._port, timeout=self._timeout, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=self._timeout)
        try:
            if self._security == "starttls":
                server.starttls(context=context)
            if self._user is not None and self._password is not None:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _failed(self, what: str, *, retryable: bool) -> DeliveryError:
        return DeliveryError(self.name, what, retryable=retryable)


def _leave(server: smtplib.SMTP) -> None:
    # the message is taken or refused by now; a bad good-bye must not have it sent once more
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return one_line(text, 200)


def _refusals(refused: Mapping[str, tuple[int, bytes]]) -> dict[str, str]:
    return {address: f"{code} {_words(answer)}" for address, (code, answer) in refused.items()}


def _listed(refused: Mapping[str, str]) -> str:
    return ", ".join(f"{address} ({answer})" for address, answer in refused.items())
