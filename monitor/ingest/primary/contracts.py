"""The daily list of contracts, taken apart: one paragraph is one award. Pure.

A paragraph begins with who is awarded something, says how much, for what and until when, and ends
with who awards it and the number of the contract. Above those of one agency stands its name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHORTEST = 80  # characters of an award; shorter lines are headings, menus and footnotes
LONGEST_AGENCY = 60
AWARDED = re.compile(
    r",?\s+(?:(?:is|are|was|were|has|have|will)\s+(?:(?:been|being|be|each)\s+)*|been\s+|being\s+)?"
    r"awarded\b",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"\$\d[\d,]*(?:\.\d+)?(?:\s(?:[mb]illion|trillion))?")
# two letters or figures of the office, its place, the year, the kind, the number of the contract
NUMBER = re.compile(r"\b[A-Z0-9]{6}-?\d{2}-?[A-Z]-?[A-Z0-9]{4}\b")
LEGAL = re.compile(
    r"\s*(?:inc|llc|l\.l\.c|corp|ltd|co|lp|l\.p|plc|llp|jv|joint venture)\b\.?", re.IGNORECASE
)
FORM = re.compile(r"\b(?:contract|modification|order|agreement|award)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Award:
    """`agency` is "" where the list names none above it. `key` tells it from the day's others, also
    when its wording is corrected."""

    company: str
    agency: str
    amount: str
    text: str
    key: str

    @property
    def title(self) -> str:
        what = f"{self.amount} contract award" if self.amount else "contract award"
        return f"{self.company}: {what}" + (f", {self.agency}" if self.agency else "")


def awards_in(lines: Sequence[str]) -> tuple[Award, ...]:
    """The awards among the lines of a page, in their order."""
    found: dict[str, Award] = {}
    for award in _awards(lines):
        key, again = award.key, 2
        while key in found and found[key].text != award.text:
            key, again = f"{award.key}/{again}", again + 1
        found[key] = Award(award.company, award.agency, award.amount, award.text, key)
    return tuple(found.values())


def _awards(lines: Sequence[str]) -> Iterator[Award]:
    agency = ""
    for line in lines:
        if _is_agency(line):
            agency = line.title().replace(" Of ", " of ").replace(" And ", " and ")
            continue
        told = AWARDED.search(line)
        if len(line) < SHORTEST or told is None or not FORM.search(line):
            continue
        amount, number = AMOUNT.search(line), NUMBER.search(line)
        if amount is None and number is None:
            continue
        company = _company(line[: told.start()])
        mark = number[0].replace("-", "") if number else company
        yield Award(
            company,
            agency,
            amount[0] if amount else "",
            line,
            hashlib.sha256(f"{mark}\0{company}".encode()).hexdigest()[:12],
        )


def _is_agency(line: str) -> bool:
    return 3 < len(line) <= LONGEST_AGENCY and line.isupper() and not any(map(str.isdigit, line))


def _company(head: str) -> str:
    """Who stands at the beginning: the name without its place, with its legal form."""
    first, *others = head.strip(" *").split(",")
    if others and LEGAL.match(others[0]):
        first = f"{first}, {others[0].strip()}"
    return first.strip()
