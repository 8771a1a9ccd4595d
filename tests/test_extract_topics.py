"""Texts on sport, the stage, games: nothing in them is an event, and news that is told with their
words stays news.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model import Article, Extraction
from tests.readers import plain, shipped

RULES = shipped()
NOVEMBER = datetime(2025, 11, 20, 12, tzinfo=UTC)


def read(text: str) -> Extraction:
    return plain().extract(Article("0" * 16, "test", "test", None, "", text, NOVEMBER, NOVEMBER))


@pytest.mark.parametrize(
    "text",
    [
        "The club halted talks with the striker after he scored an own goal; the coach stays.",
        "Torino have raised the offer for the winger, who joined on loan last season.",
        "Filming of the third season was halted and the actor's contract was terminated.",
        "The choir will merge with a rival, and the conductor will acquire a new baton.",
        "Impose a tariff on the rival kingdoms of this turn-based strategy game.",
        "Players will find that tungsten ore output doubles in the new patch notes.",
        "The new tariff costs nine pounds a month and includes unlimited calls.",
        "Peel repealed the duties on grain; historians ask whether it was the smugglers.",
        "The chef raised his guidance: fill the pan, and do not halt the oven.",
        "Bookmakers cut the odds as the side's shares of possession rose 12% in the derby.",
        "Shares of the post doubled overnight, the clip went viral.",
    ],
)
def test_nothing_is_an_event_where_a_text_is_about_something_else(text: str) -> None:
    assert read(text).events == ()


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("Trump put a tariff of 100% on every movie; a studio and an actor protested.", "tariff"),
        (
            "China's commerce ministry halted exports of gallium to the United States as fans "
            "filled a stadium for the athlete with a medal.",
            "export-restriction",
        ),
        (
            "A bishop and a priest looked on as Iluka restarted production at its mine.",
            "production",
        ),
        (
            "Rain and a gale cut power; Lynas halted output at its plant, and drivers were "
            "stranded in the storm.",
            "production",
        ),
        (
            "Police and prosecutors arrested two; the U.S. Commerce Department imposed new export "
            "controls on chips.",
            "export-restriction",
        ),
    ],
)
def test_news_told_with_the_words_of_a_topic_stays_news(text: str, event: str) -> None:
    assert event in {found.type for found in read(text).events}


def test_a_single_word_against_a_topic_is_outweighed_by_many_for_it() -> None:
    many = (
        "The striker, the winger, the goalkeeper and the coach left the stadium; the captain, "
        "the referee and the fans stayed for the league's medal."
    )
    few = "The striker, the winger and the coach left."
    news = " The company cancelled the supply contract for magnets."
    assert read(few).events == ()
    assert read(many + news).events == ()
    assert read(few + news).events != ()


def test_a_single_word_is_no_company_in_a_text_on_sport() -> None:
    ours = {"lynas", "ford", "apple", "tesla", "iluka"}
    side = "Lynas took four wickets, the coach praised Apple, and captain Ford won the toss."
    assert not ours & {mention.id for mention in read(side).mentions}
    sponsor = "The coach, the captain and the striker wore Ford Motor and Apple's logos."
    assert {"ford", "apple"} <= {mention.id for mention in read(sponsor).mentions}


def test_a_capital_is_its_team_in_a_text_on_sport() -> None:
    assert read("The cornerback and the coach agreed as Washington won the playoff.").mentions == ()
