"""How often the true cause of a large move comes first, and what the clues weigh.

python bench/attribution.py           the episodes of tests/episodes, as the program stands
python bench/attribution.py --learn   learns the weights from those that are not held out, with
                                      each episode judged by weights that have not seen it
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from monitor.correlate.explain import Weights  # noqa: E402
from monitor.correlate.weights import LEAST, MOST, PENALTY, REASONED  # noqa: E402
from monitor.training.causes import fit  # noqa: E402
from tests.attribution import Answer, answered, ask, table  # noqa: E402

EPISODES = ROOT / "tests" / "episodes"
HELD_OUT = EPISODES / "held-out"


def asked(folder: Path) -> list[Answer]:
    with tempfile.TemporaryDirectory() as work:
        return ask(folder, Path(work))


def learned(answers: Iterable[Answer]) -> dict[str, float]:
    cases = [one.case for one in answers if one.case]
    # a cause that no candidate tells of teaches nothing
    choices = [one.choice for one in cases if not one.row.cause or one.choice.causes]
    return fit(choices, penalty=PENALTY, toward=REASONED, least=LEAST, most=MOST)


def cross_validated(answers: Mapping[str, list[Answer]]) -> dict[str, list[Answer]]:
    """Each episode by weights learned from the others."""
    found = {}
    for name, own in answers.items():
        rest = [one for other, some in answers.items() if other != name for one in some]
        weights = Weights(learned(rest))
        found[name] = [answered(one.case, weights) if one.case else one for one in own]
    return found


def main() -> None:
    folders = sorted(one.parent for one in EPISODES.glob("*/episode.toml"))
    answers = {one.name: asked(one) for one in folders}
    if "--learn" in sys.argv:
        print("each episode by weights learned from the others")
        print(*table(cross_validated(answers)), sep="\n")
        for name, weight in sorted(
            learned(one for some in answers.values() for one in some).items()
        ):
            print(f'    "{name}": {weight:.2f},')
        return
    print("learned from")
    print(*table(answers), sep="\n")
    print("\nheld out")
    folders = sorted(one.parent for one in HELD_OUT.glob("*/episode.toml"))
    print(*table({one.name: asked(one) for one in folders}), sep="\n")


if __name__ == "__main__":
    main()
