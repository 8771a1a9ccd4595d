"""monitor rules check | test"""

from __future__ import annotations

import typer

from monitor.commands.common import ConfigPath, config_at, tell

family = typer.Typer(
    name="rules", help="Validate the rules, and try them on their own texts.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(family)


@family.command(epilog="Example:  monitor rules check --config config.toml")
def check(config: ConfigPath = None) -> int:
    """Reads all rule files and lists every mistake in them."""
    from monitor.app import rules_of

    rules = rules_of(config_at(config))
    print(
        f"{len(rules.entities)} entities, {len(rules.events)} event types, "
        f"{len(rules.exposures)} exposures, {len(rules.alerts)} alert rules: no mistakes"
    )
    return 0


@family.command("test", epilog="Example:  monitor rules test --config config.toml")
def try_texts(config: ConfigPath = None) -> int:
    """Runs the texts that each rule says it matches and does not match."""
    from monitor.app import reader_of, rules_of
    from monitor.deliver.judge import check_examples
    from monitor.extract.rule_texts import check_texts

    settings = config_at(config)
    rules = rules_of(settings)
    reader = reader_of(rules, settings.tables.prices.exchange)
    failures = [*check_texts(reader, rules), *check_examples(rules)]
    for failure in failures:
        tell(failure)
    print(f"{len(failures)} texts did not come out as their rule says" if failures else "all pass")
    return 1 if failures else 0
