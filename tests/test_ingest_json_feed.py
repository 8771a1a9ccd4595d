"""JSON Feed, as its two versions have it and as servers garble it."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import SourceError
from monitor.ingest.feeds.parse import ParsedFeed, parse
from monitor.model import FeedItem

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)
VERSION = "https://jsonfeed.org/version/1.1"


def read(text: str | bytes, content_type: str | None = "application/feed+json") -> ParsedFeed:
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return parse(
        body, content_type=content_type, source="mine", url="https://example.org/f", seen_at=NOW
    )


def feed(*items: Any, **more: Any) -> str:
    return json.dumps({"version": VERSION, "title": "Ore Daily", "items": items} | more)


def only(**item: Any) -> FeedItem:
    (found,) = read(feed({"id": "1", "content_text": "x"} | item)).items
    return found


def test_an_item() -> None:
    parsed = read(
        feed(
            {
                "id": "a-1",
                "url": "/a",
                "external_url": "https://elsewhere.example/",
                "title": "Magnets &amp; <b>run</b> short",
                "content_html": "<p>Makers</p><p>wait.</p>",
                "summary": "Short.",
                "date_published": "2025-06-12T07:30:00-04:00",
                "date_modified": "2025-06-12T08:30:00-04:00",
                "authors": [{"name": "A. Writer"}],
                "tags": ["ore"],
            }
        )
    )
    assert parsed.notes == ()
    assert parsed.items == (
        FeedItem(
            source="mine",
            outlet="Ore Daily",
            guid="a-1",
            url="https://example.org/a",
            title="Magnets &amp; <b>run</b> short",
            text="Makers\nwait.",
            published_at=datetime(2025, 6, 12, 11, 30, tzinfo=UTC),
            seen_at=NOW,
        ),
    )


def test_the_fields_that_stand_in_for_others() -> None:
    assert only(external_url="https://example.org/e").url == "https://example.org/e"
    assert only(content_text="a < b", summary="longer than it").text == "longer than it"
    assert only(content_text="a <b> c").text == "a <b> c"
    assert only(date_modified="2025-06-12T10:00:00Z").published_at == NOW.replace(hour=10)
    assert only(id=7).guid == "7"
    assert only(id=7.50).guid == "7.5"


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/html", "application/rss+xml; charset=latin-1", None]
)
def test_what_the_server_calls_it_does_not_matter(content_type: str | None) -> None:
    text = json.dumps(json.loads(feed({"id": "1", "title": "caf\u00e9"})), ensure_ascii=False)
    for body in (text.encode(), b"\xef\xbb\xbf" + text.encode(), b"\n " + text.encode(),
                 text.encode("utf-16")):  # fmt: skip
        assert [item.title for item in read(body, content_type).items] == ["caf\u00e9"]


@pytest.mark.parametrize(
    ("text", "titles", "note"),
    [
        (feed({"title": "A", "id": float("nan")}, {"title": "B"}), ["A", "B"], None),
        (feed({"title": "A", "size": 0}).replace("0}", "9" * 5000 + "}"), ["A"], None),
        (feed({"title": "A"})[:-2] + ', {"title": "B"}], "x": 1e999}', ["A", "B"], None),
        (feed({"title": "A"}, {"title": "B"})[:-5], ["A"], "malformed"),
        (feed({"title": "A"})[:-2] + ",]}", ["A"], "malformed"),
        (feed({"title": "A"}) + "}", ["A"], "malformed"),
        ('{"version": "jsonfeed, "items": [{"title": "A"}]}', ["A"], "malformed"),
        (feed({"title": "A\n"}).replace("\\n", "\n"), ["A"], None),
        (feed({"title": "A"}, "B", None, ["C"]), ["A"], "an item is no object, 3 times"),
        (feed({"title": ["A"], "summary": "S"}, {"title": "B"}), ["", "B"], "title is no text"),
        (feed({"title": "A", "id": {}, "url": True}), ["A"], "url is no text, 1 times"),
        (feed({"title": "A"}, version=None), ["A"], "does not say which version"),
        (feed({"title": "A"}, expired=True), ["A"], "has ended"),
        (feed({"title": "A\ud800"}), ["A?"], None),
        ('{"items": [{"title": "A"}], "title": 5, "version": "jsonfeed"}', ["A"], None),
    ],
)
def test_what_is_odd_survives(text: str, titles: list[str], note: str | None) -> None:
    parsed = read(text)
    assert [item.title for item in parsed.items] == titles
    told = [words for words in parsed.notes if "without a date" not in words]
    assert len(told) == (note is not None)
    assert note is None or note in told[0]


DEEP = "[" * 100_000


@pytest.mark.parametrize("end", ["", "]" * 100_000])
def test_what_is_nested_too_deeply_is_left_out(end: str) -> None:
    text = feed({"title": "A"}, {"title": "B"})
    deep = text.replace('{"title": "B"}', f'{{"title": "B", "x": {DEEP}{end}}}, {{"title": "C"}}')
    parsed = read(deep)
    assert [item.title for item in parsed.items] == (["A", "B", "C"] if end else ["A"])
    assert "nested too deeply" in parsed.notes[0]
    assert {item.outlet for item in parsed.items} == {"Ore Daily"}


@pytest.mark.parametrize(
    "text",
    ["{", "{}", '{"items": 5}', '{"error": "no"}', "{" + DEEP, '{"items": {"a": 1}}', '{"a'],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_json_feed(text: str) -> None:
    with pytest.raises(SourceError, match="the answer is not a feed"):
        read(text)


def test_an_empty_feed_is_a_feed() -> None:
    assert read(feed()) == ParsedFeed(())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
NAMES = st.sampled_from(["id", "url", "title", "content_html", "summary", "date_published", "x"])
ITEMS = st.dictionaries(NAMES, VALUES, max_size=5)


@given(st.lists(ITEMS | VALUES, max_size=4), st.integers(0, 400), st.binary(max_size=3))
def test_any_json_gives_items_or_a_source_error(items: list[Any], cut: int, junk: bytes) -> None:
    body = feed(*items).encode()
    for text in (body, body[:cut], body[:cut] + junk + body[cut:]):
        with contextlib.suppress(SourceError):
            assert all(item.title or item.text for item in read(text).items)
