from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.feeds.discover import MOST, Found, discover

URL = "https://example.org/news/index.html"


def urls(page: str) -> list[str]:
    return [found.url for found in discover(page.encode(), URL)]


def test_feeds_that_a_page_names() -> None:
    page = (
        '<html><head><link rel="stylesheet" href="/style.css" type="text/css">'
        "<LINK REL='alternate nofollow' TYPE='application/RSS+xml; charset=utf-8'"
        " title='News &amp;\n views' href='/feed?a=1&amp;b=2'>"
        "<link rel=alternate type=application/atom+xml href=all.atom />"
        '<link rel="alternate" type="text/html" hreflang="de" href="/de/"></head>'
    )
    assert discover(page.encode(), URL) == (
        Found("https://example.org/feed?a=1&b=2", "News & views", "application/rss+xml"),
        Found("https://example.org/news/all.atom", "", "application/atom+xml"),
    )


@pytest.mark.parametrize(
    ("href", "found"),
    [
        ("/rss", True), ("/rss/", True), ("/feed", True), ("/feeds/", True), ("/news.rss", True),
        ("/rss.xml", True), ("/feed.json", True), ("/index.rdf", True), ("/a/atom?x=1#y", True),
        ("/sitemap.xml", False), ("/feedback", False), ("/", False), ("", False),
    ],
)  # fmt: skip
def test_links_that_look_like_feeds(href: str, found: bool) -> None:
    page = f'<body><a class="x" href="{href}">Our feed</a>'
    told = "https://example.org" + href
    assert discover(page.encode(), URL) == ((Found(told, "Our feed", ""),) if found else ())


def test_what_is_named_as_a_feed_comes_first_and_no_address_twice() -> None:
    page = (
        '<a href="/rss">RSS</a><a href="/rss">again</a>'
        '<link rel="alternate" type="application/rss+xml" href="/rss" title="All">'
    )
    assert discover(page.encode(), URL) == (
        Found("https://example.org/rss", "All", "application/rss+xml"),
    )


def test_the_base_of_a_page_counts() -> None:
    assert urls('<base href="/other/"><a href="rss.xml">x</a>') == [
        "https://example.org/other/rss.xml"
    ]
    assert urls('<base href="javascript:x"><base href="/a/"><a href="rss.xml">x</a>') == [
        "https://example.org/news/rss.xml"
    ]


@pytest.mark.parametrize(
    "page",
    [
        '<a href="javascript:x/rss">x</a>',
        '<a href="file:///rss">x</a>',
        '<a href="http://[x/rss">x</a>',
        '<a href="http://x/\x1b[31m/rss">x</a>',
        '<!-- <a href="/rss">x</a> -->',
        "<script>\"<a href='/rss'>x</a>\"</script>",
        '<link rel="alternate" type="application/rss+xml">',
    ],
)
def test_what_is_no_address_of_a_feed(page: str) -> None:
    assert urls(page) == []


def test_a_page_with_very_many_is_cut() -> None:
    assert len(urls("".join(f'<a href="/{n}/rss">x</a>' for n in range(100)))) == MOST


@given(st.text(max_size=300) | st.lists(st.sampled_from(
    ["<a ", "<link ", "<base ", "href=", "'", '"', ">", "/rss", "http://[", "rel=alternate ",
     "type=text/xml ", "<!--", "-->", "<script>", "\0"])).map("".join))  # fmt: skip
def test_any_page_gives_addresses_of_the_web(page: str) -> None:
    assert all(
        url.startswith(("http://", "https://"))
        for url in urls(page.encode("utf-8", "replace").decode())
    )
