"""What stands before an article, or in its place, is known for what it is."""

from __future__ import annotations

import pytest

from monitor.ingest.pages.forms import NoPage, Page
from monitor.ingest.pages.page import read_page
from monitor.ingest.pages.walls import is_front, led_to
from tests import page_layouts as its

URL = "https://www.ledger.example/markets/northwind-loan"


def read(body: bytes, *, url: str = URL, asked: str = URL, status: int = 200) -> Page | NoPage:
    return read_page(body, content_type="text/html", url=url, asked=asked, status=status)


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        pytest.param(its.challenge(), 200, "challenge", id="challenge"),
        pytest.param(its.challenge(), 403, "challenge", id="challenge by 403"),
        pytest.param(its.challenge(), 503, "challenge", id="challenge by 503"),
        pytest.param(its.around("<h1>Forbidden</h1>"), 403, "status 403", id="403"),
        pytest.param(its.missing(), 404, "status 404", id="404"),
        pytest.param(its.missing(), 200, "not found", id="soft 404"),
        pytest.param(its.consent(), 200, "consent", id="consent"),
        pytest.param(its.consent(times=5), 200, "consent", id="long consent in a form"),
        pytest.param(its.consent(times=5, form="main"), 200, "consent", id="long consent"),
        pytest.param(its.login(), 200, "login", id="login"),
        pytest.param(its.login(), 401, "login", id="401"),
        pytest.param(its.index(), 200, "index page", id="index"),
        pytest.param(its.live_blog(), 200, "live blog", id="live blog"),
        pytest.param(its.script_only(body=False), 200, "no text", id="script only"),
        pytest.param(its.onward("https://other.example/x"), 200, "aggregator link", id="onward"),
        pytest.param(its.onward("https://ledger.example/x"), 200, "no text", id="same site"),
        pytest.param(its.news(), 500, "status 500", id="500 with an article"),
    ],
)  # fmt: skip
def test_each_wall_has_its_reason(body: bytes, status: int, reason: str) -> None:
    assert read(body, status=status) == NoPage(reason)


@pytest.mark.parametrize("seconds", ["0", "3;", "0; URL='https://other.example/x'"])
def test_a_page_that_refreshes_to_another_site_is_an_aggregators(seconds: str) -> None:
    to = seconds if "URL" in seconds else f"{seconds.rstrip(';')};url=https://other.example/x"
    body = f'<html><head><meta http-equiv="Refresh" content="{to}"></head><body>One moment</body>'
    assert read(body.encode()) == NoPage("aggregator link")


def test_a_refresh_of_the_page_itself_leads_nowhere() -> None:
    for to in ("30", "5;url=/same", "5;url=http://[broken"):
        body = f'<html><head><meta http-equiv="refresh" content="{to}"></head><body>Soon</body>'
        assert read(body.encode()) == NoPage("no text")


def test_a_live_blog_is_known_by_its_posts_too() -> None:
    posts = "".join(f'<div class="live-blog-post"><p>{one}</p></div>' for one in its.PARAGRAPHS)
    assert read(its.news(text=posts)) == NoPage("live blog")
    links = '<div class="live-blog-link"><a href="/live">Follow it live</a></div>' * 5
    assert isinstance(read(its.news(text=its.paragraphs() + links)), Page)


# ---------------------------------------------------------------- articles that speak of walls


@pytest.mark.parametrize(
    "sentence",
    [
        "The company said that its site had asked visitors to verify you are human since Monday.",
        "Regulators fined it over cookies, consent and privacy; cookies had been set unasked.",
        "Readers who subscribe to continue reading pay 12 dollars a month, up from 9 dollars.",
        "A page not found error met those who looked for the filing on the day of the vote.",
        "Sign in or register, the site then asks; already a subscriber? it goes on to ask.",
    ],
)
def test_an_article_may_speak_of_walls(sentence: str) -> None:
    found = read(its.news(text=f"{its.paragraphs()}<p>{sentence}</p>"))
    assert isinstance(found, Page)
    assert found.cut is None
    assert sentence in found.text


def test_a_short_item_may_speak_of_walls() -> None:
    sentence = "Access denied, the gate said, when its engineers came back on Monday morning."
    text = f"{its.paragraphs(2)}<p>{sentence}</p>"
    found = read(f"<html><body><h1>{its.HEADLINE}</h1>{text}</body></html>".encode())
    assert isinstance(found, Page)
    assert sentence in found.text


def test_many_links_beside_an_article_make_no_index() -> None:
    links = "".join(
        f'<li><a href="/s/{n}">Headline number {n} of the day for all of you</a></li>'
        for n in range(40)
    )
    assert isinstance(read(its.news(text=its.paragraphs() + f"<ul>{links}</ul>")), Page)


def test_an_article_with_a_form_to_sign_in_is_an_article() -> None:
    form = '<form><input type="password"></form>'
    assert isinstance(read(its.news(text=its.paragraphs() + form)), Page)


# ---------------------------------------------------------------- paywalls


def test_before_a_paywall_is_read_what_all_may_read() -> None:
    found = read(its.paywall(2))
    assert isinstance(found, Page)
    assert found.cut == "paywall"
    assert found.text.split("\n") == list(its.PARAGRAPHS[:2])


def test_what_is_marked_as_paid_for_is_not_read_though_it_is_there() -> None:
    for words in (1400, None):
        found = read(its.paywall(1, words=words))
        assert isinstance(found, Page)
        assert its.PARAGRAPHS[1] not in found.text
        assert its.PARAGRAPHS[5] not in found.text


def test_a_paywall_with_nothing_before_it_gives_nothing() -> None:
    assert read(its.paywall(0)) == NoPage("paywall")


def test_a_paywall_that_nothing_declares_is_known_by_its_gate() -> None:
    found = read(its.unmarked_paywall())
    assert isinstance(found, Page)
    assert found.cut == "paywall"
    assert found.text == its.PARAGRAPHS[0]


def test_a_part_of_what_the_page_claims_is_cut_short() -> None:
    found = read(its.news(its.ld(its.node(wordCount=900)), its.paragraphs(2)))
    assert isinstance(found, Page)
    assert found.cut == "cut short"
    gate = '<div class="subscriber-only"></div>'
    found = read(its.news(its.ld(its.node(wordCount=900)), its.paragraphs(2) + gate))
    assert isinstance(found, Page)
    assert found.cut == "paywall"


@pytest.mark.parametrize("free", [True, "https://schema.org/True", None])
def test_a_free_article_that_is_all_there_is_whole(free: object) -> None:
    found = read(its.news(its.ld(its.node(isAccessibleForFree=free, wordCount="200"))))
    assert isinstance(found, Page)
    assert found.cut is None


def test_a_metered_article_that_is_shown_whole_is_whole() -> None:
    found = read(its.news(its.ld(its.node(isAccessibleForFree=False, wordCount=200))))
    assert isinstance(found, Page)
    assert found.cut is None
    unknown = read(its.news(its.ld(its.node(isAccessibleForFree=False))))
    assert isinstance(unknown, Page)
    assert unknown.cut == "paywall"


def test_a_tier_that_is_locked_is_a_paywall() -> None:
    found = read(its.news('<meta property="article:content_tier" content="locked">'))
    assert isinstance(found, Page)
    assert found.cut == "paywall"


@pytest.mark.parametrize("selector", [".paid", "#paid", "div.paid", "p > .paid", "", 7, None])
def test_only_simple_selectors_are_understood(selector: object) -> None:
    part = {"isAccessibleForFree": False, "cssSelector": selector}
    head = its.ld(its.node(isAccessibleForFree=False, hasPart=[part, "odd"]))
    text = f'{its.paragraphs(3)}<div class="paid" id="paid"><p>{its.PARAGRAPHS[3]}</p></div>'
    found = read(its.news(head, text))
    assert isinstance(found, Page)
    understood = selector in (".paid", "#paid", "div.paid")
    assert (its.PARAGRAPHS[3] in found.text) is not understood


# ---------------------------------------------------------------- where redirects lead


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (URL, None),
        ("https://www.ledger.example/2025/northwind-loan", None),
        ("https://other.example/northwind-loan", None),
        ("https://consent.ledger.example/collect?continue=x", "consent"),
        ("https://www.ledger.example/cookie-consent?to=x", "consent"),
        ("https://id.ledger.example/login?to=x", "login"),
        ("https://www.ledger.example/subscribe/", "login"),
        ("https://www.ledger.example/", "another page"),
        ("https://www.ledger.example/index.html", "another page"),
        ("http://[broken", None),
    ],
)
def test_where_redirects_lead(url: str, reason: str | None) -> None:
    assert led_to(URL, url) == reason
    if reason is not None:
        assert read(its.news(), url=url) == NoPage(reason)


def test_what_was_asked_for_by_name_is_no_wall() -> None:
    assert led_to("https://a.example/privacy/login/", "https://a.example/privacy/login") is None
    assert led_to("https://privacy.a.example/x", "https://privacy.a.example/y") is None
    assert led_to("https://a.example/", "https://www.a.example/") is None


def test_what_a_front_page_is() -> None:
    assert is_front("https://a.example")
    assert is_front("https://a.example/index.html")
    assert not is_front("https://a.example/?p=12")
    assert not is_front("http://[broken")
