"""monitor extract"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.commands.common import ConfigPath, config_at
from monitor.errors import SourceError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.model import Article, CheckedClaim, Extraction, PriceSeries

EXAMPLE = """
Example:  echo "The White House may invoke the Defense Production Act." | monitor extract -
"""
STDIN = Path("-")
FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond, days cannot be reckoned with in every zone
MAX_CHARACTERS = 2_000_000  # of one text; what is longer is named and left out


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXAMPLE)(extract)


def extract(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Texts, or - for standard input.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object a line, in and out.")
    ] = False,
    config: ConfigPath = None,
) -> int:
    """Who, what, whether it happened, and what is claimed: of a text, or of JSON lines."""
    from monitor.app import reader_of, rules_of, sessions_of
    from monitor.correlate.claims import check_claim

    settings = config_at(config)
    now = datetime.now(UTC)
    exchange = settings.tables.prices.exchange
    reader = reader_of(rules_of(settings), exchange)
    bars = cache(bars_at_hand(settings, now))
    failed = False
    for name, content in _inputs(files or [STDIN], jsonl):
        try:
            article = article_of_line(content, name, now) if jsonl else _of_text(content, name, now)
        except SourceError as error:
            failed = True
            print(json.dumps({"id": _id_of(content, name), "error": str(error)}))
            continue
        close_of = sessions_of(exchange).close_of
        try:
            found = reader.extract(article)
            checked = [
                check_claim(claim, article.id, bars(claim.symbol), now, close_of, article.said_at)
                for claim in found.claims
            ]
        except Exception as error:
            # a mistake of ours, which one line brought to light; the stream goes on
            if not jsonl:
                raise
            failed = True
            what = f"could not be understood: {type(error).__name__}: {error}"
            print(json.dumps({"id": article.id, "error": f"{name}: {what}"}))
            continue
        told = as_json(article.id, found, checked)
        print(json.dumps(told, ensure_ascii=False, indent=None if jsonl else 2), flush=jsonl)
    return 1 if failed else 0


def bars_at_hand(config: Config, now: datetime) -> Callable[[str], PriceSeries | None]:
    """Bars to check claims with: the store's, or those of price files. Never a web service's."""
    from sqlalchemy import make_url

    from monitor.app import provider_of, store_url
    from monitor.model import PriceSeries
    from monitor.store.engine import Store

    url = make_url(store_url(config))
    there = url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
    store = Store.open(store_url(config)) if there else None
    prices = config.tables.prices

    def bars(symbol: str) -> PriceSeries | None:
        if store is not None:
            with store.begin() as tx:
                series = tx.prices.series(symbol)
            if series.bars:
                return series
        if prices.provider != "files":
            return None
        answer = provider_of(config).daily([symbol], prices.since, now.date())[symbol]
        return answer if isinstance(answer, PriceSeries) else None

    return bars


def as_json(article_id: str, found: Extraction, checked: list[CheckedClaim]) -> dict[str, Any]:
    """The public form, as docs/extract.md has it."""
    return {
        "id": article_id,
        "entities": [asdict(mention) for mention in found.mentions],
        "events": [asdict(event) for event in found.events],
        "claims": [_claim(one) for one in checked],
    } | ({"unread": found.unread} if found.unread else {})


def _claim(one: CheckedClaim) -> dict[str, Any]:
    claim = asdict(one.claim)
    del claim["decimals"], claim["approx"]
    since = one.measured_since
    told = claim | {
        "day": one.claim.day.isoformat(),
        "verdict": one.verdict,
        "measured": one.measured,
        "extreme_verdict": one.extreme_verdict,
        "measured_since": since.isoformat() if since else None,
    }
    return told | ({"reason": one.reason} if one.reason else {})


def _inputs(files: list[Path], jsonl: bool) -> Iterator[tuple[str, str]]:
    """(what to call it, its text) of every file, or of every line of one."""
    for path in files:
        named = "standard input" if path == STDIN else str(path)
        try:
            raw = sys.stdin.buffer if path == STDIN else path.open("rb")
        except OSError as error:
            raise SourceError(named, f"cannot be read: {error.strerror}") from error
        with raw:
            if not jsonl:
                yield named, raw.read().decode("utf-8", errors="replace")
                continue
            for number, line in enumerate(raw, start=1):
                if line.strip():
                    yield f"{named}:{number}", line.decode("utf-8", errors="replace")


def _of_text(text: str, name: str, now: datetime) -> Article:
    return _article({"text": text}, name, now)


def article_of_line(line: str, name: str, now: datetime) -> Article:
    """A JSON line as an article. Raises SourceError that names the line."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SourceError(name, f"not JSON: {error}") from error
    if isinstance(row, dict):
        row = {key: _encodable(value) for key, value in row.items()}
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise SourceError(name, 'must be a JSON object with a "text"')
    return _article(row, name, now)


def _article(row: dict[str, Any], name: str, now: datetime) -> Article:
    from monitor.model import Article

    title, text = str(row.get("title") or ""), row["text"]
    if len(title) + len(text) > MAX_CHARACTERS:
        raise SourceError(name, f"longer than {MAX_CHARACTERS:,} characters")
    published = None
    if row.get("published") is not None:
        try:
            published = datetime.fromisoformat(str(row["published"]))
        except ValueError as error:
            what = f"published must be a time in ISO 8601; it is {row['published']!r}"
            raise SourceError(name, what) from error
        if published.tzinfo is None:
            published = published.replace(tzinfo=UTC)
        if not FIRST_YEAR <= published.year <= LAST_YEAR:
            raise SourceError(name, f"published must lie from {FIRST_YEAR} to {LAST_YEAR}")
    return Article(
        id=name if row.get("id") is None else str(row["id"]),
        source=str(row.get("source") or name),
        outlet=str(row.get("source") or name),
        url=row.get("url"),
        title=title,
        text=text,
        published_at=published,
        seen_at=max(now, published) if published else now,
    )


def _encodable(value: object) -> object:
    """A text without halves of characters, which JSON can say and no output can hold."""
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", errors="replace").decode("utf-8")


def _id_of(content: str, name: str) -> str:
    try:
        row = json.loads(content)
    except (ValueError, RecursionError):
        return name
    named = isinstance(row, dict) and row.get("id") is not None
    return str(_encodable(str(row["id"]))) if named else name
