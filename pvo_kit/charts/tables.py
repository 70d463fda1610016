"""What the charts of the scenarios read from a table: its columns, as text and as flags."""

from __future__ import annotations

import pandas as pd

from pvo_kit.errors import InputError


def need(frame: pd.DataFrame, table: str, *names: str) -> None:
    """Raise InputError where a frame with rows lacks a column of a table."""
    missing = [name for name in names if name not in frame] if len(frame) else []
    if missing:
        raise InputError(
            f"this frame lacks {', '.join(missing)}: the chart takes the frame of"
            f" tables.{table}(evidence)"
        )


def texts(frame: pd.DataFrame, name: str) -> list[str]:
    """A column as text, "" where it has no value."""
    if not len(frame):
        return []
    return [str(value) for value in frame[name].astype("string").fillna("")]


def flags(frame: pd.DataFrame, name: str) -> list[bool]:
    """A column of yes and no; what is not known is no."""
    if not len(frame):
        return []
    return [bool(value) for value in frame[name].astype("boolean").fillna(False)]


def times(frame: pd.DataFrame, name: str) -> list[str]:
    """A column of times to the second, "" where there is none."""
    if not len(frame):
        return []
    stamps = pd.to_datetime(frame[name])
    return ["" if pd.isna(stamp) else f"{stamp:%Y-%m-%d %H:%M:%S}" for stamp in stamps]
