"""Several providers as one: the next is asked for what one does not have, and to confirm it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

import structlog

from monitor.errors import PriceError
from monitor.market.agreement import Jump, Tolerance, jumps, measured
from monitor.market.provider import PriceProvider, said
from monitor.market.quality import CONFIRMED
from monitor.model import DataNote, IntradayBar, PriceSeries, Quote

BEFORE = timedelta(days=10)  # asked for before a jump, to have the close before it over holidays

T = TypeVar("T")
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """A figure of the last `sessions` bars that is `jump` or more from the close before is asked of
    another provider."""

    jump: float = 0.10
    sessions: int = 3
    tolerance: Tolerance = field(default_factory=Tolerance)


class ChainProvider:
    """Asks the providers in order, each for the symbols that those before had nothing of.

    Why the earlier ones had nothing is a note "fell-back" on what is returned, and of a symbol that
    none has, one error with the reasons of all.

    With `check`, a large jump is asked of the other providers, in order, until one has the two
    sessions. The note on its session is "confirmed", "sources-disagree", or "unconfirmed" where
    none has them; the bars stay those of the first.
    """

    def __init__(
        self, providers: Sequence[PriceProvider], *, check: CrossCheck | None = None
    ) -> None:
        if not providers:
            raise ValueError("a chain needs a provider")
        self._providers = tuple(providers)
        self._check = check

    @property
    def name(self) -> str:
        return "+".join(provider.name for provider in self._providers)

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        def ask(provider: PriceProvider, some: Sequence[str]) -> Mapping[str, object]:
            return provider.daily(some, start, end)

        found, reasons = self._one_after_another(symbols, ask, PriceSeries)
        series = {
            symbol: replace(one, notes=(*one.notes, *_fell_back(symbol, reasons[symbol])))
            for symbol, (_, one) in found.items()
        }
        if self._check is not None:
            by = {symbol: provider for symbol, (provider, _) in found.items()}
            series |= self._confirmed(series, by, end, self._check)
        return {
            symbol: series[symbol] if symbol in series else _failed(symbol, reasons[symbol])
            for symbol in symbols
        }

    def intraday(
        self, symbol: str, start: datetime, end: datetime, minutes: int
    ) -> tuple[IntradayBar, ...]:
        """The bars of the first that has any; PriceError where not one could tell."""
        reasons = []
        for provider in self._providers:
            try:
                bars = provider.intraday(symbol, start, end, minutes)
            except PriceError as error:
                reasons.append(f"{provider.name}: {said(error)}")
                continue
            if bars:
                _log_fallen_back(symbol, provider, reasons)
                return bars
        if len(reasons) == len(self._providers):
            raise _failed(symbol, reasons)
        return ()

    def quotes(self, symbols: Sequence[str]) -> Mapping[str, Quote | PriceError]:
        def ask(provider: PriceProvider, some: Sequence[str]) -> Mapping[str, object]:
            return provider.quotes(some)

        found, reasons = self._one_after_another(symbols, ask, Quote)
        for symbol, (provider, _) in found.items():
            _log_fallen_back(symbol, provider, reasons[symbol])
        return {
            symbol: found[symbol][1] if symbol in found else _failed(symbol, reasons[symbol])
            for symbol in symbols
        }

    def _one_after_another(
        self,
        symbols: Sequence[str],
        ask: Callable[[PriceProvider, Sequence[str]], Mapping[str, object]],
        kind: type[T],
    ) -> tuple[dict[str, tuple[PriceProvider, T]], dict[str, list[str]]]:
        """What was found, with who found it, and why those before did not, by symbol."""
        found: dict[str, tuple[PriceProvider, T]] = {}
        reasons: dict[str, list[str]] = {symbol: [] for symbol in symbols}
        for provider in self._providers:
            wanted = [symbol for symbol in symbols if symbol not in found]
            if not wanted:
                break
            answers = ask(provider, wanted)
            for symbol in wanted:
                answer = answers.get(symbol)
                if isinstance(answer, kind):
                    found[symbol] = (provider, answer)
                else:
                    what = said(answer) if isinstance(answer, PriceError) else "gave no answer"
                    reasons[symbol].append(f"{provider.name}: {what}")
        return found, reasons

    def _confirmed(
        self,
        series: Mapping[str, PriceSeries],
        by: Mapping[str, PriceProvider],
        end: date,
        check: CrossCheck,
    ) -> dict[str, PriceSeries]:
        """The series that have a large jump, with a note on each such session."""
        open_: dict[str, tuple[Jump, ...]] = {}
        for symbol, one in series.items():
            large = jumps(one, check.jump, check.sessions)
            if large:
                open_[symbol] = large
        notes: dict[str, list[DataNote]] = {symbol: [] for symbol in open_}
        failures: dict[str, list[str]] = {symbol: [] for symbol in open_}
        for provider in self._providers:
            wanted = [symbol for symbol in open_ if open_[symbol] and by[symbol] is not provider]
            if not wanted:
                continue
            since = min(jump.previous for symbol in wanted for jump in open_[symbol]) - BEFORE
            answers = provider.daily(wanted, since, end)
            for symbol in wanted:
                answer = answers.get(symbol)
                if isinstance(answer, PriceSeries):
                    judged, open_[symbol] = _judged(
                        symbol, open_[symbol], answer, check.tolerance, series[symbol].source
                    )
                    notes[symbol] += judged
                elif isinstance(answer, PriceError):
                    failures[symbol].append(f"{provider.name}: {said(answer)}")
        for symbol, left in open_.items():
            notes[symbol] += _unconfirmed(symbol, left, failures[symbol])
        return {
            symbol: replace(series[symbol], notes=(*series[symbol].notes, *notes[symbol]))
            for symbol in open_
        }


def _judged(
    symbol: str,
    large: Sequence[Jump],
    other: PriceSeries,
    tolerance: Tolerance,
    source: str,
) -> tuple[list[DataNote], tuple[Jump, ...]]:
    """One note for each session that the other source has, and the jumps it cannot tell of."""
    notes, left = [], []
    for session, of_session in _by_session(large):
        told = [(jump, ret) for jump in of_session if (ret := measured(jump, other)) is not None]
        if not told:
            left += of_session
            continue
        apart = [(jump, ret) for jump, ret in told if not tolerance.holds(jump.ret, ret)]
        code = "sources-disagree" if apart else CONFIRMED
        figures = ", ".join(
            f"{jump.figure} {jump.ret:+.2%} by {source}, {ret:+.2%} by {other.source}"
            for jump, ret in apart or told
        )
        notes.append(DataNote(code, symbol, session, figures))
    return notes, tuple(left)


def _unconfirmed(symbol: str, left: Sequence[Jump], failures: Sequence[str]) -> Iterable[DataNote]:
    why = "; ".join(failures) or "no other source has this session"
    for session, of_session in _by_session(left):
        figures = ", ".join(f"{jump.figure} {jump.ret:+.2%}" for jump in of_session)
        yield DataNote("unconfirmed", symbol, session, f"{figures} by one source alone ({why})")


def _by_session(large: Sequence[Jump]) -> Iterable[tuple[date, list[Jump]]]:
    for session in sorted({jump.session for jump in large}):
        yield session, [jump for jump in large if jump.session == session]


def _fell_back(symbol: str, reasons: Sequence[str]) -> Iterable[DataNote]:
    for reason in reasons:
        yield DataNote("fell-back", symbol, None, reason)


def _failed(symbol: str, reasons: Sequence[str]) -> PriceError:
    return PriceError(symbol, "; ".join(reasons))


def _log_fallen_back(symbol: str, provider: PriceProvider, reasons: Sequence[str]) -> None:
    """Quotes and intraday bars have no notes to carry it."""
    if reasons:
        log.info("prices from another source", symbol=symbol, by=provider.name, because=reasons)
