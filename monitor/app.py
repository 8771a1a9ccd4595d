"""The composition root: a Config becomes the wired parts of a pass. Nothing is decided here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import structlog
from sqlalchemy import URL

from monitor import __version__
from monitor.config import (
    AppriseConfig,
    Config,
    ConsoleConfig,
    WebhookConfig,
)
from monitor.deliver.channels import Channel, Console, Webhook
from monitor.deliver.outbox import Route
from monitor.errors import ConfigError, Mistake, MonitorError
from monitor.ingest.build import sources_of
from monitor.ingest.feeds.apart import ParserApart
from monitor.ingest.pages.apart import ReaderApart
from monitor.ingest.pages.opener import Opener
from monitor.ingest.sources import in_thread
from monitor.ingest.web.http import Http, Limits
from monitor.pipeline.bounded_reader import BoundedReader
from monitor.pipeline.delivering import MAIL
from monitor.pipeline.parts import Parts, Reader
from monitor.rules import RuleSet, load_rules, shipped_rules
from monitor.store.engine import Store

if TYPE_CHECKING:
    from monitor.market.exchanges import Exchanges
    from monitor.market.provider import PriceProvider
    from monitor.market.sessions import Sessions
    from monitor.pipeline.streaming import Stream

log = structlog.get_logger()


def rules_of(config: Config) -> RuleSet:
    """The shipped rules and the user's own, as the configuration says."""
    return load_rules(rule_folders(config))


def rule_folders(config: Config) -> list[Path]:
    tables = config.tables.rules
    shipped = [shipped_rules()] if tables.shipped else []
    return [*shipped, *(config.beside(folder) for folder in tables.folders)]


def store_url(config: Config) -> str:
    """The store's url; a relative SQLite file lies beside the configuration."""
    url = config.tables.store.url
    head, sep, path = url.partition("sqlite:///")
    if sep and not head and path and path != ":memory:":
        # not pasted together: a path may hold what means something in a url
        return URL.create("sqlite", database=str(config.beside(path))).render_as_string()
    return url


def build(
    config: Config,
    *,
    out: TextIO | None = None,
    delivers: bool = True,
    bounded: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> Parts:
    """Everything a pass needs. What is slow to load is loaded when first used.

    `out` is where console channels print. With `bounded` texts are read in a child process, which
    one that hangs or eats memory costs nothing but itself. Raises ConfigError or StoreError.
    """
    rules = rules_of(config)
    read = partial(reader_of, rules, config.tables.prices.exchange)
    store = Store.open(store_url(config))
    parts = Parts(
        config=config,
        store=store,
        rules=rules,
        sources=sources_of(
            config.tables.sources,
            rules,
            config.tables.watch.symbols,
            ParserApart() if bounded else in_thread,
            contact=config.tables.poll.contact,
            file=str(config.path),
        ),
        http=lambda: http_of(config),
        opener=cache(lambda: opener_of(config)),
        reader=cache(
            lambda: BoundedReader(read, wanted=lambda: not stopping()) if bounded else read()
        ),
        provider=cache(lambda: provider_of(config)),
        stream=cache(lambda: stream_of(config)),
        exchanges=cache(lambda: exchanges_of(config)),
        channels=cache(lambda: channels_of(config, parts, out or sys.stdout)),
        routes=tuple(Route(**row.model_dump()) for row in config.tables.routes),
        delivers=delivers,
        stopping=stopping,
    )
    return parts


def http_of(config: Config, deadline: timedelta | None = None) -> Http:
    """`deadline` stands in for that of [poll]."""
    poll = config.tables.poll
    contact = f" ({poll.contact})" if poll.contact else ""
    limits = Limits(
        deadline=(deadline or poll.deadline).total_seconds(),
        max_bytes=poll.max_bytes,
        per_host=poll.per_host,
        spacing=poll.spacing.total_seconds(),
        connections=poll.connections,
        private=poll.private,
    )
    return Http(f"monitor/{__version__}{contact}", limits)


def opener_of(config: Config) -> Opener:
    pages = config.tables.pages
    return Opener(
        lambda: http_of(config, pages.deadline),
        ReaderApart(),
        "monitor",
        deadline=pages.deadline.total_seconds(),
        max_bytes=pages.max_bytes,
    )


def exchanges_of(config: Config) -> Exchanges:
    """Where each symbol is traded. Raises ConfigError for one of which that is not known."""
    from monitor.market.exchanges import Exchanges  # noqa: PLC0415

    tables = config.tables
    exchanges = Exchanges(tables.prices.exchange, tables.prices.exchanges)
    mistakes = []
    for symbol in (*tables.watch.symbols, tables.watch.market, *tables.watch.markets.values()):
        try:
            exchanges.of(symbol)
        except MonitorError as error:
            mistakes.append(Mistake(str(config.path), "prices.exchanges", str(error)))
    if mistakes:
        raise ConfigError(mistakes)
    return exchanges


@cache
def sessions_of(exchange: str) -> Sessions:
    from monitor.market.sessions import Sessions  # noqa: PLC0415

    return Sessions(exchange)


def reader_of(rules: RuleSet, exchange: str) -> Reader:
    """The extractor with its language model, or without one where none is installed."""
    from monitor.extract.extractor import Extractor  # noqa: PLC0415
    from monitor.extract.nlp import load_nlp  # noqa: PLC0415

    nlp = load_nlp()
    if nlp is None:
        log.warning("no English language model is installed: extraction goes by rules alone")
    # the calendar is looked at when a claim first asks for its day: it takes a second to load
    return Extractor(rules, nlp, lambda at: sessions_of(exchange).local_date(at))


def provider_of(config: Config) -> PriceProvider:
    """The provider of `[prices]`, or the chain of several. Raises ConfigError."""
    from monitor.market.build import ProviderSettings, build  # noqa: PLC0415
    from monitor.market.chain import CrossCheck  # noqa: PLC0415
    from monitor.market.provider import ProviderError  # noqa: PLC0415

    prices = config.tables.prices
    exchanges = exchanges_of(config)
    place = prices.dir
    if place is not None and not place.startswith(("http://", "https://")):
        place = str(config.beside(place))
    settings = ProviderSettings(
        cache_dir(config),
        place,
        config.secrets.get("prices"),
        zone_of=lambda symbol: exchanges.of(symbol).zone,
        options=prices.options,
    )
    check = CrossCheck(jump=prices.cross_check_jump) if prices.cross_check else None
    try:
        return build(prices.provider, settings, check=check)
    except ProviderError as error:
        raise ConfigError([Mistake(str(config.path), "prices.provider", str(error))]) from error


def stream_of(config: Config) -> Stream | None:
    """Yahoo's stream of all that is watched, where it is switched on."""
    if not config.tables.prices.stream:
        return None
    from monitor.market.yahoo_stream import YahooStream  # noqa: PLC0415

    watch = config.tables.watch
    symbols = dict.fromkeys((*watch.symbols, watch.market, *watch.markets.values()))
    return YahooStream(tuple(symbols))


def cache_dir(config: Config) -> Path:
    return config.path.parent / ".monitor-cache"


def channels_of(config: Config, parts: Parts, out: TextIO) -> Mapping[str, Channel]:
    channels: dict[str, Channel] = {}
    for row in config.tables.channels:
        secret = config.secrets.get(f"channels.{row.name}")
        if isinstance(row, ConsoleConfig):
            channels[row.name] = Console(row.name, out)
        elif isinstance(row, WebhookConfig):
            channels[row.name] = Webhook(
                row.name, row.url, secret, timeout=row.timeout.total_seconds()
            )
        elif isinstance(row, AppriseConfig):
            from monitor.deliver.channel_apprise import AppriseChannel  # noqa: PLC0415

            channels[row.name] = AppriseChannel(row.name, (secret or "").split())
    if config.tables.smtp is not None:
        from monitor.pipeline.digesting import DigestMail  # noqa: PLC0415

        channels[MAIL] = DigestMail(parts)
    return channels
