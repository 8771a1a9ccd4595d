"""Folding, words, sentences, inflection and dates ahead: what patterns rest on."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.ahead import days_ahead
from monitor.extract.inflect import noun_forms, verb_forms, word_forms
from monitor.extract.words import words_of


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    words = words_of(text)
    assert len(words.text) == len(words.norm) == len(text)
    assert not words.text[: words.sentences[0][0]].strip()
    assert words.sentences[-1][1] <= len(text)


@given(st.text(alphabet="Aa .!?\n’“1", max_size=60))
def test_sentences_do_not_overlap(text: str) -> None:
    spans = words_of(text).sentences
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))


def test_quotes_dashes_and_spaces_are_folded() -> None:
    words = words_of("China\u2019s rare\u2011earth\u00a0ban")
    assert words.text == "China's rare-earth ban"
    assert words.norm == "china's rare earth ban"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("A deal was signed. It holds.", 2),
        ("The U.S. Department of War paid. Mr. Smith left.", 2),
        ("It opened at 9 a.m. The gain held.", 2),
        ("It opened at 9 a.m. Monday.", 1),
        ("Shares of Acme Corp. Chief rose", 1),
        ("Up 3.5% on Monday! Why? No one knows.", 3),
        ("A title\nThe text.", 2),
        ("J. Smith said so.", 1),
        ("", 1),
    ],
)
def test_where_sentences_end(text: str, count: int) -> None:
    assert len(words_of(text).sentences) == count


def test_what_is_too_long_for_a_sentence_is_cut_between_words() -> None:
    text = "word " * 1000
    spans = words_of(text).sentences
    assert [text[start:end] for start, end in spans] == [
        "word " * 400,
        "word " * 400,
        "word " * 200,
    ]
    assert [end - start for start, end in words_of("x" * 4100).sentences] == [2000, 2000, 100]
    assert words_of(" " * 2500 + "word").sentences[-1][1] == 2504


def test_neighbours_and_distances() -> None:
    text = "Interior Secretary Doug Burgum's plan costs $1.5 billion."
    words = words_of(text)
    place = text.index("Burgum")
    assert words.before(place) == "Doug"
    assert words.after(place + len("Burgum")) == "plan"
    assert words.between(text.index("Doug"), text.index("plan")) == 2
    assert words.before(0) == ""
    assert words.after(len(text)) == ""


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("impose", {"impose", "imposes", "imposed", "imposing"}),
        ("ban", {"ban", "bans", "banned", "banning"}),
        ("buy", {"buy", "buys", "bought", "buying"}),
        ("put off", {"put off", "puts off", "putting off"}),
        ("defer", {"defer", "defers", "deferred", "deferring"}),
        ("consider", {"consider", "considers", "considered", "considering"}),
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("sell", {"sell", "sells", "sold", "selling"}),
        ("lie", {"lie", "lies", "lied", "lying"}),
        ("rise", {"rise", "rises", "rose", "risen", "rising"}),
        ("have", {"have", "has", "had", "having"}),
        ("seek", {"seek", "seeks", "sought", "seeking"}),
        ("agree", {"agree", "agrees", "agreed", "agreeing"}),
        ("raise", {"raise", "raises", "raised", "raising"}),
        ("quit", {"quit", "quits", "quitting"}),
    ],
)
def test_verb_forms(verb: str, forms: set[str]) -> None:
    assert set(verb_forms(verb)) == forms


@pytest.mark.parametrize(
    ("noun", "forms"),
    [
        ("export control", {"export control", "export controls"}),
        ("duty", {"duty", "duties"}),
        ("embargo", {"embargo", "embargoes"}),
        ("tax", {"tax", "taxes"}),
        ("day", {"day", "days"}),
        ("man", {"man", "men"}),
    ],
)
def test_noun_forms(noun: str, forms: set[str]) -> None:
    assert set(noun_forms(noun)) == forms


def test_a_word_is_taken_as_noun_and_verb() -> None:
    assert set(word_forms("curb")) == {"curb", "curbs", "curbed", "curbing"}


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("licences are needed from December 1", True),
        ("in force from April 4", False),
        ("production starts in mid-2026", True),
        ("a plant due in 2024", False),
        ("full output by the end of 2025", True),
        ("a plant due in January", True),
        ("it rose in October", False),
        ("the ban of December 2026", False),
        ("effective Nov. 8, 2025", True),
        ("on November 31", True),
        ("by September", False),
    ],
)
def test_dates_ahead_of_the_day(text: str, ahead: bool) -> None:
    assert bool(list(days_ahead(text, 0, len(text), date(2025, 10, 20)))) is ahead
