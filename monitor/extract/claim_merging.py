"""What a text says twice, once: claims that are the same, what one tells of another. Pure."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice

from monitor.model import Claim

_Key = tuple[object, ...]
Over = AbstractSet[tuple[str, date]]  # sessions that a text tells as closed, by exchange
NEAR = (0.75, 1.5)  # how far a figure may lie from the "doubled" that stands for it


@dataclass(frozen=True, slots=True)
class Found:
    """A claim with what weighs when it is told twice."""

    claim: Claim
    in_title: bool
    dated: bool  # its day is said
    sure: bool  # its basis is said
    hinges: bool = False  # a close if the text tells of that session's close at all
    factor: bool = False  # "doubled"


def distinct(told: Sequence[Found], over: Over) -> tuple[Claim, ...]:
    """The claims of a text, by place."""
    figures: dict[_Key, list[float]] = defaultdict(list)
    for found in told:
        if not found.factor and found.claim.percent is not None:
            insort(figures[_whose(found.claim)], found.claim.percent)
    return _distinct([_settled(found, over) for found in told if not _rounded_off(found, figures)])


def _whose(claim: Claim) -> _Key:
    return (claim.symbol, claim.direction)


def exchange(symbol: str) -> str:
    return symbol.partition(".")[2]


def _settled(found: Found, over: Over) -> Found:
    """A text that gives one close of a session gives the others of it as closes too."""
    if not found.hinges or found.claim.basis not in ("close", "unspecified"):
        return found
    closed = (exchange(found.claim.symbol), found.claim.day) in over
    return replace(found, claim=replace(found.claim, basis="close" if closed else "unspecified"))


def _rounded_off(found: Found, figures: Mapping[_Key, Sequence[float]]) -> bool:
    """Whether "all but doubled" only says in a word what the text gives as a figure: 92%."""
    if not found.factor or found.sure or found.claim.percent is None:
        return False
    told = figures.get(_whose(found.claim), ())
    at = bisect_left(told, found.claim.percent * NEAR[0])
    return at < len(told) and told[at] <= found.claim.percent * NEAR[1]


def _distinct(found: Sequence[Found]) -> tuple[Claim, ...]:
    """The claims without what is said twice: the body's words and the surer basis stay."""
    kept: list[Found] = []
    alike: dict[_Key, list[int]] = defaultdict(list)  # numbers of `kept`, in order
    for second in found:
        firsts = [
            number
            for key in _asked(second)
            for number in islice((n for n in alike[key] if _same(kept[n], second)), 1)
        ]
        at = min(firsts, default=len(kept))
        if at == len(kept):
            kept.append(second)
        else:
            kept[at] = _merged(kept[at], second)
        for key in _known(kept[at]):
            insort(alike[key], at)
    return tuple(sorted((one.claim for one in kept), key=lambda claim: (claim.start, claim.symbol)))


def _known(found: Found) -> Iterator[_Key]:
    """What one must ask by to find a claim that may be the same, see `_same`."""
    claim = found.claim
    whose = (claim.symbol, claim.direction)
    if found.in_title:
        yield whose
    if claim.percent is not None:
        yield (*whose, claim.percent, claim.day)
    yield (*whose, claim.percent is None, claim.extreme, claim.since, claim.day)


def _asked(found: Found) -> Iterator[_Key]:
    claim = found.claim
    whose = (claim.symbol, claim.direction)
    yield whose
    yield (*whose, claim.percent, claim.day)
    for bare in (True, False) if claim.percent is None else (True,):
        yield (*whose, bare, claim.extreme, claim.since, claim.day)


def _same(first: Found, second: Found) -> bool:
    one, two = first.claim, second.claim
    if (one.symbol, one.direction) != (two.symbol, two.direction):
        return False
    if one.percent is None or two.percent is None:
        if first.in_title:  # "at a six-month high" above "the highest since November"
            return one.extreme is not None and one.extreme == two.extreme
        alike = one.extreme is not None and (one.extreme, one.since) == (two.extreme, two.since)
        return alike and one.day == two.day
    if first.in_title and not (first.dated and one.day != two.day):
        unit = 10.0**-one.decimals
        return abs(one.percent - two.percent) <= (unit if one.approx else unit / 2) + 1e-9
    both_sure = first.sure and second.sure and one.basis != two.basis
    return one.percent == two.percent and one.day == two.day and not both_sure


def _merged(first: Found, second: Found) -> Found:
    told = second if first.in_title or first.claim.percent is None else first
    surer = told if first.sure == second.sure else first if first.sure else second
    basis = surer.claim.basis
    extreme = next((one.claim for one in (told, first, second) if one.claim.extreme), told.claim)
    claim = replace(told.claim, basis=basis, extreme=extreme.extreme, since=extreme.since)
    return Found(
        claim,
        first.in_title and second.in_title,
        first.dated or second.dated,
        first.sure or second.sure,
    )
