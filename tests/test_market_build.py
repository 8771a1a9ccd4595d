"""From names to providers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.market.build import ProviderSettings, build, factory_of, installed
from monitor.market.chain import ChainProvider, CrossCheck
from monitor.market.files import FilesProvider
from monitor.market.provider import ProviderError
from monitor.market.tiingo import TiingoProvider

Install = Callable[..., None]


@pytest.fixture
def settings(tmp_path: Path) -> ProviderSettings:
    return ProviderSettings(tmp_path / "cache", dir=str(tmp_path), key="SECRET")


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """A distribution as an installer leaves it behind: a module, and metadata beside it."""

    def installing(module: str, code: str, **points: str) -> None:
        site = tmp_path / module
        info = site / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        lines = "".join(f"{name} = {target}\n" for name, target in points.items())
        (info / "entry_points.txt").write_text(f"[monitor.price_providers]\n{lines}")
        (site / f"{module}.py").write_text(code)
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, module, raising=False)

    return installing


CODE = """
class Own:
    name = "own"
    def __init__(self, settings):
        self.settings = settings
number = 7
"""


def test_one_name_is_that_provider_and_several_are_a_chain(settings: ProviderSettings) -> None:
    assert isinstance(build(["files"], settings), FilesProvider)
    assert isinstance(build(["tiingo"], settings), TiingoProvider)
    chain = build(["files", "tiingo"], settings)
    assert isinstance(chain, ChainProvider)
    assert chain.name == "files+tiingo"
    alone = build(["files"], settings, check=CrossCheck())
    assert isinstance(alone, ChainProvider)


def test_yahoo_keeps_its_state_in_the_cache_folder(settings: ProviderSettings) -> None:
    assert build(["yfinance"], settings).name == "yahoo"


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("files", {"dir": None}, "needs dir"),
        ("tiingo", {"key": None}, "needs a key: key_env or key_file"),
        ("tiingo", {"key": "two words"}, "what no key does"),
        ("nobody", {}, "no provider of prices 'nobody'; there are: files, tiingo, yfinance"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, name: str, given: dict[str, str | None], said: str
) -> None:
    with pytest.raises(ProviderError, match=said):
        build([name], ProviderSettings(tmp_path, **given))  # type: ignore[arg-type]


def test_one_that_is_installed_gets_the_settings(
    install: Install, settings: ProviderSettings
) -> None:
    install("own_prices", CODE, own="own_prices:Own")
    assert installed()["own"].value == "own_prices:Own"
    provider = build(["own"], settings)
    assert provider.name == "own"
    assert provider.settings == settings  # type: ignore[attr-defined]


def test_a_key_is_shown_to_the_first_that_takes_one_alone(
    install: Install, settings: ProviderSettings
) -> None:
    install("own_prices", CODE, own="own_prices:Own")
    chain = build(["yfinance", "tiingo", "own"], settings)
    assert isinstance(chain, ChainProvider)
    own = chain._providers[-1]
    assert own.settings.key is None  # type: ignore[attr-defined]
    assert "SECRET" not in repr(settings)


def test_those_that_come_along_cannot_be_taken_the_place_of(
    install: Install, settings: ProviderSettings
) -> None:
    install("own_prices", CODE, files="own_prices:Own")
    assert isinstance(build(["files"], settings), FilesProvider)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("own_prices:Other", "AttributeError"),
        ("nowhere_at_all:Own", "ModuleNotFoundError"),
        ("own_prices:number", "is no factory"),
    ],
)
def test_one_that_does_not_load_is_an_error_naming_it(
    install: Install, target: str, said: str
) -> None:
    install("own_prices", CODE, own=target)
    with pytest.raises(ProviderError, match=f"the provider 'own' .{target}.*{said}"):
        factory_of("own")
