"""What stands around a name and says whose it is: first names, titles, by-lines, acronyms.

Tables of English words only; names of the watched live in the rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

from monitor.extract.inflect import verb_forms
from monitor.extract.words import OPENERS, Words, apart, in_headline_case, wordset

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
# verbs of governments, companies and their spokesmen, in all their forms
ACTS = wordset(
    "accept accuse add admit adopt agree allow announce answer appeal approve argue ask assure "
    "award back ban bar block buy call cancel claim clarify clear close come concede condemn "
    "confirm consider continue convene criticize curb cut decide declare decline defend delay "
    "demand deny deploy detain dismiss dispute drop ease end enforce expand expect expel explore "
    "extend face fear file fine fund gain get give go grant halt help hint hit hold hope host "
    "impose increase insist intend invest investigate invite invoke issue join keep launch lead "
    "leave lend levy lift limit link list lobby look lose lower make move mull need notify offer "
    "open oppose order own pause pay permit plan play pledge postpone prefer prepare press probe "
    "promise propose protest publish pull pursue push put quit raise react ready receive recall "
    "refuse reject release remove replace report require reserve resist respond restrict resume "
    "retaliate retreat reverse review revoke ratify say scrap see seek seize sell send set sever "
    "shift shut sign signal slap slam spend stand start step stockpile stop strike sue suggest "
    "summon support suspend take talk target tell terminate test threaten tighten try turn unveil "
    "urge use veto vote vow wait waive want warn weigh welcome win withdraw withhold yield"
)
GOVERNING = frozenset(form for verb in ACTS for form in verb_forms(verb)) | wordset(
    "has have had is was are were will would may might could can must should does did also not and "
    "refuses official officials spokesman spokeswoman spokesperson minister ministers "
    "negotiator negotiators diplomats"
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
OURS = wordset(
    "us u.s american republican democratic democrat federal senior top key some many two"
)
# what is called after somebody: "Lynas Street", "Tesla Quartet"
CALLED_AFTER = wordset(
    "street road avenue lane drive crescent square bridge river creek lake beach island village "
    "hill stadium arena theatre theater hospital school college university academy library "
    "museum cathedral church chapel orchestra quartet trio quintet choir band festival cup trophy "
    "prize fellowship memorial estate cottage inn hall house gallery"
)
AFTER_WORD = re.compile(r"[\w.][ \-]$")
LONGEST_OWNED = 40  # characters of "'s export ban"
SIGNED = ("(", "By ", "eport")  # what stands in all of them: most texts have none of it
AROUND = 100  # characters: enough words to see whether all have capitals
FIRM = re.compile(
    r" (?:Ltd|Limited|Inc|Corp|Corporation|PLC|Plc|plc|Resources|Metals|Minerals|Mining|Holdings|"
    r"Group|Company|Co|NL|AG|SA|Royalties|Technologies|Materials|Ventures|Partners)\b"
)
LONGEST_LINE = 2000  # characters: a headline is shorter, and how a paragraph begins says nothing
PART = r"(?:[A-Z][\w'-]{0,40}|of|the|for|and|on|&)"
INTRODUCED = re.compile(rf"({PART}(?:\s+{PART}){{1,7}})\s+\(\"?([A-Z]{{2,6}})\"?[,)]")


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


def own_acronyms(
    words: Words, taken: Mapping[tuple[int, int], Set[str]]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Where else the acronyms stand that the text gives to a name of ours: "Defense Logistics
    Agency (DLA)" and, later, "DLA".
    """
    if "(" not in words.text:
        return
    named = {span[1]: ids for span, ids in taken.items() if len(ids) == 1 and ids != {""}}
    given = {
        introduced[2]: next(iter(named[introduced.end(1)]))
        for introduced in INTRODUCED.finditer(words.text)
        if introduced.end(1) in named
    }
    if given:
        anywhere = re.compile(rf"\b(?:{'|'.join(map(re.escape, given))})\b")
        for found in anywhere.finditer(words.text):
            yield found.span(), given[found[0]]


def titled(words: Words, start: int) -> bool:
    """A title of office stands right before."""
    return words.before(start).lower() in TITLES


def namesake(words: Words, end: int) -> bool:
    """Whether the word before `end` goes on to be the name of a street, a school, an orchestra."""
    if not re.match(r" [A-Z][a-z]", words.text[end : end + 3]):
        return False
    return words.after(end).lower() in CALLED_AFTER


def of_another(words: Words, start: int) -> bool:
    """A country or state stands before what every country has: "Philippine senators"."""
    before = words.before(start)
    spaced = re.search(r"\w[ \-]$", words.text[max(0, start - 2) : start])
    return bool(spaced) and before[:1].isupper() and before.lower() not in OPENERS | OURS


def in_a_name(words: Words, start: int, end: int) -> bool:
    """A common word with a capital beside another one is a name's: "Cornish Lithium", "Tungsten
    West", unless it stands in a line where every word has one.
    """
    text = words.text
    if not text[start].isupper() or text[start:end].isupper():
        return False
    parts = text[start:end].replace("-", " ").split()
    before = words.before(start)
    named = before[:1].isupper() and not before.isupper() and before.lower() not in OPENERS
    beside = named and re.search(r"\w $", text[max(0, start - 2) : start])
    follows = re.match(r" [A-Z][a-z]", text[end : end + 3])
    if not (beside or follows or (len(parts) > 1 and parts[-1][0].isupper())):
        return False
    low = max(text.rfind("\n", 0, start) + 1, start - LONGEST_LINE)
    high = text.find("\n", end, end + LONGEST_LINE)
    around = text[max(low, start - AROUND) : high if high >= 0 else end + AROUND]
    return not in_headline_case(around[: 2 * AROUND])


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
    if words.text[start - 1 : start] not in (" ", "-"):
        return False
    before = words.before(start)
    if not before[:1].isupper() or not AFTER_WORD.match(words.text, max(0, start - 2), start):
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
    if opens_line or before.lower() in TITLES | HONORIFICS or in_headline_case(line):
        return False
    return any(
        low < start and end <= high and words.text[low:high].split()[0] == before
        for low, high in people(start)
    )


def acts(words: Words, start: int, end: int) -> bool:
    """A place or a common word that stands for those who act: "Tokyo said", "Seoul's ban", "a
    Treasury official", not "in Tokyo", "Tokyo shares", "the commerce of towns".
    """
    before = words.before(start).lower()
    if before in LOCATIVE:
        return False
    after = words.after(end)
    owns = words.text[end : end + 2] in {"'s", "s'"}
    if owns:
        owned = words.norm[end + 2 : end + 2 + LONGEST_OWNED].split()[:2]
        return any(word.strip(".,;") in OWNED for word in owned)
    if not re.match(r"[\s-]", words.text[end : end + 1]):
        return before in {"and", "between", "with", "by", "against"}
    return after.lower() in GOVERNING or (
        before in {"between", "with", "against", "by"} and after == after.lower() and before != ""
    )
