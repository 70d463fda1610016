"""The life of delivery connections, and what became of TLS on them."""

from __future__ import annotations

from copy import copy

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path

from pvo_kit.charts import bins, drawing, lanes, wording
from pvo_kit.charts.columns import OUTCOMES, Fix, Links, Mask, Numbers, read

NEEDED = ("appliance", "dcid", "address", "port", "messages")

_OPENING = Path([(0.45, 1), (0, 1), (0, -1), (0.45, -1)])
_CLOSE = Path([(-0.45, 1), (0, 1), (0, -1), (-0.45, -1)])
_SIGNS = {"failed": "X", "success": "o", "none": "s", "unknown": "D"}
Days = npt.NDArray[np.float64]
_NONE: Days = np.array([])
_NO_LANE: Numbers = np.array([], dtype=np.int64)
_FLAT = 8  # bands that differ more than this have a scale each
_BAND = 1.3  # the height of a band of bins, with the gap above it


def dcid_timeline(connections: pd.DataFrame, ax: Axes | None = None, fix: Fix = None) -> Axes:
    """One bar a connection, from its opening to its close, told apart by what became of TLS.

    Up to 24 connections have a row each, with their DCID. More are packed into lanes, the failed
    ones on top. What would need more than 36 lanes is counted by opening, in bins of time, and
    the note says so. An end that the log does not hold is an arrow. The frame has no time for the
    failure or the message: their marks stand in the middle of the bar.

    Columns: opened, closed, tls, appliance, dcid, address, port, messages.
    """
    links = read(connections, fix, *NEEDED)
    if why := why_empty(links):
        return drawing.empty(ax, "Delivery connections", why)
    chosen = lanes.plan(links)
    draw = {"rows": _rows, "lanes": _packed, "bins": _binned}[chosen.how]
    ax = drawing.axes(ax, _height(chosen))
    legend = draw(ax, links, chosen)
    drawing.mark_fix(ax, links)
    said = [note(links, chosen), wording.fix(links), wording.untimed(links)]
    drawing.head(ax, title(links), said, legend)
    return drawing.plain(ax)


def why_empty(links: Links) -> str:
    """Why there is no connection to draw, "" where there is one."""
    if not len(links):
        return "The frame has no connection: no line of these logs has a DCID, or none was kept."
    if not links.timed.any():
        return (
            f"{wording.number(len(links), 'connection')}, none with a time: lines without a year"
            " have none (give the year when reading)."
        )
    return ""


def title(links: Links) -> str:
    """What was seen, in numbers."""
    return f"{wording.number(len(links), 'delivery connection')}: {wording.tls(links)}"


def note(links: Links, chosen: lanes.Plan) -> str:
    """How the connections are drawn, and why so."""
    if chosen.how == "rows":
        return "One row a connection."
    if chosen.how == "lanes":
        return "One bar a connection, packed into lanes; of short ones only the sign is seen."
    cut, counts = _counts(links)
    several = len(set(_peaks(counts).values())) > 1
    return (
        f"Too dense for single bars: connections counted by their start, per {cut.period}"
        f"{', each band to a scale of its own' if several else ''}."
    )


def _height(chosen: lanes.Plan) -> float:
    if chosen.how == "bins":
        return 4.2
    count = int(chosen.lane.max()) + 1
    return 1.7 + (0.28 * max(count, 3) if chosen.how == "rows" else max(1.3, 0.15 * count))


def _rows(ax: Axes, links: Links, chosen: lanes.Plan) -> list[drawing.Entry]:
    top = len(chosen.lane)
    ax.set_yticks(chosen.lane, _names(links))
    ax.tick_params(axis="y", length=0)
    spare = max(0.0, (3 - top) / 2)
    ax.set_ylim(-0.7 - spare, top - 0.3 + spare + (0 if links.fix is None else 0.6))
    drawing.time_axis(ax, links)
    marks = _bars(ax, links, chosen.lane, size=8, least=0.0)
    outcomes = [
        (
            (drawing.OUTCOME[outcome].patch(), _sign(outcome, 6)),
            f"{wording.NAMES[outcome]}: {wording.sides(links, which)}",
        )
        for outcome in OUTCOMES
        if (which := links.outcome(outcome) & links.timed).any()
    ]
    return [*outcomes, *marks]


def _packed(ax: Axes, links: Links, chosen: lanes.Plan) -> list[drawing.Entry]:
    top = int(chosen.lane.max()) + 1
    _band_names(ax, links, {name: low + (count - 1) / 2 for name, low, count in chosen.bands})
    ax.set_ylim(-0.9, top - 0.1 + (0 if links.fix is None else top * 0.08))
    drawing.time_axis(ax, links)
    for _, lowest, _ in chosen.bands[:-1]:
        ax.axhline(lowest - 1, color=drawing.ink(), linewidth=0.5, alpha=0.4)
    left, right = ax.get_xlim()
    least = (right - left) / lanes.ROOM
    return _bars(ax, links, chosen.lane, size=7 if top <= 16 else 5.5, least=least)


def _binned(ax: Axes, links: Links, chosen: lanes.Plan) -> list[drawing.Entry]:
    """A band of bins for each outcome, from the most important one at the top down."""
    cut, counts = _counts(links)
    peaks = _peaks(counts)
    bases = {outcome: band * _BAND for band, outcome in enumerate(reversed(counts))}
    _band_names(ax, links, {outcome: base + 0.5 for outcome, base in bases.items()})
    drawing.time_axis(ax, links)
    left = drawing.numbers(cut.starts)
    for outcome, base in bases.items():
        style, full = drawing.OUTCOME[outcome], counts[outcome] > 0
        ax.bar(
            left[full],
            # A single failure among thousands is seen too.
            np.maximum(counts[outcome][full] / peaks[outcome], 0.05),
            cut.width / 86400,
            base,
            align="edge",
            **style.fill,
            label=wording.NAMES[outcome],
        )
        _scale(ax, base, peaks[outcome])
    ax.set_ylim(-0.08, len(bases) * _BAND - (0.2 if links.fix is None else 0.0))
    return []


def _counts(links: Links) -> tuple[bins.Bins, dict[str, Numbers]]:
    """The bins, and what is in them of each outcome that there is."""
    cut = bins.choose(links, links.timed)
    counts = {
        outcome: cut.counts(links.at[links.timed & links.outcome(outcome)]) for outcome in OUTCOMES
    }
    return cut, {outcome: count for outcome, count in counts.items() if count.any()}


def _peaks(counts: dict[str, Numbers]) -> dict[str, int]:
    """The full height of each band: one for all, unless that would leave one too flat to read."""
    peaks = {outcome: int(count.max()) for outcome, count in counts.items()}
    if min(peaks.values()) * _FLAT < max(peaks.values()):
        return peaks
    return dict.fromkeys(peaks, max(peaks.values()))


def _scale(ax: Axes, base: float, peak: int) -> None:
    for height, text in ((0.0, "0"), (1.0, f"{peak:,}")):
        ax.axhline(base + height, color=drawing.ink(), linewidth=0.5, alpha=0.4, zorder=0)
        ax.annotate(
            text,
            (1, base + height),
            (3, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize="small",
        )


def _bars(
    ax: Axes, links: Links, lane: Numbers, *, size: float, least: float
) -> list[drawing.Entry]:
    """Draw the bars with their marks; give the legend of the marks.

    Of a bar shorter than ``least`` with both ends only the sign of its outcome is drawn: brackets
    so close together would hide it.
    """
    shown = links.timed
    opened, closed = links.opened[shown], links.closed[shown]
    left, right = (drawing.numbers(times) for times in lanes.ends(links, shown))
    long = (right - left >= least) | np.isnat(opened) | np.isnat(closed)
    low, high = ax.get_xlim()
    # How long a connection lived beyond what was seen is not known: a stub, and an arrow.
    stub = (high - low) * 0.025
    left = np.where(np.isnat(opened), left - stub, left)
    right = np.where(np.isnat(closed), right + stub, right)
    middle = (left + right) / 2
    half = np.where(long, 0.32, 0.12)
    for outcome in OUTCOMES:
        if (which := links.outcome(outcome)[shown]).any():
            bars = (left[which], right[which], lane[which], half[which])
            ax.add_collection(_polygons(outcome, *bars))
            ax.add_line(_sign(outcome, size, middle[which], lane[which]))
    marks = {
        "start": (_line(_OPENING, size * 1.4), drawing.numbers(opened), ~np.isnat(opened) & long),
        "close": (_line(_CLOSE, size * 1.4), drawing.numbers(closed), ~np.isnat(closed) & long),
        "start not in the log": (_line("<", size * 0.9, drawing.ink()), left, np.isnat(opened)),
        "close not in the log": (_line(">", size * 0.9, drawing.ink()), right, np.isnat(closed)),
        "message done": (_line("o", size * 0.45, "white"), middle, _delivered(links)[shown]),
    }
    legend: list[drawing.Entry] = []
    for name, (line, x, which) in marks.items():
        if which.any():
            legend.append(((copy(line),), name))
            line.set(data=(x[which], lane[which]), label=name)
            ax.add_line(line)
    return legend


def _polygons(outcome: str, left: Days, right: Days, lane: Numbers, half: Days) -> PolyCollection:
    """Bars from left to right, each ``half`` a height up and down from its lane."""
    style = drawing.OUTCOME[outcome]
    low, high = lane - half, lane + half
    corners = np.array([[left, low], [left, high], [right, high], [right, low]])
    return PolyCollection(
        list(corners.transpose(2, 0, 1)),
        **style.fill,
        label=wording.NAMES[outcome],
    )


def _sign(outcome: str, size: float, x: Days = _NONE, lane: Numbers = _NO_LANE) -> Line2D:
    """The sign of an outcome, in the middle of a bar."""
    line = _line(_SIGNS[outcome], size, drawing.OUTCOME[outcome].colour)
    line.set(data=(x, lane), label=f"sign of {wording.NAMES[outcome]}")
    return line


def _line(marker: str | Path, size: float, fill: str = "none") -> Line2D:
    """Marks of one kind, without places so far."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        markersize=size,
        markerfacecolor=fill,
        markeredgecolor=drawing.ink(),
        markeredgewidth=1.0 if fill == "none" else 0.7,
        zorder=3 if fill == "none" else 4,
        clip_on=False,
    )


def _delivered(links: Links) -> Mask:
    messages = pd.to_numeric(links.frame["messages"], errors="coerce").fillna(0)
    return messages.to_numpy(dtype=np.int64) > 0


def _names(links: Links) -> list[str]:
    """``DCID 30 to 192.0.2.94:7025``, with the appliance where there are several."""
    shown = np.flatnonzero(links.timed)
    boxes, dcids = links.texts("appliance"), links.texts("dcid")
    several = len(set(boxes[shown])) > 1
    targets = links.destinations()
    return [
        (f"{wording.label(boxes[row], 16)} " if several and boxes[row] else "")
        + f"DCID {wording.label(dcids[row] or '?')}"
        + (f" to {wording.label(targets[row], 26)}" if targets[row] else "")
        for row in shown
    ]


def _band_names(ax: Axes, links: Links, middles: dict[str, float]) -> None:
    names = []
    for outcome in middles:
        which = links.outcome(outcome) & links.timed
        share = f" ({which.sum() / len(links):.1%})" if links.fix is None else ""
        sides = wording.sides(links, which).replace(" before, ", " before\n")
        names.append(f"{wording.NAMES[outcome]}\n{sides}{share}")
    ax.set_yticks(list(middles.values()), names)
    ax.tick_params(axis="y", length=0)
