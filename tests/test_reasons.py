"""Whether a report says why: sentences as the press writes them."""

from __future__ import annotations

import pytest

from monitor.correlate.reasons import is_roundup, reason_in, sentence_around
from monitor.model import Reason


def reason(text: str) -> Reason:
    """Of the move that the text marks by square brackets."""
    start, end = text.index("["), text.index("]") - 1
    return reason_in(text.replace("[", "").replace("]", ""), start, end)


@pytest.mark.parametrize(
    "text",
    [
        "Acme [fell 6%] after it recalled two models.",
        "Shares of Acme [jumped 12%] on news of a federal grant.",
        "Acme [slid] as regulators opened a case against it.",
        "Following the ruling, Acme [dropped 8%].",
        "The stock [rose 4%], helped by a broker's upgrade.",
        "A fire at its plant sent Acme [down 9%] in early trading.",
        "Acme closed [11% lower], a fall that traders blamed on the new duty.",
        "Acme [leapt 20%] when the merger was made public.",
        "Because of the strike the shares [lost 5%].",
    ],
)
def test_a_cause_is_named(text: str) -> None:
    assert reason(text) == "named"


@pytest.mark.parametrize(
    "text",
    [
        "Acme [fell 6%] for no apparent reason.",
        "The shares [rose 7%]. The company had no announcement.",
        "Acme [gained 5%] without any news from the company.",
        "Acme [dropped 9%]; it was not immediately clear why.",
        "Traders were puzzled as Acme [shed 8%] in the afternoon.",
        "Acme [added 6%] in quiet trading.",
        "Acme [opened 5% higher] on nothing we can find.",
        "Acme [eased 4%] on thin news.",
        "Profit-taking took [7%] off the shares of Acme.",
    ],
)
def test_the_press_knows_of_none(text: str) -> None:
    assert reason(text) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Acme [closed up 6%] on Tuesday.",
        "Acme [rose as much as 6%] on the New York Stock Exchange.",
        "Acme [rose 5%] after hours.",
        "Acme [fell 6%] on volume of nine million shares.",
        "It was the [largest fall] since March.",
        "Acme [lost 4%] over the week.",
        "Acme [ended 3% higher]. Analysts meet on Friday as the board sits.",
        "Two days after [it rose 5%] Acme is unchanged.",
    ],
)
def test_nothing_is_told(text: str) -> None:
    assert reason(text) == "not-told"


def test_a_cause_is_looked_for_in_the_sentence_of_the_move_alone() -> None:
    text = "A law passed after long debate. Acme [rose 5%]. It fell on the ruling last year."
    assert reason(text) == "not-told"


def test_sentences_and_titles() -> None:
    text = 'Acme up 5%\nThe shares rose. "So it is," he said. All ended well.'
    assert sentence_around(text, 0, 4) == "Acme up 5%"
    at = text.index("rose")
    assert sentence_around(text, at, at + 4) == "The shares rose"
    last = text.index("ended")
    assert sentence_around(text, last, last + 5) == "All ended well."


@pytest.mark.parametrize(
    ("title", "is_list"),
    [
        ("Friday's movers", True),
        ("Biggest gainers and losers at midday", True),
        ("Wall Street closes higher", True),
        ("Acme wins a grant", False),
    ],
)
def test_lists_of_moves(title: str, is_list: bool) -> None:
    assert is_roundup(title) == is_list
