"""What stands around a name and says whose it is: first names, titles, by-lines, acronyms.

Tables of English words only; names of the watched live in the rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from monitor.extract.words import Words, apart, wordset

# the spans that are a person's name in the sentence around a place
People = Callable[[int], Sequence[tuple[int, int]]]

TITLES = wordset(
    "secretary sec president presidents minister chief ceo executive chairman chair "
    "ambassador premier leader senator sen boss commissioner representative"
)
HONORIFICS = frozenset(["mr", "ms", "mrs", "dr", "sir"])
LOCATIVE = wordset(
    "in at from near to through outside around of central downtown east west north south "
    "eastern western northern southern greater inner outer across into via toward towards for "
    "visit visited visiting leaving reach reached inside within on under over"
)
GOVERNING = wordset(
    "says said say has had have is was will would wants want wanted may might could can must "
    "should plans planned agreed agrees agree signed signs sign ordered orders imposed "
    "imposes impose banned bans ban curbs curbed restricts restricted retaliated retaliates "
    "announced announces warned warns accused accuses rejected rejects denied denies insisted "
    "insists called calls told asked asks urged urges vowed vows pledged pledges promised "
    "promises refused refuses decided decides did does lifted lifts eased eases tightened "
    "tightens put puts set sets hit hits responded responds answered answers threatened "
    "threatens also reached reaches offered offers seeks sought hopes hoped expects expected "
    "argues argued recalled expelled summoned backs backed halts halted suspends suspended "
    "and not"
)
OWNED = wordset(
    "government policy ban bans curbs curb controls restrictions move decision order orders "
    "tariffs sanctions response position demand demands offer rules ministry foreign army "
    "military embassy ambassador export backing support hand envoy parliament law"
)
DATELINE = re.compile(
    r"^[A-Z][A-Z .,'/-]{1,80}(?:,\s?[A-Z][\w. ]{1,40})?\s?\([A-Za-z/ ]{2,20}\)\s?[-\u2013\u2014]+",
    re.M,
)
BYLINE = re.compile(
    r"(?:^|(?<=[.!?]\s)|(?<=\n))(?:By|Report(?:ed|ing)? by|Additional reporting by)\s+"
    r"[A-Z][\w.'-]+(?:\s+(?:and\s+)?[A-Z][\w.'-]+){1,5}(?=\s*(?:,|\n|$|\())"
)
SIGNED = ("(", "By ", "eport")  # what stands in all of them: most texts have none of it
LONGEST_LINE = 2000  # characters: a headline is shorter, and how a paragraph begins says nothing
PART = r"(?:[A-Z][\w'-]{0,40}|of|the|for|and|on|&)"
INTRODUCED = re.compile(rf"({PART}(?:\s+{PART}){{1,7}})\s+\(([A-Z]{{2,6}})\)")


def mastheads(words: Words) -> list[tuple[int, int]]:
    """By-lines and datelines, in order and apart: who wrote it and where, not what it is about."""
    if not any(sign in words.text for sign in SIGNED):
        return []
    return apart(one.span() for line in (DATELINE, BYLINE) for one in line.finditer(words.text))


def acronyms_of_others(words: Words, known: Iterable[tuple[int, int]]) -> frozenset[str]:
    """Acronyms that the text spells out as something that is none of the known names."""
    if "(" not in words.text:
        return frozenset()
    ends = {end for _, end in known}
    found = set()
    for introduction in INTRODUCED.finditer(words.text):
        letters = "".join(
            part[0] for part in re.split(r"[\s-]+", introduction[1]) if part[0].isupper()
        )
        if letters.endswith(introduction[2]) and introduction.end(1) not in ends:
            found.add(introduction[2])
    return frozenset(found)


def titled(words: Words, start: int) -> bool:
    """A title of office stands right before."""
    return words.before(start).lower() in TITLES


def another_person(
    words: Words,
    people: People | None,
    place: tuple[int, int],
    *,
    first_names: frozenset[str],
    own_names: Sequence[str],
    kind: str,
) -> bool:
    """The word is part of a name that is not one of `own_names`: "Alan Smith" for Joe Smith."""
    start, end = place
    before = words.before(start)
    spaced = re.search(r"[\w.][ \-]$", words.text[max(0, start - 2) : start])
    if not spaced or not before[:1].isupper():
        return False
    full = f"{before} {words.text[start:end]}"
    if any(name.endswith(full) for name in own_names):
        return False
    initial = re.search(r"\b[A-Z]\. $", words.text[max(0, start - 4) : start])
    if before.lower() in first_names or initial:
        return True
    if people is None or kind != "person":
        return False
    furthest = max(0, start - LONGEST_LINE)
    line = words.text[words.text.rfind("\n", furthest, start) + 1 or furthest : start]
    opens_line = not line[: max(0, len(line) - len(before) - 1)].strip()
    if opens_line or before.lower() in TITLES | HONORIFICS or _headline_case(line):
        return False
    return any(
        low < start and end <= high and words.text[low:high].split()[0] == before
        for low, high in people(start)
    )


def _headline_case(line: str) -> bool:
    longer = [word for word in line.split() if len(word) > 3]
    return bool(longer) and sum(word[0].isupper() for word in longer) > 0.7 * len(longer)


def is_government(words: Words, start: int, end: int) -> bool:
    """A capital that acts: "Tokyo said", "Seoul's ban", not "in Tokyo", "Tokyo shares"."""
    before = words.before(start).lower()
    if before in LOCATIVE:
        return False
    after = words.after(end)
    owns = words.text[end : end + 2] in {"'s", "s'"}
    if owns:
        return after.lower() in OWNED
    if not re.match(r"[\s-]", words.text[end : end + 1]):
        return before in {"and", "between", "with", "by", "against"}
    return after.lower() in GOVERNING or (
        before in {"between", "with", "against", "by"} and after == after.lower() and before != ""
    )
