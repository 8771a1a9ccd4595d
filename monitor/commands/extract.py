"""monitor extract"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from monitor.bounded import Bounded, Failed, NoChildError
from monitor.commands.common import ConfigPath, config_at, tell
from monitor.commands.explained import as_reasons, told
from monitor.commands.lines import Line, handfuls
from monitor.errors import MonitorError, SourceError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.model import Article, CheckedClaim, Extraction, PriceSeries
    from monitor.rules import RuleSet

EXAMPLE = """
Example:  echo "The White House may invoke the Defense Production Act." | monitor extract -
"""
STDIN = Path("-")
FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond, days cannot be reckoned with in every zone
MEGABYTE = 1 << 20
LONGEST = 64 * MEGABYTE  # bytes of a line or a text; what is longer is named and left out
MEMORY = 2048 * MEGABYTE  # bytes that one text may take
SURROGATE = re.compile(
    "[\ud800-\udfff]"
)  # half a character: JSON can say it, no output can hold it


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told of a text, as JSON; or the error that it gives, with its name."""

    told: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class How:
    """How answers are given."""

    jsonl: bool
    explain: bool = False


Answers = Callable[[Sequence[Line]], Iterable[Answer]]


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXAMPLE)(extract)


def extract(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Texts, or - for standard input.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object a line, in and out.")
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="What decided each id and status, and what was refused."),
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds that one text may take.", metavar="SECONDS")
    ] = 20.0,
    config: ConfigPath = None,
) -> int:
    """Who, what, whether it happened, and what is claimed: of a text, or of JSON lines."""
    from monitor.app import rules_of

    settings = config_at(config)
    make = partial(answering, settings, rules_of(settings), datetime.now(UTC), How(jsonl, explain))
    failed = False
    for line, answer in answered(_inputs(files or [STDIN], jsonl), make, timeout):
        if answer.error is None:
            print(answer.told, flush=jsonl)
        elif not jsonl:
            raise MonitorError(answer.error)
        else:
            failed = True
            print(json.dumps({"id": _id_of(line), "error": answer.error}), flush=True)
    return 1 if failed else 0


def answered(
    batches: Iterable[Sequence[Line]], make: Callable[[], Answers], timeout: float
) -> Iterator[tuple[Line, Answer]]:
    """Each line with its answer, from a child that is ended when a line takes too long."""
    with Bounded(make, timeout=timeout, memory=MEMORY) as bounded:
        try:
            bounded.start()
        except NoChildError as error:
            answers = make()
            tell(f"monitor: texts are read without a limit of time: {error}")
            for batch in batches:
                yield from zip(batch, answers(batch), strict=True)
            return
        for line, answer in bounded.run(batches):
            if isinstance(answer, Failed):
                yield line, Answer(error=f"{line.name}: could not be understood: {answer}")
            else:
                yield line, answer


def answering(config: Config, rules: RuleSet, now: datetime, how: How) -> Answers:
    """What gives the answers to lines, or to texts; slow to make."""
    from monitor.app import reader_of, sessions_of
    from monitor.correlate.claims import check_claim
    from monitor.extract.extractor import Extractor
    from monitor.logs import log_to_stderr

    log_to_stderr()
    exchange = config.tables.prices.exchange
    reader = reader_of(rules, exchange)
    assert isinstance(reader, Extractor)
    bars = cache(bars_at_hand(config, now))
    close_of = sessions_of(exchange).close_of

    def document(article: Article, found: Extraction) -> dict[str, Any]:
        checked = [
            check_claim(claim, article.id, bars(claim.symbol), now, close_of, article.said_at)
            for claim in found.claims
        ]
        return as_json(article.id, found, checked)

    def explained(article: Article) -> Answer:
        why = reader.explain(article)
        if not how.jsonl:
            return Answer("\n".join(told(why)))
        return Answer(json.dumps(document(article, why.extraction) | as_reasons(why)))

    def answers(lines: Sequence[Line]) -> Iterator[Answer]:
        articles = [_article_or_error(line, now, how.jsonl) for line in lines]
        good = (article for article in articles if not isinstance(article, SourceError))
        found = iter(()) if how.explain else reader.extract_all(good)
        for article in articles:
            if isinstance(article, SourceError):
                yield Answer(error=str(article))
            elif how.explain:
                yield explained(article)
            else:
                indent = None if how.jsonl else 2
                rows = document(article, next(found))
                yield Answer(json.dumps(rows, ensure_ascii=False, indent=indent))

    return answers


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
        if prices.provider != ("files",):
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
    } | {key: value for key, value in _not_read(found).items() if value}


def _not_read(found: Extraction) -> dict[str, Any]:
    return {"unread": found.unread, "skipped": found.skipped}


def _claim(one: CheckedClaim) -> dict[str, Any]:
    claim = asdict(one.claim)
    del claim["decimals"], claim["approx"], claim["bound"]
    since = one.measured_since
    told = claim | {
        "day": one.claim.day.isoformat(),
        "verdict": one.verdict,
        "measured": one.measured,
        "extreme_verdict": one.extreme_verdict,
        "measured_since": since.isoformat() if since else None,
    }
    return told | ({"reason": one.reason} if one.reason else {})


def _inputs(files: list[Path], jsonl: bool) -> Iterator[list[Line]]:
    """Every file as one text, or the lines of every file."""
    for path in files:
        named = "standard input" if path == STDIN else str(path)
        try:
            raw: BinaryIO = sys.stdin.buffer if path == STDIN else path.open("rb")
        except OSError as error:
            raise SourceError(named, f"cannot be read: {error.strerror}") from error
        with raw:
            if jsonl:
                yield from handfuls(raw, named, LONGEST)  # type: ignore[arg-type]
            else:
                text = raw.read(LONGEST + 1)
                yield [Line(named, text[:LONGEST], whole=len(text) <= LONGEST)]


def _article_or_error(line: Line, now: datetime, jsonl: bool) -> Article | SourceError:
    try:
        if not line.whole:
            raise SourceError(line.name, f"longer than {LONGEST // MEGABYTE} MB")
        return (article_of_line if jsonl else _of_text)(_decoded(line), line.name, now)
    except SourceError as error:
        return error


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
    """A text as long as before, without halves of characters."""
    return SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def _id_of(line: Line) -> str:
    """The id that a line gives, else what it is called."""
    try:
        row = json.loads(_decoded(line)) if line.whole else {}
    except (ValueError, RecursionError):
        return line.name
    named = isinstance(row, dict) and row.get("id") is not None
    return str(_encodable(str(row["id"]))) if named else line.name


def _decoded(line: Line) -> str:
    return line.raw.decode("utf-8-sig", errors="replace")
