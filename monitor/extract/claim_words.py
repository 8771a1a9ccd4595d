"""The words by which a text tells of a price: moves, figures, bases, highs and lows. No names.

Every pattern is meant for folded text (`words.FOLDS`) and for one sentence at a time; none can
backtrack over more than a few words.
"""

from __future__ import annotations

import re
from typing import Final

from monitor.model import Direction

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


def _any(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


NUMBER = _any(" ".join(NUMBERS))
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
MONTH = rf"(?:{'|'.join(MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?)"
UNIT = r"(?:trading[ -])?(?:day|session|week|month|quarter|year)"

PERCENT: Final = re.compile(
    rf"(?<![\w.,$%])(?P<sign>[+-](?=\d))?"
    rf"(?:(?P<figure>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,5}}(?:\.\d{{1,4}})?)"
    rf"\s?(?:%|-?(?:percent|per cent|pct)\b)|(?P<word>{NUMBER}) (?:percent|per cent)\b)",
    re.I,
)
FACTOR: Final = re.compile(
    r"\b(?P<double>doubled|doubles|doubling)\b|\b(?P<triple>tripled|triples|tripling|trebled)\b"
    r"|\b(?P<quadruple>quadrupled|quadruples)\b|\b(?P<half>halved|halves)\b",
    re.I,
)
FACTORS: Final = {"double": 100.0, "triple": 200.0, "quadruple": 300.0, "half": -50.0}

# a move, said as a verb or a noun
_UP = _any(
    "rise rises rose risen rising gain gains gained gaining climb climbs climbed climbing jump "
    "jumps jumped jumping surge surges surged surging soar soars soared soaring rally rallies "
    "rallied rallying advance advances advanced advancing add adds added adding leap leaps leaped "
    "leapt leaping spike spikes spiked spiking rocket rockets rocketed rocketing skyrocket "
    "skyrockets skyrocketed skyrocketing pop pops popped popping bounce bounces bounced rebound "
    "rebounds rebounded rebounding recover recovers recovered increase increases increased "
    "increasing vault vaults vaulted zoom zooms zoomed balloon ballooned swell swelled appreciate "
    "appreciated lift lifts lifted lifting boost boosts boosted boosting propel propels propelled "
    "strengthen strengthened firm firmed firms upswing higher up"
)
_DOWN = _any(
    "fall falls fell fallen falling drop drops dropped dropping decline declines declined "
    "declining slip slips slipped slipping slide slides slid sliding sink sinks sank sunk sinking "
    "plunge plunges plunged plunging tumble tumbles tumbled tumbling lose loses lost losing loss "
    "losses dive dives dived dove diving plummet plummets plummeted plummeting crash crashes "
    "crashed crashing slump slumps slumped slumping shed sheds shedding retreat retreats retreated "
    "retreating dip dips dipped dipping ease eases eased easing weaken weakened weakens skid skids "
    "skidded tank tanks tanked crater craters cratered nosedive nosedived collapse collapses "
    "collapsed stumble stumbled sag sagged decrease decreases decreased pullback selloff sell-off "
    "knock knocks knocked drag drags dragged lower down"
)
_UP = rf"put(?:s|ting)? on|{_UP}"
_DOWN = rf"(?:gave|giv(?:es?|ing)|hand(?:s|ed|ing)?) back|off(?=\s*$)|{_DOWN}"  # "was off 3%"
UP_OR_DOWN: Final = rf"{_UP}|{_DOWN}"
MOVE: Final = re.compile(
    rf"\b(?:(?:mak(?:es?|ing)|made|tak(?:es?|ing)|took|sets?|back(?:s|ed)|buil(?:ds?|t|ding)|"
    rf"step(?:s|ped)?|scal(?:es?|ed|ing)|ramp(?:s|ed|ing)?|speed(?:s|ed)?|shut(?:s|ting)?|"
    rf"br(?:eak|oke) ?) (?:up|down)|(?P<up>{_UP})|(?P<down>{_DOWN}))\b"
    r"(?! (?:to|through) (?:the|now)\b)",
    re.I,
)
_NOUNS: Final = frozenset(
    [
        "rise",
        "gain",
        "gains",
        "climb",
        "jump",
        "surge",
        "rally",
        "advance",
        "leap",
        "spike",
        "pop",
        "bounce",
        "rebound",
        "recovery",
        "increase",
        "upswing",
        "fall",
        "drop",
        "decline",
        "slip",
        "slide",
        "plunge",
        "tumble",
        "loss",
        "losses",
        "dive",
        "crash",
        "slump",
        "retreat",
        "dip",
        "collapse",
        "decrease",
        "pullback",
        "selloff",
        "sell-off",
        "swing",
        "move",
    ]
)
# after the figure: "17% higher", "a 6% premarket fall"
SIDE_AFTER: Final = re.compile(
    r"\s*(?:(?P<up>higher|up)|(?P<down>lower|down))\b(?! to \d)"
    rf"|\s+(?:(?P<above>above)|below)\s+(?:(?:the\s+)?(?:{WEEKDAY}'s|yesterday's|previous|prior|"
    rf"last)(?:\s+(?:session's|day's))?\s+clos|{WEEKDAY}'s(?! \w))",
    re.I,
)
NOUN_AFTER: Final = re.compile(
    r"[\s-]+(?:(?:premarket|pre-market|after-hours|intraday|one-day|single-day|daily|early|late|"
    rf"opening|post-market|price|share|stock)\s+){{0,2}}(?P<noun>{_any(' '.join(_NOUNS))})\b",
    re.I,
)

APPROX: Final = re.compile(
    r"\b(?:about|around|roughly|approximately|nearly|almost|close to|over|more than|at least|"
    r"less than|under|just under|just over|just shy of|some|above|upwards? of|better than|"
    r"well over|north of)\s+$",
    re.I,
)
EXTENT: Final = re.compile(
    r"\b(?:as (?:much|high|low|many) as|up to|a maximum of)\s+(?:(?:about|around|roughly|nearly|"
    r"almost|over|more than)\s+)?$",
    re.I,
)

# figures that are of something else
NOT_A_MOVE_AFTER: Final = re.compile(
    r"[\s-]*(?:\([^)]{0,30}\)\s*)?(?:of (?!its (?:market )?value|their (?:market )?value)|"
    r"(?:\w+ )?(?:tariffs?|dut(?:y|ies)|lev(?:y|ies)|stakes?|holdings?|interest|ownership|"
    r"yields?|margins?|discount|premium|upside|downside|chance|probability|coupon|rates?"
    r"|tax(?:es)?|"
    r"owned|owner|shareholders?|shareholding|dividend|notes?|weight(?:ing)?|"
    r"(?:market )?share)\b|points?\b|(?:more|less|fewer) than\b|"
    r"(?:ahead of|above|below|under) (?:(?:last|the (?:previous|prior)) (?!clos|session)|a year|"
    r"its (?:\w+ )?\d*\s?(?:peak|high|low|record))"
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
TO_BEFORE: Final = re.compile(
    r"(?<!up )(?<!as much as )\bto (?:about |around |nearly |over )?$", re.I
)
HYPOTHETICAL: Final = re.compile(
    r"\b(?:could|may|might|would|will|should|can|cannot|must|if|unless|whether|expect(?:s|ed)?|"
    r"forecasts? to|predicts?|projected|seen|sees|poised|likely|needs?|set to|"
    r"going to|implie[sd]|implying|imply|potential|upside|wouldn't|couldn't"
    r"|won't|not|didn't)"
    r"\b(?:\s+[\w']+){0,3}\s*$",
    re.I,
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
    r"margins?|(?<!stock )(?<!share )prices?|tariffs?|dut(?:y|ies)|levies|levy|targets?"
    r"|forecasts?|guidance|outlook|"
    r"yields?|rates?|inflation|backlog|bookings|capacity|stakes?|holdings?|dividends?|index|"
    r"indices|indexes|gauge|benchmark|futures|bitcoin|gold|silver|copper|oil|crude|dollar|"
    r"treasur(?:y|ies)|bonds?|market share|market cap(?:itali[sz]ation)?|(?:market |fair |net )?"
    r"value|float|interest|stocks|equities|etfs?|funds?|sector|tons|tonnes|cash flow|"
    r"assets|debt|headcount|workforce|puts|calls|options|warrants|notes|miners|peers|rivals|group"
    r" of)\b(?! (?:target|price) )",
    re.I,
)
OF_METRIC: Final = re.compile(rf"\s+(?:in|of|for) (?:[\w-]+ ){{0,3}}?{METRIC.pattern}", re.I)
SHARE: Final = re.compile(
    r"\b(?:(?P<own>its|their|whose)|the)\s+(?:company's\s+|miner's\s+|(?:[a-z]+-)?(?:listed|traded|"
    r"common)\s+)?(?:shares?(?: price)?|stock(?: price)?)\b|\bthe (?:company|firm|group|miner|"
    r"producer|maker|manufacturer|developer|carmaker|automaker|chipmaker|retailer|bank)\b(?!'s)"
    r"|\b(?:it|they)\b|^[\W]*(?:shares|stock)\b(?! (?:of|in)\b)"
    r"|(?:[,;:]|\b(?:and|but|while|as))(?: and| but| while)? (?:shares|stock)\b(?! (?:of|in)\b)",
    re.I,
)
OTHER_SHARES: Final = re.compile(r"\b(?:shares?|stocks?)\b(?! (?:of|in|price)\b)", re.I)
NAME: Final = re.compile(
    r"\b[A-Z][\w&.'-]*(?:\s+(?:(?:&|of|and the)\s+)?(?:[A-Z][\w&.'-]*|\d{2,4}\b))*"
)

# what may stand between a subject and its verb
ADJACENT: Final = re.compile(
    r"(?:'s?)?(?>[\s:*]+|\([^()]{0,60}\)|[()]|(?:,[\s()]*)?"
    r"(?:shares?|stock|stocks|common|price|also|had|has|have|was|were|is|are|"
    r"then|later|now|already|itself|again|briefly|been|being|trading|traded|trades|closed|closes|"
    r"closing|ended|ends|finished|finishes|settled|opened|opens|stood|stands|last|all|each|both|"
    r"mostly|still|did|the day|\w+ly|as|even|by|changed hands|jointly|on|at|which|that|"
    r"edged|inched|ticked|nudged|moved|went|swung|headed|"
    r"on)\b)*+",
    re.I,
)


def direction_of(word: str) -> Direction:
    return "up" if re.fullmatch(_UP, word, re.I) else "down"


def is_noun(word: str) -> bool:
    return word.lower() in _NOUNS
