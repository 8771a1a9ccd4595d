"""monitor rules train"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, print_json, tell
from monitor.errors import ConfigError, Mistake

FEWEST = 200  # texts: from fewer nothing is learned that holds
TIMES = 3
COMMENT = (
    "Learned from labelled texts by `monitor rules train`: not to be edited by hand.",
    "See docs/rules.md for what the lines say.",
)


def train(
    texts: Annotated[
        list[Path], typer.Argument(help="JSON lines with `text`, `events`, `triggers`.")
    ],
    config: ConfigPath = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the weights into this folder of rules.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Say how good they are on texts that were not learned from."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Learns from labelled texts which words tell which events, and with which status."""
    from monitor.app import rules_of
    from monitor.extract.extractor import Extractor
    from monitor.extract.nlp import load_nlp
    from monitor.extract.weights import written
    from monitor.training.learn import held_out, learn, lessons
    from monitor.training.score import cross_validation
    from monitor.training.texts import read_texts, rule_texts

    missing = [
        Mistake(str(path), "", "there is no such file") for path in texts if not path.is_file()
    ]
    if out is not None and not out.is_dir():
        missing.append(Mistake(str(out), "--out", "there is no such folder"))
    if not out and not check:
        missing.append(Mistake("command line", "", "say --out FOLDER, or --check, or both"))
    if missing:
        raise ConfigError(missing)
    rules = rules_of(config_at(config))
    labelled = read_texts(texts, rules)
    if len(labelled) < FEWEST:
        what = f"{len(labelled)} texts are too few to learn from; {FEWEST} at least"
        raise ConfigError([Mistake(", ".join(map(str, texts)), "", what)])
    tell(f"{len(labelled)} texts; reading them")
    # what is said in the rules themselves is said on purpose
    told = [*labelled, *TIMES * list(rule_texts(rules))]
    taught = lessons(told, Extractor(rules, load_nlp()))
    types = tuple(rules.events)
    parts = list(held_out(taught, types))
    if check:
        scores = cross_validation(types, parts)
        if as_json:
            print_json({name: score.document() for name, score in scores.items()})
        else:
            for name, score in scores.items():
                print(f"{name:20} {score}")
    if out is not None:
        for name, weights in learn(taught, types, parts).items():
            path = out / f"{name}.weights"
            path.write_text(written(weights, COMMENT), encoding="utf-8")
            tell(f"{path}: {len(weights.rows)} features")
    return 0
