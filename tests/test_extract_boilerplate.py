"""What is no content is passed over; content never is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.extract.boilerplate import boilerplate
from monitor.extract.boilerplate_phrases import PHRASES

EPISODE = Path(__file__).parent / "data" / "episode.jsonl"
NEWS = "MP Materials rose 17% on Thursday. The White House may invoke the Defense Production Act."


def masked(content: str, title_end: int = 0) -> list[tuple[str, str]]:
    return [
        (one.kind, content[one.start : one.end].strip())
        for one in boilerplate(content, title_end=title_end)
    ]


def left(content: str, title_end: int = 0) -> str:
    """What is not masked, on one line."""
    kept, at = [], 0
    for one in boilerplate(content, title_end=title_end):
        kept.append(content[at : one.start])
        at = one.end
    return " ".join(" ".join([*kept, content[at:]]).split())


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("newsletter", "Sign up for our daily briefing on mining."),
        ("newsletter", "Subscribe to our channel!"),
        ("newsletter", "The best of the week, sent to your inbox on Sundays."),
        ("newsletter", "To unsubscribe, write to us."),
        ("newsletter", "Enter your email"),
        ("consent", "We use cookies and similar means to show you what China wants."),
        (
            "consent",
            "By clicking \u201cAccept all cookies\u201d you agree to our partners in the U.S.",
        ),
        ("consent", "Please read our privacy policy."),
        ("subscription", "Already a subscriber? Log in to continue."),
        ("subscription", "To continue reading, start a trial."),
        ("subscription", "You have 2 free articles remaining."),
        ("copyright", "\u00a9 2025 A Paper. All rights reserved."),
        ("copyright", "Copyright 2025 A Paper"),
        ("copyright", "This material may not be published, broadcast or rewritten in China."),
        ("credit", "Photo: Jane Roe/An Agency"),
        ("credit", "FILE PHOTO: The mine of MP Materials at Mountain Pass, California, in May"),
        ("credit", "(Photo by Jane Roe/An Agency)"),
        ("reporters", "Reporting by Jane Roe in Washington; Editing by John Doe and A. Smith"),
        (
            "reporters",
            "(Reporting by Jane Roe; Additional reporting by John Doe, editing by Ann Roe)",
        ),
        ("reporters", "Written by Jane Roe."),
        ("reporters", "Jane Roe in Beijing contributed to this report."),
        ("share", "Share this article"),
        ("share", "ADVERTISEMENT"),
        ("share", "Follow us on the usual networks."),
        ("disclosure", "Disclosure: I/we have a long position in MP."),
        ("disclosure", "The author has no position in any of the stocks mentioned."),
        ("disclosure", "A Fool's Paper has positions in and recommends MP Materials and Apple."),
        ("disclosure", "This is not investment advice."),
        ("disclosure", "Should you invest $1,000 in MP Materials right now?"),
        ("origin", "This article was originally published by a wire."),
        ("list", "Related: China halts exports of gallium"),
        ("list", "READ MORE: Pentagon takes stake in miner"),
        ("contact", "For more information, visit the page of MP Materials."),
    ],
)
def test_a_line_of_boilerplate_is_masked_after_news_and_alone(kind: str, line: str) -> None:
    content = f"{NEWS}\n{line}\n{NEWS}"
    assert left(content) == f"{NEWS} {NEWS}"
    assert {one for one, _ in masked(content)} == {kind}
    running = f"{NEWS} {line}"
    if kind not in ("share", "credit") and not line.startswith("Enter"):
        assert left(running) == NEWS


@pytest.mark.parametrize(
    "content",
    [
        "About 200 workers left the plant. About MP Materials little was said.",
        "About the deal\nThe Pentagon pays $400 million.",
        "About Face\nThe White House has changed its mind about tariffs.",
        "Reporting by Chinese customs showed that exports of magnets fell.",
        "Reporting by the Commerce Department on minerals is due in May.",
        "The company reporting by segment has grown.",
        "Trending lower, MP Materials lost 3%.",
        "Related minerals such as yttrium are short. Related: it is not.",
        "Most read the order as a threat to China.",
        "More from the mine at Mountain Pass goes to Texas now.",
        "Copyright law is no matter of tariffs. The copyright of 2025 is.",
        "The regulator fined two firms over cookies and a privacy policy.",
        "Share on share, the stock has doubled. Share prices fell.",
        "Photos of the mine were published. The photo by a satellite shows pits.",
        "Sign up 200 partners: that is the aim of the ministry.",
        "The minister wants no subscribers. He can be reached by phone.",
        "Contact between Washington and Beijing was broken off.",
        "Contact\nThe film is back in cinemas.",
        "Its forward-looking statement on tariffs was clear: none before May.",
        "Executives may withdraw forward-looking statements, the paper reported.",
        "Follow the rare earths, says the minister.",
        "Disclosure rules for miners were tightened on Friday.",
        "Recommended by the panel, the tariff takes effect in June.",
        "Tags on the crates said China.",
        "\u201cJoin our effort\u201d, the senator told allies. \u201cGet our mines open.\u201d",
        "The newsletter industry grows. An advertisement ran on Sunday.",
        "To continue, reading the order is enough.",
        "Disclaimers are short. Unsubscribes rose 5%.",
    ],
)
def test_content_with_such_words_is_left(content: str) -> None:
    assert masked(content) == []
    assert masked(f"{NEWS} {content}") == []
    assert masked(f"{NEWS}\n{content}".replace("Contact\n", "Contacts: ")) == []


def test_the_title_is_never_masked() -> None:
    title = "Most read: about forward-looking statements. Sign up for our tariffs"
    content = f"{title}\n{NEWS}"
    assert masked(content, title_end=len(title) + 1) == []
    assert masked(f"Sign up for our news\n{NEWS}", title_end=21) == []


def test_a_list_of_headlines_ends_where_prose_begins() -> None:
    content = (
        f"{NEWS}\n\nMost read on this site:\n\nChina halts exports of gallium\n"
        f"\u2022 Will Apple buy the mine?\nPentagon takes a stake\n\n{NEWS}\nTrending\n{NEWS}"
    )
    assert left(content) == f"{NEWS} {NEWS} Trending {NEWS}"
    (found,) = masked(content)
    assert found[0] == "list"


def test_a_list_at_the_beginning_is_content() -> None:
    content = f"Most read\nChina halts exports of gallium\nPentagon takes a stake\n{NEWS}"
    assert masked(content) == []


def test_a_list_in_a_running_text_is_one_sentence() -> None:
    content = f"{NEWS} Read more: China halts exports of gallium. {NEWS}"
    assert masked(content) == [("list", "Read more: China halts exports of gallium.")]


RELEASE = f"""{NEWS}

About MP Materials
MP Materials (NYSE: MP) is America's only producer of rare earths. It may build magnets.
We sell to China and to General Motors.

Cautionary Note Regarding Forward-Looking Statements
This press release contains forward-looking statements within the meaning of securities laws.
Such statements involve risks that could cause actual results to differ, including:
\u2022 export restrictions by China;
\u2022 tariffs that the United States might impose; and
\u2022 our ability to invoke the Defense Production Act.
We undertake no obligation to update them, and actual results may differ from our estimates.

Investor Relations
Jane Roe
ir@company.example

Three months ended June 30
Revenue was $57 million."""


def test_the_end_of_a_press_release_is_masked_part_by_part() -> None:
    assert left(RELEASE) == f"{NEWS} Revenue was $57 million."
    assert [kind for kind, _ in masked(RELEASE)] == ["about", "forward-looking", "contact"]


def test_a_press_release_on_one_line_is_masked_too() -> None:
    running = (
        f"{NEWS} About MP Materials MP Materials (NYSE: MP) is a producer of rare earths. "
        "It may build magnets in Texas. It sells to China."
    )
    assert left(running) == NEWS
    legal = (
        f"{NEWS} This release contains forward-looking statements, which involve risks. Such "
        "statements could differ from actual results. China may not be believed, and we expect "
        "tariffs. The mine will open again in May."
    )
    assert left(legal) == f"{NEWS} The mine will open again in May."


def test_a_notice_may_go_on_to_the_end_of_its_line_and_beyond() -> None:
    content = (
        f"{NEWS}\nThis release contains forward-looking statements. We undertake no obligation to "
        f"update them.\nThese may change, and actual results may differ.\n{NEWS}"
    )
    assert left(content) == f"{NEWS} {NEWS}"


def test_what_no_rule_knows_ends_a_notice() -> None:
    content = f"{NEWS}\nForward-Looking Statements\n{NEWS}"
    assert masked(content) == []
    sentence = "Forward-looking statements in this release involve risks."
    assert left(f"{NEWS}\n{sentence} {NEWS}\n{NEWS}") == f"{NEWS} {NEWS} {NEWS}"


def test_brackets_are_masked_within_a_sentence() -> None:
    content = (
        "The mine (Photo by Jane Roe/An Agency) reopened. The pit [AP Photo/Jane Roe] is deep."
    )
    assert left(content) == "The mine reopened. The pit is deep."
    assert masked("The mine (Photo by somebody who forgot to close it is open.") == []


def test_a_sentence_whose_ends_are_out_of_reach_is_left() -> None:
    far = "word " * 500
    assert masked(f"{far}all rights reserved {far}") == []
    assert masked(f"sign up for {far}") == []
    assert masked(f"This forward-looking statements involve risks {far * 3}") == []


def test_letters_that_are_two_in_lower_case_move_nothing() -> None:
    content = f"\u0130\u0130\u0130 {NEWS} Sign up for our news."
    assert masked(content) == [("newsletter", "Sign up for our news.")]


def test_nothing_of_the_episode_is_masked() -> None:
    for line in EPISODE.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        content = f"{item['title']}\n{item['text']}"
        assert masked(content, title_end=len(item["title"]) + 1) == []
        assert masked(item["text"]) == []


def test_phrases_are_in_lower_case_and_once_for_each_kind() -> None:
    for phrases in PHRASES:
        assert len(set(phrases.all)) == len(phrases.all)
        assert all(phrase == phrase.lower().strip() for phrase in phrases.all)


UNITS = [
    *[
        "About ",
        "About Aa\nAa b.\n",
        "(Photo by ",
        "trending\n",
        "trending: a. ",
        "Contact\n",
        "\n",
    ],
    *[
        "forward-looking statements ",
        "This forward-looking statements involve risk; ",
        "Sign up for x. ",
    ],
    *[
        "sign up for ",
        "Reporting by A B and ",
        "About A A A A ",
        "Read more:\n\n",
        "most read\nx\n",
        "\u0130",
    ],
]


@pytest.mark.parametrize("unit", UNITS)
def test_hostile_texts_are_looked_at_in_linear_time(unit: str) -> None:
    # what takes longer than linear time would take minutes here
    content = "Some prose. " + unit * (200_000 // len(unit))
    assert all(0 < one.start < one.end <= len(content) for one in boilerplate(content))


@given(
    st.lists(
        st.sampled_from([phrase for phrases in PHRASES for phrase in phrases.all])
        | st.sampled_from(
            ["\n", ". ", ": ", "(", ")", "A word", NEWS, "\u2022 ", "; and\n", "About A A"]
        )
        | st.text(max_size=3),
        max_size=20,
    ).map("".join),
    st.integers(0, 20),
)
def test_parts_lie_in_the_text_in_order_and_apart(content: str, title_end: int) -> None:
    title_end = min(title_end, len(content))
    found = boilerplate(content, title_end=title_end)
    ends = [title_end, *(one.end for one in found)]
    assert all(
        end <= one.start < one.end <= len(content) for end, one in zip(ends, found, strict=False)
    )
