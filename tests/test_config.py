"""config.toml and the environment: what is read, and that all mistakes are told at once."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from monitor.config import load_config, packaged_config
from monitor.errors import ConfigError

MINIMAL = '[watch]\nsymbols = ["XYZ"]\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_in(folder: Path, text: str, **environment: str) -> dict[str, str]:
    """Each mistake under its key."""
    with pytest.raises(ConfigError) as caught:
        load_config(written(folder, text), environment)
    assert all(mistake.file for mistake in caught.value.mistakes)
    return {mistake.key: mistake.what for mistake in caught.value.mistakes}


def test_the_shipped_configuration_can_be_read() -> None:
    tables = load_config(packaged_config(), {}).tables
    assert tables.watch.market not in tables.watch.symbols
    kinds = {source.kind for source in tables.sources}
    assert kinds == {"feed", "federal-register", "war-gov", "google-news"}
    assert [channel.type for channel in tables.channels] == ["console"]


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, MINIMAL), {})
    assert config.tables.poll.every == timedelta(minutes=15)
    assert config.beside("x/y.db") == tmp_path.resolve() / "x" / "y.db"


def test_every_mistake_is_told_with_its_key(tmp_path: Path) -> None:
    found = mistakes_in(
        tmp_path,
        """
        [store]
        urll = "x"
        [watch]
        symbols = []
        [poll]
        every = "soon"
        max_bytes = "5 potatoes"
        deadline = 3
        [[sources]]
        url = "ftp://example.org/feed"
        [[sources]]
        kind = "telepathy"
        name = "b"
        [[channels]]
        type = "pigeon"
        name = "c"
        [[routes]]
        channels = ["nobody"]
        [prices]
        provider = "files"
        [digest]
        recipients = [{ to = "me@example.org", at = 07:30:00, zone = "Mars/Base" }]
        """,
    )
    assert "did you mean 'url'" in found["store.urll"]
    assert "at least 1" in found["watch.symbols"]
    assert all("duration" in found[f"poll.{key}"] for key in ("every", "deadline"))
    assert "a size" in found["poll.max_bytes"]
    assert found["sources.0.name"] == "must be given"
    assert "https://" in found["sources.0.url"]
    assert "'feed', 'federal-register'" in found["sources.1"]
    assert "'console', 'webhook', 'apprise'" in found["channels.0"]
    assert "there are: c" in found["routes.0.channels"]
    assert "a folder" in found["prices.dir"]
    assert "time zone" in found["digest.recipients.0.zone"]
    assert "[smtp]" in found["digest.recipients"]
    assert len(found) == 13


def test_wrong_shapes_are_told_in_the_words_of_toml(tmp_path: Path) -> None:
    found = mistakes_in(
        tmp_path,
        'watch = 3\nsources = "x"\nchannels = [1]\n[store]\nurl = 3\n[rules]\nshipped = []',
    )
    assert {key: what.partition(";")[0] for key, what in found.items()} == {
        "watch": "must be a table",
        "sources": "must be a list",
        "channels.0": "must be a table",
        "store.url": "must be a text",
        "rules.shipped": "must be true or false",
    }


def test_names_are_unique(tmp_path: Path) -> None:
    feed = '[[sources]]\nname = "a"\nurl = "https://example.org/"\n'
    assert mistakes_in(tmp_path, MINIMAL + feed + feed) == {"sources": "2 have the name 'a'"}


@pytest.mark.parametrize(
    ("text", "what"),
    [("[watch", "is not valid TOML"), ("\udcff", "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=what):
        load_config(path, {})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_config(tmp_path / "none.toml", {})


def test_the_environment_stands_in_for_single_values(tmp_path: Path) -> None:
    environment = {
        "MONITOR__STORE__URL": "sqlite:///other.db",
        "MONITOR__POLL__PER_HOST": "5",
        "HOME": "/nowhere",
    }
    tables = load_config(written(tmp_path, MINIMAL), environment).tables
    assert (tables.store.url, tables.poll.per_host) == ("sqlite:///other.db", 5)


def test_a_variable_that_names_no_table_and_key_is_a_mistake(tmp_path: Path) -> None:
    found = mistakes_in(tmp_path, MINIMAL, MONITOR__STORE="x")
    assert "MONITOR__TABLE__KEY" in found["MONITOR__STORE"]
    found = mistakes_in(tmp_path, MINIMAL, MONITOR__STORE__COLOUR="red")
    assert "unknown key" in found["store.colour"]


SECRETS = (
    MINIMAL
    + """
    [[channels]]
    type = "webhook"
    name = "desk"
    url = "https://example.org/hook"
    secret_env = "DESK"
    [smtp]
    host = "localhost"
    sender = "m@example.org"
    password_file = "password"
    """
)


def test_secrets_come_from_the_environment_or_a_file_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2\n", encoding="utf-8")
    config = load_config(written(tmp_path, SECRETS), {"DESK": "s3cret"})
    assert config.secrets["channels.desk"] == "s3cret"
    assert config.secrets["smtp"] == "hunter2"
    assert "hunter2" not in repr(config)
    assert "s3cret" not in repr(config)


def test_a_secret_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    found = mistakes_in(tmp_path, SECRETS)
    assert found["channels.0.secret_env"] == "the environment has no variable DESK"
    assert "cannot be read" in found["smtp.password_file"]


def test_a_secret_written_into_the_file_is_refused(tmp_path: Path) -> None:
    text = MINIMAL + '[smtp]\nhost = "h"\nsender = "m@example.org"\npassword = "hunter2"\n'
    assert "unknown key" in mistakes_in(tmp_path, text)["smtp.password"]


def test_a_digest_has_an_hour_and_a_zone(tmp_path: Path) -> None:
    text = MINIMAL + (
        '[smtp]\nhost = "h"\nsender = "m@example.org"\n'
        '[digest]\nrecipients = [{ to = "me@example.org", at = "06:15", zone = "Asia/Tokyo" }]\n'
    )
    (recipient,) = load_config(written(tmp_path, text), {}).tables.digest.recipients
    assert (recipient.at, recipient.zone) == (time(6, 15), "Asia/Tokyo")


@pytest.mark.parametrize(
    ("study", "key"),
    [
        ("gap = 1", "study.gap"),
        ("window = [1, 2]", "study.window"),
        ("window = [-3, -1]", "study.window"),
        ('gap = "x"', "study.gap"),
        ("window = [0]", "study.window.1"),
    ],
)
def test_the_estimation_must_end_before_the_window(tmp_path: Path, study: str, key: str) -> None:
    assert list(mistakes_in(tmp_path, f"{MINIMAL}[study]\n{study}\n")) == [key]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[channels]]\ntype = "console"\nname = ["a"]\n', "channels.0.name"),
        ('[[sources]]\nname = { a = 1 }\nurl = "https://example.org/"\n', "sources.0.name"),
        ("[[routes]]\nchannels = 3\n", "routes.0.channels"),
        ("[study]\nwindow = 3\n", "study.window"),
        ('[poll]\nevery = "999999999999999d"\n', "poll.every"),
        ('[poll]\nevery = "0s"\n', "poll.every"),
        ('[poll]\nspacing = "5m"\n', "poll.spacing"),
        ('[poll]\nprivate = ["10.0.0.0/33"]\n', "poll.private.0"),
        ('[poll]\nprivate = ["::1", "http://intranet"]\n', "poll.private.1"),
        ('[[channels]]\ntype = "apprise"\nname = "phone"\n', "channels.0.urls_env"),
        ('[[channels]]\ntype = "console"\nname = "mail"\n', "channels"),
        (
            '[smtp]\nhost = "h"\nsender = "m@e.org"\npassword_file = "a\\u0000b"\n',
            "smtp.password_file",
        ),
    ],
)
def test_odd_values_are_mistakes_and_no_tracebacks(tmp_path: Path, text: str, key: str) -> None:
    assert key in mistakes_in(tmp_path, MINIMAL + text)


def test_a_secret_file_that_is_no_text_is_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfehunter2")
    text = '[smtp]\nhost = "h"\nsender = "m@e.org"\npassword_file = "secret"\n'
    found = mistakes_in(tmp_path, MINIMAL + text)
    assert found["smtp.password_file"] == "'secret' cannot be read: it is no text"
