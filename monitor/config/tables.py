"""The tables of config.toml, with what each key may be and what it is when it is left out."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.config.sources import Name, SourceConfig, WebUrl
from monitor.model import Severity
from monitor.toml import DURATION, SECONDS, Duration, Frozen, Size


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('the name of a time zone such as "America/New_York"') from error
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class StoreConfig(Frozen):
    url: str = "sqlite:///monitor.db"


class RulesConfig(Frozen):
    shipped: bool = True
    folders: tuple[str, ...] = ()


def _spacing(value: Any) -> timedelta:
    found = DURATION.match(value) if isinstance(value, str) else None
    seconds = float(found[1]) * SECONDS[found[2]] if found else -1.0
    if not 0 <= seconds <= 60:
        raise ValueError('a duration from "0s" to "1m"')
    return timedelta(seconds=seconds)


Spacing = Annotated[timedelta, BeforeValidator(_spacing)]


HOST = re.compile(r"[A-Za-z0-9_.-]+")


def _private(place: str) -> str:
    try:
        ip_network(place.strip("[]"), strict=False)
    except ValueError as error:
        if not HOST.fullmatch(place):
            raise ValueError('a network such as "10.1.0.0/16", an address or a host') from error
    return place


Private = Annotated[str, AfterValidator(_private)]


class PollConfig(Frozen):
    """`every` is where the interval of a source begins that names none of its own; from then on it
    follows how often the source really publishes, between `fastest` and `slowest`."""

    every: Duration = timedelta(minutes=15)
    fastest: Duration = timedelta(minutes=5)
    slowest: Duration = timedelta(hours=6)
    budget: int | None = Field(default=None, ge=1)  # polls an hour over all sources; None: any
    deadline: Duration = timedelta(seconds=20)
    max_bytes: Size = 5_000_000
    per_host: int = Field(default=2, ge=1, le=20)
    spacing: Spacing = timedelta(seconds=1)  # between the starts of two requests to one host
    connections: int = Field(default=50, ge=1, le=1000)
    contact: str = ""
    private: tuple[Private, ...] = ()  # networks and hosts that may be visited though not public


class PagesConfig(Frozen):
    """Whole articles of the items that matter; a source may say otherwise for itself."""

    fetch: bool = True
    deadline: Duration = timedelta(seconds=10)
    max_bytes: Size = 3_000_000
    per_pass: int = Field(default=50, ge=1)


class WatchConfig(Frozen):
    symbols: tuple[str, ...] = Field(min_length=1)
    market: str = "SPY"
    markets: dict[str, str] = Field(default_factory=dict)  # exchange → its own benchmark
    sector: str | None = None


def listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def period(value: Any) -> timedelta | None:
    """How often something is asked; False or a duration of 0: never, which is None."""
    found = DURATION.match(value) if isinstance(value, str) else None
    seconds = float(found[1]) * SECONDS[found[2]] if found else -1.0
    if value is False or seconds == 0:
        return None
    if not 10 <= seconds <= 3600:
        raise ValueError('a duration from "10s" to "1h", or false')
    return timedelta(seconds=seconds)


Period = Annotated[timedelta | None, BeforeValidator(period)]


class PricesConfig(Frozen):
    """`provider`: one name or several, in the order they are asked; see docs/prices.md."""

    provider: Annotated[tuple[Name, ...], BeforeValidator(listed), Field(min_length=1)] = (
        "yfinance",
    )
    dir: str | None = None
    key_env: str | None = None
    key_file: str | None = None
    cross_check: bool = False
    cross_check_jump: float = Field(default=0.10, gt=0, lt=1)
    quotes: Period = timedelta(minutes=1)  # None: live quotes are switched off
    stream: bool = False
    options: dict[str, Any] = Field(default_factory=dict)  # of a provider of an entry point
    exchange: str = "XNYS"
    exchanges: dict[str, str] = Field(default_factory=dict)  # symbol → exchange
    since: date = date(2020, 1, 1)
    every: Duration = timedelta(minutes=15)
    large_move: float = Field(default=0.05, gt=0, lt=1)


class StudyConfig(Frozen):
    length: int = Field(default=120, ge=30, le=1000)
    gap: int = Field(default=11, ge=1, le=250)
    window: tuple[int, int] = (-1, 1)
    max_p: float = Field(default=0.05, gt=0, lt=1)


class ConsoleConfig(Frozen):
    type: Literal["console"]
    name: Name


class WebhookConfig(Frozen):
    type: Literal["webhook"]
    name: Name
    url: WebUrl
    secret_env: str | None = None
    secret_file: str | None = None
    timeout: Duration = timedelta(seconds=5)


class AppriseConfig(Frozen):
    type: Literal["apprise"]
    name: Name
    urls_env: str | None = None
    urls_file: str | None = None


ChannelConfig = Annotated[
    ConsoleConfig | WebhookConfig | AppriseConfig, Field(discriminator="type")
]


class RouteConfig(Frozen):
    channels: tuple[str, ...] = Field(min_length=1)
    severities: tuple[Severity, ...] = ()
    rules: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    stop: bool = False


class SmtpConfig(Frozen):
    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    sender: str
    timeout: Duration = timedelta(seconds=30)


class RecipientConfig(Frozen):
    to: str = Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    at: time = time(7, 0)
    zone: Zone = "America/New_York"


class DigestConfig(Frozen):
    recipients: tuple[RecipientConfig, ...] = ()
    zone: Zone = "America/New_York"
    skip_empty: bool = False


class Tables(Frozen):
    """The tables of config.toml."""

    store: StoreConfig = StoreConfig()
    rules: RulesConfig = RulesConfig()
    poll: PollConfig = PollConfig()
    pages: PagesConfig = PagesConfig()
    sources: tuple[SourceConfig, ...] = ()
    watch: WatchConfig
    prices: PricesConfig = PricesConfig()
    study: StudyConfig = StudyConfig()
    channels: tuple[ChannelConfig, ...] = ()
    routes: tuple[RouteConfig, ...] = ()
    smtp: SmtpConfig | None = None
    digest: DigestConfig = DigestConfig()
