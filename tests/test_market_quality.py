"""Doubts about bars: what accuses a bar and what does not, made up and real."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.market.bars_csv import parse_daily
from monitor.market.moves import move_of
from monitor.market.quality import (
    AGREEING,
    BLOCKING,
    CONFIRMED,
    blocking,
    doubts,
    inspect,
    sound,
    with_notes,
)
from monitor.market.sessions import Sessions
from monitor.model import Bar, CorporateAction, DataNote, Move, PriceSeries
from tests.bars import bar, days, intraday, real, series

NYSE = Sessions()
EPISODE = Path(__file__).parent.parent / "monitor" / "demo" / "episode" / "prices"
CLOSE = datetime(2025, 3, 1, 20, tzinfo=UTC)
DAYS = days(60)
NAN = math.nan


def calm(count: int = 30, volume: float | None = 1000.0, price: float = 100.0) -> list[Bar]:
    """Sessions that go up and down by 1 %."""
    bars = []
    for number, day in enumerate(DAYS[:count]):
        close = price * (1.01 if number % 2 else 1.0)
        bars.append(
            bar(
                day,
                close,
                adj=close,
                opened=price * 1.005,
                high=price * 1.02,
                low=price * 0.99,
                volume=volume and volume + number,
            )
        )
    return bars


def closes_only(*closes: float, count: int = 30) -> list[Bar]:
    """Calm sessions of closes alone, then these."""
    past = [bar(one.session, one.close, adj=one.close) for one in calm(count, None)]
    return [*past, *(bar(DAYS[count + n], one, adj=one) for n, one in enumerate(closes))]


def times(one: Bar, session: date, factor: float, volume: float | None) -> Bar:
    """The same prices multiplied."""
    prices = (one.open, one.high, one.low, one.close, one.adj_close)
    opened, high, low, close, adj = (None if p is None else p * factor for p in prices)
    return Bar(session, opened, high, low, close, adj, volume)


def codes(bars: Sequence[Bar], **more: object) -> list[tuple[str, date | None]]:
    found = replace(series(bars), **more)  # type: ignore[arg-type]
    return [(note.code, note.session) for note in inspect(found)]


LAST = DAYS[30]


class TestPhantomSplits:
    @pytest.mark.parametrize(
        ("factor", "volume", "text"),
        [
            (1 / 2, 2000.0, "2 for 1"),
            (1 / 2, 1000.0, "2 for 1"),  # prices alone were divided
            (1 / 4, 4000.0, "4 for 1"),
            (2 / 3, 1500.0, "3 for 2"),
            (3 / 2, 700.0, "2 for 3"),
            (10.0, 100.0, "1 for 10"),
            (10.0, 1000.0, "1 for 10"),
            (100.0, 1000.0, "1 for 100"),  # pence for pounds
            (1 / 1000, 1000.0, "1000 for 1"),
        ],
    )
    def test_a_bar_that_is_displaced_whole_without_more_trading(
        self, factor: float, volume: float, text: str
    ) -> None:
        displaced = times(calm()[-2], LAST, factor, volume)
        found = series([*calm(), displaced])
        (note,) = inspect(found)
        assert (note.code, note.session) == ("phantom-split", LAST)
        assert f"it jumps by {text} like a split" in note.text
        move = move_of(found, LAST, CLOSE)
        assert isinstance(move, Move)
        assert blocking(move.notes) == (note,)
        # It stays where it is: prices that were only now adjusted do that too.
        confirmed = DataNote(CONFIRMED, "ABC", LAST, "another source has the same return")
        assert inspect(replace(found, notes=(confirmed,))) == ()
        agreeing = DataNote(AGREEING, "ABC", LAST, "another quote")
        assert inspect(replace(found, notes=(agreeing,))) == (note,)
        after = times(calm()[-1], DAYS[31], factor, volume)
        assert codes([*calm(), displaced, after]) == [("phantom-split", LAST)]

    @pytest.mark.parametrize("factor", [1 / 2, 3 / 2, 2 / 3, 2.0])
    def test_news_that_moves_by_the_same_ratio_is_traded_on(self, factor: float) -> None:
        assert codes([*calm(), times(calm()[-2], LAST, factor, 15_000.0)]) == []

    def test_a_bar_that_leads_from_the_close_before_is_no_split(self) -> None:
        fallen = Bar(LAST, 99.0, 101.0, 49.0, 50.0, 50.0, 1500.0)
        assert codes([*calm(), fallen]) == []

    def test_a_ratio_that_no_split_has(self) -> None:
        assert codes([*calm(), times(calm()[-2], LAST, 1 / 1.75, 1700.0)]) == []

    def test_a_split_that_is_told_of_is_none(self) -> None:
        displaced = times(calm()[-2], LAST, 1 / 4, 4000.0)
        split = (CorporateAction(LAST, "split", 4.0),)
        adjusted = [replace(one, adj_close=one.close and one.close / 4) for one in calm()]
        assert codes([*adjusted, displaced], actions=split) == []
        assert codes([*calm(), displaced], actions=split) == []  # `move_of` notes it instead
        assert codes([*adjusted, displaced]) == []  # adjusted prices tell of it

    @pytest.mark.parametrize("factor", [1 / 2, 1 / 10, 2.0, 10.0])
    def test_closes_alone_accuse_where_the_ratio_is_met_exactly(self, factor: float) -> None:
        assert codes(closes_only(100 * factor)) == [("phantom-split", LAST)]
        assert codes(closes_only(100 * factor, 101 * factor)) == [("phantom-split", LAST)]

    @pytest.mark.parametrize("factor", [2 / 3, 3 / 2, 1 / 1.9, 2.1, 1.506])
    def test_closes_alone_do_not_accuse_by_ratios_that_news_makes(self, factor: float) -> None:
        assert codes(closes_only(100 * factor, 101 * factor)) == []

    def test_closes_of_a_wild_security_do_not_accuse(self) -> None:
        wild = [bar(day, 100.0 * 1.08 ** (n % 2)) for n, day in enumerate(DAYS[:30])]
        assert codes([*wild, bar(LAST, 54.0), bar(DAYS[31], 55.0)]) == []
        few = [bar(day, 100.0 + n % 2) for n, day in enumerate(DAYS[:5])]
        assert codes([*few, bar(DAYS[5], 50.0), bar(DAYS[6], 50.0)]) == [("phantom-split", DAYS[5])]
        assert codes([*few, bar(DAYS[5], 47.0), bar(DAYS[6], 47.0)]) == []


class TestJumps:
    def test_the_newest_close_alone_is_not_enough(self) -> None:
        found = series(closes_only(130.0))
        assert [note.code for note in inspect(found)] == ["unconfirmed-jump"]
        assert "+30%" not in inspect(found)[0].text  # against 101
        assert "+29%" in inspect(found)[0].text
        assert codes(closes_only(130.0, 131.0)) == []  # a second bar agrees

    @pytest.mark.parametrize(
        "last",
        [
            bar(LAST, 130.0, opened=126.0, high=131.0, low=125.0),  # a gap: all prices are there
            bar(LAST, 130.0, opened=101.0, high=133.0, low=100.0),  # two prices are far away
            bar(LAST, 130.0, volume=2500.0),
        ],
    )
    def test_what_supports_a_jump(self, last: Bar) -> None:
        assert codes([*calm(), last]) == []

    @pytest.mark.parametrize(
        "last",
        [
            bar(LAST, 130.0, opened=101.0, high=130.0, low=100.0),  # one print
            bar(LAST, 130.0, opened=101.0, high=NAN, low=100.0, volume=1500.0),
        ],
    )
    def test_what_does_not(self, last: Bar) -> None:
        assert ("unconfirmed-jump", LAST) in codes([*calm(), last])

    def test_other_sources_and_bars_within_the_session(self) -> None:
        bars = closes_only(130.0)
        told = (DataNote(CONFIRMED, "ABC", LAST, "another source has it"),)
        assert codes(bars, notes=told) == []
        other_day = (replace(told[0], session=DAYS[29]),)
        assert codes(bars, notes=other_day) == [("unconfirmed-jump", LAST)]
        opened = datetime.combine(LAST, datetime.min.time(), UTC) + timedelta(hours=14)
        within = tuple(intraday(opened, [101.0, 128.0, 130.0]))
        assert codes(bars, intraday=within) == []
        assert codes(bars, intraday=within[:2]) == [("unconfirmed-jump", LAST)]
        elsewhere = tuple(intraday(opened - timedelta(days=3), [101.0, 128.0, 130.0]))
        assert codes(bars, intraday=elsewhere) == [("unconfirmed-jump", LAST)]

    def test_a_jump_that_is_taken_back(self) -> None:
        after = [("spike", LAST), ("spike", DAYS[31])]
        assert codes(closes_only(130.0, 101.5)) == after
        assert codes(closes_only(70.0, 100.5, 101.0)) == after
        assert codes(closes_only(50.0, 100.5)) == after  # no split either
        assert codes(closes_only(130.0, 115.0)) == []  # half of it stays
        traded = [bar(LAST, 130.0, volume=5e3), bar(DAYS[31], 101.0, volume=4e3)]
        assert codes([*calm(), *traded]) == []

    @pytest.mark.parametrize("close", [114.0, 88.0])
    def test_small_moves_are_believed(self, close: float) -> None:
        assert codes(closes_only(close)) == []

    def test_what_a_security_does_all_the_time_is_believed(self) -> None:
        wild = [bar(day, 100.0 * 1.1 ** (n % 2)) for n, day in enumerate(DAYS[:30])]
        assert codes([*wild, bar(LAST, 140.0)]) == []

    def test_bars_without_a_common_kind_of_close_tell_nothing(self) -> None:
        assert codes([bar(DAYS[0], 10.0), bar(DAYS[1], None, adj=30.0)]) == []
        bars = [*closes_only(130.0), bar(DAYS[31], None, adj=100.0)]
        mixed = [replace(one, adj_close=None) for one in bars[:-1]]
        assert codes([*mixed, bars[-1]]) == []

    def test_adjusted_prices_serve_where_there_are_no_others(self) -> None:
        bars = [replace(one, close=None) for one in closes_only(130.0)]
        assert codes(bars) == [("unconfirmed-jump", LAST)]

    @settings(max_examples=40)
    @given(st.floats(0.2, 5), st.floats(0.01, 1000))
    def test_a_doubt_does_not_depend_on_the_unit(self, factor: float, unit: float) -> None:
        bars = [*calm(), times(calm()[-1], LAST, factor, 1800.0)]
        scaled = [times(one, one.session, unit, one.volume) for one in bars]
        assert codes(bars) == codes(scaled)


class TestBarsByThemselves:
    @pytest.mark.parametrize("price", [0.0, -1.0, NAN, math.inf])
    @pytest.mark.parametrize("name", ["open", "high", "low", "close", "adj_close"])
    def test_a_price_that_is_none(self, name: str, price: float) -> None:
        bad = replace(calm()[-1], session=LAST, volume=999.0, **{name: price})
        assert codes([*calm(), bad]) == [("bad-price", LAST)]
        assert getattr(sound(bad), name) is None
        assert sound(bad) == replace(bad, **{name: None})
        after = replace(calm()[-2], session=DAYS[31], volume=998.0)
        assert codes([*calm(), bad, after]) == [("bad-price", LAST)]

    @pytest.mark.parametrize(
        ("one", "text"),
        [
            (bar(LAST, 103.0, high=102.0, low=99.0), "close 103 is above its high 102"),
            (bar(LAST, 98.0, high=102.0, low=99.0), "close 98 is below its low 99"),
            (bar(LAST, 100.0, opened=103.0, high=102.0), "open 103 is above its high 102"),
            (bar(LAST, 100.0, opened=95.0, low=99.0), "open 95 is below its low 99"),
            (bar(LAST, 100.0, high=99.0, low=101.0), "its high 99 is below its low 101"),
        ],
    )
    def test_outside_of_its_range(self, one: Bar, text: str) -> None:
        (note,) = inspect(series([*calm(), one]))
        assert (note.code, note.text) == ("outside-range", text)

    def test_an_auction_may_lie_a_little_outside(self) -> None:
        assert codes([*calm(), bar(LAST, 102.1, high=102.0, low=99.0)]) == []

    def test_the_bar_before_over_again(self) -> None:
        again = replace(calm()[-1], session=LAST)
        assert codes([*calm(), again]) == [("duplicate-bar", LAST)]
        assert codes([*calm(), replace(again, adj_close=7.0, volume=5.0)]) == []
        assert codes([*closes_only(100.0, 100.0)]) == []  # that happens
        flat = bar(DAYS[0], 5.0, opened=5.0, high=5.0, low=5.0, volume=3.0)
        assert codes([flat, replace(flat, session=DAYS[1])]) == []  # one trade of three shares


class TestManyBars:
    def test_a_price_that_stands_still(self) -> None:
        still = [bar(day, 10.0, volume=0.0) for day in DAYS[30:34]]
        (note,) = inspect(series([*calm(price=10.0), *still]))
        assert (note.code, note.session) == ("stale-price", DAYS[33])
        assert "on 4 sessions from 2025-01-31" in note.text
        assert codes(still[:3]) == []
        traded = [replace(one, volume=7.0) for one in still]
        assert codes(traded) == []
        unknown = [bar(day, 10.0) for day in DAYS[:9]]
        assert codes(unknown) == [("stale-price", DAYS[8])]
        assert codes(unknown[:8]) == []
        assert codes([bar(day, NAN) for day in DAYS[:1]]) == [("bad-price", DAYS[0])]

    def test_what_is_missing_and_what_should_not_be_there(self) -> None:
        sessions = NYSE.between(date(2025, 5, 1), date(2025, 6, 20))
        held = [day for day in sessions if day not in (date(2025, 6, 4), date(2025, 6, 5))]
        held.insert(len(held) - 1, date(2025, 6, 19))  # a holiday
        bars = [bar(day, 10.0 + n / 100, volume=5.0) for n, day in enumerate(held)]
        found = [(note.code, note.session) for note in inspect(series(bars), NYSE)]
        assert found == [
            ("missing-session", date(2025, 6, 4)),
            ("missing-session", date(2025, 6, 5)),
            ("not-a-session", date(2025, 6, 19)),
        ]
        few = [bars[0], bars[-1]]
        notes = [one for one in inspect(series(few), NYSE) if one.code == "missing-session"]
        assert len(notes) == 11
        assert notes[-1].session is None
        assert notes[-1].text == "no bars of 23 sessions more, from 2025-05-02"
        assert inspect(series([]), NYSE) == ()

    def test_a_newest_bar_that_is_late(self) -> None:
        bars = [bar(date(2025, 6, 11), 10.0), bar(date(2025, 6, 12), 10.1)]

        def late(text: str) -> list[str]:
            as_of = datetime.fromisoformat(f"2025-06-{text}Z")
            return [note.text for note in inspect(series(bars), NYSE, as_of)]

        assert late("13T22:59") == []  # the session of the 13th closed at 20:00
        assert late("13T23:00") == ["the newest bar is of 2025-06-12, 1 session old"]
        assert late("18T12:00") == ["the newest bar is of 2025-06-12, 3 sessions old"]

    def test_notes_are_added_once(self) -> None:
        kept = DataNote("dividend", "ABC", DAYS[3], "")
        found = replace(series(closes_only(130.0)), notes=(kept,))
        once = with_notes(found)
        assert [note.code for note in once.notes] == ["dividend", "unconfirmed-jump"]
        assert with_notes(once) == once


def test_every_code_is_described_and_the_blocking_ones_block() -> None:
    import monitor.market.quality as module

    rows = [line.split("|") for line in str(module.__doc__).splitlines() if line.startswith("| ")]
    table = {name.strip(): row[3].strip() for row in rows[1:] for name in row[1].split(",")}
    assert {code for code, blocks in table.items() if blocks == "yes"} == BLOCKING
    notes = [DataNote(code, "ABC", None, "") for code in sorted(table)]
    assert {note.code for note in blocking(notes)} == BLOCKING


class TestRealBars:
    @pytest.mark.parametrize("path", sorted(EPISODE.glob("*.csv")), ids=lambda path: path.stem)
    def test_nothing_real_is_taken_for_a_split(self, path: Path) -> None:
        bars, notes = parse_daily(path.read_text(), path.stem, path.name)
        found = Counter(
            note.code for note in inspect(PriceSeries(path.stem, bars, "files", notes), NYSE)
        )
        # Closes alone, without volumes: where one jumps and comes back, nothing supports it.
        assert set(found) <= {"stale-price", "spike"}
        assert found["spike"] <= 2

    def test_a_rise_of_half_on_news_is_believed_on_its_day(self) -> None:
        """10 July 2025: from 30.03 to 45.23, which is 3 for 2 within a few cents."""
        july = [
            Bar(date(2025, 7, 9), 31.55, 31.669, 29.58, 30.03, 30.03, 10_367_400.0),
            Bar(date(2025, 7, 10), 48.1, 48.115, 42.86, 45.23, 45.23, 86_416_200.0),
        ]
        mp = real("MP")
        found = replace(mp, bars=(*mp.bars, *july))
        assert doubts(found, len(found.bars) - 1) == []
        quiet = replace(july[1], open=45.3, high=45.6, low=44.8, volume=7_000_000.0)
        accused = replace(found, bars=(*mp.bars, july[0], quiet))
        (note,) = doubts(accused, len(accused.bars) - 1)
        assert note.code == "phantom-split"

    def test_every_session_was_fit_for_an_alert_when_it_was_the_newest(self) -> None:
        mp = real("MP")
        for at in range(1, len(mp.bars)):
            known = replace(mp, bars=mp.bars[: at + 1])
            assert blocking(doubts(known, at)) == ()
