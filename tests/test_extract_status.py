"""Which status a sentence gives an event: the classes of words, and the syntax that bounds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.model import Article
from tests.readers import shipped

NOW = datetime(2025, 10, 20, 12, tzinfo=UTC)
# (type, who, base form, past form, -ing form, noun)
DEEDS = [
    ("tariff", "Ottawa", "impose", "imposed", "imposing", "a 20% tariff on Chinese aluminium"),
    ("export-restriction", "Hanoi", "impose", "imposed", "imposing", "a ban on tungsten exports"),
    ("sanction", "Brussels", "impose", "imposed", "imposing", "sanctions on two Chinese refiners"),
    ("production", "The miner", "announce", "announced", "announcing", "a restart of its mine"),
    ("share-offering", "The miner", "launch", "launched", "launching", "a $50 million share sale"),
]
MEASURES = DEEDS[:3]


@cache
def by_cues() -> Extractor:
    """By cues alone: what is learned from texts may think otherwise of a sentence alone."""
    return Extractor(replace(shipped(), weights={}), load_nlp())


def statuses(kind: str, text: str) -> set[str]:
    article = Article("a" * 16, "test", "test", None, "Notes", text, NOW, NOW)
    return {event.status for event in by_cues().extract(article).events if event.type == kind}


def said(frame: str, deed: tuple[str, ...]) -> str:
    _, who, base, past, ing, noun = deed
    small = who[0].lower() + who[1:] if who.startswith("The ") else who
    return frame.format(who=who, small=small, do=base, did=past, doing=ing, noun=noun)


@pytest.mark.parametrize("deed", MEASURES, ids=lambda deed: deed[0])
@pytest.mark.parametrize(
    ("frame", "status"),
    [
        # deliberation, wishes, forecasts and threats
        ("{who} is toying with the idea of {doing} {noun}.", "considered"),
        ("{who} is under pressure to {do} {noun}.", "considered"),
        ("{who} may have to {do} {noun}.", "considered"),
        ("{who} reserves the right to {do} {noun}.", "considered"),
        ("The chances that {small} will {do} {noun} are slim.", "considered"),
        ("Traders fear that {small} will {do} {noun}.", "considered"),
        ("{who} has not ruled out {doing} {noun}.", "considered"),
        ("If the talks fail, {small} will {do} {noun}.", "considered"),
        ("Will {small} {do} {noun}?", "considered"),
        # what one takes upon oneself
        ("{who} has decided to {do} {noun}.", "announced"),
        ("{who} said on Monday that it would {do} {noun}.", "announced"),
        ("{who} will, officials said, {do} {noun}.", "announced"),
        # refusals and verbs whose complement is false
        ("{who} failed to {do} {noun}.", "denied"),
        ("{who} decided against {doing} {noun}.", "denied"),
        ("{who} rejected calls to {do} {noun}.", "denied"),
        ("{who} dismissed as fiction a report that it would {do} {noun}.", "denied"),
        # verbs whose complement is true
        ("{who} was forced to {do} {noun}.", "occurred"),
        ("{who} became the first to {do} {noun}.", "occurred"),
    ],
)
def test_what_governs_a_deed_decides(deed: tuple[str, ...], frame: str, status: str) -> None:
    assert statuses(deed[0], said(frame, deed)) == {status}


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed[0])
@pytest.mark.parametrize(
    "frame",
    [
        "{who}, which had threatened to for months, {did} {noun}.",
        "{who}, hoping for better terms, {did} {noun}.",
        "After talks that might have averted it, {small} {did} {noun}.",
        "Analysts, who had expected less, said {small} had {did} {noun}.",
        "{who} {did} {noun}, a move that could lift prices.",
        "{who} {did} {noun} because it feared a shortage.",
    ],
)
def test_what_is_set_apart_says_nothing_of_the_main_clause(
    deed: tuple[str, ...], frame: str
) -> None:
    if deed[0] == "production":
        frame = frame.replace("{did} {noun}", "restarted its antimony mine")
    assert statuses(deed[0], said(frame, deed)) == {"occurred"}


@pytest.mark.parametrize(
    ("kind", "text", "status"),
    [
        # the outer predicate counts
        ("tariff", "Ottawa scrapped a proposed 20% tariff on Chinese wire.", "reversed"),
        ("tariff", "Ottawa may scrap a 20% tariff on Chinese wire.", "considered"),
        ("tariff", "Ottawa dropped its threat of a 20% tariff on Chinese wire.", "reversed"),
        # an auxiliary reaches a verb in the past only through "be" or "have"
        ("export-restriction", "Exports of gallium will be banned.", "announced"),
        # what a fire forces somebody to do is done
        ("production", "A fire forced the owner to halt the tungsten mine.", "occurred"),
        # until a day: so it is till then
        ("export-restriction", "Kinshasa has banned exports of cobalt until January.", "occurred"),
        ("export-restriction", "Kinshasa bans exports of cobalt from January.", "announced"),
        # who only looks on does not promise
        ("tariff", "Analysts said it would lead to a tariff on Chinese wire.", "considered"),
    ],
)
def test_scope(kind: str, text: str, status: str) -> None:
    assert statuses(kind, text) == {status}
