"""The words by which a text tells of a price: moves, figures, bases, highs and lows. No names.

Every pattern is meant for folded text (`words.FOLDS`) and for one sentence at a time; none can
backtrack over more than a few words.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.extract.claim_moves import NOUN, SIDE, any_of
from monitor.model import Bound

NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
        1,
    )
}
TENS: Final = {
    word: number
    for number, word in zip(
        range(20, 100, 10),
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        strict=True,
    )
}
FRACTIONS: Final = {"half": 50.0, "third": 33.0, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS: Final = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


NUMBER = any_of(NUMBERS)
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
MONTH = rf"(?:{'|'.join(MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?)"
UNIT = r"(?:trading[ -])?(?:day|session|week|month|quarter|year)"

# "3-5%" and "3% to 5%" measure no one move: see RANGE
PERCENT: Final = re.compile(
    rf"(?<![\w.,$%])(?<!\d-)(?<!\d to )(?P<sign>[+-](?=\d)|\b(?:minus|plus|negative)\s+)?"
    rf"(?:(?P<figure>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,5}}(?:\.\d{{1,4}})?)"
    rf"\s?(?:%|-?(?:percent|per cent|pct|pc)\b)|(?:(?P<tens>{any_of(TENS)})[ -]?)?"
    rf"(?P<word>\b{NUMBER})?(?P<and_half>[ -]and[ -]a[ -]half)?(?<=\w) (?:percent|per cent)\b|"
    rf"(?P<half_a>half a) (?:percent|per cent)\b(?! point)|"
    rf"(?P<fraction>half(?= (?:of )?(?:its|their)\b)|(?:a|one) (?:third|quarter|fifth|tenth))\b"
    rf"(?!-| (?:percent|point|per|hour|century|dozen|day|million|billion|year|month)))",
    re.I,
)
RANGE: Final = re.compile(r"\s*(?:-|to)\s*(?:about )?\d+(?:\.\d+)?\s?(?:%|per)", re.I)
BETWEEN: Final = re.compile(
    r"\b(?:between|anywhere from)\s+(?:about )?(?:[\d.]+\s?(?:%|per ?cent) (?:and|to) )?$", re.I
)
FROM_FIGURE: Final = re.compile(r"\bfrom (?:a \w+ )?(?:about |nearly |as much as )?$", re.I)
TO_FIGURE: Final = re.compile(r"\s*(?:[\w-]+ ){0,3}to\b", re.I)
FACTOR: Final = re.compile(
    r"\b(?:(?P<double>doubl)|(?P<triple>tripl|trebl)|(?P<quadruple>quadrupl)|(?P<half>halv))"
    r"(?:ed|es|ing)\b(?=\s*(?:[^\w\s]|$|in\b(?: value| price)?|on|at|after|as|from|to|since|during|"
    r"over|within|before|for|when|while|and|but|amid|by|following|this|last|overnight|today|"
    r"yesterday|early|late|pre|again|intraday|(?:its|their) (?:value|market|share)|the share)\b)",
    re.I,
)
FACTORS: Final = {"double": 100.0, "triple": 200.0, "quadruple": 300.0, "half": -50.0}

# after the figure: "17% higher", "a 6% premarket fall"
SIDE_AFTER: Final = re.compile(
    rf"\s*(?:{SIDE})\b(?! to \d)"
    rf"|\s+(?:(?P<above>above|over)|below|under|beneath)\s+(?:(?:the\s+)?(?:{WEEKDAY}'s"
    rf"|yesterday's|previous|prior|"
    rf"last)(?:\s+(?:session's|day's))?\s+(?:clos|finish|settle|level|mark\b)|{WEEKDAY}'s(?! \w)"
    r"|(?:its|their|the) (?:last |previous |prior |official |regular )?close\b)",
    re.I,
)
# "took 6% off the shares"
OFF_AFTER: Final = re.compile(
    r"\s*(?:off|from) (?:the |its |their )?(?:(?:share |stock )?(?:shares?|stock|price|value"
    r"|market)|(?-i:[A-Z]))",
    re.I,
)
TOOK: Final = re.compile(
    r"\b(?:t(?:ook|akes?|aking)|cuts?|cutting|carv\w+|wip\w+|knock\w*|lopp?\w*|slic\w+|shav\w+"
    r"|chopp\w+|stripp\w+|eras\w+)\s+$",
    re.I,
)
NOUN_AFTER: Final = re.compile(
    r"[\s-]+(?:(?:premarket|pre-market|after-hours|intraday|one-day|single-day|same-day|daily"
    r"|early|"
    r"late|initial|further|additional|opening|closing|post-market|price|share|stock|share-price|"
    rf"stock-price|relief|knee-jerk)\s+){{0,2}}(?P<noun>{NOUN})\b",
    re.I,
)

_ROUND = (
    r"about|around|roughly|approximately|approx\.?|nearly|almost|close to|just over|just under|"
    r"just above|just below|just shy of|well over|slightly (?:over|under|more than|less than)|a "
    r"little (?:over|under|more than|less than)|over|more than|at least|less than|under|some|above|"
    r"upwards? of|better than|north of|south of|as good as|in excess of|a good|a full|a whopping|"
    r"an impressive|a hefty|a modest|a stunning|an eye-popping|a mere|only|just|or so|fully|quite|"
    r"a solid|a massive|a sharp"
)
APPROX: Final = re.compile(rf"\b(?:{_ROUND})\s+$", re.I)
# of these the ones that leave a side open; the others round to the nearest
BOUNDS: Final[dict[Bound, frozenset[str]]] = {
    "at-least": frozenset(
        {"well over", "over", "more than", "at least", "above", "upward of", "upwards of"}
        | {"better than", "north of", "in excess of"}
    ),
    "at-most": frozenset({"less than", "under", "south of"}),
}
EXTENT: Final = re.compile(
    r"\b(?:as (?:much|high|low|many|little|deep|far) as|up to|(?:by )?a maximum of|a high of|at"
    r" most)"
    rf"\s+(?:(?:{_ROUND})\s+)?$",
    re.I,
)

# figures that are of something else
NOT_A_MOVE_AFTER: Final = re.compile(
    r"[\s-]*(?:\([^)]{0,30}\)\s*)?(?:of (?!(?:its|their) (?:market )?value|(?:that|it|those|this"
    r"|the (?:gain|rise|loss|fall|jump))\b)|"
    r"(?:\w+ )?(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|stakes?|holdings?|interest|ownership|"
    r"yields?|margins?|discount|premium|upside|downside|chance|probability|coupon|rates?"
    r"|tax(?:es)?|"
    r"owned|owner|shareholders?|shareholding|dividend|notes?|weight(?:ing)?|"
    r"(?:market )?share)\b|points?\b|(?:more|less|fewer) than\b|"
    r"(?:ahead of|above|below|under) (?:(?:last|the (?:previous|prior)) (?!clos|session)|a year|"
    r"its (?:\w+ )?\d*\s?(?:peak|high|low|record))"
    r"|(?:likely|certain|sure|complete|done|finished|built|full|controlled|recycled|pure|purity|"
    r"grade|efficient|renewable|domestic|effective|accurate|fewer|cut in|goods|voting|equity|"
    r"cheaper than|richer|threshold|cap|limit|ceiling|quota|target|goal|bonus|raise|pay|solution|"
    r"concentrate|oxides?|ore|content)\b"
    r"|more (?!in\b|on\b|after\b|before\b|at\b|late\b|by\b|during\b|when\b|as\b)\w|in all\b|for"
    r" the (?!day|session))",
    re.I,
)
BEFORE_LEVEL: Final = re.compile(
    r"\b(?:against|versus|vs\.?|compared (?:with|to)|(?<!more )(?<!less )(?<!better )than|by"
    r" (?:selling|buying))\s+(?:a |an )?$",
    re.I,
)
FROM_BEFORE: Final = re.compile(r"\bfrom (?:a |an )?(?:\w+ ){0,4}$", re.I)
RECOVERED: Final = re.compile(
    r"\b(?:recover|rebound|bounc|rall|retreat|climb|fought|com|came|pull|reced|eas|slid|slip)"
    r"(?:ed|e|es|ies|ied|ing|s|ped)?(?: back)? from (?:an? |its )?"
    r"(?:(?:intraday|early|earlier|initial|session|morning) )?"
    r"(?:(?:loss|fall|drop|decline|slide|plunge|gain|rise|jump|advance|rally) of ?"
    r"(?:as much as|up to|about|nearly|almost)? ?)?$",
    re.I,
)
TO_BEFORE: Final = re.compile(
    r"(?<!up )(?<!as much as )\bto (?:about |around |nearly |over )?$", re.I
)
# "cut its loss to 3%", "trimmed its gain from 12% to 8%"
NOW_AT: Final = re.compile(
    r"\s*(?:(?:(?:had|has|was|is|were|later|then|since|already|been) ){0,3}(?:shr[aiu]nk|narrowed"
    r"|eased|widened|cut|trimmed|pared|faded|swell?ed|swollen|gr[eo]wn?|reduced|dwindled) )?"
    r"(?:from (?:[\w-]+ ){0,4}[\d.]+\s?\S{1,8}(?: [\w-]+){0,3} )?to\s*",
    re.I,
)
SIGN: Final = re.compile(r"[+-]|(?:minus|plus|negative)\s", re.I)
# "is set to open 5% lower": what early dealings indicate
INDICATED: Final = re.compile(
    r"\b(?:set|poised|due|on track|on course|seen|pointed|pointing|tipped|expected|likely|called"
    r"|indicated)(?: to)? (?:open|start)(?:ing)?(?: (?:up|down|about|nearly|around|some|by))*\s*$",
    re.I,
)
HYPOTHETICAL: Final = re.compile(
    r"\b(?:could|may|might|would|will|should|can|cannot|must|if|unless|whether|expect(?:s|ed)?|"
    r"forecasts? to|predicts?|projected|(?<!last )seen|sees|poised|likely|needs?|set to|"
    r"going to|implie[sd]|implying|imply|potential|upside|wouldn't|couldn't"
    r"|won't|not|didn't)"
    r"\b(?:\s+[\w']+){0,3}\s*$",
    re.I,
)
# "fell $1.12 (5.3%)"
AMOUNT: Final = re.compile(
    r"(?:[A-Z]{0,3}[$\u00a3\u20ac]?\d[\d.,]*(?: ?(?:cents?|points?|pence|p|c|euros?|pounds?))?"
    r"(?: (?:a|per) share)?)\s*\($"
)
GAP_ENDS: Final = re.compile(
    r"[;:(]|\b(?:after|as(?! (?:much|high|low|many) as)|that|while|when|which|who|because|since|"
    r"narrow\w*|widen\w*|shrank|shrunk|though|although|despite|amid|following|if|whose|where|and|"
    r"but|with)\b",
    re.I,
)
METRIC: Final = re.compile(
    r"\b(?:revenues?|sales|profits?|income|earnings|ebitda|outputs?|production|volumes?|exports?|"
    r"imports?|shipments?|deliveries|orders|demand|supply|supplies|costs?|expenses?|spending|"
    r"margins?|(?<!stock )(?<!share )(?<!\ba )prices?|tariffs?|dut(?:y|ies)|levies|levy|targets?"
    r"|forecasts?|guidance|outlook|"
    r"yields?|rates?|inflation|backlog|bookings|capacity|stakes?|holdings?|dividends?|index|"
    r"indices|indexes|gauge|benchmark|futures|bitcoin|gold|silver|copper|oil|crude|dollar|"
    r"(?:wider|broader|overall|whole|stock) market|treasur(?:y|ies)|bonds?|market share"
    r"|market cap(?:itali[sz]ation)?|(?:market |fair |net )?"
    r"value|float|interest|stocks|equities|etfs?|funds?|sector|tons|tonnes|cash flow|"
    r"assets|debt|loans?|funding|budgets?|grants?|royalt(?:y|ies)|fees?|wages|pay|salaries|rents?"
    r"|traffic|"
    r"subscribers|users|headcount|workforce|puts|calls|options|warrants|notes|miners|peers|rivals"
    r"|group"
    r" of)\b(?! (?:target|price) )",
    re.I,
)
# of these a text tells beside securities: "lithium prices fell 3% and A 4%"
MARKETS: Final = re.compile(
    r"prices?|index|indices|indexes|gauge|benchmark|futures|bitcoin|gold|silver|copper|oil|crude|"
    r"dollar|stocks|equities|etfs?|funds?|sector|miners|peers|rivals|\w+ market",
    re.I,
)
# "the offer values A 35% above its last close"
VALUED: Final = re.compile(
    r"\b(?:offer(?:s|ed|ing)?|bids?|valu(?:es?|ed|ing)|takeover|pric(?:es?|ed|ing)|conver(?:t\w*"
    r"|sion)"
    r"|strike|exercis\w+|targets?|issu(?:es?|ed|ing)|s(?:ell|old|elling))\b",
    re.I,
)
OF_METRIC: Final = re.compile(rf"\s+(?:in|of|for) (?:[\w-]+ ){{0,3}}?{METRIC.pattern}", re.I)
# what a text calls a listed company, or its security, once it is named
_WHO = (
    r"(?:company|firm|group|miner|producer|maker|manufacturer|developer|carmaker|automaker"
    r"|chipmaker"
    r"|retailer|bank|supplier|buyer|seller|explorer|refiner|smelter|processor|operator|owner"
    r"|bidder|"
    r"target|suitor|acquirer|borrower|contractor|start-?up|drugmaker|steelmaker|planemaker|"
    r"shipbuilder|defen[cs]e group|airline|lender|insurer|utility|driller|oil major|conglomerate|"
    r"magnet maker|junior|issuer)"
)
_PAPER = (
    r"(?:shares?(?: price)?|stock(?: price)?|paper|scrip|equity|ad[rs]s?|depositary receipts|"
    r"securities)"
)
_QUALIFIED = r"(?:(?-i:[a-z]+(?:-[a-z]+)?|[A-Z][\w.]*-(?:based|listed|traded|backed))\s+){0,2}"
SHARE: Final = re.compile(
    rf"\b(?:(?P<own>its|their|whose)|the)\s+(?:{_WHO}'s?\s+)?{_QUALIFIED}{_PAPER}\b"
    rf"|\bthe {_QUALIFIED}{_WHO}\b(?!'s| of\b)|\bthe (?:name|ticker)\b"
    r"|\b(?:it|they)\b|^[\W]*(?:shares|stock)\b(?! (?:of|in)\b)"
    r"|(?:[,;:]|\b(?:and|but|while|as))(?: and| but| while)? (?:shares|stock)\b(?! (?:of|in)\b)",
    re.I,
)
OTHER_SHARES: Final = re.compile(r"\b(?:shares?|stocks?)\b(?! (?:of|in|price)\b)", re.I)
NAME: Final = re.compile(
    r"\b[A-Z][\w&.'-]*(?:\s+(?:(?:&|of|and the)\s+)?(?:[A-Z][\w&.'-]*|\d{2,4}\b(?!\.\d|\s?(?:%"
    r"|per ?cent|pct))))*"
)

# what may stand between a subject and its verb
ADJACENT: Final = re.compile(
    r"(?:'s?)?(?>[\s:*]+|\([^()]{0,60}\)|[()]|(?:,[\s()]*)?"
    r"(?:shares?|stock|stocks|common|price|paper|also|had|has|have|was|were|is|are|"
    r"then|later|now|already|itself|again|briefly|been|being|trading|traded|trades|closed|closes|"
    r"closing|ended|ends|finished|finishes|settled|opened|opens|stood|stands|last|all|each|both|"
    r"mostly|still|did|the day|\w+ly|as|even|by|changed hands|changing hands|jointly|on|at|which"
    r"|that|"
    r"edged|inched|ticked|nudged|moved|went|swung|headed|crept|drifted|pushed|turned|jolted|got"
    r"|sat|"
    r"sits|sitting|hovered|hovering|remained|remains|stayed|quoted|indicated|called|marked|shot|"
    r"began|begins|started|starts|gapped|wound up|wrapped up|managed to|went on to|today|yesterday|"
    r"powered|forged|raced|romped|pulled|nosed|sprinted|barrelled|barreled|stormed|"
    r"on)\b)*+",
    re.I,
)
