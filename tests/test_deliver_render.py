"""A digest → HTML, text and mail."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser

from monitor.deliver.digest import build_digest
from monitor.deliver.render import Rendered, mail_of, message_id, render
from monitor.model import CheckedClaim
from tests import deliver_day as its

PNG = b"\x89PNG\r\n\x1a\n of a chart"
CHARTS = {"MP-2025-06-12.png": PNG, "other.png": b"not asked for"}
AT = datetime(2025, 6, 13, 11, 0, tzinfo=UTC)
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE = f"{MARKUP}\r\nBcc: all@x.example\x1b[2J"


def full() -> Rendered:
    return render(build_digest(its.full_day()), CHARTS)


def mail(rendered: Rendered, **changed: str) -> EmailMessage:
    given = {
        "sender": "Monitor <monitor@news.example>",
        "recipient": "reader@home.example",
        "message_id": message_id("reader@home.example", its.DAY, "news.example"),
        "subject": "12 June 2025: MP +13.9%, UUUU −7.1%",
        **changed,
    }
    message = mail_of(rendered, date=AT, **given)
    received = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert isinstance(received, EmailMessage)
    return received


class Page(HTMLParser):
    """Tags with their attributes, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_tells_what_the_digest_holds() -> None:
    digest = build_digest(its.full_day())
    page = Page(full().html)
    for told in (*digest.lines, digest.cards[0].unusual, digest.stories[0].title, *digest.notes):
        assert told in page.text
    assert {link["href"] for link in page.all("a")} == {
        "https://news.example/1", "https://news.example/2", "https://news.example/3",
    }  # fmt: skip


def test_the_text_stands_on_its_own() -> None:
    text = full().text
    flat = " ".join(text.split())
    digest = build_digest(its.full_day())
    for told in (*digest.lines, digest.cards[0].unusual, digest.stories[0].title, *digest.problems):
        assert told in flat
    assert "https://news.example/1" in text
    assert "<" not in text.replace("p < 0", "")
    assert "&" not in text
    assert all(len(line) <= 76 for line in text.splitlines())
    assert "\n\n\n\n" not in text


def test_styles_are_inlined_and_those_for_dark_and_narrow_screens_kept() -> None:
    html = full().html
    page = Page(html)
    assert all(heading.get("style") for heading in page.all("h1") + page.all("h2"))
    assert "prefers-color-scheme: dark" in html
    assert re.search(r"@media \(max-width: \d+px\)", html)
    assert "max-width: 640px" in html
    assert page.all("script") == page.all("link") == []


def test_a_chart_is_inside_the_mail_with_words_for_those_who_do_not_see_it() -> None:
    message = mail(full())
    assert message.get_content_type() == "multipart/alternative"
    text, page = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert page.get_content_type() == "multipart/related"
    html, chart = page.iter_parts()
    (image,) = Page(html.get_content()).all("img")
    assert image["src"] == f"cid:{chart['Content-ID'].strip('<>')}"
    assert image["alt"] == "MP Materials, daily closes to 12 June 2025: +13.9% to 29.20"
    assert chart.get_content() == PNG
    assert chart.get_content_type() == "image/png"
    assert chart.get_content_disposition() == "inline"


def test_a_chart_that_could_not_be_drawn_is_left_out() -> None:
    rendered = render(build_digest(its.full_day()), {})
    assert Page(rendered.html).all("img") == []
    assert rendered.charts == {}
    plain = mail(rendered)
    assert [part.get_content_type() for part in plain.iter_parts()] == ["text/plain", "text/html"]


def test_as_a_file_the_page_finds_its_charts_beside_it() -> None:
    (image,) = Page(full().html_for_files()).all("img")
    assert image["src"] == "MP-2025-06-12.png"
    (image,) = Page(full().html_for_files("charts/")).all("img")
    assert image["src"] == "charts/MP-2025-06-12.png"


def test_the_headers_of_the_mail() -> None:
    message = mail(full())
    assert message["Subject"] == "12 June 2025: MP +13.9%, UUUU −7.1%"
    assert message["From"] == "Monitor <monitor@news.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Fri, 13 Jun 2025 11:00:00 +0000"


def test_the_same_digest_to_the_same_recipient_has_the_same_id() -> None:
    first = message_id("a@x.example", its.DAY, "x.example")
    assert first == message_id("a@x.example", its.DAY, "x.example")
    assert first != message_id("b@x.example", its.DAY, "x.example")
    assert re.fullmatch(r"<digest\.20250612\.[0-9a-f]{24}@x\.example>", first)


def test_hostile_words_do_nothing_in_page_text_or_headers() -> None:
    day = its.full_day()
    story = replace(its.STORY, title=HOSTILE, url="javascript:alert(3)", first_source=HOSTILE)
    other = replace(story, id="d" * 16)
    explanation = replace(
        its.EXPLANATION, candidates=(replace(its.EXPLANATION.candidates[0], story=story),)
    )
    claim: CheckedClaim = replace(its.WRONG, claim=replace(its.WRONG.claim, text=HOSTILE))
    digest = build_digest(
        replace(
            day,
            moves=(replace(day.moves[0], explanation=explanation),),
            stories=(replace(its.STORY_SIGNAL, story=other),),
            claims=(claim,),
            problems=(HOSTILE,),
            company_of=lambda _: MARKUP,
            event_name=lambda _: MARKUP,
        )
    )
    rendered = render(digest, CHARTS)
    page = Page(rendered.html)
    assert page.all("script") == []
    assert [image["src"] for image in page.all("img")] == ["cid:MP-2025-06-12.png"]
    assert not [tag for tag in page.tags if any(name.startswith("on") for name in tag[1])]
    assert not [link for link in page.all("a") if "javascript" in str(link["href"])]
    assert "\x1b" not in rendered.html + rendered.text
    message = mail(rendered, subject=HOSTILE, recipient="a@x.example\r\nBcc: b@x.example")
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]


def test_a_quiet_days_page_is_short() -> None:
    rendered = render(build_digest(its.quiet_day()), {})
    page = Page(rendered.html)
    assert "A quiet day" in page.text
    assert len(page.all("h2")) == 1
    assert "Sources and data" not in page.text
    assert len(rendered.text.splitlines()) < 25


def test_more_stories_than_are_shown_are_counted() -> None:
    many = tuple(
        replace(its.STORY_SIGNAL, story=replace(its.STORY, id=str(n), url=None)) for n in range(10)
    )
    rendered = render(build_digest(replace(its.quiet_day(), stories=many)), {})
    assert "and 2 more" in rendered.text
    assert "and 2 more" in Page(rendered.html).text
    assert "DEVELOPING STORIES" in rendered.text
