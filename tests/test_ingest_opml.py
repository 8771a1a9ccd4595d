from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest.opml import LONGEST_NAME, Subscription, read_opml, without_known, write_opml

LIST = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!-- kept by hand -->
<opml version="1.1"><head><title>Ore</title></head><body>
  <outline text="Mining">
    <outline type="rss" text="short" title="Caf\xe9 of
      ores" xmlUrl="https://ore.example/feed?a=1&amp;b=2" htmlUrl="https://ore.example/"/>
    <outline type="rss" text="Second" xmlURL=" http://second.example/rss "/>
    <outline text="" xmlUrl="http://nameless.example:81/rss"/>
  </outline>
  <outline type="rss" text="No address"/>
  <outline text="Script" xmlUrl="javascript:alert(1)"/>
  <outline text="Broken" xmlUrl="http://[::1/feed"/>
  <outline type="link" text="A page" url="https://page.example/"/>
</body></opml>"""


def test_feeds_of_all_folders_are_read() -> None:
    assert read_opml(LIST, "my.opml").feeds == (
        Subscription("Café of ores", "https://ore.example/feed?a=1&b=2"),
        Subscription("Second", "http://second.example/rss"),
        Subscription("nameless.example:81", "http://nameless.example:81/rss"),
    )


def test_outlines_without_an_address_to_poll_are_named() -> None:
    assert read_opml(LIST, "my.opml").bad == (
        "line 10: No address has no web address",
        "line 11: Script has no web address",
        "line 12: Broken has no web address",
    )


def test_what_is_not_quite_xml_is_read_all_the_same() -> None:
    body = b'<opml><body><outline text="Q & A" xmlUrl="http://a.example/?x=1&y=2">'
    assert read_opml(body, "my.opml").feeds[0].url.startswith("http://a.example/?x=1")


@pytest.mark.parametrize(
    "body", [b"", b"no list", b"<html><body/></html>", b"\x00\xff", b"<!-- -->"]
)
def test_what_is_no_list_is_told_with_its_name(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^my\.opml: is no OPML"):
        read_opml(body, "my.opml")


def test_no_entity_is_looked_up(tmp_path: object) -> None:
    body = b"""<!DOCTYPE opml [<!ENTITY f SYSTEM "file:///etc/hostname"> <!ENTITY a "aaaaaaaaaa">
        <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
        <opml><body><outline text="&b;&f;" xmlUrl="http://a.example/"/></body></opml>"""
    for feed in read_opml(body, "my.opml").feeds:
        assert len(feed.name) <= LONGEST_NAME


NAMES = st.text(min_size=1).map(lambda text: " ".join(text.split())[:LONGEST_NAME].strip())
FEEDS = st.lists(st.builds(Subscription, NAMES.filter(bool), st.just("http://a.example/?a&<b>\"'")))


@given(FEEDS)
def test_what_is_written_is_read_again(feeds: list[Subscription]) -> None:
    read = read_opml(write_opml(feeds, "All & sundry").encode(), "my.opml").feeds
    assert [feed.url for feed in read] == [feed.url for feed in feeds]
    for found, given_ in zip(read, feeds, strict=True):
        if given_.name.isprintable():
            assert found.name == given_.name


def test_only_what_is_not_known_is_added_each_once_under_a_name_of_its_own() -> None:
    feeds = [
        Subscription("Ore", "http://a.example/"),
        Subscription("Ore", "http://b.example/"),
        Subscription("Ore", "http://c.example/"),
        Subscription("Ore again", "http://b.example/"),
        Subscription("n" * LONGEST_NAME, "http://d.example/"),
    ]
    names = ["Ore", "n" * LONGEST_NAME]
    assert list(without_known(feeds, names, ["http://a.example/"])) == [
        Subscription("Ore (2)", "http://b.example/"),
        Subscription("Ore (3)", "http://c.example/"),
        Subscription("n" * (LONGEST_NAME - 4) + " (2)", "http://d.example/"),
    ]
