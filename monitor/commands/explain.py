"""monitor explain"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.common import AsJson, ConfigPath, config_at, parsed_day, print_json
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from monitor.model import CheckedClaim, Explanation, Reading
    from monitor.pipeline.parts import Parts
    from monitor.pipeline.viewing import View


CANDIDATES = 5  # that a person is shown; --json has them all
DRAWN = 0.02  # probability from which on a candidate is drawn in the chart


def add_to(app: typer.Typer) -> None:
    app.command(epilog="Example:  monitor explain MP 2025-06-12 --config out/config.toml")(explain)


def explain(
    symbol: Annotated[str, typer.Argument(help="A watched security, such as MP.")],
    day: Annotated[str, typer.Argument(metavar="DATE", help="Its session, YYYY-MM-DD.")],
    chart: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the price with the stories as PNG.")
    ] = None,
    config: ConfigPath = None,
    as_json: AsJson = False,
) -> int:
    """That day's move and its candidate stories, or the verdict that none explains it."""
    from monitor.app import build
    from monitor.deliver.body import explanation_of
    from monitor.model import Move
    from monitor.pipeline.explaining import explained
    from monitor.pipeline.so_far import stored
    from monitor.pipeline.viewing import look, moved

    session = parsed_day(day)
    parts = build(config_at(config))
    if not parts.sessions(symbol).is_session(session):
        raise MonitorError(f"{symbol} {day}: the exchange was closed that day")
    with parts.store.begin() as tx:
        view = look(parts, tx, symbol, session, datetime.now(UTC))
        move = moved(parts, view, session)
        if isinstance(move, Move):
            found = explained(parts, tx, view, move)
        elif so_far := stored(tx, symbol, session):  # what live quotes have shown
            found = so_far.explanation
        else:
            raise MonitorError(f"{symbol} {day}: {move.reason}")
        readings = tx.articles.of_stories([one.story.id for one in found.candidates], found.as_of)
    if chart is not None:
        chart.write_bytes(_drawn(parts, view, found))
    if as_json:
        print_json(explanation_of(found))
    else:
        show(parts, found, view.claims_about(session), readings)
    return 0


def show(
    parts: Parts,
    found: Explanation,
    claims: Sequence[CheckedClaim],
    readings: Sequence[Reading],
) -> None:
    """The same for a person."""
    from monitor.deliver import words

    move, zone = found.move, parts.sessions(found.symbol).zone
    print(f"{parts.company_of(found.symbol)} ({found.symbol}), {words.day(found.session)}")
    print(f"{words.moved(move)} to {move.close:.2f}, from {move.previous_close:.2f}", end="")
    if move.high_ret is not None and move.low_ret is not None:
        print(f"; high {words.percent(move.high_ret)}, low {words.percent(move.low_ret)}", end="")
    if move.volume_ratio is not None:
        print(f"; volume {move.volume_ratio:.1f} times its median", end="")
    print(f"\n{words.abnormal(found.abnormal)}")
    for line in _around(found, zone):
        print(line)
    for extreme in move.extremes:
        since = f"since {words.day(extreme.since)}" if extreme.since else "in the bars at hand"
        what = "close" if extreme.basis == "close" else f"intraday {extreme.kind}"
        print(f"The {extreme.kind}est {what} {since}, {extreme.sessions} sessions back.")
    if move.provisional:
        print(f"Provisional: by the last price of {words.moment(move.known_at, zone)}, no close.")
    for note in move.notes:
        print(f"Note: {note.text}.")
    print(f"\nVerdict: {found.verdict.replace('-', ' ')}\n")
    for number, one in enumerate(found.candidates[:CANDIDATES], start=1):
        told = words.moment(one.story.first_seen_at, zone)
        events = [f"{parts.name_of(kind)} ({status})" for kind, status in one.story.events]
        terms = ", ".join(f"{name} {value:+.2f}" for name, value in one.reasons.items())
        print(f"{number}. {words.one_line(one.story.title)}")
        print(f"   probability {one.score:.2f}; log-odds {terms}")
        print(f"   first seen {told}, {words.one_line(one.story.first_source, 60)}", end="")
        print(f"; {words.count(len(one.story.outlets), 'outlet')}; {words.TIMING[one.timing]}")
        print(f"   {', '.join(events) or 'no events that the rules know'}")
        told_by = [each.article for each in readings if each.article.id in one.story.articles]
        if why := words.not_whole(told_by):
            print(f"   {why}")
        if one.reports:
            print(f"   {words.count(len(one.reports), 'report')} of the move lead to it")
    none = 1 - sum(one.score for one in found.candidates)
    print(f"None of these: probability {none:.2f}")
    if claims:
        print("\nClaims about this session:")
    for claim in claims:
        print(f"  “{words.one_line(claim.claim.text, 120)}”: {words.claim_verdict(claim)}")


def _around(found: Explanation, zone: tzinfo) -> Iterator[str]:
    """What else is known of the move: before and after the session, within it, and of its peers."""
    from monitor.deliver import words

    move = found.move
    if found.p_adjusted is not None and found.looked_at > 1:
        told = words.p_value(found.p_adjusted)
        yield f"Allowing for the {found.looked_at} securities watched that session, {told}."
    if move.premarket_ret is not None:
        yield f"Before the open {words.percent(move.premarket_ret)}."
    if move.afterhours_ret is not None:
        yield f"After the close {words.percent(move.afterhours_ret)} more."
    if move.began_at is not None:
        yield f"It began at {move.began_at.astimezone(zone):%H:%M %Z}, by the bars of the session."
    if found.common is not None:
        yield f"Of the abnormal return, {found.common:.0%} is what its peers' would have foretold."


def _drawn(parts: Parts, view: View, found: Explanation) -> bytes:
    """The price up to the session, with the candidates that may be it shown by their numbers."""
    from monitor.deliver.chart import price_chart

    calendar = parts.sessions(found.symbol)
    marks = [
        (min(calendar.event_session(one.story.public_at), found.session), str(number))
        for number, one in enumerate(found.candidates[:CANDIDATES], start=1)
        if number == 1 or one.score >= DRAWN
    ]
    return price_chart(view.series, parts.company_of(found.symbol), marks, found.session)
