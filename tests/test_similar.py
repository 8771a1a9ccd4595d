from __future__ import annotations

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
    by_rare = similar.overlap(["rare1", "a"], ["rare1", "b"], rarity)
    by_common = similar.overlap(["common", "a"], ["common", "b"], rarity)
    assert 0 < by_common < 0.1
    assert by_rare > 0.4
    assert similar.overlap(["a"], [], rarity) == 0
    before = rarity.weight("common")
    rarity.count(["common", "passing"])
    rarity.count(["common", "passing"], -1)
    assert rarity.weight("common") == before
    assert rarity.weight("passing") == rarity.weight("never seen")
