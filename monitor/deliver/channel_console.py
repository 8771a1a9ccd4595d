"""Alerts on a terminal or in a file of text."""

from __future__ import annotations

import textwrap
from typing import TextIO

from monitor.deliver.message import headline, text
from monitor.errors import DeliveryError
from monitor.model import Delivery

WIDTH = 96


class Console:
    """Writes plain text: nothing that an article says reaches the terminal as a command."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name = name
        self._stream = stream

    def send(self, delivery: Delivery) -> None:
        told = [_wrapped(line) for line in text(delivery.body).splitlines()]
        message = "\n".join([headline(delivery.body), *told, "", ""])
        encoding = self._stream.encoding or "utf-8"
        try:
            # a terminal that lacks a character gets a question mark, not an error
            self._stream.write(message.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise DeliveryError(self.name, f"cannot write: {error}", retryable=True) from error


def _wrapped(line: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
