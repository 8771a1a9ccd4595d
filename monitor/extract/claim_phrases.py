"""The phrases around a figure that tell its time: basis, day, longer periods, highs and lows.

As in `claim_words`, every pattern is for one folded sentence and looks only a few words far.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.extract.claim_words import MONTH, NUMBER, UNIT, WEEKDAY

# what tells of more than a day
PERIOD: Final = re.compile(
    rf"\b(?:(?:so far )?(?:this|last|past|previous|prior|the) (?:week|month|quarter|year"
    rf"|decade)(?:'s)?\b"
    rf"(?! (?:at|high|low))|year[- ]to[- ]date|ytd|in 20\d\d|of 20\d\d|(?:in|over|within|for"
    rf"|during|"
    rf"across) (?:just |about |more than |almost |nearly )?(?:the )?(?:last |past |previous "
    rf"|prior |same |trailing )?(?:a|an|the|\d+|{NUMBER}|several|few|couple of)? ?{UNIT}s\b|"
    rf"(?:in|over|within) "
    rf"(?:a|an|one|the past|the last|just a) (?:week|month|quarter|year)\b|(?:past|last) (?:\d+|"
    rf"{NUMBER}|few|several) {UNIT}s|since (?!(?:the )?(?:open|morning|bell)\b)|(?:\d+"
    rf"|{NUMBER})[- ]"
    rf"(?:day|session|week|month|year) (?!high|low|peak|record|best|worst)|weekly|monthly|"
    rf"annual|annually|yearly|from a year|a year (?:ago|earlier|before)|year[- ](?:on|over)[-"
    rf" ]year|"
    rf"on average|(?:\w+ )?(?:20\d\d )?(?:peak|trough) of|(?:under|below|from|off) (?:its|their|a"
    rf"|the) "
    rf"(?:[\w-]+ ){{0,3}}(?:peak|high|low|trough)|(?:week|month|quarter|year) "
    rf"(?:up|down|higher|lower|with)|all year|cumulative(?:ly)?)",
    re.I,
)
# "its worst day in a month": a rank among days, no period of the move
RANK: Final = re.compile(
    r"\b(?:best|worst|biggest|largest|steepest|sharpest|strongest|weakest|greatest|most)\b"
    r"(?: [\w-]+){0,4}? (?:in|since|for) (?:(?:more than|about|nearly|almost|at least|over) )?"
    r"(?:[\w-]+ ?){1,3}",
    re.I,
)
COMPARED_CLOSE: Final = re.compile(
    rf"\b(?:above|below|from|over|than|since|versus|against)\s+(?:the\s+|its\s+)?(?:{WEEKDAY}'s|"
    r"yesterday's|previous|prior|last)(?:\s+[\w']+)?\s+clos(?:e|ing)\b(?: price)?|"
    rf"\b(?:above|below) {WEEKDAY}'s(?! \w)",
    re.I,
)

_OF_DAY = rf"(?:the |{WEEKDAY}'s |today's |yesterday's |its )?"
BASES: Final = (
    (
        "premarket",
        re.compile(
            rf"\bpre-?\s?market\b|\b(?:before|ahead of|prior to) {_OF_DAY}(?:stock )?(?:market"
            rf" )?(?:opening )?"
            r"(?:bell|open(?:ing|ed)?|market opens?)\b|\bpre-bell\b|\bbefore (?:the )?markets?"
            r" open\w*",
            re.I,
        ),
    ),
    (
        "afterhours",
        re.compile(
            rf"\bafter[- ]?hours?\b|\bafter {_OF_DAY}(?:market )?(?:closing )?(?:bell|close)\b|"
            r"\bextended[- ](?:trading|hours|session|trade)\b|\blate(?:r)?[- ](?:trad(?:e|ing)"
            r"|deal\w+|"
            r"session)\b|\bpost-?\s?market\b|\baftermarket\b|\bin (?:the )?(?:aftermarket|evening"
            r" trad\w+)",
            re.I,
        ),
    ),
    (
        "close",
        re.compile(
            r"\b(?:closed|closes|closing|(?:to )?close)\b(?! to\b)(?: (?:the|its) (?:day|week"
            r"|session))?"
            rf"|\b(?:ended|ends|end|ending|finished|finishes|finish|finishing|settled"
            rf"|settles)\b(?= (?:(?:the|its) "
            rf"(?:day|session|week|regular)|up|down|at|(?:\w+ly )?higher|lower|{WEEKDAY}|on"
            rf"|about|nearly|around|"
            r"almost|more|just|over|with|\d|trading|a ))|\bregular (?:trading )?(?:session"
            r"|trading|hours)\b|\bat the close\b|"
            r"\brecord close\b|\bclosing (?:high|low|price)\b",
            re.I,
        ),
    ),
    (
        "open",
        re.compile(
            rf"\bat (?:{_OF_DAY}opening bell|{_OF_DAY}open(?:ing)?)\b|\b(?:as )?(?:trading|the"
            rf" market) opened\b|"
            r"\bopen(?:ed|s|ing)\b(?= (?:up|down|higher|lower|\d|about|nearly|almost|again|at"
            r"|more))|\bat the start of trading\b|"
            r"\bopening (?:trade|trades|bell|minutes)\b",
            re.I,
        ),
    ),
    (
        "extent",
        re.compile(
            r"\bat one (?:point|stage)\b|\bas (?:high|low) as \$|"
            r"\bat (?:its|the|their) (?:session |intraday |day's"
            r" )?(?:high|low|peak|best|"
            r"worst)\b|\bintraday\b|\bearlier\b(?=[,.;)]|\s*$| in the (?:day|session)| on |"
            r" today)|\bat the (?:day's|session's) (?:high|low)\b|"
            r"\b(?:intraday|session) (?:high|low|peak)\b|"
            r"\b(?:hit|hitting|touch(?:ed|ing)|reach(?:ed|ing)) an? (?:high|low) of \$|"
            r"\ban? earlier (?=gain|rise|jump|loss|fall|drop)|"
            r"\bbefore (?:paring|trimming|giving back|easing|pulling back|erasing)\b",
            re.I,
        ),
    ),
    (
        "unspecified",
        re.compile(
            r"\bat \d{1,2}(?::\d\d)? ?(?:a\.?m|p\.?m|gmt|et\b|edt|est)|\b(?:noon|midday"
            r"|mid-?morning|morning|"
            r"afternoon|so far|currently|midsession|mid-?day|intraday trading|changed hands)\b|"
            r"\bearly (?:[\w]+ )?(?:trad(?:e|ing)|deal\w+|session)\b|\b(?:was|were|is|are)"
            r" trading\b|"
            r"\btraded (?=\d|about|up|down|higher|lower|around|nearly)|\blast (?=up|down|at"
            rf"|traded)|\blate on {WEEKDAY}\b|\bstood\b",
            re.I,
        ),
    ),
)
# it tells of the figure before it, not of the one that follows
PARING: Final = re.compile(
    r"\bbefore (?:paring|trimming|giving back|easing|pulling|erasing)\b", re.I
)
# a move that was gone again by the close
ERASED: Final = re.compile(
    r"\b(?:eras|par|trimm|revers|surrender)(?:ed|es|e|ing|s)?\b(?: (?!to )\w+){0,3} $|"
    r"\bg(?:ave|ives?|iving) up (?:\w+ ){0,3}$",
    re.I,
)
LATE: Final = re.compile(r"\blate\b(?= as | on |,|\.| after |$|\s*$)", re.I)

DAY: Final = re.compile(
    rf"\b(?:(?P<weekday>{WEEKDAY})\b|(?P<yesterday>yesterday|a day ago)\b|(?P<today>today)\b|"
    rf"(?P<before>(?:a|one|the) day after|(?:the )?(?:day|session) (?:before|earlier)|a day"
    rf" (?:before|earlier)|the (?:previous|prior|preceding) "
    rf"(?:day|session))\b|(?P<month>{MONTH}) (?P<of_month>[0-3]?\d)(?:st|nd|rd"
    rf"|th)?\b(?!,\d)(?:,? (?P<year>20\d\d))?|"
    rf"(?P<of_month_2>[0-3]?\d) (?P<month_2>{MONTH})\b(?: (?P<year_2>20\d\d))?)",
    re.I,
)
_SINCE_WHEN = (
    rf"(?:since|in) (?:the (?:start|end|beginning|middle) of |at least |about |more than |nearly |"
    rf"almost |over |last |late[- ]|early[- ])?(?:(?P<mid>mid-?\s?)?(?P<month>{MONTH})\b(?:"
    rf" (?P<of_month>[0-3]?\d)(?:st|nd|rd|th)?\b"
    rf"(?!\d))?(?:,? (?:of )?(?P<year>(?:19|20)\d\d))?|(?P<only_year>(?:19|20)\d\d)\b|(?P<count>a"
    rf"|an|one|\d+|{NUMBER}) "
    rf"(?P<unit>day|week|month|year)s?\b)"
)
_LEVEL = r"(?= (?:intraday |closing )?(?:levels?|price|close|point|mark)\b)"  # not "best day"
SINCE: Final = re.compile(
    rf"\b(?:(?P<high>high(?:est)?|best{_LEVEL})|(?P<low>low(?:est)?|worst{_LEVEL})|"
    rf"level last seen|last seen)"
    rf"(?: (?:intraday|closing|level|levels|point|price|close|share|stock|mark|trading)){{0,3}},?"
    rf" {_SINCE_WHEN}",
    re.I,
)
SPAN: Final = re.compile(
    rf"\b(?P<count>\d+|{NUMBER}|multi)-?\s?(?P<unit>day|week|month|year)s?[ -](?:intraday "
    rf"|closing )?"
    r"(?:(?P<high>high|peak)|(?P<low>low|trough))\b",
    re.I,
)
EVER: Final = re.compile(
    r"\b(?:all-time|record|lifetime|historic)[- ](?:closing |intraday )?(?:(?P<high>high|peak"
    r"|close)|(?P<low>low))\b|"
    r"\b(?P<top>(?:at|to|hits?|hitting|reach(?:es|ed|ing)?|set(?:s|ting)?|touch(?:es|ed|ing)?) "
    r"(?:(?:a|an|its|another|new|fresh|yet) ){0,3}record(?= \$| [A-Z]{0,2}\$|[,.;]|\s*$| (?:on"
    r"|after|as|in|of|for|following|price|level)\b))|"
    r"\b(?P<bare>^record in\b)|\b(?P<ever>highest(?: (?:level|close|point))? ever"
    r"|highest-ever)\b|"
    r"\b(?P<under>lowest(?: (?:level|close|point))? ever|lowest-ever)\b",
    re.I,
)
RETRACTED: Final = re.compile(
    r"\b(?:had (?:said|reported|stated|given|put|shown)|(?:earlier|previous|original|first)"
    r" (?:version|report|headline|"
    r"story|article)|(?:incorrectly|wrongly|mistakenly|erroneously|previously) (?:said|stated"
    r"|reported|gave|put)|instead of|"
    r"rather than|(?:and |, )?not)\b[^;.]*$",
    re.I,
)
CORRECTED: Final = re.compile(
    r"(?:\bit (?:was|is|rose|fell|should be)|\b(?:correct|right|actual) (?:figure|number|rise"
    r"|gain|move|fall|drop|loss)"
    r"(?: is| was)?|\b(?:in fact|should (?:be|have been|read)|to read|was))\s+(?:about |nearly )?$",
    re.I,
)
BOUNDARY: Final = re.compile(
    r"[,;:()]|\b(?:and|but|after|before|while|having|on top of|following|as|when|amid|against|"
    r"though|although|which|that|giving back|extending|adding to|erasing|because|following)\b",
    re.I,
)
MORE: Final = re.compile(r"\s*(?:more|further|extra)\b(?! than)", re.I)
ANOTHER: Final = re.compile(
    r"\b(?:another|an? (?:further|additional|extra)|then)\s+(?:\w+ )?$", re.I
)
WHEN_AFTER: Final = re.compile(
    rf"\s+(?:on |in )?(?:{DAY.pattern}|{BASES[0][1].pattern}|{BASES[1][1].pattern}|"
    r"the following day)",
    re.I,
)
SEPARATE: Final = re.compile(
    r"\b(?:and|after|before|having|then)\s+(?:\w+\s+)?(?:set|hit|hitting|traded|trading|reached"
    r"|reaching|"
    r"touched|touching|closed|closing|ended|finished|marked)\b",
    re.I,
)
