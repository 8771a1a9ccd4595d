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
    "previous predecessor incoming outgoing british uk first permanent associate team club "
    "company party senate bank council university mr"
)
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
    # "Austrian interior secretary", "the firm's president": another country's or company's
    if before[:1].isupper() and before.lower() not in OPENERS | {"us", "u.s"}:
        spaced = re.search(r"\w[ -]$", words.text[max(0, start - 2) : start])
        if spaced:
            return False
    if re.search(r"'s?[\s-]*$", words.text[max(0, start - 4) : start]):
        return False
    return not _name_follows(words, people, end, first_names)


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
