"""The chart of an event study as PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from monitor.deliver.chart import DOWN, DPI, FAINT, FONT, INK, MARK, SIZE, SOFT, UP
from monitor.deliver.words import MINUS, one_line, percent

BAND: Final = "#d9e0ef"
MANY: Final = 15  # sessions; with more, not each has its dot


def study_chart(
    sessions: Sequence[int],
    middle: Sequence[float],
    band: Sequence[tuple[float, float]],
    *,
    title: str,
    what: str,
) -> bytes:
    """Abnormal return cumulated over `sessions`, with its confidence band, as PNG bytes.

    `sessions` are relative to the event session, ascending; `middle` and `band` are fractions, one
    for each. The line starts at zero before the first. `what` says what is drawn. The same input
    gives the same bytes. Raises ValueError where there is nothing to draw.
    """
    if not sessions:
        raise ValueError("no session to draw")
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.105, 0.145, 0.765, 0.67))
    start = sessions[0] - 1
    places = [start, *sessions]
    lows, highs = ([0.0, *side] for side in zip(*band, strict=True))
    axes.fill_between(places, lows, highs, color=BAND, linewidth=0, zorder=2)
    axes.plot(
        places, [0.0, *middle], color=INK, linewidth=1.6, zorder=4, solid_joinstyle="round",
        marker="o" if len(sessions) <= MANY else None, markersize=3.6,
        markevery=range(1, len(places)),
    )  # fmt: skip
    axes.axhline(0, color=SOFT, linewidth=0.8, zorder=3)
    if sessions[0] <= 0 <= sessions[-1]:
        _event(axes)
    _last(axes, sessions[-1], middle[-1], band[-1])
    _scales(axes, start, sessions[-1])
    _title(figure, title, what)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


def _title(figure: Any, title: str, what: str) -> None:
    plain = {"family": FONT, "va": "baseline", "parse_math": False}
    figure.text(0.035, 0.93, one_line(title, 90), color=INK, fontsize=9.5, fontweight="bold",
                **plain)  # fmt: skip
    figure.text(0.035, 0.865, one_line(what, 110), color=SOFT, fontsize=8, **plain)


def _event(axes: Any) -> None:
    axes.axvline(0, color=MARK, linewidth=0.8, linestyle=(0, (2, 2)), zorder=3)
    axes.annotate(
        "event", (0, 0), xycoords=axes.get_xaxis_transform(), xytext=(4, 4),
        textcoords="offset points", color=MARK, fontsize=7.5, family=FONT, zorder=5,
    )  # fmt: skip


def _last(axes: Any, at: int, value: float, band: tuple[float, float]) -> None:
    """Where it ends, in colour where zero is outside of the band."""
    low, high = band
    color = UP if low > 0 else DOWN if high < 0 else INK
    axes.annotate(
        percent(value, 2), (at, value), xytext=(8, 0), textcoords="offset points", va="center",
        color=color, fontsize=9.5, fontweight="bold", family=FONT, annotation_clip=False, zorder=7,
    )  # fmt: skip


def _scales(axes: Any, start: int, end: int) -> None:
    for side in ("left", "top", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.set_xlim(start, end + 0.02 * (end - start))
    axes.margins(y=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=11, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: _session(round(at))))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
    axes.grid(axis="y", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=8.5, labelcolor=SOFT, labelfontfamily=FONT, pad=4)
    axes.set_xlabel("sessions from the event session", color=SOFT, fontsize=8, family=FONT)


def _session(at: int) -> str:
    return f"+{at}" if at > 0 else f"{MINUS}{-at}" if at else "0"
