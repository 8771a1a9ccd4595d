"""The errors a person can be told about in one line.

Every error names what it is about: a file and key, a url, a symbol, a channel.
Anything else that is raised is a bug and is meant to be loud.
"""

from __future__ import annotations

from dataclasses import dataclass


class MonitorError(Exception):
    """The work could not be done. The command line prints it and exits with 1."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a file that a user wrote.

    `key` is a dotted path into the file (`feeds.2.url`), or "" for the file itself.
    """

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.what}" if self.key else f"{self.file}: {self.what}"


class ConfigError(MonitorError):
    """The configuration or a rule file is wrong; all mistakes at once. Exit status 2."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


class SourceError(MonitorError):
    """A news source gave no usable answer."""

    def __init__(self, source: str, what: str) -> None:
        self.source = source
        super().__init__(f"{source}: {what}")


class PriceError(MonitorError):
    """A price provider gave no usable bars for a symbol."""

    def __init__(self, symbol: str, what: str) -> None:
        self.symbol = symbol
        super().__init__(f"{symbol}: {what}")


class StoreError(MonitorError):
    """The store cannot be used: locked by another process, missing, or newer than this code."""


class UnfitError(StoreError):
    """The store would not keep a value. That is in the value: trying again does not help."""


class DeliveryError(MonitorError):
    """A channel did not take a message.

    `retryable` is False where trying again cannot help (a refused address, a 4xx answer);
    `retry_after` is the channel's own wish in seconds, or None.
    """

    def __init__(
        self, channel: str, what: str, *, retryable: bool, retry_after: float | None = None
    ) -> None:
        self.channel = channel
        self.retryable = retryable
        self.retry_after = retry_after
        super().__init__(f"{channel}: {what}")
