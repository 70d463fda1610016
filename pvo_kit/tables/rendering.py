"""A table for people: HTML and text, without what is empty; everything in it is text.

pandas' own HTML lets a notebook typeset ``$...$`` of a cell as a formula; here nothing is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pvo_kit.escape import html, terminal

if TYPE_CHECKING:
    from IPython.display import HTML

_PLACES = {"line": "source", "tested_line": "tested_source"}
"""Columns of lines, each shown in one column with its file."""

_LONGEST = 300


def to_html(frame: pd.DataFrame, caption: str) -> str:
    """Return a table as HTML: text is text, no formula, no script."""
    shown = cells(frame)
    head = "".join(f'<th scope="col">{html(name)}</th>' for name in shown)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html(text)}</td>' for text in row)}</tr>"
        for row in zip(*shown.values(), strict=True)
    )
    body = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>" if len(frame) else ""
    nothing = "" if len(frame) else ": nothing was captured"
    return (
        '<table class="pvo-table tex2jax_ignore mathjax_ignore">'
        f"<caption>{html(caption)}{nothing}</caption>{body}</table>"
    )


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
    return "\n".join([terminal(caption), *lines]) + "\n"


def show_table(frame: pd.DataFrame, caption: str) -> HTML | str:
    """Return a table for a notebook; plain HTML text where IPython is missing."""
    told = to_html(frame, caption)
    try:
        from IPython.display import HTML
    except ImportError:
        return told
    return HTML(told)  # type: ignore[no-untyped-call]


def cells(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Return the texts of a table by the head of their column, columns without any left out."""
    found: dict[str, list[str]] = {}
    shown = [name for name in frame.columns if name in _PLACES and _PLACES[name] in frame]
    hidden = {_PLACES[name] for name in shown}
    for name in frame.columns:
        if name in hidden:
            continue
        texts = [_text(value) for value in frame[name]]
        if name in shown:
            files = map(_text, frame[_PLACES[name]])
            pairs = zip(files, texts, strict=True)
            texts = [f"{file}:{line}" if file else "" for file, line in pairs]
        if any(texts):
            head = {"line": "evidence", "tested_line": "tested"}.get(name, name)
            found[head.replace("_", " ")] = texts
    return found


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
