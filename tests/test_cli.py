"""The command line: help, exit statuses, and what each command makes the machine load."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from itertools import chain, pairwise
from pathlib import Path

import pytest

from monitor.cli import run
from monitor.rules import shipped_rules
from tests.rule_files import FEW

COMMANDS = (
    ("demo",),
    ("once",),
    ("run",),
    ("backfill",),
    ("digest",),
    ("extract",),
    ("explain",),
    ("study",),
    ("rules", "check"),
    ("rules", "test"),
    ("rules", "train"),
    ("alerts", "list"),
    ("alerts", "show"),
    ("alerts", "retry"),
    ("alerts", "test"),
    ("status",),
    ("doctor",),
)
SLOW = {
    *("alembic", "apprise", "apscheduler", "css_inline", "exchange_calendars", "feedparser"),
    *("httpx", "jinja2", "matplotlib", "numpy", "pandas", "pydantic", "rensa", "scipy", "spacy"),
    *("sqlalchemy", "yfinance"),
}
WIRED = {"feedparser", "httpx", "pydantic", "rensa", "sqlalchemy"}
CALENDAR = {"exchange_calendars", "numpy", "pandas"}
LANGUAGE = {"jinja2", "numpy", "spacy"}
# what each command may load: all else would make its user wait for nothing
MAY_LOAD: dict[tuple[str, ...], set[str]] = {
    ("--help",): set(),
    ("--version",): set(),
    ("explain", "--help"): {"pydantic"},  # typer reads the types of options with it
    ("study", "--help"): {"pydantic"},
    ("rules", "check"): WIRED | CALENDAR | LANGUAGE,
    ("rules", "check", "--no-texts"): WIRED | {"numpy"},  # reads the weights
    ("rules", "test"): WIRED | CALENDAR | LANGUAGE,
    ("status",): WIRED | {"alembic"},
    ("alerts", "list"): WIRED | {"alembic"},
    ("doctor",): WIRED | LANGUAGE | {"alembic"},
    ("explain", "MP", "2025-06-12"): WIRED | CALENDAR | {"alembic", "scipy"},
    ("extract", "/dev/null"): WIRED | CALENDAR | LANGUAGE,
    ("digest", "--date", "2025-06-12"): WIRED
    | CALENDAR
    | {"alembic", "css_inline", "jinja2", "matplotlib", "scipy"},
    ("once",): WIRED | CALENDAR | {"alembic"},
}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--help"]) == 0
    told = capsys.readouterr().out
    assert "Example:" in told
    assert f"monitor {' '.join(command)}" in told


def test_every_command_has_a_page() -> None:
    docs = Path(__file__).parent.parent / "docs"
    pages = "".join(page.read_text(encoding="utf-8") for page in docs.glob("*.md"))
    assert [" ".join(one) for one in COMMANDS if f"monitor {' '.join(one)}" not in pages] == []


# in one process each: what a command may load, those after it may load too
TOGETHER: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        *(("--help",), ("--version",), ("explain", "--help"), ("study", "--help")),
        *(("status",), ("alerts", "list"), ("doctor",)),
    ),
    (("once",), ("explain", "MP", "2025-06-12"), ("digest", "--date", "2025-06-12")),
    (
        *(("rules", "check", "--no-texts"), ("rules", "check"), ("rules", "test")),
        ("extract", "/dev/null"),
    ),
)
LOADED = """
import json, sys
from monitor.cli import run
for arguments in json.loads(sys.argv[1]):
    run(arguments)
    print()
    print("loaded", json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize("commands", TOGETHER, ids=lambda commands: " ".join(commands[0]))
def test_nothing_slow_is_loaded_without_need(
    commands: tuple[tuple[str, ...], ...], tmp_path: Path
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "few.toml").write_text(FEW, encoding="utf-8")
    for weights in shipped_rules().glob("*.weights"):
        shutil.copy(weights, tmp_path / "rules")
    config = tmp_path / "config.toml"
    config.write_text(
        '[watch]\nsymbols = ["MP"]\n[prices]\nprovider = "files"\ndir = "."\n'
        '[rules]\nshipped = false\nfolders = ["rules"]\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(commands)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"MONITOR_CONFIG": str(config)},
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("loaded ")]
    for command, line in zip(commands, lines, strict=True):
        loaded = SLOW & set(json.loads(line.removeprefix("loaded ")))
        assert loaded <= MAY_LOAD[command], command


def test_commands_are_put_together_so_that_none_hides_what_another_loads() -> None:
    assert sorted(chain(*TOGETHER)) == sorted(MAY_LOAD)
    for commands in TOGETHER:
        assert all(MAY_LOAD[one] <= MAY_LOAD[after] for one, after in pairwise(commands))


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('[watch]\nsymbols = []\n[store]\nurll = "x"\n[poll]\nevery = "soon"\n')
    return path


@pytest.mark.parametrize("command", [("once",), ("status",), ("rules", "check"), ("extract",)])
def test_a_broken_configuration_is_told_in_full_with_status_2(
    command: tuple[str, ...], broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--config", str(broken)]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3
    keys = ("watch.symbols", "store.urll", "poll.every")
    assert all(any(f"{broken}: {key}: " in line for line in told) for key in keys)


def test_a_broken_rule_file_is_told_in_full_with_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.toml").write_text(
        '[[entity]]\nid = "Bad Id"\ntype = "company"\nname = "X"\nmatch = ["X"]\n'
        '[[entity]]\nid = "mp-materials"\ntype = "company"\nname = "Y"\n'
        '[[exposure]]\nsymbol = "MP"\nto = ["no-such-thing"]\nweight = 0.5\n'
    )
    config = tmp_path / "config.toml"
    config.write_text('[rules]\nfolders = ["mine"]\n[watch]\nsymbols = ["MP"]\n')
    assert run(["rules", "check", "--config", str(config)]) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    for key in ("entity.0.id", "entity.1.id", "exposure.0.to"):
        assert f"mine.toml: {key}: " in told


def test_wrong_use_has_status_2_and_failed_work_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain"]) == 2
    assert run(["explain", "MP", "12 June"]) == 2
    assert run(["no-such-command"]) == 2
    config = tmp_path / "config.toml"
    config.write_text('[watch]\nsymbols = ["MP"]\n')
    assert run(["alerts", "show", "ffff", "--config", str(config)]) == 1
    assert "ffff: no alert" in capsys.readouterr().err
