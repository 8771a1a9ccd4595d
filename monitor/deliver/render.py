"""A digest → HTML, text and mail."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.deliver.digest_form import Digest
from monitor.deliver.words import one_line

TEMPLATES: Final = Path(__file__).parent / "templates"
WIDTH: Final = 76  # characters of a line of text
CID: Final = re.compile(r'src="cid:([^"]+)"')


@dataclass(frozen=True, slots=True)
class Rendered:
    """`html` refers to its charts by `cid:NAME`; `charts` holds their PNG bytes by name."""

    html: str
    text: str
    charts: Mapping[str, bytes]

    def html_for_files(self, folder: str = "") -> str:
        """The same page with its charts as files beside it, in `folder` relative to it."""
        return CID.sub(lambda found: f'src="{folder}{found[1]}"', self.html)


def render(digest: Digest, charts: Mapping[str, bytes]) -> Rendered:
    """`charts`: PNG bytes by `ChartWanted.name`; a chart that is not there is left out."""
    wanted = {chart.name: charts[chart.name] for chart in digest.charts if chart.name in charts}
    page = _environment(html=True).get_template("digest.html").render(d=digest, charts=wanted)
    # rules for dark mode and narrow screens cannot be inlined and stay in the head
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    text = _environment(html=False).get_template("digest.txt").render(d=digest)
    return Rendered(html=inliner.inline(page), text=text, charts=wanted)


def mail_of(
    rendered: Rendered,
    *,
    sender: str,
    recipient: str,
    message_id: str,
    date: datetime,
    subject: str,
) -> EmailMessage:
    """text, or HTML with its charts inside (multipart/alternative with multipart/related).

    Line breaks in what goes into a header are taken out, so that nothing adds a header.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = one_line(sender)
    message["To"] = one_line(recipient)
    message["Subject"] = one_line(subject, 150)
    message["Date"] = format_datetime(date.astimezone(UTC))
    message["Message-ID"] = one_line(message_id)
    # no holiday notice answers it (RFC 3834)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    page = message.get_payload(1)
    assert isinstance(page, EmailMessage)
    for name, png in rendered.charts.items():
        page.add_related(
            png, maintype="image", subtype="png", cid=f"<{name}>", filename=name,
            disposition="inline",
        )  # fmt: skip
    return message


def message_id(recipient: str, day: date, domain: str) -> str:
    """The same for the same digest to the same recipient, so that a second copy is known."""
    key = hashlib.sha256(f"{recipient}\n{day.isoformat()}".encode()).hexdigest()[:24]
    return f"<digest.{day:%Y%m%d}.{key}@{domain}>"


def _environment(*, html: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["fill"] = _fill
    return environment


def _fill(text: str, first: str = "", rest: str | None = None) -> str:
    """`text` in lines of WIDTH, the first after `first`, the others after `rest`."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
