"""Weights are learned from labelled texts: the fit, the labels, the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from statsmodels.discrete.discrete_model import Logit, MNLogit

from monitor.app import rules_of
from monitor.cli import run
from monitor.config import load_config
from monitor.errors import ConfigError
from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.rules.trials import article_of
from monitor.training.maxent import binary, exclusive
from monitor.training.texts import read_texts
from tests.readers import shipped

FLAT = 1e9  # a prior of that variance holds nothing back


def drawn(count: int = 400) -> tuple[np.ndarray, list[dict[str, float]]]:
    chance = np.random.default_rng(7)
    values = chance.normal(size=(count, 2))
    return values, [{"a": one, "b": other} for one, other in values]


def test_a_binary_model_is_the_logit_of_statsmodels() -> None:
    values, texts = drawn()
    odds = 0.4 + 1.3 * values[:, 0] - 0.8 * values[:, 1]
    labels = (np.random.default_rng(8).random(len(odds)) < 1 / (1 + np.exp(-odds))).astype(float)
    ours = binary(texts, labels[:, None], ["told"], prior=FLAT)
    theirs = Logit(labels, np.column_stack([np.ones(len(odds)), values])).fit(disp=0).params
    found = [float(one) for one in ours.each(["(always)", "a", "b"])[:, 0]]
    assert found == pytest.approx(list(theirs), abs=1e-3)


def test_a_model_of_classes_is_the_multinomial_logit_of_statsmodels() -> None:
    values, texts = drawn()
    labels = np.digitize(
        values @ [1.0, 0.5] + np.random.default_rng(9).normal(size=400), [-0.5, 0.7]
    )
    ours = exclusive(texts, [str(one) for one in labels], [1.0] * 400, ["0", "1", "2"], prior=FLAT)
    model = MNLogit(labels, np.column_stack([np.ones(400), values])).fit(disp=0)
    odds = np.array([ours.scores(one) for one in texts])
    chances = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    assert np.abs(chances - model.predict()).max() < 5e-3


def test_what_is_not_known_teaches_nothing() -> None:
    _, texts = drawn(60)
    labels = np.array([[1.0, np.nan], [0.0, 1.0]] * 30)
    both = binary(texts, labels, ["one", "other"], prior=1.0)
    alone = binary(texts, labels[:, :1], ["one"], prior=1.0)
    assert both.matrix[:, 0].tolist() == pytest.approx(alone.matrix[:, 0].tolist(), abs=1e-3)


def test_a_feature_of_few_texts_is_left_out() -> None:
    texts = [{"common": 1.0}] * 5 + [{"rare": 1.0}]
    model = binary(texts, np.ones((6, 1)), ["told"], prior=1.0, at_least=2)
    assert set(model.rows) == {"(always)", "common"}


def line(text: str, *events: tuple[str, str, str]) -> str:
    pairs, triggers = [[kind, status] for kind, status, _ in events], [w for *_, w in events]
    return json.dumps({"text": text, "events": pairs, "triggers": triggers})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "Expecting property name"),
        ('{"text": "x"}', "misses 'events'"),
        (line("China acts.", ("tarif", "occurred", "acts")), "each pair of `events` must be"),
        (line("China acts.", ("tariff", "occured", "acts")), "each pair of `events` must be"),
        (line("China acts.", ("tariff", "occurred", "acted")), "its trigger 'acted' is not in"),
    ],
)
def test_a_line_that_is_no_labelled_text_is_named(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(line("Nothing happened.") + "\n" + text + "\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_texts([path], shipped())
    [mistake] = caught.value.mistakes
    assert (mistake.file, mistake.key) == (str(path), "line 2")
    assert what in mistake.what


STATES = (
    "China",
    "India",
    "Japan",
    "Canada",
    "Brazil",
    "Chile",
    "Peru",
    "Norway",
    "Italy",
    "Spain",
)
GOODS = (
    "steel",
    "copper",
    "cars",
    "chips",
    "lithium",
    "graphite",
    "wine",
    "timber",
    "beef",
    "drugs",
)


def lessons_on_frobnication() -> str:
    """Sentences in a word that no rule has."""
    lines = []
    for state in STATES:
        for good in GOODS:
            told = f"{state} frobnicated its tariff on {good} on Monday."
            lines.append(line(told, ("tariff", "reversed", "frobnicated")))
            lines.append(line(f"{state} has a tariff office that counts {good} on Monday."))
            will = f"{state} will glorp a tariff on {good} in the spring."
            lines.append(line(will, ("tariff", "announced", "will glorp")))
    articles = [
        json.dumps({**json.loads(one), "title": "Notes", "published": "2025-06-12T12:00:00Z"})
        for one in lines[::5]
    ]
    return "\n".join([*lines, *articles]) + "\n"


TARIFFS = """
[[event]]
id = "tariff"
name = "Tariff"
match = [{ text = "Peru set a tariff.", status = "occurred" }]
no_match = ["Peru slept."]
[[event.patterns]]
nouns = ["tariff"]
"""


def test_what_was_learned_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts, out = tmp_path / "texts.jsonl", tmp_path / "rules"
    out.mkdir()
    texts.write_text(lessons_on_frobnication(), encoding="utf-8")
    config = tmp_path / "config.toml"
    (out / "own.toml").write_text(TARIFFS, encoding="utf-8")
    config.write_text(
        '[rules]\nshipped = false\nfolders = ["rules"]\n[watch]\nsymbols = ["MP"]\n',
        encoding="utf-8",
    )
    arguments = ["rules", "train", str(texts), "--config", str(config)]
    assert run([*arguments, "--check", "--json", "--out", str(out)]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["with status"]["f1"] > 0.95 > scores["status, rules alone"]["f1"]
    assert {path.stem for path in out.glob("*.weights")} == {
        "sentences", "places", "types", "statuses",
    }  # fmt: skip
    reader = Extractor(rules_of(load_config(config, {})), load_nlp())
    news = article_of("Australia frobnicated its tariff on cheese on Friday.")
    [event] = reader.extract(news).events
    assert (event.type, event.status) == ("tariff", "reversed")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["missing.jsonl", "--check"], "there is no such file"),
        (["few.jsonl", "--check"], "1 texts are too few to learn from; 200 at least"),
        (["few.jsonl"], "say --out FOLDER, or --check, or both"),
        (["few.jsonl", "--out", "nowhere"], "there is no such folder"),
    ],
)
def test_wrong_use_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    what: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("few.jsonl").write_text(line("Nothing happened.") + "\n", encoding="utf-8")
    assert run(["rules", "train", *arguments]) == 2
    assert what in capsys.readouterr().err
