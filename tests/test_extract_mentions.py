"""Who is meant: names, titles, tickers, look-alikes, capitals, by-lines."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.extract.lexicon import Hits, Lexicon, Payload
from monitor.extract.surroundings import acronyms_of_others, acts, mastheads
from monitor.extract.words import words_of
from monitor.model import Article
from tests.readers import parsed, plain, shipped

RULES = shipped()
OCTOBER = datetime(2025, 10, 20, 12, tzinfo=UTC)


def article(text: str, title: str = "", at: datetime = OCTOBER) -> Article:
    return Article("0" * 16, "test", "test", None, title, text, at, at)


def found(text: str, title: str = "", at: datetime = OCTOBER) -> set[str]:
    """The ids both ways of running agree on."""
    alone, with_grammar = (
        {m.id for m in extractor.extract(article(text, title, at)).mentions}
        for extractor in (plain(), parsed())
    )
    assert alone == with_grammar
    return alone


def test_a_mention_says_where_it_stands() -> None:
    [mention] = plain().extract(article("Shares fell.", "Lynas\u2019s mine")).mentions
    assert (mention.id, mention.type, mention.symbol) == ("lynas", "company", "LYC.AX")
    assert (mention.text, mention.start, mention.end) == ("Lynas", 0, 5)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        # a last name once the full name is there, or beside a title
        ("Doug Burgum spoke. Burgum left.", {"doug-burgum"}),
        ("Secretary Burgum left.", {"doug-burgum"}),
        ("Treasury Secretary Burgum left.", {"doug-burgum"}),
        ("Burgum left.", set()),
        ("Ms Burgum left.", set()),
        ("Martha Burgum-Hale left.", set()),
        ("Secretary Burgum-Hale left.", set()),
        ("A. Burgum left. Doug Burgum stayed.", {"doug-burgum"}),
        # what is called after somebody, or only holds a name
        ("Lynas Street was closed, and so was Tesla Avenue.", set()),
        ("Agnes Ford sells cars. Ford retires on Friday.", set()),
        ("Korea's Export-Import Bank lent it.", {"country-kr"}),
        ("Talks at the White House in June failed.", {"white-house"}),
        ("A fire near the White House in Bishkek.", set()),
        ("Under the last U.S. president magnets rusted.", {"country-us"}),
        # the words that a name needs may go on from it
        ("The group, a magnet maker, denied it.", {"permanent-magnets"}),
        ("Trump told the trade representative to talk.", {"donald-trump", "jamieson-greer"}),
        ("Canberra and Tokyo were warm.", {"country-au", "country-jp"}),
        # a company's name does not give what is in it
        ("USA Rare Earth rose.", {"usa-rare-earth"}),
        ("Lithium Americas rose.", {"lithium-americas"}),
        ("The Export-Import Bank of India lent it.", {"country-in"}),
        # symbols
        ("Buy $MP now.", {"mp-materials"}),
        ("It is listed (NYSE: MP).", {"mp-materials"}),
        ("GM stock fell.", {"general-motors"}),
        ("An MP stock portfolio was made public.", set()),
        ("MP shares slid.", {"mp-materials"}),
        ("Shares of MP slid.", {"mp-materials"}),
        ("The F shares.", set()),
        # short words need their capitals
        ("They told us so.", set()),
        ("The US said so.", {"country-us"}),
        ("NEODYMIUM PRICES FALL", {"neodymium"}),
        # acronyms that the text gives to somebody else
        (
            "The Danish Lawn Association (DLA) met. DLA bought antimony for its stockpile.",
            {"country-dk", "antimony"},
        ),
        ("The Defense Logistics Agency (DLA) met. DLA buys.", {"defense-logistics-agency"}),
    ],
)
def test_names(text: str, ids: set[str]) -> None:
    assert found(text) == ids


@pytest.mark.parametrize(
    ("text", "at", "ids"),
    [
        ("The interior secretary spoke.", date(2025, 6, 1), {"doug-burgum"}),
        ("The interior secretary spoke.", date(2024, 6, 1), set()),
        ("The former interior secretary spoke.", date(2025, 6, 1), set()),
        ("Interior Secretary Deb Haaland spoke.", date(2025, 6, 1), set()),
        ("The deputy interior secretary spoke.", date(2025, 6, 1), set()),
        ("Austria's interior secretary spoke.", date(2025, 6, 1), {"country-at"}),
        ("The secretary of war spoke.", date(2025, 10, 1), {"pete-hegseth"}),
        ("The secretary of war spoke.", date(2025, 6, 1), set()),
        ("The War Department paid.", date(2025, 6, 1), set()),
        ("The club's president spoke in the United States.", date(2025, 6, 1), {"country-us"}),
        ("The president of the club left the US.", date(2025, 6, 1), {"country-us"}),
        ("The president met Congress.", date(2025, 6, 1), {"donald-trump", "us-congress"}),
    ],
)
def test_titles_are_read_by_the_day(text: str, at: date, ids: set[str]) -> None:
    assert found(text, at=datetime(at.year, at.month, at.day, tzinfo=UTC)) == ids


def test_by_lines_and_datelines_are_not_about_whom_they_name() -> None:
    text = "BERLIN (dpa) - A mine opened.\nBy Doug Burgum, dpa"
    assert found(text) == set()
    assert len(mastheads(words_of(text))) == 2


@pytest.mark.parametrize(
    ("text", "capital", "acting"),
    [
        ("Tokyo said no.", "Tokyo", True),
        ("in Tokyo said", "Tokyo", False),
        ("Tokyo's ban holds", "Tokyo", True),
        ("Tokyo's towers", "Tokyo", False),
        ("Tokyo shares rose", "Tokyo", False),
        ("a pact between Seoul and Tokyo.", "Tokyo", True),
        ("a pact with Tokyo on trade", "Tokyo", True),
        ("rain over Tokyo.", "Tokyo", False),
        ("lights, Tokyo.", "Tokyo", False),
    ],
)
def test_capitals_as_governments(text: str, capital: str, acting: bool) -> None:
    start = text.index(capital)
    assert acts(words_of(text), start, start + len(capital)) is acting


def test_acronyms_of_others_are_spelled_out_in_the_text() -> None:
    words = words_of("the Data Protection Authority (DPA) and Defense Production Act (DPA)")
    known = [(words.text.index("Defense"), words.text.index(" (DPA)", 40))]
    assert acronyms_of_others(words, known) == {"DPA"}
    assert acronyms_of_others(words_of("Old Blue Tree (XYZ)"), []) == frozenset()


def test_without_names_nothing_is_found() -> None:
    words = words_of("any text")
    assert Lexicon([]).find(words) == Hits([], [])
    lexicon = Lexicon([("text", Payload("word", "text"))])
    assert lexicon.find(words_of("context textual")) == Hits([], [])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("The Defense Logistics Agency (DLA) called. Bids go to DLA by May.", 3),
        ('The Defense Logistics Agency ("DLA") called.', 2),
        ("The Dutch Lacrosse Association (DLA) called. DLA is poor.", 0),
    ],
)
def test_acronyms_belong_to_whom_the_text_gives_them(text: str, count: int) -> None:
    told = plain().extract(article(text)).mentions
    assert [m.id for m in told if m.type != "country"] == ["defense-logistics-agency"] * count


def test_names_that_the_rules_lack_are_suggested() -> None:
    explained = parsed().explain(
        article("Jane Goodfellow of Acme Metals met Doug Burgum on Monday.")
    )
    assert "Jane Goodfellow" in {span.text for span, _ in explained.unknown}
    assert "Doug Burgum" not in {span.text for span, _ in explained.unknown}


def test_what_was_refused_is_told_with_the_reason() -> None:
    explained = plain().explain(article("Lynas shares rose 5%. Burgum left."))
    refused = {(one.span.text, one.id): one.refused for one in explained.names if one.refused}
    assert refused["Burgum", "doug-burgum"]
    held = [one for one in explained.triggers if not one.refused]
    assert {(one.rule.partition(".")[0], one.status) for one in held} == {
        ("price-move", "occurred")
    }
