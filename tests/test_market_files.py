"""Prices from the user's own files: what is read, what is refused, and when it is read again."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import PriceError
from monitor.market.bars_csv import (
    NOTES,
    parse_daily,
    parse_intraday,
    read_daily,
    read_intraday,
)
from monitor.market.files import FilesProvider
from monitor.market.provider import checked_symbol
from monitor.model import Bar, CorporateAction, IntradayBar, PriceSeries, Quote
from tests.bars import PRICES
from tests.servers import LoopbackServer, Reply

HEADER = "date,open,high,low,close,adj_close,volume\n"
ROW = "2025-06-12,25.54,29.96,25.17,29.2,29.2,24578800\n"
BAR = Bar(date(2025, 6, 12), 25.54, 29.96, 25.17, 29.2, 29.2, 24578800.0)
EVER = (date(2000, 1, 1), date(2030, 1, 1))


def codes(text: str) -> list[tuple[str, date | None]]:
    return [(note.code, note.session) for note in parse_daily(text, "MP", "MP.csv")[1]]


class TestDailyText:
    def test_a_row_is_a_bar(self) -> None:
        assert parse_daily(HEADER + ROW, "MP", "MP.csv") == ((BAR,), ())

    def test_columns_go_by_name_and_may_be_left_out(self) -> None:
        bars, notes = parse_daily("Close, Date\n29.2, 2025-06-12\n\n", "MP", "MP.csv")
        assert bars == (Bar(BAR.session, None, None, None, 29.2, None, None),)
        assert notes == ()

    def test_a_blank_cell_is_not_given(self) -> None:
        bars, notes = parse_daily(HEADER + "2025-06-06,,,,,590.8275,\n", "SPY", "SPY.csv")
        assert bars == (Bar(date(2025, 6, 6), None, None, None, None, 590.8275, None),)
        assert notes == ()

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("12/06/2025,1,1,1,1,1,1", "is no date"),
            ("2025-06-13,1,1,1,x,1,1", "close is 'x', not a number"),
            ("2025-06-13,1,1,1,nan,1,1", "close is 'nan'"),
            ("2025-06-13,1,inf,1,1,1,1", "high is 'inf'"),
            ("2025-06-13,1,1,1,-2,1,1", "close is -2"),
            ("2025-06-13,0,0,0,0,0,0", "open is 0"),
            ("2025-06-13,1,1,1,1,1,-5", "volume is -5"),
            ("2025-06-13,1,1,2,1,1,1", "high 1 is below low 2"),
            ("2025-06-13,1,1,1,,,1", "neither close nor adj_close"),
            ("2025-06-13", "neither close nor adj_close"),
        ],
    )
    def test_a_row_that_cannot_be_right_is_left_out_with_its_line(
        self, row: str, said: str
    ) -> None:
        bars, (note,) = parse_daily(HEADER + ROW + row + "\n", "MP", "MP.csv")
        assert bars == (BAR,)
        assert note.code == "bad-row"
        assert note.symbol == "MP"
        assert note.text.startswith("MP.csv: line 3: ")
        assert said in note.text

    def test_rows_out_of_order_are_put_in_order_and_noted(self) -> None:
        text = HEADER + ROW + "2025-06-11,,,,25.64,,\n"
        bars, _ = parse_daily(text, "MP", "MP.csv")
        assert [bar.session.day for bar in bars] == [11, 12]
        assert codes(text) == [("unsorted", None)]

    def test_of_two_bars_of_a_day_the_later_line_holds(self) -> None:
        text = HEADER + ROW + "2025-06-12,,,,30,,\n"
        assert parse_daily(text, "MP", "MP.csv")[0][0].close == 30
        assert codes(text) == [("duplicate", BAR.session)]
        assert codes(HEADER + ROW + ROW) == []

    def test_notes_are_counted_where_there_are_many(self) -> None:
        bad = "".join(f"2025-06-{day:02},,,,x,,\n" for day in range(13, 28))
        notes = parse_daily(HEADER + ROW + bad, "MP", "MP.csv")[1]
        assert len(notes) == NOTES + 1
        assert notes[-1].text == "MP.csv: 5 more rows that cannot be right"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "no column 'date'"),
            ("open,close\n1,1\n", "no column 'date'"),
            ("date,open\n2025-06-12,1\n", "no column 'close' or 'adj_close'"),
            (HEADER, "no usable bars in MP.csv"),
            (HEADER + "2025-06-12,,,,x,,\n", "first: MP.csv: line 2: close is 'x'"),
            (HEADER + '"' + "9" * 200_000 + '"\n', "field larger than"),
        ],
    )
    def test_a_file_without_a_usable_row_is_an_error_naming_it(self, text: str, said: str) -> None:
        with pytest.raises(PriceError, match="MP") as caught:
            parse_daily(text, "MP", "MP.csv")
        assert said in str(caught.value)
        assert caught.value.symbol == "MP"

    @given(
        st.dictionaries(
            st.dates(date(1990, 1, 1), date(2040, 1, 1)),
            st.floats(0.0001, 1e6),
            min_size=1,
            max_size=30,
        ),
        st.randoms(),
    )
    def test_any_order_of_rows_gives_the_same_ascending_bars(
        self, closes: dict[date, float], random: object
    ) -> None:
        rows = [f"{day},,,,{close!r},,\n" for day, close in closes.items()]
        random.shuffle(rows)  # type: ignore[attr-defined]
        bars, _ = parse_daily(HEADER + "".join(rows), "MP", "MP.csv")
        assert [(bar.session, bar.close) for bar in bars] == sorted(closes.items())


class TestActions:
    DAY = date(2025, 6, 12)

    def actions(self, header: str, cells: str) -> tuple[CorporateAction, ...]:
        text = f"date,close,{header}\n2025-06-12,10,{cells}\n"
        return read_daily(text, "MP", "MP.csv").actions

    @pytest.mark.parametrize("column", ["split", "splits", "Stock Splits", "stock_splits"])
    @pytest.mark.parametrize(
        ("cell", "value"), [("4", 4), ("4.0", 4), ("4:1", 4), ("1:10", 0.1), ("3/2", 1.5)]
    )
    def test_a_split_is_new_shares_for_old(self, column: str, cell: str, value: float) -> None:
        assert self.actions(column, cell) == (CorporateAction(self.DAY, "split", value),)

    @pytest.mark.parametrize("column", ["dividend", "Dividends"])
    def test_a_dividend_is_money_a_share(self, column: str) -> None:
        assert self.actions(column, "0.25") == (CorporateAction(self.DAY, "dividend", 0.25),)

    @pytest.mark.parametrize("cells", ["0,0", "0.0,1", ",", ",1:1"])
    def test_none_is_written_as_zero_or_nothing(self, cells: str) -> None:
        assert self.actions("dividends,splits", cells) == ()

    def test_both_on_a_day_and_days_in_order(self) -> None:
        rows = "2025-06-13,10,0.5,\n2025-06-12,20,0.25,2\n"
        read = read_daily("date,close,dividend,split\n" + rows, "MP", "MP.csv")
        assert read.actions == (
            CorporateAction(self.DAY, "dividend", 0.25),
            CorporateAction(self.DAY, "split", 2),
            CorporateAction(date(2025, 6, 13), "dividend", 0.5),
        )

    def test_one_of_a_row_without_a_price_is_kept(self) -> None:
        rows = "2025-06-12,,0.25\n2025-06-13,10,\nno date,1,9\n"
        read = read_daily("date,close,dividend\n" + rows, "MP", "MP.csv")
        assert read.actions == (CorporateAction(self.DAY, "dividend", 0.25),)
        assert [note.code for note in read.notes] == ["bad-row", "bad-row"]

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ("x,", "dividend is 'x', not a number"),
            ("-1,", "dividend is -1"),
            (",4:x", "split is '4:x', no ratio"),
            (",4:0", "split is '4:0', no ratio"),
            (",-2", "split is '-2', no ratio"),
            (",inf", "split is 'inf', no ratio"),
        ],
    )
    def test_one_that_cannot_be_right_is_not_used_and_the_bar_is(
        self, cells: str, said: str
    ) -> None:
        text = f"date,close,dividend,split\n2025-06-12,10,{cells}\n"
        read = read_daily(text, "MP", "MP.csv")
        assert (len(read.bars), read.actions) == (1, ())
        (note,) = read.notes
        assert (note.code, note.session) == ("bad-action", self.DAY)
        assert said in note.text

    def test_those_of_the_span_are_in_the_series(self, tmp_path: Path) -> None:
        rows = "2025-06-11,40,\n2025-06-12,10,4\n2025-06-13,5,2\n"
        (tmp_path / "MP.csv").write_text("date,close,split\n" + rows)
        answer = FilesProvider(str(tmp_path)).daily(["MP"], date(2025, 6, 1), self.DAY)["MP"]
        assert isinstance(answer, PriceSeries)
        assert answer.actions == (CorporateAction(self.DAY, "split", 4),)


class TestIntradayText:
    HEADER = "timestamp,open,high,low,close,volume\n"

    def test_a_row_is_a_bar_in_utc(self) -> None:
        text = self.HEADER + "2025-06-12T15:25:00-04:00,26,26.5,25.9,26.4,1000\n"
        start = datetime(2025, 6, 12, 19, 25, tzinfo=UTC)
        expected = IntradayBar(start, 5, 26.0, 26.5, 25.9, 26.4, 1000.0)
        assert parse_intraday(text, "MP", "MP.5m.csv", 5) == (expected,)

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("2025-06-12T15:25:00,1,1,1,1,1", "no time zone"),
            ("noon,1,1,1,1,1", "is no time"),
            ("2025-06-12T15:25:00Z,1,,1,1,1", "not all given"),
        ],
    )
    def test_a_file_of_bad_rows_alone_is_an_error(self, row: str, said: str) -> None:
        with pytest.raises(PriceError, match=said):
            parse_intraday(self.HEADER + row + "\n", "MP", "MP.5m.csv", 5)
        good = "2025-06-12T15:25:00Z,1,1,1,1,1\n"
        assert len(parse_intraday(self.HEADER + row + "\n" + good, "MP", "MP.5m.csv", 5)) == 1

    def test_zones_may_be_mixed_and_rows_in_disorder(self) -> None:
        rows = [
            "2025-06-12T09:40:00-04:00,3,3,3,3,",
            "2025-06-12T23:35:00+10:00,2,2,2,2,",
            "2025-06-12T13:30:00Z,1,1,1,1,",
            "2025-06-12T13:35:00Z,2,2.5,2,2,",
            "2025-06-12T13:45:00,4,4,4,4,",
            "2025-06-12T13:45:00Z,-4,4,4,4,",
        ]
        bars, notes = read_intraday(self.HEADER + "\n".join(rows), "MP", "MP.5m.csv", 5)
        assert [(bar.start.minute, bar.high) for bar in bars] == [(30, 1), (35, 2.5), (40, 3)]
        assert [note.code for note in notes] == [
            "duplicate",
            "bad-row",
            "bad-row",
            "unsorted",
        ]

    def test_none_at_all_is_no_mistake(self) -> None:
        assert parse_intraday(self.HEADER, "MP", "MP.5m.csv", 5) == ()


@pytest.mark.parametrize("symbol", ["MP", "BRK-B", "LYC.AX", "^VIX", "EURUSD=X", "0P000071W8.TO"])
def test_symbols_that_are(symbol: str) -> None:
    assert checked_symbol(symbol) == symbol


@pytest.mark.parametrize("symbol", ["", "..", "../MP", "a/b", "a\\b", ".MP", "MP.", "a..b", "M P"])
def test_symbols_that_are_not(symbol: str) -> None:
    with pytest.raises(PriceError, match="is not a symbol"):
        checked_symbol(symbol)


class TestFolder:
    def test_both_dates_are_included(self) -> None:
        answer = FilesProvider(str(PRICES)).daily(["MP"], date(2025, 6, 11), date(2025, 6, 12))
        series = answer["MP"]
        assert isinstance(series, PriceSeries)
        assert series.source == "files"
        assert [bar.session.day for bar in series.bars] == [11, 12]
        assert series.bars[-1] == BAR

    def test_one_symbols_failure_is_its_value(self, tmp_path: Path) -> None:
        (tmp_path / "MP.csv").write_text(HEADER + ROW)
        (tmp_path / "BAD.csv").write_bytes(b"\xff\xfe\x00")
        (tmp_path / "DIR.csv").mkdir()
        (tmp_path.parent / "secret.csv").write_text(HEADER + ROW)
        wanted = ["MP", "NONE", "BAD", "DIR", "../secret"]
        answers = FilesProvider(str(tmp_path)).daily(wanted, *EVER)
        assert isinstance(answers["MP"], PriceSeries)
        assert f"no file {tmp_path / 'NONE.csv'}" in str(answers["NONE"])
        assert "is not UTF-8 text" in str(answers["BAD"])
        assert "cannot be read" in str(answers["DIR"])
        assert "is not a symbol" in str(answers["../secret"])
        assert all(isinstance(answers[symbol], PriceError) for symbol in wanted[1:])

    def test_no_bars_in_the_span_is_an_error(self) -> None:
        answer = FilesProvider(str(PRICES)).daily(["MP"], date(2025, 6, 14), date(2025, 6, 15))
        assert "no bars from 2025-06-14 to 2025-06-15" in str(answer["MP"])

    def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(self, tmp_path: Path) -> None:
        file, provider = tmp_path / "MP.csv", FilesProvider(str(tmp_path))
        file.write_text(HEADER + ROW)
        os.utime(file, ns=(1, 1))
        first = provider.daily(["MP"], *EVER)["MP"]
        file.write_text(HEADER + ROW.replace("25.54", "25.55"))
        os.utime(file, ns=(1, 1))  # neither time nor size differ: the bars at hand still hold
        assert provider.daily(["MP"], *EVER)["MP"] == first
        os.utime(file, ns=(2, 2))
        again = provider.daily(["MP"], *EVER)["MP"]
        assert isinstance(again, PriceSeries)
        assert again.bars[0].open == 25.55
        file.unlink()
        assert isinstance(provider.daily(["MP"], *EVER)["MP"], PriceError)

    def test_notes_outside_of_the_span_are_not_told(self, tmp_path: Path) -> None:
        (tmp_path / "MP.csv").write_text(HEADER + ROW + "2025-06-16,,,,x,,\n")
        provider = FilesProvider(str(tmp_path))
        for end, count in ((date(2025, 6, 13), 0), (date(2025, 6, 16), 1)):
            answer = provider.daily(["MP"], date(2025, 6, 1), end)["MP"]
            assert isinstance(answer, PriceSeries)
            assert len(answer.notes) == count

    def test_intraday_bars_from_the_start_up_to_the_end(self, tmp_path: Path) -> None:
        rows = "".join(f"2025-06-12T14:{minute:02}:00Z,1,1,1,1,\n" for minute in (0, 5, 10))
        (tmp_path / "MP.5m.csv").write_text("timestamp,open,high,low,close,volume\n" + rows)
        provider = FilesProvider(str(tmp_path))
        start = datetime(2025, 6, 12, 14, 0, tzinfo=UTC)
        found = provider.intraday("MP", start, start.replace(minute=10), 5)
        assert [bar.start.minute for bar in found] == [0, 5]
        assert provider.intraday("MP", start, start.replace(minute=10), 1) == ()
        assert provider.intraday("NONE", start, start.replace(minute=10), 5) == ()
        with pytest.raises(PriceError, match="is not a symbol"):
            provider.intraday("../MP", start, start, 5)


class TestQuotes:
    HEADER = "timestamp,open,high,low,close,volume\n"

    def quote(self, folder: Path, zone: str = "America/New_York") -> Quote | PriceError:
        return FilesProvider(str(folder), zone_of=lambda symbol: ZoneInfo(zone)).quotes(["MP"])[
            "MP"
        ]

    def write(self, folder: Path, minutes: int, *rows: tuple[str, float, str]) -> None:
        lines = [f"{at},{close},{close},{close},{close},{volume}" for at, close, volume in rows]
        (folder / f"MP.{minutes}m.csv").write_text(self.HEADER + "\n".join(lines))

    def test_it_is_the_newest_bar_at_its_end_with_the_volume_of_its_day(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "MP.csv").write_text("date,close\n2025-06-11,25.64\n2025-06-12,29.2\n")
        self.write(
            tmp_path,
            5,
            ("2025-06-11T15:55:00-04:00", 25.6, "7"),
            ("2025-06-12T09:30:00-04:00", 26.0, "100"),
            ("2025-06-12T09:35:00-04:00", 26.5, "50"),
        )
        at = datetime(2025, 6, 12, 13, 40, tzinfo=UTC)
        assert self.quote(tmp_path) == Quote("MP", at, 26.5, 25.64, 150, "files")
        self.write(tmp_path, 1, ("2025-06-12T09:31:00-04:00", 26.1, ""))
        at = at.replace(minute=32)
        assert self.quote(tmp_path) == Quote("MP", at, 26.1, 25.64, None, "files")

    def test_the_day_is_the_exchanges(self, tmp_path: Path) -> None:
        (tmp_path / "MP.csv").write_text("date,close\n2025-06-11,1\n2025-06-12,2\n")
        self.write(tmp_path, 5, ("2025-06-12T23:30:00Z", 3, "1"))
        for zone, before in (("America/New_York", 1), ("Australia/Sydney", 2)):
            quote = self.quote(tmp_path, zone)
            assert isinstance(quote, Quote)
            assert quote.previous_close == before

    def test_the_close_before_is_in_the_shares_of_today(self, tmp_path: Path) -> None:
        rows = "2025-06-10,100,\n2025-06-11,104,2\n2025-06-12,26,4:1\n2025-06-13,13,2\n"
        (tmp_path / "MP.csv").write_text("date,close,split\n" + rows)
        self.write(tmp_path, 5, ("2025-06-12T13:30:00Z", 27, "1"))
        quote = self.quote(tmp_path)
        assert isinstance(quote, Quote)
        assert quote.previous_close == 26

    def test_without_a_close_before_there_is_none(self, tmp_path: Path) -> None:
        self.write(tmp_path, 15, ("2025-06-12T13:30:00Z", 27, "1"))
        for text in (None, "date,close\n2025-06-12,2\n", "date,adj_close\n2025-06-11,2\n"):
            if text is not None:
                (tmp_path / "MP.csv").write_text(text)
            quote = self.quote(tmp_path)
            assert isinstance(quote, Quote)
            assert quote.previous_close is None

    def test_without_intraday_bars_there_is_none(self, tmp_path: Path) -> None:
        assert "no intraday bars to take a quote from" in str(self.quote(tmp_path))
        (tmp_path / "MP.5m.csv").write_text("timestamp\n")
        assert "no column 'open'" in str(self.quote(tmp_path))

    def test_rows_that_are_left_out_are_told(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.write(tmp_path, 5, ("2025-06-12T13:30:00Z", 27, "1"), ("2025-06-12T13:35:00", 28, "1"))
        assert isinstance(self.quote(tmp_path), Quote)
        said = capsys.readouterr()
        assert "line 3: '2025-06-12T13:35:00' has no time zone" in (
            said.out + said.err + caplog.text
        )


class TestWeb:
    def test_bars_come_from_under_the_url(self, server: LoopbackServer) -> None:
        server.route("/prices/%5EVIX.csv", Reply(body=(HEADER + ROW).encode()))
        answer = FilesProvider(server.url("/prices/")).daily(["^VIX", "NONE"], *EVER)
        assert isinstance(answer["^VIX"], PriceSeries)
        assert "no file" in str(answer["NONE"])
        assert server.url("/prices/NONE.csv") in str(answer["NONE"])

    @pytest.mark.parametrize(
        "mark", [{"etag": '"one"'}, {"last_modified": "Thu, 12 Jun 2025 20:00:00 GMT"}]
    )
    def test_it_is_asked_whether_it_has_changed(
        self, server: LoopbackServer, mark: dict[str, str]
    ) -> None:
        old = Reply(body=(HEADER + ROW).encode(), **mark)  # type: ignore[arg-type]
        new = Reply(body=(HEADER + ROW.replace("29.2", "29.3")).encode(), etag='"two"')
        server.route("/MP.csv", old, old, new)
        provider = FilesProvider(server.url(""))
        closes = [provider.daily(["MP"], *EVER)["MP"] for _ in range(3)]
        assert [one.bars[0].close for one in closes if isinstance(one, PriceSeries)] == [
            29.2,
            29.2,
            29.3,
        ]
        condition = {"if-none-match", "if-modified-since"}
        assert [bool(condition & set(request.headers)) for request in server.requests] == [
            False,
            True,
            True,
        ]

    def test_a_server_that_fails_is_an_error_naming_the_url(self, server: LoopbackServer) -> None:
        server.route("/MP.csv", Reply(status=500))
        answer = FilesProvider(server.url("")).daily(["MP"], *EVER)["MP"]
        assert isinstance(answer, PriceError)
        assert server.url("/MP.csv") in str(answer)
        assert "500" in str(answer)

    def test_an_endless_answer_is_given_up(self, server: LoopbackServer) -> None:
        server.route("/MP.csv", Reply(body=HEADER.encode(), drip=b"x" * 100))
        slow = FilesProvider(server.url(""), deadline=0.2)
        assert "not finished after 0.2 s" in str(slow.daily(["MP"], *EVER)["MP"])
        large = FilesProvider(server.url(""), max_bytes=150)
        assert "longer than 150 bytes" in str(large.daily(["MP"], *EVER)["MP"])

    def test_no_server_is_an_error(self) -> None:
        answer = FilesProvider("http://127.0.0.1:1").daily(["MP"], *EVER)["MP"]
        assert "cannot be read" in str(answer)
