"""How often the true cause of a large move is named first: an episode through the whole program.

An episode is a folder of tests/episodes (README.md there has its form). Its items are read and
folded into stories in a store of their own, and each row of its moves.csv is asked of `explain`, as
it was known a day and a half after the close.

    python -m tests.attribution tests/episodes/*/ [--misses]
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from monitor.app import build
from monitor.config import load_config
from monitor.correlate.clues import Scene, StoryAt
from monitor.correlate.explain import Weights, choices, explain, none_of
from monitor.errors import MonitorError
from monitor.ingest.jsonl import BadLine, read_jsonl
from monitor.market.moves import NoMove
from monitor.model import Explanation, NoReaction, Reaction
from monitor.pipeline.explaining import abnormal_of, candidates, scene_of
from monitor.pipeline.folding import fold
from monitor.pipeline.keeping import keep
from monitor.pipeline.parts import Parts
from monitor.pipeline.pricing import price
from monitor.pipeline.reading import read
from monitor.pipeline.run import run
from monitor.pipeline.viewing import look, moved
from monitor.store.engine import Transaction
from monitor.training.causes import Choice

LARGE = 0.05  # as in the configuration
MAX_P = 0.05
NOW = datetime(2027, 1, 1, tzinfo=UTC)
AFTER = timedelta(hours=36)  # a move is asked about when the next day's news has been read too


@dataclass(frozen=True, slots=True)
class Row:
    """One move of moves.csv. `cause` is a slug of the items; None: none of them is its cause."""

    symbol: str
    session: date
    cause: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """All that the program knew of a row's move, and the labels of the stories by their ids.

    `labels` are of the articles that tell news; `reported` of those that report a move, and at best
    name its cause.
    """

    row: Row
    scene: Scene
    abnormal: Reaction | NoReaction
    stories: tuple[StoryAt, ...]
    labels: Mapping[str, frozenset[str]]
    reported: Mapping[str, frozenset[str]]
    as_of: datetime

    @property
    def choice(self) -> Choice:
        """The row as something to learn from."""
        chance = isinstance(self.abnormal, Reaction) and self.abnormal.p_value > MAX_P
        rows = choices(self.scene, self.stories, self.as_of)
        causes = [n for n, row in enumerate(rows) if self.tells(row.at.story.id)]
        return Choice(
            none_of(self.scene, self.stories, self.as_of, chance=chance),
            tuple(row.clues for row in rows),
            frozenset(causes),
        )

    def is_cause(self, story: str) -> bool:
        return self.row.cause is not None and self.row.cause in self.labels[story]

    def tells(self, story: str) -> bool:
        return self.is_cause(story) or self.names_cause(story)

    def names_cause(self, story: str) -> bool:
        return self.row.cause is not None and self.row.cause in self.reported[story]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program said of a row; without a case, why it could say nothing."""

    row: Row
    case: Case | None
    found: Explanation | str

    @property
    def place(self) -> int | None:
        """Of the first story that tells of the true cause, 1 is first; None: none does."""
        return self._place(reports=True)

    @property
    def own_place(self) -> int | None:
        """The same, of the cause's own story: reports of the move that name it do not count."""
        return self._place(reports=False)

    def _place(self, *, reports: bool) -> int | None:
        if self.case is None or isinstance(self.found, str):
            return None
        tells = self.case.tells if reports else self.case.is_cause
        named = enumerate(self.found.candidates, start=1)
        return next((n for n, one in named if tells(one.story.id)), None)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over the answers; shares are properties."""

    with_cause: int
    first: int
    in_three: int
    own_first: int
    own_in_three: int
    explained: int  # moves with a cause whose verdict is that a story explains them, weakly or not
    without_cause: int
    unexplained: int  # of those without a cause

    @property
    def first_share(self) -> float:
        return self.first / max(1, self.with_cause)

    @property
    def three_share(self) -> float:
        return self.in_three / max(1, self.with_cause)

    @property
    def unexplained_share(self) -> float:
        return self.unexplained / max(1, self.without_cause)


def rows_of(folder: Path) -> list[Row]:
    with (folder / "moves.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Row(row["symbol"], date.fromisoformat(row["session"]), row["cause"] or None)
            for row in csv.DictReader(lines)
        ]


def ask(folder: Path, work: Path) -> list[Answer]:
    """An episode through the program, in the empty folder `work`."""
    told = tomllib.loads((folder / "episode.toml").read_text(encoding="utf-8"))
    parts = build(load_config(_configured(folder, work, told), {}), delivers=False)
    path = folder / told.get("items", "items.jsonl")
    items = list(read_jsonl(path, "items"))
    bad = [one for one in items if isinstance(one, BadLine)]
    if bad:
        raise MonitorError(f"{path}: line {bad[0].number}: {bad[0].what}")
    with parts.store.begin() as tx:
        kept = tuple(one for one in items if not isinstance(one, BadLine))
        keep(tx, kept)
    run(parts, NOW, (read, fold, price))
    slugs = _slugs(path)
    answers = [_answer(parts, row, slugs) for row in rows_of(folder)]
    parts.store.close()
    return answers


def score(answers: Iterable[Answer]) -> Score:
    counts: Counter[str] = Counter()
    for one in answers:
        told = isinstance(one.found, Explanation) and one.found.verdict.endswith("explained")
        said = isinstance(one.found, Explanation) and told and one.found.verdict != "unexplained"
        if one.row.cause:
            counts["with"] += 1
            counts["first"] += one.place == 1
            counts["three"] += (one.place or 9) <= 3
            counts["own first"] += one.own_place == 1
            counts["own three"] += (one.own_place or 9) <= 3
            counts["said"] += said
        else:
            counts["without"] += 1
            counts["unexplained"] += not said
    return Score(
        with_cause=counts["with"],
        first=counts["first"],
        in_three=counts["three"],
        own_first=counts["own first"],
        own_in_three=counts["own three"],
        explained=counts["said"],
        without_cause=counts["without"],
        unexplained=counts["unexplained"],
    )


def _configured(folder: Path, work: Path, told: Mapping[str, object]) -> Path:
    sector = f'sector = "{told["sector"]}"' if "sector" in told else ""
    rules = folder / "rules"
    path = work / "config.toml"
    path.write_text(
        f"""
        [rules]
        folders = {[str(rules.resolve())] if rules.is_dir() else []}
        [watch]
        symbols = {json.dumps(told["symbols"])}
        market = "{told["market"]}"
        {sector}
        [prices]
        provider = "files"
        dir = "{(folder / "prices").resolve()}"
        exchange = "{told.get("exchange", "XNYS")}"
        since = 2020-01-01
        large_move = {LARGE}
        """,
        encoding="utf-8",
    )
    return path


def _slugs(path: Path) -> dict[str, tuple[str, bool]]:
    """Title → slug of the items, and whether one reports a move."""
    lines = path.read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines if line.strip()]
    return {
        " ".join(one["title"].split()): (one["story"], one.get("kind") == "move-report")
        for one in items
    }


def _answer(parts: Parts, row: Row, slugs: Mapping[str, tuple[str, bool]]) -> Answer:
    as_of = parts.sessions().close_of(row.session) + AFTER
    with parts.store.begin() as tx:
        view = look(parts, tx, row.symbol, row.session, as_of)
        move = moved(parts, view, row.session)
        if isinstance(move, NoMove):
            return Answer(row, None, move.reason)
        scene = scene_of(parts, tx, view, move)
        abnormal = abnormal_of(parts, view.series, view.benchmark, move.session)
        stories = candidates(parts, tx, view, scene)
        ids = [one.story.id for one in stories]
        titles = {one: _titles(tx, one, as_of) for one in ids}
    labels, reported = (
        {one: frozenset(slugs[t][0] for t in titles[one] if slugs[t][1] == kind) for one in ids}
        for kind in (False, True)
    )
    case = Case(row, scene, abnormal, stories, labels, reported, as_of)
    return answered(case)


def answered(case: Case, weights: Weights | None = None) -> Answer:
    found = explain(case.scene, case.abnormal, case.stories, as_of=case.as_of, weights=weights)
    return Answer(case.row, case, found)


def _titles(tx: Transaction, story: str, as_of: datetime) -> list[str]:
    readings = tx.articles.of_stories([story], as_of)
    return [" ".join(reading.article.title.split()) for reading in readings]


def table(answers: Mapping[str, Sequence[Answer]]) -> Iterator[str]:
    """Shares of the moves with a cause; `own`: where reports that name the cause do not count."""
    yield (
        f"{'episode':20} {'moves':>5} {'first':>6} {'three':>6} {'own':>6} {'three':>6} "
        f"{'explained':>9} | {'no cause':>8} {'unexplained':>11}"
    )
    everything = [one for some in answers.values() for one in some]
    for name, some in [*answers.items(), ("all", everything)]:
        s = score(some)
        n = max(1, s.with_cause)
        yield (
            f"{name:20} {s.with_cause:5} {s.first / n:6.3f} {s.in_three / n:6.3f} "
            f"{s.own_first / n:6.3f} {s.own_in_three / n:6.3f} {s.explained / n:9.3f} | "
            f"{s.without_cause:8} {s.unexplained_share:11.3f}"
        )


def _misses(answers: Iterable[Answer]) -> Iterator[str]:
    for one in answers:
        found = one.found
        if isinstance(found, str):
            yield f"{one.row.symbol} {one.row.session}: {found}"
            continue
        right = one.place == 1 if one.row.cause else found.verdict in ("unexplained", "no-move")
        if right:
            continue
        yield (
            f"\n{one.row.symbol} {one.row.session} {found.move.ret:+.1%} {found.verdict}; "
            f"cause {one.row.cause}, place {one.place}"
        )
        for number, each in enumerate(found.candidates[:4], start=1):
            terms = " ".join(f"{name}{value:+.2f}" for name, value in each.reasons.items())
            case = one.case
            slugs = "/".join(sorted(case.labels[each.story.id])) if case else ""
            slugs += " R " + "/".join(sorted(case.reported[each.story.id])) if case else ""
            yield f"  {number}. {each.score:.2f} {slugs} {terms}"
            yield f"     {each.story.title[:90]} {each.story.events}"


def main(arguments: Sequence[str]) -> int:
    folders = [Path(one) for one in arguments if not one.startswith("--")]
    answers: dict[str, list[Answer]] = {}
    for folder in folders:
        with tempfile.TemporaryDirectory() as work:
            answers[folder.name] = ask(folder, Path(work))
        if "--misses" in arguments:
            print(f"\n== {folder.name}", *_misses(answers[folder.name]), sep="\n")
    print(*table(answers), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
