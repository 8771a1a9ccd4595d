"""What the first pass puts aside, and what is not parsed, is never missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.extract import extractor
from monitor.extract.extractor import Extractor
from monitor.extract.nlp import Nlp, load_nlp
from monitor.model import Article
from tests.evaluation.scores import EPISODE, OWN, article_of, labelled
from tests.readers import parsed, plain

ORDINARY = EPISODE.parents[1] / "training" / "articles-ordinary.jsonl"


def articles(paths: Iterable[Path]) -> list[Article]:
    return [article_of(item) for path in paths for item in labelled(path)]


@pytest.mark.parametrize(
    "every", [pytest.param(4, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
def test_the_output_is_that_of_parsing_everything(every: int) -> None:
    texts = articles([EPISODE, OWN])[::every]
    assert len(texts) > 50
    assert list(parsed().extract_all(texts)) == list(thorough().extract_all(texts))


@pytest.mark.parametrize(
    "count", [pytest.param(20, id="some"), pytest.param(60, id="more", marks=pytest.mark.slow)]
)
def test_so_it_is_for_news_that_names_much_and_tells_nothing(count: int) -> None:
    texts = articles([ORDINARY])[:count]
    assert list(parsed().extract_all(texts)) == list(thorough().extract_all(texts))


def thorough() -> Extractor:
    return plain().reading(load_nlp(), thorough=True)


def test_grammar_is_not_asked_where_the_weights_are_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = load_nlp()
    assert nlp is not None
    text = (
        "China controls exports of rare earths. Beijing imposed export controls on dysprosium and "
        "terbium on Friday, the commerce ministry said."
    )
    [article] = [replace(articles([EPISODE])[0], title="China curbs exports", text=text)]
    reader = plain().reading(nlp)
    assert any(match.one.doubtful for match in reader.study(article).matches)
    asked = asked_of(monkeypatch, nlp)
    told = reader.extract(article)
    assert "export-restriction" in {event.type for event in told.events}
    assert asked == []
    monkeypatch.setattr(extractor, "SURE", 100.0)
    reader.extract(article)
    assert asked[0] == "China controls exports of rare earths."


def asked_of(monkeypatch: pytest.MonkeyPatch, nlp: Nlp) -> list[str]:
    """A list that grows by every sentence that is parsed."""
    asked: list[str] = []
    grammar = nlp.grammar

    def counted(texts: list[str], offsets: list[int]) -> object:
        asked.extend(texts)
        return grammar(texts, offsets)

    monkeypatch.setattr(nlp, "grammar", counted)
    return asked


def test_texts_are_understood_alike_alone_and_in_company() -> None:
    texts = articles([EPISODE])[:40]
    alone = [parsed().extract(article) for article in texts]
    assert list(parsed().extract_all(reversed(texts))) == alone[::-1]


def test_few_sentences_are_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = load_nlp()
    assert nlp is not None
    asked = asked_of(monkeypatch, nlp)
    texts = articles([EPISODE])
    for _ in plain().reading(nlp).extract_all(texts):
        pass
    sentences = sum(len(article.content.split(". ")) for article in texts)
    assert 0 < len(asked) < sentences / 5
