"""Rows gathered into a pandas frame, column by column: never is there a second copy of it all."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
import pyarrow as pa
from pandas.arrays import ArrowStringArray, IntegerArray

from pvo_kit import frames
from pvo_kit.mail_logs import engine
from pvo_kit.mail_logs.batches import Logs, Names
from pvo_kit.mail_logs.plain import NUMBERS
from pvo_kit.mail_logs.running import NO_OFFSET

_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
_FEW = ("interface", "tls_protocol", "tls_cipher")
_TEXTS = ("rids", "address", "domain", "detail")
_PREPARED = [
    pl.col("kind").cast(pl.Int8).alias("event"),
    pl.col("dcid", "icid", "mid").fill_null(0),
    pl.col("port").fill_null(0).cast(pl.Int32),
    *(pl.col(name).is_null().alias(f"no {name}") for name in NUMBERS),
    (pl.col("offset") == NO_OFFSET).alias("no offset"),
]
"""Columns as the frame holds them: numbers apart from whether there is none."""


class Codes:
    """A column of few different texts: each text once, and its number in every row (-1: none)."""

    def __init__(self) -> None:
        """Start without rows."""
        self._numbers: dict[str, int] = {}
        self._parts: list[npt.NDArray[np.int16 | np.int32]] = []

    def add(self, texts: pl.Series) -> None:
        """Add rows."""
        if texts.null_count() == len(texts):
            self._parts.append(np.full(len(texts), -1, self._dtype))
            return
        encoded = _arrow(texts).dictionary_encode()
        numbers = [self._number(text) for text in encoded.dictionary.to_pylist()]
        codes = np.array([*numbers, -1], self._dtype)
        self._parts.append(codes[encoded.indices.fill_null(-1).to_numpy()])

    def add_numbers(self, numbers: Any, names: Names) -> None:
        """Add rows that hold numbers of these names."""
        codes = np.array([*map(self._number, names.texts()), -1], self._dtype)
        self._parts.append(codes[numbers])

    def add_same(self, text: str, rows: int) -> None:
        """Add rows that all hold this text."""
        self._parts.append(np.full(rows, self._number(text), self._dtype))

    def category(self) -> pd.Categorical:
        """The column, its categories sorted; the rows are let go."""
        codes = np.concatenate(self._parts or [np.array([], np.int16)])
        self._parts = []
        names = sorted(self._numbers)
        place = np.full(len(names) + 1, -1, codes.dtype)
        place[[self._numbers[name] for name in names]] = np.arange(len(names))
        return pd.Categorical.from_codes(place[codes], pd.Index(names, dtype="str"))

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    @property
    def _dtype(self) -> type[np.int16 | np.int32]:
        return np.int16 if len(self._numbers) < 1 << 15 else np.int32


class Events:
    """Rows of the engine, gathered into a frame with the columns of ``frames.EVENTS``."""

    def __init__(self) -> None:
        """Start without rows."""
        self.rows = 0
        self._codes = {name: Codes() for name in (*_FEW, "level", "appliance", "source")}
        self._parts: dict[str, list[Any]] = {
            name: [] for name in frames.EVENTS if name not in self._codes
        }

    def add(self, rows: pl.DataFrame, source: str, logs: Logs) -> None:
        """Add rows of one file of these logs."""
        self.rows += len(rows)
        rows = rows.with_columns(_PREPARED)
        for name in _FEW:
            self._codes[name].add(rows[name])
        self._codes["level"].add_numbers(rows["level"].to_numpy(), logs.levels)
        self._codes["appliance"].add_numbers(rows["appliance"].to_numpy(), logs.hosts)
        self._codes["source"].add_same(source, len(rows))
        for name in ("time", "local_time"):
            self._parts[name].append(rows[name].to_numpy().view("M8[us]"))
        for name in ("event", "session", "line"):
            self._parts[name].append(rows[name].to_numpy())
        for name in ("offset", *NUMBERS):
            self._parts[name].append((rows[name].to_numpy(), rows[f"no {name}"].to_numpy()))
        for name in _TEXTS:
            self._parts[name].append(_arrow(rows[name]))

    def frame(self) -> pd.DataFrame:
        """The frame; the rows are let go, column by column."""
        if not self.rows:
            return frames.empty(frames.EVENTS)
        self.rows = 0
        return pd.DataFrame({name: self._column(name) for name in frames.EVENTS}, copy=False)

    def _column(self, name: str) -> Any:
        if name in self._codes:
            return self._codes[name].category()
        parts, self._parts[name] = self._parts[name], []
        if name == "event":
            names = pd.Index(engine.NAMES, dtype="str")
            return pd.Categorical.from_codes(np.concatenate(parts), names)
        if name in _TEXTS:
            texts = pa.chunked_array(parts)
            return ArrowStringArray(texts, dtype=_TEXT)  # type: ignore[call-arg]
        if name == "offset" or name in NUMBERS:
            values, missing = zip(*parts, strict=True)
            return IntegerArray(np.concatenate(values), np.concatenate(missing))
        return np.concatenate(parts)


def _arrow(texts: pl.Series) -> pa.LargeStringArray:
    """The texts in the layout that pandas keeps them in."""
    if texts.null_count() == len(texts):
        return pa.nulls(len(texts), pa.large_string())
    return texts.to_arrow(compat_level=pl.CompatLevel.oldest())
