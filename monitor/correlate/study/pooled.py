"""What many events show as a whole. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.correlate.study.abnormal import AbnormalReturns
from monitor.correlate.study.design import Design
from monitor.correlate.study.pooled_tests import PooledTest, TestName, pooled_tests
from monitor.correlate.study.probability import t_quantile
from monitor.model import Reaction

ROUGH: Final = 10  # events; with fewer the normal approximations are rough
WEAK: Final = (
    "one event is weak evidence: all else that happened to the security in those sessions is in "
    "its abnormal return too, and one in twenty is significant at 5 % with no cause at all"
)


@dataclass(frozen=True, slots=True)
class Cumulated:
    """Mean abnormal return up to a session of the window, with its confidence band."""

    session: int  # relative to the event session
    aar: float  # of this session
    caar: float  # from the window's first session to this one
    std_error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """All events as one.

    The band of `path` covers 1 - alpha. It is of the spread between events, with n - 1 degrees of
    freedom; of a single event, of its error of prediction. `mean_correlation` is that between the
    CAR of two events, None where there are not two.
    """

    n: int
    caar: float | None
    path: tuple[Cumulated, ...]
    tests: Mapping[TestName, PooledTest]
    mean_correlation: float | None
    notes: tuple[str, ...]


def pooled(
    design: Design,
    told: Sequence[Reaction],
    found: AbnormalReturns,
    correlation: float | None,
    *,
    alpha: float,
    seed: int,
) -> Pooled:
    """`told` are the reactions that `found` has the figures of."""
    return Pooled(
        n=len(told),
        caar=float(found.car.mean()) if told else None,
        path=_path(design, found, alpha) if told else (),
        tests=pooled_tests(found, correlation, seed=seed),
        mean_correlation=correlation,
        notes=tuple(_notes(told)),
    )


def _path(design: Design, found: AbnormalReturns, alpha: float) -> tuple[Cumulated, ...]:
    n = len(found.ar)
    if n == 1:
        errors, degrees = found.path_std_error[0], int(found.degrees[0])
    else:
        errors, degrees = found.path.std(axis=0, ddof=1) / n**0.5, n - 1
    reach = float(t_quantile(alpha, degrees))
    sessions = range(design.window[0], design.window[1] + 1)
    means = zip(found.ar.mean(axis=0), found.path.mean(axis=0), errors, strict=True)
    return tuple(
        Cumulated(
            session=session,
            aar=float(aar),
            caar=float(caar),
            std_error=float(error),
            low=float(caar - reach * error),
            high=float(caar + reach * error),
        )
        for session, (aar, caar, error) in zip(sessions, means, strict=True)
    )


def _notes(told: Sequence[Reaction]) -> list[str]:
    """What a reader of the pooled figures must know."""
    notes, n = [], len(told)
    if n == 1:
        notes.append(WEAK)
    elif 1 < n < ROUGH:
        notes.append(
            f"{n} events are few: the normal approximations of patell, corrado_rank and "
            "generalized_sign are rough"
        )
    for flag, what in (
        ("overlap", "have windows that another event of the same security lies in"),
        ("thin-trading", "are of thinly traded securities"),
    ):
        count = sum(flag in one.flags for one in told)
        if count:
            notes.append(f"{count} of {n} events {what}")
    return notes
