"""At which modes of a cluster filters, DLP and DMARC are configured: a matrix by level."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from pvo_kit.charts import drawing, grids, hosts, wording
from pvo_kit.charts.tables import flags, need, texts

NEEDED = ("setting", "level", "place", "state", "below")

STYLES = {
    "own, below": drawing.Style(drawing.VERMILLION, "xx"),
    "disputed": drawing.Style(drawing.PURPLE, "\\\\\\"),
    "own": drawing.Style(drawing.SKY, ""),
    "none": drawing.Style("#FFFFFF", ""),
    "not read": drawing.Style(drawing.GREY, "--"),
}

MEANINGS = {
    "own, below": "configured below the quarantines' level",
    "disputed": "readings contradict each other",
    "own": "configured at the quarantines' level",
    "none": "nothing of its own",
    "not read": "not read",
}

_MOST_COLUMNS = 28


def level_matrix(levels: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each setting at each machine, group and cluster: configured there, not, or not read.

    What is configured below the level of the quarantines is marked and its row bold. Up to 28
    modes are drawn, machines first; the note tells how many more there are.

    Columns: those of ``tables.levels``.
    """
    need(levels, "levels", *NEEDED)
    if why := why_empty(levels):
        return drawing.empty(ax, "Levels of settings", why)
    grid = _grid(levels)
    ax = drawing.axes(ax, grids.height(grid, 2.1))
    legend = [
        (artists, f"{text}: {MEANINGS[word]}" if MEANINGS[word] != word else text)
        for artists, text in grids.draw(ax, grid, STYLES)
        if (word := text.partition(" (")[0])
    ]
    drawing.head(ax, title(levels), [*notes(levels), hosts.note(grid.domain)], legend)
    return drawing.plain(ax)


def why_empty(levels: pd.DataFrame) -> str:
    """Why there is no level to draw, "" where there is one."""
    if not len(levels):
        return (
            "No level of a setting was captured: filters, policyconfig and dmarcconfig under each"
            " mode of the cluster show it."
        )
    if set(texts(levels, "state")) == {"not read"}:
        modes = wording.number(len(_modes(levels)), "mode")
        return (
            f"The cluster has {modes} (machines, groups, cluster), but no level of a setting was"
            " read: filters, policyconfig and dmarcconfig under each mode show it."
        )
    return ""


def title(levels: pd.DataFrame) -> str:
    """What was seen, in numbers."""
    words = [word for _, _, word in _words(levels)]
    settings = wording.number(len(_settings(levels)), "setting")
    modes = wording.number(len(_modes(levels)), "mode")
    disputed = words.count("disputed")
    return (
        f"{settings} at {modes}: {words.count('own, below'):,} configured below the quarantines'"
        f" level, {words.count('not read'):,} not read"
        + (f", {disputed:,} disputed" if disputed else "")
    )


def notes(levels: pd.DataFrame) -> list[str]:
    """What is not drawn."""
    more = len(_modes(levels)) - _MOST_COLUMNS
    return [f"{more:,} more modes not drawn." if more > 0 else ""]


def sentences(levels: pd.DataFrame) -> Iterator[str]:
    """The chart in sentences: every setting that stands below, and what was not read."""
    need(levels, "levels", *NEEDED)
    if why := why_empty(levels):
        yield f"An empty chart of the levels of settings. {why}"
        return
    yield f"A matrix of settings by level. {title(levels)}."
    found = list(_words(levels))
    for word in ("own, below", "disputed", "own", "none", "not read"):
        named = [f"{wording.name(setting)} at {mode[0]} {wording.name(mode[1])}"
                 for setting, mode, told in found if told == word]  # fmt: skip
        if named:
            more = f" and {len(named) - 12} more" if len(named) > 12 else ""
            yield f"{MEANINGS[word].capitalize()}: {', '.join(named[:12])}{more}."
    yield from notes(levels)


def _words(levels: pd.DataFrame) -> Iterator[tuple[str, tuple[str, str], str]]:
    """Setting, mode and word of each cell."""
    columns = (texts(levels, name) for name in ("setting", "level", "place", "state"))
    for setting, level, place, state, below in zip(*columns, flags(levels, "below"), strict=True):
        word = "own, below" if state == "own" and below else state
        yield setting, (level, place), word if word in STYLES else "not read"


def _settings(levels: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(texts(levels, "setting")))


def _modes(levels: pd.DataFrame) -> list[tuple[str, str]]:
    pairs = zip(texts(levels, "level"), texts(levels, "place"), strict=True)
    order = ("machine", "group", "cluster")
    return sorted(dict.fromkeys(pairs), key=lambda mode: (
        order.index(mode[0]) if mode[0] in order else len(order)))  # fmt: skip


def _grid(levels: pd.DataFrame) -> grids.Grid:
    settings, modes = _settings(levels), _modes(levels)[:_MOST_COLUMNS]
    cells = {(settings.index(setting), modes.index(mode)): word
             for setting, mode, word in _words(levels) if mode in modes}  # fmt: skip
    marked = frozenset(row for (row, _), word in cells.items() if word == "own, below")
    columns = [grids.Column(name, level) for level, name in modes]
    return grids.Grid(settings, columns, cells, marked, {"own, below": "!", "not read": "?"})
