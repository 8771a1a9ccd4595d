"""What is weighed: sentences as words that stand for many, the files of weights, the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import log
from pathlib import Path

import numpy as np
import pytest

from monitor.cli import run
from monitor.errors import ConfigError
from monitor.extract.extractor import Extractor, Studied
from monitor.extract.features import Met, of_place, of_sentence
from monitor.extract.items import Item
from monitor.extract.masked import stem_of
from monitor.extract.status import Judged
from monitor.extract.weighing import Weighing, log_odds, probability
from monitor.extract.weights import ALWAYS, MODELS, Weights, read_models, written
from monitor.model import Article
from monitor.rules import load_rules, shipped_rules
from tests.readers import plain, shipped

NOW = datetime(2025, 6, 12, 20, 30, tzinfo=UTC)
RULES = shipped()


def article(text: str, title: str = "") -> Article:
    return Article("a" * 16, "test", "test", None, title, text, NOW, NOW)


def studied(text: str) -> Studied:
    return plain().study(article(text))


def words(text: str) -> list[str]:
    [scanned] = studied(text).sentences
    return [token.word for token in scanned.tokens]


def weights(classes: str, **rows: list[float]) -> Weights:
    matrix = np.array(list(rows.values()), np.float32)
    names = [name.replace("always", ALWAYS) for name in rows]
    return Weights(tuple(classes.split()), {name: n for n, name in enumerate(names)}, matrix)


# ---- words


def test_names_and_figures_stand_for_their_kind() -> None:
    told = words("Lynas and Zubrowka Mining got $20 million, 5% more than in 2023, from Australia.")
    assert told == [
        "@company", "and", "@unknown", "got", "@money", "million", "@percent", "more", "than",
        "in", "@past", "from", "@country",
    ]  # fmt: skip


def test_a_law_stands_for_itself_and_a_year_for_its_distance() -> None:
    told = words(
        "The White House will use the Defense Production Act in 2025 or 2027 for 30 mines."
    )
    assert told[:2] == ["the", "@institution"]
    assert "#defense-production-act" in told
    assert [word for word in told if word in ("@year", "@ahead", "@number")] == [
        "@year",
        "@ahead",
        "@number",
    ]


def test_a_genitive_is_a_word_of_its_own() -> None:
    assert words("The miner's tariff of 25% hurts China's exports.")[:3] == ["the", "miner", "'s"]


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("exports", "export"),
        ("exporting", "export"),
        ("ban", "ban"),
        ("bans", "bans"),
        ("is", "is"),
    ],
)
def test_a_stem_is_the_word_without_its_ending_where_enough_is_left(word: str, stem: str) -> None:
    assert stem_of(word) == stem


def test_a_sentence_tells_its_words_its_pairs_and_the_patterns_it_meets() -> None:
    [scanned] = studied("China imposed export curbs on gallium.").sentences
    met = Met("export-restriction", "occurred", False, 0.8, Judged("occurred", None))
    features = of_sentence(scanned, [met, replace(met, weak=True, score=0.5)])
    assert features["=curbs"] == features["export curb"] == features["curb"] == 1.0
    assert features["(met) export-restriction"] == 1.0
    assert features["(plain) export-restriction"] == 0.8
    assert features["(known) export-restriction"] == 0.5


def test_a_place_tells_what_stands_on_which_side_of_it() -> None:
    text = "Officials said China will not impose export curbs on gallium next year."
    [scanned] = studied(text).sentences
    place = Item(text.index("impose"), text.index("impose") + len("impose"))
    features = of_place(scanned, place, "export-restriction", None)
    assert {
        "<not",
        "<0=not",
        "<!0=not",
        "|impos",
        ">export",
        "<not will",
        "not<|impos",
    } <= features.keys()
    assert ">not" not in features
    assert features["(no pattern)"] == 1.0
    assert any(name.startswith("<cue3 ") for name in features)


# ---- files


def test_a_file_of_weights_comes_back_as_it_was_written(tmp_path: Path) -> None:
    told = weights("a b", always=[-1.0, 0.5], stake=[1.25, 0.0], **{"equity stake": [0.0, -0.4]})
    files = {name: tmp_path / f"{name}.weights" for name in MODELS}
    for path in files.values():
        path.write_text(written(told, ["made in a test"]), encoding="utf-8")
    models = read_models(files)
    assert tuple(models) == MODELS
    read = models["types"]
    assert read.classes == ("a", "b")
    for feature, row in told.rows.items():
        assert read.matrix[read.rows[feature]].tolist() == pytest.approx(told.matrix[row].tolist())
    assert read.scores({"stake": 2.0, "unheard of": 9.0}).tolist() == pytest.approx([1.5, 0.5])
    assert read.scores({}).tolist() == pytest.approx([-1.0, 0.5])
    assert read.score({"stake": 2.0, "unheard of": 9.0}) == pytest.approx(1.5)
    assert read.each(["stake", "unheard of"]).tolist() == [[1.25, 0.0], [0.0, 0.0]]


def test_weights_are_all_there_or_none(tmp_path: Path) -> None:
    assert read_models({}) == {}
    path = tmp_path / "tpyes.weights"
    path.write_text("told\n(always)\t0:1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_models({"tpyes": path})
    told = [mistake.what for mistake in caught.value.mistakes]
    assert told[0] == "has weights, but no sentences.weights"
    assert told[-1] == "is none of the weights sentences, places, types, statuses"


def test_what_weighs_next_to_nothing_is_not_written() -> None:
    assert "light" not in written(weights("a", always=[0.0], light=[0.01]), [])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("# nothing\n", "names no classes"),
        ("a b\nword\t0:5\n", "has no line '(always)'"),
        ("a b\n(always)\tfive\n", "'five', of '(always)', is no `class:weight`"),
        ("a b\n(always)\t2:5\n", "speaks of a class 2, and has only 2"),
    ],
)
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "x.weights"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_models(dict.fromkeys(MODELS, path))
    assert {(one.file, one.what) for one in caught.value.mistakes} == {(str(path), what)}


@pytest.mark.parametrize("command", ["rules check --no-texts", "doctor", "extract -"])
def test_a_broken_file_is_told_by_every_command_that_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    for name in MODELS:
        (folder / f"{name}.weights").write_text("told\n(always)\t0:5\n", encoding="utf-8")
    path = folder / "types.weights"
    path.write_text("told\n(always)\tfive\n", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(
        '[rules]\nshipped = false\nfolders = ["rules"]\n[watch]\nsymbols = ["MP"]\n',
        encoding="utf-8",
    )
    assert run([*command.split(), "--config", str(config)]) != 0
    told = capsys.readouterr()
    if command == "doctor":
        assert "1 mistakes: run `monitor rules check`" in told.out + told.err
    else:
        assert f"{path}: 'five', of '(always)'" in told.err


def test_the_version_of_the_rules_changes_with_the_weights(tmp_path: Path) -> None:
    folders = [shipped_rules(), tmp_path]
    before = load_rules(folders).version
    (tmp_path / "types.weights").write_text("told\n(always)\t0:1\n", encoding="utf-8")
    after = load_rules(folders)
    assert after.version != before
    assert after.weights["types"].parent == tmp_path


# ---- decisions

STATUSES = "occurred announced considered denied reversed"


def told_by(weighing: Weighing, text: str) -> set[tuple[str, str, str]]:
    here = studied(text)
    return {
        (one.place.type, one.status, text[one.place.item.start : one.place.item.end])
        for one in weighing.told(here.sentences, here.matches)
    }


def models(**place: list[float]) -> dict[str, Weights]:
    return {
        "sentences": weights("tariff", always=[-4.0], frobnicat=[9.0]),
        "places": weights(STATUSES, always=[0.0] * 5, **place),
        "types": weights("told", always=[0.0], likeliest=[1.0]),
        "statuses": weights("told", always=[0.0], likeliest=[1.0]),
    }


def test_a_word_that_no_rule_has_can_tell_an_event_at_its_place() -> None:
    weighing = Weighing(models(**{"<0=will": [0.0, 5.0, 0.0, 0.0, 0.0]}), {"tariff"})
    text = "Lynas rose 5%. Washington will frobnicate the ships of China."
    assert told_by(weighing, text) == {("tariff", "announced", "frobnicate")}


def test_where_no_pattern_is_met_nothing_is_told() -> None:
    text = "Washington will frobnicate its ships."
    assert told_by(Weighing(models(), {"tariff"}), text) == set()


def test_a_type_that_the_rules_do_not_have_is_not_told() -> None:
    text = "Lynas rose 5%. Washington will frobnicate the ships of China."
    assert told_by(Weighing(models(), {"sanction"}), text) == set()


def test_a_type_without_weights_is_left_to_the_rules(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        """
[[event]]
id = "frobnication"
name = "Frobnication"
match = [{ text = "The miner frobnicated.", status = "occurred" }]
no_match = ["The miner slept."]
[[event.patterns]]
verbs = ["frobnicate"]
""",
        encoding="utf-8",
    )
    reader = Extractor(load_rules([shipped_rules(), tmp_path]), None)
    events = reader.extract(article("Lynas frobnicated, and will dance.")).events
    assert [(one.rule, one.status) for one in events] == [("frobnication.1", "occurred")]


def test_a_second_status_needs_a_place_where_it_is_the_likeliest() -> None:
    weighing = Weighing(
        models(**{"<0=will": [0.0, 3.0, 2.9, 0.0, 0.0], ">frobnicat": [0.0] * 5}), {"tariff"}
    )
    one_place = "Lynas rose 5%. Washington will frobnicate the ships."
    assert {status for _, status, _ in told_by(weighing, one_place)} == {"announced"}


@pytest.mark.parametrize("chance", [0.001, 0.2, 0.5, 0.97])
def test_log_odds_and_probability_undo_one_another(chance: float) -> None:
    assert log_odds(chance) == pytest.approx(log(chance / (1 - chance)))
    assert probability(log_odds(chance)) == pytest.approx(chance)


def test_certainty_is_never_infinite() -> None:
    assert np.isfinite([log_odds(0.0), log_odds(1.0)]).all()
    assert (probability(-1e6), probability(1e6)) == pytest.approx((0.0, 1.0))


def test_explaining_tells_what_was_weighed_and_what_was_outweighed() -> None:
    explained = plain().explain(article("China imposed export curbs on gallium on Monday."))
    told = [one for one in explained.triggers if not one.refused]
    said = [what for one in told for what, _ in one.met]
    assert any(what.startswith("weighed ") for what in said)
    assert any(what.startswith("for export-restriction: ") and "export" in what for what in said)
    assert any(what.startswith("for occurred: ") for what in said)
