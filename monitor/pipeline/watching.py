"""Live quotes → provisional signals: a move is noticed before its bar has closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from monitor.errors import PriceError
from monitor.market.known import known_by
from monitor.market.moves import EXTENDED, NoMove
from monitor.market.provisional import provisional_move
from monitor.market.quality import blocking
from monitor.model import Move, MoveSignal, Quote, StageReport
from monitor.pipeline.alerting import judge
from monitor.pipeline.correlating import is_large
from monitor.pipeline.delivering import deliver
from monitor.pipeline.explaining import explained
from monitor.pipeline.parts import Parts
from monitor.pipeline.recent_quotes import APART
from monitor.pipeline.run import run
from monitor.pipeline.so_far import news, stored, with_bar_so_far
from monitor.pipeline.viewing import View, look
from monitor.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Hours:
    """The session that is open."""

    session: date
    previous: date
    opens: datetime
    closes: datetime


def watch_and_tell(parts: Parts, now: datetime) -> tuple[StageReport, ...]:
    """Watches, and where something was written, judges and delivers at once."""
    report = watch(parts, now)
    return (report, *run(parts, now, (judge, deliver) if report.counts["signals"] else ()))


def watch(parts: Parts, now: datetime) -> StageReport:
    """Asks for the last prices of what is traded now, in one request, and writes large moves.

    While every exchange is closed nothing is asked.
    """
    watched = open_now(parts, parts.watched, now)
    if not watched:
        return StageReport("watch", {"quotes": 0, "signals": 0})
    quotes, problems = _quotes(parts, watched, now)
    written = 0
    for symbol in watched:
        if parts.stopping():
            break
        if symbol in quotes:
            with parts.store.begin() as tx:
                written += _write(parts, tx, symbol, quotes, now)
    return StageReport("watch", {"quotes": len(quotes), "signals": written}, problems)


def open_now(parts: Parts, symbols: Sequence[str], now: datetime) -> tuple[str, ...]:
    """Those whose exchange is open; each has its own days and hours."""
    return tuple(one for one in symbols if parts.sessions(one).is_open(now))


def _quotes(
    parts: Parts, watched: Sequence[str], now: datetime
) -> tuple[dict[str, Quote], tuple[str, ...]]:
    """The newest price of each security and its benchmark, and what was not to be had."""
    markets = open_now(parts, [parts.benchmark_of(one) for one in watched], now)
    symbols = tuple(dict.fromkeys((*watched, *markets)))
    answers = parts.provider().quotes(symbols)
    found, problems = {}, []
    for symbol in symbols:
        answer = answers.get(symbol) or PriceError(symbol, "no quote was given, nor why not")
        if isinstance(answer, Quote):
            parts.quotes.add(answer)
        else:
            problems.append(str(answer))
        newest = parts.quotes.newest(symbol)  # the stream may have a newer one, or the only one
        if newest is not None:
            found[symbol] = _filled(newest, answer, _hours(parts, symbol, now).opens)
    return found, tuple(problems)


def _filled(newest: Quote, answer: Quote | PriceError, opens: datetime) -> Quote:
    """A streamed price with what the quote of the same session says beside its own."""
    if not isinstance(answer, Quote) or answer.at < opens:
        return newest
    return replace(
        newest,
        previous_close=newest.previous_close or answer.previous_close,
        volume=newest.volume or answer.volume,
    )


def _write(
    parts: Parts, tx: Transaction, symbol: str, quotes: Mapping[str, Quote], now: datetime
) -> bool:
    """Writes the signal of a security's move so far, where it is large and says something new.

    One that is written and is large no more is written over, and put before no rule.
    """
    hours = _hours(parts, symbol, now)
    # of a session before we watched it cannot be said that no story explains it
    if not tx.articles.first_seen_by(hours.opens):
        return False
    size = parts.config.tables.prices.large_move
    before = stored(tx, symbol, hours.session)
    move = _move(parts, tx, symbol, quotes[symbol], now, before)
    if isinstance(move, NoMove):
        return False
    large = is_large(move, size)
    if not large and before is None:
        return False
    view = _view(parts, tx, symbol, move, quotes, now)
    claims = view.claims_about(hours.session)
    found = MoveSignal(symbol, explained(parts, tx, view, move), claims, now)
    again = before is not None and large and not is_large(before.explanation.move, size)
    if news(None if again else before, found) is None:
        return False
    tx.signals.save(found, hours.session)
    if large:
        tx.signals.add_work("judge", [found.key])
    else:
        tx.signals.finish_work("judge", [found.key])
    return True


def _move(
    parts: Parts,
    tx: Transaction,
    symbol: str,
    quote: Quote,
    now: datetime,
    before: MoveSignal | None = None,
) -> Move | NoMove:
    """The move up to a quote; one that is doubtful alone is set against an earlier quote.

    The price of the signal that stands is one too, so that a restart does not forget it.
    """
    hours = _hours(parts, symbol, now)
    inside = tx.prices.intraday(symbol, hours.opens - EXTENDED, now)
    series = replace(parts.bars.series(tx, symbol), intraday=inside)
    series = known_by(series, now, parts.sessions(symbol).close_of)

    def so_far(*others: Quote) -> Move | NoMove:
        return provisional_move(
            series,
            quote,
            hours.session,
            open_at=hours.opens,
            close_at=hours.closes,
            expected_previous=hours.previous,
            as_of=now,
            others=others,
        )

    move = so_far()
    if isinstance(move, NoMove) or not blocking(move.notes):
        return move
    others = [parts.quotes.witness(quote, hours.opens)]
    if before is not None and quote.at - before.explanation.move.known_at >= APART:
        old = before.explanation.move
        others.append(Quote(symbol, old.known_at, old.close, None, None, quote.source))
    return so_far(*(one for one in others if one is not None))


def _view(
    parts: Parts,
    tx: Transaction,
    symbol: str,
    move: Move,
    quotes: Mapping[str, Quote],
    now: datetime,
) -> View:
    """What bears on the move, with the session so far as the last return of security and market.

    Without a sound price of the benchmark its bars stay as they are, and the abnormal return is
    not known.
    """
    view = look(parts, tx, symbol, move.session, now)
    series, benchmark = with_bar_so_far(view.series, move), view.benchmark
    quote = quotes.get(benchmark.symbol)
    if quote is not None:
        market = _move(parts, tx, benchmark.symbol, quote, now)
        if isinstance(market, Move) and not blocking(market.notes):
            benchmark = with_bar_so_far(benchmark, market)
    return replace(view, series=series, benchmark=benchmark)


def _hours(parts: Parts, symbol: str, now: datetime) -> Hours:
    calendar = parts.sessions(symbol)
    session = calendar.event_session(now)
    opens, closes = calendar.open_of(session), calendar.close_of(session)
    return Hours(session, calendar.previous(session), opens, closes)
