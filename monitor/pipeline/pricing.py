"""Exchange → bars: only what is missing is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from monitor.errors import PriceError
from monitor.market.moves import EXTENDED, went_far
from monitor.market.quality import with_notes
from monitor.model import Bar, PriceSeries, StageReport
from monitor.pipeline.parts import Parts
from monitor.store.engine import Transaction
from monitor.store.prices import PriceState

OVERLAP = timedelta(days=10)  # asked for again, to see whether earlier bars have been restated
INTRADAY_MINUTES = 5


def price(parts: Parts, now: datetime) -> StageReport:
    """Brings the bars of all watched securities up to the last session that has closed."""
    symbols = [*parts.watched, *parts.benchmarks]
    with parts.store.begin() as tx:
        states = {symbol: tx.prices.state(symbol) for symbol in symbols}
    spans: dict[tuple[date, date], list[str]] = {}
    for symbol in symbols:
        last = parts.sessions(symbol).last_closed(now)
        start = _missing_from(parts, states[symbol], last, now)
        if start is not None:
            spans.setdefault((start, last), []).append(symbol)
    bars, problems = 0, []
    for (start, last), wanted in sorted(spans.items()):
        if parts.stopping():
            break
        answers = fetch(parts, wanted, start, last, states)
        with parts.store.begin() as tx:
            for symbol in wanted:
                count, problem = _keep(parts, tx, answers[symbol], symbol, start, now)
                bars += count
                problems += [problem] if problem else []
                if count:
                    touched = parts.watched if symbol in parts.benchmarks else (symbol,)
                    tx.signals.add_work("correlate", touched)
    for (_, last), wanted in sorted(spans.items()):
        problems += _intraday(parts, wanted, last)
    return StageReport(
        "price", {"asked": sum(map(len, spans.values())), "bars": bars}, tuple(problems)
    )


def _missing_from(parts: Parts, state: PriceState | None, last: date, now: datetime) -> date | None:
    """The first day to ask for, or None where nothing is missing or it was asked just now."""
    prices = parts.config.tables.prices
    if state is None:
        return min(prices.since, last)
    if state.last is not None and state.last >= last:
        return None
    if timedelta(0) <= now - state.asked_at < prices.every:  # not asked just now by another clock
        return None
    if state.last is None or state.first is None or state.first > prices.since:
        return min(prices.since, last)
    return state.last - OVERLAP


def fetch(
    parts: Parts,
    symbols: Sequence[str],
    start: date,
    end: date,
    states: Mapping[str, PriceState | None],
) -> dict[str, PriceSeries | PriceError]:
    """Bars of some symbols; those whose past has been restated in full.

    A split or dividend changes every adjusted close before it, so an overlap that no longer
    agrees with what is stored means that the stored past is of no use.
    """
    answers = dict(parts.provider().daily(symbols, start, end))
    restated = []
    with parts.store.begin() as tx:
        for symbol, answer in answers.items():
            if states[symbol] is not None and isinstance(answer, PriceSeries):
                if _disagree(tx.prices.series(symbol).bars, answer.bars):
                    restated.append(symbol)
    since = parts.config.tables.prices.since
    if restated and start > since:
        answers.update(parts.provider().daily(restated, since, end))
    return answers


def _disagree(stored: Sequence[Bar], fresh: Sequence[Bar]) -> bool:
    before = {bar.session: bar.adj_close for bar in stored}
    for bar in fresh:
        old = before.get(bar.session)
        if old is not None and bar.adj_close is not None:
            if abs(old - bar.adj_close) > 1e-4 * abs(old):
                return True
    return False


def _keep(
    parts: Parts,
    tx: Transaction,
    answer: PriceSeries | PriceError,
    symbol: str,
    start: date,
    now: datetime,
) -> tuple[int, str | None]:
    """Stores an answer with what is doubtful about it; how many bars are new, and what is wrong."""
    state = tx.prices.state(symbol)
    if isinstance(answer, PriceError):
        first, last = (state.first, state.last) if state else (None, None)
        notes = state.notes if state else ()
        tx.prices.save_state(PriceState(symbol, now, first, last, notes, str(answer)))
        return 0, str(answer)
    before = state.last if state else None
    tx.prices.save_bars(symbol, answer.bars, answer.source)
    newest = answer.bars[-1].session if answer.bars else before
    first = min(filter(None, (start, state.first if state else None)))
    if newest:
        tx.prices.save_actions(symbol, answer.actions, start, newest)
    noted = with_notes(answer, parts.sessions(symbol), now).notes
    begin = answer.bars[0].session if answer.bars else start
    older = [one for one in (state.notes if state else ()) if one.session and one.session < begin]
    notes = tuple(dict.fromkeys((*older, *noted)))
    tx.prices.save_state(PriceState(symbol, now, first, newest, notes, None))
    return sum(before is None or bar.session > before for bar in answer.bars), None


def _intraday(parts: Parts, symbols: Sequence[str], session: date) -> list[str]:
    """Fetches the inside of a session in which a watched security moved a lot, and what was traded
    before and after it.

    It tells whether the news came before the move. Where there is none, timing stays unknown.
    """
    problems = []
    for symbol in symbols:
        if symbol not in parts.watched:
            continue
        with parts.store.begin() as tx:
            series = parts.bars.series(tx, symbol)
        if not went_far(series, session, parts.config.tables.prices.large_move):
            continue
        calendar = parts.sessions(symbol)
        start, end = calendar.open_of(session) - EXTENDED, calendar.close_of(session) + EXTENDED
        try:
            inside = parts.provider().intraday(symbol, start, end, INTRADAY_MINUTES)
        except PriceError as error:
            problems.append(str(error))
            continue
        with parts.store.begin() as tx:
            tx.prices.save_intraday(symbol, inside)
    return problems
