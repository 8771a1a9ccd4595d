"""The phrases around a figure that tell its time: basis, day, longer periods, highs and lows.

As in `claim_words`, every pattern is for one folded sentence and looks only a few words far.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.extract.claim_bases import BASES
from monitor.extract.claim_moves import NOUN
from monitor.extract.claim_words import MONTH, NUMBER, UNIT, WEEKDAY

_SOME = rf"(?:a|an|the|\d+|{NUMBER}|several|few|couple of|handful of|many)"
_ROUNDLY = r"(?:just |about |more than |almost |nearly |roughly |under |over |around )?"
_SPAN = r"(?:week|fortnight|month|quarter|year|decade|summer|winter|season)"
# what tells of more than a day
PERIOD: Final = re.compile(
    rf"\b(?:(?:so far )?(?:this|last|past|previous|prior|the) {_SPAN}(?:'s)?\b(?! (?:at|high|low))|"
    rf"(?:year|month|week|quarter)[- ]to[- ]date|[ymq]td|in 20\d\d|of 20\d\d|"
    rf"(?:in|over|within|for|during|across|through(?:out)?|after) {_ROUNDLY}(?:the )?(?:last |past "
    rf"|previous |prior |same |trailing |first |as )?(?:{_SOME} )?{_ROUNDLY}(?:straight "
    rf"|consecutive "
    rf"|trading |running )?(?<!a )(?<!one )(?<!single ){UNIT}s?\b(?! (?:running|in a row))(?<!day)"
    rf"(?<!session)|"
    rf"(?:in|over|within|for|during|across|through(?:out)?) {_ROUNDLY}(?:the |its )?(?:last |past "
    rf"|previous |prior |same |trailing |first |as )?(?:(?:\d+|{NUMBER}|several|few|couple of"
    rf"|handful of|many|a few|a couple of|a handful of) )(?:straight |consecutive |trading "
    rf"|running )?"
    rf"{UNIT}s\b|(?:in|over|within|for) (?:a|an|one|the past|the last|just a|the) {_SPAN}\b|"
    rf"(?:past|last) (?:\d+|{NUMBER}|few|several) {UNIT}s|"
    rf"since (?!(?:the )?(?:open(?:ing)?|morning|bell)\b|then\b)|"
    rf"(?:\d+|(?!one\b)(?:{NUMBER}))[- ](?:day|session|week|month|year) (?!high|low|peak|record"
    rf"|best"
    rf"|worst)|weekly|monthly|fortnightly|annual|annually|yearly|from a year|"
    rf"a (?:week|fortnight|month|year) (?:ago|earlier|before)|"
    rf"(?:year|week|month|quarter)[- ](?:on|over)[- ](?:year|week|month|quarter)|"
    rf"on the (?:week|month|quarter|year)\b|"
    rf"(?:in|for|during|through) (?:early |late |mid-?|all of )?{MONTH}(?!\w| \d| (?:trading"
    rf"|session))|"
    rf"in (?:the )?(?:first|second|third|fourth) (?:quarter|half(?! (?:an )?hour))|in q[1-4]\b|in"
    rf" the days (?:since|after)|"
    rf"on average|(?:\w+ )?(?:20\d\d )?(?:peak|trough) of(?! (?:the (?:day|session)|\$))|"
    rf"(?:under|below|from|off|above) (?:its|their|a|the|{WEEKDAY}'s) "
    rf"(?:[\w-]+ ){{0,3}}(?:peak|high|low|trough"
    rf"|record|average|bottom|(?:ipo|issue|offer(?:ing)?|listing|placement) price)|"
    rf"(?:week|month|quarter|year) (?:up|down|higher|lower|with)|all (?:year|week|month)|"
    rf"cumulative(?:ly)?|altogether|(?:total|combined|overall) (?:gain|loss|rise|fall|advance"
    rf"|decline|return)"
    rf"|(?:one|two|three)-?(?:week|month|year)\b(?! (?:high|low"
    rf"|peak)))",
    re.I,
)
# "its worst day in a month": a rank among days, no period of the move
RANK: Final = re.compile(
    r"\b(?:best|worst|biggest|largest|steepest|sharpest|strongest|weakest|greatest|most)\b"
    r"(?: [\w-]+){0,4}? (?:in|since|for) (?:(?:more than|about|nearly|almost|at least|over) )?"
    r"(?:[\w-]+ ?){1,3}|"
    r"\b(?:highest|lowest|best|worst)(?: [\w-]+)? (?:of|in|for|so far) (?:the|this) (?:week|month"
    r"|year)",
    re.I,
)
COMPARED_CLOSE: Final = re.compile(
    rf"\b(?:above|below|under|beneath|from|over|than|since|versus|vs\.?|against|on"
    rf"|compared (?:with|to)"
    rf"|to)\s+(?:the"
    rf"\s+|its\s+)?(?:(?:{WEEKDAY}|yesterday)'s|previous|prior|preceding|last"
    rf"|the day before's)"
    rf"(?:\s+[\w']+){{0,2}}?\s+(?:clos(?:e|ing)|finish|settle(?:ment)?|level|mark|end)\b(?: price|"
    rf" level)?|"
    r"\b(?:above|below|under|beneath|from) (?:its|their|the) (?:official |regular )?(?:close"
    r"|finish)\b|"
    rf"\b(?:above|below|from) where (?:it|they) \w+(?: on)? (?:{WEEKDAY}|yesterday)\b|"
    rf"\b(?:above|below|from) (?:{WEEKDAY}|yesterday)(?:'s(?! \w)|\b(?!'))|"
    r"\bfrom (?:the|its) (?:previous|prior|preceding) (?:day|session)\b|"
    r"\b(?:than|compared with) (?:the (?:previous|prior) (?:day|session)|the day before)\b|"
    rf"\bthan (?:on |at )?(?:{WEEKDAY}|yesterday)\b|"
    r"\bfrom (?:a|the) (?:day|session) (?:earlier|before|ago)\b",
    re.I,
)
# the day of something else: "ahead of Thursday's results", "which reports on Friday"
OTHER_DAY: Final = re.compile(
    rf"\b(?:ahead of|before|until|pending|due(?: out)?(?: on)?|since|despite|awaiting|for|on news"
    rf" of"
    rf"|on the eve of) (?:{WEEKDAY}|tomorrow|today)\b(?!'s (?:\w+ )?(?:open|close|bell"
    rf"|session|market|start|trad))(?:'s)?|"
    rf"\bon (?:{WEEKDAY}|yesterday)'s (?:news|announcement|report|deal|results|decision|order"
    rf"|statement|earnings|agreement|pact|award|contract|filing)\b|"
    rf"\b(?:after|following|despite) (?:{WEEKDAY}|yesterday)'s (?!\d|(?:[\w-]+ )?(?:{NOUN})\b|open"
    rf"|clos|bell|session|trad"
    rf"|market|start|regular|gain|loss|rise|fall|rally|drop|jump|slide|surge|plunge|slump|sell)"
    rf"|\b(?:reports?|report|announces?|due|expected|scheduled|slated) (?:(?:results|earnings) )?"
    rf"(?:on )?{WEEKDAY}\b(?: after the close| before the (?:open|bell)| after the bell)?",
    re.I,
)
# the hour of something else: "ahead of results due after the close"
DUE: Final = re.compile(
    rf"\b(?:due|expected|scheduled|slated|reports?|reporting|results|earnings|figures)"
    rf"(?: (?:results|earnings|figures|due|out|today|tomorrow|later|(?:on )?{WEEKDAY})){{0,3}}"
    r" (?:after|before) (?:the )?(?:market )?(?:close|closing bell|bell|open|opening bell)\b"
    r"(?! on| yesterday)",
    re.I,
)
# a clause between commas that tells of the subject, not of the move
ASIDE: Final = re.compile(
    r",\s(?:which|who|whose|due|set|slated|scheduled|expected|reporting|where|an?"
    r"|the)\b[^,;%]{0,120},",
    re.I,
)

DAY: Final = re.compile(
    rf"\b(?:(?P<weekday>{WEEKDAY})\b|(?P<yesterday>yesterday|a day ago)\b|(?P<today>today)\b|"
    rf"(?P<back>two|three|four) (?:trading )?(?:days|sessions) (?:ago|earlier|before)\b|"
    rf"(?P<next>(?:a|one) (?:day|session) later|the (?:next|following) (?:trading )?(?:day"
    rf"|session))\b|"
    rf"(?P<before>(?:a|one|the) day after|(?<!of )(?<!of the )(?:the )?(?:day|session) (?:before"
    rf"|earlier)|a (?:day|session)"
    rf" (?:before|earlier)|the (?:previous|prior|preceding) "
    rf"(?:day|session))\b|(?P<month>{MONTH}) (?P<of_month>[0-3]?\d)(?:st|nd|rd"
    rf"|th)?\b(?!,\d)(?:,? (?P<year>20\d\d))?|"
    rf"(?P<of_month_2>[0-3]?\d)(?:st|nd|rd|th)?(?: of)? (?P<month_2>{MONTH})\b(?:"
    rf" (?P<year_2>20\d\d))?|"
    rf"on the (?P<of_this>[0-3]?\d)(?:st|nd|rd|th)\b)",
    re.I,
)
_SINCE_WHEN = (
    rf"(?:since|in) (?:the (?:start|end|beginning|middle|first half|second half) of |(?:the )?"
    rf"(?:(?:first|second|third|last) )?week of "
    rf"|at least |about |more than |nearly |almost |over |just over |around |roughly "
    rf"|(?P<last>last )|late[-"
    rf" ]"
    rf"|early[- ]|back in |way back in |the )?"
    rf"(?:(?P<mid>mid-?\s?)?(?P<month>{MONTH})(?!\w)(?:"
    rf" (?P<of_month>[0-3]?\d)(?:st|nd|rd|th)?\b"
    rf"(?!\d))?(?:,? (?:of )?(?P<year>(?:19|20)\d\d)|(?P<last_year> last year))?"
    rf"|(?P<day_first>[0-3]?\d) (?P<month_after>{MONTH})(?!\w)(?:,? (?P<year_after>(?:19|20)\d\d))?"
    rf"|(?:mid-?\s?|(?:spring|summer|autumn|fall|winter) of )?(?P<only_year>(?:19|20)\d\d)\b"
    rf"|(?P<count>a"
    rf"|an|one|\d+|{NUMBER})(?: and a half)? (?:full )?"
    rf"(?P<unit>day|week|month|year|decade)s?\b|"
    rf"(?P<debut>(?:its|the)(?: (?:stock )?market)? (?:ipo|listing|debut|flotation|float|initial"
    rf" public"
    rf" offering)|going public|listing|it (?:listed|went public|floated|began trading)"
    rf"|(?:the company|it|they|the (?:shares|stock)) (?:[\w-]+ ){{1,4}}(?=in (?:{MONTH}|(?:19"
    rf"|20)\d)))"
    rf"(?: ?in (?:(?P<debut_month>{MONTH})(?!\w))? ?(?P<debut_year>(?:19|20)\d\d)?)?)"
)
_LEVELS = r"(?:levels?|price|close|point|mark|finish|settlement|print|value)"
_LEVEL = rf"(?= (?:intraday |closing |share |stock )?{_LEVELS}\b)"  # not "best day"
_FIRST = r"first (?:(?:daily )?(?:close|finish|settlement|trade|time))"
_PRICE = r"[A-Z]{0,2}\$\d[\d.,]*(?<![.,])"
SINCE: Final = re.compile(
    rf"\b(?:(?P<high>high(?:est)?|loftiest|dearest|priciest|(?:best|richest|strongest|firmest|top)"
    rf"{_LEVEL}|{_FIRST} (?:above|over) {_PRICE}|(?:above|over) {_PRICE} for the first time)"
    rf"|(?P<low>low(?:est)?|{_FIRST} (?:below|under) {_PRICE}|(?:below"
    rf"|under) {_PRICE} for the first"
    rf" time|cheapest|(?:worst|weakest|softest|poorest){_LEVEL})|"
    rf"(?P<either>(?:level|price|mark|point|territory|high|low)s? (?:it |that |which )?(?:(?:was "
    rf"|were "
    rf"|had )?(?:last|not|un|un-)\s?(?:been )?)(?:seen|visited|reached|touched|traded|hit)|last"
    rf" seen|"
    rf"not seen|unseen))"
    rf"(?: (?:intraday|closing|levels?|point|price|close|share|stock|mark|trading|finish|settlement"
    rf"|print|value|at|on)){{0,3}},?"
    rf" {_SINCE_WHEN}",
    re.I,
)
SPAN: Final = re.compile(
    rf"\b(?:(?P<count>\d+|{NUMBER}|multi)(?:-and-a-half)?-?\s?(?P<unit>day|week|month|year)s?"
    rf"|(?P<decade>decade))[ -](?:intraday |closing )?"
    r"(?:(?P<high>highs?|peak)|(?P<low>lows?|trough))\b",
    re.I,
)
EVER: Final = re.compile(
    r"\b(?:all-time|record|lifetime|life|historic|history)[- ](?:closing |intraday |settlement )?"
    r"(?:(?P<high>highs?|peak|close|finish|settlement)|(?P<low>lows?))\b|"
    r"\b(?P<top>(?:at|to|hits?|hitting|reach(?:es|ed|ing)?|set(?:s|ting)?|touch(?:es|ed|ing)?"
    r"|scal(?:es|ed|ing)|notch(?:es|ed|ing)?|clos(?:es|ed|ing) at|,) "
    r"(?:(?:a|an|its|another|new|fresh|yet) ){0,3}record(?= \$| [A-Z]{0,2}\$|[,.;]|\s*$| (?:on"
    r"|before|when|then|but|after|as|in|of|for|following|price|level)\b))|"
    r"\b(?P<bare>^record in\b)|\b(?P<ever>(?:highest|best|loftiest)(?: (?:level|close|price|point"
    r"|finish))? (?:ever\b|on record|in its history|of all time)|highest-ever)|"
    r"\b(?P<under>(?:lowest|worst)(?: (?:level|close|price|point|finish))? (?:ever\b|on record|in"
    r" its"
    r" history|of all time)|lowest-ever)",
    re.I,
)
# the sentence goes on telling of the price just told
THAT_WAS: Final = re.compile(
    r"\W*(?:(?:and|so) )?(?:(?:that|this)(?: (?:close|finish|level|price)(?:, [^,]{1,20},)?)?|it|"
    r"which|the (?:\w+ )?(?:close|level|price|finish|settlement|mark))"
    r"(?:'s| (?:is|was|marks|marked|makes?|made|represents|represented|left|put|puts|leaves))\b",
    re.I,
)
RETRACTED: Final = re.compile(
    r"\b(?:had (?:said|reported|stated|given|put|shown)|(?:earlier|previous|original|first)"
    r" (?:version|report|headline|"
    r"story|article)|(?:incorrectly|wrongly|mistakenly|erroneously|previously) (?:said|stated"
    r"|reported|gave|put)|instead of|"
    r"rather than)\b[^;.]*$|\b(?:and |, )?not(?: [\w$.]+){0,4}\s*$",
    re.I,
)
# only where earlier figures are set right
WROTE: Final = re.compile(
    r"\b(?:I|we|it|which|who|letter|issue|newsletter|story|item|post|piece|table"
    r"|headline)(?: of [\w ]{1,20}?)? (?:had "
    r"|have )?(?:\w+ly )?(?:wrote|written|said|told|put|gave|given|reported|stated|claimed|had)\b"
    r"[^;.]*$",
    re.I,
)
CORRECTING: Final = re.compile(
    r"\b(?:corrections?|clarifications?|errat(?:um|a))\b\s*(?:[:.]|-|to\b|$)|"
    r"\bthe (?:correct|right|actual) (?:figure|number|move|rise|fall|gain|drop|loss) (?:is|was)\b|"
    r"\bmis(?:stated|reported|printed)\b|\b(?:we|I) (?:got|had) \w+ wrong\b",
    re.I,
)
# what a text tells only to deny it: "a fall on that scale never took place"
DENIED: Final = re.compile(
    r"\b(?:never|not) (?:really |actually )?(?:t(?:ook|ake) place|happen(?:ed)?|occur(?:red)?)\b",
    re.I,
)
# "narrowed its loss to 2% from as much as 10%"
DOWN_FROM: Final = re.compile(
    r"\s*(?:,\s*)?from(?: (?:an? )?(?:earlier|early|initial|intraday))?\s*", re.I
)
CORRECTED: Final = re.compile(
    r"(?:\bit (?:was|is|rose|fell|should be)|\b(?:correct|right|actual) (?:figure|number|rise"
    r"|gain|move|fall|drop|loss)"
    r"(?: is| was)?|\b(?:in fact|should (?:be|have been|read)|to read|was))\s+(?:about |nearly )?$",
    re.I,
)
BOUNDARY: Final = re.compile(
    r"[,;:()]|\b(?:and|but|after|before|while|having|on top of|following|as|when|amid|against|"
    r"for (?=an? (?:[\w-]+ )?(?:gain|loss|rise|fall|drop|advance|decline|total|combined))|"
    r"though|although|which|that|leaving|bringing|taking|giving back|extending|adding to|erasing"
    r"|because|following)\b",
    re.I,
)
# "cut to sell after a 60% rally": of more than a day, where none is named
AFTER_A_RUN: Final = re.compile(
    r"\b(?:after|following|despite|given|on)\s+(?:[\w'-]+\s+){0,3}?$", re.I
)
RUN: Final = re.compile(r"[\s-]+(?:[\w-]+ ){0,2}?(?:rally|run|run-up|comeback|ascent)\b", re.I)
# a move that is told as the whole day's
WHOLE_DAY: Final = re.compile(
    r"\b(?:best|worst|biggest|largest|steepest|sharpest|strongest|weakest|greatest)"
    r"(?: [\w-]+){0,3}? (?:day|session|gain|loss|rise|fall|drop|advance|decline|jump|slide|plunge"
    r"|showing|performance)\b|\bthe most (?:in|since)\b|\bfor the (?:day|session)\b",
    re.I,
)
TO_PRICE: Final = re.compile(
    r",? (?:to|at) [A-Z]{0,2}\$\d[\d.,]*\d\b(?! (?:[bmt]illion|[bm]n))", re.I
)
# "A fell 2% and B 1%, both at the close", "A (+2%) and B (+1%) were the movers before the bell"
ALL_OF_THEM: Final = re.compile(
    r"(?:,|\))\s*(?:both|all|each|were|are)\b[^.;:%]{0,60}[.]?\s*", re.I
)
# "the shares, up 22% on Monday, sank 15%": what stands between commas has a day of its own
INSERTED: Final = re.compile(
    r"\W*(?!(?:in|on|at|after|before|by|for|as|while|when|with|despite|amid|following|having"
    r"|earlier"
    r"|meanwhile|still|however|also|then|but|and)\b)[^,;:]{1,60},\s[^,;:]{0,60}",
    re.I,
)
BACKGROUND: Final = re.compile(
    r"\W*(?:(?:a|one|the) (?:day|session) after|after|following|despite|having)\b", re.I
)
# "pared a gain of 9% to end 1% higher"
TO_END: Final = re.compile(r"\bto (?:\w+ly )?(?:end|close|finish|settle|trade)\b", re.I)
# "onto Wednesday's 7% advance": the day is that of the figure it stands before
DAY_OF_NEXT: Final = re.compile(rf"\b(?:{WEEKDAY}|yesterday|today)'s(?: [\w-]+){{0,2}}\s*$", re.I)
DAY_AFTER: Final = re.compile(r"\b(?:a|one|the) (?:day|session) after\b", re.I)
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
    r",\s+(?:touched|hit)\b|"
    r"\b(?:and|after|before|having|then)\s+(?:\w+\s+|at one (?:point|stage) )?(?:set|hit|hitting"
    r"|traded|trading|reached"
    r"|reaching|plumbing|scaling|"
    r"touched|touching|closed|closing|ended|finished|marked)\b",
    re.I,
)
