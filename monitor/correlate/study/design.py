"""What is decided before an event study looks at any price."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.errors import MonitorError
from monitor.model import ReturnModel

LENGTH = 120  # sessions of the estimation window
GAP = 11  # sessions from its end to the event session
WINDOW = (-1, 1)
AT_LEAST = 60  # observations; with fewer nothing is said, unless a shorter window was wished for


@dataclass(frozen=True, slots=True)
class Design:
    """Model and windows, in sessions relative to the event session.

    The event window is `window`, both ends included. The estimation window is the `length` sessions
    of which the last is `gap` sessions before the event session. Raises MonitorError where the
    estimation window does not end before the event window begins, or is too short for the model.
    """

    model: ReturnModel = "market"
    window: tuple[int, int] = WINDOW
    length: int = LENGTH
    gap: int = GAP

    def __post_init__(self) -> None:
        first, last = self.window
        if first > last or self.length < 4 or self.gap <= 0 or first <= -self.gap:
            raise MonitorError(
                f"event window {self.window} with an estimation window of {self.length} sessions "
                f"ending {self.gap} before the event session: the one must come after the other, "
                "and both be there"
            )

    @property
    def needed(self) -> int:
        """The fewest observations that a model is fitted to."""
        return min(AT_LEAST, self.length)
