"""Patterns, cues and word lists that say nothing, or against themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rule_files import STRIKE, cue, entity, event, findings, lookalikes, told

W = '[[wordlist]]\nid = "w"\nwords = ["quarry", "shaft"]'

# --------------------------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("score = 0.5", [("never-counts", "error", "")]),
        ('nouns = ["strike", "@company"]', [("never-counts", "error", "nouns")]),
        ('nouns = ["strike", "=walk out"]', []),
        ('nouns = ["strike"]\nphrases = ["=walk out"]', []),
        ('nouns = ["strike"]\nneeds = [[]]', [("never-counts", "error", "needs")]),
        (
            'nouns = ["strike"]\nneeds = [["pit", "mine"]]\nrefuse = ["pit", "mine"]',
            [("never-counts", "error", "needs")],
        ),
        (
            'nouns = ["strike"]\nbefore = [["pit", "mine"]]\nrefuse = ["pit"]',
            [("contradiction", "warning", "before")],
        ),
        (
            'nouns = ["strike"]\nneeds = [["pit"]]\nrefuse_context = ["pit"]',
            [("never-counts", "error", "needs")],
        ),
        ('nouns = ["strike"]\ncontext = [["pit"]]\nrefuse = ["pit"]', []),
        ('nouns = ["strike"]\nneeds = [["@w"]]\nrefuse = ["shaft"]', []),  # the list less one
        (
            'nouns = ["strike"]\nneeds = [["@w"]]\nrefuse = ["shaft", "quarry"]',
            [("never-counts", "error", "needs")],
        ),
        (
            'nouns = ["strike"]\nrefuse_context = ["strike"]',
            [("never-counts", "error", "nouns")],
        ),
        ('nouns = ["strike"]\nrefuse = ["strike"]', [("contradiction", "warning", "refuse")]),
        ('nouns = ["strike"]\nrefuse = ["strike of luck"]', []),
        ('nouns = ["strike"]\nnear = 301', [("near", "warning", "near")]),
        ('nouns = ["strike"]\nnear = 300', []),
    ],
)
def test_patterns_that_cannot_match_as_they_are_meant(
    tmp_path: Path, pattern: str, wanted: list[tuple[str, str, str]]
) -> None:
    found = told(tmp_path, W, event("strike", pattern))
    assert [one for one in found if one[0] not in ("lookalike-texts", "unused")] == [
        (check, severity, "strike", f"patterns.0.{key}".rstrip("."))
        for check, severity, key in wanted
    ]


WIDE = 'nouns = ["strike", "walkout"]\nneeds = [["pit", "mine", "@w"]]\nscore = 0.8\nnear = 9'


@pytest.mark.parametrize(
    ("narrow", "covered"),
    [
        ('nouns = ["strike"]\nneeds = [["pit"]]\nscore = 0.8\nnear = 9', True),
        ('nouns = ["strike"]\nneeds = [["shaft"]]\nscore = 0.7\nnear = 5', True),
        ('nouns = ["strike"]\nbefore = [["pit"]]\nneeds = [["men"]]\nweak = true\nnear = 9', True),
        ('nouns = ["strike"]\nneeds = [["pit"]]\nrefuse = ["luck"]\nnear = 9', True),
        ('nouns = ["strike", "stoppage"]\nneeds = [["pit"]]\nnear = 9', False),
        ('verbs = ["strike"]\nneeds = [["pit"]]\nnear = 9', False),
        ('nouns = ["strike"]\nneeds = [["pit", "road"]]\nnear = 9', False),
        ('nouns = ["strike"]\nneeds = [["pit"]]\nscore = 0.9\nnear = 9', False),
        ('nouns = ["strike"]\nneeds = [["pit"]]\nstatus = "considered"\nnear = 9', False),
        ('nouns = ["strike"]\nneeds = [["pit"]]\nnear = 10', False),
        ('nouns = ["strike"]\ncontext = [["pit"]]\nnear = 9', False),
        ('needs = [["pit"]]\nnear = 9', False),
    ],
)
def test_a_pattern_that_another_one_covers(tmp_path: Path, narrow: str, covered: bool) -> None:
    found = told(tmp_path, W, event("strike", WIDE, "[[event.patterns]]", narrow))
    found = [one for one in found if one[0] != "never-counts"]
    assert found == [("covered", "warning", "strike", "patterns.1")] * covered


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("refuse = ['luck']", ""),  # refuses what the other one takes
        ("refuse = ['luck']\nnear = 13", "refuse = ['luck']"),  # and further off
        ("before = [['pit']]", "needs = [['pit']]"),
        ("weak = true", ""),
    ],
)
def test_a_pattern_that_takes_what_another_one_refuses_is_not_covered(
    tmp_path: Path, wide: str, narrow: str
) -> None:
    first, second = f'nouns = ["strike", "walkout"]\n{wide}', f'nouns = ["strike"]\n{narrow}'
    found = told(tmp_path, event("strike", first, "[[event.patterns]]", second))
    assert ("covered", "warning", "strike", "patterns.1") not in found


def test_of_two_equal_patterns_one_is_kept(tmp_path: Path) -> None:
    same = 'nouns = ["strike"]'
    found = told(tmp_path, event("strike", same, "[[event.patterns]]", same))
    assert found == [("covered", "warning", "strike", "patterns.0")]


@pytest.mark.parametrize(("size", "wanted"), [(21_000, 1), (900, 0)])
def test_word_lists_that_come_to_very_many_words(tmp_path: Path, size: int, wanted: int) -> None:
    words = ", ".join(f'"w{number}x"' for number in range(size // 2))
    lists = (
        f'[[wordlist]]\nid = "w"\nwords = [{words}]\n[[wordlist]]\nid = "v"\nwords = ["@w", "ore"]'
    )
    found = told(tmp_path, lists, event("strike", 'nouns = ["strike"]\nneeds = [["@v", "@w"]]'))
    assert found == [("expansion", "warning", "strike", "patterns.0")] * wanted


# ------------------------------------------------------------------------------------- cues


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (cue("a", "denied", "=no"), cue("b", "considered", "=no"), [("cue-conflict", "b")]),
        (cue("a", "considered", "=no"), cue("b", "denied", "=no"), [("cue-conflict", "b")]),
        (cue("a", "denied", "=no"), cue("b", "none", "=no"), [("cue-conflict", "b")]),
        (cue("a", "denied", "=no"), cue("b", "end", "=no"), []),
        (cue("a", "denied", "=no"), cue("b", "considered", "=no", 'side = "after"'), []),
        # the weaker one reaches further, and decides there
        (cue("a", "denied", "=no"), cue("b", "considered", "=no", "reach = 9"), []),
        (cue("a", "denied", "=no", 'types = ["strike"]'), cue("b", "considered", "=no"), []),
        (cue("a", "denied", "=no", 'types = ["strike"]'),
         cue("b", "considered", "=no", 'not_types = ["strike"]'), []),
        (cue("a", "denied", "=no"), cue("b", "considered", "no"), []),  # one form, and all of them
        (cue("a", "denied", "=no"), cue("b", "denied", "=no", "reach = 2"), [("repeat", "b")]),
        (cue("a", "denied", "=no"), cue("b", "denied", "=no", 'side = "after"'), []),
        (cue("a", "denied", "=no", "across = true"), cue("b", "denied", "=no", "reach = 9"), []),
    ],
)  # fmt: skip
def test_a_cue_word_with_two_statuses(
    tmp_path: Path, first: str, second: str, wanted: list[tuple[str, str]]
) -> None:
    other = event("stop", 'nouns = ["strike"]')
    found = told(tmp_path, STRIKE, other, first, second)
    assert found == [(check, "warning", entry, "words.0") for check, entry in wanted]


def test_cues_with_many_words_in_common_are_told_once(tmp_path: Path) -> None:
    words = ", ".join(f'"=w{number}x"' for number in range(7))
    both = [cue(name, "denied", "=no").replace('"=no"', words) for name in ("a", "b")]
    (found,) = findings(tmp_path, STRIKE, *both)
    assert (found.check, found.entry, found.key) == ("repeat", "b", "words.0")
    assert "'=w4x' and 2 more: the cue 'a' says the same" in found.what


def test_a_cue_for_some_events_may_say_again_what_one_for_all_says(tmp_path: Path) -> None:
    both = [cue("a", "denied", "=no"), cue("b", "denied", "=no", 'types = ["strike"]')]
    other = event("stop", 'nouns = ["strike"]')
    assert told(tmp_path, STRIKE, other, *both) == []
    assert told(tmp_path, STRIKE, *both) == [("repeat", "warning", "b", "words.0")]


def test_cues_may_share_a_list(tmp_path: Path) -> None:
    lists = (
        '[[wordlist]]\nid = "w"\nwords = ["=no", "=nor"]\n[[wordlist]]\nid = "v"\nwords = ["=no"]'
    )
    both = [cue("a", "denied", "@w"), cue("b", "denied", "@w"), cue("c", "denied", "=no")]
    assert told(tmp_path, lists, STRIKE, *both, cue("d", "end", "@v")) == []
    two = cue("a", "denied", "=no").replace('"=no"', '"@w", "@v", "=no"')
    last = cue("d", "end", "@v")
    assert told(tmp_path, lists, STRIKE, two, last) == [("repeat", "warning", "a", "words.2")]
    conflict = cue("b", "considered", "@v")
    found = told(tmp_path, lists, STRIKE, both[0], conflict)
    assert found == [("cue-conflict", "warning", "b", "words.0")]


def test_a_denial_of_an_end_is_no_conflict_for_what_lasts(tmp_path: Path) -> None:
    both = [cue("a", "denied", "=no"), cue("b", "reversed", "=no")]
    lasting = STRIKE.replace("[[event.patterns]]", "lasting = true\n[[event.patterns]]")
    assert told(tmp_path, STRIKE, *both) == [("cue-conflict", "warning", "b", "words.0")]
    assert told(tmp_path, lasting, *both) == []


def test_a_word_that_stands_twice_in_a_cue(tmp_path: Path) -> None:
    twice = cue("a", "denied", "=no").replace('"=no"', '"=no", "=not", "=no"')
    assert told(tmp_path, STRIKE, twice) == [("repeat", "warning", "a", "words.2")]


@pytest.mark.parametrize(
    ("pattern", "limits", "wanted"),
    [
        ('nouns = ["strike"]', 'types = ["strike"]', []),
        ('nouns = ["strike"]', 'types = ["strike"]\nnot_types = ["strike"]', ["not_types"]),
        ('nouns = ["strike"]\nfixed = true', 'types = ["strike"]', ["types"]),
        ('nouns = ["strike"]', 'types = ["strike"]\nof = "verb"', ["of"]),
        ('verbs = ["strike"]', 'types = ["strike"]\nof = "verb"', []),
    ],
)
def test_a_cue_that_no_event_asks(
    tmp_path: Path, pattern: str, limits: str, wanted: list[str]
) -> None:
    found = told(tmp_path, event("strike", pattern), cue("a", "denied", "=no", limits))
    assert found == [("unused", "warning", "a", key) for key in wanted]


# ----------------------------------------------------------------------------------- unused


def test_a_word_list_that_no_pattern_uses(tmp_path: Path) -> None:
    words = {"a": "@b", "b": "pit", "c": "pit", "d": "ore", "e": "not", "first-names": "Ann"}
    lists = [f'[[wordlist]]\nid = "{name}"\nwords = ["{word}"]' for name, word in words.items()]
    used = event("strike", 'nouns = ["strike"]\nneeds = [["@a"]]')
    asking = entity("one", 'aliases = [{ text = "Zorbex", needs = ["@d"] }]')
    by_cue = cue("a", "denied", "@e")
    assert told(tmp_path, *lists, used, asking, by_cue) == [("unused", "warning", "c", "")]


def test_words_that_stand_twice_in_a_list(tmp_path: Path) -> None:
    twice = '[[wordlist]]\nid = "w"\nwords = ["quarry", "=shaft", "shaft", "quarry"]'
    pattern = event("strike", 'nouns = ["strike"]\nneeds = [["@w", "pit"], ["pit"]]')
    assert told(tmp_path, twice, pattern) == [("repeat", "warning", "w", "words")]
    again = pattern.replace('["@w", "pit"]', '["@w", "pit", "pit"]')
    assert told(tmp_path, W, again) == [("repeat", "warning", "strike", "patterns.0.needs")]


def test_an_actor_that_is_no_entity_and_no_type(tmp_path: Path) -> None:
    one = event("strike", 'nouns = ["strike"]\nneeds = [["@w"]]')
    told_of = one.replace("[[event.patterns]]", 'actors = ["@person", "@w"]\n[[event.patterns]]')
    assert told(tmp_path, W, told_of) == [("unused", "warning", "strike", "actors.1")]
    assert told(tmp_path, W, told_of.replace('"@person", "@w"', '"@person"')) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Zorbex Street", []),
        ("North Zorbex", []),
        ("Zorbex's Street", []),
        ("Ltd Fund", []),  # takes the place of the end of "Korvax Ltd"
        ("The Korvax", []),  # and of its beginning
        ("lucky strike", []),  # a word of an event
        ("Zorbexes", ["names.0"]),
        ("Elm Street", ["names.0"]),
    ],
)
def test_a_look_alike_that_is_like_nothing(tmp_path: Path, name: str, wanted: list[str]) -> None:
    one = entity("one", 'aliases = ["Zorbex", "Korvax Ltd"]')
    found = told(tmp_path, one, STRIKE, lookalikes(name))
    assert found == [("unused", "warning", "others", key) for key in wanted]


def test_look_alikes_that_stand_twice(tmp_path: Path) -> None:
    one = entity("one", 'aliases = ["Zorbex"]')
    found = told(tmp_path, one, lookalikes("zorbex street", "Zorbex Street", "Zorbex Lane"))
    assert found == [("repeat", "warning", "others", "names.1")]
