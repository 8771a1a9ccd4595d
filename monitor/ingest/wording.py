"""What of an item's words is its substance. Pure.

Two wordings with one digest say the same. Spaces, punctuation, typography and capitals may differ,
and so may what a page says of itself: when it was updated, how often it was read. A figure of the
news itself is substance: "17%" is not "1.7%", and neither is "-17%".
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
CLOCK = r"\d{1,2}[:h]\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?"
NTH = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = (
    rf"\d{{4}}-\d\d-\d\d|{NTH}[./]{NTH}[./]\d{{2,4}}|(?:{NTH} {MONTH}|{MONTH} {NTH})(?:,? \d{{4}})?"
)
AGO = r"(?:\d+|an?) ?(?:s|m|h|d|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?) ago|just now"
ZONE = r"utc|gmt|[ecmp][sd]?t|bst|cest|z"
GAP = r"[\s:,|()·–—-]*"
# "Updated: 12 June 2025, 10:31 GMT"; but not "posted 12 % growth"
STAMP = re.compile(
    rf"\b(?:last )?(?:updated|modified|edited|published|posted)\b"
    rf"(?:{GAP}\b(?:at|on|today|yesterday|{WEEKDAY})\b)*{GAP}\b(?:{DATE}|{CLOCK}|{AGO})(?!\w)"
    rf"(?:{GAP}\b(?:at|{DATE}|{CLOCK}|{ZONE}|{WEEKDAY})(?!\w))*|\b(?:{AGO})\b"
)
# not shares, points or votes: those are news; and of comments only those that are not told of
COUNTED = r"comments?|replies|views?|likes?|retweets?|upvotes?|reads?"
COUNTER = re.compile(
    rf"(?:^|[.|·•,(-])[^\S\n]*\d[\d,.]*[km]?\+? (?:{COUNTED})[^\S\n]*(?=$|[|·•,)])"
    rf"|\b(?:{COUNTED}|points|score)(?: ?[:#] ?| ?\()\d[\d,.]*[km]?"
    r"|\b\d+[ -]min(?:ute)?s? read\b",
    re.MULTILINE,
)
# without one of these there is no such thing, and looking for them is a hundred times faster
SIGNS = ("updated", "modified", "edited", "published", "posted", " ago", "just now")
COUNTS = ("comment", "repl", "view", "like", "retweet", "upvote", "read", "points", "score")
# quotes and apostrophes are nothing, other signs but those of figures a space
SIGNS_OF_WRITING = str.maketrans(
    dict.fromkeys("'\"`\u2018\u2019\u201c\u201d", "")
    | dict.fromkeys("\u2013\u2014\u2212", "-")
    | dict.fromkeys("\n\t\xa0;!?()[]{}<>/|*#_\u2026\u00b7\u2022\u00ab\u00bb+=~&", " ")
)
LOOSE = ".,:"  # at the ends of words; within a figure they are a part of it
MINUS = "\x01"  # before a figure, when other dashes have become spaces
SHORT = 3  # letters of words that titles share by chance
KIN = 0.3  # share of the shorter title's words from which on two titles are of one article


def wording(title: str, text: str) -> str:
    """A digest of the substance of a title and text: 32 hex digits."""
    said = unicodedata.normalize("NFKC", f"{title}\n{text}").casefold()
    for chatter, signs in ((STAMP, SIGNS), (COUNTER, COUNTS)):
        if any(sign in said for sign in signs):
            said = chatter.sub(" ", said)
    substance = "\0".join(_tokens(said)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(substance, digest_size=16).hexdigest()


def akin(one: str, other: str) -> bool:
    """Whether two titles can be wordings of one: they share a good part of their longer words.
    A title without such words can be of anything."""
    ours, theirs = _telling(one), _telling(other)
    return len(ours & theirs) >= KIN * min(len(ours), len(theirs))


def _telling(title: str) -> set[str]:
    return {token for token in _tokens(title.casefold()) if len(token) > SHORT}


def _tokens(said: str) -> list[str]:
    """The words and figures of a text in small letters. No pattern: it is done to all that is new,
    and this way takes a tenth of the time."""
    plain = f" {said}".translate(SIGNS_OF_WRITING).replace(" %", "%").replace(" - ", " ")
    plain = plain.replace(" -", f" {MINUS}").replace("-", " ")
    return [token for word in plain.split() if (token := word.strip(LOOSE))]
