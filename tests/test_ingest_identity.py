from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.identity import (
    ALIASES,
    AT_ONCE,
    PAUSE,
    Decision,
    canonical_url,
    decide,
    in_question,
    keyed,
)
from monitor.ingest.wording import wording
from monitor.model import Article, FeedItem, Version

NOW = datetime(2025, 6, 12, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CHANGED_IDS = "the feed has changed its ids: its items are known by address or words"


def item(
    guid: str | None = None,
    url: str | None = None,
    title: str = "t",
    published_at: datetime | None = NOW,
    **changed: object,
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


class Polls:
    """Feeds over several polls, with what each has left behind, as a store would keep it."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.versions: defaultdict[str, list[Version]] = defaultdict(list)

    def decide(self, *items: FeedItem) -> Decision:
        given = [keyed(one) for one in items]
        known = {key: self.known[key] for one in given for key in one.keys if key in self.known}
        asked = {id: self.versions[id] for id in in_question(given, known)}
        found = decide(given, known, asked)
        for article in found.articles:
            first = article.revises or article.id
            self.versions[first].append(
                Version(
                    *(first, article.source, article.title, article.text, None, article.seen_at)
                )
            )
        assert not set(found.keys) & set(self.known)
        self.known |= found.keys
        for id, count in found.aliases.items():
            self.versions[id] = [replace(one, aliases=count) for one in self.versions[id]]
        return found

    def see(self, *items: FeedItem) -> list[str]:
        """Titles of the new articles."""
        return [one.title for one in self.articles(*items) if one.revises is None]

    def revised(self, *items: FeedItem) -> list[str]:
        """Titles of the articles that are later wordings of others."""
        return [one.title for one in self.articles(*items) if one.revises is not None]

    def articles(self, *items: FeedItem) -> list[Article]:
        return list(self.decide(*items).articles)


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
    keys = keyed(item("g", "https://example.org/a")).keys
    assert [key.partition(":")[0] for key in keys] == ["guid", "url", "words"]
    assert max(map(len, keys)) < 40
    assert len(keyed(item()).keys) == 1


def test_an_article_is_its_item_under_a_stable_id() -> None:
    """Ids and keys stand in stores: they are never to change."""
    given = item("g", "https://example.org/a?utm_source=x", text="words")
    found = Polls().decide(given)
    assert found.keys == dict.fromkeys(keyed(given).keys, "ad61d651185013bd")
    assert sorted(found.keys) == [
        "guid:3602934b88f085d5bd02fe09c5206666",
        "url:d9a5bb6d7bf9a3d53c2fed54481ae73b",
        "words:7c2906681184d79198a41341e7c580af",
    ]
    (new,) = found.articles
    assert new == Article(
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
    first, second = Polls().articles(item("g")), Polls().articles(item("g", title="new words"))
    assert first[0].id == second[0].id


@pytest.mark.parametrize(
    "again",
    [
        item("g", "https://example.org/a"),
        item("g", "https://example.org/moved", published_at=NOW + MINUTE),
        item("new-guid", "http://www.example.org/a/?utm_source=x", "T!", None),
        item("new-guid", "https://example.org/moved"),
    ],
    ids=["same", "guid kept", "address kept", "words and date kept"],
)
def test_an_item_that_shares_a_key_is_known(again: FeedItem) -> None:
    polls = Polls()
    assert polls.see(item("g", "https://example.org/a")) == ["t"]
    assert polls.articles(again) == []
    assert polls.articles(again) == []


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
    same = [
        item("g1", "https://example.org/a", "first"),
        item("g2", "https://example.org/a", "first"),
        item("g2", "https://example.org/b", "first", None),
    ]
    found = Polls().decide(*same)
    assert [new.title for new in found.articles] == ["first"]
    ids = {key for one in same for key in (keyed(one).guid, keyed(one).url)}
    assert ids <= set(found.keys)


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


SOME = st.builds(
    item,
    guid=st.none() | st.sampled_from("ab"),
    url=st.none() | st.sampled_from(["https://e.org/1", "http://e.org/1/", "https://e.org/2"]),
    title=st.sampled_from(["mine opens", "mine closes", "law passed"]),
    published_at=st.none() | st.just(NOW),
)


@given(st.lists(SOME, max_size=8))
def test_what_was_seen_is_not_new_again(items: list[FeedItem]) -> None:
    polls = Polls()
    assert bool(polls.articles(*items)) == bool(items)
    assert polls.articles(*items) == []


@given(st.lists(st.lists(SOME, max_size=4), max_size=4))
def test_articles_have_ids_of_their_own_and_keys_stand_for_them(
    batches: list[list[FeedItem]],
) -> None:
    polls = Polls()
    kept = [one for batch in batches for one in polls.articles(*batch)]
    firsts = {one.id for one in kept if one.revises is None}
    assert len({one.id for one in kept}) == len(kept)
    assert {one.revises for one in kept} - {None} <= firsts
    assert set(polls.known.values()) <= firsts


@given(st.lists(st.lists(SOME, max_size=4), max_size=4))
def test_no_title_is_lost(batches: list[list[FeedItem]]) -> None:
    """Whatever keys items share: each title that was ever seen is kept, or waits."""
    polls, waits = Polls(), False
    for batch in batches:
        waits |= any("waits" in note for note in polls.decide(*batch).notes)
        seen = {one.title for one in batch}
        kept = {one.title for versions in polls.versions.values() for one in versions}
        assert waits or seen <= kept


# ---------------------------------------------------------------- later wordings

AT = "https://example.org/a"


def test_an_edited_item_is_kept_as_a_revision() -> None:
    polls = Polls()
    (first,) = polls.articles(item("g", AT, "Mine opens", text="It is in Nevada."))
    later = NOW + 5 * MINUTE
    edited = item("g", AT, "Mine opens", text="It is in Utah.", seen_at=later)
    (second,) = polls.articles(edited)
    assert second == replace(
        *(first,), id=second.id, text="It is in Utah.", seen_at=later, revises=first.id
    )
    assert second.id != first.id
    assert polls.articles(edited) == []
    (third,) = polls.articles(item("g", AT, "Mine opens at last", seen_at=later))
    assert third.revises == first.id


@pytest.mark.parametrize(
    "again",
    [
        item("g", None, "Mine opens: up 5%", published_at=NOW + MINUTE),
        item("other", AT, "mine  opens — up 5 %"),
        item("g", AT, "Mine opens, up 5%", text="Updated at 10:31"),
        item("g", AT, "Mine opens, up 5%", text="12 comments"),
    ],
    ids=["date", "typography", "stamp", "counter"],
)
def test_what_is_not_substance_makes_no_revision(again: FeedItem) -> None:
    polls = Polls()
    polls.see(item("g", AT, "Mine opens, up 5%"))
    assert polls.articles(again) == []


def test_wordings_that_come_in_turns_are_kept_once_each() -> None:
    """As from a server's caches, of which one is behind."""
    polls = Polls()
    one, two = item("g", title="Mine opens"), item("g", title="Mine opens late")
    assert [len(polls.articles(each)) for each in (one, two, one, two)] == [1, 1, 0, 0]


def test_a_page_edited_each_minute_is_kept_now_and_then_and_says_so() -> None:
    polls, kept, notes = Polls(), 0, set()
    for minute in range(24 * 60):
        found = polls.decide(item("g", AT, f"Live: count {minute}", seen_at=NOW + minute * MINUTE))
        kept += len(found.articles)
        notes.update(found.notes)
    assert notes == {"1 items are edited again and again: their last wording waits"}
    most = AT_ONCE + timedelta(days=1) // PAUSE
    assert most - 1 <= kept <= most


def test_the_last_of_many_wordings_is_kept_in_the_end() -> None:
    polls = Polls()
    for n in range(AT_ONCE):
        assert polls.articles(item("g", title=f"Mine count {n}"))
    last = item("g", title="Mine count final", seen_at=NOW + PAUSE - MINUTE)
    assert polls.articles(last) == []
    assert polls.revised(replace(last, seen_at=NOW + PAUSE)) == ["Mine count final"]


def test_a_copy_in_another_feed_is_no_revision() -> None:
    polls = Polls()
    polls.see(item("g", AT, "Mine opens", text="In Nevada."))
    assert polls.articles(item("x", AT, "Mine opens - Ore Daily", source="aggregator")) == []


def test_what_was_said_goes_by_its_digest_where_the_text_is_another() -> None:
    given = keyed(item("g", AT, "Mine opens"))
    known = {str(given.guid): "1"}
    said = Version("1", "feed", "Mine opens", "", wording("Mine opens", ""), NOW)
    assert decide([given], known, {"1": [said]}).articles == ()
    other = replace(said, words=wording("Mine opens", "All of it."))
    (new,) = decide([given], known, {"1": [other]}).articles
    assert new.revises == "1"


def test_a_page_without_guids_that_changes_its_title_is_one_article() -> None:
    a = item(None, "https://example.org/live", "noon")
    b = item(None, "https://example.org/live", "evening")
    first, second = Polls().articles(a, b)
    assert second.revises == first.id


# ---------------------------------------------------------------- feeds with changing ids


def paper(number: int, guid: str | None, **changed: object) -> FeedItem:
    plain = item(guid, f"https://example.org/{number}", f"title {number}", NOW - number * MINUTE)
    return replace(plain, **changed)  # type: ignore[arg-type]


def test_a_feed_that_changes_all_its_ids_is_still_known_and_says_so() -> None:
    polls = Polls()
    polls.see(*(paper(n, f"old-{n}") for n in range(5)))
    found = polls.decide(paper(9, "new-9"), *(paper(n, f"new-{n}") for n in range(5)))
    assert [new.title for new in found.articles] == ["title 9"]
    assert found.notes == (CHANGED_IDS,)
    # from then on they are known by the new ones, wherever they move
    moved = [paper(n, f"new-{n}", url=f"https://moved.example/{n}") for n in range(5)]
    found = polls.decide(*moved)
    assert (found.articles, found.notes) == ((), ())


def test_another_feed_with_the_same_articles_has_not_changed_its_ids() -> None:
    polls = Polls()
    polls.see(*(paper(n, f"{n}") for n in range(5)))
    found = polls.decide(*(paper(n, f"{n}", source="second") for n in range(5)))
    assert (found.articles, found.notes) == ((), ())


def test_guids_and_addresses_of_each_request_s_own_do_not_heap_up() -> None:
    polls = Polls()
    for poll in range(20):
        found = polls.decide(
            *(paper(n, f"{poll}-{n}", url=f"https://example.org/{n}?s={poll}") for n in range(3))
        )
        assert (len(found.articles), bool(found.notes)) == ((3, False) if poll == 0 else (0, True))
    assert len(polls.known) == 3 * (3 + ALIASES)


def test_one_guid_for_all_items_that_come_one_by_one() -> None:
    polls = Polls()
    for n, title in enumerate(("Mine opens", "Law passed", "Ore found")):
        assert polls.see(item("latest", f"https://example.org/{n}", title)) == [title]


def test_one_address_for_all_items_that_come_one_by_one() -> None:
    polls = Polls()
    for n, title in enumerate(("Mine opens", "Law passed", "Ore found")):
        assert polls.see(item(f"{n}", "https://example.org/news", title)) == [title]


def test_a_new_headline_under_guid_and_address_as_they_were_is_a_revision() -> None:
    polls = Polls()
    polls.see(item("g", AT, "Mine opens"))
    assert polls.revised(item("g", AT, "Law passed")) == ["Law passed"]
    assert polls.revised(item("g", f"{AT}-2", "Law passed today")) == ["Law passed today"]


# ---------------------------------------------------------------- dates


def test_an_undated_title_comes_again_where_ids_last() -> None:
    polls = Polls()
    old, new = (item(n, f"https://example.org/{n}", "Report", None) for n in "12")
    assert polls.see(item("0", f"{AT}-0", "x"), old) == ["x", "Report"]
    assert polls.see(old, new) == ["Report"]
    assert polls.articles(old, new) == []


def test_an_undated_title_is_known_where_ids_do_not_last() -> None:
    polls = Polls()
    one, two = (item(n, f"https://example.org/{n}", "Report", None) for n in "12")
    polls.see(one)
    assert polls.articles(two) == []


def test_an_undated_item_twice_in_one_poll_is_one() -> None:
    polls = Polls()
    steady = item("0", f"{AT}-0", "x")
    polls.see(steady)
    twice = [item(n, f"https://example.org/{n}", "Report", None) for n in "12"]
    assert polls.see(steady, *twice) == ["Report"]


def test_dates_stay_what_the_source_claims() -> None:
    ahead, long_ago = NOW + timedelta(days=9), datetime(1995, 1, 1, tzinfo=UTC)
    first, second = Polls().articles(item("1", None, "a", ahead), item("2", None, "b", long_ago))
    assert (first.published_at, first.said_at) == (ahead, NOW)
    assert (second.published_at, second.said_at) == (long_ago, long_ago)
