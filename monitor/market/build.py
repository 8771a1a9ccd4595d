"""From what is configured to a provider: those that come along, and those that others install."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.market.chain import ChainProvider, CrossCheck
from monitor.market.provider import PriceProvider, ProviderError

GROUP = "monitor.price_providers"
KEYLESS = ("yfinance", "files")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What a factory gets to make a provider from.

    `cache_dir` is a folder of its own to keep state in; it may not be there yet. `dir` is a folder
    or a web address, `key` a secret that was named in the configuration and belongs in no text.
    `base_urls` lead a provider, by its name, to another server than its own, as in tests. `zone_of`
    gives a symbol's zone. `options` is `[prices.options]` as it stands in the file.
    """

    cache_dir: Path
    dir: str | None = None
    key: str | None = field(default=None, repr=False)
    base_urls: Mapping[str, str] = field(default_factory=dict)
    zone_of: Callable[[str], tzinfo] = field(default=lambda symbol: ZoneInfo("America/New_York"))
    options: Mapping[str, Any] = field(default_factory=dict)


Factory = Callable[[ProviderSettings], PriceProvider]


def build(
    names: Sequence[str], settings: ProviderSettings, *, check: CrossCheck | None = None
) -> PriceProvider:
    """The provider of a name, or the chain of several. Raises ProviderError.

    There is one key, so it goes to the first that takes one: the secret of one service is not shown
    to another.
    """
    factories = [factory_of(name) for name in names]  # all are looked up before one is made
    keyed = next((name for name in names if name not in KEYLESS), None)
    providers = [
        factory(settings if name == keyed else replace(settings, key=None))
        for name, factory in zip(names, factories, strict=True)
    ]
    if len(providers) == 1 and check is None:
        return providers[0]
    return ChainProvider(providers, check=check)


def factory_of(name: str) -> Factory:
    """By its name: one that comes along, else one of an entry point. Raises ProviderError."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    found = installed()
    if name not in found:
        there = ", ".join(sorted({*BUILT_IN, *found}))
        raise ProviderError(f"there is no provider of prices {name!r}; there are: {there}")
    try:
        factory = found[name].load()
    except Exception as error:
        # code of others: whatever it raises, it is this entry point that does not work
        what = f"{type(error).__name__}: {error}"
        raise ProviderError(f"the provider {name!r} ({found[name].value}): {what}") from error
    if not callable(factory):
        raise ProviderError(f"the provider {name!r} ({found[name].value}) is no factory")
    made: Factory = factory
    return made


def installed() -> dict[str, EntryPoint]:
    """The entry points of the group, by name; of two of one name the first that Python finds."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, entry)
    return found


# What is slow to import is imported when it is wanted.


def _yfinance(settings: ProviderSettings) -> PriceProvider:
    from monitor.market.yahoo import YahooProvider  # noqa: PLC0415

    return YahooProvider(settings.cache_dir, settings.base_urls.get("yfinance"))


def _files(settings: ProviderSettings) -> PriceProvider:
    from monitor.market.files import FilesProvider  # noqa: PLC0415

    if not settings.dir:
        raise ProviderError('provider "files" needs dir: a folder, or the web address of one')
    return FilesProvider(settings.dir, zone_of=settings.zone_of)


def _tiingo(settings: ProviderSettings) -> PriceProvider:
    from monitor.market.tiingo import URL, TiingoProvider  # noqa: PLC0415

    if not settings.key:
        raise ProviderError('provider "tiingo" needs a key: key_env or key_file')
    base_url = settings.base_urls.get("tiingo", URL)
    return TiingoProvider(settings.key, base_url, state_dir=settings.cache_dir)


BUILT_IN: Mapping[str, Factory] = {"yfinance": _yfinance, "files": _files, "tiingo": _tiingo}
