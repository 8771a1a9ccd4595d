"""Whether a title that stands alone means the one who holds the office."""

from __future__ import annotations

import re
from datetime import date

from monitor.extract.surroundings import People
from monitor.extract.words import OPENERS, Words, wordset
from monitor.rules.entities import Office

# before a title they say that it is another one, or not held now
NOT_THE_HOLDER = wordset(
    "former ex then deputy assistant under acting vice shadow next future a an any every no "
    "previous last predecessor incoming outgoing british uk first permanent associate team club "
    "company party senate bank council university mr"
)
# before it a title is one of old or an office's: "who was the", "served as", "Office of the"
ONCE = re.compile(
    r"\b(?:office of|who (?:was|had been)|formerly|once|(?:served|serving|worked) as|"
    r"while s?he was|"
    r"(?:becoming|became|been|being)|until recently|elected|appointed|named|nominated as)"
    r"(?: the| as)?(?: [\w.]+)? $",
    re.I,
)
# a full name before it is whose title it is: "Gina Raimondo, commerce secretary under ..."
NAMED = re.compile(r"\b([A-Z][\w.'-]+)(?: [A-Z][\w.'-]*)* ([A-Z][\w'-]+), (?:the |then |a )?$")
UNDER = re.compile(
    r",? (?:under|in the (?:first|last|previous)|at the time|until|from 19|from 20[01])\b"
)
OURS = re.compile(r"\b(\w+) (?:US|U\.S\.|American|United States) $")  # "the last U.S. president"
DAYS = wordset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april "
    "may june july august september october november december"
)


def holds_office(
    office: Office,
    words: Words,
    people: People | None,
    place: tuple[int, int],
    *,
    day: date,
    first_names: frozenset[str],
) -> bool:
    """The title at `place` is not somebody else's, and the office was held on `day`."""
    if not office.since <= day or (office.until is not None and day >= office.until):
        return False
    start, end = place
    before = words.before(start)
    if before.lower() in NOT_THE_HOLDER:
        return False
    lead = words.text[max(0, start - 60) : start]
    nation = OURS.search(lead)
    if nation and nation[1].lower() in NOT_THE_HOLDER:
        return False
    if ONCE.search(lead) or UNDER.match(words.text, end):
        return False
    if (named := NAMED.search(lead)) and _is_person(named, start - len(lead), people, first_names):
        return False
    # "Austrian interior secretary", "the firm's president": another country's or company's
    if before[:1].isupper() and before.lower() not in OPENERS | {"us", "u.s"}:
        spaced = re.search(r"\w[ -]$", words.text[max(0, start - 2) : start])
        if spaced:
            return False
    if re.search(r"'s?[\s-]*$", words.text[max(0, start - 4) : start]):
        return False
    return not _name_follows(words, people, end, first_names)


def _is_person(
    named: re.Match[str], offset: int, people: People | None, first_names: frozenset[str]
) -> bool:
    if named[1].lower() in first_names:
        return True
    place = offset + named.start(2)
    return people is not None and any(low <= place < high for low, high in people(place))


def _name_follows(
    words: Words, people: People | None, end: int, first_names: frozenset[str]
) -> bool:
    if not re.match(r"\s+[\w]", words.text[end : end + 3]):
        return False
    after = words.after(end)
    if after == "of":
        return True
    if not after[:1].isupper() or after.lower() in DAYS:
        return False
    if after.lower() in first_names:
        return True
    place = words.text.find(after, end)
    if not words.text[end + 1 :].partition("\n")[0].istitle():
        return True
    # where every word is written so, only a look at the sentence tells a name
    return people is not None and any(low <= place < high for low, high in people(place))
