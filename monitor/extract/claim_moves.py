"""The words that tell of a price's rise or fall: verbs, nouns, and adjectives after a figure.

All are for folded text. Those that mean a move of a price only beside a figure stand here too:
a figure that measures no price is sorted out by whose it is and by what follows it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Final

from monitor.extract.inflect import noun_forms, verb_forms
from monitor.extract.words import wordset
from monitor.model import Direction


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longer first; grouped by their first two letters, as a
    plain list of hundreds would be tried one by one at every place."""
    groups: dict[str, list[str]] = defaultdict(list)
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        groups[word[:2]].append(re.escape(word[2:]).replace(r"\ ", " "))
    return "|".join(f"{re.escape(head)}(?:{'|'.join(rest)})" for head, rest in groups.items())


UP_VERBS: Final = (
    "rise gain climb jump surge soar rally advance add leap spike rocket skyrocket pop bounce "
    "rebound recover increase vault zoom balloon swell appreciate lift boost propel strengthen hop "
    "improve firm blast rip mushroom explode roar regain recoup reclaim catapult hoist ascend "
    "uplift haul tack"
)
DOWN_VERBS: Final = (
    "fall drop decline slip slide sink plunge tumble lose dive plummet crash slump shed retreat "
    "dip ease weaken skid tank crater nosedive collapse stumble sag decrease knock drag surrender "
    "forfeit cede relinquish soften swoon buckle crumble falter droop backslide leak bleed "
    "hemorrhage haemorrhage depreciate descend recede subside deflate implode topple flop "
    "slither relapse sputter batter hammer clobber pummel wallop maul cool wilt erode"
)
UP_PHRASES: Final = (
    "put on", "tack on", "pile on", "win back", "claw back", "snap back", "fight back", "come back",
    "top out",
)  # fmt: skip
DOWN_PHRASES: Final = (
    "give back", "hand back", "give up", "sell off", "fall back", "pull back", "fall away",
    "drop back", "bottom out",
)  # fmt: skip
UP_FORMS: Final = [
    "leaped",
    "propelled",
    "propelling",
    "bounded",
    "sprang",
    "sprung",
    "perked",
    "peaked",
    "crested",
]
DOWN_FORMS: Final = ["dove", "bled", "pummelled", "pummelling", "backslid", "bottomed"]
SIDE_UP: Final = (
    "higher up firmer stronger dearer richer northward skyward",
    "to the good", "to the upside", "to the plus side", "on the plus side", "to the plus",
    "in the green", "in the black", "in positive territory", "in plus territory",
    "in the plus column", "above water", "better off",
)  # fmt: skip
SIDE_DOWN: Final = (
    "lower down softer weaker cheaper poorer southward",
    "to the bad", "to the downside", "to the minus side", "on the minus side", "to the minus",
    "in the red", "in negative territory", "in minus territory", "in the minus column",
    "under water", "underwater", "adrift", "in the hole", "worse off",
)  # fmt: skip
UP_NOUNS: Final = (
    "rise gain climb jump surge rally advance leap spike pop bounce rebound recovery increase "
    "upswing upturn uptick upsurge ascent appreciation comeback run-up"
)
DOWN_NOUNS: Final = (
    "fall drop decline slip slide plunge tumble loss dive crash slump retreat dip collapse "
    "decrease pullback selloff sell-off nosedive downturn downtick skid swoon drawdown drubbing "
    "meltdown stumble"
)
# these only after a figure: "a 6% hit"
MORE_UP_NOUNS: Final = "bump boost lift spurt burst"
MORE_DOWN_NOUNS: Final = "hit setback haircut wipeout rout markdown correction battering hammering"
EITHER_NOUNS: Final = "swing move change"  # of a direction only with a sign


def _verbs(words: str, phrases: Iterable[str]) -> list[str]:
    verbs = (*words.split(), *phrases)
    return list(chain.from_iterable(verb_forms(verb) for verb in verbs))


def _nouns(words: str) -> list[str]:
    return list(chain.from_iterable(noun_forms(noun) for noun in words.split()))


def _sides(said: tuple[str, ...]) -> str:
    return any_of([*said[0].split(), *said[1:]])


_SIDES_UP = ["higher", "up", "firmer", "stronger", "dearer"]
_SIDES_DOWN = ["lower", "down", "weaker", "softer", "cheaper"]
UP: Final = any_of([*_verbs(UP_VERBS, UP_PHRASES), *_nouns(UP_NOUNS), *UP_FORMS, *_SIDES_UP])
DOWN: Final = any_of(
    [*_verbs(DOWN_VERBS, DOWN_PHRASES), *_nouns(DOWN_NOUNS), *DOWN_FORMS, *_SIDES_DOWN]
)
NOUN: Final = any_of(
    _nouns(f"{UP_NOUNS} {DOWN_NOUNS} {MORE_UP_NOUNS} {MORE_DOWN_NOUNS} {EITHER_NOUNS}")
)
_MORE_UP = frozenset(_nouns(MORE_UP_NOUNS))
_MORE_DOWN = frozenset(_nouns(MORE_DOWN_NOUNS))
_EITHER = frozenset(_nouns(EITHER_NOUNS))
# forms that are verbs far more often: "the stock jumps 5%"
_MOSTLY_VERBS = wordset(
    "rises climbs jumps surges rallies leaps spikes pops bounces rebounds increases advances "
    "falls drops declines slips slides plunges tumbles dives crashes slumps retreats dips "
    "collapses decreases skids stumbles"
)
_NOUNS = frozenset(_nouns(f"{UP_NOUNS} {DOWN_NOUNS}")) - _MOSTLY_VERBS | _EITHER
UP_OR_DOWN: Final = rf"{UP}|{DOWN}"
# "off 3%" and "ahead 3%" are moves only right before the figure
MOVE: Final = re.compile(
    r"\b(?:(?:mak(?:es?|ing)|made|tak(?:es?|ing)|took|sets?|back(?:s|ed)|buil(?:ds?|t|ding)|"
    r"step(?:s|ped)?|scal(?:es?|ed|ing)|ramp(?:s|ed|ing)?|speed(?:s|ed)?|shut(?:s|ting)?|"
    rf"br(?:eak|oke) ?) (?:up|down)|(?P<up>{UP}|ahead(?=\s*(?:by\s*)?$))|"
    rf"(?P<down>{DOWN}|off(?=\s*(?:by\s*)?$)))\b(?! (?:to|through) (?:the|now)\b)",
    re.I,
)
# what stands after a figure: "17% higher"
SIDE: Final = rf"(?P<up>{_sides(SIDE_UP)}|ahead(?! of))|(?P<down>{_sides(SIDE_DOWN)})"
GAINERS: Final = re.compile(
    r"\b(?:(?P<up>gainers|risers|winners|advancers|climbers)|"
    r"(?P<down>losers|fallers|decliners|laggards|sliders|sinkers))\b",
    re.I,
)


def direction_of(word: str) -> Direction | None:
    """Of a noun that tells a move; None for one that goes either way."""
    word = word.lower()
    if word in _EITHER:
        return None
    return "up" if word in _MORE_UP or re.fullmatch(UP, word) else "down"


def is_noun(word: str) -> bool:
    return word.lower() in _NOUNS
