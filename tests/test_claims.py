"""Claims about prices: every construction, what is left out, and how sure the whole is."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.claims import find_claims
from monitor.extract.words import words_of
from monitor.model import Claim, Mention

NEW_YORK = ZoneInfo("America/New_York")
COMPANIES = {
    "Acme Metals": "ACM",
    "Borex": "BRX",
    "Cobalt One": "COB",
    "Delta Mining": "DLT.AX",
    "Elsewhere Ltd": "ELS.XX",
    "Private Co": None,
}
AFTER_THE_CLOSE = "2025-06-12T20:30:00+00:00"  # a Thursday
MIDDAY = "2025-06-12T16:00:00+00:00"
BEFORE_THE_OPEN = "2025-06-12T11:00:00+00:00"


def claims(content: str, at: str = AFTER_THE_CLOSE) -> tuple[Claim, ...]:
    mentions = sorted(
        (
            Mention(name.lower(), "company", name, symbol, name, found.start(), found.end())
            for name, symbol in COMPANIES.items()
            for found in re.finditer(name, content)
        ),
        key=lambda mention: mention.start,
    )
    said_at = datetime.fromisoformat(at)
    words = words_of(content)
    return find_claims(
        content, mentions, words, said_at, lambda moment: moment.astimezone(NEW_YORK).date()
    )


def told(content: str, at: str = AFTER_THE_CLOSE) -> list[str]:
    """Claims as short words: `ACM +17 intraday-high 06-12 high --03`."""
    return [
        " ".join(
            part
            for part in (
                claim.symbol,
                ""
                if claim.percent is None
                else f"{'+' if claim.direction == 'up' else '-'}{claim.percent:g}",
                claim.basis,
                f"{claim.day:%m-%d}",
                claim.extreme or "",
                claim.since or "",
            )
            if part
        )
        for claim in claims(content, at)
    ]


TOLD = [
    # how a figure and its move stand to each other
    ("Acme Metals rose 7% on Thursday.", ["ACM +7 close 06-12"]),
    ("Shares of Acme Metals jumped 7 % on Thursday.", ["ACM +7 close 06-12"]),
    ("Acme Metals plunged by 10.5 pct on Wednesday.", ["ACM -10.5 close 06-11"]),
    ("Acme Metals jumped five percent in New York.", ["ACM +5 unspecified 06-12"]),
    ("Acme Metals ended Thursday's session 3.1% lower.", ["ACM -3.1 close 06-12"]),
    ("Acme Metals closed 13.9% higher at $29.20.", ["ACM +13.9 close 06-12"]),
    ("Acme Metals stock was up 2% after a 6% fall on Tuesday.",
     ["ACM +2 unspecified 06-12", "ACM -6 close 06-10"]),
    ("Acme Metals gave back some of a gain of nearly 9% on Monday.", ["ACM +9 close 06-09"]),
    ("Shares of Acme Metals more than doubled on Thursday.", ["ACM +100 close 06-12"]),
    ("Acme Metals shares halved on Thursday.", ["ACM -50 close 06-12"]),
    ("The deal lifted Acme Metals shares 9%.", ["ACM +9 unspecified 06-12"]),
    ("The news sent Acme Metals up 20% and Borex 10%.",
     ["ACM +20 unspecified 06-12", "BRX +10 unspecified 06-12"]),
    ("A 12% jump in Acme Metals led the day.", ["ACM +12 unspecified 06-12"]),
    ("Acme Metals ended 13.88% above Wednesday's close.", ["ACM +13.88 close 06-12"]),
    ("Borex lost 20% of its market value on Thursday.", ["BRX -20 close 06-12"]),
    # bases
    ("Acme Metals climbed as much as 17% to $29.96.", ["ACM +17 intraday-high 06-12"]),
    ("Acme Metals fell as much as 9% before closing down 4%.",
     ["ACM -9 intraday-low 06-12", "ACM -4 close 06-12"]),
    ("Acme Metals rose 16.6% at one point.", ["ACM +16.6 intraday-high 06-12"]),
    ("Acme Metals opened 6% higher and closed up 2%.",
     ["ACM +6 open 06-12", "ACM +2 close 06-12"]),
    ("Acme Metals: +8% premarket.", ["ACM +8 premarket 06-12"]),
    ("Acme Metals added another 8% after hours.", ["ACM +8 afterhours 06-12"]),
    ("Acme Metals was up 3% before Thursday's open.", ["ACM +3 premarket 06-12"]),
    ("Acme Metals slips 4.7% late on stock offering", ["ACM -4.7 afterhours 06-12"]),
    ("Acme Metals was up 7.25% in early trading on Thursday.", ["ACM +7.25 unspecified 06-12"]),
    ("Acme Metals surged nearly 14% in Thursday's regular session and about 8% more in late "
     "trading.", ["ACM +14 close 06-12", "ACM +8 afterhours 06-12"]),
    # whose move it is
    ("Borex gained 12%, Cobalt One 5% and Acme Metals 3%.",
     ["BRX +12 unspecified 06-12", "COB +5 unspecified 06-12", "ACM +3 unspecified 06-12"]),
    ("Miners rose: Acme Metals by 7%, Borex by more than 4%.",
     ["ACM +7 unspecified 06-12", "BRX +4 unspecified 06-12"]),
    ("Miners moved: Acme Metals (+12%), Borex (-1.5%).",
     ["ACM +12 unspecified 06-12", "BRX -1.5 unspecified 06-12"]),
    ("Acme Metals was up 16% and Borex up 19% before the bell.",
     ["ACM +16 premarket 06-12", "BRX +19 premarket 06-12"]),
    ("Acme Metals was up 11% in premarket trading. Borex gained 23%.",
     ["ACM +11 premarket 06-12", "BRX +23 premarket 06-12"]),
    ("Acme Metals and Borex each fell 3%.",
     ["ACM -3 unspecified 06-12", "BRX -3 unspecified 06-12"]),
    ("Acme Metals and Borex rose 5% and 7%, respectively.",
     ["ACM +5 unspecified 06-12", "BRX +7 unspecified 06-12"]),
    ("Acme Metals signed a deal with Borex and rose 20%.", ["ACM +20 unspecified 06-12"]),
    ("Acme Metals, which supplies Borex, jumped 8%.", ["ACM +8 unspecified 06-12"]),
    ("Acme Metals holds 30% of Borex, whose shares rose 2%.", ["BRX +2 unspecified 06-12"]),
    ("Acme Metals said its profit fell 12%. Its stock lost 5.5%.", ["ACM -5.5 unspecified 06-12"]),
    ("Miner lands order\nAcme Metals won an order. The shares gained 3%.",
     ["ACM +3 unspecified 06-12"]),
    ("Acme Metals lost 3% even as the Nasdaq rose 1%.", ["ACM -3 unspecified 06-12"]),
    ("Acme Metals (NYSE: ACM) was down 2% at noon.", ["ACM -2 unspecified 06-12"]),
    ("After rising as much as 12%, Acme Metals ended 3% lower.",
     ["ACM +12 intraday-high 06-12", "ACM -3 close 06-12"]),
    ("Acme Metals, which rose 14 percent, and Borex, which lost 3 percent, led.",
     ["ACM +14 unspecified 06-12", "BRX -3 unspecified 06-12"]),
    ("Acme Metals beat estimates and its stock popped 12% in extended hours.",
     ["ACM +12 afterhours 06-12"]),
    ("Acme Metals shares rose as high as $30, a gain of 17%.", ["ACM +17 intraday-high 06-12"]),
    ("Acme Metals rose 4% ahead of the opening bell.", ["ACM +4 premarket 06-12"]),
    ("Acme Metals to cut 10% of jobs; shares jump 6%", ["ACM +6 unspecified 06-12"]),
    ("Acme Metals swung from a loss of over 2% to a rise of 4%.", ["ACM +4 unspecified 06-12"]),
    ("Acme Metals ticked up 0.4%, Borex inched down 0.2%.",
     ["ACM +0.4 unspecified 06-12", "BRX -0.2 unspecified 06-12"]),
    ("The rule lifted Goldman Steel 5.3% and Acme Metals 2.2%.", ["ACM +2.2 unspecified 06-12"]),
    ("Acme Metals sold ore.\nA premarket bounce of 1.12% did not hold.",
     ["ACM +1.12 premarket 06-12"]),
    ("Acme Metals gained 3%, outpacing a 1% rise in the index.", ["ACM +3 unspecified 06-12"]),
    ("Acme Metals rose 3% against 1% for the market.", ["ACM +3 unspecified 06-12"]),
    ("Acme Metals was 2% higher on Thursday, compared with a 1% rise in June.",
     ["ACM +2 close 06-12"]),
    ("Acme Metals closed at $27, and Borex ended the week at $45, down 7.5%.",
     ["BRX -7.5 close 06-12"]),
    ("Goldman order sends Acme Metals to record close", ["ACM close 06-12 high"]),
    ("Acme Metals lost 3% on Tuesday, and Borex ended the day at $45, down 7.5%.",
     ["ACM -3 close 06-10", "BRX -7.5 close 06-10"]),
    ("Acme Metals edged up 0.3%.", ["ACM +0.3 unspecified 06-12"]),
    ("Private Co fell 4% and Acme Metals 2%.", ["ACM -2 unspecified 06-12"]),
    ("Bonds of Private Co fell, it said, and a gain of 2% for Borex followed.",
     ["BRX +2 unspecified 06-12"]),
    ("Acme Metals put on 4.1% and Borex handed back 2%.",
     ["ACM +4.1 unspecified 06-12", "BRX -2 unspecified 06-12"]),
    ("Acme Metals fell as much as 4.9% and was last off 3.1%.",
     ["ACM -4.9 intraday-low 06-12", "ACM -3.1 unspecified 06-12"]),
    ("Having been up 9% in the morning, Acme Metals ended down 0.3%.",
     ["ACM +9 unspecified 06-12", "ACM -0.3 close 06-12"]),
    ("Borex expects a 20% fall in zinc sales. Acme Metals rose 1.5%.",
     ["ACM +1.5 unspecified 06-12"]),
    ("Late buyers add 8.5% to Acme Metals.", ["ACM +8.5 unspecified 06-12"]),
    ("Acme Metals rose in New York trading 5%.", ["ACM +5 unspecified 06-12"]),
    # what was gone again by the close
    ("Acme Metals erased a 6% gain to finish flat.", ["ACM +6 unspecified 06-12"]),
    ("The shares of Acme Metals pared an earlier gain of 17% to trade 11% higher.",
     ["ACM +17 intraday-high 06-12", "ACM +11 unspecified 06-12"]),
    ("Acme Metals surged 44% to $2.15, its highest since March 2025, before easing to end 30% up.",
     ["ACM +44 intraday-high 06-12 high 2025-03", "ACM +30 close 06-12"]),
    ("Acme Metals hit a low of $49, down 8.7%, before recovering to close up 2%.",
     ["ACM -8.7 intraday-low 06-12", "ACM +2 close 06-12"]),
    # what stands beside is not its own
    ("Acme Metals dropped to its lowest since April 9, losing 5.5% by the close.",
     ["ACM -5.5 close 06-12 low --04-09"]),
    ("The rally took Acme Metals to a record close of $14, 12.1% above Wednesday's.",
     ["ACM +12.1 close 06-12 high"]),
    ("Its notes convert 30% above the close of Acme Metals on Friday; the stock fell 6%.",
     ["ACM -6 unspecified 06-12"]),
    # days
    ("Acme Metals soared 14% today.", ["ACM +14 close 06-12"]),
    ("Acme Metals soared 14% on June 31.", ["ACM +14 unspecified 06-12"]),  # there is no such day
    ("Acme Metals stock soared 14% yesterday.", ["ACM +14 close 06-11"]),
    ("Acme Metals gained 4.1% on June 10 and 2.2% on 11 June.",
     ["ACM +4.1 close 06-10", "ACM +2.2 close 06-11"]),
    ("Acme Metals rose 2%, a day after it lost 8%.",
     ["ACM +2 unspecified 06-12", "ACM -8 close 06-11"]),
    ("Acme Metals gained 4% on December 5.", ["ACM +4 close 12-05"]),
    # highs and lows
    ("Acme Metals rose as much as 17%, the highest intraday level since March 14.",
     ["ACM +17 intraday-high 06-12 high --03-14"]),
    ("Acme Metals climbed as much as 17%, its highest since March, on a report.",
     ["ACM +17 intraday-high 06-12 high --03"]),
    ("Acme Metals tumbled 12% on Wednesday to its lowest close since 2023.",
     ["ACM -12 close 06-11 low 2023"]),
    ("Acme Metals rose 5% to its best level since March 2023.",
     ["ACM +5 unspecified 06-12 high 2023-03"]),
    ("Acme Metals hit a record high on Thursday.", ["ACM intraday-high 06-12 high"]),
    ("Acme Metals closed 20% higher at $58, an all-time high.", ["ACM +20 close 06-12 high"]),
    ("Acme Metals reached a 52-week high of $30.", ["ACM intraday-high 06-12 high 2024-06-12"]),
    ("Acme Metals rose 10% to a two-year high.", ["ACM +10 unspecified 06-12 high 2023-06"]),
    ("Acme Metals fell 2% to a six-month low.", ["ACM -2 unspecified 06-12 low 2024-12"]),
    ("Acme Metals fell 3% after hitting a record high of $30.",
     ["ACM -3 unspecified 06-12", "ACM intraday-high 06-12 high"]),
    ("Acme Metals fell 6%, its worst day in a month.", ["ACM -6 close 06-12"]),
    ("Acme Metals at all-time high, up 6%", ["ACM +6 unspecified 06-12 high"]),
    ("Acme Metals hit a ten-day high on Thursday.", ["ACM intraday-high 06-12 high 2025-06-02"]),
    ("Acme Metals hit a three-week low.", ["ACM intraday-low 06-12 low 2025-05-22"]),
    ("Acme Metals hit a multi-year high.", ["ACM intraday-high 06-12 high"]),
    ("Acme Metals hit its best level since mid-March 2022.",
     ["ACM intraday-high 06-12 high 2022-03-15"]),
    # corrections
    ("An earlier version had said Acme Metals rose 71 %; it was 17 %.",
     ["ACM +17 unspecified 06-12"]),
    ("Acme Metals rose 17%, not 71% as an earlier version said.", ["ACM +17 unspecified 06-12"]),
    ("Acme Metals rose 17% (had said 71%).", ["ACM +17 unspecified 06-12"]),
    # said twice
    ("Acme Metals jumps 14%\nAcme Metals rose 14.2% on Thursday.", ["ACM +14.2 close 06-12"]),
    ("Acme Metals up over 7% premarket\nAcme Metals was 7.4% higher before the bell.",
     ["ACM +7.4 premarket 06-12"]),
    ("Acme Metals at record\nAcme Metals closed at a record $30.", ["ACM close 06-12 high"]),
]  # fmt: skip

LEFT_OUT = [
    "Acme Metals has 85% of the market.",
    "Acme Metals' dominance rose to 85%.",
    "Acme Metals revenue grew 25%.",
    "Acme Metals reported revenue of $60 million, up 25%.",
    "Output at Acme Metals fell 8%.",
    "The yield of Acme Metals rose 5%.",
    "Private Co gained 5% after Acme Metals made an offer.",
    "The Pentagon takes a 15% stake in Acme Metals.",
    "Acme Metals fell on a 55% tariff.",
    "The S&P 500 rose 1% and copper lost 2%, said Acme Metals.",
    "Acme Metals is up almost 90% this year.",
    "Acme Metals gained over 20% in five days and about half since May 27.",
    "Acme Metals has risen 91% in a month.",
    "Acme Metals, up 300% since January, was unchanged.",
    "In the past month, Acme Metals rose 45%.",
    "Acme Metals shares doubled in a year.",
    "Acme Metals' dominance rose 5%.",
    "Acme Metals had its best day since March.",
    "Acme Metals is up half since its record low.",
    "The firm lifted output 5% at Acme Metals.",
    "After rising 5% in Paris, it fell; Acme Metals was shut.",
    "Acme Metals has rallied 60% from its April low.",
    "Acme Metals has fallen 8% since Monday.",
    "Short interest in Acme Metals rose 20%.",
    "Acme Metals doubled its output.",
    "Acme Metals could rise 20%, analysts say.",
    "Analysts expect Acme Metals to climb 30%.",
    "A broker raised its Acme Metals target 15% to $34.",
    "Acme Metals made record output of magnets.",
    "Rare-earth parts make up 10% of what Acme Metals sells.",
    "Shares of Acme Metals were little changed.",
    "Acme Metals gained 25% for the week, its best since 2021.",
    "Acme Metals is down 8% over the same three days.",
    "Wages at Acme Metals rose 25% under the contract.",
    "Acme Metals mines ore.\nUranium hit a record high.",
    "Private Co hit a record high, as Acme Metals said.",
    "Record high for uranium, says Acme Metals.",
    "Acme Metals fell, Goldman Steel 5%.",
    "The maker lifted Goldman Steel 5%, Acme Metals said.",
]


@pytest.mark.parametrize(("text", "expected"), TOLD, ids=[text[:50] for text, _ in TOLD])
def test_each_construction_is_read(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize("text", LEFT_OUT)
def test_what_is_no_move_of_a_day_is_left_out(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (AFTER_THE_CLOSE, "ACM +4 unspecified 06-12"),  # not said to be the whole day's
        (MIDDAY, "ACM +4 unspecified 06-12"),
        (BEFORE_THE_OPEN, "ACM +4 unspecified 06-12"),  # that morning's dealings
        ("2025-06-14T15:00:00+00:00", "ACM +4 close 06-13"),  # a Saturday
        ("2025-06-13T01:00:00+00:00", "ACM +4 unspecified 06-12"),  # still Thursday in New York
    ],
)
def test_an_unnamed_day_and_basis_follow_from_the_time_of_writing(at: str, expected: str) -> None:
    assert told("Acme Metals rose 4%.", at) == [expected]


def test_a_weekday_is_the_last_one_on_or_before_the_day_of_writing() -> None:
    assert told("Acme Metals rose 4% on Friday.") == ["ACM +4 close 06-06"]
    assert told("Acme Metals rose 4% on Thursday.", MIDDAY) == ["ACM +4 unspecified 06-12"]


def test_a_security_that_trades_elsewhere_is_ahead_of_new_york() -> None:
    late = "2025-06-13T02:00:00+00:00"  # Friday morning in Sydney
    assert told("Delta Mining rose 4% in early Friday trading.", late) == [
        "DLT.AX +4 unspecified 06-13"
    ]
    assert told("Delta Mining rose 4%.", late) == ["DLT.AX +4 unspecified 06-13"]
    assert told("Delta Mining rose 4% on Thursday.", MIDDAY) == ["DLT.AX +4 close 06-12"]
    assert told("Elsewhere Ltd rose 4%.", late) == ["ELS.XX +4 unspecified 06-13"]


def test_a_claim_carries_its_words_and_how_exact_they_are() -> None:
    text = "News\nAcme Metals rose nearly 14.25% on Thursday \u2013 more than Borex."
    (claim,) = claims(text)
    assert text[claim.start : claim.end] == claim.text == "nearly 14.25%"
    assert (claim.decimals, claim.approx, claim.day) == (2, True, date(2025, 6, 12))
    assert not claims("Acme Metals rose 14%.")[0].approx


@pytest.mark.parametrize(
    ("words", "percent", "decimals", "bound"),
    [
        ("rose more than 14%", 14, 0, "at-least"),
        ("rose well  over 14%", 14, 0, "at-least"),
        ("rose by less than 1.5%", 1.5, 1, "at-most"),
        ("rose just over 14%", 14, 0, None),
        ("rose nearly 14%", 14, 0, None),
        ("rose 14%", 14, 0, None),
        ("rose by more than a third", 33, -1, "at-least"),
        ("rose by a tenth", 10, 0, None),
        ("more than doubled", 100, -1, "at-least"),
        ("nearly tripled", 200, -1, None),
        ("doubled", 100, -1, None),
    ],
)
def test_what_a_text_leaves_open(
    words: str, percent: float, decimals: int, bound: str | None
) -> None:
    (claim,) = claims(f"Acme Metals shares {words} on Thursday.")
    assert (claim.percent, claim.decimals, claim.bound) == (percent, decimals, bound)


def test_a_claim_quotes_the_text_as_it_is() -> None:
    text = "Acme Metals rose 14\u00a0% on Thursday."
    (claim,) = claims(text)
    assert text[claim.start : claim.end] == claim.text == "14\u00a0%"


def test_no_security_no_claim() -> None:
    assert claims("Private Co rose 4%.") == ()
    assert claims("") == ()


def test_the_whole_is_as_sure_as_it_was() -> None:
    """A floor over all texts above, joined into articles: one wrong reading spoils no other."""
    right = wrong = missed = 0
    for text, expected in TOLD:
        body = text.replace("\n", " ")
        filler = "Officials met on Monday. The mine employs 300 people."
        got = told(f"Markets wrap\n{filler}\n{body}\n{LEFT_OUT[0]}")
        wanted = told(body)
        right += sum(claim in wanted for claim in got)
        wrong += sum(claim not in wanted for claim in got)
        missed += sum(claim not in got for claim in wanted)
        assert expected
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.95


@given(st.text(alphabet="Acme Metals rose 5% to a,.;-\n$high since March", max_size=300))
def test_any_text_gives_claims_that_quote_it(noise: str) -> None:
    text = f"Acme Metals {noise}"
    for claim in claims(text):
        assert text[claim.start : claim.end].strip()
        assert claim.percent is not None or claim.extreme is not None
        assert claim.percent is None or claim.percent > 0
        assert claim.day <= date(2025, 6, 12)


@pytest.mark.parametrize("times", [1000, pytest.param(4000, marks=pytest.mark.slow)])
def test_a_long_line_without_an_end_costs_no_more_than_its_length(times: int) -> None:
    line = "Acme Metals rose 5% and Goldman Steel Works 3% " * times
    assert len(claims(line)) < 200


@pytest.mark.parametrize("words", ["mostly  ", "also (also) ", "another  ", ", ", "(((", "a-b "])
def test_words_over_and_over_do_not_stall_it(words: str) -> None:
    assert claims(f"Acme Metals {words * 900}! rose 5% {words * 900}! 7%.") is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Acme Metals climbed as much as 17% on Thursday.", "as much as 17%"),
        ("Acme Metals rose up to nearly 9% on Thursday.", "up to nearly 9%"),
        ("Acme Metals rose another 8% after hours.", "another 8%"),
        ("Acme Metals rose 8% after hours.", "8%"),
    ],
)
def test_the_words_that_qualify_a_figure_belong_to_it(text: str, words: str) -> None:
    (claim,) = claims(text)
    assert text[claim.start : claim.end] == claim.text == words
