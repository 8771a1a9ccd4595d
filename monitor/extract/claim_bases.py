"""The phrases that tell at what time of its session a price was read. Plain patterns.

As in `claim_words`, each is for one folded sentence and looks only a few words far.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.extract.claim_words import NUMBER, WEEKDAY

_OF_DAY = rf"(?:the |{WEEKDAY}'s |today's |yesterday's |its |that day's |the day's )?"
_MARKET = r"(?:(?:the )?(?:markets?|trading|stock market|exchange|session)|new york|wall street)"
_BEGIN = r"(?:open(?:s|ed|ing)?|start(?:s|ed)?|beg[ia]ns?|got (?:going|under way)|gets under way)"
_END = r"(?:clos(?:es?|ed|ing)|shuts?|ended|ends|finished)"
_DEALS = r"(?:trad(?:e|es|ing)|deal(?:s|ings?)|exchanges)"
BASES: Final = (
    (
        "premarket",
        re.compile(
            rf"\bpre-?\s?(?:market|mkt|open(?:ing)?|bell|trad(?:e|ing))\b|\b(?:before|ahead of"
            rf"|prior to"
            rf"|in advance of) "
            rf"{_OF_DAY}(?:(?:stock |cash )?market )?(?:new york |wall street )?(?:opening )?"
            rf"(?:(?:bell|open(?:ing|ed)?|market opens?)\b|start of {_DEALS})|"
            rf"\bbefore {_MARKET} {_BEGIN}\b|\bbefore the off\b|"
            r"\b(?:before|ahead of|prior to) (?:the )?(?:(?:regular|normal|main) )(?:session"
            r"|trading|hours)\b|\bbefore trading(?=[.,;)]|\s*$| on\b| started| starts)|"
            r"\b(?:indicated|called)(?= (?:to |about |some |nearly |almost |around |up |down |\d))|"
            r"\b(?:set|poised|due|on track|on course|seen|pointed|pointing|likely|tipped|expected) "
            r"(?:to )?(?:open|start trading)(?:ing)?\b|\bearly indications\b|(?<!\d"
            r" )(?<!\d)\b(?-i:PM)\b(?=:| trad)",
            re.I,
        ),
    ),
    (
        "afterhours",
        re.compile(
            rf"\bafter[- ]?h(?:ou)?rs?\b|\b(?-i:AH)\b|\b(?:after|past) {_OF_DAY}(?:(?:market"
            rf" )?(?:closing )?(?:bell"
            rf"|close)\b)|\b(?:after|once) {_MARKET} (?:had )?{_END}\b"
            rf"|\bwhen {_MARKET} had {_END}\b|"
            r"\b(?:after|outside) (?:the )?(?:regular|normal) (?:session|trading|hours)\b|"
            rf"\b(?:extended|off)[- ](?:{_DEALS}|hours|session)\b"
            rf"|\blate(?:r)?[- ](?:(?:electronic|evening|extended)"
            rf" )?(?:{_DEALS}|session)\b|\bpost-?\s?(?:market|close|bell)\b"
            rf"|\bafter-?\s?(?:market|mkt)\b|"
            rf"\b(?:evening|after-market) (?:{_DEALS}|session|hours|market)\b|\bin the evening\b",
            re.I,
        ),
    ),
    (
        "close",
        re.compile(
            r"\b(?:closed|closes|closing|(?:to )?close)\b(?! to\b)(?: (?:the|its) (?:day|week"
            r"|session))?"
            rf"|\b(?:ended|ends|end|ending|finished|finishes|finish|finishing|settled|settles"
            rf"|settling|concluded|wrapped up|wound up|rounded off|capped|completed|signed off"
            rf"|bowed out)\b"
            rf"(?= (?:for a|(?:the|its|a|an|out|off) ?(?:[\w-]+ ){{0,2}}?(?:day|session|week"
            rf"|regular|trading)"
            rf"|up\b|down\b|at|in the|(?:\w+ly )?(?:higher|lower|firmer|weaker|softer|stronger)|"
            rf"{WEEKDAY}|on|about|nearly|around|almost|more|just|over|with|\d|trading|a |off\b|some"
            rf"|minus|plus|roughly))|\bregular (?:trading )?(?:session|trading|hours)\b|"
            rf"\b(?:at|by|come|into|on) (?:{_OF_DAY}(?:closing )?(?:close|bell|finish)|the end of"
            rf" (?:the "
            rf"(?:day|session)|{_DEALS})|day's end|session's end)\b|\b(?:when|as"
            rf"|by the time) the (?:closing"
            rf" )?bell (?:rang|sounded)\b|\b(?:when|as|by the time) {_MARKET} {_END}\b|"
            r"\brecord (?:close|finish)\b|\bclosing (?:high|low|price)\b|\bat settlement\b|"
            r"\b(?:highest|lowest|best|worst|richest|weakest|strongest) (?:close|finish"
            r"|settlement)\b",
            re.I,
        ),
    ),
    (
        "open",
        re.compile(
            rf"\b(?:at|on|from|with) (?:{_OF_DAY}opening bell|{_OF_DAY}open(?:ing)?(?! (?:high|low"
            rf"|price"
            rf" of)))\b|\b(?:as|when|once|after) {_MARKET} opened\b|\bat the off\b|"
            rf"\b(?:as|when|once|after) (?:{WEEKDAY}'s )?(?:the )?(?:trading|session|dealings)"
            rf" (?:began|opened|started|got under way)\b|"
            rf"\b(?:shortly|soon|just|right|immediately|moments|minutes|seconds) after"
            rf" (?:{_OF_DAY}opening bell|{_OF_DAY}open(?:ing)?\b|the start\b)|"
            rf"\bopen(?:ed|s|ing)\b(?= (?:up|down|higher|lower|firmer|weaker|\d|about|nearly|almost"
            rf"|again|at|more|with|some|around|over|roughly|minus|plus|{WEEKDAY}|the day|the"
            rf" session"
            r"|trading|off\b|sharply))|"
            rf"\b(?:at|from) the start(?: of (?:the (?:day|session)|{_DEALS}))?\b|"
            r"\bopening (?:trades?|trading|bell|minutes|deals|dealings|moments|exchanges|print"
            r"|tick)\b|"
            rf"\b(?:within|in|inside) (?:the )?(?:first |opening )?(?:few |{NUMBER} |\d+"
            rf" )?(?:minutes?"
            rf"|moments|seconds) of (?:{_OF_DAY}(?:opening bell|open(?:ing)?|start)|{_DEALS})\b|"
            r"\bin the first (?:few )?(?:minutes|moments|seconds)\b|"
            rf"\b(?:began|begins|started|starts|kicked off) (?:the day|the session|trading"
            rf"|{WEEKDAY})\b|"
            r"\bgapped (?=up|down|higher|lower|open|some|\d)|\bout of the (?:gates?|blocks)\b"
            r"|\bthe open(?=[:,])",
            re.I,
        ),
    ),
    (
        "extent",
        re.compile(
            r"\bat one (?:point|stage|time|moment)\b|\bas (?:high|low) as \$|"
            r"\bat (?:its|the|their|that) (?:session |intraday |day's"
            r" )?(?:high|low|peak|best|worst|top|bottom|nadir|trough|height)\b|"
            r"\bat (?:best|worst|first)\b|\bintraday\b(?! trading)|"
            r"(?<!day )(?<!session )(?<!week )(?<!month )(?<!year )\bearlier\b(?=[,.;)]|\s*$"
            r"| in the (?:day|session|morning)| on | today| at)|"
            r"\bat the (?:day's|session's) (?:high|low)\b|\b(?:highs?|lows?|peak|trough|bottom|top"
            r"|best|"
            r"worst) (?:point |level )?of the (?:day|session)\b|"
            r"\b(?:intraday|session|day's) (?:highs?|lows?|peak|trough|best|worst|bottom|top)\b|"
            r"\b(?:hit|hitting|touch(?:ed|ing)|reach(?:ed|ing)) an? (?:high|low) of \$|"
            r"\b(?:hit|hitting|touch(?:ed|ing)) (?:[A-Z]{1,2})?\$\d|"
            r"\bto an? (?:intraday |session )?(?:high|low)\b(?= of| \d)|"
            r"\bintraday (?:low|high) (?=\d)|"
            r"\bintraday (?:gain|loss|rise|fall|drop|jump|advance|decline|slide|peak)\b|"
            r"\b(?:peaked|topped out|bottomed(?: out)?|maxed out|crested) (?:at|with)\b|"
            r"\ban? earlier (?=\d|gain|rise|jump|loss|fall|drop)|"
            r"\bearlier it (?:was|had|fell|rose)\b|\bbriefly\b|\bfleetingly\b|\bmomentarily\b|"
            r"\bbefore (?:paring|trimming|giving (?:back|up)|easing|pulling back|erasing|recovering"
            r"|recouping|clawing|cutting|narrowing|bouncing|retreating|steadying|fading|slipping"
            r" back"
            r"|cooling|handing back|falling back|reversing|rebounding|buyers|sellers)\b",
            re.I,
        ),
    ),
    (
        "unspecified",
        re.compile(
            r"\b(?:at|by|as of|around|near|after|shortly after|before|since) (?:about )?\d{1,2}"
            r"(?:[:.]?\d\d)? ?(?:a\.?m|p\.?m|gmt|et\b|edt|est|utc|bst|cet|ae[ds]t|local|o'clock|in"
            r" new)|"
            r"\b(?:noon|midday|mid-?morning|mid-?afternoon|morning|lunch(?:time)?|"
            r"afternoon|so far|currently|presently|mid-?session|mid-?day|mid-?way|intraday trading"
            r"|changed hands|changing hands|change hands)\b|\bat (?:last (?:check|look|count"
            r"|glance)|the"
            r" time of writing|press time|present|the moment|publication|this hour)\b|"
            r"\bas of (?:this )?writing\b|"
            rf"\bearly (?:[\w]+ )?(?:{_DEALS}|session)\b|\bearly on(?: in| \w+day)?\b|\b(?:was"
            rf"|were|is"
            rf"|are|been) (?:now )?trading\b|\b(?:hours?|minutes) (?:into|after|before) (?:the )?"
            rf"(?:open|close|bell|{_DEALS}|session)|\b(?:nearing|approaching|with \w+ (?:hours?"
            rf"|minutes)"
            rf" (?:left|to go))\b|"
            r"\btrad(?:ed|es) (?=\d|about|up|down|higher|lower|around|nearly|some|off\b|\w+ly"
            r" (?:higher"
            r"|lower))|\b(?:was |were |is )?last (?=up|down|at|traded|seen|off\b|quoted|\d"
            r"|changed)|"
            r"\b(?:was|were|is|are) (?:recently|lately|now|still) (?=up|down|off\b|trading|higher"
            r"|lower"
            r"|about|\d)|"
            rf"\blate on {WEEKDAY}\b|\bhover(?:ed|ing)\b|\bremain(?:s|ed)\b",
            re.I,
        ),
    ),
)
# it tells of the figure before it, not of the one that follows
PARING: Final = re.compile(
    r"\bbefore (?:paring|trimming|giving|easing|pulling|erasing|recovering|recouping|clawing"
    r"|cutting"
    r"|narrowing|bouncing|retreating|steadying|fading|slipping|cooling|handing|falling|reversing"
    r"|rebounding|buyers|sellers)\b",
    re.I,
)
# after the news that came after the close
AFTERWARDS: Final = re.compile(
    r"\bafter(?:wards?| (?:it|that|them)\b| (?:the|its) (?:release|report|results|news|numbers"
    r"|figures|"
    r"announcement|statement|filing|update|earnings))|\b(?:later|subsequently|thereafter)\b|"
    r"\b(?:a )?(?:further|another)(?= (?:\w+ )?\d)|\bon the (?:news|results|numbers|report)\b",
    re.I,
)
# no figure of a price yet: one that follows is of after hours
REPORTED_LATE: Final = re.compile(
    r"\b(?:report|announc|releas|publish|disclos|unveil|post|guid|said|fil)(?:e?d|ing|s|es)?\b"
    r"[^;%]{0,80}?\bafter (?:the |[\w]+'s )?(?:market )?(?:close|closing bell|bell|hours)\b"
    r"[^;%]{0,20}",
    re.I,
)
# a move that was gone again by the close
ERASED: Final = re.compile(
    r"\b(?:eras|par|trimm|revers|surrender)(?:ed|es|e|ing|s)?\b(?: (?!to )\w+){0,5} $|"
    r"\bg(?:ave|ives?|iving) (?:up|back) (?:(?:an?|the|its|all|most|much|some|nearly|of|early"
    r"|earlier"
    r"|initial) ){1,4}$",
    re.I,
)
LATE_ON: Final = re.compile(rf"\blate (?:on )?{WEEKDAY}\b", re.I)
LATE: Final = re.compile(rf"\blate\b(?= as | on |,|\.| after | {WEEKDAY}|$|\s*$)", re.I)
