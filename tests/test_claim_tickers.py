"""Securities named by their symbols alone, read by the whole extraction with the shipped rules."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.extract.extractor import Extractor
from monitor.model import Article
from tests.readers import plain

AFTER_THE_CLOSE = datetime(2025, 6, 12, 20, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return plain()


def told(extractor: Extractor, text: str) -> list[str]:
    article = Article("0" * 16, "test", "test", None, "", text, AFTER_THE_CLOSE, AFTER_THE_CLOSE)
    return [
        f"{claim.symbol} {'+' if claim.direction == 'up' else '-'}{claim.percent:g} {claim.basis}"
        for claim in extractor.extract(article).claims
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MP gave back 3% on Thursday.", ["MP -3 close"]),
        ("USAR vaulted 12% on Thursday and CRML skidded 4%.", ["USAR +12 close", "CRML -4 close"]),
        ("$MP last at $29, up 6%.", ["MP +6 unspecified"]),
        ("USAR last at $19.50, up 6%", ["USAR +6 unspecified"]),
        ("MP finished 3.1% higher, USAR 2% lower.", ["MP +3.1 close", "USAR -2 close"]),
        ("MP was 3.1% higher at noon.", ["MP +3.1 unspecified"]),
        ("MP minus 5%, USAR plus 2%.", ["MP -5 unspecified", "USAR +2 unspecified"]),
        (
            "MP 4.1% and USAR 3.3% led the gainers.",
            ["MP +4.1 unspecified", "USAR +3.3 unspecified"],
        ),
        ("CRML, up as much as 8%, led.", ["CRML +8 intraday-high"]),
        ("MP: up 5% premarket", ["MP +5 premarket"]),
        ("MP down 3, or 5%.", ["MP -5 unspecified"]),
        ("NB rose 4% and TMC lost 5% after hours.", ["NB +4 afterhours", "TMC -5 afterhours"]),
        ("The MP for Leeds won 45% of votes, up 5%.", []),
        ("The MP's majority fell 5% in the vote.", []),
        ("MP said turnout rose 5% on Thursday.", []),
    ],
)
def test_a_symbol_is_a_subject_where_its_price_moves(
    extractor: Extractor, text: str, expected: list[str]
) -> None:
    assert told(extractor, text) == expected
