"""monitor feeds: what a person types, what it prints, and what it leaves in the file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import run
from tests.servers import LoopbackServer, Reply, redirect

RSS = b"""<rss version="2.0"><channel><title>Ore &amp; Co</title>
<item><guid>1</guid><title>A mine opens</title><link>http://ore.example/1</link>
<pubDate>Thu, 12 Jun 2025 10:00:00 GMT</pubDate></item>
<item><guid>2</guid><title>A mine closes</title></item>
</channel></rss>"""
PAGE = b"""<html><head><link rel="alternate" type="application/rss+xml" title="News"
href="/feed"><!-- %s --></head><body>Welcome</body></html>"""
TWO = PAGE.replace(
    b"<!-- %s -->", b'<link rel="alternate" type="application/atom+xml" href="/comments">'
)
CONFIG = """# mine
[poll]
private = ["127.0.0.1"]
spacing = "0s"

[watch]
symbols = ["MP"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def sources(config: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(config.read_text("utf-8")).get("sources", [])
    return found


def feeds(config: Path, *words: str) -> int:
    return run(["feeds", *words, "--config", str(config)])


def test_a_feed_is_asked_and_added_under_its_own_title(
    server: LoopbackServer, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.route("/feed", Reply(body=RSS))
    assert feeds(config, "add", server.url("/feed"), "--every", "10m") == 0
    assert sources(config) == [{"name": "Ore & Co", "url": server.url("/feed"), "every": "10m"}]
    assert config.read_text("utf-8").startswith(CONFIG)
    told = capsys.readouterr().out
    assert told.startswith(f"added Ore & Co: {server.url('/feed')} (2 items")
    assert "without a date" in told


def test_where_it_has_moved_to_is_added_and_nothing_twice(
    server: LoopbackServer, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.route("/feed", Reply(body=RSS))
    server.route("/old", redirect("/feed", 301))
    assert feeds(config, "add", server.url("/old"), "--name", "Ore") == 0
    assert [row["url"] for row in sources(config)] == [server.url("/feed")]
    assert feeds(config, "add", server.url("/feed")) == 1
    assert "is there already: Ore" in capsys.readouterr().err
    server.route("/other", Reply(body=RSS))
    assert feeds(config, "add", server.url("/other"), "--name", "Ore", "--outlet", "O") == 0
    assert sources(config)[1] == {"name": "Ore (2)", "url": server.url("/other"), "outlet": "O"}


def test_a_page_that_names_one_feed_stands_for_it(server: LoopbackServer, config: Path) -> None:
    server.route("/", Reply(body=PAGE))
    server.route("/feed", Reply(body=RSS))
    assert feeds(config, "add", server.url("/")) == 0
    assert [row["url"] for row in sources(config)] == [server.url("/feed")]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(body=TWO), "it names {url}/feed (News)"),
        (Reply(body=TWO), "it names {url}/comments"),
        (Reply(status=404, body=b"no"), "answered with status 404"),
        (Reply(body=b"plain"), "not a feed"),
    ],
)
def test_what_is_no_feed_is_not_added(
    server: LoopbackServer,
    config: Path,
    capsys: pytest.CaptureFixture[str],
    reply: Reply,
    told: str,
) -> None:
    server.route("/", reply)
    assert feeds(config, "add", server.url("/")) == 1
    assert told.format(url=server.url("").rstrip("/")) in capsys.readouterr().err
    assert not sources(config)


def test_what_the_file_would_then_have_wrong_is_told_and_it_stays(
    server: LoopbackServer, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.route("/feed", Reply(body=RSS))
    assert feeds(config, "add", server.url("/feed"), "--every", "often") == 2
    assert "every" in capsys.readouterr().err
    assert config.read_text("utf-8") == CONFIG
    assert [path.name for path in config.parent.iterdir()] == ["config.toml"]


def test_the_configuration_of_the_program_itself_is_left_alone(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MONITOR_CONFIG", raising=False)
    monkeypatch.setenv("MONITOR__POLL__PRIVATE", '["127.0.0.1"]')
    server.route("/feed", Reply(body=RSS))
    assert run(["feeds", "add", server.url("/feed")]) == 2
    assert "copy it to ./config.toml" in capsys.readouterr().err


def test_lists_go_out_and_come_in(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "mine.opml"
    listed.write_text(
        '<opml version="2.0"><body><outline text="Ore" xmlUrl="http://a.example/feed"/>'
        '<outline text="Ore" xmlUrl="http://b.example/feed"/><outline type="rss" text="None"/>'
        "</body></opml>"
    )
    assert feeds(config, "import", str(listed)) == 0
    told = capsys.readouterr()
    assert told.out == "2 added, 0 were there already, 1 left out\n"
    assert f"{listed}: line 1: None has no web address" in told.err
    assert [row["name"] for row in sources(config)] == ["Ore", "Ore (2)"]
    assert feeds(config, "import", str(listed)) == 0
    assert capsys.readouterr().out.startswith("0 added, 2 were there already")
    assert feeds(config, "export") == 0
    out = capsys.readouterr().out
    assert feeds(config, "export", str(tmp_path / "out.opml")) == 0
    assert (tmp_path / "out.opml").read_text("utf-8") == out
    assert out.count("xmlUrl=") == 2


def test_sources_and_addresses_are_checked_without_being_kept(
    server: LoopbackServer, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.route("/feed", Reply(body=RSS))
    assert feeds(config, "add", server.url("/feed")) == 0
    capsys.readouterr()
    assert feeds(config, "check") == 0
    assert "Ore & Co: 2 items, the newest of 2025-06-12T10:00:00Z" in capsys.readouterr().out
    assert feeds(config, "check", "Ore & Co", server.url("/none"), "--json") == 1
    known, none = json.loads(capsys.readouterr().out)
    assert (known["items"], known["error"]) == (2, None)
    assert none["error"] == "answered with status 404"
    assert feeds(config, "check", "Nobody") == 1
    assert "no source 'Nobody'" in capsys.readouterr().err
    assert feeds(config, "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["condition"], row["polled_at"]) == ("Ore & Co", "new", None)
