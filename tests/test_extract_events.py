"""What is reported, whether it has happened, who does it, and which securities it touches."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.extract.extractor import Extractor, utc_day
from monitor.extract.nlp import Parse, Token, load_nlp
from monitor.model import Article, Event, Extraction
from tests import readers

NOW = datetime(2025, 10, 20, 12, tzinfo=UTC)


def extraction(text: str, title: str = "", parsed: bool = True) -> Extraction:
    article = Article("a" * 16, "test", "test", None, title, text, NOW, NOW)
    return (readers.parsed() if parsed else readers.plain()).extract(article)


def statuses(kind: str, text: str, title: str = "") -> set[str]:
    return {e.status for e in extraction(text, title).events if e.type == kind}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("China imposed export controls on gallium.", "occurred"),
        ("China may impose export controls on gallium.", "considered"),
        ("China is weighing export controls on gallium.", "considered"),
        ("China did not impose export controls on gallium.", "denied"),
        ("China lifted its export controls on gallium.", "reversed"),
        ("China may lift its export controls on gallium.", "considered"),
        ("China has no plan to lift its export controls on gallium.", "occurred"),
        ("China's export controls on gallium start on December 1.", "announced"),
        ("Shares fell because of China's export controls on gallium.", "occurred"),
        ("Talks may fail, but China imposed export controls on gallium.", "occurred"),
        ("The firm did not comment on China's export controls on gallium.", "occurred"),
    ],
)
def test_cues_have_a_side_and_a_reach(text: str, status: str) -> None:
    assert statuses("export-restriction", text) == {status}


def test_one_type_can_stand_with_two_statuses() -> None:
    text = "Trump imposed a 25% tariff on steel from China. He threatened new tariffs on cars."
    assert statuses("tariff", text) == {"occurred", "considered"}


def test_a_verb_joined_to_a_planned_one_is_planned_too() -> None:
    text = "Lynas will expand in Texas and begin production of oxide."
    assert statuses("production", text) == {"announced"}


def test_the_text_is_believed_before_the_headline() -> None:
    text = "The Pentagon agreed to buy a stake in MP Materials."
    assert statuses("public-funding", text, "Pentagon buys stake in MP Materials") == {"announced"}


def test_what_a_text_speaks_of_as_known_yields_to_what_it_reports() -> None:
    text = (
        "The White House may invoke the Defense Production Act. The Defense Production Act helps."
    )
    assert statuses("dpa-invocation", text) == {"considered"}


@pytest.mark.parametrize("parsed", [True, False])
def test_an_event_names_its_parts_and_place(parsed: bool) -> None:
    text = "Prices rose. China imposed export controls on rare earths."
    [event] = [e for e in extraction(text, parsed=parsed).events if e.type == "export-restriction"]
    assert event.actors == ("country-cn",)
    assert event.targets == ("rare-earths",)
    assert event.symbols[0] == "MP"
    assert text[event.trigger.start : event.trigger.end] == event.trigger.text
    assert text[slice(*event.sentence)].startswith("China")
    assert event.rule.startswith("export-restriction.")
    assert 0 < event.score <= 1


def test_the_passive_turns_actor_and_target_round() -> None:
    text = "Noveon Magnetics was acquired by Lockheed Martin for $2 billion."
    for with_grammar in (True, False):
        [event] = extraction(text, parsed=with_grammar).events
        assert (event.actors, event.targets) == (("lockheed-martin",), ("noveon-magnetics",))


def test_exposures_are_strongest_first_and_one_a_symbol() -> None:
    told = extraction("China imposed export controls on rare earths. Lynas watched.").exposures
    weights = [exposure.weight for exposure in told]
    assert weights == sorted(weights, reverse=True)
    by_symbol = {exposure.symbol: exposure for exposure in told}
    assert len(by_symbol) == len(told)
    assert by_symbol["MP"].via == "rare-earths"
    assert by_symbol["MP"].weight == 0.8
    assert by_symbol["LYC.AX"].weight == 0.7  # by the table; named only in passing: 0.6


def test_a_company_in_the_title_or_in_an_event_is_touched_in_full() -> None:
    assert extraction("It rains.", "Lynas waits").exposures[0].weight == 1.0
    assert extraction("Lynas watched. It rains.").exposures[0].weight == 0.6
    assert extraction("Antimony is grey.").exposures[0].weight == 0.4  # half of the table's 0.8


def test_a_text_that_leads_nowhere_is_not_parsed() -> None:
    class Refusing:
        def grammar(self, texts: object, offsets: object) -> list[object]:
            raise AssertionError(texts)

        def names(self, text: str) -> object:
            raise AssertionError(text)

    extractor = readers.plain().reading(Refusing())  # type: ignore[arg-type]
    article = Article("b" * 16, "test", "test", None, "", "The cat sat on the mat.", NOW, NOW)
    assert extractor.extract(article) == Extraction("b" * 16, (), (), (), ())


def test_the_same_words_give_the_same_answer_again() -> None:
    text = "Trump said tariffs on rare earths from China will rise; MP Materials jumped 5%."
    article = Article("c" * 16, "test", "test", None, "", text, NOW, NOW)
    first, second = readers.parsed().extract(article), readers.parsed().extract(article)
    built_again = Extractor(readers.shipped(), load_nlp())
    assert first == second == built_again.extract(article)
    starts = [event.trigger.start for event in first.events]
    assert starts == sorted(starts)


def test_the_day_is_that_of_utc() -> None:
    assert utc_day(datetime.fromisoformat("2025-10-20T23:30:00-04:00")) == date(2025, 10, 21)


def test_a_token_is_found_by_its_place() -> None:
    told = (Token(10, 13, "NN", "nsubj", 14), Token(14, 18, "VBZ", "ROOT", 14))
    parse = Parse([told, (Token(30, 33, "MD", "aux", 30),)])
    assert [token and token.tag for token in map(parse.at, (10, 12, 14, 30))] == [
        "NN",
        None,
        "VBZ",
        "MD",
    ]
    assert parse.head(told[0]) == told[1]
    assert (told[0].noun, told[0].verb, told[1].noun, told[1].verb) == (True, False, False, True)


def test_offsets_of_a_parse_are_those_of_the_text() -> None:
    nlp = load_nlp()
    assert nlp is not None
    text = "Lynas rises\nDoug Burgum spoke on Monday. He left."
    spans = [(12, 40), (41, 49)]
    parsed = nlp.grammar([text[low:high] for low, high in spans], [low for low, _ in spans])
    for tokens, (low, high) in zip(parsed, spans, strict=True):
        words = [text[token.start : token.end] for token in tokens]
        assert words == text[low:high].replace(".", " .").split()
    named = [(text[12 + low : 12 + high], label) for low, high, label in nlp.names(text[12:40])]
    assert ("Doug Burgum", "PERSON") in named


def test_events_of_one_sentence_are_told_once() -> None:
    text = "MP Materials shares rose 5%, Lynas shares gained 4% and Iluka shares jumped 9%."
    events: list[Event] = [e for e in extraction(text).events if e.type == "price-move"]
    assert len(events) == 1
