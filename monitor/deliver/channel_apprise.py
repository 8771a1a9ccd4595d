"""Alerts to any service that Apprise speaks to (its only importer)."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import apprise

from monitor.deliver.message import headline, text
from monitor.errors import DeliveryError
from monitor.model import Delivery, Severity

KINDS: dict[Severity, apprise.NotifyType] = {
    "info": apprise.NotifyType.INFO,
    "warning": apprise.NotifyType.WARNING,
    "critical": apprise.NotifyType.FAILURE,
}
# its log lines quote urls, which are secrets; what failed is told by DeliveryError
logging.getLogger("apprise").propagate = False
logging.getLogger("apprise").addHandler(logging.NullHandler())


class AppriseChannel:
    """Each url is one service. A url that Apprise does not know fails when it is sent to."""

    def __init__(self, name: str, urls: Sequence[str]) -> None:
        self.name = name
        asset = apprise.AppriseAsset(
            app_id="monitor",
            app_desc="monitor",
            app_url="",
            async_mode=False,
            secure_logging=True,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
        )
        self._services = [
            apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True) for url in urls
        ]
        # of a message that only some took: who has it, so that a second try is not told twice
        self._taken: dict[str, set[int]] = {}

    def send(self, delivery: Delivery) -> None:
        if not self._services:
            raise DeliveryError(self.name, "it has no url", retryable=False)
        body = delivery.body
        key = delivery.idempotency_key
        taken = self._taken.pop(key, set())
        for number, service in enumerate(self._services):
            if number in taken or service is None:
                continue
            if service.notify(
                title=headline(body),
                body=text(body),
                notify_type=KINDS.get(body["severity"], apprise.NotifyType.INFO),
                body_format=apprise.NotifyFormat.TEXT,
            ):
                taken.add(number)
        missed = [number for number in range(len(self._services)) if number not in taken]
        if missed:
            self._taken[key] = taken
            raise self._failed(missed)

    def _failed(self, missed: Sequence[int]) -> DeliveryError:
        """Told by the place of the urls: the urls themselves are secrets."""
        unknown = [number for number in missed if self._services[number] is None]
        silent = [number for number in missed if number not in unknown]
        parts = []
        if silent:
            parts.append(f"url {_places(silent)} did not take it")
        if unknown:
            parts.append(f"url {_places(unknown)} is not one that Apprise knows")
        return DeliveryError(self.name, "; ".join(parts), retryable=bool(silent))


def _places(numbers: Sequence[int]) -> str:
    return ", ".join(str(number + 1) for number in numbers)
