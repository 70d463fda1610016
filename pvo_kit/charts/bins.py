"""Stretches of time to count in: round widths, and no bin lies on both sides of the fix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pvo_kit.charts.columns import Links, Mask, Numbers, Times

_MOST = 60
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_WIDTHS = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 7, 28, 91, 364)),
)
# A Monday at midnight, so that days and weeks begin where people say that they do.
_MONDAY = np.datetime64("1970-01-05", "us")


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """``number`` bins of ``width`` seconds each, from ``start`` on."""

    start: np.datetime64
    width: int
    number: int

    @property
    def period(self) -> str:
        """The width in words: ``15 min``."""
        for unit, seconds in (("day", _DAY), ("h", _HOUR), ("min", _MINUTE)):
            if self.width % seconds == 0:
                count = self.width // seconds
                return f"{count:,} {unit}{'s' if unit == 'day' and count > 1 else ''}"
        return f"{self.width} s"

    @property
    def starts(self) -> Times:
        """When each bin begins."""
        return self.start + np.arange(self.number) * self._step

    def counts(self, times: Times) -> Numbers:
        """How many of these times fall into each bin; each of them is a time."""
        places = (times - self.start) // self._step
        return np.bincount(places.astype(np.int64), minlength=self.number)

    @property
    def _step(self) -> np.timedelta64:
        return np.timedelta64(self.width * 1_000_000, "us")


def choose(links: Links, of: Mask, least: int = 1) -> Bins:
    """The narrowest round bins, at most 60 over the whole axis, that hold the chosen ones.

    ``least`` is the width in seconds that they have at least.
    """
    first, last = links.span()
    seconds = int((last - first) // np.timedelta64(1, "s"))
    widths = (width for width in _WIDTHS if width >= least and seconds < width * (_MOST - 1))
    width = next(widths, _DAY * 364 * (1 + seconds // (_DAY * 364 * (_MOST - 1))))
    step = np.timedelta64(width * 1_000_000, "us")
    # Counted from the fix, every bin is wholly before it or wholly after it.
    anchor = _MONDAY if links.fix is None else links.fix
    at = links.at[of]
    start = anchor + (at.min() - anchor) // step * step
    return Bins(start, width, int((at.max() - start) // step) + 1)
