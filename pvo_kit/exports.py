"""Frames as text: a table for people, CSV and JSON for programs; block by block, so of any length.

Times are UTC and end in Z, but for ``local_time``; a duration is in seconds; what is missing is an
empty cell, or null. Evidence is escaped for where it goes (``pvo_kit.escape``).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pvo_kit.escape import csv_cell, terminal

_WIDEST = 44  # characters of a cell of a table, but for the last one of a row

Columns = dict[str, list[Any]]
"""Values by column: str, int, float, bool or None."""


def to_csv(blocks: Iterable[pd.DataFrame]) -> Iterator[str]:
    """CSV with one head, whatever the number of blocks; no cell starts a formula."""
    for number, block in enumerate(blocks):
        columns = {name: list(map(_cell, values)) for name, values in values_of(block).items()}
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([list(columns)] if number == 0 else [])
        writer.writerows(zip(*columns.values(), strict=True))
        yield out.getvalue()


def to_json(blocks: Iterable[pd.DataFrame]) -> Iterator[str]:
    """A JSON array of one object a row, each on a line of its own."""
    before = "[\n"
    for block in blocks:
        columns = values_of(block)
        for row in zip(*columns.values(), strict=True):
            record = dict(zip(columns, row, strict=True))
            yield before + json.dumps(record, ensure_ascii=False)
            before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def to_table(blocks: Iterable[pd.DataFrame], shown: Sequence[str]) -> Iterator[str]:
    """Aligned text of some columns; the first block tells their widths.

    ``shown`` names columns of the frame, and ``to`` (address and port) or ``at`` (file and line)
    for what reads as one.
    """
    widths: list[int] = []
    for number, block in enumerate(blocks):
        columns = values_of(block)
        cells = [list(map(_seen, _shown(columns, name))) for name in shown]
        if number == 0:
            named = zip(shown, cells, strict=True)
            widths = [min(_WIDEST, max(map(len, [name, *column]))) for name, column in named]
            yield _row([name.replace("_", " ") for name in shown], widths)
        yield from (_row(row, widths) for row in zip(*cells, strict=True))


def values_of(frame: pd.DataFrame) -> Columns:
    """The columns of a frame as plain values."""
    return {str(name): _values(frame[name]) for name in frame}


def _values(column: pd.Series[Any]) -> list[Any]:
    if column.dtype.kind == "M":
        return _times(column.to_numpy(), "" if column.name == "local_time" else "Z")
    if column.dtype.kind == "m":
        column = column.dt.total_seconds()
    missing = column.isna().to_numpy()
    values = column.astype(object).tolist()
    return [None if gone else value for value, gone in zip(values, missing, strict=True)]


def _times(times: Any, zone: str) -> list[str | None]:
    whole = not (times.astype(np.int64) % 1_000_000)[~np.isnat(times)].any()
    texts = np.datetime_as_string(times, unit="s" if whole else "us")
    return [None if text == "NaT" else text + zone for text in texts.tolist()]


def _cell(value: Any) -> Any:
    return csv_cell(value) if isinstance(value, str) else value


def _seen(value: Any) -> str:
    return "-" if value is None else terminal(str(value))


def _shown(columns: Columns, name: str) -> list[Any]:
    if name not in _TOGETHER:
        return columns[name]
    parts, joined = _TOGETHER[name]
    return [joined(*row) for row in zip(*(columns[part] for part in parts), strict=True)]


def _endpoint(address: str | None, port: int | None) -> str | None:
    return address if port is None else f"{address or '?'}:{port}"


def _place(source: str, line: int) -> str:
    return f"{source}:{line}"


_TOGETHER: dict[str, tuple[tuple[str, ...], Callable[..., str | None]]] = {
    "to": (("address", "port"), _endpoint),
    "at": (("source", "line"), _place),
    "from line": (("source", "first_line"), _place),
}


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    ends = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return "  ".join(ends).rstrip() + "\n"
