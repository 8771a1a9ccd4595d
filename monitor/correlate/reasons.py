"""Whether a report of a move says why. Pure.

A report is never the cause, but "shares fell 6% after the recall" names one, and "for no clear
reason" says that the press knows none either. The words that join a cause to its effect are those
that Girju (2003, "Automatic detection of causal relations for question answering") and the Penn
Discourse Treebank (Prasad et al. 2008, sense CONTINGENCY.Cause) list for English; in reports of
prices "as", "after" and "on" do most of the work, so what else they introduce is taken out first.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.model import Reason

_DAY: Final = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"[a-z]*\b|\d|the (?:day|week|month|year|session|nasdaq|nyse|tape|board)|average"
    r"|the (?:[\w-]+ ){0,4}(?:exchange|market|bourse)"
    r"|(?:heavy|light|thin|strong|high|low|big|record|double|twice|above|below)[\w -]*volume|volume"
    r"|(?:wall street|the big board|nasdaq|nyse)|(?:christmas|new year)"
)
# "as much as 6%", "after hours", "on Tuesday", "since March": no causes
NOT_CAUSAL: Final = re.compile(
    rf"\bas (?:much|high|low|many|far|well|of|little|at)(?: as)?\b|\bjust as\b|\bsuch as\b"
    rf"|\bafter[- ](?:hours|the (?:bell|close|open)|midday|noon|lunch|closing|opening)\b"
    rf"|\bon (?:{_DAY})|\bon (?:top|track|course|average|balance|record)\b"
    rf"|\b(?:since|over|for) (?:{_DAY}|(?:a|an|two|three|four|five|several) )"
    rf"|\bdays? after\b",
    re.IGNORECASE,
)
CAUSAL: Final = re.compile(
    r"\b(?:after|as|on|following|amid|because|upon|since|when|once"
    r"|thanks to|due to|owing to|in response to|in the wake of|on the back of|in reaction to"
    r"|(?:driven|boosted|fuel+ed|helped|buoyed|lifted|hit|hurt|pushed|pulled|dragged|spurred"
    r"|sparked|triggered|caused|prompted|sent|led|weighed|knocked|rattled|spooked|cheered)"
    r"(?: \w+)? (?:by|on|down|up|lower|higher)"
    r"|(?:sent|sends|sending|lifts|lifted|hits|hammers|hammered|boosts|drags|knocks|sinks|rattles"
    r"|spooks|cheers|jolts|batters|buoys|wipes|drives|drove|pushes|pushed|sparks|sparked) "
    r"|(?:cite|cited|citing|blamed|credited|attributed|pointed to|reacted to|responded to))",
    re.IGNORECASE,
)
_NEWS: Final = (
    r"(?:news|reasons?|catalysts?|explanations?|triggers?|announcements?|filings?|headlines?"
    r"|developments?|updates?|statements?|cause|stor(?:y|ies)|drivers?)"
)
UNKNOWN: Final = re.compile(
    rf"\b(?:no|without|lack of|absence of|absent|nor any|not any|neither) (?:any |an? )?"
    rf"(?:\w+[- ]){{0,3}}{_NEWS}\b"
    rf"|\bon (?:nothing|no|little|thin|scant) (?:\w+ ){{0,2}}(?:{_NEWS}|we can|that)\b"
    rf"|\b(?:unclear|not(?: immediately)? clear|puzzl\w+|mystery|baffl\w+|unexplained)\b"
    rf"|\bfor no\b|\bdid not (?:say why|explain)\b|\bhad (?:nothing|little) to\b"
    r"|\b(?:could|can) ?not (?:say|explain|point|be explained|name)\b"
    r"|\bnothing (?:new|to explain)\b"
    rf"|\b(?:profit[- ]taking|short[- ]covering|quiet trading|thin trading|breather|momentum)\b",
    re.IGNORECASE,
)
ROUNDUP: Final = re.compile(
    r"\b(?:movers|gainers|losers|winners|stocks? to watch|most active|biggest moves"
    r"|market wrap|closing bell|(?:wall street|markets?) (?:close|open|today)s?)\b",
    re.IGNORECASE,
)
ENDS: Final = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])|\n")


def reason_in(content: str, start: int, end: int) -> Reason:
    """What is said of the cause where `content[start:end]` tells of a move.

    That no cause is known may be said anywhere in the text; a cause is looked for in the sentence.
    """
    if UNKNOWN.search(content):
        return "unknown"
    sentence = NOT_CAUSAL.sub(" ", sentence_around(content, start, end))
    return "named" if CAUSAL.search(sentence) else "not-told"


def is_roundup(title: str) -> bool:
    """Whether a headline announces a list of moves."""
    return bool(ROUNDUP.search(title))


def sentence_around(content: str, start: int, end: int) -> str:
    """The sentence, or the title, that holds a span."""
    first = max((one.end() for one in ENDS.finditer(content, 0, start)), default=0)
    after = ENDS.search(content, end)
    return content[first : after.start() if after else len(content)]
