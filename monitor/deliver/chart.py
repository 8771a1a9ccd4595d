"""A price chart as PNG (the only importer of matplotlib)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from monitor.deliver.words import MONTHS, day, number, one_line, percent
from monitor.model import Bar, PriceSeries

SIZE: Final = (6.0, 3.0)  # inches: 600 × 300 points on a page, at twice the dots
DPI: Final = 200
INK, SOFT, FAINT, RANGE = "#1d2433", "#6b7280", "#e7e9ee", "#c9d0dc"
UP, DOWN = "#0f7b4f", "#b3341f"
MARK: Final = "#2f4b8f"
NEAR: Final = 0.07  # of the height: a figure on the scale as near as this would touch the close
FONT: Final = "DejaVu Sans"  # comes with matplotlib: the same picture on every machine


def price_chart(
    series: PriceSeries,
    symbol_name: str,
    marks: Sequence[tuple[date, str]],
    until: date,
    sessions: int = 60,
) -> bytes:
    """Closes of the last `sessions` sessions to `until`, which is highlighted, as PNG bytes.

    Raw prices, or adjusted ones where some raw are missing: never both in one line. `marks` are
    sessions with a short label; a day without a bar is marked on the next one. The same input
    gives the same bytes. Raises ValueError where there is no bar to draw.
    """
    bars = [bar for bar in series.bars if bar.session <= until][-sessions:]
    raw = all(bar.close is not None for bar in bars) or all(bar.adj_close is None for bar in bars)
    closes = [bar.close if raw else bar.adj_close for bar in bars]
    drawn = [(bar, close) for bar, close in zip(bars, closes, strict=True) if close is not None]
    if not drawn:
        raise ValueError(f"{series.symbol}: no bar up to {until} to draw")
    # an object of its own, not pyplot: nothing is shared between threads or left open
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.035, 0.115, 0.865, 0.70))
    _line(axes, drawn, raw)
    _marks(axes, [bar.session for bar, _ in drawn], marks)
    _last(axes, drawn)
    _scales(axes, [bar.session for bar, _ in drawn], drawn[-1][1])
    _title(figure, series.symbol, symbol_name, drawn, "" if raw else ", adjusted")
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DPI, metadata={"Software": None})
    return out.getvalue()


def _line(axes: Any, drawn: Sequence[tuple[Bar, float]], raw: bool) -> None:
    if raw:
        for place, (bar, _) in enumerate(drawn):
            if bar.low is not None and bar.high is not None:
                axes.plot(
                    [place, place],
                    [bar.low, bar.high],
                    color=RANGE,
                    linewidth=2.6,
                    solid_capstyle="butt",
                    zorder=2,
                )
    places = range(len(drawn))
    axes.plot(
        places, [close for _, close in drawn], color=INK, linewidth=1.3, zorder=3,
        solid_joinstyle="round",
    )  # fmt: skip
    axes.margins(x=0.015, y=0.10)


def _last(axes: Any, drawn: Sequence[tuple[Bar, float]]) -> None:
    """The session the chart is about: its step and close in colour."""
    at, close = len(drawn) - 1, drawn[-1][1]
    before = drawn[-2][1] if len(drawn) > 1 else close
    color = UP if close >= before else DOWN
    axes.plot([max(at - 1, 0), at], [before, close], color=color, linewidth=2.0, zorder=4)
    axes.plot(
        [at], [close], "o", color=color, markersize=5, markeredgecolor="white",
        markeredgewidth=1.0, zorder=6, clip_on=False,
    )  # fmt: skip
    axes.annotate(
        number(close), (at, close), xytext=(8, 0), textcoords="offset points", va="center",
        color=color, fontsize=9.5, fontweight="bold", family=FONT, annotation_clip=False, zorder=7,
        bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"},
    )  # fmt: skip


def _marks(axes: Any, sessions: Sequence[date], marks: Sequence[tuple[date, str]]) -> None:
    """Labels above the upper edge, those of one session together."""
    at: dict[int, list[str]] = {}
    for when, label in marks:
        place = next((n for n, session in enumerate(sessions) if session >= when), None)
        if place is not None and when >= sessions[0]:
            at.setdefault(place, []).append(label)
    above = axes.get_xaxis_transform()
    for place, labels in at.items():
        axes.plot(
            [place, place], [0, 1], color=MARK, linewidth=0.6, alpha=0.45, transform=above,
            zorder=1, linestyle=(0, (2, 2)),
        )  # fmt: skip
        # the last session's grow to the right, where nothing else is, all others to the left
        side, shift = ("left", -0.5) if place == len(sessions) - 1 else ("right", 0.5)
        axes.annotate(
            "  ".join(labels), (place, 1), xycoords=above, xytext=(shift, 6),
            textcoords="offset points", ha=side, va="center", color="white", fontsize=7.5,
            fontweight="bold", family=FONT, annotation_clip=False, parse_math=False, zorder=8,
            bbox={"boxstyle": "round,pad=0.35,rounding_size=0.9", "facecolor": MARK,
                  "edgecolor": "white"},
        )  # fmt: skip


def _scales(axes: Any, sessions: Sequence[date], close: float) -> None:
    """Few lines; the price beside the last close gives way to it."""
    for side in ("left", "top", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.yaxis.tick_right()
    axes.locator_params(axis="y", nbins=5)
    bottom, top = axes.get_ylim()
    ticks = [tick for tick in axes.get_yticks() if bottom <= tick <= top]
    near = NEAR * (top - bottom)
    labels = ["" if abs(tick - close) < near else f"{tick:g}" for tick in ticks]
    axes.set_yticks(ticks, labels)
    axes.grid(axis="y", color=FAINT, linewidth=0.7)
    axes.set_axisbelow(True)
    starts = [
        place
        for place, session in enumerate(sessions)
        if place > 0 and session.month != sessions[place - 1].month
    ]
    axes.set_xticks(starts, [_month(sessions[place]) for place in starts])
    axes.tick_params(length=0, labelsize=8.5, labelcolor=SOFT, labelfontfamily=FONT, pad=4)


def _month(first: date) -> str:
    name = MONTHS[first.month - 1][:3]
    return f"{name} {first.year}" if first.month == 1 else name


def _title(
    figure: Any, symbol: str, name: str, drawn: Sequence[tuple[Bar, float]], kind: str
) -> None:
    bar, close = drawn[-1]
    moved = ""
    if len(drawn) > 1:
        moved = f" · {percent(close / drawn[-2][1] - 1)} on {day(bar.session)}"
    plain = {"family": FONT, "va": "baseline", "parse_math": False}
    # a name is the outside's text: no mathematics in it, whatever signs it has
    figure.text(0.035, 0.93, one_line(f"{name} ({symbol})", 60), color=INK, fontsize=10.5,
                fontweight="bold", **plain)  # fmt: skip
    figure.text(
        0.975, 0.93, f"Daily close{kind}{moved}", color=SOFT, fontsize=8.5, ha="right", **plain
    )
