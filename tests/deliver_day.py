"""The twelfth of June 2025 as the stages before delivery would hand it over, for tests.

Prices are the real ones; the articles' words are this project's own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from monitor.deliver.digest import DayMove, DigestInput
from monitor.model import (
    Article,
    Candidate,
    CheckedClaim,
    Claim,
    DataNote,
    Event,
    Explanation,
    Exposure,
    Extraction,
    Extreme,
    Move,
    MoveSignal,
    MoveVerdict,
    NoReaction,
    Reaction,
    Reading,
    Span,
    Status,
    Story,
    StorySignal,
)
from tests.bars import real

DAY = date(2025, 6, 12)
NOW = datetime(2025, 6, 13, 2, 0, tzinfo=UTC)
CLOSE = datetime(2025, 6, 12, 20, 0, tzinfo=UTC)
NAMES = {"MP": "MP Materials", "UUUU": "Energy Fuels", "GM": "General Motors", "F": "Ford"}
ENTITIES = {"mp-materials": "MP Materials", "rare-earths": "rare earths"}
EVENTS = {
    "dpa-invocation": "Use of the Defense Production Act",
    "public-funding": "Public funding",
    "trade-agreement": "Trade agreement",
    "export-restriction": "Export restriction",
    "price-move": "Price move",
}


def company_of(symbol: str) -> str:
    return NAMES.get(symbol, symbol)


def name_of(entity: str) -> str:
    return ENTITIES.get(entity, entity)


def event_name(kind: str) -> str:
    return EVENTS.get(kind, kind)


TITLE = "Washington weighs a Cold War law to pay for rare-earth mines"
SENTENCE = (
    "The administration is considering the Defense Production Act to finance mining and "
    "processing, people who know the plan said."
)
TEXT = f"{SENTENCE} MP Materials rose as much as 17%, the highest since March."


def article(
    number: int, outlet: str, at: datetime, title: str = TITLE, text: str = TEXT
) -> Article:
    return Article(
        id=f"{number:016x}",
        source="feed",
        outlet=outlet,
        url=f"https://news.example/{number}",
        title=title,
        text=text,
        published_at=at,
        seen_at=at,
    )


FIRST = article(1, "Bloomberg", datetime(2025, 6, 12, 15, 30, tzinfo=UTC))
SECOND = article(
    2,
    "Investing.com",
    datetime(2025, 6, 12, 20, 30, tzinfo=UTC),
    "MP Materials jumps on report of funding",
    "MP Materials closed 14% up after a report of federal help.",
)
SUPPLY = article(
    3,
    "CNBC",
    datetime(2025, 6, 11, 14, 0, tzinfo=UTC),
    "China is to supply magnets up front, the president says",
    "China will supply magnets and rare earths up front.",
)


def event(kind: str, status: Status, of: Article, words: str, sentence: str) -> Event:
    at = of.content.index(words)
    start = of.content.index(sentence)
    return Event(
        type=kind,
        status=status,
        trigger=Span(words, at, at + len(words)),
        actors=(),
        targets=("rare-earths",),
        symbols=("MP",),
        score=0.9,
        rule=f"{kind}.1",
        sentence=(start, start + len(sentence)),
    )


def claim(of: Article, words: str, percent: float | None, **more: object) -> Claim:
    at = of.content.index(words)
    plain = Claim("MP", "up", percent, "close", DAY, None, None, words, at, at + len(words))
    return replace(plain, **more)  # type: ignore[arg-type]


HIGH = claim(
    FIRST,
    "as much as 17%, the highest since March",
    17.0,
    basis="intraday-high",
    extreme="high",
    since="--03",
)
CLOSED = claim(SECOND, "14% up", 14.0)
CLAIMS = (
    CheckedClaim(HIGH, FIRST.id, "confirmed", 16.849, "confirmed", date(2023, 3, 14), None),
    CheckedClaim(CLOSED, SECOND.id, "confirmed", 13.88, None, None, None),
)
WRONG = CheckedClaim(
    replace(CLOSED, percent=19.0, text="19% up"),
    SECOND.id, "contradicted", 13.88, None, None, None,
)  # fmt: skip
LATE = CheckedClaim(
    replace(CLOSED, percent=8.5, basis="afterhours", text="8.5% after hours"),
    SECOND.id, "unverifiable", None, None, None, "no bars outside the regular session",
)  # fmt: skip


def reading(of: Article, *events: Event) -> Reading:
    return Reading(of, Extraction(of.id, (), events, (), (Exposure("MP", 1.0, "mp-materials"),)))


READINGS = (
    reading(
        FIRST,
        event("dpa-invocation", "considered", FIRST, "considering", SENTENCE),
        event("public-funding", "considered", FIRST, "finance", SENTENCE),
        event("price-move", "occurred", FIRST, "rose", "MP Materials rose as much as 17%"),
    ),
    reading(
        SECOND, event("price-move", "occurred", SECOND, "closed", "MP Materials closed 14% up")
    ),
    reading(SUPPLY, event("trade-agreement", "announced", SUPPLY, "supply", SUPPLY.text)),
)

STORY = Story(
    id="a" * 16,
    title=FIRST.title,
    url=FIRST.url,
    first_seen_at=FIRST.seen_at,
    first_source="Bloomberg",
    last_seen_at=SECOND.seen_at,
    articles=(FIRST.id, SECOND.id),
    outlets=("Bloomberg", "Investing.com", "Rare Earth Exchanges", "Stocktwits", "TipRanks"),
    entities=("mp-materials", "rare-earths"),
    events=(
        ("dpa-invocation", "considered"),
        ("public-funding", "considered"),
        ("price-move", "occurred"),
    ),
    exposures=(Exposure("MP", 1.0, "mp-materials"), Exposure("UUUU", 0.5, "rare-earths")),
)
TRADE = replace(
    STORY,
    id="b" * 16,
    title=SUPPLY.title,
    url=SUPPLY.url,
    first_seen_at=SUPPLY.seen_at,
    first_source="CNBC",
    last_seen_at=SUPPLY.seen_at,
    articles=(SUPPLY.id,),
    outlets=("CNBC", "DW"),
    events=(("trade-agreement", "announced"),),
    exposures=(Exposure("MP", 0.7, "rare-earths"),),
)
REACTION = Reaction(
    symbol="MP",
    benchmark="SPY",
    event_session=DAY,
    window=(0, 0),
    alpha=0.002,
    beta=1.4,
    residual_std=0.045,
    n_obs=120,
    ar=(0.1323,),
    car=0.1323,
    car_std_error=0.0453,
    t_stat=2.92,
    p_value=0.0042,
)
BEFORE = replace(REACTION, event_session=date(2025, 6, 11), ar=(-0.06,), car=-0.06, p_value=0.19)
MOVE = Move(
    symbol="MP",
    session=DAY,
    previous_session=date(2025, 6, 11),
    previous_close=25.64,
    close=29.20,
    ret=29.20 / 25.64 - 1,
    gap=-0.0039,
    high_ret=29.96 / 25.64 - 1,
    low_ret=-0.0183,
    volume_ratio=2.9,
    extremes=(
        Extreme("high", "intraday", date(2023, 3, 14), 564, date(2020, 6, 22)),
        Extreme("high", "close", date(2023, 3, 13), 565, date(2020, 6, 22)),
        Extreme("high", "close", date(2025, 6, 9), 3, date(2020, 6, 22)),
    ),
    known_at=CLOSE,
)
EXPLANATION = Explanation(
    symbol="MP",
    session=DAY,
    move=MOVE,
    abnormal=REACTION,
    verdict="explained",
    candidates=(
        Candidate(STORY, 0.91, {"timing": 0.4}, "news-first", REACTION),
        Candidate(TRADE, 0.32, {"timing": 0.1}, "unknown", BEFORE),
    ),
    as_of=NOW,
)
MOVE_SIGNAL = MoveSignal("MP", EXPLANATION, CLAIMS, NOW)
STORY_SIGNAL = StorySignal("MP", STORY, STORY.exposures[0], REACTION, CLAIMS, NOW)


def move(symbol: str, ret: float, verdict: MoveVerdict, *, abnormal: float | None) -> Explanation:
    """A move of another security, for which no story is a candidate."""
    known = replace(REACTION, symbol=symbol, car=abnormal or 0.0, p_value=0.003, t_stat=3.0)
    return replace(
        EXPLANATION,
        symbol=symbol,
        move=replace(MOVE, symbol=symbol, ret=ret, high_ret=None, low_ret=None, extremes=()),
        abnormal=known if abnormal is not None else NoReaction(symbol, "41 of 120 sessions"),
        verdict=verdict,
        candidates=(),
    )


def full_day() -> DigestInput:
    uranium = StorySignal(
        "UUUU",
        TRADE,
        Exposure("UUUU", 0.5, "rare-earths"),
        NoReaction("UUUU", "too early"),
        (),
        NOW,
    )
    other = replace(
        TRADE,
        id="c" * 16,
        title="Beijing grants some licences for rare-earth exports",
        first_source="AP",
        outlets=("AP", "Reuters", "CNBC", "DW", "Nikkei"),
        events=(("export-restriction", "reversed"), ("export-restriction", "occurred")),
    )
    return DigestInput(
        day=DAY,
        zone=ZoneInfo("America/New_York"),
        as_of=NOW,
        moves=(
            DayMove(EXPLANATION, real("MP")),
            DayMove(move("UUUU", -0.0712, "unexplained", abnormal=-0.064)),
            DayMove(move("GM", -0.011, "no-move", abnormal=None)),
            DayMove(move("F", 0.0042, "no-move", abnormal=0.001)),
        ),
        stories=(
            STORY_SIGNAL,
            uranium,
            replace(STORY_SIGNAL, story=other, reaction=BEFORE),
            replace(uranium, story=other),
        ),
        claims=(*CLAIMS, WRONG, LATE),
        readings={each.article.id: each for each in READINGS},
        company_of=company_of,
        event_name=event_name,
        articles=152,
        sources=14,
        problems=("mining-weekly: no answer within 20 s",),
        notes=(DataNote("no-raw-prices", "UUUU", None, "only adjusted closes before 2025-06-09"),),
    )


def quiet_day() -> DigestInput:
    return replace(
        full_day(),
        moves=(DayMove(move("F", 0.0042, "no-move", abnormal=0.001)),),
        stories=(),
        claims=(),
        problems=(),
        notes=(),
    )
