"""monitor study"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, parsed_day, print_json, tell
from monitor.errors import ConfigError, Mistake, MonitorError
from monitor.model import ReturnModel

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.correlate.study.design import Design
    from monitor.correlate.study.study import Study
    from monitor.pipeline.studying import Wanted

EXAMPLE = "Example:  monitor study --events events.csv --prices bars/ --benchmark SPY --json"
TWO_FACTOR = "two-factor"


def add_to(app: typer.Typer) -> None:
    app.command(epilog=EXAMPLE)(study)


def study(
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Events of your own: symbol,date[,time].")
    ] = None,
    prices: Annotated[
        str | None, typer.Option(metavar="DIR", help="Prices of your own, SYMBOL.csv each.")
    ] = None,
    benchmark: Annotated[
        str | None, typer.Option(metavar="SYMBOL", help="Else [watch] market.", show_default=False)
    ] = None,
    sector: Annotated[
        str | None, typer.Option(metavar="SYMBOL", help="Of the two-factor model; [watch] sector.")
    ] = None,
    event_type: Annotated[
        str | None, typer.Option(metavar="TYPE", help="Only stored stories that tell of it.")
    ] = None,
    symbol: Annotated[
        list[str] | None, typer.Option(help="Only this security; can be given again.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First event session.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Last event session, included.")
    ] = None,
    model: Annotated[ReturnModel, typer.Option(help="Of the normal return.")] = "market",
    window: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="A B", help="Event window in sessions, both included; [study]."),
    ] = None,
    length: Annotated[int | None, typer.Option(help="Sessions to estimate from; [study].")] = None,
    gap: Annotated[
        int | None, typer.Option(help="From the last of them to the event session; [study].")
    ] = None,
    alpha: Annotated[float, typer.Option(help="Confidence bands cover 1 - alpha.")] = 0.05,
    seed: Annotated[int, typer.Option(min=0, help="Of the permutation test.")] = 0,
    chart: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the CAAR with its band into a file.")
    ] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> int:
    """Abnormal returns around events, one by one and pooled: of the store, or of your own files."""
    from monitor.commands.study_material import of_files, of_store
    from monitor.commands.study_told import document, show
    from monitor.correlate.study.reaction import Explaining
    from monitor.correlate.study.study import study as measure
    from monitor.pipeline.studying import Wanted

    settings = config_at(config)
    watch = settings.tables.watch
    market, beside = benchmark or watch.market, sector or watch.sector
    begin, end = (parsed_day(day) if day else None for day in (first, last))
    wanted = Wanted(frozenset(symbol) if symbol else None, event_type, begin, end)
    _check(settings, wanted, events, prices, alpha)
    if model == TWO_FACTOR and beside is None:
        raise _wrong("--sector", "the two-factor model takes one, and [watch] names none")
    design = _design(settings, model, window, length, gap)
    against = (market, beside) if model == TWO_FACTOR and beside else (market,)
    if events is not None and prices is not None:
        found = of_files(settings, events, prices, wanted, against)
    else:
        found = of_store(settings, wanted, against, datetime.now(UTC))
    told = measure(
        found.events,
        found.prices,
        design,
        Explaining.by(model, *(found.bars_of(one, model) for one in against)),
        alpha=alpha,
        seed=seed,
        skipped=found.skipped,
    )
    if chart is not None:
        _draw(told, chart)
    if as_json:
        print_json(document(told, found.notes))
    else:
        show(told, found.notes)
    return 0


def _wrong(key: str, what: str) -> ConfigError:
    return ConfigError([Mistake("command line", key, what)])


def _check(
    settings: Config, wanted: Wanted, events: Path | None, prices: str | None, alpha: float
) -> None:
    """Raises ConfigError for options that do not go together."""
    if (events is None) != (prices is None):
        raise _wrong("--events, --prices", "one goes with the other")
    if wanted.first and wanted.last and wanted.last < wanted.first:
        raise _wrong("--to", "must not be before --from")
    if not 0 < alpha < 1:
        raise _wrong("--alpha", "must lie between 0 and 1")
    if wanted.event_type is None:
        return
    if events is not None:
        raise _wrong("--event-type", "is of stored stories; events of a file have none")
    from monitor.app import rules_of

    known = rules_of(settings).events
    if wanted.event_type not in known:
        import difflib

        near = difflib.get_close_matches(wanted.event_type, known, n=1)
        meant = f" (did you mean {near[0]!r}?)" if near else ""
        raise _wrong("--event-type", f"no rule is called {wanted.event_type!r}{meant}")


def _design(
    settings: Config,
    model: ReturnModel,
    window: tuple[int, int] | None,
    length: int | None,
    gap: int | None,
) -> Design:
    from monitor.correlate.study.design import Design

    usual = settings.tables.study
    try:
        return Design(
            model,
            usual.window if window is None else window,
            usual.length if length is None else length,
            usual.gap if gap is None else gap,
        )
    except MonitorError as error:
        raise _wrong("--window, --length, --gap", str(error)) from error


def _draw(told: Study, path: Path) -> None:
    from monitor.commands.study_told import headline
    from monitor.deliver.chart_study import study_chart

    points = told.pooled.path
    if not points:
        tell("monitor: no event was measured: there is nothing to draw")
        return
    mean = "C" if told.pooled.n == 1 else "Mean c"
    picture = study_chart(
        [one.session for one in points],
        [one.caar for one in points],
        [(one.low, one.high) for one in points],
        title=headline(told),
        what=f"{mean}umulative abnormal return, with its {1 - told.alpha:.0%} confidence band",
    )
    path.write_bytes(picture)
    tell(f"chart: {path}")
