from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import SourceError
from monitor.ingest import jsonl
from monitor.ingest.jsonl import BadLine, read_jsonl
from monitor.model import FeedItem

GOOD = {"published": "2025-06-12T08:00:00-04:00", "title": "Magnets run short"}
AT = datetime(2025, 6, 12, 12, tzinfo=UTC)


def read(tmp_path: Path, *lines: object, raw: bytes | None = None) -> list[FeedItem | BadLine]:
    path = tmp_path / "news.jsonl"
    path.write_bytes(raw if raw is not None else "\n".join(map(json.dumps, lines)).encode())
    return list(read_jsonl(path, "mine"))


def test_an_item_is_seen_when_it_was_published(tmp_path: Path) -> None:
    full = GOOD | {
        "text": "Makers\u0000  wait.\nFor long.",
        "url": " https://example.org/a ",
        "source": "Ore Daily",
        "id": "7",
        "labels": [1],
    }
    assert read(tmp_path, full, GOOD | {"url": "", "text": None}) == [
        FeedItem(
            source="mine",
            outlet="Ore Daily",
            guid="7",
            url="https://example.org/a",
            title="Magnets run short",
            text="Makers wait.\nFor long.",
            published_at=AT,
            seen_at=AT,
        ),
        FeedItem("mine", "mine", None, None, "Magnets run short", "", AT, AT),
    ]


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    good = json.dumps(GOOD).encode()
    found = read(tmp_path, raw=b"\xef\xbb\xbf" + good + b"\r\n\n  \n" + good + b"\n[]")
    assert [type(one) for one in found] == [FeedItem, FeedItem, BadLine]
    assert found[2] == BadLine(5, "not a JSON object in UTF-8")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"{", "not a JSON object"),
        (b"7", "not a JSON object"),
        (b'{"title": "\xff"}', "not a JSON object in UTF-8"),
        (b"[" * 100_000, "not a JSON object"),
        (b'{"title": 7}', "title is not a string"),
        (b'{"title": " ", "text": ""}', "neither title nor text"),
        (b'{"title": "t"}', "no published"),
        (b'{"title": "t", "published": 1749729600}', "published is not a string"),
        (b'{"title": "t", "published": "soon"}', "not a date in ISO 8601: 'soon'"),
        (b'{"title": "t", "published": "2025-06-12"}', "no time zone: '2025-06-12'"),
        (b'{"title": "t", "published": "0001-01-01T00:00+05:00"}', "not a date"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_goes_on(tmp_path: Path, line: bytes, what: str) -> None:
    bad, good = read(tmp_path, raw=line + b"\n" + json.dumps(GOOD).encode())
    assert isinstance(bad, BadLine)
    assert bad.number == 1
    assert what in bad.what
    assert isinstance(good, FeedItem)


def test_a_line_that_is_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 100)
    good = json.dumps(GOOD).encode()
    fits = good + b" " * (99 - len(good)) + b"\n"
    found = read(tmp_path, raw=b"x" * 100 + b"\n" + b"y" * 350 + b"\n" + fits + b"z" * 101)
    assert [one if isinstance(one, BadLine) else None for one in found] == [
        BadLine(1, "longer than 100 bytes"),
        BadLine(2, "longer than 100 bytes"),
        None,
        BadLine(4, "longer than 100 bytes"),
    ]


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, raw=b"") == []


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file") as raised:
        list(read_jsonl(tmp_path / "none.jsonl", "mine"))
    assert raised.value.source == str(tmp_path / "none.jsonl")


def test_it_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps(GOOD) + "\n")
    items = read_jsonl(path, "mine")
    assert isinstance(next(items), FeedItem)
    with path.open("a") as file:
        file.write("{\n")
    assert isinstance(next(items), BadLine)


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(
        '{"published": "2025-06-12T10:00:00Z", "title": "x \\ud800", "url": "https://e.org/\\ud800"}\n'
    )
    (item,) = read_jsonl(path, "file")
    assert isinstance(item, FeedItem)
    assert f"{item.title}{item.url}".encode()
