"""monitor rules check | test | train"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, print_json, tell
from monitor.commands.training import train
from monitor.errors import ConfigError, Mistake

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.rules import RuleSet
    from monitor.rules.alerts import AlertRule, Example
    from monitor.rules.checks import Finding, Language
    from monitor.rules.places import Places
    from monitor.rules.trials import Failure

FAILED, WRONG = 1, 2
SHOWN = 20  # findings of one kind on the terminal; --all and --json give every one
BLOCKING = ("expansion",)  # what makes reading texts too dear to be worth it

family = typer.Typer(
    name="rules", help="Validate the rules, and try them on their own texts.", no_args_is_help=True
)


family.command(epilog="Example:  monitor rules train texts/*.jsonl --check --out rules/")(train)


def add_to(app: typer.Typer) -> None:
    app.add_typer(family)


@family.command(epilog="Example:  monitor rules check --config config.toml --strict")
def check(
    config: ConfigPath = None,
    as_json: AsJson = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Warnings count as errors for the exit status.")
    ] = False,
    no_texts: Annotated[
        bool, typer.Option("--no-texts", help="Do not run the texts of the rules.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help=f"Print more than {SHOWN} of a kind.")
    ] = False,
) -> int:
    """Finds names that clash, patterns that never match, terms that overlap, texts that fail."""
    from monitor.extract.weights import read_models
    from monitor.rules.checks import check_rules

    settings = config_at(config)
    try:
        rules, places = _placed_rules(settings)
        read_models(rules.weights)
    except ConfigError as error:
        if as_json:
            print_json(_unreadable(error))
        else:
            for mistake in error.mistakes:
                tell(str(mistake))
        return WRONG
    found = check_rules(rules, _language())
    if not no_texts and not any(one.check in BLOCKING for one in found):
        found += [_of_failure(failure) for failure in _failures(settings, rules, rules)]
    found.sort(key=lambda one: one.severity)  # errors first, else as found
    rows = [_row(one, places) for one in found]
    if as_json:
        print_json(_document(rules, rows))
    else:
        _tell(rows, every)
        print(_summary(rules, rows, texts=not no_texts))
    counted = rows if strict else [row for row in rows if row["severity"] == "error"]
    return FAILED if counted else 0


@family.command("test", epilog="Example:  monitor rules test --rule tariff --rule mp-materials")
def try_texts(
    config: ConfigPath = None,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", help="Only this rule's texts; can be given again."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Runs the texts that each rule says it matches and does not match."""
    from monitor.app import rules_of
    from monitor.rules.trials import only

    settings = config_at(config)
    rules = rules_of(settings)
    chosen = only(rules, _known(rules, rule)) if rule else rules
    failures = list(_failures(settings, rules, chosen))
    if as_json:
        print_json([asdict(failure) for failure in failures])
        return FAILED if failures else 0
    for failure in failures:
        tell(str(failure))
    print(f"{len(failures)} texts did not come out as their rule says" if failures else "all pass")
    return FAILED if failures else 0


def _known(rules: RuleSet, ids: Sequence[str]) -> set[str]:
    """The ids that the command line names. Raises ConfigError for one that no rule has."""
    import difflib

    known = [*rules.entities, *rules.events, *rules.alerts]
    mistakes = []
    for name in ids:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f" (did you mean {near[0]!r}?)" if near else ""
            mistakes.append(
                Mistake("command line", "--rule", f"no rule with texts is called {name!r}{meant}")
            )
    if mistakes:
        raise ConfigError(mistakes)
    return set(ids)


def _placed_rules(config: Config) -> tuple[RuleSet, Places]:
    from monitor.app import rule_folders
    from monitor.rules.load import load_placed

    return load_placed(rule_folders(config))


def _failures(config: Config, rules: RuleSet, chosen: RuleSet) -> Iterator[Failure]:
    """What of the `chosen` rules' texts fails where all `rules` are in force."""
    from monitor.app import reader_of
    from monitor.rules import trials

    if chosen.entities or chosen.events:
        reader = reader_of(rules, config.tables.prices.exchange)
        yield from trials.try_texts(reader, chosen)
    yield from trials.try_examples(chosen, _misjudged)


def _misjudged(rule: AlertRule, example: Example, fires: bool) -> str:
    """Which conditions decided against what an example says; "" where they agree."""
    from monitor.deliver.judge import judge, signal_of

    judged = judge(rule, signal_of(example))
    if (judged is not None and judged.fires) is fires:
        return ""
    if judged is None:
        return f"none: it looks at a {rule.on} only"
    if not fires:
        return "one: every condition holds"
    lacking = [one for one in judged.conditions if not one.held]
    return "none: " + "; ".join(f"{one.name} {one.value}, not {one.wanted}" for one in lacking)


def _language() -> Language:
    """How texts are read, as the extractor reads them."""
    from monitor.extract.inflect import noun_forms, verb_forms, word_forms
    from monitor.extract.words import FOLDS, folded
    from monitor.rules.checks import Language

    def plain(text: str) -> str:
        return text.translate(FOLDS)

    return Language(folded, plain, verb_forms, noun_forms, word_forms)


# ------------------------------------------------------------------------- what is printed


def _of_failure(failure: Failure) -> Finding:
    from monitor.rules.checks import Finding

    text = f" in {failure.text!r}" if failure.text else ""
    what = f"wanted {failure.wanted}, found {failure.found}{text}"
    mend = f"monitor rules test --rule {failure.entry} tries it again"
    return Finding("texts", "error", failure.table, failure.entry, failure.key, what, mend)


def _row(finding: Finding, places: Places) -> dict[str, Any]:
    place = places.of(finding.table, finding.entry, finding.key)
    return {
        "severity": finding.severity,
        "check": finding.check,
        "file": place.file,
        "line": place.line,
        "key": place.key,
        "table": finding.table,
        "id": None if finding.table == "exposure" else finding.entry,
        "what": finding.what,
        "mend": finding.mend,
    }


def _document(rules: RuleSet, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counts = Counter(row["severity"] for row in rows)
    return {
        "errors": counts["error"],
        "warnings": counts["warning"],
        "rules": {
            "entities": len(rules.entities),
            "events": len(rules.events),
            "exposures": len(rules.exposures),
            "alerts": len(rules.alerts),
        },
        "findings": list(rows),
    }


def _unreadable(error: ConfigError) -> dict[str, Any]:
    rows = [
        {
            "severity": "error",
            "check": "file",
            "file": mistake.file,
            "line": None,
            "key": mistake.key,
            "table": None,
            "id": None,
            "what": mistake.what,
            "mend": None,
        }
        for mistake in error.mistakes
    ]
    return {"errors": len(rows), "warnings": 0, "rules": None, "findings": rows}


def _tell(rows: Sequence[dict[str, Any]], every: bool) -> None:
    """A finding a line with its mend below, and of each kind so many that they can be read."""
    told: Counter[tuple[str, str]] = Counter()
    for row in rows:
        kind = (row["severity"], row["check"])
        told[kind] += 1
        if told[kind] <= SHOWN or every:
            where = row["file"] + (f":{row['line']}" if row["line"] else "")
            named = f" ({row['id']})" if row["id"] else ""
            tell(f"{where}: {row['key']}{named}: {row['severity']} [{row['check']}]: {row['what']}")
            tell(f"    {row['mend']}")
    for (severity, name), number in told.items():
        if number > SHOWN and not every:
            tell(f"… and {number - SHOWN:,} more {severity}s [{name}]; --all prints them")


def _summary(rules: RuleSet, rows: Sequence[dict[str, Any]], texts: bool) -> str:
    counts = Counter(row["severity"] for row in rows)
    size = (
        f"{len(rules.entities)} entities, {len(rules.events)} event types, "
        f"{len(rules.exposures)} exposures, {len(rules.alerts)} alert rules"
    )
    told = [f"{counts[name]} {name}{'s' * (counts[name] != 1)}" for name in ("error", "warning")]
    mistakes = ", ".join(told) if rows else "no mistakes"
    return f"{size}: {mistakes}" + ("" if texts else " (texts not run)")
