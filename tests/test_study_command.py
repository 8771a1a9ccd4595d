"""`monitor study` over files and over the store, as a user runs it."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from monitor.cli import run
from monitor.correlate.study.reaction import reaction
from monitor.deliver.chart_study import study_chart
from monitor.model import Exposure, Reaction, Story
from monitor.store.engine import Store
from tests.bars import PRICES, real

DOC = Path(__file__).parents[1] / "docs" / "study.md"
HEAD = "symbol,date,time\n"
GREEN, RED, MARK = (0x0F, 0x7B, 0x4F), (0xB3, 0x34, 0x1F), (0x2F, 0x4B, 0x8F)

Ran = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With bars of MP and SPY, and a configuration that watches MP."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    shutil.copytree(PRICES, tmp_path / "bars")
    (tmp_path / "config.toml").write_text('[watch]\nsymbols = ["MP"]\n', encoding="utf-8")
    return tmp_path


@pytest.fixture
def of_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> Ran:
    """Runs the command over these rows of events, and gives its JSON."""

    def ran(rows: str, *options: str) -> dict[str, Any]:
        (folder / "events.csv").write_text(HEAD + rows, encoding="utf-8")
        capsys.readouterr()
        files = ["--events", "events.csv", "--prices", "bars", "--json"]
        assert run(["study", *files, *options]) == 0
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    return ran


class TestFiles:
    def test_an_event_has_the_figures_of_its_reaction(self, of_files: Ran) -> None:
        told = of_files("MP,2025-06-12,")
        alone = reaction(real("MP"), real("SPY"), datetime(2025, 6, 12, tzinfo=UTC).date())
        assert isinstance(alone, Reaction)
        (event,) = told["events"]
        for name in ("alpha", "beta", "residual_std", "n_obs", "car", "car_std_error", "t_stat"):
            assert event[name] == getattr(alone, name)
        assert event["scar"] == event["t_stat"]
        assert event["p_adjusted"] == event["p_value"] == alone.p_value
        assert event["ar"] == list(alone.ar)
        assert event["event_session"] == "2025-06-12"
        assert told["window"] == [-1, 1]
        assert told["estimation"] == {"length": 120, "gap": 11}
        assert (told["model"], told["benchmark"], told["sector"]) == ("market", "SPY", None)
        assert told["pooled"]["n"] == 1
        assert told["pooled"]["note"].startswith("one event is weak evidence")
        assert told["pooled"]["tests"]["t"]["p_value"] is None
        assert told["skipped"] == []

    def test_all_tests_are_there_by_name(self, of_files: Ran) -> None:
        tests = of_files("MP,2025-06-12,\nMP,2025-04-04,")["pooled"]["tests"]
        assert list(tests) == [
            *("t", "patell", "bmp", "kolari_pynnonen"),
            *("corrado_rank", "generalized_sign", "permutation"),
        ]
        assert all(isinstance(one["stat"], float) for one in tests.values())
        assert all(0 <= one["p_value"] <= 1 for one in tests.values())

    def test_news_after_the_close_belongs_to_the_next_session(self, of_files: Ran) -> None:
        told = of_files("MP,2025-06-11,16:30-04:00\nMP,2025-06-09,16:00 America/New_York")
        sessions = [one["event_session"] for one in told["events"]]
        assert sessions == ["2025-06-12", "2025-06-10"]

    def test_each_default_is_an_option(self, of_files: Ran, folder: Path) -> None:
        shutil.copy(folder / "bars" / "SPY.csv", folder / "bars" / "ALT.csv")
        sector = "date,close\n" + "\n".join(
            f"{one.session},{100 + (7 * at) % 13}" for at, one in enumerate(real("MP").bars)
        )
        (folder / "bars" / "SEC.csv").write_text(sector, encoding="utf-8")
        told = of_files(
            "MP,2025-06-02,",
            *("--model", "two-factor", "--benchmark", "ALT", "--sector", "SEC"),
            *("--window", "-3", "+4", "--length", "100", "--gap", "8", "--alpha", "0.1"),
            *("--seed", "7"),
        )
        assert told["window"] == [-3, 4]
        assert told["estimation"] == {"length": 100, "gap": 8}
        assert (told["model"], told["benchmark"], told["sector"]) == ("two-factor", "ALT", "SEC")
        assert (told["alpha"], told["seed"]) == (0.1, 7)
        (event,) = told["events"]
        assert len(event["ar"]) == len(event["ar_std_error"]) == 8
        assert event["sector_beta"] is not None
        assert [one["session"] for one in told["pooled"]["path"]] == list(range(-3, 5))

    def test_what_the_configuration_says_is_the_default(self, of_files: Ran, folder: Path) -> None:
        (folder / "config.toml").write_text(
            '[watch]\nsymbols = ["MP"]\n[study]\nlength = 80\ngap = 5\nwindow = [0, 2]\n'
        )
        told = of_files("MP,2025-06-09,")
        assert (told["window"], told["estimation"]) == ([0, 2], {"length": 80, "gap": 5})
        assert of_files("MP,2025-06-09,", "--gap", "6")["estimation"] == {"length": 80, "gap": 6}

    def test_events_can_be_chosen_from(self, of_files: Ran) -> None:
        rows = "MP,2025-06-12,\nMP,2025-04-04,\nMP,2025-05-01,\nSPY,2025-05-01,"
        told = of_files(rows, "--symbol", "MP", "--from", "2025-04-05", "--to", "2025-06-11")
        assert [one["event_session"] for one in told["events"]] == ["2025-05-01"]
        assert told["skipped"] == []

    def test_a_mean_needs_no_benchmark(self, of_files: Ran, folder: Path) -> None:
        (folder / "bars" / "SPY.csv").unlink()
        told = of_files("MP,2025-06-12,", "--model", "constant-mean")
        assert told["benchmark"] is None
        assert told["events"][0]["beta"] == 0
        assert told["events"][0]["n_obs"] == 120


class TestBadInput:
    def reasons(self, told: dict[str, Any]) -> dict[tuple[str, str], str]:
        return {(one["symbol"], one["date"]): one["reason"] for one in told["skipped"]}

    def test_each_event_that_cannot_be_measured_has_its_reason(
        self, of_files: Ran, folder: Path
    ) -> None:
        lines = (folder / "bars" / "MP.csv").read_text().splitlines()
        (folder / "bars" / "GONE.csv").write_text("\n".join(lines[:200]))
        (folder / "bars" / "YOUNG.csv").write_text("\n".join(lines[:1] + lines[200:]))
        (folder / "bars" / "EMPTY.csv").write_text("date,close\n")
        told = of_files(
            "MP,2025-06-12,\nNOPE,2025-06-12,\nGONE,2025-06-12,\nYOUNG,2025-06-12,\n"
            "YOUNG,2024-09-03,\nEMPTY,2025-06-12,\nMP,2025-06-08,\nMP,2025-01-09,\n../MP,2025-06-12,\n"
            "MP,2025-06-12,\nMP,2025-13-12,\nMP,2025-06-12,16:30\nMP,2030-06-12,\nX.QQ,2025-06-12,\n"
            "X.QQ,2025-06-12,16:30Z\n"
        )
        assert [one["event_session"] for one in told["events"]] == ["2025-06-12"]
        reasons = self.reasons(told)
        assert len(told["skipped"]) == 14
        for (symbol, day), why in {
            ("NOPE", "2025-06-12"): "no file bars/NOPE.csv",
            ("GONE", "2025-06-12"): "its prices end on 2025-03-",
            ("YOUNG", "2025-06-12"): "sessions to estimate from before 2025-06-12, 60 are needed",
            ("YOUNG", "2024-09-03"): "its prices begin on 2025-03-",
            ("EMPTY", "2025-06-12"): "no usable bars in bars/EMPTY.csv",
            ("MP", "2025-06-08"): "the exchange (XNYS) was closed that day",
            ("MP", "2025-01-09"): "the exchange (XNYS) was closed that day",  # a day of mourning
            ("../MP", "2025-06-12"): "is not a symbol",
            ("MP", "2025-06-12"): "another event of it has this session: counted once",
            ("MP", "2025-13-12"): "events.csv: line 12: '2025-13-12' is no date",
            ("MP", "2025-06-12 16:30"): "has no time zone",
            ("MP", "2030-06-12"): "its prices end on 2025-06-",
            ("X.QQ", "2025-06-12"): "no file bars/X.QQ.csv",
            ("X.QQ", "2025-06-12 16:30Z"): "no exchange is known for the suffix .QQ",
        }.items():
            assert why in reasons[symbol, day]

    def test_a_bar_goes_before_the_calendar(self, of_files: Ran, folder: Path) -> None:
        """The files may be of an exchange that was open on a holiday of ours."""
        for name in ("MP", "SPY"):
            path = folder / "bars" / f"{name}.csv"
            path.write_text(path.read_text().replace("2025-01-08,", "2025-01-09,"))
        told = of_files("MP,2025-01-09,")
        assert told["events"][0]["event_session"] == "2025-01-09"

    def test_what_is_odd_in_a_price_file_is_a_note_and_the_rest_counts(
        self, of_files: Ran, folder: Path
    ) -> None:
        path = folder / "bars" / "MP.csv"
        head, *rows = path.read_text().splitlines()
        at = next(place for place, row in enumerate(rows) if row.startswith("2025-03-03"))
        negative = rows[at].split(",")
        negative[4:6] = ["-5", "-5"]
        mixed = [*rows[at + 1 :], rows[-1], *rows[:at], ",".join(negative)]
        path.write_text("\n".join([head, *mixed]) + "\n")
        told = of_files("MP,2025-06-12,\nMP,2025-03-03,")
        codes = {note["code"] for note in told["notes"] if note["symbol"] == "MP"}
        assert {"bad-row", "unsorted"} <= codes
        (event,) = told["events"]
        assert event["note"].startswith("1 session is missing in the estimation window")
        assert "no close of MP on 2025-03-03" in self.reasons(told)["MP", "2025-03-03"]

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["--events", "events.csv"], "--events, --prices"),
            (["--prices", "bars"], "--events, --prices"),
            (["--alpha", "1.5"], "--alpha: must lie between 0 and 1"),
            (["--from", "2025-06-12", "--to", "2025-06-11"], "--to: must not be before --from"),
            (["--from", "June"], "June: a day such as"),
            (["--window", "1", "0"], "--window, --length, --gap: event window (1, 0)"),
            (["--window", "-11", "0"], "--window, --length, --gap: event window (-11, 0)"),
            (["--length", "2"], "estimation window of 2 sessions"),
            (["--gap", "0"], "ending 0 before"),
            (["--event-type", "dpa-invocatoin"], "did you mean 'dpa-invocation'?"),
            (["--event-type", "qqqq"], "no rule is called 'qqqq'"),
            (["--model", "two-factor"], "--sector: the two-factor model takes one"),
            (["--model", "three-factor"], "three-factor"),
            (
                ["--events", "events.csv", "--prices", "bars", "--event-type", "tariff"],
                "events of a file have none",
            ),
        ],
    )
    def test_options_that_make_no_sense_have_status_2(
        self, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["study", *arguments]) == 2
        assert told in capsys.readouterr().err

    def test_what_cannot_be_read_at_all_has_status_1(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def said(events: str, prices: str = "bars") -> str:
            assert run(["study", "--events", events, "--prices", prices]) == 1
            return capsys.readouterr().err

        (folder / "events.csv").write_text(HEAD + "MP,2025-06-12,\n")
        (folder / "latin.csv").write_bytes(HEAD.encode() + b"MP,2025-06-12,\xff\n")
        (folder / "other.csv").write_text("a,b\n")
        assert "none.csv cannot be read: No such file" in said("none.csv")
        assert "latin.csv is not UTF-8 text" in said("latin.csv")
        assert "other.csv: no column 'symbol'" in said("other.csv")
        assert "SPY: no file nowhere/SPY.csv" in said("events.csv", "nowhere")


class TestForAPerson:
    def test_the_page_shows_what_is_printed(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        page = DOC.read_text(encoding="utf-8")
        ((events,), (told,)) = (
            re.findall(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
            for kind in ("csv", "told")
        )
        (folder / "events.csv").write_text(events, encoding="utf-8")
        assert run(["study", "--events", "events.csv", "--prices", "bars"]) == 0
        assert capsys.readouterr().out == told

    def test_the_page_names_every_key_of_the_document(self, of_files: Ran) -> None:
        def keys(value: object) -> set[str]:
            if isinstance(value, dict):
                return set(value) | {key for one in value.values() for key in keys(one)}
            return {key for one in value for key in keys(one)} if isinstance(value, list) else set()

        page = DOC.read_text(encoding="utf-8")
        told = of_files("MP,2025-06-12,\nNOPE,2025-06-12,")
        assert {key for key in keys(told) if f'"{key}"' not in page} == set()

    def test_one_event_is_named(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "events.csv").write_text(HEAD + "MP,2025-06-12,\n")
        files = ["--events", "events.csv", "--prices", "bars"]
        assert run(["study", *files, "--window", "0", "0"]) == 0
        told = capsys.readouterr().out
        assert told.startswith("MP, 12 June 2025, session 0, market model against SPY\n")
        assert "Note: one event is weak evidence" in told
        assert "one event: there is no spread" in told

    def test_of_many_events_the_rest_is_counted(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        days = [one.session.isoformat() for one in real("MP").bars[-70:]]
        (folder / "events.csv").write_text(HEAD + "".join(f"MP,{day},\n" for day in days))
        assert run(["study", "--events", "events.csv", "--prices", "bars"]) == 0
        told = capsys.readouterr().out
        assert "29 more events; --json has all" in told
        assert "and 49 more; --json has all" in told

    def test_with_no_event_there_is_nothing_to_draw(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "events.csv").write_text(HEAD)
        files = ["--events", "events.csv", "--prices", "bars"]
        assert run(["study", *files, "--chart", "x.png"]) == 0
        told = capsys.readouterr()
        assert told.out == "0 events, sessions −1 to +1, market model against SPY\n"
        assert "nothing to draw" in told.err
        assert not (folder / "x.png").exists()

    def test_a_chart_is_drawn(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "events.csv").write_text(HEAD + "MP,2025-06-12,\nMP,2025-04-04,\n")
        files = ["--events", "events.csv", "--prices", "bars"]
        assert run(["study", *files, "--chart", "x.png", "--json"]) == 0
        told = capsys.readouterr()
        json.loads(told.out)
        assert told.err == "chart: x.png\n"
        assert imread(folder / "x.png").shape[:2] == (600, 1200)


class TestChart:
    def drawn(self, low: float, high: float, sessions: range = range(-1, 2)) -> bytes:
        count = len(sessions)
        middle = [(low + high) / 2] * count
        return study_chart(sessions, middle, [(low, high)] * count, title="T", what="w")

    def dots(self, picture: bytes, color: tuple[int, int, int]) -> int:
        pixels = (np.asarray(imread(io.BytesIO(picture), format="png")) * 255).round()
        return int((pixels[:, :, :3] == np.array(color)).all(axis=2).sum())

    def test_the_end_is_in_colour_where_zero_is_outside_of_the_band(self) -> None:
        up, down, neither = (
            self.drawn(0.01, 0.03),
            self.drawn(-0.03, -0.01),
            self.drawn(-0.01, 0.02),
        )
        assert self.dots(up, GREEN) > 50
        assert self.dots(down, RED) > 50
        assert self.dots(neither, GREEN) == self.dots(neither, RED) == 0

    def test_the_event_session_is_marked_where_the_window_has_it(self) -> None:
        assert self.dots(self.drawn(0.01, 0.03), MARK) > 50
        assert self.dots(self.drawn(0.01, 0.03, range(2, 30)), MARK) == 0

    def test_the_same_input_gives_the_same_bytes(self) -> None:
        assert self.drawn(0.01, 0.02) == self.drawn(0.01, 0.02)
        assert b"Software" not in self.drawn(0.01, 0.02)

    def test_without_a_session_there_is_none(self) -> None:
        with pytest.raises(ValueError, match="no session"):
            study_chart([], [], [], title="T", what="w")


class TestStore:
    @pytest.fixture
    def store(self, folder: Path) -> Store:
        """With bars of MP and SPY, and none of GM, which is watched too."""
        (folder / "config.toml").write_text(
            '[watch]\nsymbols = ["MP", "GM"]\n[store]\nurl = "sqlite:///monitor.db"\n'
        )
        store = Store.open(f"sqlite:///{folder / 'monitor.db'}")
        with store.begin() as tx:
            for symbol in ("MP", "SPY"):
                tx.prices.save_bars(symbol, real(symbol).bars, "files")
        return store

    @pytest.fixture
    def told(self, store: Store, capsys: pytest.CaptureFixture[str]) -> Ran:
        def ran(*options: str) -> dict[str, Any]:
            capsys.readouterr()
            assert run(["study", "--json", *options]) == 0
            document: dict[str, Any] = json.loads(capsys.readouterr().out)
            return document

        return ran

    def save(self, store: Store, name: str, at: datetime, kind: str, *symbols: str) -> None:
        exposures = tuple(Exposure(symbol, 1.0, "x") for symbol in symbols)
        with store.begin() as tx:
            tx.stories.save(
                Story(
                    id=name,
                    title=f"Title of {name}",
                    url=None,
                    first_seen_at=at,
                    first_source="wire",
                    last_seen_at=at,
                    articles=(),
                    outlets=("wire",),
                    entities=(),
                    events=((kind, "occurred"),),
                    exposures=exposures,
                )
            )

    def test_each_story_is_an_event_of_each_security_it_touches(
        self, store: Store, told: Ran
    ) -> None:
        noon = datetime(2025, 6, 12, 16, 0, tzinfo=UTC)
        evening = datetime(2025, 4, 3, 21, 0, tzinfo=UTC)
        self.save(store, "a", noon, "tariff", "MP", "GM", "TSLA")
        self.save(store, "b", evening, "export-control", "MP")
        found = told()
        assert [(one["id"], one["event_session"]) for one in found["events"]] == [
            ("b", "2025-04-04"),
            ("a", "2025-06-12"),
        ]
        assert found["events"][0]["label"] == "Title of b"
        assert found["skipped"] == [
            {"symbol": "GM", "date": "2025-06-12", "reason": "no bars are stored"}
        ]

    def test_they_can_be_chosen_from(self, store: Store, told: Ran) -> None:
        for day in (2, 9):
            at = datetime(2025, 6, day, 21, 0, tzinfo=UTC)
            self.save(store, f"t{day}", at, "tariff", "MP", "GM")
            self.save(store, f"d{day}", at, "dpa-invocation", "GM")

        def ids(*options: str) -> list[tuple[str, str]]:
            found = told(*options)
            return [(one["symbol"], one["event_session"]) for one in found["events"]] + [
                (one["symbol"], one["date"]) for one in found["skipped"]
            ]

        assert ids("--event-type", "dpa-invocation") == [
            ("GM", "2025-06-03"),
            ("GM", "2025-06-10"),
        ]
        assert ids("--symbol", "MP") == [("MP", "2025-06-03"), ("MP", "2025-06-10")]
        assert ids("--symbol", "MP", "--from", "2025-06-10") == [("MP", "2025-06-10")]
        assert ids("--symbol", "MP", "--to", "2025-06-09") == [("MP", "2025-06-03")]
        assert ids("--event-type", "tariff", "--symbol", "MP", "--from", "2025-06-11") == []

    def test_two_stories_of_a_session_are_one_event(self, store: Store, told: Ran) -> None:
        at = datetime(2025, 6, 12, 16, 0, tzinfo=UTC)
        self.save(store, "a", at, "tariff", "MP")
        self.save(store, "b", at, "tariff", "MP")
        found = told()
        assert [one["id"] for one in found["events"]] == ["a"]
        assert "counted once" in found["skipped"][0]["reason"]

    def test_a_security_of_an_exchange_that_is_not_known_is_told_of(
        self, store: Store, told: Ran
    ) -> None:
        self.save(store, "a", datetime(2025, 6, 12, 16, 0, tzinfo=UTC), "tariff", "X.QQ", "MP")
        found = told("--symbol", "X.QQ", "--symbol", "MP")
        assert [one["symbol"] for one in found["events"]] == ["MP"]
        assert "no exchange is known for the suffix .QQ" in found["skipped"][0]["reason"]

    def test_without_a_benchmark_nothing_can_be_said(
        self, store: Store, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["study", "--benchmark", "NONE"]) == 1
        assert "NONE: no bars are stored" in capsys.readouterr().err
