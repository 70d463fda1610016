"""From which interfaces of the ESAs the SMA was reached, and which one delivers by default."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from pvo_kit.charts import drawing, wording
from pvo_kit.charts.tables import flags, need, texts

NEEDED = ("host", "kind", "name", "address", "network", "hostname", "gateway", "default",
          "target", "port", "leads", "via", "outcome")  # fmt: skip

NAMES = {
    "answers": "answers with 220",
    "silent": "no answer",
    "refused": "refused",
    "no-banner": "connects, but no 220",
    "name": "name not resolved",
    "contradictory": "answers, and does not",
    "untested": "not tried",
}
"""How the newest tries from an interface ended, in words."""

_LINES: dict[str, dict[str, Any]] = {
    "answers": {"color": drawing.BLUE, "linewidth": 2.6, "linestyle": "-"},
    "silent": {"color": drawing.VERMILLION, "linewidth": 2.0, "linestyle": (0, (4, 2))},
    "refused": {"color": drawing.ORANGE, "linewidth": 2.0, "linestyle": (0, (6, 2, 1, 2))},
    "no-banner": {"color": drawing.PURPLE, "linewidth": 2.0, "linestyle": (0, (2, 1))},
    "name": {"color": drawing.PURPLE, "linewidth": 2.0, "linestyle": (0, (2, 1))},
    "contradictory": {"color": drawing.PURPLE, "linewidth": 2.0, "linestyle": (0, (8, 2))},
    "untested": {"color": "#888888", "linewidth": 1.2, "linestyle": (0, (1, 2))},
}
_ENDS = {"answers": ">", "silent": "X", "refused": "|", "no-banner": "D", "name": "D",
         "contradictory": "D", "untested": ""}  # fmt: skip

_MOST = 24
_BOX, _LINE, _SMA = (0.0, 39.0), (39.5, 79.5), (80.0, 100.0)


@dataclass(frozen=True, slots=True)
class Way:
    """One interface of an ESA, and how the tries from it ended."""

    host: str
    name: str
    address: str
    network: str
    hostname: str
    is_default: bool
    target: str
    port: str
    leads: str
    outcome: str


def reachability_map(reachability: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Interfaces of each ESA on the left, the SMA on the right, and what was tried between them.

    The default delivery interface has a thick frame and says so. On each line: how the newest
    tries from there ended, and whether subnets or routes lead to the SMA. Up to 24 interfaces.

    Columns: those of ``tables.reachability``.
    """
    need(reachability, "reachability", *NEEDED)
    if why := why_empty(reachability):
        return drawing.empty(ax, "Ways to the SMA", why)
    ways = _ways(reachability)[:_MOST]
    hosts = list(dict.fromkeys(way.host for way in ways))
    ax = drawing.axes(ax, 1.5 + 0.62 * (len(ways) + 0.45 * len(hosts)))
    ax.set(xticks=[], yticks=[])
    ax.set_axis_off()
    ax.set_xlim(-1, 101)
    top = 0.0
    for host, group in groupby(ways, lambda way: way.host):
        top = _host(ax, reachability, host, list(group), top)
    ax.set_ylim(top, -0.1)
    drawing.head(ax, title(reachability), notes(reachability))
    return drawing.plain(ax)


def why_empty(reachability: pd.DataFrame) -> str:
    """Why there is no interface to draw, "" where there is one."""
    if len(reachability) and "interface" in texts(reachability, "kind"):
        return ""
    return (
        "No interface of an ESA was captured: deliveryconfig, interfaceconfig and telnet on the ESA"
        " show them."
    )


def title(reachability: pd.DataFrame) -> str:
    """What was seen, in numbers."""
    ways = _ways(reachability)
    hosts = {way.host for way in ways}
    ended = [way.outcome for way in ways]
    counts = [f"{NAMES[word]}: {ended.count(word):,}" for word in NAMES if word in ended]
    return (
        f"{wording.number(len(ways), 'interface')} of {wording.number(len(hosts), 'ESA')} towards"
        f" the SMA: {', '.join(counts)}"
    )


def notes(reachability: pd.DataFrame) -> list[str]:
    """The default route, and what is not drawn."""
    ways = _ways(reachability)
    return [*(_gateways(reachability)), f"{len(ways) - _MOST:,} more interfaces not drawn."
            if len(ways) > _MOST else ""]  # fmt: skip


def sentences(reachability: pd.DataFrame) -> Iterator[str]:
    """The chart in sentences, interface by interface."""
    need(reachability, "reachability", *NEEDED)
    if why := why_empty(reachability):
        yield f"An empty map of ways to the SMA. {why}"
        return
    yield f"A map of ways to the SMA. {title(reachability)}."
    ways = _ways(reachability)
    for way in ways[:12]:
        default = ", the default delivery interface" if way.is_default else ""
        where = f" to {wording.name(way.target)} port {way.port}" if way.target else ""
        leads = f"; {wording.name(way.leads)}" if way.leads else ""
        yield (
            f"{wording.name(way.host)}, {wording.name(_named(way))}{default}{where}:"
            f" {NAMES[way.outcome]}{leads}."
        )
    if len(ways) > 12:
        yield f"{len(ways) - 12} more interfaces."
    yield from _gateways(reachability)


def _rows(reachability: pd.DataFrame) -> list[dict[str, str]]:
    columns = {name: texts(reachability, name) for name in NEEDED if name in reachability}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _ways(reachability: pd.DataFrame) -> list[Way]:
    defaults = flags(reachability, "default")
    return [
        Way(
            row["host"],
            row["name"],
            row["address"],
            row["network"],
            row["hostname"],
            default,
            row["target"],
            row["port"],
            _leads(row),
            row["outcome"] if row["outcome"] in NAMES else "untested",
        )
        for row, default in zip(_rows(reachability), defaults, strict=True)
        if row["kind"] == "interface"
    ]


def _leads(row: dict[str, str]) -> str:
    """Whether subnets and routes lead to the SMA from an interface, in words."""
    if not row["leads"]:
        return ""
    if row["leads"].lower() != "true":
        return "no subnet or route leads there"
    return f"route {row['via']} leads there" if row["via"] else "its subnet holds the address"


def _gateways(reachability: pd.DataFrame) -> list[str]:
    return [
        f"Default gateway of {wording.name(row['host'])}: {wording.name(row['gateway'])}"
        + (f", on the subnet of {wording.name(row['via'])}." if row["via"] else ".")
        for row in _rows(reachability)
        if row["kind"] == "gateway"
    ][:4]


def _named(way: Way) -> str:
    length = way.network.rpartition("/")[2]
    address = f"{way.address}/{length}" if way.address and way.network else way.address
    return " ".join(part for part in (way.name or "interface", address) if part)


def _host(ax: Axes, reachability: pd.DataFrame, host: str, ways: list[Way], top: float) -> float:
    """Draw one ESA from ``top`` on, with the SMA beside it; give where the next one begins."""
    room = drawing.width(ax) / 102
    ax.text(0, top + 0.2, wording.label(f"ESA {host}", int(room * 39 / 5)), va="center",
            fontsize="small", fontweight="bold")  # fmt: skip
    first = top + 0.9
    targets = list(dict.fromkeys(way.target for way in ways if way.target))
    for number, way in enumerate(ways):
        _way(ax, way, first + number, room, several=len(targets) > 1)
    low, high = first - 0.4, first + len(ways) - 1 + 0.4
    _sma(ax, reachability, ways[0], targets, (low, high), room)
    return high + 0.25


def _way(ax: Axes, way: Way, y: float, room: float, *, several: bool) -> None:
    thick = way.is_default
    ax.add_patch(Rectangle((_BOX[0], y - 0.38), _BOX[1] - _BOX[0], 0.76, facecolor="none",
                           edgecolor=drawing.ink(), linewidth=2.6 if thick else 0.8))  # fmt: skip
    letters = int(room * (_BOX[1] - 3) / 4.9)
    head = f"{wording.label(_named(way), letters - (18 if thick else 0))}"
    ax.text(_BOX[0] + 1, y - 0.16, head + (" [default]" if thick else ""), va="center",
            fontsize="small", fontweight="bold" if thick else "normal")  # fmt: skip
    below = way.hostname or ("AsyncOS chooses for each destination" if way.name == "Auto" else "")
    ax.text(_BOX[0] + 1, y + 0.18, wording.label(below, letters), va="center", fontsize="small")
    _line(ax, way, y, room, f"{way.target}: " if several and way.target else "")


def _line(ax: Axes, way: Way, y: float, room: float, to: str) -> None:
    end = _LINE[1] - (14 if way.outcome == "silent" else 0.5)
    style = _LINES[way.outcome]
    ax.add_line(Line2D([_LINE[0], end], [y, y], **style, gid=way.outcome, zorder=2))
    if marker := _ENDS[way.outcome]:
        ax.add_line(Line2D([end], [y], linestyle="none", marker=marker, markersize=9,
                           markerfacecolor=style["color"], markeredgecolor=drawing.ink(),
                           markeredgewidth=2.4 if marker == "|" else 0.8, zorder=3))  # fmt: skip
    letters = int(room * 34 / 4.9)
    middle = _LINE[0] + 1
    ax.text(middle, y - 0.2, wording.label(f"{to}{NAMES[way.outcome]}", letters), va="center",
            fontsize="small", fontweight="bold")  # fmt: skip
    ax.text(middle, y + 0.2, wording.label(way.leads, letters), va="center", fontsize="small")


def _sma(
    ax: Axes,
    reachability: pd.DataFrame,
    way: Way,
    targets: list[str],
    span: tuple[float, float],
    room: float,
) -> None:
    named = [row["name"] for row in _rows(reachability)
             if row["kind"] == "sma" and row["host"] == way.host and row["name"]]  # fmt: skip
    low, high = span
    ax.add_patch(Rectangle((_SMA[0], low), _SMA[1] - _SMA[0], high - low, facecolor="none",
                           edgecolor=drawing.ink(), linewidth=1.2))  # fmt: skip
    letters = int(room * 19 / 4.9)
    where = targets[:1] if len(targets) < 2 else [f"{len(targets)} addresses tried"]
    lines = [*(named[:1] or ["SMA"]), *(where or ["address not known"]), f"port {way.port}"]
    ax.text(sum(_SMA) / 2, (low + high) / 2, "\n".join(wording.label(line, letters)
            for line in lines), ha="center", va="center", fontsize="small")  # fmt: skip
