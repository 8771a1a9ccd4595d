"""The vocabulary: one frozen type for each moment of the data, read from top to bottom.

Units, everywhere: a return is a fraction (0.139 is +13.9 %), a percent is only what an article
says (`Claim.percent`) and what is set against it. Every datetime is aware and UTC. A session is a
trading day, named by its date in the exchange's zone.

`published_at` is what a source claims; `seen_at` is when we learned it; `as_of` is the newest
information a decision used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

# ---------------------------------------------------------------- ingest


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One entry as a source gave it, markup removed."""

    source: str  # the source's name in the configuration
    outlet: str  # who is said to have written it; the source's name where it does not say
    guid: str | None
    url: str | None  # as given, made absolute
    title: str
    text: str
    published_at: datetime | None  # None: the source gives no date that can be read
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Article:
    """An item that is kept: the same words from the same place are one article.

    Offsets of everything extracted count characters of `content`.
    """

    id: str  # 16 hex digits, stable over runs
    source: str
    outlet: str
    url: str | None  # canonical: no tracking parameters, no fragment
    title: str
    text: str
    published_at: datetime | None
    seen_at: datetime
    revises: str | None = None  # the article of which this is a later wording
    author: str | None = None  # as its page names them
    page: str | None = None  # why `text` is not that of the whole page, where it was asked for

    @property
    def content(self) -> str:
        return f"{self.title}\n{self.text}" if self.title else self.text

    @property
    def said_at(self) -> datetime:
        """The time its words are read against: its own date, or when it was first seen."""
        if self.published_at is None:
            return self.seen_at
        return min(self.published_at, self.seen_at)


@dataclass(frozen=True, slots=True)
class Version:
    """A wording of an article that is kept, as later items are held against it."""

    article: str  # id of the first one
    source: str
    title: str
    text: str  # empty where there is a digest
    words: str | None  # digest of what its source said; None: that is `title` and `text`
    seen_at: datetime
    aliases: int = 0  # guids and addresses that the article was found to have besides its first


@dataclass(frozen=True, slots=True)
class Passage:
    """When an article came out, was seen, was read, was told in an alert. None: not (yet)."""

    published_at: datetime | None
    seen_at: datetime
    read_at: datetime | None
    alerted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a source has been read. `etag` and `last_modified` are what its server gave to ask
    "has it changed?" with, byte for byte; `position` is the source's own mark."""

    etag: str | None = None
    last_modified: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """What a server or a feed asks of whoever polls it."""

    fresh_for: float | None = None  # seconds in which it says that nothing new will come
    skip_hours: frozenset[int] = frozenset()  # of the day, in UTC
    skip_days: frozenset[int] = frozenset()  # of the week, Monday is 0, in UTC
    moved_to: str | None = None  # the address that it is permanently redirected to
    # the part of `fresh_for` that the document itself asks for; it holds until another one comes
    ttl: float | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    """A source answered. `items` is empty where nothing has changed."""

    source: str
    items: tuple[FeedItem, ...]
    cursor: Cursor
    not_modified: bool = False
    notes: tuple[str, ...] = ()  # what was odd but survived: a broken feed, an undated item
    advice: Advice = Advice()


@dataclass(frozen=True, slots=True)
class PollFailed:
    """A source gave nothing usable. Data, not an exception: the others go on."""

    source: str
    url: str
    what: str
    status: int | None = None  # HTTP status where there was one
    retry_after: float | None = None  # seconds, where the server asks for it


PollOutcome = Polled | PollFailed


@dataclass(frozen=True, slots=True)
class Habits:
    """How a source publishes, by what it has given so far."""

    arrivals: tuple[int, ...] = ()  # when its newest items came out, Unix seconds, ascending
    most: int = 0  # new items that one poll has brought, the first poll not counted
    flood: int = 0  # new items of the last poll that brought any, where that was far too many
    items: int = 0  # in its last document
    undated: int = 0  # of these, without a date that can be read
    ttl: float | None = None  # these three as in Advice
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SourceState:
    """How it went with a news source. None: never yet."""

    name: str
    cursor: Cursor = Cursor()
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    item_at: datetime | None = None  # when it last had something new
    failures: int = 0  # in a row
    not_before: datetime | None = None  # until when its server asks not to be asked
    last_error: str | None = None
    url: str | None = None  # its address in the configuration, of which all this was learned
    begun_at: datetime | None = None  # when it was first asked there
    moved_to: str | None = None  # where that address is permanently redirected to
    gone_at: datetime | None = None  # since when its server says that it is gone for good
    habits: Habits = Habits()


# ---------------------------------------------------------------- extract

EntityType = Literal[
    "person", "institution", "company", "material", "instrument", "place", "country"
]
Status = Literal["occurred", "announced", "considered", "denied", "reversed"]
Basis = Literal[
    "intraday-high", "intraday-low", "close", "open", "premarket", "afterhours", "unspecified"
]
Direction = Literal["up", "down"]
ExtremeKind = Literal["high", "low"]
Bound = Literal["at-least", "at-most"]


@dataclass(frozen=True, slots=True)
class Mention:
    """An entity named in a text, `content[start:end] == text`."""

    id: str
    type: EntityType
    name: str
    symbol: str | None
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something a text says has happened, may happen, or will not."""

    type: str
    status: Status
    trigger: Span
    actors: tuple[str, ...]  # entity ids: who does it
    targets: tuple[str, ...]  # entity ids: to what or whom
    symbols: tuple[str, ...]  # securities touched, directly or by the exposure table
    score: float  # 0 to 1: how sure the rule is
    rule: str  # `event type.number of the pattern`, counted from 1
    sentence: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable statement about a price.

    At least one of `percent` and `extreme` is there. `extreme` without `since` means "ever".
    `since` is what the text says: `2023`, `2023-03`, `2023-03-14`, or with no year
    `--03`, `--03-14`.
    """

    symbol: str
    direction: Direction
    percent: float | None  # always positive; 17.0 for "17%"
    basis: Basis
    day: date  # the session it speaks of, in the exchange's zone
    extreme: ExtremeKind | None
    since: str | None
    text: str
    start: int
    end: int
    # digits after the point in the text: "17%" covers 16.5 to 17.5; -1: whole tens, "doubled"
    decimals: int = 0
    approx: bool = False  # "nearly", "about", "more than": the figure is rounded by its writer
    bound: Bound | None = None  # "more than", "under": on that side the text leaves it open


@dataclass(frozen=True, slots=True)
class Exposure:
    """How strongly a security is touched: 1 is the company itself."""

    symbol: str
    weight: float
    via: str  # the entity id that leads to it


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was understood of one article."""

    article: str  # Article.id
    mentions: tuple[Mention, ...]
    events: tuple[Event, ...]
    claims: tuple[Claim, ...]
    exposures: tuple[Exposure, ...]  # strongest first, one a symbol
    unread: int = 0  # characters at the end of a text that is too long to be read whole
    skipped: str | None = None  # why nothing was read: "language: de"


@dataclass(frozen=True, slots=True)
class Reading:
    """An article with what was understood of it."""

    article: Article
    extraction: Extraction


@dataclass(frozen=True, slots=True)
class FirstTold:
    """Who was first with a story, by what the outlets claim, though never before we saw it."""

    outlet: str
    at: datetime
    article: str  # Article.id


@dataclass(frozen=True, slots=True)
class Told:
    """That a story told of a matter, as the store finds it under `key`."""

    key: str
    story_id: str
    article: str  # Article.id of the one that did
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """One piece of news, however many outlets carry it."""

    id: str
    title: str  # of the article seen first
    url: str | None
    first_seen_at: datetime
    first_source: str  # outlet of the article seen first
    last_seen_at: datetime
    articles: tuple[str, ...]  # ids, first seen first
    outlets: tuple[str, ...]  # distinct, first seen first
    entities: tuple[str, ...]  # ids, sorted
    events: tuple[tuple[str, Status], ...]  # told by half of its articles, first told first
    exposures: tuple[Exposure, ...]
    # every event that any article tells, with how many do: one alone may be background
    tellings: tuple[tuple[str, Status, int], ...] = ()
    said_at: datetime | None = None  # the earliest time that one of its articles claims
    first_told: FirstTold | None = None  # None: kept by a program that did not ask
    follows: str | None = None  # id of the earlier story that this one takes further
    # days since a story last told of such an event (same type, about one of the same) when this
    # one began; None: none had, or it tells of no event
    novelty: float | None = None

    @property
    def public_at(self) -> datetime:
        """Since when prices could show it: what the sources say, but never after we saw it."""
        if self.said_at is None:
            return self.first_seen_at
        return min(self.said_at, self.first_seen_at)


# ---------------------------------------------------------------- market


@dataclass(frozen=True, slots=True)
class DataNote:
    """Something about the data that a reader of a number must know."""

    code: str  # e.g. "missing-session", "no-raw-prices", "stale", "split-suspected"
    symbol: str
    session: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One session. None: the source does not give it, which is not zero.

    Raw prices are as traded; `adj_close` is adjusted for splits and dividends.
    """

    session: date
    open: float | None
    high: float | None
    low: float | None
    close: float | None
    adj_close: float | None
    volume: float | None


@dataclass(frozen=True, slots=True)
class IntradayBar:
    start: datetime
    minutes: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None


@dataclass(frozen=True, slots=True)
class CorporateAction:
    """What changes a price without anyone having traded."""

    session: date  # the first that trades without the dividend, or in new shares
    kind: Literal["split", "dividend"]
    value: float  # new shares for each old one; or money a share


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """Daily bars of one security, ascending and without duplicates."""

    symbol: str
    bars: tuple[Bar, ...]
    source: str  # the provider's name
    notes: tuple[DataNote, ...] = ()
    intraday: tuple[IntradayBar, ...] = ()
    actions: tuple[CorporateAction, ...] = ()  # ascending by session


@dataclass(frozen=True, slots=True)
class Quote:
    """The last price of a security while its exchange is open."""

    symbol: str
    at: datetime  # when it was traded, by the source
    price: float
    previous_close: float | None
    volume: float | None  # of the session so far
    source: str


@dataclass(frozen=True, slots=True)
class Extreme:
    """How far back one has to go for a session as high (or low) as this one.

    `since` is that session; None: there is none in the bars at hand, which begin at `first`.
    """

    kind: ExtremeKind
    basis: Literal["close", "intraday"]
    since: date | None
    sessions: int  # how many sessions the extreme covers, this one not counted
    first: date


@dataclass(frozen=True, slots=True)
class Move:
    """What a security did in one session, against the close before it.

    None: the bars at hand do not tell.
    """

    symbol: str
    session: date
    previous_session: date
    previous_close: float  # raw where there is one, else adjusted
    close: float
    ret: float
    gap: float | None
    high_ret: float | None
    low_ret: float | None
    volume_ratio: float | None  # against the median of the 20 sessions before
    extremes: tuple[Extreme, ...]
    known_at: datetime  # the session's close; of a provisional move, its last price
    notes: tuple[DataNote, ...] = ()
    premarket_ret: float | None = None  # last price before the open, against the close before
    afterhours_ret: float | None = None  # last price after the close, against this close
    began_at: datetime | None = None  # its change point, where intraday bars tell
    provisional: bool = False  # the session had not closed


# ---------------------------------------------------------------- correlate

Timing = Literal["news-first", "price-first", "unknown"]
MoveVerdict = Literal["explained", "weakly-explained", "unexplained", "no-move"]
ClaimOutcome = Literal["confirmed", "contradicted", "unverifiable"]
Reason = Literal["named", "unknown", "not-told"]  # what a report of a move says of its cause
ReturnModel = Literal["constant-mean", "market-adjusted", "market", "two-factor"]


@dataclass(frozen=True, slots=True)
class Reaction:
    """Abnormal return of a security around an event session, by a model of its normal return.

    `beta` is of the benchmark; 0 where the model has none (constant mean), 1 by definition in the
    market-adjusted one.
    """

    symbol: str
    benchmark: str
    event_session: date
    window: tuple[int, int]  # sessions relative to the event session, both included
    alpha: float
    beta: float
    residual_std: float
    n_obs: int
    ar: tuple[float, ...]  # one for each session of the window
    car: float
    car_std_error: float
    t_stat: float
    p_value: float  # two-sided, Student's t with as many degrees of freedom as residual_std
    note: str | None = None
    model: ReturnModel = "market"
    sector: str | None = None  # the second factor of the two-factor model
    sector_beta: float | None = None
    # the event session's abnormal return against the median and the median absolute deviation
    # of the estimation window's: unmoved by an outlier there
    robust_z: float | None = None
    flags: tuple[str, ...] = ()  # e.g. "thin-trading", "overlap": reasons to trust it less


@dataclass(frozen=True, slots=True)
class NoReaction:
    """Why there is no abnormal return: said, never a silent number."""

    symbol: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim beside what the bars say. `reason` is there where it is unverifiable."""

    claim: Claim
    article: str
    verdict: ClaimOutcome
    measured: float | None  # percent, signed
    extreme_verdict: ClaimOutcome | None  # None: the claim names no extreme
    measured_since: date | None  # the last session that was higher (lower) by the same basis
    reason: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that may be why a security moved."""

    story: Story
    score: float  # 0 to 1
    reasons: Mapping[str, float]  # the score, term by term
    timing: Timing
    reaction: Reaction | NoReaction
    reports: tuple[str, ...] = ()  # ids of stories that report the move and point at this one


@dataclass(frozen=True, slots=True)
class Explanation:
    """A session's move and its candidate stories, best first."""

    symbol: str
    session: date
    move: Move
    abnormal: Reaction | NoReaction  # the session alone, window (0, 0)
    verdict: MoveVerdict
    candidates: tuple[Candidate, ...]
    as_of: datetime
    common: float | None = None  # the part of the move that its peers made too, 0 to 1
    # the p-value of `abnormal` once it is allowed for that `looked_at` securities were watched
    p_adjusted: float | None = None
    looked_at: int = 1


@dataclass(frozen=True, slots=True)
class StorySignal:
    """A story that touches a watched security, with the security's reaction once there is one."""

    symbol: str
    story: Story
    exposure: Exposure
    reaction: Reaction | NoReaction
    claims: tuple[CheckedClaim, ...]
    as_of: datetime

    @property
    def key(self) -> str:
        return f"story/{self.story.id}/{self.symbol}"


@dataclass(frozen=True, slots=True)
class MoveSignal:
    """A large move of a watched security, explained or not."""

    symbol: str
    explanation: Explanation
    claims: tuple[CheckedClaim, ...]
    as_of: datetime

    @property
    def key(self) -> str:
        return f"move/{self.symbol}/{self.explanation.session.isoformat()}"


Signal = StorySignal | MoveSignal

# ---------------------------------------------------------------- deliver

Severity = Literal["info", "warning", "critical"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of an alert rule, with the value it met: the reason, not a boolean."""

    name: str
    wanted: str
    value: str
    held: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule made of a signal. It fires when every condition held."""

    rule: str
    signal: str  # Signal.key
    conditions: tuple[Condition, ...]

    @property
    def fires(self) -> bool:
        return all(condition.held for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Alert:
    """What is told to people. `body` is the public JSON form, see docs/alerts.md."""

    id: str
    fingerprint: str  # the same rule about the same thing: told once
    subject: str  # the thing: `story/ID`, or `move/SYMBOL/DATE`
    rule: str
    severity: Severity
    starts_at: datetime
    as_of: datetime
    title: str
    summary: str
    symbol: str | None
    conditions: tuple[Condition, ...]
    body: Mapping[str, Any]


DeliveryState = Literal["pending", "sent", "dead"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox: one message to one channel."""

    idempotency_key: str
    channel: str
    kind: Literal["alert", "digest"]
    subject: str  # Alert.id, or `recipient/date` of a digest
    body: Mapping[str, Any]
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime
    last_error: str | None = None


# ---------------------------------------------------------------- a pass


@dataclass(frozen=True, slots=True)
class StageReport:
    """What one stage of a pass did, for the person who started it."""

    stage: str
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()  # each names its source, symbol or channel
