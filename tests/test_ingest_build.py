"""Rows of the configuration and the rules → sources, and what is wrong with them told at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import build
from monitor.config import load_config, packaged_config
from monitor.errors import ConfigError
from monitor.ingest.build import row_of, sources_of
from monitor.ingest.primary.asking import History
from monitor.ingest.primary.edgar import Edgar
from monitor.ingest.primary.federal_register import FederalRegister
from monitor.ingest.primary.gdelt import Gdelt
from monitor.ingest.primary.google_news import GoogleNews
from monitor.ingest.primary.war_gov import WarGov
from monitor.ingest.sources import Feed, Source, in_thread
from monitor.rules import load_rules, shipped_rules
from tests.rule_files import entity, rules_in

WATCHED = ("ORE", "GEAR")
CONTACT = "someone@example.org"


def rows_in(folder: Path, text: str) -> Sequence[object]:
    path = folder / "config.toml"
    path.write_text(f'{text}\n[watch]\nsymbols = ["ORE"]\n', encoding="utf-8")
    return load_config(path, {}).tables.sources


def made(folder: Path, text: str, contact: str = CONTACT) -> tuple[Source, ...]:
    rules = rules_in(
        folder,
        entity("ore-mining", 'symbol = "ORE"'),
        entity("gear-works", 'symbol = "GEAR"'),
        entity("unwatched-one", 'symbol = "UNW"'),
        entity("office-of-magnets", kind="institution"),
        entity("mp"),
    )
    rows = rows_in(folder, text)
    return sources_of(rows, rules, WATCHED, in_thread, contact=contact, file="config.toml")  # type: ignore[arg-type]


def mistakes(folder: Path, text: str, contact: str = CONTACT) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        made(folder, text, contact)
    return {one.key: one.what for one in caught.value.mistakes}


def test_a_row_of_each_kind(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        """
        [[sources]]
        name = "feed"
        url = "https://ore.example/feed"
        outlet = "Ore Weekly"
        [[sources]]
        kind = "federal-register"
        name = "register"
        terms = ["ore"]
        agencies = ["ores-department"]
        types = ["PRESDOCU"]
        inspection = true
        [[sources]]
        kind = "edgar"
        name = "edgar"
        [[sources]]
        kind = "war-gov"
        name = "war"
        what = "contracts"
        [[sources]]
        kind = "gdelt"
        name = "gdelt"
        terms = ["rare ores", "AI on ore"]
        """,
    )
    assert found == (
        Feed("feed", "https://ore.example/feed", "Ore Weekly", in_thread),
        FederalRegister(
            "register",
            terms=("ore",),
            agencies=("ores-department",),
            types=("PRESDOCU",),
            inspection=True,
        ),
        Edgar("edgar", CONTACT, symbols=WATCHED),
        WarGov("war", "contracts"),
        Gdelt("gdelt", ('("rare ores" OR "AI on ore") sourcelang:english',)),
    )
    assert [isinstance(one, History) for one in found] == [False, True, True, True, True]


def test_an_address_in_a_row_stands_in_for_the_service_s_own(tmp_path: Path) -> None:
    register, edgar, war, gdelt, news = made(
        tmp_path,
        """
        [[sources]]
        kind = "federal-register"
        name = "a"
        url = "http://127.0.0.1/api/documents.json"
        [[sources]]
        kind = "edgar"
        name = "b"
        url = "http://127.0.0.1/www/"
        data_url = "http://127.0.0.1/data/"
        ciks = [77]
        forms = ["10-Q"]
        [[sources]]
        kind = "war-gov"
        name = "c"
        url = "http://127.0.0.1/"
        what = "releases"
        [[sources]]
        kind = "gdelt"
        name = "d"
        url = "http://127.0.0.1/doc"
        terms = ["magnets"]
        only = ""
        [[sources]]
        kind = "google-news"
        name = "e"
        url = "http://127.0.0.1/rss"
        entities = ["gear-works"]
        query = "{symbol} stock"
        hl = "de"
        gl = "DE"
        """,
    )
    assert register == FederalRegister("a", "http://127.0.0.1/api/documents.json")
    assert edgar == Edgar(
        "b",
        CONTACT,
        ciks=(77,),
        forms=("10-Q",),
        site="http://127.0.0.1/www",
        data="http://127.0.0.1/data",
    )
    assert war == WarGov("c", "releases", "http://127.0.0.1")
    assert gdelt == Gdelt("d", ("magnets",), url="http://127.0.0.1/doc")
    assert news == GoogleNews(
        "e: gear-works", "GEAR stock", "de", "DE", "DE:de", "http://127.0.0.1/rss"
    )


NEWS = '[[sources]]\nkind = "google-news"\nname = "news"\n'


@pytest.mark.parametrize(
    ("row", "names"),
    [
        ("", ["ore-mining", "gear-works"]),
        ('types = ["company"]', ["ore-mining", "gear-works"]),
        ("watched = false", ["ore-mining", "gear-works", "unwatched-one", "mp"]),
        ('types = ["institution"]\nwatched = false', ["office-of-magnets"]),
        ('entities = ["unwatched-one", "ore-mining"]', ["unwatched-one", "ore-mining"]),
        (
            'entities = ["office-of-magnets", "gear-works"]\ntypes = ["company"]',
            ["office-of-magnets", "gear-works", "ore-mining"],
        ),
    ],
)
def test_a_row_becomes_a_source_for_each_entity(tmp_path: Path, row: str, names: list[str]) -> None:
    found = made(tmp_path, NEWS + row)
    assert [one.name for one in found] == [f"news: {name}" for name in names]
    assert [getattr(one, "query", None) for one in found] == [f'"{name}"' for name in names]


def test_gdelt_asks_for_entities_as_well_as_terms(tmp_path: Path) -> None:
    row = '[[sources]]\nkind = "gdelt"\nname = "g"\nonly = ""\n'
    (of_all,) = made(tmp_path, f"{row}watched = false")
    assert of_all == Gdelt(
        "g", ('("ore-mining" OR "gear-works" OR "unwatched-one")',), left_out=("mp",)
    )
    (both,) = made(tmp_path, f'{row}terms = ["magnets"]\nentities = ["ore-mining"]')
    assert both == Gdelt("g", ('(magnets OR "ore-mining")',))


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        (NEWS + 'entities = ["nobody"]', "sources.0.entities", "no entity 'nobody'"),
        (NEWS + 'types = ["institution"]', "sources.0.types", "watched = false"),
        (
            NEWS + 'entities = ["mp"]\nquery = "{symbol}"',
            "sources.0.query",
            "wants a symbol, and mp has none",
        ),
        (
            NEWS + '[[sources]]\nname = "news: ore-mining"\nurl = "https://a.example/"',
            "sources",
            "2 come to have the name 'news: ore-mining'",
        ),
        (
            '[[sources]]\nkind = "gdelt"\nname = "g"\nterms = ["ore", "AI"]',
            "sources.0.terms.1",
            "'AI' is too short",
        ),
        (
            '[[sources]]\nkind = "gdelt"\nname = "g"\nentities = ["mp"]',
            "sources.0.terms",
            "nothing to ask for",
        ),
    ],
)
def test_what_a_row_gets_wrong_is_told_with_its_key(
    tmp_path: Path, text: str, key: str, what: str
) -> None:
    found = mistakes(tmp_path, text)
    assert list(found) == [key]
    assert what in found[key]


@pytest.mark.parametrize("contact", ["", "https://example.org/about"])
def test_edgar_wants_a_contact_with_a_mail_address(tmp_path: Path, contact: str) -> None:
    text = '[[sources]]\nkind = "edgar"\nname = "e"\n'
    text += '[[sources]]\nkind = "gdelt"\nname = "g"\nterms = ["AI"]'
    found = mistakes(tmp_path, text, contact)
    assert "[poll] contact" in found["sources.0.kind"]
    assert set(found) == {"sources.0.kind", "sources.1.terms.0"}


@pytest.mark.parametrize(
    ("row", "key", "what"),
    [
        ('kind = "google-news"\nquery = "ore"', "query", "{name} or {symbol}"),
        ('kind = "google-news"\nquery = "{nam}"', "query", "{name} or {symbol}"),
        ('kind = "google-news"\nquery = "{name"', "query", "{name} or {symbol}"),
        ('kind = "google-news"\nquery = "{name:x}"', "query", "{name} or {symbol}"),
        ('kind = "google-news"\nquery = "{name!r}"', "query", "{name} or {symbol}"),
        ('kind = "google-news"\ntypes = ["firm"]', "types.0", "must be"),
        ('kind = "war-gov"', "what", "must be given"),
        ('kind = "war-gov"\nwhat = "news"', "what", "'contracts' or 'releases'"),
        ('kind = "federal-register"\ntypes = ["rule"]', "types.0", "'RULE'"),
        ('kind = "edgar"\nciks = [0]', "ciks.0", "greater than or equal to 1"),
        ('kind = "edgar"\nforms = []', "forms", "at least 1"),
        ('kind = "gdelt"\nterm = ["x"]', "term", "did you mean 'terms'"),
    ],
)
def test_a_row_that_cannot_be_is_told_when_it_is_read(
    tmp_path: Path, row: str, key: str, what: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        rows_in(tmp_path, f'[[sources]]\nname = "x"\n{row}')
    (mistake,) = caught.value.mistakes
    assert mistake.key == f"sources.0.{key}"
    assert what in mistake.what


def test_each_kind_has_an_interval_of_its_own(tmp_path: Path) -> None:
    text = "".join(
        f'[[sources]]\nkind = "{kind}"\nname = "{kind}"\n{more}\n'
        for kind, more in (
            ("feed", 'url = "https://a.example/"'),
            ("federal-register", ""),
            ("edgar", ""),
            ("war-gov", 'what = "releases"'),
            ("gdelt", 'every = "2h"'),
            ("google-news", ""),
        )
    )
    rows = rows_in(tmp_path, text)
    assert [row.every for row in rows] == [  # type: ignore[attr-defined]
        None,
        timedelta(hours=1),
        timedelta(minutes=5),
        timedelta(minutes=15),
        timedelta(hours=2),
        timedelta(minutes=30),
    ]


def test_the_row_behind_a_source_is_found_by_its_name(tmp_path: Path) -> None:
    text = NEWS + NEWS.replace('"news"', '"news: more"')
    text += '[[sources]]\nname = "plain"\nurl = "https://a.example/"'
    rows = rows_in(tmp_path, text)
    names = ["news: Ore", "news: more: Ore: Mines", "plain", "news: more"]
    found = [row_of(name, rows).name for name in names]  # type: ignore[arg-type]
    assert found == ["news", "news: more", "plain", "news: more"]
    for name in ("plain: Ore", "other", "other: Ore"):
        with pytest.raises(KeyError):
            row_of(name, rows)  # type: ignore[arg-type]


def test_the_shipped_configuration_makes_sources_that_need_no_contact() -> None:
    tables = load_config(packaged_config(), {}).tables
    rules = load_rules([shipped_rules()])
    assert tables.poll.contact == ""
    found = sources_of(tables.sources, rules, tables.watch.symbols, in_thread)
    news = [one for one in found if isinstance(one, GoogleNews)]
    assert len(news) == len(tables.watch.symbols)
    assert {type(one) for one in found} == {Feed, FederalRegister, WarGov, GoogleNews}
    assert {row_of(one.name, tables.sources).kind for one in news} == {"google-news"}


def test_mistakes_name_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[[sources]]\nkind = "edgar"\nname = "e"\n[watch]\nsymbols = ["MP"]\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        build(load_config(path, {}))
    (mistake,) = caught.value.mistakes
    assert mistake.file == str(path)


def test_the_examples_of_the_sources_page_work(tmp_path: Path) -> None:
    page = Path(__file__).parent.parent / "docs" / "sources.md"
    fenced = re.compile(r"^```toml\n(.*?)^```", re.MULTILINE | re.DOTALL)
    blocks = fenced.findall(page.read_text(encoding="utf-8"))
    path = tmp_path / "config.toml"
    watch = '[watch]\nsymbols = ["MP"]\n'
    path.write_text("\n".join([*blocks, watch]), encoding="utf-8")
    tables = load_config(path, {}).tables
    rules = load_rules([shipped_rules()])
    found = sources_of(
        tables.sources, rules, tables.watch.symbols, in_thread, contact=tables.poll.contact
    )
    assert {type(one) for one in found} == {FederalRegister, Edgar, WarGov, Gdelt, GoogleNews}
    assert all(isinstance(one, History) for one in found)
