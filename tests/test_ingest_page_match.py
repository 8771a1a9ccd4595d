"""Whether a page tells what its item promised, and what is made of the two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.ingest.pages.forms import Page
from monitor.ingest.pages.match import published, tells, whole_text
from tests import page_layouts as its

SEEN = datetime(2025, 6, 12, 15, 0, tzinfo=UTC)
OUT = datetime(2025, 6, 12, 13, 40, tzinfo=UTC)
PAGE = Page("https://a.example/n", its.HEADLINE, "\n".join(its.PARAGRAPHS), OUT, None, None)


@pytest.mark.parametrize(
    ("title", "summary", "is_told"),
    [
        (its.HEADLINE, its.SUMMARY, True),
        ("Northwind gets federal money for smelter", "", True),
        ("Gallium: 140 million for Port Ellis", "", True),
        ("What we know so far", its.SUMMARY, True),
        ("What we know so far", "Pilots will go back to work on Monday.", False),
        ("", its.SUMMARY, True),
        ("", "", True),
        ("Harbour pilots end their strike", "They go back to work on Monday.", False),
        ("Central bank keeps its rate and the market falls", "", False),
        ("北風金属が融資を獲得", "", False),
    ],
)
def test_a_page_tells_what_its_item_promised(title: str, summary: str, is_told: bool) -> None:
    assert tells(PAGE, title, summary) is is_told


def test_scripts_without_spaces_are_compared_letter_by_letter() -> None:
    page = replace(
        PAGE, title="北風金属、第二製錬所に融資を獲得", text="産業省は木曜日に発表した。"
    )
    assert tells(page, "北風金属が融資を獲得", "")
    assert not tells(page, "港湾労働者の罷業が終結", "")


@pytest.mark.parametrize(
    "summary",
    [
        "",
        its.PARAGRAPHS[0],
        its.PARAGRAPHS[0][:60].upper() + " …",
        its.PARAGRAPHS[0][:60] + " [...]",
        its.PARAGRAPHS[0] + " Read more at The Ledger",
        "…",
    ],
)
def test_a_summary_that_the_page_repeats_is_not_kept(summary: str) -> None:
    assert whole_text(PAGE, summary) == PAGE.text


def test_a_summary_that_says_something_else_stays() -> None:
    assert whole_text(PAGE, its.SUMMARY) == f"{its.SUMMARY}\n{PAGE.text}"


@pytest.mark.parametrize(
    ("given", "said", "told"),
    [
        (SEEN - timedelta(minutes=5), OUT, SEEN - timedelta(minutes=5)),  # the feed's stands
        (None, OUT, OUT),
        (None, SEEN + timedelta(minutes=1), None),  # not yet
        (None, SEEN - timedelta(days=800), None),  # of another time
        (None, None, None),
        (datetime(2025, 6, 12, tzinfo=UTC), OUT, OUT),  # the feed's is a day
        (datetime(2025, 6, 9, tzinfo=UTC), OUT, datetime(2025, 6, 9, tzinfo=UTC)),
        (datetime(2025, 6, 12, tzinfo=UTC), None, datetime(2025, 6, 12, tzinfo=UTC)),
    ],
)
def test_a_page_dates_what_the_feed_leaves_undated(
    given: datetime | None, said: datetime | None, told: datetime | None
) -> None:
    assert published(replace(PAGE, published_at=said), given, SEEN) == told
