"""What a digest is made of: first what goes in, then what comes out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from monitor.model import (
    CheckedClaim,
    ClaimOutcome,
    DataNote,
    Direction,
    Explanation,
    MoveVerdict,
    PriceSeries,
    Reading,
    StorySignal,
)

# ---------------------------------------------------------------- what goes in


@dataclass(frozen=True, slots=True)
class DayMove:
    """A session's move, explained or not. `series` is drawn; None: without a chart."""

    explanation: Explanation
    series: PriceSeries | None = None


@dataclass(frozen=True, slots=True)
class DigestInput:
    """All that is known of a day, by `as_of`."""

    day: date  # in `zone`
    zone: tzinfo  # the reader's; times are told in it
    as_of: datetime
    moves: tuple[DayMove, ...]  # of every watched security, ordinary days too
    stories: tuple[StorySignal, ...]  # stories that began or grew on the day
    claims: tuple[CheckedClaim, ...]  # made on the day
    readings: Mapping[str, Reading]  # by Article.id: of the claims and candidate stories
    company_of: Callable[[str], str]  # the company behind a symbol
    event_name: Callable[[str], str]
    articles: int = 0  # how many were read that day
    sources: int = 0  # how many were asked
    problems: tuple[str, ...] = ()  # each names its source, symbol or channel
    notes: tuple[DataNote, ...] = ()


# ---------------------------------------------------------------- what comes out


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class ClaimLine:
    symbol: str
    text: str
    sources: str
    url: str | None
    verdict: ClaimOutcome  # contradicted where either of its parts is
    told: str


@dataclass(frozen=True, slots=True)
class StoryLine:
    number: int  # counted from 1 in its list; the chart's marks say the same number
    title: str
    url: str | None
    first: str  # who was first, and when
    others: str  # who followed
    says: tuple[tuple[str, str], ...]  # event, and its status in plain words
    timing: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class ChartWanted:
    """What `chart.price_chart` needs. `name` is also the file's."""

    name: str
    alt: str
    series: PriceSeries
    symbol_name: str
    marks: tuple[tuple[date, str], ...]
    until: date


@dataclass(frozen=True, slots=True)
class MoveCard:
    """A move that a story explains."""

    symbol: str
    name: str
    percent: str
    direction: Direction
    verdict: MoveVerdict
    verdict_told: str
    figures: tuple[Figure, ...]
    unusual: str
    stories: tuple[StoryLine, ...]
    claims: tuple[ClaimLine, ...]
    chart: ChartWanted | None


@dataclass(frozen=True, slots=True)
class MoveRow:
    symbol: str
    name: str
    percent: str
    direction: Direction
    abnormal: str
    p: str
    reason: str
    verdict: MoveVerdict


@dataclass(frozen=True, slots=True)
class Touched:
    symbol: str
    told: str


@dataclass(frozen=True, slots=True)
class Developing:
    """A story that touches what is watched."""

    title: str
    url: str | None
    first: str
    others: str
    says: tuple[tuple[str, str], ...]
    touched: tuple[Touched, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    day: date
    title: str
    subject: str
    as_of: str
    lines: tuple[str, ...]  # the day in at most five
    cards: tuple[MoveCard, ...] = ()
    moves: tuple[MoveRow, ...] = ()
    wrong: tuple[ClaimLine, ...] = ()  # claims found wrong that no card tells
    stories: tuple[Developing, ...] = ()
    more_stories: int = 0  # how many are not shown
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Nothing happened and nothing is wrong."""
        moved = any(row.verdict != "no-move" for row in self.moves)
        return not (moved or self.wrong or self.stories or self.problems)

    @property
    def charts(self) -> tuple[ChartWanted, ...]:
        return tuple(card.chart for card in self.cards if card.chart)
