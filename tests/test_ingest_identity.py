from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.identity import NewArticle, canonical_url, decide, keys_of
from monitor.model import Article, FeedItem

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)


def item(
    guid: str | None = None,
    url: str | None = None,
    title: str = "t",
    published_at: datetime | None = NOW,
    **changed: str,
) -> FeedItem:
    plain = FeedItem(
        source="feed",
        outlet="Ore Daily",
        guid=guid,
        url=url,
        title=title,
        text="",
        published_at=published_at,
        seen_at=NOW,
    )
    return replace(plain, **changed)  # type: ignore[arg-type]


def titles(new: tuple[NewArticle, ...]) -> list[str]:
    return [one.article.title for one in new]


class Polls:
    """A feed over several polls, with what each has left behind."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def see(self, *items: FeedItem) -> list[str]:
        new = decide(items, self.known)
        for one in new:
            self.known.update(one.keys)
        return titles(new)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.ORG:443/A/b/?b=2&a=1#top", "https://example.org/A/b?a=1&b=2"),
        ("http://example.org:80", "http://example.org/"),
        ("http://example.org:8080/", "http://example.org:8080/"),
        ("https://example.org:80/", "https://example.org:80/"),
        ("https://example.org/a?utm_source=x&UTM_Medium=y&id=7", "https://example.org/a?id=7"),
        ("https://example.org/a?fbclid=x&gclid=y&mc_cid=z", "https://example.org/a"),
        ("https://example.org/a?&&b&a=", "https://example.org/a?a=&b"),
        ("https://example.org/a?gclidx=1", "https://example.org/a?gclidx=1"),
        ("https://me:secret@example.org/a", "https://example.org/a"),
        ("http://[::1]:80/a", "http://[::1]/a"),
        (" https://example.org/a// ", "https://example.org/a"),
        ("https://example.org/a b\n/c?q=d e", "https://example.org/a%20b/c?q=d%20e"),
        ("https://example.org:/a", "https://example.org/a"),
        ("https://example.org/a%2Fb?q=%20x", "https://example.org/a%2Fb?q=%20x"),
        ("https://example.org:x/a", "https://example.org:x/a"),
        ("http://[", "http://["),
        ("mailto:me@example.org", "mailto:me@example.org"),
        ("https:///a", "https:///a"),
    ],
)
def test_one_form_of_an_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


URLS = st.builds(
    "{}://{}{}{}{}{}".format,
    st.sampled_from(["http", "HTTPS", "ftp"]),
    st.sampled_from(["a.example", "WWW.A.example", "u:p@a.example", "[::1]", ""]),
    st.sampled_from(["", ":80", ":443", ":99999", ":"]),
    st.text(st.sampled_from("/a%2F;@: "), max_size=6).map(lambda path: "/" + path),
    st.text(st.sampled_from("?&=ab+utm_x"), max_size=10),
    st.sampled_from(["", "#x", "#"]),
)


@given(URLS | st.text())
def test_the_one_form_stays_as_it_is(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(st.permutations(["a=1", "b=2", "c", "utm_campaign=z", "a=0"]))
def test_the_order_of_the_query_does_not_matter(parameters: list[str]) -> None:
    url = f"https://example.org/a?{'&'.join(parameters)}"
    assert canonical_url(url) == "https://example.org/a?a=0&a=1&b=2&c"


def test_keys_are_short_and_the_surest_comes_first() -> None:
    keys = keys_of(item("g", "https://example.org/a"))
    assert [key.partition(":")[0] for key in keys] == ["guid", "url", "words"]
    assert max(map(len, keys)) < 40
    assert len(keys_of(item())) == 1


def test_an_article_is_its_item_under_a_stable_id() -> None:
    given = item("g", "https://example.org/a?utm_source=x", text="words")
    (new,) = decide([given], set())
    assert new.keys == keys_of(given)
    assert new.article == Article(
        id="ad61d651185013bd",
        source="feed",
        outlet="Ore Daily",
        url="https://example.org/a",
        title="t",
        text="words",
        published_at=NOW,
        seen_at=NOW,
    )


def test_the_id_does_not_depend_on_the_words() -> None:
    first, second = decide([item("g")], set()), decide([item("g", title="new words")], set())
    assert first[0].article.id == second[0].article.id


@pytest.mark.parametrize(
    "again",
    [
        item("g", "https://example.org/a"),
        item("g", "https://example.org/moved", "revised"),
        item("new-guid", "http://www.example.org/a/?utm_source=x", "revised"),
        item("new-guid", "https://example.org/moved"),
    ],
    ids=["same", "guid kept", "address kept", "words and date kept"],
)
def test_an_item_that_shares_a_key_is_known(again: FeedItem) -> None:
    polls = Polls()
    assert polls.see(item("g", "https://example.org/a")) == ["t"]
    assert polls.see(again) == []


def test_one_address_in_two_feeds_is_one_article() -> None:
    polls = Polls()
    polls.see(item("g", "https://example.org/a"))
    assert polls.see(item("other", "https://example.org/a", "x", source="second")) == []


def test_one_guid_in_two_feeds_is_two_articles() -> None:
    polls = Polls()
    polls.see(item("1", "https://example.org/a"))
    assert polls.see(item("1", "https://example.org/b", "x", source="second")) == ["x"]


def test_a_title_comes_again_on_another_day() -> None:
    polls = Polls()
    polls.see(item("g1", "https://example.org/1"))
    tomorrow = NOW + timedelta(days=1)
    assert polls.see(item("g2", "https://example.org/2", published_at=tomorrow)) == ["t"]


def test_an_item_with_neither_guid_nor_address_is_known_by_its_words_alone() -> None:
    polls = Polls()
    assert polls.see(item()) == ["t"]
    assert polls.see(item(published_at=NOW + timedelta(days=1))) == []
    assert polls.see(item(published_at=None)) == []
    assert polls.see(item(text="other words")) == ["t"]
    assert polls.see(item(outlet="Another Daily")) == ["t"]


def test_the_front_page_is_no_article_s_address() -> None:
    polls = Polls()
    polls.see(item("g1", "https://example.org/", "one"))
    assert polls.see(item("g2", "https://www.example.org", "two")) == ["two"]
    assert polls.see(item("g3", "https://example.org/?p=3", "three")) == ["three"]


def test_a_batch_holds_an_article_once() -> None:
    new = decide(
        [
            item("g1", "https://example.org/a", "first"),
            item("g2", "https://example.org/a", "first"),
            item("g2", "https://example.org/b", "first", published_at=None),
        ],
        set(),
    )
    assert titles(new) == ["first"]
    assert set(keys_of(item("g2", "https://example.org/b", "first", None))) <= set(new[0].keys)


def test_one_guid_for_all_items_of_a_feed_is_no_guid() -> None:
    one, two, three, four = (item("x", f"https://example.org/{n}", n) for n in "1234")
    polls = Polls()
    assert polls.see(one, two) == ["1", "2"]
    assert polls.see(two, three) == ["3"]
    assert polls.see(three, two, four) == ["4"]
    assert polls.see(one, two, three, four) == []


def test_a_guid_that_turns_out_to_be_shared_keeps_the_later_item() -> None:
    polls = Polls()
    polls.see(item("x", "https://example.org/1", "1"))
    both = item("x", "https://example.org/2", "2"), item("x", "https://example.org/1", "1")
    assert polls.see(*both) == ["2"]
    assert polls.see(*both) == []


def test_one_address_for_all_items_of_a_feed_is_no_address() -> None:
    one, two, three = (item(n, "https://example.org/news", n) for n in "123")
    polls = Polls()
    assert polls.see(one, two) == ["1", "2"]
    assert polls.see(two, three) == ["3"]


def test_where_nothing_else_tells_them_apart_the_words_do() -> None:
    """Two guids and two addresses, each shared by items of different titles."""
    a = [item(g, f"https://example.org/{u}", g + u) for g in "12" for u in "ab"]
    polls = Polls()
    assert polls.see(*a) == ["1a", "1b", "2a", "2b"]
    assert polls.see(*a) == []


def test_a_page_without_guids_that_changes_its_title_is_one_article() -> None:
    a = item(None, "https://example.org/live", "noon")
    b = item(None, "https://example.org/live", "evening")
    assert titles(decide([a, b], set())) == ["noon"]


SOME = st.builds(
    item,
    guid=st.none() | st.sampled_from("ab"),
    url=st.none() | st.sampled_from(["https://e.org/1", "http://e.org/1/", "https://e.org/2"]),
    title=st.sampled_from("xy"),
    published_at=st.none() | st.just(NOW),
)


@given(st.lists(SOME, max_size=8))
def test_what_was_seen_is_not_new_again(items: list[FeedItem]) -> None:
    polls = Polls()
    first = polls.see(*items)
    assert bool(first) == bool(items)
    assert polls.see(*items) == []


@given(st.lists(SOME, max_size=8))
def test_articles_of_a_batch_have_ids_and_keys_of_their_own(items: list[FeedItem]) -> None:
    new = decide(items, set())
    keys = [key for one in new for key in one.keys]
    assert len({one.article.id for one in new}) == len(new)
    assert len(set(keys)) == len(keys)
