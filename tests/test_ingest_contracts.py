"""The daily list of contracts, and pages that list articles: what is read out of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.ingest.primary.contracts import awards_in
from monitor.ingest.primary.war_listing import article_id, day_in, entries_of, moment

URL = "https://site.example/News/Contracts/"
ORE = (
    "Ore & Sons Inc., Springfield, Ohio, was awarded a $12,345,678 firm-fixed-price contract for"
    " magnets. Work will be performed in Springfield and is expected to be complete by June 2027."
    " The Office of Magnets, Springfield, Ohio, is the contracting activity (W58RGZ-25-C-0012)."
)
GEAR = (
    "Gear Works, LLC, Shelbyville, Kentucky, is being awarded a $1.2 billion modification to a"
    " previously awarded contract (N00024-22-C-5522) for gears, which will be delivered by 2030."
)
SHARED = (
    "*Acme Corp., Reno, Nevada (FA8625-25-D-0001); and Bolts Ltd., Elko, Nevada (FA8625-25-D-0002),"
    " have each been awarded an indefinite-delivery contract with a ceiling of $900,000,000."
)
LINES = ["Skip to content", "NAVY", GEAR, "ARMY", ORE, "DEFENSE LOGISTICS AGENCY", SHARED]
LINES += ["*Small business", "Contracts valued at $7.5 million or more are announced each day."]


def test_each_paragraph_is_an_award_with_its_agency() -> None:
    gear, ore, shared = awards_in(LINES)
    assert (gear.company, gear.agency, gear.amount) == ("Gear Works, LLC", "Navy", "$1.2 billion")
    assert (ore.company, ore.agency, ore.amount) == ("Ore & Sons Inc.", "Army", "$12,345,678")
    assert (shared.company, shared.agency) == ("Acme Corp.", "Defense Logistics Agency")
    assert ore.title == "Ore & Sons Inc.: $12,345,678 contract award, Army"
    assert ore.text == ORE


def test_an_award_without_an_amount_or_agency_has_a_title() -> None:
    text = ORE.replace("a $12,345,678", "a")
    (award,) = awards_in([text])
    assert award.title == "Ore & Sons Inc.: contract award"


def test_an_award_keeps_its_key_when_it_moves_or_is_corrected() -> None:
    (before,) = awards_in([ORE])
    (after,) = awards_in(["NAVY", ORE.replace("12,345,678", "12,345,679")])
    assert before.key == after.key
    assert before.key != awards_in([GEAR])[0].key


def test_two_awards_under_one_number_are_two() -> None:
    other = ORE.replace("for magnets", "for more magnets")
    keys = [award.key for award in awards_in([ORE, other, ORE])]
    assert len(keys) == len(set(keys)) == 2
    assert keys[1] == f"{keys[0]}/2"


@pytest.mark.parametrize(
    "line",
    [
        "Contracts awarded, $5",
        "The prize of $5,000 was awarded to a school for the best drawing of a ship in the harbor.",
        "Ore Inc. was awarded a contract, of which nothing more is told, neither sum nor number.",
        "A long line about contracts of $12,000,000 and what is done with them over many years.",
    ],
)
def test_other_lines_are_no_awards(line: str) -> None:
    assert awards_in([line]) == ()


@settings(max_examples=50)
@given(st.lists(st.sampled_from([*LINES, "", "x" * 100]) | st.text(max_size=120)))
def test_keys_are_unique_and_no_text_is_made_up(lines: list[str]) -> None:
    awards = awards_in(lines)
    assert len({award.key for award in awards}) == len(awards)
    assert all(award.text in lines for award in awards)
    assert {line for line in lines if line in (ORE, GEAR, SHARED)} <= {one.text for one in awards}


# ---------------------------------------------------------------- pages that list


def test_elements_that_carry_an_entry_in_attributes() -> None:
    markup = """
    <listing-with-preview article-id="11" article-summary="The day's &amp; all"
      article-title="Contracts for June 12, 2025" publish-date-ap="June 12, 2025"
      article-url-or-link-absolute="https://site.example/News/Contracts/Contract/Article/11//"
      publish-date-jss="2025-06-12T17:00:31"></listing-with-preview>
    <listing-titles-only article-url="/News/Contracts/Contract/Article/12/"
      article-title="Contracts" publish-date-ap="Dec. 24, 2024" />
    <story-card article-url="https://elsewhere.example/Article/13/" article-title="Elsewhere"/>
    <story-card article-url="/News/Other" article-title="No article"/>
    """
    first, second = entries_of(markup, URL)
    assert first.url == "https://site.example/News/Contracts/Contract/Article/11//"
    assert (first.title, first.summary) == ("Contracts for June 12, 2025", "The day's & all")
    assert first.published_at == datetime(2025, 6, 12, 21, 0, 31, tzinfo=UTC)
    assert not first.inferred
    assert second.published_at == datetime(2024, 12, 24, 22, tzinfo=UTC)
    assert second.inferred


def test_links_are_entries_with_a_date_in_them_or_beside() -> None:
    markup = """
    <figure><a href="/News/Contracts/Contract/Article/21/x/"><img src="x.jpg"></a>
    <p class="title"><a href="/News/Contracts/Contract/Article/21/x/">Contracts For
       Sept. 3, 2025</a></p></figure>
    <a href="/News/Releases/Release/Article/22/y/">A Release</a>
    <time datetime="2025-09-04T10:30:00-04:00">Sept. 4</time><time datetime="2025-01-01">old</time>
    <a href="/News/Releases/Release/Article/23/z/">Undated</a>
    <a href="/About/">About</a><a href="http://[/Article/9/">Odd</a>
    <a href="/News/Releases/Release/Article/23/z/"><img src="z.jpg"></a>
    """
    dated, released, undated = entries_of(markup, URL)
    assert dated.title == "Contracts For Sept. 3, 2025"
    assert dated.published_at == datetime(2025, 9, 3, 21, tzinfo=UTC)
    assert released.published_at == datetime(2025, 9, 4, 14, 30, tzinfo=UTC)
    assert undated.published_at is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Contracts For June 12, 2025", datetime(2025, 6, 12, 21, tzinfo=UTC)),
        ("Feb. 30, 2025", None),
        ("2025", None),
    ],
)
def test_days_that_are_written(text: str, day: datetime | None) -> None:
    assert day_in(text) == day


def test_addresses_and_moments() -> None:
    assert article_id("https://s.example/News/Article/4371691/contracts/") == "4371691"
    assert article_id("https://s.example/News/Article/4371691") == "4371691"
    assert article_id("https://s.example/News/?x=/Article/1/") is None
    assert moment("soon") is None
    assert moment("0001-01-01T00:00:00+14:00") is None


@given(st.text(alphabet="<>/=\"' ae!\n&;-[", max_size=200))
def test_no_markup_is_too_odd(markup: str) -> None:
    entries_of(markup, URL)


def test_what_stands_before_markup_that_cannot_be_read_is_kept() -> None:
    link = '<a href="/News/Contracts/Contract/Article/21/x/">Contracts For Sept. 3, 2025</a>'
    assert len(entries_of(f"{link}<![nonsense[ x ]]>{link}", URL)) == 1
