"""Local times of many lines at once, with the year that syslog leaves out.

The rules are those of ``Years``. It is asked once for each stretch of lines in which the answer
cannot change, because they stand in the same month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from pvo_kit.mail_logs.forms import NO_TIME
from pvo_kit.mail_logs.header import Header, Years
from pvo_kit.mail_logs.window import Flags, Places

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(time: datetime | None) -> int:
    """A naive time as microseconds since 1970; NO_TIME for None."""
    return NO_TIME if time is None else (time - _EPOCH) // _MICROSECOND


def dated(
    years: Years, times: Places, has_year: Flags, numbers: Places,
    others: Sequence[tuple[int, Header]],
) -> tuple[Places, list[datetime | None]]:  # fmt: skip
    """The times of lines (NO_TIME where no year is known) and of the headers among them.

    ``times`` are of the year 2000 where ``has_year`` is False; ``numbers`` are the lines' numbers,
    rising. ``others`` are headers that were split one by one, with their lines' numbers, rising.
    """
    if has_year.all() and all(header.has_year for _, header in others if header.local_time):
        told = [years.local_time(header) for _, header in others]
        if len(times) and (not others or others[-1][0] < numbers[-1]):
            years.local_time(_header(int(times[-1]), True))
        return times, told
    return _stretch_by_stretch(years, times, has_year, numbers, others)


def _stretch_by_stretch(
    years: Years, times: Places, has_year: Flags, numbers: Places,
    others: Sequence[tuple[int, Header]],
) -> tuple[Places, list[datetime | None]]:  # fmt: skip
    times, told = times.copy(), list[datetime | None]()
    before = np.searchsorted(numbers, [number for number, _ in others])
    cuts = np.unique(np.concatenate([[0], _changes(times, has_year), before, [len(times)]]))
    headers = list(zip(before.tolist(), (header for _, header in others), strict=True))
    for begin, end in zip(cuts.tolist(), [*cuts[1:].tolist(), None], strict=True):
        while headers and headers[0][0] <= begin:
            told.append(years.local_time(headers.pop(0)[1]))
        if end is None or begin == end:
            continue
        first = int(times[begin])
        time = years.local_time(_header(first, bool(has_year[begin])))
        if time is None:
            times[begin:end] = NO_TIME
        else:
            times[begin:end] += microseconds(time) - first
    return times, told


def _changes(times: Places, has_year: Flags) -> Places:
    """Where a line stands in another month than the line before; a leap day is one of its own."""
    days = times.astype("M8[us]").astype("M8[D]")
    months = days.astype("M8[M]")
    leap = (months.astype(np.int64) % 12 == 1) & (days - months.astype("M8[D]") == 28)
    key = months.astype(np.int64) * 4 + leap * 2 + has_year
    return np.flatnonzero(key[1:] != key[:-1]) + 1


def _header(time: int, has_year: bool) -> Header:
    local_time = _EPOCH + time * _MICROSECOND
    return Header(local_time, has_year, "", None, None, "")
