"""The true cause comes first: episodes through reading, folding, prices and explanation.

The weights were learned from the episodes outside of held-out; those in held-out were only scored,
as wholes. Floors are what is measured now less a move or two; they are only ever raised.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attribution import ask, score

EPISODES = Path(__file__).parent / "episodes"
# episode: first, among the first three, told that there is a cause, unexplained where there is none
FLOORS = {
    "rare-earths": (0.87, 0.94, 0.78, 0.0),
    "shipyards": (0.95, 0.95, 0.88, 0.84),
    "medicines": (0.95, 0.97, 0.95, 0.78),
    "minerals": (0.96, 0.98, 0.93, 0.84),
    "large-caps": (0.87, 0.98, 0.87, 0.73),
    "held-out/battery-and-cars": (0.94, 0.98, 0.73, 0.81),
    "held-out/grid": (0.94, 0.98, 0.70, 0.81),
    "held-out/small-miners": (0.94, 0.98, 0.88, 0.81),
}
FAST = ("shipyards",)  # the others take as long each


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in FAST else (pytest.mark.slow,)) for name in FLOORS],
)
def test_floors(name: str, tmp_path: Path) -> None:
    found = score(ask(EPISODES / name, tmp_path))
    measured = (
        found.first_share,
        found.three_share,
        found.explained / found.with_cause,
        found.unexplained_share,
    )
    assert all(value >= floor for value, floor in zip(measured, FLOORS[name], strict=True)), (
        measured
    )


def test_every_episode_has_a_floor() -> None:
    folders = {str(one.parent.relative_to(EPISODES)) for one in EPISODES.rglob("episode.toml")}
    assert folders == set(FLOORS)
