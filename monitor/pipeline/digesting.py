"""A day that is over → its digest, as files or as mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.deliver.chart import price_chart
from monitor.deliver.digest import DayMove, Digest, DigestInput, build_digest
from monitor.deliver.render import Rendered, mail_of, message_id, render
from monitor.deliver.smtp import Smtp
from monitor.errors import DeliveryError
from monitor.model import Delivery, Move, StorySignal
from monitor.pipeline.explaining import explained
from monitor.pipeline.parts import Parts
from monitor.pipeline.so_far import stored
from monitor.pipeline.viewing import look, moved
from monitor.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Issue:
    """A digest and how it looks."""

    digest: Digest
    rendered: Rendered


def compose(parts: Parts, day: date, as_of: datetime, zone: str) -> Issue:
    """The digest of a day, as known at `as_of`."""
    with parts.store.begin() as tx:
        given = _gathered(parts, tx, day, as_of, ZoneInfo(zone))
    digest = build_digest(given)
    charts = {
        one.name: price_chart(one.series, one.symbol_name, one.marks, one.until)
        for one in digest.charts
    }
    return Issue(digest, render(digest, charts))


def _gathered(
    parts: Parts, tx: Transaction, day: date, as_of: datetime, zone: ZoneInfo
) -> DigestInput:
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    end = start + timedelta(days=1)
    views = {
        symbol: look(parts, tx, symbol, parts.sessions(symbol).session_on_or_before(day), as_of)
        for symbol in parts.watched
    }
    moves = [
        DayMove(explained(parts, tx, view, move), view.series)
        for symbol, view in views.items()
        if parts.sessions(symbol).is_session(day)
        and isinstance(move := moved(parts, view, day), Move)
    ]
    closed = {one.explanation.symbol for one in moves}
    moves += [
        DayMove(found.explanation)
        for symbol in views
        if symbol not in closed and (found := stored(tx, symbol, day))
    ]
    told = tx.stories.told_between(start, min(end, as_of))
    today = {story.id for story in told}
    signals = [
        StorySignal(symbol, at.story, at.exposure, at.reaction, view.claims_in([at.story]), as_of)
        for symbol, view in views.items()
        for at in view.stories
        if at.story.id in today
    ]
    about = today | {
        candidate.story.id for move in moves for candidate in move.explanation.candidates
    }
    readings = {
        reading.article.id: reading for reading in tx.articles.of_stories(sorted(about), as_of)
    }
    return DigestInput(
        day=day,
        zone=zone,
        as_of=as_of,
        moves=tuple(moves),
        stories=tuple(signals),
        claims=tuple(
            claim
            for view in views.values()
            for _, claim in view.claims
            if claim.claim.day == day and claim.article in readings
        ),
        readings=readings,
        company_of=parts.company_of,
        event_name=parts.name_of,
        articles=len(tx.articles.seen_between(start, end)),
        sources=len(parts.sources),
        problems=_problems(parts, tx),
        notes=tuple(note for move in moves for note in move.explanation.move.notes),
    )


def _problems(parts: Parts, tx: Transaction) -> tuple[str, ...]:
    """Sources and securities that gave nothing when they were last asked."""
    sources = [tx.books.source(one.name) for one in parts.sources]
    failing = [f"{one.name}: {one.last_error}" for one in sources if one.last_error]
    prices = [tx.prices.state(symbol) for symbol in (*parts.watched, *parts.benchmarks)]
    return tuple(failing + [one.error for one in prices if one is not None and one.error])


def written(issue: Issue, folder: Path) -> tuple[Path, ...]:
    """Writes digest.html, digest.txt and the charts; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "digest.html": issue.rendered.html_for_files().encode(),
        "digest.txt": issue.rendered.text.encode(),
        **issue.rendered.charts,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return tuple(folder / name for name in files)


def mail_to(parts: Parts, issue: Issue, recipient: str, now: datetime) -> None:
    """Sends an issue to one recipient. Raises DeliveryError."""
    settings = parts.config.tables.smtp
    if settings is None:
        raise DeliveryError("mail", "there is no [smtp] in the configuration", retryable=True)
    sender = parseaddr(settings.sender)[1]
    message = mail_of(
        issue.rendered,
        sender=settings.sender,
        recipient=recipient,
        message_id=message_id(recipient, issue.digest.day, sender.rpartition("@")[2]),
        date=now,
        subject=issue.digest.subject,
    )
    smtp = Smtp(
        settings.host,
        settings.port,
        settings.security,
        user=settings.user,
        password=parts.config.secrets.get("smtp"),
        timeout=settings.timeout.total_seconds(),
    )
    smtp.send(message, sender, [recipient])


class DigestMail:
    """The channel of digests: the outbox holds which day is for whom, the words are made last."""

    name = "mail"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def send(self, delivery: Delivery) -> None:
        asked = delivery.body
        day, now = date.fromisoformat(asked["day"]), delivery.next_attempt_at
        issue = compose(self._parts, day, now, asked["zone"])
        if self._parts.config.tables.digest.skip_empty and issue.digest.is_empty:
            return
        mail_to(self._parts, issue, asked["to"], now)
