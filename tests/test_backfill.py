"""History through the pipeline: resumed, never doubled, never sent, and nothing seen too early."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.app import build
from monitor.backfill import Coverage, FileHistory, backfill
from monitor.cli import run
from monitor.commands.history import histories_of
from monitor.config import load_config
from monitor.errors import StoreError
from monitor.ingest.primary.federal_register import FederalRegister
from monitor.pipeline.parts import Parts
from tests import readers
from tests.asked import good, told
from tests.servers import LoopbackServer, Reply, Request

FIRST, LAST = date(2025, 6, 9), date(2025, 6, 13)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EPISODE = Path(__file__).parent.parent / "monitor" / "demo" / "episode"


def configured(folder: Path, register: str = "https://example.org/") -> Path:
    path = folder / "config.toml"
    path.write_text(
        f"""
        [poll]
        private = ["127.0.0.1"]
        spacing = "0s"
        [[sources]]
        kind = "federal-register"
        name = "register"
        url = "{register}"
        [watch]
        symbols = ["MP"]
        [prices]
        provider = "files"
        dir = "{EPISODE / "prices"}"
        since = 2023-01-01
        [[channels]]
        type = "console"
        name = "console"
        [[routes]]
        channels = ["console"]
        """,
        encoding="utf-8",
    )
    return path


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def parts(tmp_path: Path, server: LoopbackServer, out: io.StringIO) -> Iterator[Parts]:
    config = load_config(configured(tmp_path, server.url("/register")), {})
    built = build(config, out=out, delivers=False)
    yield replace(built, reader=readers.new_york)
    built.store.close()


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "items.jsonl"
    lines = (EPISODE / "items.jsonl").read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, "not json"]) + "\n", encoding="utf-8")
    return path


def filled(parts: Parts, path: Path, first: date = FIRST, last: date = LAST) -> Coverage:
    days: list[date] = []
    (coverage,) = backfill(
        parts, [FileHistory(path)], first, last, NOW, lambda day, new: days.append(day)
    )
    assert days == [first + timedelta(n) for n in range((last - first).days + 1)]
    return coverage


def alerts_of(parts: Parts) -> dict[str, datetime]:
    with parts.store.begin() as tx:
        return {one.id: one.as_of for one in tx.alerts.newest(99)}


def test_history_is_kept_and_sent_to_nobody(parts: Parts, items: Path, out: io.StringIO) -> None:
    coverage = filled(parts, items)
    assert (coverage.days, coverage.items, coverage.new) == (5, 20, 20)
    with parts.store.begin() as tx:
        found = [one for one in tx.alerts.newest(99) if one.rule == "policy-news-moved-stock"]
        assert [one.symbol for one in found] == ["MP"]
        assert all(tx.alerts.held_back(one.id) for one in tx.alerts.newest(99))
        assert tx.alerts.outbox_counts() == {}
    assert out.getvalue() == ""


def test_days_that_are_done_are_not_done_again(parts: Parts, items: Path) -> None:
    filled(parts, items, FIRST, date(2025, 6, 11))
    before = alerts_of(parts)
    again = filled(parts, items)
    assert (again.days, again.items) == (5, 20)
    assert again.new == len(
        [
            line
            for line in items.read_text().splitlines()
            if '"2025-06-12' in line or '"2025-06-13' in line
        ]
    )
    assert before.items() <= alerts_of(parts).items()
    assert filled(parts, items).new == 0


def test_a_decision_sees_nothing_of_the_days_after_it(
    parts: Parts, items: Path, tmp_path: Path
) -> None:
    """The alerts up to 11 June are the same whether or not anything came after that day."""
    filled(parts, items)
    end = datetime(2025, 6, 12, tzinfo=UTC)
    with parts.store.begin() as tx:
        whole = {one.id: one.body for one in tx.alerts.newest(99) if one.as_of <= end}
    shorter = tmp_path / "shorter"
    shorter.mkdir()
    other = build(load_config(configured(shorter), {}), delivers=False)
    filled(other, items, FIRST, date(2025, 6, 11))
    with other.store.begin() as tx:
        assert {one.id: one.body for one in tx.alerts.newest(99)} == whole
    other.store.close()


def a_day(request: Request) -> Reply:
    (day,) = request.values("conditions[publication_date][is]")
    if day == "2025-06-10":
        return Reply(status=503)
    document = {
        "document_number": f"doc-{day}",
        "title": "Determination under the Defense Production Act",
        "abstract": "The President invokes the Defense Production Act for rare earths.",
        "publication_date": day,
        "html_url": f"https://example.org/{day}",
        "type": "Presidential Document",
        "agencies": [{"name": "Executive Office of the President"}],
    }
    return Reply(body=json.dumps({"count": 1, "results": [document]}).encode())


def test_a_day_that_cannot_be_had_is_a_gap_and_asked_for_again(
    parts: Parts, server: LoopbackServer
) -> None:
    server.route("/register", a_day)
    (register,) = parts.sources
    assert isinstance(register, FederalRegister)

    def fill() -> Coverage:
        (coverage,) = backfill(parts, [register], FIRST, LAST, NOW, lambda day, new: None)
        return coverage

    first = fill()
    assert (first.days, first.new) == (4, 4)
    assert "2025-06-10" in first.gaps[0]
    server.route("/register", lambda request: Reply(body=b'{"count": 0, "results": []}'))
    second = fill()
    assert (second.days, second.new, second.gaps) == (5, 0, ())


def test_the_command_reports_what_is_covered(
    tmp_path: Path, items: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = str(configured(tmp_path))
    span = ["--from", "2025-06-12", "--to", "2025-06-12"]
    arguments = ["backfill", *span, "--source", f"file:{items}", "--config", config]
    assert run(arguments) == 0
    told = capsys.readouterr()
    assert "1 of 1 days, 9 items, 9 new" in told.out
    assert "line 29: not a JSON object" in told.err
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["new"] == 0


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--from", "2025-06-12", "--to", "2025-06-11"], "must not be before"),
        (["--from", "2025-06-12", "--to", "June"], "a day such as"),
        (["--from", "2025-06-12", "--to", "2025-06-12", "--source", "x"], "has no history"),
        (["--from", "2025-06-12", "--to", "2025-06-12", "--source", "file:none"], "no file none"),
    ],
)
def test_wrong_use_is_told(
    tmp_path: Path, arguments: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["backfill", *arguments, "--config", str(configured(tmp_path))]) == 2
    assert what in capsys.readouterr().err


def test_a_move_that_no_story_touches_is_seen_in_history_too(parts: Parts, tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    quiet = {"published": "2025-06-09T08:00:00Z", "title": "Rain", "text": "It rained."}
    path.write_text(json.dumps(quiet) + "\n", encoding="utf-8")
    filled(parts, path)
    with parts.store.begin() as tx:
        found = {day: tx.signals.of_session(day, "move") for day in (FIRST, date(2025, 6, 12))}
    for (signal,) in found.values():
        assert signal.explanation.verdict == "unexplained"  # type: ignore[union-attr]


def test_what_a_live_pass_left_waiting_is_not_taken_for_history(parts: Parts, items: Path) -> None:
    with parts.store.begin() as tx:
        tx.signals.add_work("judge", ["move/MP/2025-06-12"])
    with pytest.raises(StoreError, match="monitor once"):
        filled(parts, items)
    with parts.store.begin() as tx:
        assert tx.signals.work("judge") == ["move/MP/2025-06-12"]


def test_a_backfill_that_was_killed_goes_on_with_its_own_work(parts: Parts, items: Path) -> None:
    filled(parts, items, FIRST, date(2025, 6, 11))
    with parts.store.begin() as tx:
        (job,) = tx.books.jobs()
        tx.books.save_job(replace(job, finished_at=None))
        tx.signals.add_work("judge", ["move/MP/2025-06-11"])
    filled(parts, items)


def test_a_day_that_is_not_over_is_a_gap(parts: Parts, items: Path) -> None:
    noon = datetime(2025, 6, 12, 12, tzinfo=UTC)
    histories = [FileHistory(items)]
    (coverage,) = backfill(parts, histories, FIRST, LAST, noon, lambda day, new: None)
    assert coverage.days == 3
    assert coverage.gaps == ("2025-06-12: the day is not over", "2025-06-13: the day is not over")
    with parts.store.begin() as tx:
        state = tx.prices.state("MP")
    assert state is not None
    assert state.asked_at <= noon


def test_a_row_of_several_sources_is_named_as_a_whole_or_one_by_one(
    tmp_path: Path, items: Path
) -> None:
    path = configured(tmp_path)
    path.write_text(
        '[[sources]]\nkind = "google-news"\nname = "news"\nentities = ["mp-materials", "lynas"]\n'
        + path.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    parts = build(load_config(path, {}), delivers=False)

    def named(*names: str) -> list[str]:
        return [one.name for one in histories_of(parts, list(names))]

    both = ["news: MP Materials", "news: Lynas Rare Earths"]
    assert named("news") == both
    assert named("news: MP Materials") == both[:1]
    assert named("register", f"file:{items}") == ["register", f"file:{items}"]
    assert named() == [*both, "register"]
    parts.store.close()


def test_what_is_odd_about_a_day_is_told_with_it(parts: Parts, server: LoopbackServer) -> None:
    body = b'{"count": 3, "results": ["odd"]}'
    server.route("/register", lambda request: Reply(body=body))
    (register,) = parts.sources
    assert isinstance(register, FederalRegister)
    (coverage,) = backfill(parts, [register], FIRST, FIRST, NOW, lambda day, new: None)
    assert coverage.days == 1
    assert "2025-06-09: truncated: 0 of 3 documents of 2025-06-09 were given" in coverage.notes


@given(st.lists(st.integers(0, 5 * 86400), max_size=30), st.integers(1, 4))
def test_days_of_a_file_make_up_the_file(seconds: list[int], days: int) -> None:
    start = datetime(2025, 6, 9, tzinfo=UTC)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        moments = [start + timedelta(seconds=one) for one in seconds]
        lines = [
            json.dumps({"published": at.isoformat(), "title": str(number), "text": "x"})
            for number, at in enumerate(moments)
        ]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        history = FileHistory(path)
    cuts = [start + timedelta(days=6) * part / days for part in range(days + 1)]
    found = [
        item
        for since, until in pairwise(cuts)
        for item in good(told(history, since, until, NOW)).items
    ]
    assert sorted(int(item.title) for item in found) == list(range(len(seconds)))
    assert [item.seen_at for item in found] == sorted(moments)


def test_a_stop_does_not_wait_for_a_slow_service(parts: Parts, server: LoopbackServer) -> None:
    held = threading.Event()
    server.route("/register", Reply(wait=held))
    (register,) = parts.sources
    assert isinstance(register, FederalRegister)
    asked = threading.Event()

    def stopping() -> bool:
        """From the moment on at which the service has been asked."""
        if not asked.is_set() and server.requests:
            asked.set()
        return asked.is_set()

    days: list[date] = []
    stopped = replace(parts, stopping=stopping)
    (coverage,) = backfill(stopped, [register], FIRST, LAST, NOW, lambda day, _: days.append(day))
    assert (coverage.days, coverage.gaps, days) == (0, (), [])
    held.set()
    server.route("/register", a_day)
    (coverage,) = backfill(parts, [register], FIRST, LAST, NOW, lambda day, new: None)
    assert coverage.days == 4


def test_the_sources_of_a_day_do_not_wait_for_one_another(
    parts: Parts, server: LoopbackServer
) -> None:
    """The one that is asked last lets the first one go."""
    let_go = threading.Event()

    def last(request: Request) -> Reply:
        let_go.set()
        return a_day(request)

    server.route("/first", lambda request: replace(a_day(request), wait=let_go))
    server.route("/last", last)
    first, second = (FederalRegister(name, server.url(f"/{name}")) for name in ("first", "last"))
    found = backfill(parts, [first, second], FIRST, FIRST, NOW, lambda day, new: None)
    assert [(one.source, one.days) for one in found] == [("first", 1), ("last", 1)]
