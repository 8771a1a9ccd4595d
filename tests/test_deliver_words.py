"""Figures and verdicts in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deliver import words
from monitor.model import CheckedClaim, NoReaction
from tests import deliver_day as its

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("fraction", "told"),
    [(0.139, "+13.9%"), (-0.0601, "−6.0%"), (0.0, "0.0%"), (-0.0004, "0.0%"), (1.5, "+150.0%")],
)
def test_a_percent_is_signed(fraction: float, told: str) -> None:
    assert words.percent(fraction) == told


@pytest.mark.parametrize(
    ("p", "told"),
    [(0.0004, "p < 0.001"), (0.0042, "p = 0.004"), (0.0999, "p = 0.100"), (0.19, "p = 0.19")],
)
def test_a_p_value_is_told_as_finely_as_it_matters(p: float, told: str) -> None:
    assert words.p_value(p) == told


def test_a_number_has_a_true_minus_and_no_negative_zero() -> None:
    assert [words.number(value, 1) for value in (-2.94, -0.01, 3.0)] == ["−2.9", "0.0", "3.0"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("2023", "2023"),
        ("2023-03", "March 2023"),
        ("2023-03-14", "14 March 2023"),
        ("--03", "March"),
        ("--03-14", "14 March"),
        ("listing", "listing"),
        ("-", "-"),
        ("--13", "--13"),
    ],
)
def test_since_is_told_as_far_as_it_is_said(said: str, told: str) -> None:
    assert words.since(said) == told


def test_that_a_story_was_not_read_whole_is_told_with_the_reasons() -> None:
    one, other = (replace(its.FIRST, page=why) for why in ("paywall", "consent"))
    assert words.not_whole([one]) == "not read whole: paywall"
    assert words.not_whole([one, other, one]) == "not read whole: paywall and consent"
    assert words.not_whole([one, its.SECOND]) == ""
    assert words.not_whole([]) == ""


def test_a_moment_is_told_in_the_readers_zone() -> None:
    at = datetime(2025, 6, 13, 2, 0, tzinfo=UTC)
    assert words.moment(at, NEW_YORK) == "12 June 2025, 22:00 EDT"
    assert words.moment(at) == "13 June 2025, 02:00 UTC"
    assert words.time_of(at, date(2025, 6, 12), NEW_YORK) == "22:00 EDT"
    assert words.time_of(at, date(2025, 6, 13), NEW_YORK) == "12 June, 22:00 EDT"
    assert words.time_of(at, date(2024, 6, 12), NEW_YORK) == "12 June 2025, 22:00 EDT"


@pytest.mark.parametrize(
    ("parts", "told"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_a_list_ends_with_and(parts: list[str], told: str) -> None:
    assert words.listed(parts) == told


def test_one_line_takes_out_what_commands_a_terminal_or_turns_text_round() -> None:
    hostile = "Sale\x1b[2J\x1b]0;title\x07\r\nBcc: x\x9b31m \u202egnp\u2028end\x00"
    assert words.one_line(hostile) == "Sale Bcc: x 31m gnp end"
    assert words.one_line("a" * 30, 10) == "a" * 9 + "…"


@given(st.text())
def test_one_line_is_always_one_printable_line(text: str) -> None:
    told = words.one_line(text)
    assert len(told.splitlines()) <= 1
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in told)
    assert words.one_line(told) == told
    assert len(told) <= 300


def test_a_reaction_is_told_with_its_significance() -> None:
    assert words.abnormal(its.REACTION) == (
        "Abnormal return against SPY: +13.2% (t = 2.9, p = 0.004, estimated on 120 sessions)."
    )
    wide = replace(its.REACTION, window=(-1, 1), note="two sessions\nare missing")
    assert words.abnormal(wide) == (
        "Abnormal return against SPY over sessions −1 to +1: +13.2% (t = 2.9, p = 0.004, "
        "estimated on 120 sessions). Note: two sessions are missing."
    )
    assert "over sessions 0 to +2" in words.abnormal(replace(its.REACTION, window=(0, 2)))
    assert words.significance(replace(its.REACTION, t_stat=float("nan"))) == "significance unknown"
    told = words.abnormal(NoReaction("MP", "too few sessions"))
    assert told == "Whether that is unusual cannot be said: too few sessions."


HIGH, CLOSED = its.CLAIMS


@pytest.mark.parametrize(
    ("checked", "told"),
    [
        (
            HIGH,
            "confirmed: +16.8% at the intraday high; “highest since March” confirmed: "
            "last higher on 14 March 2023",
        ),
        (CLOSED, "confirmed: +13.9% at the close"),
        (its.WRONG, "contradicted: +13.9% at the close"),
        (its.LATE, "unverifiable; no bars outside the regular session"),
        (
            replace(CLOSED, claim=replace(CLOSED.claim, basis="unspecified")),
            "confirmed: +13.9%",
        ),
        (
            replace(
                HIGH,
                claim=replace(HIGH.claim, percent=None, extreme="low", since=None),
                measured_since=None,
            ),
            "“record low” confirmed: never lower in the bars at hand",
        ),
        (
            replace(HIGH, extreme_verdict="unverifiable", reason="bars begin in 2024"),
            "confirmed: +16.8% at the intraday high; “highest since March” unverifiable; "
            "bars begin in 2024",
        ),
        (
            CheckedClaim(
                replace(CLOSED.claim, percent=None), "x", "unverifiable", None, None, None, None
            ),
            "unverifiable",
        ),
    ],
)
def test_a_claims_verdict_is_told_with_what_was_measured(checked: CheckedClaim, told: str) -> None:
    assert words.claim_verdict(checked) == told


def test_a_claim_is_wrong_when_either_part_is() -> None:
    assert not words.is_contradicted(HIGH)
    assert words.is_contradicted(its.WRONG)
    assert words.is_contradicted(replace(HIGH, extreme_verdict="contradicted"))


def test_counts_agree_with_their_nouns() -> None:
    assert words.count(1, "article") == "1 article"
    assert words.count(0, "article") == "0 articles"
    assert words.count(2, "security", "securities") == "2 securities"
