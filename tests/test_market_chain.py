"""Several providers as one: who is asked for what, and what of a jump another source confirms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PriceError
from monitor.market.agreement import Jump, Tolerance, jumps, measured, return_of
from monitor.market.chain import ChainProvider, CrossCheck
from monitor.market.files import FilesProvider
from monitor.market.provider import PriceProvider
from monitor.market.quality import CONFIRMED
from monitor.market.tiingo import TiingoProvider
from monitor.model import Bar, DataNote, IntradayBar, PriceSeries, Quote
from tests.bars import bar, days, of_closes, series
from tests.servers import LoopbackServer, Reply, serving
from tests.tiingo_server import KEY, Tiingo, refusal

DAYS = [date(2025, 6, day) for day in (9, 10, 11, 12, 13)]
FIRST, LAST = DAYS[0], DAYS[-1]
OPEN = datetime(2025, 6, 12, 13, 30, tzinfo=UTC)
NAMES = ("date", "open", "high", "low", "close", "adj_close", "volume")


def closes(*prices: float, first: int = 0) -> list[Bar]:
    return [
        Bar(day, price, price, price, price, price, 100.0)
        for day, price in zip(DAYS[first:], prices, strict=False)
    ]


class Folder:
    """Files of a user's own, the first link of the chain."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.provider = FilesProvider(str(folder))

    def add(self, symbol: str, bars: Sequence[Bar]) -> None:
        rows = [
            (one.session, one.open, one.high, one.low, one.close, one.adj_close, one.volume)
            for one in bars
        ]
        text = "\n".join(",".join(map(str, row)) for row in [NAMES, *rows])
        (self.folder / f"{symbol}.csv").write_text(text.replace("None", ""))

    def inside(self, symbol: str, *prices: float) -> None:
        rows = [
            f"{(OPEN + timedelta(minutes=5 * n)).isoformat()},{one},{one},{one},{one},100"
            for n, one in enumerate(prices)
        ]
        text = "\n".join(["timestamp,open,high,low,close,volume", *rows])
        (self.folder / f"{symbol}.5m.csv").write_text(text)


class Forgetful(FilesProvider):
    """Breaks the contract: it does not answer for each symbol."""

    def daily(
        self, symbols: Sequence[str], start: date, end: date
    ) -> Mapping[str, PriceSeries | PriceError]:
        return {}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def tiingo(server: LoopbackServer) -> Tiingo:
    return Tiingo(server)


@pytest.fixture
def third() -> Iterator[Tiingo]:
    with serving() as running:
        yield Tiingo(running)


def at(service: Tiingo) -> TiingoProvider:
    return TiingoProvider(KEY, service.url)


@pytest.fixture
def chain(folder: Folder, tiingo: Tiingo) -> ChainProvider:
    return ChainProvider([folder.provider, at(tiingo)])


def one(provider: PriceProvider, symbol: str) -> PriceSeries:
    answer = provider.daily([symbol], FIRST, LAST)[symbol]
    assert isinstance(answer, PriceSeries), answer
    return answer


def told(notes: Sequence[DataNote]) -> list[tuple[str, date | None]]:
    return [(note.code, note.session) for note in notes]


class TestFallBack:
    def test_each_is_asked_for_what_those_before_had_nothing_of(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(1, 2))
        tiingo.add("A", closes(8, 9))
        tiingo.add("B", closes(3, 4))
        answers = chain.daily(["A", "B", "C"], FIRST, LAST)
        assert chain.name == "files+tiingo"
        assert isinstance(answers["A"], PriceSeries)
        assert (answers["A"].source, answers["A"].notes) == ("files", ())
        assert isinstance(answers["B"], PriceSeries)
        assert answers["B"].source == "tiingo"
        (note,) = answers["B"].notes
        assert (note.code, note.symbol) == ("fell-back", "B")
        assert note.text.startswith("files: no file ")
        assert isinstance(answers["C"], PriceError)
        assert "C: files: no file " in str(answers["C"])
        assert "; tiingo: Tiingo does not know it (404)" in str(answers["C"])
        assert tiingo.asked("/tiingo/daily/A/prices") == []

    def test_where_the_first_has_all_the_next_is_not_asked(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(1, 2))
        folder.inside("A", 1.5)
        one(chain, "A")
        chain.quotes(["A"])
        assert tiingo.server.requests == []

    def test_a_symbol_that_a_provider_forgets_is_asked_of_the_next(self, folder: Folder) -> None:
        folder.add("A", closes(1, 2))
        forgetful = Forgetful(str(folder.folder))
        answer = one(ChainProvider([forgetful, folder.provider]), "A")
        assert [note.text for note in answer.notes] == ["files: gave no answer"]

    def test_who_says_nothing_of_a_jump_confirms_nothing(
        self, folder: Folder, tiingo: Tiingo
    ) -> None:
        folder.add("A", closes(10, 10, 10, 10, 12))
        links = [folder.provider, Forgetful(str(folder.folder))]
        (note,) = one(ChainProvider(links, check=CrossCheck()), "A").notes
        assert note.code == "unconfirmed"

    def test_intraday_bars_are_those_of_the_first_that_has_any(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        end = OPEN + timedelta(hours=6)
        theirs = IntradayBar(OPEN, 5, 3, 3, 3, 3, None)
        tiingo.add("A", intraday=[theirs])
        assert chain.intraday("A", OPEN, end, 5) == (theirs,)
        folder.inside("A", 1.0)
        assert [bar.close for bar in chain.intraday("A", OPEN, end, 5)] == [1.0]

    def test_no_intraday_bars_are_an_error_only_where_nobody_could_tell(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        (folder.folder / "A.5m.csv").write_text("nothing")
        end = OPEN + timedelta(hours=6)
        with pytest.raises(PriceError, match=r"A: files: .*; tiingo: .*404"):
            chain.intraday("A", OPEN, end, 5)
        tiingo.add("A")
        assert chain.intraday("A", OPEN, end, 5) == ()
        tiingo.add("A", intraday=[IntradayBar(OPEN, 5, 3, 3, 3, 3, None)])
        assert len(chain.intraday("A", OPEN, end, 5)) == 1

    def test_quotes_fall_back_by_symbol(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(1, 2))
        folder.inside("A", 2.5)
        tiingo.add("B", quote={"tngoLast": 3.5, "timestamp": OPEN.isoformat(), "prevClose": 3})
        answers = chain.quotes(["A", "B", "C"])
        assert isinstance(answers["A"], Quote)
        assert isinstance(answers["B"], Quote)
        assert (answers["A"].source, answers["B"].source) == ("files", "tiingo")
        assert "files: no intraday bars" in str(answers["C"])
        assert "tiingo: Tiingo gives no quote" in str(answers["C"])

    def test_a_chain_of_none_is_no_chain(self) -> None:
        with pytest.raises(ValueError, match="needs a provider"):
            ChainProvider([])


class TestCrossCheck:
    @pytest.fixture
    def chain(self, folder: Folder, tiingo: Tiingo, third: Tiingo) -> ChainProvider:
        links = [folder.provider, at(tiingo), at(third)]
        return ChainProvider(links, check=CrossCheck(jump=0.10, sessions=3))

    def test_a_jump_that_the_next_has_too_is_confirmed(
        self, folder: Folder, tiingo: Tiingo, third: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(10, 10, 10, 10, 12))
        tiingo.add("A", closes(10, 10, 10, 10, 11.95))
        answer = one(chain, "A")
        assert answer.source == "files"
        assert answer.bars[-1].close == 12
        assert told(answer.notes) == [(CONFIRMED, LAST)]
        assert "close +20.00% by files, +19.50% by tiingo" in answer.notes[0].text
        assert third.server.requests == [], "one confirmation will do"
        (request,) = tiingo.asked("/tiingo/daily/A/prices")
        assert request.values("startDate") == ["2025-06-02"], "with a close before the jump"

    def test_a_jump_that_the_next_does_not_have_is_told(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(10, 10, 10, 10, 12))
        tiingo.add("A", closes(10, 10, 10, 10, 10.1))
        answer = one(chain, "A")
        assert told(answer.notes) == [("sources-disagree", LAST)]
        assert "close +20.00% by files, +1.00% by tiingo" in answer.notes[0].text

    def test_only_the_figures_that_differ_are_in_the_note(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        spiked = replace(closes(12, first=4)[0], high=30.0)
        folder.add("A", [*closes(10, 10, 10, 10), spiked])
        tiingo.add("A", closes(10, 10, 10, 10, 12))
        (note,) = one(chain, "A").notes
        assert (note.code, note.session) == ("sources-disagree", LAST)
        assert note.text == "high +200.00% by files, +20.00% by tiingo"

    def test_who_does_not_have_the_session_is_passed_over(
        self, folder: Folder, tiingo: Tiingo, third: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(10, 10, 10, 10, 12))
        tiingo.add("A", closes(10, 10, 10, 10))
        third.add("A", closes(10, 10, 10, 10, 12))
        assert told(one(chain, "A").notes) == [(CONFIRMED, LAST)]

    def test_a_jump_that_nobody_else_has_is_unconfirmed_with_the_reasons(
        self, folder: Folder, tiingo: Tiingo, third: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(10, 10, 10, 10, 12))
        third.add("A", closes(10, 10, 10, 10))
        (note,) = one(chain, "A").notes
        assert (note.code, note.session) == ("unconfirmed", LAST)
        assert "close +20.00%, high +20.00%, low +20.00% by one source alone" in note.text
        assert "tiingo: Tiingo does not know it (404)" in note.text
        tiingo.says("A", refusal(403, "no"))
        third.says("A", Reply(status=500))
        assert told(one(chain, "A").notes) == [("unconfirmed", LAST)]

    def test_one_provider_alone_confirms_nothing(self, folder: Folder) -> None:
        folder.add("A", closes(10, 10, 10, 10, 12))
        alone = ChainProvider([folder.provider], check=CrossCheck())
        (note,) = one(alone, "A").notes
        assert note.code == "unconfirmed"
        assert "no other source has this session" in note.text

    def test_what_the_second_found_the_first_or_third_confirms(
        self, folder: Folder, tiingo: Tiingo, third: Tiingo, chain: ChainProvider
    ) -> None:
        tiingo.add("A", closes(10, 10, 10, 10, 12))
        third.add("A", closes(10, 10, 10, 10, 12))
        answer = one(chain, "A")
        assert told(answer.notes) == [("fell-back", None), (CONFIRMED, LAST)]

    def test_each_session_has_its_own_note(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(10, 10, 12, 12, 14))
        tiingo.add("A", closes(10, 10, 12, 12, 12))
        assert told(one(chain, "A").notes) == [
            (CONFIRMED, DAYS[2]),
            ("sources-disagree", LAST),
        ]

    def test_small_moves_and_old_ones_are_asked_of_nobody(
        self, folder: Folder, tiingo: Tiingo, chain: ChainProvider
    ) -> None:
        folder.add("A", closes(10, 15, 15, 15, 16))
        assert one(chain, "A").notes == ()
        assert tiingo.server.requests == []

    def test_a_chain_without_it_asks_for_no_confirmation(
        self, folder: Folder, tiingo: Tiingo
    ) -> None:
        folder.add("A", closes(10, 20))
        assert one(ChainProvider([folder.provider, at(tiingo)]), "A").notes == ()
        assert tiingo.server.requests == []


class TestAgreement:
    def test_a_split_is_no_jump(self) -> None:
        """4 for 1: the raw close falls by three quarters, the adjusted one not at all."""
        first, second = days(2)
        before, after = bar(first, 400, adj=100), Bar(second, 100, 104, 99, 101, 101, None)
        assert return_of(before, after, "close") == pytest.approx(0.01)
        assert return_of(before, after, "high") == pytest.approx(0.04)
        assert return_of(before, after, "low") == pytest.approx(-0.01)

    def test_raw_prices_where_there_are_no_adjusted_ones(self) -> None:
        before, after = bar(date(2025, 1, 1), 10), bar(date(2025, 1, 2), 12, high=13)
        assert return_of(before, after, "close") == pytest.approx(0.2)
        assert return_of(before, after, "high") == pytest.approx(0.3)
        assert return_of(before, after, "low") is None

    def test_what_is_not_given_gives_no_return(self) -> None:
        day = date(2025, 1, 1)
        assert return_of(bar(day, None, adj=10), bar(day, None, adj=12, high=9), "high") is None
        assert return_of(bar(day, 10, adj=10), bar(day, 12, adj=12), "high") is None
        assert return_of(bar(day, None, adj=10), bar(day, 12, high=13), "high") is None

    def test_a_jump_of_just_the_size_counts(self) -> None:
        found = jumps(of_closes([100.0, 100.0, 125.0, 125.0]), 0.25, 2)
        assert [(one.session.day, one.figure, one.ret) for one in found] == [(3, "close", 0.25)]
        assert jumps(of_closes([100.0, 125.0, 125.0]), 0.25, 1) == ()
        assert jumps(of_closes([100.0]), 0.25, 5) == ()
        assert jumps(series([]), 0.25, 5) == ()

    def test_the_other_source_must_have_both_sessions(self) -> None:
        jump = Jump(date(2025, 1, 3), date(2025, 1, 2), "close", 0.25)
        assert measured(jump, of_closes([100.0, 100.0, 120.0])) == pytest.approx(0.2)
        assert measured(jump, of_closes([100.0, 100.0])) is None
        assert measured(jump, series([bar(jump.session, 10)])) is None

    @pytest.mark.parametrize(
        ("ours", "theirs", "agree"),
        [(0.05, 0.059, True), (0.05, 0.061, False), (0.5, 0.45, True), (0.5, 0.44, False),
         (0.1, -0.1, False)],
    )  # fmt: skip
    def test_tolerance(self, ours: float, theirs: float, agree: bool) -> None:
        assert Tolerance().holds(ours, theirs) is agree

    @given(st.floats(-0.9, 3), st.floats(-0.9, 3))
    def test_it_does_not_matter_who_is_asked_first(self, one: float, other: float) -> None:
        assert Tolerance().holds(one, other) == Tolerance().holds(other, one)
        assert Tolerance().holds(one, one)
