"""Alerts as signed JSON to a url (the only file here that speaks HTTP)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

from monitor.errors import DeliveryError
from monitor.model import Delivery

# what a receiver answers with when the same request may do better later
TRY_AGAIN = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class Webhook:
    """POSTs `Delivery.body`. `timeout`: seconds for each step of the exchange.

    Neither the url (it often carries a token) nor the secret is in any error.
    """

    def __init__(
        self,
        name: str,
        url: str,
        secret: str | None,
        timeout: float,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        # redirects are not followed: the body was signed for this receiver
        self._client = httpx.Client(timeout=timeout, transport=transport, follow_redirects=False)

    def send(self, delivery: Delivery) -> None:
        content = encoded(delivery.body)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": delivery.idempotency_key,
            "User-Agent": "monitor",
        }
        if self._secret is not None:
            headers["X-Monitor-Signature"] = signature(self._secret, content)
        try:
            # streamed and left unread: an answer's body is of no use, however long
            with self._client.stream(
                "POST", self._url, content=content, headers=headers
            ) as response:
                self._judge(response)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise DeliveryError(self.name, "its url is not valid", retryable=False) from error
        except httpx.TimeoutException as error:
            raise DeliveryError(self.name, "no answer in time", retryable=True) from error
        except httpx.HTTPError as error:
            what = f"no answer ({type(error).__name__})"
            raise DeliveryError(self.name, what, retryable=True) from error

    def close(self) -> None:
        self._client.close()

    def _judge(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        status = response.status_code
        raise DeliveryError(
            self.name,
            f"answered {status} {response.reason_phrase}".rstrip(),
            retryable=response.is_server_error or status in TRY_AGAIN,
            retry_after=retry_after(response.headers),
        )


def encoded(body: Mapping[str, Any]) -> bytes:
    """The exact bytes that are sent and signed."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()


def signature(secret: str, content: bytes) -> str:
    return f"sha256={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, as said, or from the answer's own `Date` to the date said; None: not told."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        wait = parsedate_to_datetime(told) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):  # TypeError: one of the dates has no zone
        return None
    return max(wait.total_seconds(), 0.0)
