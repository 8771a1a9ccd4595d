"""What is wrong with a set of rules that reads well: names that clash, patterns that never match.

Pure. What a mistake in a file makes unreadable is told by monitor/rules/load.py. Rules hold no
regular expressions, so none can blow up; what can (word lists in circles, texts that repeat
themselves) is found here or there. Every check looks things up in an index, so that a hundred
thousand names take seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from monitor.rules import RuleSet
from monitor.rules.checks.common import too_common
from monitor.rules.checks.countable import uncountable
from monitor.rules.checks.cues import cue_mistakes
from monitor.rules.checks.findings import CHECKS, Finding, Language, acceptances, accepting
from monitor.rules.checks.names import collisions, names_of, repeats
from monitor.rules.checks.offices import office_mistakes
from monitor.rules.checks.patterns import pattern_mistakes
from monitor.rules.checks.shadows import shadows
from monitor.rules.checks.texts import text_mistakes
from monitor.rules.checks.unused import unused
from monitor.rules.checks.weights import exposure_mistakes
from monitor.rules.checks.writing import odd_writing

__all__ = ["CHECKS", "Finding", "Language", "check_rules"]


def check_rules(rules: RuleSet, language: Language) -> list[Finding]:
    """All that is wrong, without the warnings that the rules say are right as they are."""
    names = list(names_of(rules, language))
    found = [
        *collisions(names),
        *repeats(names),
        *shadows(rules, names, language),
        *uncountable(rules, names),
        *too_common(rules, names, language),
        *odd_writing(rules),
        *office_mistakes(rules, language),
        *pattern_mistakes(rules, language),
        *cue_mistakes(rules, language),
        *unused(rules, names, language),
        *exposure_mistakes(rules),
        *text_mistakes(rules, language),
    ]
    return [*_wanted(rules, found)]


def _wanted(rules: RuleSet, found: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that nobody accepts, and what is accepted without being there."""
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for finding in found:
        accepted = False
        for table, entry in ((finding.table, finding.entry), *finding.also):
            if finding.severity == "warning" and finding.check in accepting(rules, table, entry):
                asked[table, entry].add(finding.check)
                accepted = True
        if not accepted:
            yield finding
    for table, entry, accept in acceptances(rules):
        for number, check in enumerate(accept):
            if check not in asked[table, entry]:
                what = f"accepts {check!r}, which is not found here"
                key, mend = f"accept.{number}", "take it out"
                yield Finding("unused", "warning", table, entry, key, what, mend)
