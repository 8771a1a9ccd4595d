from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import packaged_config
from monitor.config.edit import NotEditableError, with_sources

ROW = {"name": "Ore", "url": "http://ore.example/feed"}
BLOCK = '[[sources]]\nname = "Ore"\nurl = "http://ore.example/feed"'


def test_a_source_is_added_behind_the_last_one_and_all_else_stays() -> None:
    text = packaged_config().read_text(encoding="utf-8")
    before, added, after = with_sources(text, [ROW]).partition(f"{BLOCK}\n\n")
    assert added
    assert before + after == text
    assert "\n[[sources]]" not in after
    assert after.startswith("# ")  # what leads up to the next table stays with it


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("", f"{BLOCK}\n"),
        ('[watch]\nsymbols = ["MP"]', f'[watch]\nsymbols = ["MP"]\n\n{BLOCK}\n'),
        ('[[sources]]\nname = "a"\n[x]', f'[[sources]]\nname = "a"\n\n{BLOCK}\n\n[x]\n'),
        # no table begins inside of a list, so it goes to the end
        (
            '[[sources]]\nname = [\n["a"],\n]\n[x]\n',
            f'[[sources]]\nname = [\n["a"],\n]\n[x]\n\n{BLOCK}\n',
        ),
    ],
)
def test_where_it_goes(text: str, edited: str) -> None:
    assert with_sources(text, [ROW]) == edited


@pytest.mark.parametrize(
    "text", ['sources = [{name = "a"}]\n', "sources = 3\n", "[sources]\na = 1\n"]
)
def test_what_cannot_be_added_to_is_told(text: str) -> None:
    with pytest.raises(NotEditableError):
        with_sources(text, [ROW])


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]))),
    st.sampled_from(["", '[x]\ny = """\n[[sources]]\n"""']),
)
def test_what_is_written_is_read_again(names: list[str], text: str) -> None:
    rows = [{"name": name, "url": "http://a.example/"} for name in names]
    read = tomllib.loads(with_sources(text, rows))
    assert read == tomllib.loads(text) | ({"sources": rows} if rows else {})
