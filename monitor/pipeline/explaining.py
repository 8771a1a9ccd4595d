"""Why a security moved: the scene, the stories that touch it, and those that reports lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from monitor.correlate.clues import LOOKBACK, Scene, StoryAt, tells_of
from monitor.correlate.explain import Weights, explain
from monitor.correlate.peers import common_share
from monitor.correlate.pointers import pointed_at
from monitor.correlate.priors import Outcome, learned
from monitor.correlate.study.multiple import benjamini_hochberg
from monitor.correlate.study.reaction import reaction
from monitor.model import Explanation, Exposure, Move, NoReaction, PriceSeries, Reaction
from monitor.pipeline.parts import Parts
from monitor.pipeline.placing import placed
from monitor.pipeline.viewing import View, as_known, known
from monitor.store.engine import Transaction

PAST: Final = 160  # sessions in which peers are found: an estimation window and what lies after it
NAMED: Final = 0.1  # exposure of a security to a story that only the reports of its move lead to
REMEMBERED: Final = 5000  # stories from whose reactions priors are learned
LIKE: Final = 0.09  # likeness to a report from which on such a story is looked at


def explained(parts: Parts, tx: Transaction, view: View, move: Move) -> Explanation:
    """Why a security moved as it did."""
    scene = scene_of(parts, tx, view, move)
    abnormal = abnormal_of(parts, view.series, view.benchmark, move.session)
    found = explain(
        scene,
        abnormal,
        candidates(parts, tx, view, scene),
        as_of=view.as_of,
        weights=Weights(max_p=parts.config.tables.study.max_p),
    )
    adjusted, looked_at = _among_others(parts, tx, view, abnormal, move.session)
    return replace(found, p_adjusted=adjusted, looked_at=looked_at)


def _among_others(
    parts: Parts,
    tx: Transaction,
    view: View,
    abnormal: Reaction | NoReaction,
    session: date,
) -> tuple[float | None, int]:
    """The p-value adjusted for how many securities were watched that session, and how many."""
    if isinstance(abnormal, NoReaction):
        return None, 1
    told = _p_values(parts, tx, session, view.as_of)
    others = [p_value for symbol, p_value in told.items() if symbol != view.symbol]
    return benjamini_hochberg([abnormal.p_value, *others])[0], 1 + len(others)


def _p_values(parts: Parts, tx: Transaction, session: date, as_of: datetime) -> Mapping[str, float]:
    """Of every watched security's abnormal return that session; a pass asks for it many times."""
    kept, key = parts.p_values, (as_of, session)
    if key not in kept:
        for old in [one for one in kept if one[0] != as_of]:
            del kept[old]
        found = {}
        for symbol in parts.watched:
            series = known(parts, parts.bars.series(tx, symbol), as_of)
            market = known(parts, parts.bars.series(tx, parts.benchmark_of(symbol)), as_of)
            one = abnormal_of(parts, series, market, session)
            if isinstance(one, Reaction):
                found[symbol] = one.p_value
        kept[key] = found
    return kept[key]


def candidates(parts: Parts, tx: Transaction, view: View, scene: Scene) -> tuple[StoryAt, ...]:
    """The stories that touch the security, and those that do not but that its reports speak of.

    A report may name as the cause what no rule connects with the security: a speech, a rival's
    product, a law on something else.
    """
    reports = [one for one in view.stories if tells_of(one, scene.move)]
    if not reports:
        return view.stories
    calendar = parts.sessions(view.symbol)
    since = calendar.close_of(scene.previous_sessions[0])
    touching = {one.story.id for one in view.stories}
    told = [
        one
        for one in tx.stories.told_between(since, min(view.as_of, scene.move.known_at))
        if one.id not in touching
    ]
    readings = tx.articles.of_stories([one.id for one in told], view.as_of)
    others = []
    for whole in told:
        own = [one for one in readings if one.article.id in whole.articles]
        story = as_known(whole, own)
        if story is not None and story.public_at < scene.move.known_at:
            exposure = Exposure(view.symbol, NAMED, story.id)
            others.append(placed(parts, story, own, exposure, view.series, view.benchmark))
    everything = [*view.stories, *others]
    pointing = pointed_at(reports, everything)
    named = [
        one
        for one, by in zip(everything, pointing, strict=True)
        if one.story.id not in touching and (by.likeness or 0.0) >= LIKE
    ]
    return (*view.stories, *named)


def abnormal_of(
    parts: Parts, series: PriceSeries, benchmark: PriceSeries, session: date
) -> Reaction | NoReaction:
    """The abnormal return of a session alone."""
    study = parts.config.tables.study
    return reaction(series, benchmark, session, window=(0, 0), length=study.length, gap=study.gap)


def scene_of(parts: Parts, tx: Transaction, view: View, move: Move) -> Scene:
    """What is known of a move apart from the stories."""
    calendar = parts.sessions(view.symbol)
    before = [move.session]
    for _ in range(LOOKBACK):
        before.append(calendar.previous(before[-1]))
    return Scene(
        move=move,
        opened=calendar.open_of(move.session),
        previous_sessions=tuple(before[1:]),
        priors=_priors(parts, tx, before[-1]),
        common=_common(parts, tx, view, move),
    )


def _priors(parts: Parts, tx: Transaction, before: date) -> Mapping[str, float]:
    """Type of event → how likely it moves a price, by the rules and what was seen before a session.

    Read once for each such session: a pass asks for many moves of one day.
    """
    told = parts.priors.get(before)
    if told is None:
        max_p = parts.config.tables.study.max_p
        past = tx.signals.outcomes(before, REMEMBERED)
        told = learned(
            {rule.id: rule.prior for rule in parts.rules.events.values()},
            [Outcome(kinds, p_value <= max_p) for kinds, p_value in past],
        )
        parts.priors.clear()
        parts.priors[before] = told
    return told


def _common(parts: Parts, tx: Transaction, view: View, move: Move) -> float | None:
    """How much of the move the other watched securities and the sector made too."""
    others = [*parts.watched, *parts.benchmarks]
    series = {
        one: known(parts, parts.bars.series(tx, one), view.as_of)
        for one in others
        if one not in (view.symbol, view.benchmark.symbol)
    }
    market = _returns(view.benchmark, move.session)
    own = _beyond(_returns(view.series, move.session), market)
    peers = [_beyond(_returns(one, move.session), market) for one in series.values()]
    return common_share(own, peers, move.session)


def _returns(series: PriceSeries, until: date) -> dict[date, float]:
    """Simple returns of adjusted closes over the last sessions."""
    bars = [one for one in series.bars if one.session <= until][-PAST:]
    return {
        after.session: after.adj_close / before.adj_close - 1
        for before, after in pairwise(bars)
        if before.adj_close and after.adj_close
    }


def _beyond(returns: dict[date, float], market: dict[date, float]) -> dict[date, float]:
    return {day: value - market[day] for day, value in returns.items() if day in market}
