"""A table for people: HTML and text, without what is empty; everything in it is text.

What is the same in each row is said once, above the rows: tables of evidence are wide, and a page
is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pvo_kit import grid
from pvo_kit.escape import html, terminal

if TYPE_CHECKING:
    from IPython.display import HTML

_PLACES = {"line": "source", "tested_line": "tested_source", "first_line": "source"}
"""Columns of lines, each shown in one column with its file."""

_HEADS = {
    "line": "evidence",
    "tested_line": "tried in",
    "first_line": "evidence",
    "told": "what it says",
    "by": "seen by",
    "needed": "look at, or ask for",
    "standing": "fault stands",
    "known_newer": "surely newer",
    "leads": "a route leads there",
    "iana": "IANA name",
    "releases": "OpenSSL",
    "how": "read from",
    "below": "below the quarantines",
    "dcid": "DCID",
}
"""Heads in words, where a column's name is none."""

_HIDDEN = ("order", "last_line")
"""Columns for programs: the rows stand in this order, and after the first line come the others."""

_ABOUT = (
    "appliance", "session", "host", "role", "kind", "interface", "address", "target", "port",
    "table", "releases", "line", "tested_line",
)  # fmt: skip
"""Columns that say what a row is about: said once where all rows are about the same."""

_SETTINGS = ("before", "after")
"""What a frame's ``attrs`` may name that its rows compare."""

_NAMES = {"sma": "SMA", "esa": "ESA", "dlp": "DLP", "dmarc": "DMARC"}
"""Words of the schemas that people write otherwise."""

_NAMED = ("role", "kind", "setting")
"""The columns that hold these words."""

_LONGEST = 300


def to_html(frame: pd.DataFrame, caption: str) -> str:
    """Return a table as HTML: text is text, no formula, no script."""
    shown, said = cells(frame), [*_compared(frame), *_shared(frame)]
    told = f"{caption}{'' if len(frame) else ': nothing was captured'}"
    above = "<br>".join(map(html, [told, *said]))
    head = [html(name) for name in shown]
    return grid.table(head, (list(map(html, row)) for row in _rows(shown)), above)


def to_text(frame: pd.DataFrame, caption: str) -> str:
    """Return a table as lines for a terminal, the columns aligned."""
    if not len(frame):
        return f"{terminal(caption)}: nothing was captured\n"
    columns = [[name, *texts] for name, texts in cells(frame).items()]
    widths = [max(map(len, column)) for column in columns]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in zip(*columns, strict=True)
    ]
    said = [*_compared(frame), *_shared(frame)]
    return "\n".join([terminal(caption), *map(terminal, said), *lines]) + "\n"


def show_table(frame: pd.DataFrame, caption: str) -> HTML | str:
    """Return a table for a notebook; plain HTML text where IPython is missing."""
    told = to_html(frame, caption)
    try:
        from IPython.display import HTML
    except ImportError:
        return told
    return HTML(told)  # type: ignore[no-untyped-call]


def cells(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the texts of a table by the head of their column.

    Columns without any text, and those that are the same in each row, are left out.
    """
    every = _columns(frame)
    alike = _alike(every)
    return {_head(name): texts for name, texts in every.items() if name not in alike}


def _columns(frame: pd.DataFrame) -> dict[str, list[str]]:
    """The texts of each column that has any, by the column's name; a file stands in its line's."""
    found: dict[str, list[str]] = {}
    shown = [name for name in frame.columns if name in _PLACES and _PLACES[name] in frame]
    hidden = {*(_PLACES[name] for name in shown), *_HIDDEN}
    for name in frame.columns:
        if name in hidden:
            continue
        texts = [_text(value) for value in frame[name]]
        if name in _NAMED:
            texts = [_NAMES.get(text, text) for text in texts]
        if name in shown:
            files = map(_text, frame[_PLACES[name]])
            pairs = zip(files, texts, strict=True)
            texts = [f"{file}:{line}" if file else "" for file, line in pairs]
        if any(texts):
            found[name] = texts
    return found


def _alike(columns: dict[str, list[str]]) -> list[str]:
    """The columns on what a row is about that say the same in each of several rows."""
    return [
        name
        for name, texts in columns.items()
        if name in _ABOUT and len(texts) > 1 and len(set(texts)) == 1
    ]


def _shared(frame: pd.DataFrame) -> Iterator[str]:
    """What is the same in each row, in one line."""
    columns = _columns(frame)
    if told := "; ".join(f"{_head(name)} {columns[name][0]}" for name in _alike(columns)):
        yield f"In each row: {told}"


def _compared(frame: pd.DataFrame) -> Iterator[str]:
    """The settings that the rows compare, a line each."""
    for name in _SETTINGS:
        if name in frame.columns and frame.attrs.get(name):
            yield f"{_head(name)}: {_text(frame.attrs[name])}"


def _head(name: str) -> str:
    return _HEADS.get(name, name).replace("_", " ")


def _rows(shown: dict[str, list[str]]) -> Iterator[tuple[str, ...]]:
    return zip(*shown.values(), strict=True)


def _text(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, pd.Timedelta):
        return f"{value.total_seconds():,g} s"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    text = terminal(str(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
