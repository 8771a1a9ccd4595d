"""Single stages on a real store: what they take up, what they leave, what they say went wrong."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.app import build
from monitor.config import load_config
from monitor.model import Article, Bar, Extraction, FeedItem, StageReport
from monitor.pipeline import keeping
from monitor.pipeline.alerting import DOUBT, judge
from monitor.pipeline.correlating import correlate
from monitor.pipeline.delivering import deliver
from monitor.pipeline.folding import fold
from monitor.pipeline.parts import Parts
from monitor.pipeline.polling import poll
from monitor.pipeline.pricing import price
from monitor.pipeline.reading import read
from monitor.pipeline.run import run
from tests import readers
from tests.servers import LoopbackServer, Reply

OPEN = datetime(2025, 6, 12, 15, 30, tzinfo=UTC)
CLOSED = datetime(2025, 6, 12, 20, 5, tzinfo=UTC)
LAW = "The White House has invoked the Defense Production Act to fund rare-earth mining."
HEAD = "date,open,high,low,close,adj_close,volume\n"


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def parts(tmp_path: Path, server: LoopbackServer, out: io.StringIO) -> Iterator[Parts]:
    (tmp_path / "prices").mkdir()
    config = tmp_path / "config.toml"
    config.write_text(
        f"""
        [poll]
        private = ["127.0.0.1"]
        spacing = "0s"
        [pages]
        fetch = false
        [[sources]]
        name = "wire"
        url = "{server.url("/wire")}"
        [watch]
        symbols = ["MP", "USAR"]
        [prices]
        provider = "files"
        dir = "prices"
        since = 2025-01-01
        [[channels]]
        type = "console"
        name = "console"
        [[routes]]
        channels = ["console"]
        """,
        encoding="utf-8",
    )
    built = build(load_config(config, {}), out=out)
    yield replace(built, reader=readers.new_york)
    built.store.close()


def write_bars(
    parts: Parts,
    symbol: str,
    last: date,
    *,
    factor: float = 1.0,
    jump: float = 1.0,
    phase: int = 0,
) -> None:
    """Quiet bars of every session from January to `last`, the last one multiplied by `jump`."""
    sessions = parts.sessions().between(date(2025, 1, 2), last)
    rows = []
    for number, session in enumerate(sessions):
        close = 20 * (1 + 0.01 * ((number * 7919 + phase) % 13 - 6) / 6)
        close *= jump if session == last else 1.0
        values = (close, close, close, close, close * factor, 1000)
        rows.append(",".join([session.isoformat(), *(f"{value:.6f}" for value in values)]))
    path = parts.config.beside("prices") / f"{symbol}.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")


def keep(parts: Parts, *items: tuple[str, str, datetime]) -> None:
    """Articles as if polled: title, text, when seen."""
    given = [FeedItem("wire", "Wire", None, None, title, text, at, at) for title, text, at in items]
    with parts.store.begin() as tx:
        keeping.keep(tx, given)


def counts(report: StageReport) -> dict[str, int]:
    return dict(report.counts)


def test_only_missing_bars_are_asked_for(parts: Parts) -> None:
    for symbol in ("MP", "SPY"):
        write_bars(parts, symbol, date(2025, 6, 11))
    first = price(parts, OPEN)
    sessions = parts.sessions().between(date(2025, 1, 2), date(2025, 6, 11))
    assert counts(first) == {"asked": 3, "bars": 2 * len(sessions)}
    (problem,) = first.problems
    assert problem.startswith("USAR: ")
    again = price(parts, OPEN + timedelta(minutes=5))
    assert counts(again) == {"asked": 0, "bars": 0}
    write_bars(parts, "MP", date(2025, 6, 12))
    later = price(parts, CLOSED)
    assert counts(later) == {"asked": 3, "bars": 1}
    with parts.store.begin() as tx:
        assert tx.prices.series("MP").bars[-1].session == date(2025, 6, 12)
        assert set(tx.signals.work("correlate")) == {"MP", "USAR"}
        assert tx.prices.series("USAR").bars == ()


def test_a_restated_past_is_fetched_whole(parts: Parts) -> None:
    write_bars(parts, "MP", date(2025, 6, 11))
    price(parts, OPEN)
    write_bars(parts, "MP", date(2025, 6, 12), factor=0.98)  # a dividend restates all adjusted
    price(parts, CLOSED)
    with parts.store.begin() as tx:
        first, *_, last = tx.prices.series("MP").bars
    assert isinstance(first, Bar)
    for bar in (first, last):
        assert bar.close is not None
        assert bar.adj_close == pytest.approx(bar.close * 0.98, abs=1e-5)


def test_the_inside_of_a_large_session_is_fetched_and_gives_the_timing(parts: Parts) -> None:
    keep(parts, ("An early item", LAW, OPEN - timedelta(days=9)))
    keep(parts, ("Law of wartime", f"{LAW} MP Materials gains most.", OPEN))
    write_bars(parts, "SPY", date(2025, 6, 12))
    write_bars(parts, "MP", date(2025, 6, 12), jump=1.3)
    stamps = [
        datetime(2025, 6, 12, 13, 30, tzinfo=UTC) + timedelta(minutes=5 * n) for n in range(78)
    ]
    rows = [
        f"{at.isoformat()},{value},{value},{value},{value},10"
        for at in stamps
        for value in [20.0 if at < OPEN + timedelta(minutes=20) else 26.0]
    ]
    inside = parts.config.beside("prices") / "MP.5m.csv"
    inside.write_text(
        "timestamp,open,high,low,close,volume\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    for stage in (read, fold, price, correlate):
        stage(parts, CLOSED)
    with parts.store.begin() as tx:
        signal = tx.signals.get("move/MP/2025-06-12")
    assert signal is not None
    explanation = signal.explanation  # type: ignore[union-attr]
    assert explanation.verdict == "explained"
    assert explanation.candidates[0].timing == "news-first"


def test_a_jump_that_nothing_confirms_is_told_once_the_next_bar_has(
    parts: Parts, out: io.StringIO
) -> None:
    keep(parts, ("An early item", LAW, OPEN - timedelta(days=9)))
    keep(parts, ("Law of wartime", f"{LAW} MP Materials gains most.", OPEN))
    write_bars(parts, "SPY", date(2025, 6, 13), phase=5)
    write_bars(parts, "MP", date(2025, 6, 12), jump=1.22)  # no volume, no range speaks for it
    stages = (read, fold, price, correlate, judge, deliver)
    run(parts, CLOSED, stages)
    assert "MP Materials +" not in out.getvalue()
    with parts.store.begin() as tx:
        doubts = [
            condition
            for one in tx.signals.judgements("move/MP/2025-06-12")
            for condition in one.conditions
            if condition.name == DOUBT
        ]
    assert doubts
    assert not any(one.held for one in doubts)
    path = parts.config.beside("prices") / "MP.csv"
    *_, last = path.read_text(encoding="utf-8").splitlines()
    with path.open("a", encoding="utf-8") as file:
        file.write(last.replace("2025-06-12", "2025-06-13") + "\n")
    for minute in (0, 30):
        run(parts, CLOSED + timedelta(days=1, minutes=minute), stages)
    with parts.store.begin() as tx:
        told = [
            alert.subject
            for alert in tx.alerts.between(OPEN, CLOSED + timedelta(days=2))
            if alert.subject.startswith("move/")
        ]
    assert told == ["move/MP/2025-06-12"]
    assert out.getvalue().count("12 June 2025, at its highest") == 1


def test_what_a_rule_as_severe_has_told_is_held_back_and_says_so(
    parts: Parts, out: io.StringIO
) -> None:
    text = (
        f"{LAW} China announced that exports of rare earths will be banned from December. "
        "MP Materials gains most."
    )
    keep(parts, ("Law of wartime", text, OPEN))
    for stage in (read, fold, correlate):
        stage(parts, OPEN)
    report = judge(parts, OPEN)
    assert counts(report) == {"signals": 2, "alerts": 2, "held back": 1}
    with parts.store.begin() as tx:
        found = tx.alerts.newest(9)
        reasons = sorted(str(tx.alerts.held_back(one.id)) for one in found)
        judged = tx.signals.judgements(f"{found[0].subject}/MP")
    assert len({one.subject for one in found}) == 1
    assert reasons[0] == "None"
    assert reasons[1].startswith("already told by rule ")
    assert {one.rule for one in judged} >= {one.rule for one in found}
    assert counts(deliver(parts, OPEN)) == {"sent": 1, "failed": 0}
    assert "Use of the Defense Production Act (occurred)" in out.getvalue()
    assert counts(deliver(parts, OPEN)) == {"sent": 0, "failed": 0}


def test_old_news_found_late_is_kept_and_not_sent(parts: Parts, out: io.StringIO) -> None:
    """As on a cold start, when feeds are full of what was published days ago."""
    text = f"{LAW} MP Materials gains most."
    item = FeedItem(
        *("wire", "Wire", None, None, "Law of wartime", text, OPEN - timedelta(days=3), OPEN)
    )
    with parts.store.begin() as tx:
        keeping.keep(tx, [item])
    for stage in (read, fold, correlate, judge, deliver):
        stage(parts, OPEN)
    with parts.store.begin() as tx:
        (alert,) = tx.alerts.newest(9)
        assert "when it was found" in str(tx.alerts.held_back(alert.id))
        placed = tx.signals.of_session(date(2025, 6, 9), "story")
        assert {signal.symbol for signal in placed} == {"MP", "USAR"}
    assert out.getvalue() == ""


def test_a_source_that_fails_waits_longer_and_says_why(
    parts: Parts, server: LoopbackServer
) -> None:
    server.route("/wire", Reply(status=429, headers={"Retry-After": "7200"}), Reply(status=200))
    report = poll(parts, OPEN)
    assert "429" in report.problems[0]
    assert counts(poll(parts, OPEN + timedelta(minutes=90))) == {"sources": 0, "new": 0}
    with parts.store.begin() as tx:
        state = tx.books.source("wire")
    assert (state.failures, state.not_before) == (1, OPEN + timedelta(hours=2))
    assert counts(poll(parts, OPEN + timedelta(minutes=121)))["sources"] == 1


def test_a_message_whose_channel_is_gone_waits(parts: Parts, tmp_path: Path) -> None:
    keep(parts, ("Law of wartime", f"{LAW} MP Materials gains most.", OPEN))
    for stage in (read, fold, correlate, judge):
        stage(parts, OPEN)
    config = parts.config.path
    config.write_text(config.read_text().replace('"console"', '"other"', 2).replace(
        'type = "other"', 'type = "console"').replace('["console"]', '["other"]'))  # fmt: skip
    other = build(load_config(config, {}), out=io.StringIO())
    report = deliver(other, OPEN)
    assert "no such channel" in report.problems[0]
    with other.store.begin() as tx:
        assert tx.alerts.outbox_counts() == {"pending": 1}
    other.store.close()


def test_a_text_that_breaks_the_reader_keeps_no_other_waiting(parts: Parts) -> None:
    class Brittle:
        def extract(self, article: Article) -> Extraction:
            if "Law" in article.title:
                raise KeyError("no such word")
            return Extraction(article.id, (), (), (), ())

    keep(parts, ("Law of wartime", LAW, OPEN), ("Another", LAW, OPEN))
    report = read(replace(parts, reader=Brittle), OPEN)
    assert counts(report)["articles"] == 2
    assert report.problems == (
        "wire: 'Law of wartime': could not be understood: KeyError: 'no such word'",
    )
    with parts.store.begin() as tx:
        assert tx.articles.counts() == {"read": 2}


def test_a_pass_that_is_asked_to_stop_does_nothing_more(
    parts: Parts, server: LoopbackServer
) -> None:
    keep(parts, ("Law of wartime", LAW, OPEN))
    stopped = replace(parts, stopping=lambda: True)
    assert run(stopped, OPEN) == ()
    for stage in (read, fold, correlate, judge, deliver):
        stage(stopped, OPEN)
    with parts.store.begin() as tx:
        assert tx.articles.counts() == {"new": 1}
    assert server.requests == []


def test_every_stage_reports_under_its_own_name(parts: Parts, server: LoopbackServer) -> None:
    server.route("/wire", Reply(status=404))
    reports = run(parts, OPEN)
    assert [one.stage for one in reports] == [
        *("poll", "read", "open pages", "read pages", "fold"),
        *("price", "correlate", "judge", "deliver"),
    ]
    assert json.dumps([dict(one.counts) for one in reports])
