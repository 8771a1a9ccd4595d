"""What `monitor study` says: as JSON, and to a person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from monitor.deliver import words

if TYPE_CHECKING:
    from monitor.correlate.study.pooled import Pooled
    from monitor.correlate.study.pooled_tests import PooledTest, TestName
    from monitor.correlate.study.study import Measured, Study
    from monitor.model import DataNote

SHOWN: Final = 40  # events on the terminal; --json has all
TOLD: Final = 20  # lines of one kind of remark
WIDTH: Final = 100  # columns where the output is no terminal
# name for a person, and what it withstands: see docs/method.md
TESTS: Final[Mapping[TestName, tuple[str, str]]] = {
    "t": ("cross-sectional t", "a variance that the event raises"),
    "patell": ("Patell", "securities that vary differently"),
    "bmp": ("Boehmer, Musumeci, Poulsen", "both of these"),
    "kolari_pynnonen": ("Kolari, Pynnönen", "both, and events that are correlated"),
    "corrado_rank": ("Corrado rank", "returns that are not normal; common dates"),
    "generalized_sign": ("generalised sign", "returns that are skewed, and outliers"),
    "permutation": ("sign permutation", "few events, returns that are not normal"),
}

# ---------------------------------------------------------------- JSON


def document(told: Study, notes: Sequence[DataNote]) -> dict[str, Any]:
    """The public form, as docs/study.md has it. A figure that is not finite is null."""
    design = told.design
    return {
        "window": list(design.window),
        "estimation": {"length": design.length, "gap": design.gap},
        "model": design.model,
        "benchmark": told.benchmark,
        "sector": told.sector,
        "alpha": told.alpha,
        "seed": told.seed,
        "events": [_event(one) for one in told.events],
        "pooled": _pooled(told.pooled),
        "skipped": [
            {"symbol": one.symbol, "date": one.day, "reason": one.reason} for one in told.skipped
        ],
        "notes": [
            {
                "symbol": note.symbol,
                "session": note.session.isoformat() if note.session else None,
                "code": note.code,
                "text": note.text,
            }
            for note in notes
        ],
    }


def _event(one: Measured) -> dict[str, Any]:
    found = one.reaction
    return {
        "symbol": found.symbol,
        "event_session": found.event_session.isoformat(),
        "id": one.event.id or None,
        "label": one.event.label or None,
        "alpha": found.alpha,
        "beta": found.beta,
        "sector_beta": found.sector_beta,
        "residual_std": found.residual_std,
        "n_obs": found.n_obs,
        "ar": list(found.ar),
        "ar_std_error": list(one.ar_std_error),
        "car": found.car,
        "car_std_error": found.car_std_error,
        "scar": found.t_stat,
        "t_stat": found.t_stat,
        "p_value": found.p_value,
        "p_adjusted": one.p_adjusted,
        "robust_z": found.robust_z,
        "flags": list(found.flags),
        "note": found.note,
    }


def _pooled(pooled: Pooled) -> dict[str, Any]:
    return {
        "n": pooled.n,
        "caar": pooled.caar,
        "path": [
            {
                "session": point.session,
                "aar": point.aar,
                "caar": point.caar,
                "std_error": _finite(point.std_error),
                "low": _finite(point.low),
                "high": _finite(point.high),
            }
            for point in pooled.path
        ],
        "mean_correlation": pooled.mean_correlation,
        "tests": {name: _test(one) for name, one in pooled.tests.items()},
        "note": "; ".join(pooled.notes) or None,
    }


def _test(one: PooledTest) -> dict[str, Any]:
    told: dict[str, Any] = {"stat": one.stat, "p_value": one.p_value}
    return told | ({"reason": one.reason} if one.reason else {})


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


# ---------------------------------------------------------------- for a person


def headline(told: Study) -> str:
    """12 events, sessions −1 to +1, market model against SPY"""
    first, last = (_session(one) for one in told.design.window)
    over = f"session {first}" if first == last else f"sessions {first} to {last}"
    against = " and ".join(filter(None, (told.benchmark, told.sector)))
    model = f"{told.design.model} model" + (f" against {against}" if against else "")
    if told.pooled.n == 1:
        only = told.events[0].reaction
        return f"{only.symbol}, {words.day(only.event_session)}, {over}, {model}"
    return f"{words.count(told.pooled.n, 'event')}, {over}, {model}"


def show(told: Study, notes: Sequence[DataNote]) -> None:
    print(headline(told))
    if told.events:
        _print_table(_events_table(told))
        if len(told.events) > SHOWN:
            print(f"{len(told.events) - SHOWN} more events; --json has all")
        _print_table(_path_table(told))
        _print_table(_tests_table(told.pooled))
    for note in told.pooled.notes:
        print(f"\nNote: {note}.")
    _listed(
        "Notes on events",
        [
            f"{one.reaction.symbol} {one.reaction.event_session}: {one.reaction.note}"
            for one in told.events
            if one.reaction.note
        ],
    )
    _listed("Skipped", [f"{one.symbol} {one.day}: {one.reason}" for one in told.skipped])
    _listed("Data", [f"{note.symbol}: {note.text}" for note in notes])


def _print_table(table: Table) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    with console.capture() as drawn:
        console.print(table)
    lines = [line.rstrip() for line in drawn.get().splitlines()]
    print("\n" + "\n".join(line for line in lines if line))


def _listed(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    print(f"\n{title}:")
    for line in lines[:TOLD]:
        print(f"  {words.one_line(line)}")
    if len(lines) > TOLD:
        print(f"  and {len(lines) - TOLD} more; --json has all")


def _table(*columns: str, left: int = 1) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place < left else "right", overflow="fold")
    return table


def _events_table(told: Study) -> Table:
    table = _table(
        *("symbol", "session", "CAR", "std. error", "t", "p", "p adj.", "robust z", "n", "flags"),
        left=2,
    )
    for one in told.events[:SHOWN]:
        found = one.reaction
        table.add_row(
            found.symbol,
            found.event_session.isoformat(),
            words.percent(found.car, 2),
            f"{found.car_std_error:.2%}",
            words.number(found.t_stat),
            _p(found.p_value),
            _p(one.p_adjusted),
            "" if found.robust_z is None else words.number(found.robust_z, 1),
            str(found.n_obs),
            ", ".join(found.flags),
        )
    return table


def _path_table(told: Study) -> Table:
    single = told.pooled.n == 1
    names = ("AR", "CAR") if single else ("AAR", "CAAR")
    table = _table("session", *names, f"{1 - told.alpha:.0%} band")
    for point in told.pooled.path:
        table.add_row(
            _session(point.session),
            words.percent(point.aar, 2),
            words.percent(point.caar, 2),
            f"{words.percent(point.low, 2)} to {words.percent(point.high, 2)}",
        )
    return table


def _tests_table(pooled: Pooled) -> Table:
    table = _table("test", "stat", "p", "withstands")
    table.columns[-1].justify = "left"
    for name, one in pooled.tests.items():
        title, withstands = TESTS[name]
        if one.stat is None or one.p_value is None:
            table.add_row(title, "", "", one.reason or "")
        else:
            digits = 4 if name == "permutation" else 2
            table.add_row(title, words.number(one.stat, digits), _p(one.p_value), withstands)
    return table


def _session(at: int) -> str:
    return f"{at:+d}".replace("-", words.MINUS) if at else "0"


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"
