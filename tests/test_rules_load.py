"""Rule files: all mistakes at once, a user's files beside the shipped ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.rules import load_rules, shipped_rules

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
    shipped = load_rules([shipped_rules()])
    both = load_rules([shipped_rules(), folder(tmp_path / "mine", mine=ACME)])
    assert set(both.entities) - set(shipped.entities) == {"acme"}
    assert both.entities["acme"].symbol == "ACM"
    assert both.version != shipped.version


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
    rules = load_rules([shipped_rules()])
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
    rules = load_rules([shipped_rules()])
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
