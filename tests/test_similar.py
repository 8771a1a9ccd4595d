from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.extract import similar


def test_words() -> None:
    said = similar.tokens("The miner\u2019s 2024 sales rose 17.5%, or $1,200 in 9 rare-earth deals")
    assert "rare-earth" in said
    assert similar.stems(said) == ("miner", "sales", "rose", "rare-e", "deals")
    assert similar.figures(said) == ("17.5", "1,200")


def test_sketches_estimate_the_share_of_three_grams() -> None:
    base = [f"w{number}" for number in range(202)]
    part = base[:152] + [f"x{number}" for number in range(50)]
    grams, others = set(similar.shingles(base)), set(similar.shingles(part))
    exact = len(grams & others) / len(grams | others)
    estimate = similar.jaccard(similar.sketch(base), similar.sketch(part))
    assert estimate == pytest.approx(exact, abs=0.18)  # three standard errors of 63 hashes
    assert similar.jaccard(similar.sketch(base), similar.sketch(base)) == 1
    assert set(similar.bands(similar.sketch(base))) & set(similar.bands(similar.sketch(part)))
    assert similar.shingles(["one", "two"]) == ["one two"]
    assert similar.sketch([]) == ()
    assert similar.jaccard((), ()) == 0
    assert similar.jaccard((1, 2), (1, 2, 3)) == 0


def test_what_is_rare_counts_more() -> None:
    rarity = similar.Rarity()
    for number in range(100):
        rarity.count(["common", f"rare{number}"])
    assert rarity.weight("rare1") > 4 * rarity.weight("common")
    by_rare = similar.overlap(("rare1", "a"), ("rare1", "b"), rarity)
    by_common = similar.overlap(("common", "a"), ("common", "b"), rarity)
    assert 0 < by_common < 0.1
    assert by_rare > 0.4
    assert similar.overlap(("a",), (), rarity) == 0
    before = rarity.weight("common")
    rarity.count(["common", "passing"])
    rarity.count(["common", "passing"], -1)
    assert rarity.weight("common") == before
    assert rarity.weight("passing") == rarity.weight("never seen")


def test_names_are_capitals_inside_of_sentences_or_followed_by_another() -> None:
    text = (
        "Work at Thacker Pass stopped. Officials in Nevada blamed Humboldt County. Then on Monday"
    )
    assert similar.names("", text) == ("thacke", "pass", "nevada", "humbol", "county")
    assert similar.names("", "Brook Mine closed. Workers left.") == ("brook", "mine")
    assert similar.names("Strike halts work at the Tanbreez site", "") == ("tanbre",)
    assert similar.names("Strike Halts Tanbreez Site", "") == ()  # every word is capital
    assert similar.names("", "The plant of Stark-Lund Metals in Ohio", ["Stark-Lund Metals"]) == (
        "ohio",
    )


def test_weekdays_are_dates_of_the_last_days_or_of_tomorrow() -> None:
    thursday = datetime(2025, 6, 12, 23, 30, tzinfo=UTC)
    words = ["on", "thursday", "wednesday", "thursday", "friday", "saturday"]
    assert similar.days(words, thursday) == ("2025-06-12", "2025-06-11", "2025-06-13", "2025-06-07")


@pytest.mark.parametrize(
    "footer",
    [
        "About Acme Metals: Acme digs.",
        "\nAbout Acme Metals\nAcme digs.",
        "Forward-looking statements: this text may err.",
        "Sign up here for our letter.",
        "(Reporting by Ann Roe)",
        "All rights reserved.",
    ],
)
def test_what_publishers_put_below_every_text_is_not_compared(footer: str) -> None:
    assert similar.body(f"A mine opened. It is about time. {footer}").strip() == (
        "A mine opened. It is about time."
    )
    assert similar.body(footer.strip()) == footer.strip()  # where there is nothing else


def test_how_far_two_sets_are_apart() -> None:
    rarity = similar.Rarity()
    assert similar.apart(("a", "b"), ("b", "c"), rarity) == pytest.approx(0.5)
    assert similar.apart(("a",), ("a", "b"), rarity) == 0
    assert similar.apart(("a",), ("b",), rarity) == 1
    assert similar.apart((), ("b",), rarity) == 0


def test_one_common_term_alone_is_little() -> None:
    rarity = similar.Rarity()
    for number in range(200):
        rarity.count(["common", f"rare{number}"])
    assert similar.overlap(("common",), ("common",), rarity) == pytest.approx(1)
    assert similar.firm_overlap(("common",), ("common",), rarity) < 0.05
    assert similar.firm_overlap(("rare1",), ("rare1",), rarity) > 0.3
    assert similar.firm_overlap(("a",), ("b",), rarity) == 0
