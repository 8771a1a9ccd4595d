"""Bare symbols: a security where a price is told, any other word where not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model import Article
from tests.readers import plain

NOW = datetime(2025, 10, 20, 12, tzinfo=UTC)


def securities(text: str) -> list[str]:
    article = Article("0" * 16, "test", "test", None, "", text, NOW, NOW)
    return [mention.symbol for mention in plain().extract(article).mentions if mention.symbol]


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        # a percent with a sign
        ("MP +8% premarket on DPA report", ["MP"]),
        ("MP: +8.5% after the news.", ["MP"]),
        ("MP (+8%), TMC (-3.2%)", ["MP", "TMC"]),
        ("Premarket movers: MP +8.1%, TMC -2%", ["MP", "TMC"]),
        # a price's verb
        ("TMC slid 6.4% to $5.10", ["TMC"]),
        ("GM fell 2.1 percent after the report.", ["GM"]),
        ("MP jumps as much as 17% on Thursday", ["MP"]),
        ("MP closed up 8% Friday", ["MP"]),
        ("MP was up 12% in premarket trading.", ["MP"]),
        ("While TMC dropped 3%, LAC rose 5%.", ["TMC", "LAC"]),
        ("MP and TMC rose 5%.", ["MP", "TMC"]),
        ("MP, TMC and USAR were up 5% premarket", ["MP", "TMC", "USAR"]),
        ("Miners rallied, with MP rising 4% and TMC adding 2%.", ["MP", "TMC"]),
        # a list
        ("MP 8%, USAR 5%, TMC 3%", ["MP", "USAR", "TMC"]),
        # shares
        ("Traders bought shares of MP today.", ["MP"]),
        # the company's name before takes nothing from it
        ("NioCorp reported. NB rose 5%.", ["NB", "NB"]),
    ],
)
def test_a_symbol_with_its_price_is_a_security(text: str, symbols: list[str]) -> None:
    assert securities(text) == symbols


@pytest.mark.parametrize(
    "text",
    [
        "MP rose to speak.",
        "An MP rose to speak for 5% of members.",
        "The MP rose 5% in the polls.",
        "MP up 5% in new poll",
        "Voters moved: MP +5% on the night.",
        "MP gains 5% more votes",
        "Labour MP gains 5% on the night",
        "Local MP up 5% after gaffe",
        "Backbench MP +5% after gaffe",
        "MP backs 5% pay rise",
        "MP drops 5% tariff demand",
        "MP lost 5% of her support",
        "MP slid 6 places",
        "MP fell 5 percentage points",
        "MP says output rose 5%",
        "CDU 28%, MP 3% of seats",
        "MP 3% short of the goal",
        "A 200 MP camera, up 5%",
        "200 MP +8% zoom",
        "LAC grew 3%.",
        "LAC rose 3%, with GDP ahead of plan.",
        "TMC rose 5% in West Bengal",  # what refuses the name refuses the symbol too
        "F rose 5% on Monday.",  # one letter is too little
    ],
)
def test_a_look_alike_is_none(text: str) -> None:
    assert securities(text) == []
