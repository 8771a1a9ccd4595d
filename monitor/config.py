"""config.toml and the environment → one frozen Config, or all that is wrong with them at once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from monitor.errors import ConfigError, Mistake
from monitor.model import Severity
from monitor.toml import DURATION, SECONDS, Duration, Frozen, Size, read_toml, validated

RESERVED = "mail"  # the channel of the digests
ENVIRONMENT = "MONITOR__"  # MONITOR__STORE__URL=… stands in for [store] url


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('the name of a time zone such as "America/New_York"') from error
    return name


def _web_url(url: str) -> str:
    if not url.startswith(("https://", "http://")):
        raise ValueError("a web address that begins with https:// or http://")
    return url


Zone = Annotated[str, AfterValidator(_zone)]
WebUrl = Annotated[str, AfterValidator(_web_url)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


class StoreConfig(Frozen):
    url: str = "sqlite:///monitor.db"


class RulesConfig(Frozen):
    shipped: bool = True
    folders: tuple[str, ...] = ()


class PollConfig(Frozen):
    every: Duration = timedelta(minutes=15)
    deadline: Duration = timedelta(seconds=20)
    max_bytes: Size = 5_000_000
    per_host: int = Field(default=2, ge=1, le=20)
    contact: str = ""


class FeedConfig(Frozen):
    kind: Literal["feed"] = "feed"
    name: Name
    url: WebUrl
    outlet: str | None = None
    every: Duration | None = None


class FederalRegisterConfig(Frozen):
    kind: Literal["federal-register"]
    name: Name
    url: WebUrl | None = None
    terms: tuple[str, ...] = ()
    every: Duration | None = None


def _kind(value: Any) -> str:
    return str(value.get("kind", "feed")) if isinstance(value, Mapping) else "feed"


SourceConfig = Annotated[
    Annotated[FeedConfig, Tag("feed")] | Annotated[FederalRegisterConfig, Tag("federal-register")],
    Discriminator(_kind),
]


class WatchConfig(Frozen):
    symbols: tuple[str, ...] = Field(min_length=1)
    market: str = "SPY"
    markets: dict[str, str] = Field(default_factory=dict)  # exchange → its own benchmark
    sector: str | None = None


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _period(value: Any) -> timedelta | None:
    """How often something is asked; False or a duration of 0: never, which is None."""
    found = DURATION.match(value) if isinstance(value, str) else None
    seconds = float(found[1]) * SECONDS[found[2]] if found else -1.0
    if value is False or seconds == 0:
        return None
    if not 10 <= seconds <= 3600:
        raise ValueError('a duration from "10s" to "1h", or false')
    return timedelta(seconds=seconds)


Period = Annotated[timedelta | None, BeforeValidator(_period)]


class PricesConfig(Frozen):
    """`provider`: one name or several, in the order they are asked; see docs/prices.md."""

    provider: Annotated[tuple[Name, ...], BeforeValidator(_listed), Field(min_length=1)] = (
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
    sources: tuple[SourceConfig, ...] = ()
    watch: WatchConfig
    prices: PricesConfig = PricesConfig()
    study: StudyConfig = StudyConfig()
    channels: tuple[ChannelConfig, ...] = ()
    routes: tuple[RouteConfig, ...] = ()
    smtp: SmtpConfig | None = None
    digest: DigestConfig = DigestConfig()


@dataclass(frozen=True, slots=True)
class Config:
    """The tables, where they were read, and the secrets they point to.

    `secrets` is keyed by dotted path (`smtp.password`, `channels.NAME`) and never printed.
    """

    path: Path
    tables: Tables
    secrets: Secrets

    def beside(self, path: str) -> Path:
        """A path of the file, relative ones taken from the file's own folder."""
        return (self.path.parent / Path(path).expanduser()).resolve()


class Secrets(dict[str, str]):
    """Secrets by where they belong; shows none of them."""

    def __repr__(self) -> str:
        return f"<{len(self)} secrets>"


def packaged_config() -> Path:
    """The config.toml that comes with the program."""
    package = Path(__file__).resolve().parent
    inside = package / "_shipped" / "config.toml"
    return inside if inside.is_file() else package.parent / "config.toml"


def load_config(path: Path, environment: Mapping[str, str]) -> Config:
    """Raises ConfigError with every mistake of the file and the environment."""
    raw, mistakes = read_toml(path)
    if mistakes:
        raise ConfigError(mistakes)
    file = str(path)
    overridden, mistakes = _overridden(raw, environment)
    tables, wrong = validated(Tables, overridden, file=file)
    mistakes += wrong
    mistakes += _crosschecked(overridden, file)
    secrets, missing = _secrets(overridden, path, environment)
    mistakes += missing
    if mistakes or tables is None:
        raise ConfigError(mistakes)
    return Config(path.resolve(), tables, secrets)


def _overridden(
    raw: Mapping[str, Any], environment: Mapping[str, str]
) -> tuple[dict[str, Any], list[Mistake]]:
    """The tables with what MONITOR__TABLE__KEY variables say instead."""
    tables = {key: dict(value) if isinstance(value, dict) else value for key, value in raw.items()}
    mistakes = []
    for variable, value in sorted(environment.items()):
        if not variable.startswith(ENVIRONMENT):
            continue
        keys = variable.removeprefix(ENVIRONMENT).lower().split("__")
        if len(keys) != 2 or not isinstance(tables.setdefault(keys[0], {}), dict):
            mistakes.append(Mistake("environment", variable, "must be MONITOR__TABLE__KEY"))
            continue
        tables[keys[0]][keys[1]] = _toml_value(value)
    return tables, mistakes


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _crosschecked(raw: Mapping[str, Any], file: str) -> list[Mistake]:
    """What no single key can tell; looks only at what has the right shape."""
    mistakes = []
    for table in ("sources", "channels"):
        names = [str(row["name"]) for row in _rows(raw, table) if row.get("name")]
        for name, count in Counter(names).items():
            if count > 1:
                mistakes.append(Mistake(file, table, f"{count} have the name {name!r}"))
    channels = sorted(str(row.get("name")) for row in _rows(raw, "channels"))
    mistakes += _channel_mistakes(raw, channels, file)
    prices = raw.get("prices", {})
    if isinstance(prices, Mapping):
        mistakes += _price_mistakes(prices, file)
    study = raw.get("study", {})
    if isinstance(study, Mapping):
        mistakes += _study_mistakes(study, file)
    digest = raw.get("digest", {})
    if isinstance(digest, Mapping) and digest.get("recipients") and "smtp" not in raw:
        mistakes.append(
            Mistake(file, "digest.recipients", "a [smtp] table is needed to reach them")
        )
    return mistakes


def _channel_mistakes(
    raw: Mapping[str, Any], channels: Sequence[str], file: str
) -> Iterable[Mistake]:
    if RESERVED in channels:
        what = f"{RESERVED!r} is the channel of the digests: take another name"
        yield Mistake(file, "channels", what)
    for number, row in enumerate(_rows(raw, "channels")):
        if row.get("type") == "apprise" and not ({"urls_env", "urls_file"} & set(row)):
            yield Mistake(file, f"channels.{number}.urls_env", "must be given, or urls_file")
    for number, row in enumerate(_rows(raw, "routes")):
        named = row.get("channels")
        for name in named if isinstance(named, list) else ():
            if name not in channels:
                what = f"no channel {name!r}; there are: {', '.join(channels) or 'none'}"
                yield Mistake(file, f"routes.{number}.channels", what)


def _price_mistakes(prices: Mapping[str, Any], file: str) -> Iterable[Mistake]:
    given = _listed(prices.get("provider", "yfinance"))
    if not isinstance(given, list | tuple):
        return  # told elsewhere
    names = [name for name in given if isinstance(name, str)]
    if "files" in names and not prices.get("dir"):
        what = 'must be given with provider = "files": a folder, or the web address of one'
        yield Mistake(file, "prices.dir", what)
    if "tiingo" in names and not {"key_env", "key_file"} & set(prices):
        what = 'must be given with provider = "tiingo", or key_file'
        yield Mistake(file, "prices.key_env", what)
    for name, count in Counter(names).items():
        if count > 1:
            yield Mistake(file, "prices.provider", f"{name!r} stands there {count} times")
    if prices.get("cross_check") is True and len(names) == 1:
        yield Mistake(file, "prices.cross_check", "needs a list of two or more providers")
    if prices.get("stream") is True and "yfinance" not in names:
        yield Mistake(file, "prices.stream", 'is there with provider = "yfinance" alone')
    if prices.get("stream") is True and _is_off(prices.get("quotes")):
        yield Mistake(file, "prices.stream", "needs quotes, which are switched off")


def _is_off(quotes: Any) -> bool:
    try:
        return quotes is not None and _period(quotes) is None
    except ValueError:
        return False  # told elsewhere


def _study_mistakes(study: Mapping[str, Any], file: str) -> list[Mistake]:
    gap, window = study.get("gap", 11), study.get("window", (-1, 1))
    shaped = isinstance(window, list | tuple) and [type(one) for one in window] == [int, int]
    if not isinstance(gap, int) or not shaped:
        return []  # told elsewhere
    if not window[0] <= 0 <= window[1]:
        return [
            Mistake(file, "study.window", f"must hold session 0, as in [-1, 1]; it is {window}")
        ]
    if gap <= -window[0]:
        what = f"must be more than {-window[0]}, or the estimation overlaps the window; it is {gap}"
        return [Mistake(file, "study.gap", what)]
    return []


def _rows(raw: Mapping[str, Any], table: str) -> Iterable[Mapping[str, Any]]:
    rows = raw.get(table, ())
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _secrets(
    raw: Mapping[str, Any], path: Path, environment: Mapping[str, str]
) -> tuple[Secrets, list[Mistake]]:
    """What `…_env` and `…_file` keys point to."""
    secrets = Secrets()
    mistakes = []
    holders = [
        (f"channels.{number}", f"channels.{row.get('name')}", row)
        for number, row in enumerate(_rows(raw, "channels"))
    ]
    for table in ("smtp", "prices"):
        if isinstance(raw.get(table), Mapping):
            holders.append((table, table, raw[table]))
    for where, name, row in holders:
        for key, value in row.items():
            if not isinstance(value, str):
                continue
            if key.endswith("_env"):
                if value in environment:
                    secrets[name] = environment[value]
                else:
                    what = f"the environment has no variable {value}"
                    mistakes.append(Mistake(str(path), f"{where}.{key}", what))
            elif key.endswith("_file"):
                try:
                    secrets[name] = (path.parent / value).read_text(encoding="utf-8").strip()
                except (OSError, ValueError) as error:
                    # of a file that is no text nothing is quoted: it may be a secret all the same
                    why = error.strerror if isinstance(error, OSError) else "it is no text"
                    what = f"{value!r} cannot be read: {why}"
                    mistakes.append(Mistake(str(path), f"{where}.{key}", what))
    return secrets, mistakes
