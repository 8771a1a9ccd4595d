"""The price chart."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from matplotlib.image import imread

from monitor.deliver.chart import price_chart
from monitor.model import PriceSeries
from tests.bars import days, of_closes, real

DAY = date(2025, 6, 12)
GREEN, RED, MARK = (0x0F, 0x7B, 0x4F), (0xB3, 0x34, 0x1F), (0x2F, 0x4B, 0x8F)


def drawn(
    series: PriceSeries, marks: Sequence[tuple[date, str]] = (), until: date = DAY, name: str = "N"
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    picture = imread(io.BytesIO(price_chart(series, name, marks, until)), format="png")
    return (np.asarray(picture)[:, :, :3] * 255).round().astype(np.uint8)


def dots(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], color: Sequence[int]) -> int:
    return int((picture == np.array(color, dtype=np.uint8)).all(axis=2).sum())


def test_it_is_a_white_card_of_twice_600_by_300() -> None:
    picture = drawn(real("MP"))
    assert picture.shape == (600, 1200, 3)
    assert (picture[0, :] == 255).all()
    assert (picture[:, 0] == 255).all()


def test_the_same_input_gives_the_same_bytes_and_no_date_of_making() -> None:
    marks = [(DAY, "1")]
    first = price_chart(real("MP"), "MP Materials", marks, DAY)
    assert first == price_chart(real("MP"), "MP Materials", marks, DAY)
    assert b"Software" not in first
    assert b"tIME" not in first


def test_the_last_step_is_green_up_and_red_down() -> None:
    up, down = drawn(real("MP")), drawn(real("MP"), until=date(2025, 6, 11))
    assert dots(up, GREEN) > 100
    assert dots(up, RED) == 0
    assert dots(down, RED) > 100
    assert dots(down, GREEN) == 0


def test_marks_are_drawn_on_their_session_or_the_next() -> None:
    saturday, monday = date(2025, 6, 7), date(2025, 6, 9)
    series = real("MP")
    assert dots(drawn(series), MARK) == 0
    marked = price_chart(series, "N", [(monday, "1")], DAY)
    assert marked == price_chart(series, "N", [(saturday, "1")], DAY)
    before, after = date(2020, 1, 2), date(2026, 1, 2)
    assert price_chart(series, "N", [(before, "1"), (after, "2")], DAY) == price_chart(
        series, "N", [], DAY
    )


def test_nothing_after_the_day_is_drawn() -> None:
    whole = real("MP")
    cut = replace(whole, bars=tuple(bar for bar in whole.bars if bar.session <= DAY))
    assert price_chart(whole, "N", [], DAY) == price_chart(cut, "N", [], DAY)


def test_raw_and_adjusted_prices_are_never_in_one_line() -> None:
    """A two-for-one split: raw falls by half, adjusted does not move."""
    closes = [100.0] * 30
    series = of_closes(closes)
    split = tuple(
        replace(bar, close=None if place < 15 else 50.0, adj_close=50.0)
        for place, bar in enumerate(series.bars)
    )
    flat = tuple(replace(bar, close=None, adj_close=50.0) for bar in series.bars)
    until = days(30)[-1]
    one = price_chart(replace(series, bars=split), "N", [], until)
    assert one == price_chart(replace(series, bars=flat), "N", [], until)


def test_a_missing_raw_close_leaves_a_gap_where_nothing_is_adjusted() -> None:
    series = of_closes([10.0, 11.0, 12.0])
    bars = tuple(
        replace(bar, adj_close=None, close=bar.close if place != 1 else None)
        for place, bar in enumerate(series.bars)
    )
    assert drawn(replace(series, bars=bars), until=days(3)[-1]).shape == (600, 1200, 3)


def test_one_bar_is_enough_and_none_is_an_error() -> None:
    assert dots(drawn(of_closes([10.0]), until=days(1)[0]), GREEN) > 20
    with pytest.raises(ValueError, match="ABC: no bar up to 2020-01-01"):
        price_chart(of_closes([10.0]), "N", [], date(2020, 1, 1))


def test_a_name_is_only_a_name() -> None:
    assert drawn(real("MP"), [(DAY, "$x")], name=r"Cash $\frac{1}{0}$ & Co").shape[0] == 600


def test_a_january_is_told_with_its_year() -> None:
    winter = of_closes([10.0 + place for place in range(60)])
    moved = tuple(
        replace(bar, session=day)
        for bar, day in zip(winter.bars, days(60, date(2024, 12, 1)), strict=True)
    )
    assert drawn(replace(winter, bars=moved), until=date(2025, 1, 29)).shape[1] == 1200
