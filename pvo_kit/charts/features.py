"""Which feature keys the members of a cluster hold: a matrix, what differs on top."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from matplotlib.axes import Axes

from pvo_kit.charts import drawing, grids, hosts, wording
from pvo_kit.charts.tables import flags, need, texts

NEEDED = ("feature", "label", "member", "state", "differs")

STYLES = {
    "active": drawing.Style(drawing.SKY, ""),
    "dormant": drawing.Style(drawing.YELLOW, "///"),
    "expired": drawing.Style(drawing.ORANGE, "\\\\\\"),
    "missing": drawing.Style(drawing.VERMILLION, "xx"),
    "not captured": drawing.Style(drawing.GREY, "--"),
}

_MOST_ROWS, _MOST_COLUMNS = 30, 24
_LONGEST = 30


def feature_matrix(features: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Each module on each member: active, dormant, expired, missing, or not captured.

    Modules that are usable on some members only are on top, bold. Up to 30 modules and 24 members
    are drawn, the note tells how many more there are.

    Columns: those of ``tables.features``.
    """
    need(features, "features", *NEEDED)
    if why := why_empty(features):
        return drawing.empty(ax, "Feature keys", why)
    grid = _grid(features)
    ax = drawing.axes(ax, grids.height(grid))
    legend = grids.draw(ax, grid, STYLES)
    drawing.head(ax, title(features), [*notes(features), hosts.note(grid.domain)], legend)
    return drawing.plain(ax)


def why_empty(features: pd.DataFrame) -> str:
    """Why there is no key to draw, "" where there is one."""
    if len(features):
        return ""
    return (
        "No feature keys were captured: featurekey, or license_smart > SUMMARY, on every member"
        " shows them."
    )


def title(features: pd.DataFrame) -> str:
    """What was seen, in numbers."""
    names, members = _names(features), _members(features)
    differing = [name for name, differs in names.items() if differs]
    states = zip(texts(features, "member"), texts(features, "state"), strict=True)
    lacking = {member for member, state in states if state == "not captured"}
    told = f"{wording.number(len(names), 'module')} on {wording.number(len(members), 'member')}"
    usable = f"{len(differing) or 'none'} usable on some members only"
    return f"{told}: {usable}" + (f", keys of {len(lacking):,} not captured" if lacking else "")


def notes(features: pd.DataFrame) -> list[str]:
    """What is not drawn."""
    rows, columns = len(_names(features)), len(_members(features))
    return [
        f"{rows - _MOST_ROWS:,} more modules not drawn." if rows > _MOST_ROWS else "",
        f"{columns - _MOST_COLUMNS:,} more members not drawn." if columns > _MOST_COLUMNS else "",
    ]


def sentences(features: pd.DataFrame) -> Iterator[str]:
    """The chart in sentences: every module that differs, with its state on each member."""
    need(features, "features", *NEEDED)
    if why := why_empty(features):
        yield f"An empty chart of feature keys. {why}"
        return
    yield f"A matrix of feature keys. {title(features)}."
    labels = dict(zip(texts(features, "feature"), texts(features, "label"), strict=True))
    names = _names(features)
    rows = list(zip(texts(features, "feature"), texts(features, "member"),
                    texts(features, "state"), strict=True))  # fmt: skip
    for name in [name for name, differs in names.items() if differs][:12]:
        told = ", ".join(f"{state} on {wording.name(member)}"
                         for feature, member, state in rows if feature == name)  # fmt: skip
        yield f"{wording.name(labels[name])}: {told}."
    for state in ("dormant", "expired", "not captured"):
        found = [(feature, member) for feature, member, word in rows if word == state
                 and not names[feature]]  # fmt: skip
        if found:
            told = ", ".join(f"{wording.name(labels[feature])} on {wording.name(member)}"
                             for feature, member in found[:12])  # fmt: skip
            more = f" and {len(found) - 12} more" if len(found) > 12 else ""
            yield f"{state.capitalize()} too: {told}{more}."
    yield from notes(features)


def _names(features: pd.DataFrame) -> dict[str, bool]:
    """The modules in the frame's order, those that differ first, and whether they do."""
    found: dict[str, bool] = {}
    for name, differs in zip(texts(features, "feature"), flags(features, "differs"), strict=True):
        found[name] = found.get(name, False) or differs
    return dict(sorted(found.items(), key=lambda pair: not pair[1]))


def _members(features: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(texts(features, "member")))


def _grid(features: pd.DataFrame) -> grids.Grid:
    names, members = _names(features), _members(features)
    rows, columns = list(names)[:_MOST_ROWS], members[:_MOST_COLUMNS]
    labels = dict(zip(texts(features, "feature"), texts(features, "label"), strict=True))
    cells = {
        (rows.index(name), columns.index(member)): state
        for name, member, state in zip(
            texts(features, "feature"),
            texts(features, "member"),
            texts(features, "state"),
            strict=True,
        )
        if name in rows and member in columns and state in STYLES
    }
    return grids.Grid(
        # A printed name may begin with the vendor's words for all of them.
        [labels[name] if len(labels[name]) <= _LONGEST else name for name in rows],
        [grids.Column(member) for member in columns],
        cells,
        frozenset(number for number, name in enumerate(rows) if names[name]),
        {"not captured": "?"},
    )
