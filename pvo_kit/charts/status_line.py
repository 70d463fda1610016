"""What the boxes said of their state, and whether the quarantine's port answered, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from pvo_kit.charts import drawing, wording
from pvo_kit.charts.lane_names import LaneNames, lane_names
from pvo_kit.charts.tables import flags, need, texts, times

NEEDED = ("time", "host", "role", "subject", "state", "told", "standing", "known_newer")

STYLES = {
    "up": drawing.OUTCOME["success"],
    "down": drawing.OUTCOME["failed"],
    "open": drawing.OUTCOME["unknown"],
}
SIGNS = {"up": "o", "down": "X", "open": "D"}
NAMES = {
    "up": "online, resumed, answered",
    "down": "offline, suspended, refused",
    "open": "neither is told",
}

_MOST = 30
_SUBJECTS = ("system", "listener", "transfers", "delivery")


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of the table, as it is drawn: its lane is host and subject."""

    lane: tuple[str, str]
    role: str
    time: str
    state: str
    told: str
    standing: bool
    known_newer: bool

    @property
    def is_try(self) -> bool:
        """Whether it is a try at the port, which tells of that moment only."""
        return self.lane[1].startswith("port ")


def status_line(statuses: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """A line of time from top to bottom, a row each reading, a lane each box and switch.

    A state lasts until the next reading in its lane; a try at the port is a sign alone. Rows are
    in the order of the evidence, not to scale. A question mark beside a sign: nothing tells that it
    is newer than the one above it in its lane. Up to 30 readings are drawn, the newest ones.

    Columns: those of ``tables.statuses``.
    """
    need(statuses, "statuses", *NEEDED)
    if why := why_empty(statuses):
        return drawing.empty(ax, "States of the boxes", why)
    shown = readings(statuses)[-_MOST:]
    lanes = _lanes(shown)
    given, height = ax, 1.5 + 0.27 * max(len(shown), 4)
    ax = drawing.axes(given, height + 0.5)
    names = _axis(ax, shown, lanes)
    if names.slanted and given is None:
        drawing.set_height(ax, height + drawing.slant(names.points))
    for place in range(len(lanes)):
        _lane(ax, shown, lanes[place], place)
    for row, reading in enumerate(shown):
        _told(ax, row, reading, lanes)
    drawing.head(ax, title(statuses), [*notes(statuses), names.note], _legend(shown))
    return drawing.plain(ax)


def why_empty(statuses: pd.DataFrame) -> str:
    """Why there is no state to draw, "" where there is one."""
    if len(statuses):
        return ""
    return (
        "No state of a box and no try at the quarantine's port was captured: status on the SMA and"
        " telnet on the ESA show them."
    )


def readings(statuses: pd.DataFrame) -> list[Reading]:
    """The rows of the table, in its order."""
    lanes = zip(texts(statuses, "host"), texts(statuses, "subject"), strict=True)
    return [
        Reading(lane, role, time, state if state in STYLES else "open", told, standing, newer)
        for lane, role, time, state, told, standing, newer in zip(
            lanes,
            texts(statuses, "role"),
            times(statuses, "time"),
            texts(statuses, "state"),
            texts(statuses, "told"),
            flags(statuses, "standing"),
            flags(statuses, "known_newer"),
            strict=True,
        )
    ]


def title(statuses: pd.DataFrame) -> str:
    """What was seen, in numbers."""
    found = readings(statuses)
    tries = [reading.state for reading in found if reading.is_try]
    standing = sum(reading.standing for reading in found)
    told = (
        f"{wording.number(len(found) - len(tries), 'reading')} of state,"
        f" {wording.number(standing, 'standing fault') if standing else 'no fault stands'}"
    )
    if not tries:
        return f"{told}; no try at the port"
    return (
        f"{told}; port answered {tries.count('up'):,} of"
        f" {len(tries):,} {'try' if len(tries) == 1 else 'tries'}, refused {tries.count('down'):,}"
    )


def notes(statuses: pd.DataFrame) -> list[str]:
    """How to read it, and what is not drawn."""
    found = readings(statuses)
    unordered = _unordered(found[-_MOST:])
    return [
        "Oldest on top, as far as the evidence tells; not to scale.",
        "?: nothing tells that it is newer than the sign above it in its lane."
        if unordered
        else "",
        f"{len(found) - _MOST:,} older readings not drawn." if len(found) > _MOST else "",
    ]


def sentences(statuses: pd.DataFrame) -> Iterator[str]:
    """The chart in sentences, reading by reading."""
    need(statuses, "statuses", *NEEDED)
    if why := why_empty(statuses):
        yield f"An empty chart of the boxes' states. {why}"
        return
    yield f"A time line of states. {title(statuses)}."
    found = readings(statuses)
    for reading in found[-12:]:
        when = f"{reading.time}: " if reading.time else "No clock: "
        stands = ", a fault that stands" if reading.standing else ""
        yield (
            f"{when}{wording.name(reading.lane[0])}, {wording.name(reading.lane[1])}:"
            f" {wording.name(reading.told)}{stands}."
        )
    if len(found) > 12:
        yield f"{len(found) - 12} older readings."


def _lanes(shown: list[Reading]) -> list[tuple[str, str]]:
    """SMAs before ESAs, their system before their switches, tries at the port last."""

    def order(reading: Reading) -> tuple[bool, bool, str, int]:
        host, subject = reading.lane
        place = _SUBJECTS.index(subject) if subject in _SUBJECTS else len(_SUBJECTS)
        return reading.is_try, reading.role != "sma", host, place

    return list(dict.fromkeys(reading.lane for reading in sorted(shown, key=order)))


def _unordered(shown: list[Reading]) -> list[int]:
    """Rows of which nothing tells that they are newer than the one above them in their lane."""
    seen: set[tuple[str, str]] = set()
    found = []
    for row, reading in enumerate(shown):
        if reading.lane in seen and not reading.known_newer:
            found.append(row)
        seen.add(reading.lane)
    return found


def _axis(ax: Axes, shown: list[Reading], lanes: list[tuple[str, str]]) -> LaneNames:
    ax.set_yticks(range(len(shown)), [reading.time or "no clock" for reading in shown])
    # The texts stand beside the lanes, and want at least half of the width.
    right = len(lanes) - 0.4 + max(1.6, len(lanes) * 1.15)
    ax.set_xlim(-0.6, right)
    names = lane_names(lanes, drawing.width(ax) / (right + 0.6))
    ax.set_xticks(range(len(lanes)), names.texts)
    if names.slanted:
        drawing.slanted(ax)
    ax.set_ylim(len(shown) - 0.2, -0.7)
    ax.tick_params(labelsize="small", length=0)
    ax.spines[:].set_visible(False)
    for place in range(len(lanes)):
        ax.axvline(place, color=drawing.ink(), linewidth=0.5, alpha=0.4, zorder=0)
    return names


def _lane(ax: Axes, shown: list[Reading], lane: tuple[str, str], place: int) -> None:
    """The states of a lane as bars from one reading to the next, and their signs."""
    rows = [row for row, reading in enumerate(shown) if reading.lane == lane]
    unordered = set(_unordered(shown))
    for number, row in enumerate(rows):
        reading = shown[row]
        if not reading.is_try:
            end = rows[number + 1] if number + 1 < len(rows) else len(shown) - 0.4
            fill = STYLES[reading.state].fill
            ax.add_patch(Rectangle((place - 0.14, row), 0.28, end - row, **fill, zorder=2))
        ax.add_line(_sign(reading.state, [place], [row]))
        if row in unordered:
            ax.annotate("?", (place, row), (-9, 0), textcoords="offset points", ha="right",
                        va="center", fontsize="small", fontweight="bold")  # fmt: skip


def _told(ax: Axes, row: int, reading: Reading, lanes: list[tuple[str, str]]) -> None:
    start = len(lanes) - 0.5
    ax.plot([lanes.index(reading.lane) + 0.2, start], [row, row], color=drawing.ink(),
            linewidth=0.5, linestyle=(0, (1, 3)), zorder=1)  # fmt: skip
    room = drawing.width(ax) * (ax.get_xlim()[1] - start) / (ax.get_xlim()[1] - ax.get_xlim()[0])
    said = f"{reading.told}{' (stands)' if reading.standing else ''}"
    ax.text(start + 0.05, row, wording.label(said, max(20, int(room / 5.2))), va="center",
            fontsize="small", fontweight="bold" if reading.standing else "normal")  # fmt: skip


def _sign(state: str, x: list[float], y: list[float]) -> Line2D:
    return Line2D(
        x,
        y,
        linestyle="none",
        marker=SIGNS[state],
        markersize=8,
        markerfacecolor=STYLES[state].colour,
        markeredgecolor=drawing.ink(),
        markeredgewidth=0.8,
        zorder=4,
        label=f"sign of {state}",
    )


def _legend(shown: list[Reading]) -> list[drawing.Entry]:
    return [
        ((STYLES[state].patch(), _sign(state, [0.0], [0.0])), NAMES[state])
        for state in STYLES
        if any(reading.state == state for reading in shown)
    ]
