"""What of an item's words is substance, and what its page says of itself."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.wording import akin, wording


def same(one: str, other: str) -> bool:
    return wording("Title", one) == wording("Title", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It rose 17% (at best).", "it  rose 17 % at best"),
        ("The mine’s “rare-earth” plan – approved", 'The mine\'s "rare earth" plan - approved'),
        ("Live. Updated 10:31", "Live. Updated 10:32"),
        ("Live (Last updated: 12 June 2025, 10:31 GMT)", "Live"),
        ("Published on Friday at 5 p.m. ET. It rose.", "It rose."),
        ("Modified 2025-06-12 10:31 UTC. It rose.", "It rose."),
        ("3 hours ago It rose.", "It rose."),
        ("It rose. 12 comments", "It rose. 1,312 comments"),
        ("It rose. Comments (12)", "It rose. Comments (13)"),
        ("Points: 12 # Comments: 3", "Points: 14 # Comments: 5"),
        ("It rose. 4 min read", "It rose. 5 min read"),
        ("½ of it", "1/2 of it".replace("/", "\N{FRACTION SLASH}")),
    ],
)
def test_one_substance(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It rose 17%.", "It rose 1.7%."),
        ("It moved 17%.", "It moved -17%."),
        ("It moved (17%).", "It moved (−17%)."),
        ("It will open.", "It will not open."),
        ("It posted 12% growth.", "It posted 14% growth."),
        ("It posted sales of 12.5.", "It posted sales of 12.7."),
        ("It bought 1,000 shares.", "It bought 2,000 shares."),
        ("It rose 5 points.", "It rose 6 points."),
        ("Passed by 51 votes.", "Passed by 52 votes."),
        ("Over 10,000 comments on the plan came.", "Over 11,000 comments on the plan came."),
        ("Trading was halted at 10:31.", "Trading was halted at 10:41."),
        ("", "It rose."),
    ],
)
def test_another_substance(one: str, other: str) -> None:
    assert not same(one, other)


@given(st.text(), st.text(string.whitespace + ".,;!?()"))
def test_punctuation_at_the_end_is_no_substance(text: str, end: str) -> None:
    assert same(f"{text} ", f"{text} {end}")


@given(st.text(st.characters(codec=None)), st.text())
def test_any_text_has_a_wording(title: str, text: str) -> None:
    assert len(wording(title, text)) == 32
    assert akin(title, title)
    assert akin(title, text) == akin(text, title)


def test_titles_that_share_words_are_akin() -> None:
    assert akin("Ministry buys stake in mine", "Mine's shares jump as ministry buys in")
    assert not akin("Ministry buys stake in mine", "Court hears the case against a bank")
    assert akin("", "Court hears the case")
