"""Spans asked for in halves: they make up the whole, and nothing in it is lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.primary.windows import Found, Given, TooFineError, Window, exhaust, halved
from monitor.model import FeedItem

START = datetime(2025, 6, 12, tzinfo=UTC)
STEP = timedelta(minutes=15)

moments = st.integers(0, 86400 * 3).map(lambda seconds: START + timedelta(seconds=seconds))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    since, until = sorted(draw(st.tuples(moments, moments)))
    return Window(since, until + timedelta(seconds=1))


def item(number: int, at: datetime) -> FeedItem:
    return FeedItem("s", "o", str(number), None, f"title {number}", "", at, at)


class Service:
    """Gives the first `most` of what it has in a window."""

    def __init__(self, held: list[datetime], most: int, questions: int = 10_000) -> None:
        self.items = [item(number, at) for number, at in enumerate(sorted(held))]
        self.most = most
        self.left = questions
        self.asked: list[Window] = []

    async def answer(self, window: Window) -> Given:
        if self.left == 0:
            raise TooFineError
        self.left -= 1
        self.asked.append(window)
        matching = [one for one in self.items if one.seen_at in window]
        return Given(tuple(matching[: self.most]), len(matching) >= self.most)

    def exhausted(self, window: Window) -> Found:
        return asyncio.run(exhaust(self.answer, window, STEP))


@given(windows(), st.timedeltas(timedelta(seconds=1), timedelta(days=2)))
def test_halves_make_up_the_whole_and_are_cut_on_the_grid(window: Window, step: timedelta) -> None:
    halves = halved(window, step)
    if not halves:
        grid = datetime(1970, 1, 1, tzinfo=UTC)
        first = grid + -(-(window.since - grid) // step) * step
        assert first >= window.until or (first == window.since and first + step >= window.until)
        return
    first, second = halves
    assert (first.since, first.until, second.until) == (window.since, second.since, window.until)
    assert first.since < first.until < second.until
    assert (first.until - datetime(1970, 1, 1, tzinfo=UTC)) % step == timedelta()


@settings(max_examples=40)
@given(windows(), st.lists(moments, max_size=60), st.integers(1, 8))
def test_what_is_not_found_lies_where_it_is_said_to_be_cut_off(
    window: Window, held: list[datetime], most: int
) -> None:
    service = Service(held, most)
    found = service.exhausted(window)
    wanted = [one for one in service.items if one.seen_at in window]
    missing = [one for one in wanted if one not in found.items]
    assert all(any(one.seen_at in cut for cut in found.cut_off) for one in missing)
    assert len(found.items) == len(set(found.items))
    assert set(found.items) <= set(wanted)
    assert all(cut.until - cut.since <= STEP for cut in found.cut_off)


@settings(max_examples=40)
@given(windows(), st.lists(moments, max_size=60, unique=True))
def test_nothing_is_lost_where_no_smallest_window_is_full(
    window: Window, held: list[datetime]
) -> None:
    service = Service(held, most=len(held) + 1)
    crowded = max((sum(abs(one - other) < STEP for other in held) for one in held), default=0)
    service.most = crowded + 1
    found = service.exhausted(window)
    assert found.cut_off == ()
    assert set(found.items) == {one for one in service.items if one.seen_at in window}


@settings(max_examples=40)
@given(windows(), st.lists(moments, max_size=60), st.integers(1, 3), st.integers(1, 12))
def test_what_a_limit_on_questions_leaves_is_said_too(
    window: Window, held: list[datetime], most: int, questions: int
) -> None:
    service = Service(held, most, questions)
    found = service.exhausted(window)
    missing = [one for one in service.items if one.seen_at in window and one not in found.items]
    assert all(any(one.seen_at in cut for cut in found.cut_off) for one in missing)
    assert len(service.asked) <= questions


def test_a_window_tells_itself() -> None:
    window = Window(START, START + STEP)
    assert str(window) == "2025-06-12 00:00 to 2025-06-12 00:15"
    assert START in window
    assert START + STEP not in window
