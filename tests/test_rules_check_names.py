"""Names that clash, repeat, are swallowed, too common or badly written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rule_files import STRIKE, Told, entity, event, lookalikes, told

# ------------------------------------------------------------------------------- collisions


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ('aliases = ["Zorbex"]', 'aliases = ["Zorbex"]', [("error", "aliases.0")]),
        ('aliases = ["Zorb-Ex"]', 'aliases = ["Zorb Ex"]', [("error", "aliases.0")]),
        ('aliases = ["zorbex"]', 'aliases = ["Zorbex"]', [("error", "aliases.0")]),
        ('aliases = ["Zorbex"]', 'aliases = ["ZorbEx"]', []),  # their capitals tell them apart
        (
            'aliases = [{ text = "Zorbex", needs = ["mine"] }]',
            'aliases = [{ text = "Zorbex", refuse = ["mine"] }]',
            [],
        ),
        (
            'aliases = [{ text = "Zorbex", needs = ["mine"] }]',
            'aliases = [{ text = "Zorbex", needs = ["mine"] }]',
            [("error", "aliases.0")],
        ),
        (
            'aliases = ["Zorbex"]',
            'aliases = [{ text = "Zorbex", needs = ["mine"] }]',
            [("warning", "aliases.0")],
        ),
        (
            'aliases = ["Zorbex"]',
            'aliases = [{ text = "Zorbex", since = 2025-01-01 }]',
            [("warning", "aliases.0")],
        ),
        ('tickers = ["ZRB"]', 'symbol = "ZRB"', [("error", "symbol")]),
        ('tickers = ["ZRB"]', 'tickers = ["ZRX"]', []),
        ('tickers = ["ZRB"]', 'aliases = ["ZRB"]', [("warning", "aliases.0")]),
        ('tickers = ["ZRB"]', 'aliases = ["Zrb Mining"]\nshort = ["ZRB"]', []),
        ('tickers = ["ZRB"]', 'aliases = [{ text = "ZRB", needs = ["mine"] }]', []),
        (
            'aliases = ["Zorbex"]',
            'aliases = [{ text = "Zorbex", acting = true }]',
            [("warning", "aliases.0")],
        ),
        (
            'aliases = ["Joe Zorb"]\nshort = ["Zorb"]',
            'aliases = ["Ann Zorb"]\nshort = ["Zorb"]',
            [("warning", "short.0")],
        ),
        ('capital = ["Zorb City"]', 'capital = ["Zorb City"]', [("error", "capital.0")]),
    ],
)
def test_names_of_two_entities(
    tmp_path: Path, first: str, second: str, wanted: list[tuple[str, str]]
) -> None:
    found = told(tmp_path, entity("one", first), entity("two", second))
    assert found == [("collision", severity, "two", key) for severity, key in wanted]


def test_a_compound_means_both_materials_and_may_be_accepted(tmp_path: Path) -> None:
    one = entity("one", 'aliases = ["xy-ore"]', kind="material")
    two = entity("two", 'aliases = ["xy-ore"]', kind="material")
    assert told(tmp_path, one, two) == [("collision", "warning", "two", "aliases.0")]
    for accepted in (one, two):
        more = accepted + '\naccept = ["collision"]'
        assert told(tmp_path, *(more if part is accepted else part for part in (one, two))) == []


def test_a_name_that_thousands_share_is_not_set_against_each_of_them(tmp_path: Path) -> None:
    many = [entity(f"c{number}", 'aliases = ["Zorbex"]') for number in range(300)]
    found = told(tmp_path, *many)
    assert {entry for _, _, entry, _ in found} == {f"c{number}" for number in range(1, 300)}
    assert len(found) < 300 * 20


# ---------------------------------------------------------------------------------- repeats


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ('aliases = ["Zorb Ex", "Zorb-Ex"]', ["aliases.1"]),
        ('aliases = ["zorb ex", "Zorb Ex"]', ["aliases.1"]),
        ('aliases = ["ZorbEx", "Zorbex"]', []),
        ('aliases = ["Zorbex", { text = "Zorbex", needs = ["mine"] }]', ["aliases.1"]),
        (
            'aliases = [{ text = "Zorb", needs = ["mine"] }, { text = "Zorb", needs = ["ore"] }]',
            [],
        ),
        ('aliases = ["Zorbex"]\nshort = ["Zorbex"]', ["short.0"]),
        ('aliases = ["Zorbex Ltd"]\nshort = ["Zorbex"]', []),
        (
            'aliases = [{ text = "Zorb", since = 2024-01-01 },\n'
            '{ text = "Zorb", since = 2025-01-01 }]',
            ["aliases.1"],
        ),
        (
            'aliases = [{ text = "Zorb", since = 2025-01-01 },\n'
            '{ text = "Zorb", since = 2024-01-01 }]',
            [],
        ),
        ('tickers = ["ZRB", "ZRB"]', ["tickers.1"]),
        ('symbol = "ZRB"\ntickers = ["ZRB"]', []),
        ('aliases = ["Zorb"]\ncapital = ["Zorb"]', ["capital.0"]),
        ('aliases = ["Zorb Land"]\nshort = ["Zorb"]\ncapital = ["Zorb"]', []),
    ],
)
def test_names_that_stand_twice_in_an_entity(tmp_path: Path, names: str, wanted: list[str]) -> None:
    found = told(tmp_path, entity("one", names))
    assert found == [("repeat", "warning", "one", key) for key in wanted]


# -------------------------------------------------------------------------------- shadowing


@pytest.mark.parametrize(
    ("lookalike", "wanted"),
    [
        ("Zorbex", [("never-counts", "error", "one", "aliases.0")]),
        ("zorbex", [("never-counts", "error", "one", "aliases.0")]),
        ("ZORBEX", []),
        ("Zorbex Street", []),
    ],
)
def test_a_look_alike_that_swallows_a_name(tmp_path: Path, lookalike: str, wanted: Told) -> None:
    found = told(tmp_path, entity("one", 'aliases = ["Zorbex"]'), lookalikes(lookalike))
    assert found == wanted


def test_a_look_alike_that_swallows_a_name_in_capitals(tmp_path: Path) -> None:
    found = told(tmp_path, entity("one", 'aliases = ["zorbex"]'), lookalikes("Zorbex"))
    assert found == [("shadowed", "warning", "one", "aliases.0")]


@pytest.mark.parametrize(("holders", "wanted"), [(5, 1), (4, 0)])
def test_a_name_that_stands_in_many_longer_ones(tmp_path: Path, holders: int, wanted: int) -> None:
    longer = [entity(f"c{n}", f'aliases = ["Zorbex Line{n} Ltd"]') for n in range(holders)]
    found = told(tmp_path, entity("one", 'aliases = ["Zorbex"]'), *longer)
    assert found == [("shadowed", "warning", "one", "aliases.0")] * wanted


@pytest.mark.parametrize(
    ("name", "kind"),
    [('{ text = "Zorbex", needs = ["mine"] }', "company"), ('"Zorbex"', "country")],
)
def test_a_name_with_conditions_and_a_country_may_stand_in_others(
    tmp_path: Path, name: str, kind: str
) -> None:
    longer = [entity(f"c{n}", f'aliases = ["Zorbex Line{n} Ltd"]') for n in range(9)]
    assert told(tmp_path, entity("one", f"aliases = [{name}]", kind=kind), *longer) == []


@pytest.mark.parametrize(("need", "wanted"), [("Zorbex Steel", 1), ("mine", 0), ("Zorbex Ore", 0)])
def test_a_name_that_counts_only_beside_a_longer_one_of_somebody_else(
    tmp_path: Path, need: str, wanted: int
) -> None:
    one = entity("one", f'aliases = ["Zorbex Ore", {{ text = "Zorbex", needs = ["{need}"] }}]')
    found = told(tmp_path, one, entity("two", 'aliases = ["Zorbex Steel"]'))
    assert found == [("shadowed", "warning", "one", "aliases.1")] * wanted


# -------------------------------------------------------------------- what can never count


@pytest.mark.parametrize(
    ("alias", "wanted"),
    [
        ('{ text = "Zorbex", needs = ["mine"], refuse = ["mine", "ore"] }', ["aliases.0.refuse"]),
        ('{ text = "Zorbex", needs = ["mine", "pit"], refuse = ["mine"] }', []),
    ],
)
def test_a_name_that_refuses_what_it_needs(tmp_path: Path, alias: str, wanted: list[str]) -> None:
    found = told(tmp_path, entity("one", f"aliases = [{alias}]"))
    assert found == [("never-counts", "error", "one", key) for key in wanted]


def test_entities_that_are_found_only_by_way_of_one_another(tmp_path: Path) -> None:
    one = entity("one", 'aliases = [{ text = "Zorbex", needs = ["#two"] }]')
    two = entity("two", 'aliases = [{ text = "Korvax", needs = ["#one"] }]')
    assert told(tmp_path, one, two) == [
        ("never-counts", "error", name, "aliases") for name in ("one", "two")
    ]
    assert told(tmp_path, one, two.replace('["#one"]', '["#one", "ore"]')) == []
    assert told(tmp_path, entity("bare")) == [("never-counts", "error", "bare", "aliases")]


# ------------------------------------------------------------------------------- too common


@pytest.mark.parametrize(
    ("alias", "wanted"),
    [
        ('"Target"', "warning"),
        ('"target"', "warning"),
        ('"Anna"', "warning"),
        ('"Smith"', "warning"),
        ('"Hearsay"', "warning"),  # of the rules' own list of common words
        ('"strike"', "warning"),  # a word of an event
        ('"Xq"', "warning"),
        ('"X"', "error"),
        ('"TARGET"', ""),  # an acronym
        ('"Zorbex"', ""),
        ('"Target Zorb"', ""),
        ('{ text = "Target", needs = ["mine"] }', ""),
        ('{ text = "Target", refuse = ["price target"] }', ""),
    ],
)
def test_names_that_everyday_text_is_full_of(tmp_path: Path, alias: str, wanted: str) -> None:
    lists = "".join(
        f'[[wordlist]]\nid = "{name}"\nwords = ["{word}"]\n'
        for name, word in (
            ("first-names", "Anna"),
            ("last-names", "Smith"),
            ("common-words", "hearsay"),
        )
    )
    found = told(tmp_path, lists, STRIKE, entity("one", f"aliases = [{alias}]"))
    assert found == ([("too-common", wanted, "one", "aliases.0")] if wanted else [])


def test_short_names_and_tickers_may_be_common(tmp_path: Path) -> None:
    names = 'aliases = ["Target Zorb"]\nshort = ["Target"]\ntickers = ["T"]'
    assert told(tmp_path, entity("one", names)) == []


def test_a_material_is_known_by_its_everyday_name(tmp_path: Path) -> None:
    mining = event("mining", 'nouns = ["mine"]\nneeds = [["cobalt"]]').replace("strike", "mine")
    assert told(tmp_path, mining, entity("one", 'aliases = ["cobalt"]', kind="material")) == []


# ---------------------------------------------------------------------------------- writing


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Zorb  Ex", "error"),
        ("Zorb\\u200bEx", "error"),
        ("Zorb\\nEx", "error"),
        ("Zorbe\\u0301", "error"),  # an accent of its own
        ("\\u0130zorb", "error"),  # a capital that is two characters in small letters
        ("Zorb - Ex", "warning"),
        ("Zorb\\u2013Ex", "warning"),
        (" Zorb Ex ", ""),  # the ends are cut off
        ("Zorb\\u00e9", ""),
        ("Zorb-Ex", ""),
        ("zorb\\u2019s ore", ""),  # found in any capitals, it is folded
    ],
)
def test_names_are_written_as_texts_are_read(tmp_path: Path, name: str, wanted: str) -> None:
    found = told(tmp_path, entity("one", f'aliases = ["{name}"]'))
    check = "never-counts" if wanted == "error" else "characters"
    assert found == ([(check, wanted, "one", "aliases.0")] if wanted else [])


@pytest.mark.parametrize(("word", "wanted"), [("walk  out", 1), ("walk out", 0)])
def test_words_are_written_as_texts_are_read(tmp_path: Path, word: str, wanted: int) -> None:
    """Of names, titles, look-alikes, word lists, cues and patterns."""
    cue = f'[[cue]]\nid = "c"\nstatus = "denied"\nwords = ["={word}"]'
    words = f'[[wordlist]]\nid = "w"\nwords = ["{word}"]'
    pattern = event("strike", f'nouns = ["strike"]\nneeds = [["@w"]]\nrefuse = ["{word} now"]')
    if not wanted:
        pattern = pattern.replace(word, "luck")
    office = f'[[entity.offices]]\ntitles = ["{word} boss"]\nsince = 2025-01-01'
    one = entity("one", f'aliases = [{{ text = "Zorbex", needs = ["{word}"] }}]', office)
    found = told(tmp_path, cue, words, pattern, one, lookalikes(f"Zorbex {word}"))
    places = [
        ("one", "aliases.0"),
        ("one", "offices.0.titles.0"),
        ("others", "names.0"),
        ("w", "words.0"),
        ("c", "words.0"),
        ("strike", "patterns.0.refuse"),
    ]
    odd = [("never-counts", "error", entry, key) for entry, key in places]
    assert found == (odd if wanted else [])


@pytest.mark.parametrize(("word", "wanted"), [("x", 1), ("=x", 1), ("%", 0), ("ox", 0)])
def test_words_of_one_letter(tmp_path: Path, word: str, wanted: int) -> None:
    found = told(tmp_path, event("strike", f'nouns = ["strike"]\nneeds = [["{word}", "pit"]]'))
    assert found == [("characters", "warning", "strike", "patterns.0.needs")] * wanted
