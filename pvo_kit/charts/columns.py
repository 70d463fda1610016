"""What the charts read from a frame, as arrays: times, texts, outcomes, the side of the fix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from pvo_kit.errors import InputError

Fix = str | datetime | np.datetime64 | None
"""When something was repaired: UTC, as the frames' times; a time with a zone is converted."""

Times = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

OUTCOMES = ("failed", "success", "none", "unknown")
"""What became of TLS on a connection, in the order in which it is drawn."""

# matplotlib's dates are those of datetime: years 1 to 9999. A day is left for the margins.
_FIRST = np.datetime64("0001-01-02", "us")
_LAST = np.datetime64("9999-12-30", "us")


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """The delivery connections of a frame, one element each.

    ``at`` is the time that a connection is counted at: its opening, else its close, else NaT.
    ``tls`` holds places in OUTCOMES.
    """

    frame: pd.DataFrame
    opened: Times
    closed: Times
    at: Times
    tls: Numbers
    fix: np.datetime64 | None

    def __len__(self) -> int:
        """How many there are."""
        return len(self.at)

    @property
    def timed(self) -> Mask:
        """Which ones have a time, and so a place on the axis."""
        return ~np.isnat(self.at)

    @property
    def failed(self) -> Mask:
        """On which ones TLS failed."""
        return self.outcome("failed")

    def outcome(self, name: str) -> Mask:
        """Which ones have this TLS outcome."""
        return np.equal(self.tls, OUTCOMES.index(name))

    def sides(self, of: Mask | None = None) -> tuple[int, int]:
        """How many lie before the fix and how many not; those without a time in neither."""
        chosen = self.at if of is None else self.at[of]
        if self.fix is None:
            return 0, 0
        return int((chosen < self.fix).sum()), int((chosen >= self.fix).sum())

    def span(self) -> tuple[np.datetime64, np.datetime64]:
        """The first and the last time that is drawn, the fix among them."""
        every = [self.opened, self.closed, np.array([self.fix], "datetime64[us]")]
        known = np.concatenate(every)
        known = known[~np.isnat(known)]
        return known.min(), known.max()

    def texts(self, name: str) -> npt.NDArray[np.object_]:
        """A column as text, "" where it has no value."""
        column = self.frame[name].astype("string").fillna("")
        return column.to_numpy(dtype=object)

    def destinations(self) -> npt.NDArray[np.object_]:
        """Address and port as one text, as far as the log tells them."""
        both = pd.Series(self.texts("port") + " " + self.texts("address"), dtype=object)
        # Even in a long log there are few different ones.
        return both.map({pair: _destination(pair) for pair in both.unique()}).to_numpy(object)


def read(frame: pd.DataFrame, fix: Fix, *needed: str) -> Links:
    """Read the columns ``opened``, ``closed`` and ``tls`` of a frame that has ``needed`` too.

    A frame without rows may be without columns. Any word in ``tls`` that is none of OUTCOMES
    counts as unknown. Raises InputError where a column is missing or the fix is no time.
    """
    if len(frame) == 0:
        return Links(frame, *(np.array([], "datetime64[us]"),) * 3, np.array([], int), _fix(fix))
    missing = [name for name in ("opened", "closed", "tls", *needed) if name not in frame]
    if missing:
        raise InputError(
            f"this frame lacks {', '.join(missing)}: a chart takes the frame of connections(...)"
            " or tls_failures(...)"
        )
    opened, closed = _times(frame["opened"]), _times(frame["closed"])
    at = np.where(np.isnat(opened), closed, opened)
    words = pd.Index(frame["tls"].astype("string").fillna("unknown"))
    place = pd.Index(OUTCOMES).get_indexer(words)
    tls = np.where(place < 0, OUTCOMES.index("unknown"), place).astype(np.int64)
    return Links(frame, opened, closed, at, tls, _fix(fix))


def _times(column: pd.Series[pd.Timestamp]) -> Times:
    stamps = pd.to_datetime(column, utc=True).dt.tz_localize(None)
    times = stamps.to_numpy(dtype="datetime64[us]")
    inside = (times >= _FIRST) & (times <= _LAST)
    return np.where(inside, times, np.datetime64("NaT", "us"))


def _fix(fix: Fix) -> np.datetime64 | None:
    if fix is None:
        return None
    try:
        stamp = pd.to_datetime(fix, utc=True)
    except (TypeError, ValueError) as error:
        raise InputError(f"fix is a time such as 2014-04-07 16:02, not {fix!r}") from error
    if pd.isna(stamp):
        return None
    time: np.datetime64 = stamp.tz_localize(None).to_datetime64().astype("datetime64[us]")
    return min(max(time, _FIRST), _LAST)


def _destination(pair: str) -> str:
    port, _, address = pair.partition(" ")
    if not address:
        return f"port {port}" if port else ""
    host = f"[{address}]" if ":" in address and port else address
    return f"{host}:{port}" if port else host
