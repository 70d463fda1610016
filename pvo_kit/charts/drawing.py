"""What all charts draw alike: the Axes, the head, the time axis, the fix, the reason to be empty.

Colours are those of Okabe and Ito, which colour-blind people tell apart; each goes with a hatch of
its own, so that nothing hangs on colour. Texts are plain: ``$`` of a log is a dollar sign.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Patch
from matplotlib.text import Text

from pvo_kit.charts import wording
from pvo_kit.charts.columns import Links, Times

# For ticks of years, months, days, hours, minutes and seconds: as usual, where one of the next
# larger begins, and what is written once at the end of the axis.
_FORMATS = {
    "formats": ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%H:%M:%S"],
    "zero_formats": ["", "%Y-%m", "%m-%d", "%m-%d", "%H:%M", "%H:%M:%S"],
    "offset_formats": ["", "", "%Y", "%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d"],
}

# The days of 0001-01-01 and 9999-12-31: matplotlib has no dates beyond.
_EARLIEST, _LATEST = -719162.0, 2932896.0

SLANT = 35
"""Degrees of names for which there is no room."""

WIDTH = 9.0
"""Inches of a figure that a chart makes for itself."""


@dataclass(frozen=True, slots=True)
class Style:
    """How an area is filled: a colour, and a hatch that tells it apart without colour."""

    colour: str
    hatch: str

    @property
    def fill(self) -> dict[str, Any]:
        """What makes a patch, a bar or a collection look like this."""
        return {
            "facecolor": self.colour,
            "edgecolor": EDGE,
            "linewidth": 0.6,
            "hatch": self.hatch,
            # Thin, so that a dense hatch does not darken the colour.
            "hatch_linewidth": 0.5,
        }

    def patch(self) -> Patch:
        """An example for the legend."""
        return Patch(**self.fill)


EDGE = "#333333"
VERMILLION, SKY, YELLOW, BLUE = "#D55E00", "#56B4E9", "#F0E442", "#0072B2"
GREEN, PURPLE, ORANGE, GREY = "#009E73", "#CC79A7", "#E69F00", "#DDDDDD"

OUTCOME = {
    "failed": Style(VERMILLION, "xx"),
    "success": Style(SKY, ""),
    "none": Style(YELLOW, "///"),
    "unknown": Style(GREY, "..."),
}

SERIES = (
    Style(VERMILLION, "xx"),
    Style(YELLOW, ""),
    Style(PURPLE, "..."),
    Style(ORANGE, "///"),
    Style(GREEN, "\\\\\\"),
    Style(BLUE, "oo"),
    Style(SKY, "++"),
)
"""Categories by rank; the rest together is REST."""

REST = Style(GREY, "--")

Entry = tuple[tuple[Artist, ...], str]
"""A line of a legend: artists to be shown over each other, and their text."""


def axes(ax: Axes | None, height: float = 4.2) -> Axes:
    """The Axes to draw on: the one given, else that of a new figure, ``height`` inches high."""
    if ax is not None:
        return ax
    return Figure(figsize=(WIDTH, height), layout="constrained").add_subplot()


def set_height(ax: Axes, height: float) -> None:
    """Make the figure of the Axes so many inches high."""
    figure = ax.get_figure(root=True)
    if figure is not None:
        figure.set_figheight(height)


def ink() -> str:
    """The colour of text: marks have it too, so that they are seen on a dark style."""
    return str(mpl.rcParams["text.color"])


def numbers(times: Times) -> npt.NDArray[np.float64]:
    """Times as numbers on matplotlib's date axis (days)."""
    return np.asarray(date2num(times), dtype=np.float64)  # type: ignore[no-untyped-call]


def head(ax: Axes, title: str, notes: Sequence[str], legend: Sequence[Entry] = ()) -> None:
    """Put the title, the notes below it and the legend, from top to bottom, above the Axes."""
    above = _legend(ax, legend) if legend else 4.0
    said = "\n".join(_wrapped(ax, note, "small", 0.55) for note in notes if note)
    ax.annotate(
        said,
        (0, 1),
        (0, above),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize="small",
        va="bottom",
    )
    above += (said.count("\n") + 1) * _points("small") * 1.3 if said else 0
    ax.set_title(
        _wrapped(ax, title, "medium", 0.63),
        loc="left",
        fontsize="medium",
        fontweight="bold",
        pad=above + 4,
    )


def time_axis(ax: Axes, links: Links) -> None:
    """An axis of times over all that is drawn, with as many dates as there is room for."""
    first, last = numbers(np.array(links.span()))
    clock = " (UTC where its offset is known)" if width(ax) > 330 else ""
    date_axis(ax, first, last, f"time in the log{clock}")


def date_axis(ax: Axes, first: float, last: float, label: str) -> None:
    """An axis from one date to another (days), with some room at both ends."""
    # At least half a minute in all, so that a single connection has dates on both sides.
    margin = max((last - first) * 0.035, (30 / 86400 - (last - first)) / 2)
    ax.set_xlim(max(first - margin, _EARLIEST), min(last + margin, _LATEST))
    # With fewer than five the locator finds no step for some lengths of time.
    locator, formatter = _dates(minticks=2, maxticks=int(np.clip(width(ax) / 55, 5, 9)))
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(formatter)
    ax.xaxis.get_offset_text().set_fontsize("small")
    ax.set_xlabel(label, fontsize="small", loc="left")
    ax.tick_params(labelsize="small")
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(axis="x", alpha=0.3, linewidth=0.6)


def slanted(ax: Axes) -> None:
    """Slant the names below the Axes, where there is no room for them side by side."""
    for tick in ax.get_xticklabels():
        tick.set(rotation=SLANT, horizontalalignment="right", rotation_mode="anchor")


def slant(points: float) -> float:
    """How many inches a slanted name of this length takes below the Axes."""
    return float(np.sin(np.radians(SLANT))) * (points + 12) / 72 + 0.1


def mark_fix(ax: Axes, links: Links) -> None:
    """Draw the fix, if there is one, as a dashed line with its time; the Axes has its limits."""
    if links.fix is None:
        return
    at = float(numbers(np.array([links.fix]))[0])
    left, right = ax.get_xlim()
    late = at > (left + right) / 2
    ax.axvline(at, color=ink(), linestyle=(0, (5, 3)), linewidth=1.6, zorder=6, gid="fix")
    ax.annotate(
        f"fix {wording.stamp(links.fix)}" if width(ax) > 260 else "fix",
        (at, 1),
        (-4 if late else 4, -3),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="right" if late else "left",
        va="top",
        fontsize="small",
        fontweight="bold",
        zorder=7,
    )


def empty(ax: Axes | None, what: str, why: str) -> Axes:
    """A chart that says why there is nothing in it."""
    ax = axes(ax, 1.8)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_linestyle((0, (4, 4)))
    said = _wrapped(ax, why, "medium", 0.6)
    ax.text(0.5, 0.5, said, ha="center", va="center", transform=ax.transAxes)
    head(ax, f"{what}: nothing to draw", [])
    return plain(ax)


def plain(ax: Axes) -> Axes:
    """Let no text of the Axes be read as a formula, neither by matplotlib nor by LaTeX."""
    for text in ax.findobj(Text):
        if isinstance(text, Text):
            text.set_parse_math(False)
            text.set_usetex(False)
    return ax


def _dates(**limits: int) -> tuple[AutoDateLocator, ConciseDateFormatter]:
    locator = AutoDateLocator(tz="UTC", **limits)  # type: ignore[no-untyped-call]
    formatter = ConciseDateFormatter(locator, "UTC", **_FORMATS)  # type: ignore[no-untyped-call]
    return locator, formatter


def _legend(ax: Axes, entries: Sequence[Entry]) -> float:
    """Put a legend on the upper edge of the Axes; give its height in points."""
    size = _points("small")
    longest = max(len(text) for _, text in entries)
    columns = int(np.clip(width(ax) / (longest * size * 0.54 + size * 4), 1, len(entries)))
    legend = Legend(
        ax,
        [artists for artists, _ in entries],
        [text for _, text in entries],
        handler_map={tuple: HandlerTuple(ndivide=1)},
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        fontsize="small",
        frameon=False,
        borderaxespad=0.2,
        borderpad=0.2,
        columnspacing=1.4,
        handlelength=1.8,
    )
    ax.legend_ = legend
    legend.set_zorder(8)
    rows = -(-len(entries) // columns)
    return rows * size * 1.55 + 6


def width(ax: Axes) -> float:
    """About how wide the Axes will be, in points: its names at the left are there already."""
    figure, place = ax.figure, ax.get_subplotspec()
    if place is None or figure.get_layout_engine() is None:
        return float(ax.get_window_extent().width) * 72 / figure.dpi
    columns = len(place.colspan) / place.get_gridspec().ncols
    if columns < 1:  # the margins of a grid are as wide as its widest chart wants them
        return float(figure.bbox.width) * 72 / figure.dpi * columns * 0.5
    names = [line for tick in ax.get_yticklabels() for line in tick.get_text().splitlines()]
    longest = max((len(name) for name in names), default=0) * _points("small") * 0.64
    return float(figure.bbox.width) * 72 / figure.dpi * columns - longest - 30


def _points(size: str) -> float:
    return FontProperties(size=size).get_size_in_points()


def _wrapped(ax: Axes, text: str, size: str, aspect: float) -> str:
    """Break text where the Axes ends; ``aspect`` is a letter's width against its height."""
    letters = max(20, int(width(ax) / (_points(size) * aspect)))
    return textwrap.fill(text, letters)
