"""What holds from one line of a log to the next: the time zone, and the run of each appliance.

The rules are the plain reader's: an offset holds from its line on, and ``Runs`` tells the runs of
an appliance apart by the DCIDs that it opens. Here they are applied to many lines at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from pvo_kit.mail_logs.forms import NO_TIME
from pvo_kit.mail_logs.header import Runs
from pvo_kit.mail_logs.window import Flags, Places
from pvo_kit.mail_logs.years import microseconds

NO_OFFSET = np.iinfo(np.int32).min
"""Stands for an offset that is not known."""

NO_DCID = -1
"""Stands for an opening whose DCID is not known."""

_SECOND = 1_000_000
_FIRST, _LAST = microseconds(datetime.min), microseconds(datetime.max)

Offsets = npt.NDArray[np.int32]
Sessions = npt.NDArray[np.int32]


class Zone:
    """The offset of one file's clock from UTC, in seconds, as far as its lines told."""

    def __init__(self) -> None:
        """Begin at the beginning of a file."""
        self._last = NO_OFFSET

    def offsets(self, tells: Flags, told: Sequence[int], own: Offsets) -> Offsets:
        """The offset of each line.

        ``tells`` marks the lines that tell one, ``told``, which holds from there on. ``own`` are
        the offsets in the lines' own stamps (NO_OFFSET where there is none).
        """
        known = np.array([self._last, *told], np.int32)
        self._last = int(known[-1])
        return np.where(own == NO_OFFSET, known[np.cumsum(tells)], own)


def utc(local_time: Places, offset: Offsets) -> Places:
    """UTC in microseconds: local time less offset; local time itself where no offset is known."""
    shift = np.where((offset == NO_OFFSET) | (local_time == NO_TIME), 0, offset.astype(np.int64))
    time = local_time - shift * _SECOND
    return np.where((time < _FIRST) | (time > _LAST), NO_TIME, time)


class Boxes:
    """The runs of the appliances of a set of files."""

    def __init__(self) -> None:
        """Begin with no appliance known."""
        self._runs = Runs()

    def sessions(self, box: str | None, opens: Flags, dcid: Places) -> Sessions:
        """The run that each line of an appliance lies in.

        ``opens`` marks the lines that open a connection; ``dcid`` holds their numbers (NO_DCID: not
        known), and in other lines anything.
        """
        before = self._runs.session(box)
        opened = dcid[opens]
        known = opened[opened != NO_DCID]
        if not self._goes_on(box, known):
            after = [self._runs.session(box, None if number == NO_DCID else number)
                     for number in opened.tolist()]  # fmt: skip
            return np.array([before, *after], np.int32)[np.cumsum(opens)]
        for number in (*known[known > 0][:1].tolist(), *known[known.argsort()[-1:]].tolist()):
            self._runs.session(box, number, again=False)  # the first and the highest tell all
        return np.full(len(opens), before, np.int32)

    def _goes_on(self, box: str | None, opened: Places) -> bool:
        """Whether certainly none of these openings begins a run; the rule is that of ``Runs``."""
        first, highest = self._runs.known(box)
        first = first or int(next(iter(opened[opened > 0]), 0))
        before = np.maximum.accumulate(np.concatenate([[highest], opened]))[:-1]
        fell = before - opened
        from_start = (opened <= max(first, 16)) & ((2 * opened < before) | (fell >= 16))
        return not bool((from_start | (fell >= np.maximum(1000, before // 4))).any())
