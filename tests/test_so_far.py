"""What is decided of quotes and of moves so far, their words and their keys in config.toml."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.app import stream_of
from monitor.config import load_config
from monitor.deliver.digest import DayMove, build_digest
from monitor.errors import ConfigError, PriceError
from monitor.market.yahoo_stream import YahooStream
from monitor.model import (
    DataNote,
    MoveSignal,
    Quote,
)
from monitor.pipeline.recent_quotes import RecentQuotes
from monitor.pipeline.so_far import news, with_bar_so_far
from monitor.pipeline.watching import _filled
from tests import deliver_day as its
from tests.bars import of_closes
from tests.live_market import MINUTE, NOON, OPEN, configured

# ---------------------------------------------------------------- pure


def quoted(seconds: float, price: float, symbol: str = "MP") -> Quote:
    return Quote(symbol, NOON + timedelta(seconds=seconds), price, None, None, "yahoo")


def test_a_witness_is_another_trade_of_the_session_nearest_in_price() -> None:
    recent = RecentQuotes()
    for one in (quoted(-3600, 35.9), quoted(-60, 36.5), quoted(-30, 25.0), quoted(-2, 36.0)):
        recent.add(one)
    recent.add(quoted(-20, 99.0, "SPY"))
    now = quoted(0, 36.0)
    recent.add(now)
    assert recent.witness(now, NOON - timedelta(minutes=5)) == quoted(-60, 36.5)
    assert recent.witness(now, NOON - timedelta(hours=2)) == quoted(-3600, 35.9)
    assert recent.witness(now, NOON - timedelta(seconds=20)) is None
    assert recent.witness(replace(now, price=0.0), OPEN) is None
    assert recent.witness(quoted(0, 1.0, "NONE"), OPEN) is None
    assert recent.newest("MP") == now
    recent.add(quoted(-10, 30.0))  # a late message is not the newest
    assert recent.newest("MP") == now
    assert recent.newest("NONE") is None


def test_a_streamed_price_takes_what_it_lacks_from_a_quote_of_its_session() -> None:
    streamed = quoted(0, 36.0)
    answer = Quote("MP", NOON - timedelta(minutes=15), 35.0, 30.0, 500.0, "yahoo")
    assert _filled(streamed, answer, OPEN) == replace(streamed, previous_close=30.0, volume=500.0)
    whole = replace(streamed, previous_close=31.0, volume=600.0)
    assert _filled(whole, answer, OPEN) == whole
    assert _filled(streamed, replace(answer, at=OPEN - MINUTE), OPEN) == streamed
    assert _filled(streamed, PriceError("MP", "none"), OPEN) == streamed


def picture(**more: object) -> MoveSignal:
    """A provisional signal that differs from the plain one in its move or explanation."""
    found = its.EXPLANATION
    moved = {name: more.pop(name) for name in ("ret", "notes") if name in more}
    move = replace(found.move, provisional=True, **moved)  # type: ignore[arg-type]
    return replace(
        its.MOVE_SIGNAL,
        explanation=replace(found, move=move, **more),  # type: ignore[arg-type]
    )


DOUBT = (DataNote("unconfirmed-jump", "MP", its.DAY, "a jump"),)
MILD = (DataNote("agreeing-quote", "MP", its.DAY, "another"),)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (None, picture(), "first"),
        (picture(), picture(), None),
        (picture(ret=0.10), picture(ret=0.119), None),
        (picture(ret=0.10), picture(ret=0.1201), "return"),
        (picture(ret=0.10), picture(ret=0.0799), "return"),
        (picture(ret=-0.10), picture(ret=-0.1201), "return"),
        (picture(), picture(verdict="unexplained"), "verdict"),
        (picture(), picture(candidates=its.EXPLANATION.candidates[::-1]), "candidate"),
        (picture(), picture(candidates=its.EXPLANATION.candidates[:1]), None),
        (picture(candidates=()), picture(), "candidate"),
        (picture(notes=DOUBT), picture(notes=MILD), "confirmed"),
        (picture(notes=DOUBT), picture(notes=(*MILD, *DOUBT)), None),
        (picture(), picture(notes=DOUBT), None),
        (picture(), picture(notes=MILD), None),
    ],
)
def test_what_is_a_new_picture(
    before: MoveSignal | None, after: MoveSignal, found: str | None
) -> None:
    assert news(before, after) == found


def test_the_bar_so_far_has_the_return_of_the_move() -> None:
    series = of_closes([10.0, 11.0])
    move = replace(its.MOVE, previous_session=series.bars[-1].session, ret=0.1, close=24.2)
    added = with_bar_so_far(series, move).bars[-1]
    assert (added.session, added.close) == (its.DAY, 24.2)
    assert added.adj_close == pytest.approx(12.1)
    assert (added.open, added.high, added.volume) == (None, None, None)
    raw = replace(series, bars=(replace(series.bars[-1], adj_close=None),))
    assert with_bar_so_far(raw, move).bars[-1].adj_close is None
    behind = replace(move, previous_session=its.DAY)
    assert with_bar_so_far(series, behind) == series
    assert with_bar_so_far(replace(series, bars=()), move).bars == ()


# ---------------------------------------------------------------- words and keys


def test_a_digest_says_so_far() -> None:
    day = its.full_day()
    open_still = DayMove(picture().explanation)
    unexplained = its.move("UUUU", -0.0712, "unexplained", abnormal=-0.064)
    falling = DayMove(replace(unexplained, move=replace(unexplained.move, provisional=True)))
    digest = build_digest(replace(day, moves=(open_still, falling, *day.moves[2:])))
    assert digest.subject == "12 June 2025: MP +13.9% so far, UUUU −7.1% so far"
    assert digest.lines[0].startswith("MP Materials rose 13.9% so far; the story")
    assert digest.lines[1] == "No story explains the move of Energy Fuels (−7.1% so far)."
    (card,) = digest.cards
    assert (card.percent, card.figures[0].label, card.chart) == ("+13.9% so far", "So far", None)
    assert [row.percent for row in digest.moves][:3] == [
        *("+13.9% so far", "−7.1% so far", "−1.1%"),
    ]


@pytest.mark.parametrize(
    ("value", "every"),
    [
        ("", MINUTE),
        ('quotes = "10s"', timedelta(seconds=10)),
        ('quotes = "1h"', timedelta(hours=1)),
        ('quotes = "0m"', None),
        ("quotes = false", None),
    ],
)
def test_how_often_quotes_are_asked_for(
    tmp_path: Path, value: str, every: timedelta | None
) -> None:
    assert load_config(configured(tmp_path, value), {}).tables.prices.quotes == every


@pytest.mark.parametrize("value", ['"9s"', '"61m"', '"often"', "true", "60"])
def test_quotes_that_are_no_period_are_a_mistake(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(configured(tmp_path, f"quotes = {value}"), {})
    (mistake,) = caught.value.mistakes
    assert (mistake.key, '"10s" to "1h", or false' in mistake.what) == ("prices.quotes", True)


def test_a_stream_without_quotes_is_a_mistake_and_else_follows_all(tmp_path: Path) -> None:
    config = configured(tmp_path, "stream = true", '"MP", "LYC.AX"')
    config.write_text(config.read_text().replace('["files"]', '["yfinance"]'))
    stream = stream_of(load_config(config, {}))
    assert isinstance(stream, YahooStream)
    assert stream._symbols == ("MP", "LYC.AX", "SPY")
    told = {"MONITOR__PRICES__QUOTES": "false"}
    with pytest.raises(ConfigError, match="switched off"):
        load_config(config, told)
    with pytest.raises(ConfigError) as caught:
        load_config(config, {"MONITOR__PRICES__QUOTES": "never"})
    assert [one.key for one in caught.value.mistakes] == ["prices.quotes"]
