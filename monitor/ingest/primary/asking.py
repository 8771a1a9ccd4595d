"""What the primary sources share: failures as outcomes, answers read, answers kept for a while."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from monitor.errors import SourceError
from monitor.ingest.sources import failed, refused
from monitor.ingest.web.http import Answer, Http, shown
from monitor.model import PollFailed, PollOutcome


@runtime_checkable
class History(Protocol):
    """A source that can tell what it published in the past."""

    @property
    def name(self) -> str: ...

    async def history(
        self, http: Http, since: datetime, until: datetime, now: datetime
    ) -> PollOutcome:
        """What became public in [since, until). What is missing of it is noted; a failure means
        that the whole span is to be asked for again."""


class RefusedError(SourceError):
    """A server said no; `outcome` is what that makes of the poll."""

    def __init__(self, outcome: PollFailed) -> None:
        self.outcome = outcome
        super().__init__(outcome.url, outcome.what)


async def outcome_of(asking: Awaitable[PollOutcome], source: str, url: str) -> PollOutcome:
    """What comes of `asking`; failures as the data that they are to whoever polls."""
    try:
        return await asking
    except RefusedError as refusal:
        return refusal.outcome
    except SourceError as error:
        return failed(source, url, error)


def accepted(answer: Answer, source: str, now: datetime) -> Answer:
    """`answer` where its status says that there is something to read, else RefusedError."""
    if not 200 <= answer.status < 300:
        raise RefusedError(refused(source, answer, now))
    return answer


def json_object(answer: Answer) -> Mapping[str, Any]:
    """The JSON object that an answer holds. SourceError where it holds none."""
    try:
        given = json.loads(answer.body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise SourceError(shown(answer.url), "the answer is not a JSON object")
    return given


def text_of(answer: Answer) -> str:
    """The body as text, in the charset that the server names, else UTF-8."""
    _, _, charset = answer.headers.get("content-type", "").lower().partition("charset=")
    try:
        return answer.body.decode(charset.split(";")[0].strip(" \"'") or "utf-8", "replace")
    except LookupError:
        return answer.body.decode("utf-8", "replace")


@dataclass(slots=True)
class Memo:
    """Answers kept for questions of the same moment.

    A backfill asks day after day for what one answer holds years of, all as of one `now`; to ask
    again would be to ask for the same.
    """

    now: datetime | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    def of(self, now: datetime) -> dict[str, Any]:
        if now != self.now:
            self.now, self.kept = now, {}
        return self.kept
