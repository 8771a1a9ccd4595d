"""`[prices]`: from the file to the provider."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.app import provider_of
from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.market.chain import ChainProvider
from monitor.market.files import FilesProvider

WATCH = '[watch]\nsymbols = ["MP"]\n[prices]\n'


def mistakes(folder: Path, prices: str, **environment: str) -> dict[str, str]:
    path = folder / "config.toml"
    path.write_text(WATCH + prices)
    with pytest.raises(ConfigError) as caught:
        provider_of(load_config(path, environment))
    return {one.key: one.what for one in caught.value.mistakes}


def test_one_name_or_a_list_of_them(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WATCH + 'provider = "files"\ndir = "bars"')
    assert isinstance(provider_of(load_config(path, {})), FilesProvider)
    path.write_text(
        WATCH + 'provider = ["files", "tiingo"]\ndir = "bars"\nkey_env = "KEY"\ncross_check = true'
    )
    config = load_config(path, {"KEY": "SECRET"})
    chain = provider_of(config)
    assert isinstance(chain, ChainProvider)
    assert chain.name == "files+tiingo"
    assert "SECRET" not in repr(config)


@pytest.mark.parametrize(
    ("prices", "key", "said"),
    [
        ('provider = "tiingo"', "prices.key_env", "or key_file"),
        ('provider = "tiingo"\nkey_env = "KEY"', "prices.key_env", "no variable KEY"),
        ('provider = ["yfinance", "files"]', "prices.dir", "a folder"),
        ('provider = ["yfinance", "yfinance"]', "prices.provider", "2 times"),
        ("provider = []", "prices.provider", "at least 1"),
        ('provider = "nobody"', "prices.provider", "there are: files, tiingo, yfinance"),
        ("cross_check = true", "prices.cross_check", "two or more"),
        ('provider = "files"\ndir = "."\nstream = true', "prices.stream", "alone"),
    ],
)
def test_what_cannot_be_right_is_told_with_its_key(
    tmp_path: Path, prices: str, key: str, said: str
) -> None:
    assert said in mistakes(tmp_path, prices)[key]
