"""Rule files: all mistakes at once, a user's files beside the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.rules import load_rules, shipped_rules
from monitor.rules.load import load_placed
from monitor.rules.places import Place
from tests.readers import shipped

ACME = """
[[entity]]
id = "acme"
type = "company"
name = "Acme"
symbol = "ACM"
aliases = ["Acme Corp"]
match = ["Acme Corp has a mine."]
"""


def folder(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / f"{name}.toml").write_text(text, encoding="utf-8")
    return path


def mistakes_in(*folders: Path) -> dict[tuple[str, str], str]:
    with pytest.raises(ConfigError) as caught:
        load_rules(folders)
    return {(Path(one.file).name, one.key): one.what for one in caught.value.mistakes}


def test_a_users_folder_is_read_beside_the_shipped_one(tmp_path: Path) -> None:
    ours = shipped()
    both = load_rules([shipped_rules(), folder(tmp_path / "mine", mine=ACME)])
    assert set(both.entities) - set(ours.entities) == {"acme"}
    assert both.entities["acme"].symbol == "ACM"
    assert both.version != ours.version


def test_an_id_can_be_extended_and_replaced(tmp_path: Path) -> None:
    base = folder(tmp_path / "base", base=ACME)
    more = '[[entity]]\nid = "acme"\nextend = true\naliases = ["Acme Mining"]\nname = "Acme Inc"\n'
    extended = load_rules([base, folder(tmp_path / "more", more=more)]).entities["acme"]
    assert extended.aliases == ("Acme Corp", "Acme Mining")
    assert (extended.name, extended.symbol) == ("Acme Inc", "ACM")
    other = ACME.replace('symbol = "ACM"', "replace = true")
    replaced = load_rules([base, folder(tmp_path / "other", other=other)]).entities["acme"]
    assert replaced.symbol is None


def test_an_id_must_say_what_it_does_to_the_one_before(tmp_path: Path) -> None:
    base, again = folder(tmp_path / "base", base=ACME), folder(tmp_path / "again", again=ACME)
    assert "extend = true" in mistakes_in(base, again)["again.toml", "entity.0.id"]
    lonely = folder(tmp_path / "lonely", lonely=ACME + "extend = true\n")
    assert "nothing to extend" in mistakes_in(lonely)["lonely.toml", "entity.0.id"]


def test_every_mistake_of_every_file_is_told(tmp_path: Path) -> None:
    found = mistakes_in(
        folder(
            tmp_path / "rules",
            one=ACME.replace('"company"', '"firm"') + '[[gizmo]]\nid = "x"\n',
            two="[[entity]\n",
            three='[[exposure]]\nsymbol = "ACM"\nto = ["unobtainium"]\nweight = 2\n',
        )
    )
    assert "'company'" in found["one.toml", "entity.0.type"]
    assert "[[entity]]" in found["one.toml", "gizmo"]
    assert "not valid TOML" in found["two.toml", ""]
    assert "'unobtainium'" in found["three.toml", "exposure.0.to"]
    assert ("three.toml", "exposure.0.weight") in found


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    assert mistakes_in(tmp_path / "none") == {("none", ""): "there is no such folder of rules"}


def test_alert_rules_must_name_event_types_that_exist(tmp_path: Path) -> None:
    text = (
        '[[alert]]\nid = "a"\non = "story"\nseverity = "info"\ntitle = "{symbol}"\n'
        'events = ["teleportation"]\nmatch = [{}]\nno_match = [{}]\n'
    )
    found = mistakes_in(folder(tmp_path / "rules", a=text))
    assert "'teleportation'" in found["a.toml", "alert.0.events"]


def test_the_shipped_rules_cover_the_taxonomy() -> None:
    """The ids that users and other programs rely on; see docs/rules.md."""
    rules = shipped()
    assert set(rules.events) >= {
        *("dpa-invocation", "export-restriction", "tariff", "sanction", "public-funding"),
        *("contract-award", "trade-agreement", "stockpiling", "production", "supply-disruption"),
        *("earnings", "guidance", "analyst-rating", "share-offering", "acquisition"),
        *("official-statement", "price-move"),
    }
    assert set(rules.entities) >= {
        *("donald-trump", "doug-burgum", "steve-feinberg", "pete-hegseth", "scott-bessent"),
        *("howard-lutnick", "jamieson-greer", "chris-wright", "james-litinsky", "xi-jinping"),
        *("he-lifeng", "wang-wentao", "white-house", "us-department-of-defense"),
        *("us-department-of-the-interior", "us-department-of-commerce", "us-department-of-energy"),
        *("us-department-of-the-treasury", "us-congress", "defense-logistics-agency", "dfc"),
        *("exim", "mofcom", "mp-materials", "usa-rare-earth", "energy-fuels", "lynas", "iluka"),
        *("niocorp", "perpetua-resources", "ramaco-resources", "critical-metals", "tmc"),
        *("trilogy-metals", "lithium-americas", "apple", "general-motors", "ford", "tesla"),
        *("lockheed-martin", "noveon-magnetics", "vulcan-elements", "rare-earths", "neodymium"),
        *("praseodymium", "dysprosium", "terbium", "samarium", "gallium", "germanium", "antimony"),
        *("graphite", "tungsten", "lithium", "permanent-magnets", "defense-production-act"),
        *("section-232", "section-301", "ieepa", "mountain-pass", "country-cn", "country-us"),
    }
    symbols = {entity.symbol for entity in rules.entities.values()}
    assert symbols.isdisjoint({"SPY", "REMX"})


def test_every_shipped_rule_has_texts_that_match_and_texts_that_do_not() -> None:
    rules = shipped()
    every = [*rules.entities.values(), *rules.events.values(), *rules.alerts.values()]
    assert [rule.id for rule in every if not (rule.match and rule.no_match)] == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("entity = [1, 2]\n", "entity.0"),
        ('[[alert]]\nid = "a"\nevents = 3\n', "alert.0.events"),
        ('[[alert]]\nid = "a"\nevents = [["a"]]\n', "alert.0.events.0"),
        ('[[exposure]]\nsymbol = "X"\nto = 3\n', "exposure.0.to"),
        ('[[event]]\nid = "e"\npatterns = 3\n', "event.0.patterns"),
        ('[[event]]\nid = "e"\npatterns = [1]\n', "event.0.patterns.0"),
    ],
)
def test_odd_shapes_are_mistakes_and_no_tracebacks(tmp_path: Path, text: str, key: str) -> None:
    assert ("a.toml", key) in mistakes_in(folder(tmp_path / "rules", a=text))


def test_nobody_is_blamed_for_what_a_broken_entry_would_have_defined(tmp_path: Path) -> None:
    broken = ACME.replace('name = "Acme"', "name = 3")
    used = '[[exposure]]\nsymbol = "ACM"\nto = ["acme"]\nweight = 0.5\n'
    found = mistakes_in(folder(tmp_path / "rules", broken=broken, used=used))
    assert list(found) == [("broken.toml", "entity.0.name")]


# ------------------------------------------------------------------ where in the files it stands

FIRST = """# a comment
[[entity]]
id = "acme"
type = "company"
name = "Acme"
aliases = [
    "Acme Corp", "Acme",
    { text = "Acme Mine", needs = ["ore"] },
    "Acme",
]
match = ["Acme Corp has a mine."]

[[entity.offices]]
titles = ["a chief"]
since = 2024-01-01

[[entity.offices]]
titles = [
    "a boss",
]
since = 2025-01-01

[[lookalikes]]
id = "others"
names = ["Acme Street"]
"""
MORE = """
[[entity]]
id = "acme"
extend = true
name = "Acme Inc"
aliases = ["Acme Works"]

[[entity.offices]]
titles = ["a head"]
since = 2026-01-01
"""


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("", ("more.toml", "entity.0", 2)),
        ("type", ("first.toml", "entity.0.type", 4)),
        ("name", ("more.toml", "entity.0.name", 5)),
        ("aliases.0", ("first.toml", "entity.0.aliases.0", 7)),
        ("aliases.2.needs", ("first.toml", "entity.0.aliases.2.needs", 8)),
        ("aliases.3", ("first.toml", "entity.0.aliases.3", 9)),  # the second of two alike
        ("aliases.4", ("more.toml", "entity.0.aliases.0", 6)),
        ("offices.1", ("first.toml", "entity.0.offices.1", 17)),
        ("offices.1.titles.0", ("first.toml", "entity.0.offices.1.titles.0", 19)),
        ("offices.2.since", ("more.toml", "entity.0.offices.0.since", 10)),
        ("no_match", ("more.toml", "entity.0.no_match", 2)),
        ("aliases.7", ("more.toml", "entity.0.aliases", 6)),  # none such: the list
        ("aliases.2.needs.0", ("first.toml", "entity.0.aliases.2.needs.0", 8)),
    ],
)
def test_the_place_of_a_key(tmp_path: Path, key: str, place: tuple[str, str, int]) -> None:
    first = folder(tmp_path / "first", first=FIRST)
    more = folder(tmp_path / "more", more=MORE)
    _, places = load_placed([first, more])
    found = places.of("entity", "acme", key)
    assert (Path(found.file).name, found.key, found.line) == place
    names = places.of("lookalikes", "others", "names.0")
    assert (names.key, names.line) == ("lookalikes.0.names.0", 25)


def test_an_entry_written_in_one_line_has_no_line(tmp_path: Path) -> None:
    text = 'lookalikes = [{ id = "others", names = ["Acme Street"] }]\n'
    rules = folder(tmp_path / "rules", a=text)
    _, places = load_placed([rules])
    found = places.of("lookalikes", "others", "names.0")
    assert found == Place(str(rules / "a.toml"), "lookalikes.0.names.0", None)


def test_lines_are_looked_for_in_vain_where_the_file_has_gone(tmp_path: Path) -> None:
    rules = folder(tmp_path / "rules", a=FIRST)
    _, places = load_placed([rules])
    (rules / "a.toml").unlink()
    assert places.of("entity", "acme", "name").line is None


@pytest.mark.parametrize(("written", "line"), [("'Acme \u00dc'", 5), ('"Acme \\u00dc"', 4)])
def test_a_text_with_an_escape_in_it_is_told_by_its_list(
    tmp_path: Path, written: str, line: int
) -> None:
    text = f'[[lookalikes]]\nid = "x"\n\nnames = [\n  {written},\n]\n'
    _, places = load_placed([folder(tmp_path / "rules", a=text)])
    assert places.of("lookalikes", "x", "names.0").line == line


def test_a_mistake_in_an_extended_entry_is_told_of_the_file_that_has_it(tmp_path: Path) -> None:
    first = folder(tmp_path / "first", first=FIRST.replace("2024-01-01", "7"))
    more = folder(tmp_path / "more", more=MORE.replace("2026-01-01", "8"))
    assert set(mistakes_in(first, more)) == {
        ("first.toml", "entity.0.offices.0.since"),
        ("more.toml", "entity.0.offices.0.since"),
    }


def test_a_replaced_entry_has_no_places_in_what_it_replaced(tmp_path: Path) -> None:
    first = folder(tmp_path / "first", first=FIRST)
    other = ACME.replace('symbol = "ACM"', "replace = true")
    _, places = load_placed([first, folder(tmp_path / "other", other=other)])
    assert Path(places.of("entity", "acme", "aliases.0").file).name == "other.toml"


# --------------------------------------------------------------------------- word lists, members


def wordlist(name: str, *words: str) -> str:
    return f'[[wordlist]]\nid = "{name}"\nwords = [{", ".join(repr(word) for word in words)}]\n'


@pytest.mark.parametrize(
    ("lists", "circle"),
    [
        ({"a": ["@a"]}, "@a → @a"),
        ({"a": ["x", "@b"], "b": ["@c"], "c": ["@a"]}, "@a → @b → @c → @a"),
        ({"a": ["@b", "@c"], "b": ["@c"], "c": ["x"]}, ""),
    ],
)
def test_word_lists_in_a_circle_are_a_mistake(
    tmp_path: Path, lists: dict[str, list[str]], circle: str
) -> None:
    rules = folder(tmp_path / "rules", a="".join(wordlist(n, *w) for n, w in lists.items()))
    if not circle:
        assert set(load_rules([rules]).words) == {"a", "b", "c"}
        return
    ((place, what),) = mistakes_in(rules).items()
    assert place == ("a.toml", "wordlist.0.words")
    assert f"in a circle: {circle};" in what


def test_a_list_that_leads_into_a_circle_is_not_blamed_for_it(tmp_path: Path) -> None:
    text = wordlist("lead", "@b") + wordlist("b", "@c") + wordlist("c", "@b")
    (what,) = mistakes_in(folder(tmp_path / "rules", a=text)).values()
    assert "@b → @c → @b" in what


def test_word_lists_that_double_forty_times_are_a_mistake(tmp_path: Path) -> None:
    chain = [wordlist(f"l{n}", f"@l{n + 1}", f"@l{n + 1}") for n in range(40)]
    text = "".join([*chain, wordlist("l40", "x", "y")])
    found = mistakes_in(folder(tmp_path / "rules", a=text))
    assert "2,199,023,255,552 words" in found["a.toml", "wordlist.0.words"]
    assert ("a.toml", "wordlist.39.words") not in found


def test_word_lists_may_lie_deep_in_one_another(tmp_path: Path) -> None:
    deep = [wordlist(f"l{n}", f"@l{n + 1}") for n in range(900)]
    rules = load_rules([folder(tmp_path / "rules", a="".join([*deep, wordlist("l900", "x")]))])
    assert len(rules.words) == 901


@pytest.mark.parametrize("word", ["", "  ", "=", "#", "@", "= may", "# a"])
def test_a_member_without_a_word_is_a_mistake(tmp_path: Path, word: str) -> None:
    text = f'[[cue]]\nid = "c"\nstatus = "denied"\nwords = ["{word}"]\n'
    assert ("a.toml", "cue.0.words.0") in mistakes_in(folder(tmp_path / "rules", a=text))


@pytest.mark.parametrize(
    ("text", "key", "what"),
    [
        (wordlist("w", "@none"), "wordlist.0.words", "'@none' is not defined"),
        (wordlist("w", "#none"), "wordlist.0.words", "'#none' is not defined"),
        (
            '[[cue]]\nid = "c"\nstatus = "denied"\nwords = ["@w"]\n',
            "cue.0.words",
            "'@w' is not defined",
        ),
        (
            ACME.replace('["Acme Corp"]', '[{ text = "Acme Corp", needs = ["#none"] }]'),
            "entity.0.aliases.0.needs",
            "'#none' is not defined",
        ),
    ],
)
def test_members_stand_for_something(tmp_path: Path, text: str, key: str, what: str) -> None:
    assert mistakes_in(folder(tmp_path / "rules", a=text)) == {("a.toml", key): what}


LOOKALIKES = """
[[lookalikes]]
id = "others"
names = ["Acme Corp", "Acme Street"]
"""


@pytest.mark.parametrize("alias", ["Acme Corp", '{ text = "Acme Corp", needs = ["mine"] }'])
def test_a_name_that_a_later_folder_gives_to_an_entity_is_no_look_alike(
    tmp_path: Path, alias: str
) -> None:
    alias = alias if alias.startswith("{") else f'"{alias}"'
    first = folder(tmp_path / "first", others=LOOKALIKES)
    second = folder(tmp_path / "second", acme=ACME.replace('"Acme Corp"]', f"{alias}]"))
    assert load_rules([first, second]).lookalikes["others"].names == ("Acme Street",)
    both = LOOKALIKES.replace('"Acme Street"', '"Acme Corp"')
    assert not load_rules([folder(first, others=both), second]).lookalikes


def test_within_a_folder_and_in_a_later_one_a_look_alike_stays(tmp_path: Path) -> None:
    together = folder(tmp_path / "both", acme=ACME, others=LOOKALIKES)
    assert "Acme Corp" in load_rules([together]).lookalikes["others"].names
    first = folder(tmp_path / "first", acme=ACME)
    second = folder(tmp_path / "second", others=LOOKALIKES)
    assert "Acme Corp" in load_rules([first, second]).lookalikes["others"].names
    # the user who adds to the look-alikes last means them
    again = LOOKALIKES.replace('id = "others"', 'id = "others"\nextend = true')
    third = folder(tmp_path / "third", others=again)
    rules = load_rules([folder(tmp_path / "zero", others=LOOKALIKES), first, third])
    assert "Acme Corp" in rules.lookalikes["others"].names
