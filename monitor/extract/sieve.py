"""Which patterns a text or a sentence may meet at all, by the words in it. Pure.

A pattern asks for a trigger and for one word of each of several groups. With a bit for every group
and for every pattern that a word may lead, what a sentence has is the union of the bits of its
words, and a pattern whose groups are not all there needs no look at where they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

Groups = Sequence[Set[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pattern asks for, as keys of words."""

    triggers: Iterable[str]
    near: Groups  # in the sentence of the trigger
    anywhere: Groups  # in the text


class Sieve:
    """Built once from all patterns, which go by number."""

    def __init__(self, patterns: Sequence[Asked]) -> None:
        bits: dict[str, int] = defaultdict(int)
        numbers: dict[frozenset[str], int] = {}
        self._leading = (1 << len(patterns)) - 1

        def wanted(groups: Groups) -> int:
            found = 0
            for group in map(frozenset, groups):
                number = numbers.setdefault(group, len(patterns) + len(numbers))
                found |= 1 << number
            return found

        self._asked = [(wanted(one.near), wanted(one.anywhere)) for one in patterns]
        for number, one in enumerate(patterns):
            for key in one.triggers:
                bits[key] |= 1 << number
        for group, number in numbers.items():
            for key in group:
                bits[key] |= 1 << number
        self.bits: Mapping[str, int] = dict(bits)

    def of(self, keys: Iterable[str]) -> int:
        """The bits of several keys."""
        found = 0
        for key in keys:
            found |= self.bits.get(key, 0)
        return found

    def passing(self, here: int, anywhere: int) -> Iterator[int]:
        """The patterns whose triggers and near groups are among the bits of `here`, and all else
        among those of `anywhere`.
        """
        leading = here & self._leading
        while leading:
            lowest = leading & -leading
            leading ^= lowest
            number = lowest.bit_length() - 1
            near, far = self._asked[number]
            if near & here == near and far & anywhere == far:
                yield number
