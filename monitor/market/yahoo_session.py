"""The HTTP session that yfinance asks Yahoo through.

yfinance answers every refusal with a second try under another cookie, and loses the reason; under
a rate limit that makes two requests and a handful for cookies out of each one. So what Yahoo says
of data requests is judged here, before yfinance sees it.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from curl_cffi.requests import Response, Session
from yfinance.exceptions import YFRateLimitError

from monitor.market.gate import Gate
from monitor.market.provider import NotAskedError

CHART = "/v8/finance/chart/"
QUOTE = "/v7/finance/quote"
CRUMB = "/v1/test/getcrumb"
REFUSALS = (400, 404, 422)  # Yahoo has understood and has no such data: asking again is no use
TOO_MANY = (429, 999)  # the second is Yahoo's own
# A crumb is a dozen letters; what else comes in its place is a page or an error message.
PLAUSIBLE_CRUMB = re.compile(r"[^\s<>{}]{1,64}")


class RefusedError(Exception):
    """Yahoo's own words on why there is no such data."""


class TooManyError(Exception):
    """Yahoo asks for patience. `retry_after`: the header, where there is one."""

    def __init__(self, retry_after: str | None) -> None:
        self.retry_after = retry_after
        super().__init__("too many requests")


class DownError(Exception):
    """Yahoo fails: status 500 and up."""


class YahooSession(Session[Response]):
    """Leads to `base_url` where there is one; raises what Yahoo says against a data request.

    `crumbs` is the circuit of crumb requests: while it is open none is made, and yfinance goes on
    without one, which bars do not need.
    """

    def __init__(self, base_url: str | None, crumbs: Gate) -> None:
        super().__init__(impersonate="chrome")
        self._base = urlsplit(base_url) if base_url else None
        self._crumbs = crumbs

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Response:
        asked = urlsplit(url)
        if asked.path == CRUMB:
            try:
                self._crumbs.check("crumb")
            except NotAskedError as refusal:
                raise YFRateLimitError from refusal
        if self._base:
            path = self._base.path.rstrip("/") + asked.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))
        answer = super().request(method, url, *args, **kwargs)
        if asked.path == CRUMB:
            self._judge_crumb(answer)
        elif asked.path.startswith((CHART, QUOTE)):
            _judge_data(answer, chart=asked.path.startswith(CHART))
        return answer

    def _judge_crumb(self, answer: Response) -> None:
        if answer.status_code in TOO_MANY:
            header = answer.headers.get("Retry-After")
            reason = "crumb requests rate limited by Yahoo"
            self._crumbs.failed(reason, at_once=True, retry_after_header=header)
        elif not is_crumb(answer.text):  # whether it is any good, quotes will tell
            self._crumbs.failed("Yahoo gives no crumb")


def is_crumb(text: str) -> bool:
    return PLAUSIBLE_CRUMB.fullmatch(text) is not None and "Too Many" not in text


def _judge_data(answer: Response, *, chart: bool) -> None:
    status = answer.status_code
    if status in TOO_MANY:
        raise TooManyError(answer.headers.get("Retry-After"))
    if status >= 500:
        raise DownError(f"status {status}")
    if chart and status in REFUSALS:
        raise RefusedError(_reason(answer))


def _reason(answer: Response) -> str:
    try:
        error = json.loads(answer.text)["chart"]["error"]
        return f"{error['description']} ({answer.status_code} {error['code']})"
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
