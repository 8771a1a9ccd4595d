"""What a pass works with. app.py puts it together from the configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from monitor.config import Config
from monitor.deliver.channels import Channel
from monitor.deliver.outbox import Route
from monitor.ingest.pages.opener import Opener
from monitor.ingest.sources import Source
from monitor.ingest.web.http import Http
from monitor.market.exchanges import Exchanges
from monitor.market.provider import PriceProvider
from monitor.market.sessions import Sessions
from monitor.model import Article, Extraction
from monitor.pipeline.known_bars import KnownBars
from monitor.pipeline.recent_quotes import RecentQuotes
from monitor.pipeline.recent_stories import RecentStories
from monitor.pipeline.streaming import Stream
from monitor.rules import RuleSet
from monitor.store.engine import Store


class Reader(Protocol):
    def extract(self, article: Article) -> Extraction: ...


@dataclass(frozen=True)
class Parts:
    """`reader` and `exchanges` are made when first asked for: they are slow to load. `opener` is
    one for all passes."""

    config: Config
    store: Store
    rules: RuleSet
    sources: tuple[Source, ...]
    http: Callable[[], Http]
    opener: Callable[[], Opener]
    reader: Callable[[], Reader]
    provider: Callable[[], PriceProvider]
    exchanges: Callable[[], Exchanges]
    channels: Callable[[], Mapping[str, Channel]]
    routes: tuple[Route, ...]
    delivers: bool = True  # False: history, alerts are kept and sent nowhere
    stopping: Callable[[], bool] = field(default=lambda: False)
    recent: RecentStories = field(default_factory=RecentStories)
    bars: KnownBars = field(default_factory=KnownBars)
    # type of event → prior, as known before a session: of the session asked for last
    priors: dict[date, Mapping[str, float]] = field(default_factory=dict)
    # (as of, session) → symbol → p-value of its abnormal return: of the moment asked for last
    p_values: dict[tuple[datetime, date], Mapping[str, float]] = field(default_factory=dict)
    quotes: RecentQuotes = field(default_factory=RecentQuotes)
    stream: Callable[[], Stream | None] = field(default=lambda: None)  # None: not switched on

    @property
    def watched(self) -> tuple[str, ...]:
        return self.config.tables.watch.symbols

    @property
    def benchmarks(self) -> tuple[str, ...]:
        watch = self.config.tables.watch
        return tuple(
            dict.fromkeys(filter(None, (watch.market, *watch.markets.values(), watch.sector)))
        )

    def sessions(self, symbol: str | None = None) -> Sessions:
        """Of the exchange where a symbol is traded; without one, of the configured exchange."""
        exchanges = self.exchanges()
        return exchanges.at(exchanges.default) if symbol is None else exchanges.of(symbol)

    def benchmark_of(self, symbol: str) -> str:
        """What a security is measured against: the index of its own exchange where one is given."""
        watch = self.config.tables.watch
        return watch.markets.get(self.exchanges().mic_of(symbol), watch.market)

    def name_of(self, entity_id: str) -> str:
        """The name of an entity or event type, or its id where it has gone from the rules."""
        rule = self.rules.entities.get(entity_id) or self.rules.events.get(entity_id)
        return rule.name if rule else entity_id

    def company_of(self, symbol: str) -> str:
        """The name behind a symbol, or the symbol."""
        names = (one.name for one in self.rules.entities.values() if one.symbol == symbol)
        return next(names, symbol)
