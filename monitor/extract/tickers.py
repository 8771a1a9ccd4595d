"""Whether a symbol stands for its security. Bare ones are words like any other: "MP" is also a
member of parliament, and no rule can name all that letters may stand for. So a bare one counts
only where it is written as prices are reported. Pure.
"""

from __future__ import annotations

import re

from monitor.extract.claim_moves import DOWN, SIDE_DOWN, SIDE_UP, UP, any_of
from monitor.extract.words import Words, wordset

EXCHANGE = re.compile(
    r"(?:\$|\b(?:NYSE(?:\s+American)?|NASDAQ|Nasdaq|AMEX|ASX|TSX|OTC\w*)\s*:\s*)$", re.I
)
SHARES_AFTER = re.compile(r"\s+(?:stock|shares?)\b")
SHARES_BEFORE = re.compile(r"\b(?:shares|stock)\s+(?:of|in)\s+$", re.I)
COUNTED = re.compile(r"(?:\b[Aa]n?|\d)[\s-]$")  # "an MP", "200 MP"

PERCENT = r"\d{1,4}(?:\.\d{1,3})?\s?(?:%|percent\b|per cent\b|pct\b)"
# a price's percent ends its phrase or goes on with when, where and why: no "5% more votes"
GOES_ON = (
    r"(?=\s*(?:$|[^\w\s]|\n)|\s+(?:on|in|to|at|after|as|before|for|from|since|pre-?market|"
    r"after-?hours|today|yesterday|overnight|intraday|early|late|this|last|and|but|while|amid|"
    r"following|ahead|with|by|when|because|higher|lower|near|over|[A-Z]{2,5}\b|\w+day\b))"
)
SIDE_AFTER = any_of([*SIDE_UP[0].split(), *SIDE_UP[1:], *SIDE_DOWN[0].split(), *SIDE_DOWN[1:]])
SIGNED = re.compile(rf"\s?[:,]?\s?\(?(?:[+-]\s?|(?:minus|plus) ){PERCENT}{GOES_ON}")
_LEAD = (
    r"(?:(?:by|as|much|about|around|nearly|almost|over|more|than|up|to|another|some|roughly|just|a|"
    r"further)\s+)*"
)
_ALSO = (
    r"(?:(?:is|was|were|has|had|shares|stock|closed|closes|ended|ends|finished|finishes|opened|opens|"
    r"traded|trading|trades|settled|started|began|edged|inched|ticked|crept|drifted|last|now|also|then|"
    r"indicated|the day)\s+)*(?:\w+ly\s+)?"
)
_MOVE = rf"(?:{UP}|{DOWN}|off|ahead)"
MOVED = re.compile(
    r"(?:\s*(?:,|&|,? and)\s+\$?[A-Z]{2,5}\b){0,4}"  # "A, B and C rose 5%"
    rf"(?:[:,\s]\s*{_ALSO}(?:{_MOVE}\s+{_LEAD}{PERCENT}{GOES_ON}|"
    rf"{_LEAD}{PERCENT}\s+(?:{SIDE_AFTER})\b)|"
    rf"\s+{_ALSO}at\s+[A-Z]{{0,2}}\$\d[\d.,]*,?\s+{_MOVE}\s+{_LEAD}{PERCENT}{GOES_ON}|"
    rf"\s+{_ALSO}{_MOVE}\s+\$?\d[\d.]*(?: cents?| points?)?,?\s+(?:or\s+|\()?{PERCENT})"
)
AND_ANOTHER = r"\s*(?:[,;/|\u00b7]|\band\b|&)?\s*"
MEMBER = rf"\$?[A-Z]{{2,5}}\s?:?\s?\(?[+-]?{PERCENT}\)?"
LISTED = re.compile(rf"\s?:?\s?\(?{PERCENT}\)?")
LIST_AFTER = re.compile(AND_ANOTHER + MEMBER)
LIST_BEFORE = re.compile(rf"{MEMBER}{AND_ANOTHER}$")
# what may stand before a symbol that is the subject; after another word it is that word's noun
LEADS = wordset(
    "and as while but when after with plus then also stock shares ticker miner miners premarket "
    "pre-market after-hours afterhours movers mover watch sent lifted pushed today"
)
NEAR = 200  # characters
VOTES = re.compile(
    r"\b(?:vot(?:es?|ers?|ing)|polls?|polling|seats?|constituenc\w+|ballots?|turnout|elections?|"
    r"elected|electoral|re-elected|majority|parliament\w*|lawmakers?|party|popularity|"
    r"approval rating|camera|megapixels?|gdp|population|inflation)\b",
    re.I,
)


def listed_symbols(words: Words, start: int, end: int) -> bool:
    """Written as a security: `$XYZ`, `NYSE: XYZ`."""
    return bool(EXCHANGE.search(words.text[max(0, start - 20) : start]))


def said_of_shares(words: Words, start: int, end: int) -> bool:
    """A bare symbol of two letters or more beside "stock" or "shares", or with a price's move."""
    if end - start < 2 or COUNTED.search(words.text[max(0, start - 3) : start]):
        return False
    return bool(
        SHARES_AFTER.match(words.text, end)
        or SHARES_BEFORE.search(words.text[max(0, start - 12) : start])
        or _moves(words, start, end)
    )


def _moves(words: Words, start: int, end: int) -> bool:
    text = words.text
    low, high = words.sentence_of(start)
    told = MOVED.match(text, end, high) or SIGNED.match(text, end, high)
    if not (told and _leads(text[max(low, start - 30) : start])) and not _in_list(text, start, end):
        return False
    return not VOTES.search(text, max(low, start - NEAR), min(high, end + NEAR))


def _leads(before: str) -> bool:
    """Whether the words before leave the symbol to itself."""
    word = re.search(r"(\w[\w-]*)\s+(?:\$?[A-Z]{2,5}\s*(?:,|&|\band\b)\s*)?$", before)
    return word is None or word[1].lower() in LEADS or word[1].endswith("%")


def _in_list(text: str, start: int, end: int) -> bool:
    """ "MP 8%, USAR 5%": one of several with a percent each."""
    own = LISTED.match(text, end) or SIGNED.match(text, end)
    return own is not None and bool(
        LIST_AFTER.match(text, own.end()) or LIST_BEFORE.search(text[max(0, start - 30) : start])
    )
