"""Which patterns the words of a sentence leave possible."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.sieve import Asked, Sieve

KEYS = [f"word {number}" for number in range(12)]
WORDS = st.frozensets(st.sampled_from(KEYS))
GROUPS = st.lists(st.frozensets(st.sampled_from(KEYS), min_size=1), max_size=3)
PATTERNS = st.lists(st.builds(Asked, st.sets(st.sampled_from(KEYS)), GROUPS, GROUPS), max_size=8)


def possible(one: Asked, here: frozenset[str], anywhere: frozenset[str]) -> bool:
    """By the words themselves."""
    return (
        not here.isdisjoint(one.triggers)
        and not any(here.isdisjoint(group) for group in one.near)
        and not any(anywhere.isdisjoint(group) for group in one.anywhere)
    )


@given(PATTERNS, WORDS, WORDS)
def test_what_passes_has_all_that_it_asks_for(
    patterns: list[Asked], here: frozenset[str], elsewhere: frozenset[str]
) -> None:
    sieve, anywhere = Sieve(patterns), here | elsewhere
    passing = list(sieve.passing(sieve.of(here), sieve.of(anywhere)))
    assert passing == [
        number for number, one in enumerate(patterns) if possible(one, here, anywhere)
    ]


def test_words_that_no_pattern_knows_have_no_bits() -> None:
    sieve = Sieve([Asked(["ban"], [{"export"}], [])])
    assert sieve.of(["weather"]) == 0
    assert list(sieve.passing(sieve.of(["ban", "weather"]), 0)) == []


def test_a_group_that_two_patterns_ask_for_is_one_bit() -> None:
    once = Sieve([Asked([], [{"export", "import"}], [])])
    twice = Sieve([Asked([], [{"export", "import"}], []), Asked([], [], [{"import", "export"}])])
    assert once.bits["export"].bit_count() == twice.bits["import"].bit_count() == 1
