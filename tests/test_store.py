"""The store: what goes in comes out equal, and a pass can stop anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, text

from monitor.errors import StoreError
from monitor.model import (
    Alert,
    Article,
    Bar,
    Claim,
    Condition,
    CorporateAction,
    Cursor,
    DataNote,
    Delivery,
    Event,
    Exposure,
    Extraction,
    IntradayBar,
    Judgement,
    Mention,
    NoReaction,
    Reaction,
    Span,
    Story,
    StorySignal,
    Told,
    Version,
)
from monitor.store.bookkeeping import JobState, SourceState
from monitor.store.engine import HEAD, Store
from monitor.store.prices import PriceState
from monitor.store.schema import metadata
from monitor.store.types import to_json

NOON = datetime(2025, 6, 12, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'monitor.db'}")
    yield opened
    opened.close()


def an_article(number: int = 1, seen_at: datetime = NOON) -> Article:
    return Article(
        id=f"{number:016x}",
        source="wire",
        outlet="Wire",
        url=f"https://example.org/{number}",
        title=f"Title {number}",
        text="Text",
        published_at=seen_at - timedelta(minutes=5),
        seen_at=seen_at,
    )


def an_extraction(article: Article) -> Extraction:
    return Extraction(
        article=article.id,
        mentions=(Mention("acme", "company", "Acme", "ACME", "Acme", 0, 4),),
        events=(
            Event(
                *("production", "announced", Span("Title", 0, 5), ("acme",), (), ("ACME",), 0.9),
                *("production.1", (0, 7)),
            ),
        ),
        claims=(
            Claim(
                *("ACME", "up", 17.0, "intraday-high", date(2025, 6, 12), "high", "--03"),
                *("as much as 17%", 0, 5),
            ),
        ),
        exposures=(Exposure("ACME", 1.0, "acme"),),
    )


def a_story(number: int = 1, seen_at: datetime = NOON) -> Story:
    return Story(
        id=f"{number:016x}",
        title="Title",
        url=None,
        first_seen_at=seen_at,
        first_source="Wire",
        last_seen_at=seen_at,
        articles=(f"{number:016x}",),
        outlets=("Wire",),
        entities=("acme",),
        events=(("production", "announced"),),
        exposures=(Exposure("ACME", 1.0, "acme"),),
    )


def test_migrations_lead_to_the_schema(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    config = Config()
    config.set_main_option("script_location", "monitor.store:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_store_is_opened_again_as_it_was(store: Store) -> None:
    with store.begin() as tx:
        tx.articles.add(an_article(), ["key"])
    again = Store.open(store.url)
    with again.begin() as tx:
        assert tx.articles.unread(9) == [an_article()]
    again.close()


def test_a_store_of_a_newer_program_is_refused(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        Store.open(store.url)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////dev/null/x/monitor.db"])
def test_a_store_that_cannot_be_opened_is_named(url: str) -> None:
    with pytest.raises(StoreError, match=r"not the url|monitor\.db"):
        Store.open(url)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("these are notes " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match=r"notes\.txt: file is not a database"):
        Store.open(f"sqlite:///{tmp_path / 'notes.txt'}")


def test_one_process_at_a_time(store: Store) -> None:
    refused = pytest.raises(StoreError, match="in use by process")
    with store.exclusive(), refused, Store.open(store.url).exclusive():
        pass
    with store.exclusive():
        pass


def test_an_article_goes_from_new_to_folded(store: Store) -> None:
    first, second = an_article(1, NOON + timedelta(hours=1)), an_article(2)
    with store.begin() as tx:
        tx.articles.add(first, ["a", "b"])
        tx.articles.add(second, ["b", "c"])
        known = {"a": first.id, "b": first.id, "c": second.id}
        assert tx.articles.known("abcd") == known
        assert tx.articles.unread(9) == [second, first]
        tx.articles.save_extraction(an_extraction(first), first.seen_at)
        assert tx.articles.unread(9) == [second]
        (reading,) = tx.articles.unfolded(9)
        assert (reading.article, reading.extraction) == (first, an_extraction(first))
        tx.stories.save(a_story())
        tx.articles.fold(first.id, a_story().id)
        assert tx.articles.unfolded(9) == []
        assert tx.articles.of_stories([a_story().id], NOON) == []
        assert tx.articles.of_stories([a_story().id], first.seen_at) == [reading]
        assert tx.articles.seen_between(NOON, first.seen_at) == []
        assert tx.articles.counts() == {"folded": 1, "new": 1}
        assert tx.articles.first_seen_by(NOON + timedelta(seconds=1))
        assert not tx.articles.first_seen_by(NOON)


def test_a_transaction_is_written_whole_or_not_at_all(store: Store) -> None:
    def half() -> None:
        with store.begin() as tx:
            tx.articles.add(an_article(), ["a"])
            raise KeyError

    with pytest.raises(KeyError):
        half()
    with store.begin() as tx:
        assert tx.articles.unread(9) == []
        assert tx.articles.known(["a"]) == {}


def test_stories_grow_and_are_found_by_symbol_and_time(store: Store) -> None:
    later = NOON + timedelta(hours=2)
    grown = replace(a_story(), last_seen_at=later, outlets=("Wire", "Herald"))
    with store.begin() as tx:
        assert tx.stories.get(grown.id) is None
        tx.stories.save(a_story())
        tx.stories.save(grown)
        assert tx.stories.get(grown.id) == grown
        assert tx.stories.touching("ACME", later, later) == [grown]
        assert tx.stories.touching("ACME", later + timedelta(1), later + timedelta(2)) == []
        assert tx.stories.touching("ACME", NOON - timedelta(2), NOON - timedelta(1)) == []
        assert tx.stories.touching("OTHER", NOON, later) == []
        assert tx.stories.told_between(NOON, NOON) == [grown]
        tx.articles.add(an_article(), ["a"])
        tx.stories.add_fingerprint(an_article().id, grown.id, NOON, {"x": [1]})
        assert list(tx.stories.fingerprints(NOON)) == [(grown.id, {"x": [1]})]
        assert list(tx.stories.fingerprints(later)) == []


def test_stories_are_found_by_what_they_told_of_the_latest_first(store: Store) -> None:
    hour = timedelta(hours=1)
    ids = [f"{number:016x}" for number in range(4)]
    with store.begin() as tx:
        for number, one in enumerate(ids):
            tx.articles.add(replace(an_article(), id=one), [one])
            tx.stories.save(replace(a_story(), id=one))
            tx.stories.add_keys(["tariff acme", "acme"], one, one, NOON + number * hour)
        tx.stories.add_keys(["acme", "~brook"], ids[0], ids[3], NOON + 9 * hour)
        found = tx.stories.told(["acme"], NOON + 2 * hour, 2)
        assert found == [
            Told("acme", ids[2], ids[2], NOON + 2 * hour),
            Told("acme", ids[1], ids[1], NOON + hour),
        ]
        # a key that the story had already stays with the article that brought it
        assert [one.article for one in tx.stories.told(["acme"], NOON, 9)] == [ids[0]]
        both = tx.stories.told(["~brook", "tariff acme", "none"], NOON + 9 * hour, 1)
        assert [(one.key, one.story_id) for one in both] == [
            ("~brook", ids[0]),
            ("tariff acme", ids[3]),
        ]
        assert tx.stories.told([], NOON, 9) == []


def test_fingerprints_are_found_by_article_and_by_how_many_are_wanted(store: Store) -> None:
    with store.begin() as tx:
        assert tx.stories.of_article("1") is None
        tx.stories.save(a_story())
        for number in range(4):
            one = replace(an_article(), id=str(number))
            tx.articles.add(one, [one.id])
            at = NOON + timedelta(hours=number)
            tx.stories.add_fingerprint(one.id, a_story().id, at, {"n": number})
        since = NOON + timedelta(hours=2)
        assert [body["n"] for _, body in tx.stories.fingerprints(since)] == [2, 3]
        assert [body["n"] for _, body in tx.stories.fingerprints(since, at_least=3)] == [1, 2, 3]
        assert len(list(tx.stories.fingerprints(since, at_least=1))) == 2
        assert len(list(tx.stories.fingerprints(since, at_least=9))) == 4
        assert tx.stories.fingerprints_of(["3", "9"]) == {"3": {"n": 3}}
        assert tx.stories.of_article("1") == a_story()


def test_a_store_of_the_first_program_is_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", "monitor.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, "0001")
        body = to_json(Story, a_story())
        for new in ("first_told", "follows", "novelty"):
            del body[new]
        row = {"id": a_story().id, "first_seen_at": NOON, "last_seen_at": NOON, "body": body}
        connection.execute(insert(metadata.tables["story"]).values(**row))
    engine.dispose()
    store = Store.open(url)
    with store.begin() as tx:
        assert tx.stories.get(a_story().id) == a_story()
        assert tx.stories.told(["acme"], NOON, 9) == []
    store.close()


def test_articles_of_an_older_program_stay_known(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", "monitor.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        upgrade(config, "0003")
        connection.execute(
            text(
                "insert into article (id, source, outlet, title, text, seen_at, state) "
                "values ('1', 'wire', 'Wire', 'Title', '', '2025-06-12 12:00:00.000000', 'read')"
            )
        )
        connection.execute(text("insert into article_key (key, article) values ('a', '1')"))
    engine.dispose()
    store = Store.open(url)
    with store.begin() as tx:
        assert tx.articles.known(["a", "b"]) == {"a": "1"}
        kept = Version("1", "wire", "Title", "", None, NOON)
        assert tx.articles.versions(["1", "2"]) == {"1": [kept]}
        tx.articles.add_keys({"a": "2", "b": "1"}, {"1": 1})
        assert tx.articles.known(["a", "b"]) == {"a": "1", "b": "1"}
        assert tx.articles.versions(["1"]) == {"1": [replace(kept, aliases=1)]}
    store.close()


def test_versions_are_those_of_the_first_wording_in_order(store: Store) -> None:
    first, other = an_article(1), an_article(2)
    later = [
        replace(an_article(n), revises=first.id, seen_at=NOON + timedelta(hours=5 - n))
        for n in (3, 4)
    ]
    with store.begin() as tx:
        tx.articles.add_all([*later, other, first])
        tx.articles.open(replace(first, text="Its page"), ["a"], NOON, "digest")
        found = tx.articles.versions([first.id, other.id])
    assert set(found) == {first.id, other.id}
    assert [(one.title, one.text, one.words) for one in found[first.id]] == [
        ("Title 1", "", "digest"),
        ("Title 4", "Text", None),
        ("Title 3", "Text", None),
    ]
    assert {one.article for one in found[first.id]} == {first.id}
    assert len(found[other.id]) == 1


def a_bar(day: int, close: float) -> Bar:
    return Bar(date(2025, 6, day), None, None, None, close, close / 2, None)


def test_bars_replace_those_of_the_same_session(store: Store) -> None:
    notes = (DataNote("stale", "ACME", None, "old"),)
    state = PriceState("ACME", NOON, date(2025, 6, 1), date(2025, 6, 3), notes, None)
    with store.begin() as tx:
        assert tx.prices.series("ACME").bars == ()
        assert tx.prices.state("ACME") is None
        tx.prices.save_bars("ACME", [a_bar(2, 10), a_bar(3, 11)], "files")
        tx.prices.save_bars("ACME", [a_bar(3, 12), a_bar(4, 13)], "files")
        tx.prices.save_bars("ACME", [], "files")
        tx.prices.save_state(state)
        tx.prices.save_state(state)
        series = tx.prices.series("ACME")
        assert series.bars == (a_bar(2, 10), a_bar(3, 12), a_bar(4, 13))
        assert (series.source, series.notes) == ("files", notes)
        assert tx.prices.state("ACME") == state


def test_intraday_bars_lie_by_their_start(store: Store) -> None:
    bars = tuple(
        IntradayBar(NOON + timedelta(minutes=5 * n), 5, 1.0, 2.0, 0.5, 1.5, None) for n in range(3)
    )
    with store.begin() as tx:
        tx.prices.save_intraday("ACME", bars)
        tx.prices.save_intraday("ACME", bars)
        tx.prices.save_intraday("ACME", ())
        assert tx.prices.intraday("ACME", NOON, bars[2].start) == bars[:2]


def test_signals_say_whether_they_have_changed(store: Store) -> None:
    exposure = Exposure("ACME", 1.0, "acme")
    reaction = NoReaction("ACME", "the session has not closed")
    signal = StorySignal("ACME", a_story(), exposure, reaction, (), NOON)
    later = replace(signal, as_of=NOON + timedelta(hours=1))
    grown = replace(later, story=replace(a_story(), outlets=("Wire", "Herald")))
    session = date(2025, 6, 12)
    with store.begin() as tx:
        assert tx.signals.get(signal.key) is None
        assert tx.signals.save(signal, session)
        assert not tx.signals.save(later, session)
        assert tx.signals.save(grown, session)
        assert tx.signals.get(signal.key) == grown
        assert tx.signals.of_session(session, "story") == [grown]
        assert tx.signals.of_session(session, "move") == []


def test_splits_and_dividends_of_a_span_replace_those_known_of_it(store: Store) -> None:
    split = CorporateAction(date(2025, 6, 3), "split", 2.0)
    dividend = CorporateAction(date(2025, 6, 3), "dividend", 0.1)
    early = CorporateAction(date(2025, 5, 1), "dividend", 0.2)
    with store.begin() as tx:
        tx.prices.save_bars("ACME", [a_bar(2, 10)], "files")
        tx.prices.save_actions("ACME", [early, split], date(2025, 5, 1), date(2025, 6, 3))
        tx.prices.save_actions("ACME", [dividend, early], date(2025, 6, 1), date(2025, 6, 30))
        tx.prices.save_actions("OTHER", [split], date(2025, 6, 1), date(2025, 6, 30))
        assert tx.prices.series("ACME").actions == (early, dividend)


def test_how_prices_reacted_to_the_stories_of_the_past(store: Store) -> None:
    def told(name: str, weight: float, reacted: float | None, *kinds: str) -> StorySignal:
        reaction = NoReaction("ACME", "no bars") if reacted is None else a_reaction(reacted)
        events = tuple((kind, "occurred") for kind in kinds)
        story = replace(a_story(), id=name, events=events)  # type: ignore[arg-type]
        return StorySignal("ACME", story, Exposure("ACME", weight, "acme"), reaction, (), NOON)

    given = [
        (told("old", 1.0, 0.5, "grant"), date(2025, 6, 1)),
        (told("new", 1.0, 0.01, "grant", "tariff"), date(2025, 6, 2)),
        (told("beside", 0.4, 0.01, "grant"), date(2025, 6, 2)),
        (told("unknown", 1.0, None, "grant"), date(2025, 6, 2)),
        (told("later", 1.0, 0.01, "grant"), date(2025, 6, 3)),
    ]
    with store.begin() as tx:
        for signal, session in given:
            tx.signals.save(signal, session)
        found = tx.signals.outcomes(date(2025, 6, 3), 10)
        assert found == [
            (frozenset({"grant", "tariff"}), pytest.approx(0.01)),
            (frozenset({"grant"}), pytest.approx(0.5)),
        ]
        assert len(tx.signals.outcomes(date(2025, 6, 3), 1)) == 1


def a_reaction(p_value: float) -> Reaction:
    session = date(2025, 6, 2)
    return Reaction(
        "ACME", "SPY", session, (0, 0), 0.0, 1.0, 0.02, 120, (0.05,), 0.05, 0.02, 2.5, p_value
    )


def test_the_newest_judgement_stands(store: Store) -> None:
    no = Judgement("rule", "key", (Condition("outlets", "2", "1", False),))
    yes = Judgement("rule", "key", (Condition("outlets", "2", "2", True),))
    with store.begin() as tx:
        tx.signals.save_judgement(no, NOON)
        tx.signals.save_judgement(yes, NOON)
        assert tx.signals.judgements("key") == [yes]


def test_work_asked_for_twice_is_done_once(store: Store) -> None:
    with store.begin() as tx:
        tx.signals.add_work("judge", ["b", "a"])
        tx.signals.add_work("judge", ["b", "c"])
        assert tx.signals.work("judge") == ["a", "b", "c"]
        tx.signals.finish_work("judge", ["a", "b"])
        assert tx.signals.work("judge") == ["c"]
        assert tx.signals.work("correlate") == []


def an_alert(fingerprint: str = "f") -> Alert:
    conditions = (Condition("events", "any", "production", True),)
    return Alert(
        *(f"{fingerprint:0<16}", fingerprint, "move/ACME", "rule", "warning", NOON, NOON),
        *("Title", "Summary", "ACME", conditions, {"title": "Title", "figure": 0.5}),
    )


def a_delivery(key: str = "k") -> Delivery:
    return Delivery(key, "console", "alert", an_alert().id, {"a": 1}, "pending", 0, NOON)


def test_alerts_and_their_messages_lie_together(store: Store) -> None:
    with store.begin() as tx:
        tx.alerts.add(an_alert(), NOON, [a_delivery()])
        tx.alerts.add(an_alert("g"), NOON, [], "history")
        assert tx.alerts.has_fired("f")
        assert not tx.alerts.has_fired("h")
        assert tx.alerts.get("f0") == an_alert()
        assert tx.alerts.get("") is None  # two begin so
        assert tx.alerts.get("%") is None
        assert tx.alerts.held_back(an_alert("g").id) == "history"
        assert tx.alerts.newest(9) == [an_alert(), an_alert("g")]
        assert tx.alerts.newest(9, held_back=False) == [an_alert()]
        assert tx.alerts.between(NOON, NOON + timedelta(1)) == [an_alert()]
        assert tx.alerts.told_about("move/ACME") == {"rule": "warning"}
        assert tx.alerts.told_about("move/OTHER") == {}
        assert tx.alerts.between(NOON + timedelta(1), NOON + timedelta(2)) == []


def test_the_outbox_takes_a_message_once(store: Store) -> None:
    with store.begin() as tx:
        assert tx.alerts.add_delivery(a_delivery())
        assert not tx.alerts.add_delivery(a_delivery())
        assert tx.alerts.due(NOON - timedelta(seconds=1)) == []
        assert tx.alerts.due(NOON) == [a_delivery()]
        sent = replace(a_delivery(), state="sent", attempts=1)
        tx.alerts.save_delivery(sent)
        assert tx.alerts.due(NOON) == []
        assert tx.alerts.delivery("k") == sent
        assert tx.alerts.delivery("none") is None
        assert tx.alerts.deliveries_of(an_alert().id) == [sent]
        assert tx.alerts.outbox_counts() == {"sent": 1}


def test_books_are_kept(store: Store) -> None:
    state = SourceState("wire", Cursor('"e"', None), NOON, NOON, None, 2, NOON, "refused")
    job = JobState("pass", NOON, None, None)
    day = date(2025, 6, 12)
    with store.begin() as tx:
        assert tx.books.source("wire") == SourceState("wire")
        tx.books.save_sources([state])
        tx.books.save_sources([state])
        assert tx.books.source("wire") == state
        tx.books.save_job(job)
        tx.books.save_job(replace(job, finished_at=NOON))
        assert tx.books.jobs() == [replace(job, finished_at=NOON)]
        tx.books.save_day("wire", day, 1, [])
        tx.books.save_day("wire", day, 2, ["truncated"])
        (done,) = tx.books.days_done("wire", day, day)
        assert (done.items, done.notes) == (2, ("truncated",))
        assert tx.books.days_done("wire", day - timedelta(2), day - timedelta(1)) == []


def test_times_come_back_in_utc_and_must_have_a_zone(store: Store) -> None:
    berlin = timezone(timedelta(hours=2))
    with store.begin() as tx:
        tx.articles.add(an_article(seen_at=NOON.astimezone(berlin)), [])
        (back,) = tx.articles.unread(1)
        assert back.seen_at == NOON
        assert back.seen_at.tzinfo is UTC
    with pytest.raises(Exception, match="without a zone"), store.begin() as tx:
        tx.articles.add(replace(an_article(2), seen_at=NOON.replace(tzinfo=None)), [])
