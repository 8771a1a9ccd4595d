"""The shipped rules and what reads by them, made once for all tests of a process."""

from __future__ import annotations

from functools import cache

from monitor.extract.extractor import Extractor
from monitor.extract.nlp import load_nlp
from monitor.market.sessions import Sessions
from monitor.rules import RuleSet, load_rules, shipped_rules


@cache
def shipped() -> RuleSet:
    return load_rules([shipped_rules()])


@cache
def plain() -> Extractor:
    """By rules and weights alone."""
    return Extractor(shipped(), None)


@cache
def new_york() -> Extractor:
    """As the program makes it: the day of a claim is New York's."""
    return plain().reading(load_nlp(), Sessions().local_date)


@cache
def parsed() -> Extractor:
    return plain().reading(load_nlp())
