"""What a channel is, and the kinds that need nothing more than what is loaded anyway.

One file for each kind; Apprise, slow to load, is imported by those who use it.
"""

from __future__ import annotations

from typing import Protocol

from monitor.deliver.channel_console import Console
from monitor.deliver.channel_webhook import Webhook
from monitor.model import Delivery

__all__ = ["Channel", "Console", "Webhook"]


class Channel(Protocol):
    """Takes messages to people or programs."""

    @property
    def name(self) -> str: ...

    def send(self, delivery: Delivery) -> None:
        """Raises DeliveryError where the message was not taken; its text holds no secret."""
