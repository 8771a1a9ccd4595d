"""A day → its digest: what happened, why, how sure, and what could not be known. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from monitor.deliver.body import quote_span, web_url
from monitor.deliver.digest_form import (
    ChartWanted,
    ClaimLine,
    DayMove,
    Developing,
    Digest,
    DigestInput,
    Figure,
    MoveCard,
    MoveRow,
    StoryLine,
    Touched,
)
from monitor.deliver.digest_lines import lines_of
from monitor.deliver.words import (
    PRICE_MOVE,
    STATUS,
    TIMING,
    abnormal,
    claim_verdict,
    count,
    day,
    is_contradicted,
    listed,
    moment,
    moved,
    not_whole,
    number,
    one_line,
    p_value,
    percent,
    significance,
    time_of,
)
from monitor.model import (
    Candidate,
    CheckedClaim,
    ClaimOutcome,
    Direction,
    Explanation,
    Extreme,
    Move,
    MoveVerdict,
    NoReaction,
    PriceSeries,
    Reaction,
    Story,
    StorySignal,
)

__all__ = ["DayMove", "Digest", "DigestInput", "build_digest"]

CARDS, ROWS, STORIES, CANDIDATES, CLAIMS = 5, 10, 8, 3, 4  # the most that is shown of each
OUTLETS_TOLD = 3
EXTREME_SESSIONS = 20  # an extreme of fewer sessions is not worth a word
VERDICT: dict[MoveVerdict, str] = {
    "explained": "explained",
    "weakly-explained": "weakly explained",
    "unexplained": "unexplained",
    "no-move": "within the ordinary",
}
SIGNIFICANT = 0.05
EXPLAINED: tuple[MoveVerdict, ...] = ("explained", "weakly-explained")


def build_digest(given: DigestInput) -> Digest:
    moves = sorted(given.moves, key=_size, reverse=True)
    explained = sorted(
        (each for each in moves if each.explanation.verdict in EXPLAINED),
        key=lambda each: (EXPLAINED.index(each.explanation.verdict), _is_chance(each)),
    )
    stories = _by_story(given.stories)
    shown_above = {
        candidate.story.id
        for each in explained[:CARDS]
        for candidate in each.explanation.candidates[:CANDIDATES]
    }
    others = [signals for signals in stories if signals[0].story.id not in shown_above]
    cards = tuple(_card(each, given) for each in explained[:CARDS])
    told = {claim for card in cards for claim in card.claims}
    wrong = _claim_lines((each for each in given.claims if is_contradicted(each)), given)
    return Digest(
        day=given.day,
        title=f"{given.day:%A} {day(given.day)}",
        subject=_subject(given, moves),
        as_of=moment(given.as_of, given.zone),
        lines=lines_of(given, moves, explained, others),
        cards=cards,
        moves=tuple(_row(each.explanation, given) for each in moves[:ROWS]),
        wrong=tuple(claim for claim in wrong if claim not in told),
        stories=tuple(_developing(signals, given) for signals in others[:STORIES]),
        more_stories=max(len(others) - STORIES, 0),
        problems=tuple(one_line(problem) for problem in given.problems),
        notes=_notes(given),
    )


def _is_chance(each: DayMove) -> bool:
    """Whether the move is no larger than chance gives; the sure ones are told first."""
    abnormal = each.explanation.abnormal
    return not isinstance(abnormal, Reaction) or abnormal.p_value > SIGNIFICANT


def _size(each: DayMove) -> float:
    return abs(each.explanation.move.ret)


def _direction(value: float) -> Direction:
    return "up" if value >= 0 else "down"


def _subject(given: DigestInput, moves: Sequence[DayMove]) -> str:
    told = [
        f"{each.explanation.symbol} {moved(each.explanation.move)}"
        for each in moves
        if each.explanation.verdict != "no-move"
    ][:3]
    return one_line(f"{day(given.day)}: {', '.join(told) or 'no unusual moves'}")


# ---------------------------------------------------------------- moves


def _card(each: DayMove, given: DigestInput) -> MoveCard:
    explanation = each.explanation
    move = explanation.move
    claims = (claim for claim in given.claims if claim.claim.symbol == explanation.symbol)
    candidates = explanation.candidates[:CANDIDATES]
    return MoveCard(
        symbol=explanation.symbol,
        name=given.company_of(explanation.symbol),
        percent=moved(move),
        direction=_direction(move.ret),
        verdict=explanation.verdict,
        verdict_told=VERDICT[explanation.verdict],
        figures=_figures(explanation),
        unusual=_unusual(explanation),
        stories=tuple(
            _story_line(place, candidate, given)
            for place, candidate in enumerate(candidates, start=1)
        ),
        claims=_claim_lines(claims, given)[:CLAIMS],
        chart=_chart(each, given),
    )


def _figures(explanation: Explanation) -> tuple[Figure, ...]:
    move = explanation.move
    figures = [
        Figure(
            "So far" if move.provisional else "Close",
            percent(move.ret),
            f"{number(move.previous_close)} → {number(move.close)}",
            _direction(move.ret),
        )
    ]
    within = ("Intraday high", move.high_ret) if move.ret >= 0 else ("Intraday low", move.low_ret)
    if within[1] is not None:
        at = f"at {number(move.previous_close * (1 + within[1]))}"
        figures.append(Figure(within[0], percent(within[1]), at, _direction(within[1])))
    if isinstance(explanation.abnormal, Reaction):
        reaction = explanation.abnormal
        told = Figure(
            "Abnormal", percent(reaction.car), significance(reaction), _direction(reaction.car)
        )
        figures.append(told)
    if move.volume_ratio is not None:
        figures.append(Figure("Volume", f"{number(move.volume_ratio, 1)}×", "20-session median"))
    return tuple(figures)


def _unusual(explanation: Explanation) -> str:
    extremes = [told for each in explanation.move.extremes if (told := _extreme(each))]
    reaction = explanation.abnormal
    if isinstance(reaction, NoReaction):
        return " ".join([abnormal(reaction), *extremes])
    against = (
        f"Abnormal is what {reaction.benchmark} does not account for, "
        f"judged by {count(reaction.n_obs, 'earlier session')}."
    )
    notes = [f"{one_line(reaction.note)}."] if reaction.note else []
    return " ".join([*extremes, against, *notes])


def _extreme(extreme: Extreme) -> str | None:
    if extreme.sessions < EXTREME_SESSIONS:
        return None
    what = f"{extreme.kind.title()}est {'close' if extreme.basis == 'close' else 'price'}"
    if extreme.since is None:
        return f"{what} in the bars at hand, which begin on {day(extreme.first)}."
    return f"{what} since {day(extreme.since)}."


def _row(explanation: Explanation, given: DigestInput) -> MoveRow:
    reaction = explanation.abnormal
    known = reaction if isinstance(reaction, Reaction) else None
    return MoveRow(
        symbol=explanation.symbol,
        name=given.company_of(explanation.symbol),
        percent=moved(explanation.move),
        direction=_direction(explanation.move.ret),
        abnormal=percent(known.car) if known else "–",
        p=p_value(known.p_value).removeprefix("p ").removeprefix("= ") if known else "–",
        reason=_reason(explanation),
        verdict=explanation.verdict,
    )


def _reason(explanation: Explanation) -> str:
    if explanation.verdict in EXPLAINED and explanation.candidates:
        story = explanation.candidates[0].story
        return f"{one_line(story.title, 120)} ({one_line(story.first_source, 40)})"
    if explanation.verdict == "no-move":
        return "Within the ordinary."
    if isinstance(explanation.abnormal, Reaction):
        return "No story explains this move."
    return f"No story explains this move; {one_line(explanation.abnormal.reason)}."


def _chart(each: DayMove, given: DigestInput) -> ChartWanted | None:
    explanation = each.explanation
    if each.series is None or not _closes_on(each.series, explanation.session):
        return None
    name = given.company_of(explanation.symbol)
    stem = re.sub(r"[^A-Za-z0-9.-]", "_", explanation.symbol)
    move: Move = explanation.move
    return ChartWanted(
        name=f"{stem}-{explanation.session.isoformat()}.png",
        alt=(
            f"{name}, daily closes to {day(explanation.session)}: {percent(move.ret)} "
            f"to {number(move.close)}"
        ),
        series=each.series,
        symbol_name=name,
        marks=tuple(
            (_session_of(candidate, explanation), str(place))
            for place, candidate in enumerate(explanation.candidates[:CANDIDATES], start=1)
        ),
        until=explanation.session,
    )


def _closes_on(series: PriceSeries, session: date) -> bool:
    return any(
        bar.session == session and (bar.close is not None or bar.adj_close is not None)
        for bar in series.bars
    )


def _session_of(candidate: Candidate, explanation: Explanation) -> date:
    if isinstance(candidate.reaction, Reaction):
        return candidate.reaction.event_session
    return explanation.session


# ---------------------------------------------------------------- stories


def _story_line(place: int, candidate: Candidate, given: DigestInput) -> StoryLine:
    story = candidate.story
    return StoryLine(
        number=place,
        title=one_line(story.title),
        url=web_url(story.url),
        first=_first(story, given),
        others=_others(story),
        says=_says(story, given),
        timing=TIMING[candidate.timing],
        quote=_quote(story, given),
    )


def _first(story: Story, given: DigestInput) -> str:
    at = time_of(story.first_seen_at, given.day, given.zone)
    own = [given.readings[one].article for one in story.articles if one in given.readings]
    told = [f"{one_line(story.first_source, 60)}, {at}", not_whole(own)]
    return ", ".join(filter(None, told))


def _others(story: Story) -> str:
    others = [one_line(outlet, 60) for outlet in story.outlets if outlet != story.first_source]
    told = others[:OUTLETS_TOLD]
    if len(others) > OUTLETS_TOLD:
        told = [*told, f"{len(others) - OUTLETS_TOLD} more"]
    return listed(told)


def _says(story: Story, given: DigestInput) -> tuple[tuple[str, str], ...]:
    return tuple(
        (given.event_name(kind), STATUS[status])
        for kind, status in story.events
        if kind != PRICE_MOVE
    )


def _quote(story: Story, given: DigestInput) -> str | None:
    """The sentence of the story's first event, from the first article that has it."""
    for article in story.articles:
        reading = given.readings.get(article)
        span = quote_span(reading, story.events[0]) if reading and story.events else None
        if reading and span:
            return one_line(reading.article.content[span[0] : span[1]])
    return None


def _by_story(signals: Iterable[StorySignal]) -> list[list[StorySignal]]:
    """Signals of one story together; stories that many outlets carry first, then the newest."""
    grouped: dict[str, list[StorySignal]] = {}
    for signal in signals:
        grouped.setdefault(signal.story.id, []).append(signal)
    for group in grouped.values():
        group.sort(key=lambda signal: -signal.exposure.weight)
    newest = sorted(grouped.values(), key=lambda group: group[0].story.first_seen_at, reverse=True)
    return sorted(newest, key=lambda group: len(group[0].story.outlets), reverse=True)


def _developing(signals: Sequence[StorySignal], given: DigestInput) -> Developing:
    story = signals[0].story
    return Developing(
        title=one_line(story.title),
        url=web_url(story.url),
        first=_first(story, given),
        others=_others(story),
        says=_says(story, given),
        touched=tuple(Touched(signal.symbol, _reacted(signal)) for signal in signals),
    )


def _reacted(signal: StorySignal) -> str:
    if isinstance(signal.reaction, Reaction):
        return f"{percent(signal.reaction.car)} abnormal, {p_value(signal.reaction.p_value)}"
    return "no reaction measured"


# ---------------------------------------------------------------- claims and notes

ORDER: tuple[ClaimOutcome, ...] = ("contradicted", "confirmed", "unverifiable")


def _claim_lines(claims: Iterable[CheckedClaim], given: DigestInput) -> tuple[ClaimLine, ...]:
    """Wrong ones first; the same figure said by several outlets is one line."""
    same: dict[tuple[object, ...], list[CheckedClaim]] = {}
    for checked in claims:
        claim = checked.claim
        parts = (claim.symbol, claim.direction, claim.percent, claim.basis, claim.day)
        same.setdefault((*parts, claim.extreme, claim.since), []).append(checked)
    lines = [_claim_line(group, given) for group in same.values()]
    return tuple(sorted(lines, key=lambda line: ORDER.index(line.verdict)))


def _claim_line(group: Sequence[CheckedClaim], given: DigestInput) -> ClaimLine:
    checked = group[0]
    readings = [given.readings[each.article] for each in group if each.article in given.readings]
    outlets = dict.fromkeys(one_line(reading.article.outlet, 60) for reading in readings)
    told = list(outlets)[:OUTLETS_TOLD]
    if len(outlets) > OUTLETS_TOLD:
        told.append(f"{len(outlets) - OUTLETS_TOLD} more")
    return ClaimLine(
        symbol=checked.claim.symbol,
        text=one_line(checked.claim.text, 160),
        sources=listed(told),
        url=next((web_url(reading.article.url) for reading in readings), None),
        verdict="contradicted" if is_contradicted(checked) else checked.verdict,
        told=claim_verdict(checked),
    )


def _notes(given: DigestInput) -> tuple[str, ...]:
    of_moves = [note for each in given.moves for note in each.explanation.move.notes]
    told = [f"{note.symbol}: {one_line(note.text)}" for note in (*given.notes, *of_moves)]
    return tuple(dict.fromkeys(told))
