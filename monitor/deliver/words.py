"""Figures, dates and verdicts in plain words, the same in an alert and in a digest. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from monitor.model import Article, CheckedClaim, Move, NoReaction, Reaction, Status, Timing

MINUS: Final = "\N{MINUS SIGN}"
# what a status means for the reader: nothing considered may look done
STATUS: Final[dict[Status, str]] = {
    "occurred": "done or in force",
    "announced": "announced, not yet in force",
    "considered": "under discussion, not decided",
    "denied": "denied",
    "reversed": "lifted or withdrawn",
}
# the one event that a price tells better than words do
PRICE_MOVE: Final = "price-move"
TIMING: Final[dict[Timing, str]] = {
    "news-first": "the news came before the move",
    "price-first": "the price had moved before the first article was seen",
    "unknown": "whether the news or the price came first cannot be told from the bars at hand",
}
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SINCE = re.compile(r"^(?:(\d{4})|-)(?:-(\d{2})(?:-(\d{2}))?)?$")
# marks that turn the direction of text round; other format characters some scripts need
BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# terminal escapes first as a whole, or their visible rest would stay behind
ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")


def one_line(text: str, limit: int = 300) -> str:
    """`text` with no line break, control character or terminal escape, cut at `limit`."""
    bare = "".join(" " if _unprintable(char) else char for char in ESCAPE.sub("", text))
    flat = " ".join(bare.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def _unprintable(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in BIDI


def percent(fraction: float, digits: int = 1) -> str:
    """0.139 → "+13.9%": signed, with a true minus, and no sign on a zero."""
    text = f"{abs(fraction) * 100:.{digits}f}%"
    if float(text[:-1]) == 0:
        return text
    return ("+" if fraction > 0 else MINUS) + text


def moved(move: Move) -> str:
    """+13.9%, or "+13.9% so far" while the session is open."""
    return percent(move.ret) + (" so far" if move.provisional else "")


def p_value(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def number(value: float, digits: int = 2) -> str:
    text = f"{abs(value):.{digits}f}"
    return MINUS + text if value < 0 and float(text) else text


def day(of: date, *, year: bool = True) -> str:
    """12 June 2025"""
    return f"{of.day} {MONTHS[of.month - 1]}" + (f" {of.year}" if year else "")


def moment(at: datetime, zone: tzinfo = UTC) -> str:
    """12 June 2025, 15:30 EDT"""
    local = at.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M %Z}"


def since(text: str) -> str:
    """`Claim.since` for a reader: `--03` → "March", `2023-03-14` → "14 March 2023"."""
    found = SINCE.match(text)
    if not found:
        return text
    year, month, of_month = found.groups()
    parts = [
        str(int(of_month)) if of_month else "",
        MONTHS[int(month) - 1] if month and 1 <= int(month) <= len(MONTHS) else "",
        year or "",
    ]
    return " ".join(part for part in parts if part) or text


def time_of(at: datetime, on: date, zone: tzinfo) -> str:
    """15:30 EDT, with its day where that is another one than `on`"""
    local = at.astimezone(zone)
    if local.date() == on:
        return f"{local:%H:%M %Z}"
    return f"{day(local.date(), year=local.year != on.year)}, {local:%H:%M %Z}"


def listed(parts: Sequence[str], last: str = "and") -> str:
    """a, b and c"""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def count(number_of: int, one: str, many: str | None = None) -> str:
    return f"{number_of} {one if number_of == 1 else many or one + 's'}"


def significance(reaction: Reaction) -> str:
    """t = 3.12, p = 0.002"""
    if not (math.isfinite(reaction.t_stat) and math.isfinite(reaction.p_value)):
        return "significance unknown"
    return f"t = {number(reaction.t_stat, 1)}, {p_value(reaction.p_value)}"


def abnormal(reaction: Reaction | NoReaction) -> str:
    """How unusual the return is, or why that is not known, as one sentence."""
    if isinstance(reaction, NoReaction):
        return f"Whether that is unusual cannot be said: {one_line(reaction.reason)}."
    first, last = reaction.window
    over = "" if first == last else f" over sessions {_session(first)} to {_session(last)}"
    note = f" Note: {one_line(reaction.note)}." if reaction.note else ""
    return (
        f"Abnormal return against {reaction.benchmark}{over}: {percent(reaction.car)} "
        f"({significance(reaction)}, estimated on {reaction.n_obs} sessions).{note}"
    )


def _session(offset: int) -> str:
    return f"+{offset}" if offset > 0 else f"{MINUS}{-offset}" if offset else "0"


def is_contradicted(checked: CheckedClaim) -> bool:
    return "contradicted" in (checked.verdict, checked.extreme_verdict)


def not_whole(told: Iterable[Article]) -> str:
    """What is said of a story of which no article could be read whole; "" of any other."""
    reasons = [article.page for article in told]
    known = dict.fromkeys(one_line(why, 40) for why in reasons if why is not None)
    return f"not read whole: {listed(list(known))}" if known and None not in reasons else ""


def claim_verdict(checked: CheckedClaim) -> str:
    """What the bars say of a claim, with both figures."""
    parts = []
    claim = checked.claim
    if claim.percent is not None:
        parts.append(_percent_verdict(checked))
    if checked.extreme_verdict is not None and claim.extreme is not None:
        parts.append(_extreme_verdict(checked))
    if checked.reason and "unverifiable" in (checked.verdict, checked.extreme_verdict):
        parts.append(one_line(checked.reason))
    return "; ".join(parts) or checked.verdict


def _percent_verdict(checked: CheckedClaim) -> str:
    if checked.measured is None:
        return checked.verdict
    basis = {"unspecified": "", "close": "at the close"}.get(
        checked.claim.basis, f"at the {checked.claim.basis.replace('-', ' ')}"
    )
    return f"{checked.verdict}: {percent(checked.measured / 100)} {basis}".rstrip()


def _extreme_verdict(checked: CheckedClaim) -> str:
    claim = checked.claim
    above = "higher" if claim.extreme == "high" else "lower"
    told = (
        f"{claim.extreme}est since {since(claim.since)}"
        if claim.since
        else f"record {claim.extreme}"
    )
    measured = (
        f"last {above} on {day(checked.measured_since)}"
        if checked.measured_since
        else f"never {above} in the bars at hand"
    )
    return f"“{told}” {checked.extreme_verdict}" + (
        f": {measured}" if checked.extreme_verdict != "unverifiable" else ""
    )
