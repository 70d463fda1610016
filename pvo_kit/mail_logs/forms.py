"""Header forms with everything at fixed columns, told apart for thousands of lines at once.

Nearly all lines of a log begin alike: ``Mon Apr  7 15:48:42 2014 Info: ``. A ``Form`` is such a
header, learnt from a line that the plain reader's ``parse_header`` has split: where its stamps
stand, and the bytes between them, which are the same in every line. ``Form.times`` then compares
bytes instead of running a regex. It is strict: a line it takes has exactly the header that
``parse_header`` would find; a line it leaves (odd blanks, 31 February, another form) is split by
``parse_header`` itself.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from pvo_kit.mail_logs.header import normalise, parse_header
from pvo_kit.mail_logs.window import SPARE, Bytes, Flags, Places

LONGEST = 112
"""Characters; a longer header is left to the plain reader."""

NO_TIME = np.iinfo(np.int64).min
"""Stands for a line that is not of the form; as datetime64 it is NaT."""

NO_YEAR = 2000  # stands in where a stamp has none, as in ``Header.local_time``
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_STAMP = re.compile(
    rf"(?P<weekday>(?:{'|'.join(_WEEKDAYS)}) )?(?:{'|'.join(_MONTHS)}) "
    r"(?P<day>[ 0-9][0-9]|[0-9]) [0-9]{2}:[0-9]{2}:[0-9]{2}(?P<year> [0-9]{4})?(?=[ ]|$)"
)
_CLOCK = re.compile(r"[0-9]:[0-9]{2}:[0-9]|[0-9]T[0-9]")
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_SECOND = 1_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Stamp:
    """The columns of one stamp: of its weekday (or None), month, day, clock and year (or None)."""

    weekday: int | None
    month: int
    day: int
    day_width: int
    clock: int
    year: int | None

    @classmethod
    def of(cls, found: re.Match[str]) -> Stamp:
        """The columns of a stamp that _STAMP has found."""
        day, width = found.start("day"), len(found["day"])
        weekday = None if found["weekday"] is None else found.start("weekday")
        year = None if found["year"] is None else found.start("year") + 1
        return cls(weekday, day - 4, day, width, day + width + 1, year)

    @property
    def fixed(self) -> tuple[list[int], Bytes]:
        """The columns of blanks and colons, and what must stand there."""
        blanks = [self.day - 1, self.clock - 1]
        blanks += [] if self.weekday is None else [self.weekday + 3]
        blanks += [] if self.year is None else [self.year - 1]
        colons = [self.clock + 2, self.clock + 5]
        expected = b" " * len(blanks) + b":" * len(colons)
        return [*blanks, *colons], np.frombuffer(expected, np.uint8)

    @property
    def digits(self) -> list[int]:
        """The columns of day, hours, minutes, seconds and year."""
        return [column for begin, width in self._numbers for column in range(begin, begin + width)]

    @property
    def weights(self) -> Places:
        """What each of these digits counts for in each of the five numbers."""
        weights = np.zeros((len(self.digits), 5), np.int64)
        row = 0
        for number, (_, width) in enumerate(self._numbers):
            weights[row : row + width, number] = 10 ** np.arange(width)[::-1]
            row += width
        return weights

    @property
    def _numbers(self) -> list[tuple[int, int]]:
        numbers = [(self.day, self.day_width), *((self.clock + place, 2) for place in (0, 3, 6))]
        return numbers if self.year is None else [*numbers, (self.year, 4)]


@dataclass(frozen=True, slots=True)
class Form:
    """A header form: ``same`` are the bytes that all its lines share, zero where a stamp stands.

    ``level`` and ``host`` are as in ``Header``. ``length`` is where the text begins.
    """

    same: bytes
    stamps: tuple[Stamp, ...]
    level: str
    host: str | None

    @property
    def length(self) -> int:
        """Characters of the header, its last blank included."""
        return len(self.same)

    @property
    def has_year(self) -> bool:
        """Whether the stamp that counts, the innermost, has a year."""
        return self.stamps[-1].year is not None

    def times(self, heads: Bytes) -> Places:
        """Local time of each line in microseconds since 1970; NO_TIME: it is not of this form.

        ``heads`` are the beginnings of lines: one row a line, with more columns than the form has.
        Without a year in the form the times are of the year NO_YEAR.
        """
        alike = self._alike(heads)
        if alike.all():
            return self._distinct_times(heads)
        times = np.full(len(heads), NO_TIME)
        times[alike] = self._distinct_times(heads[alike])
        return times

    def _words(self) -> Iterator[tuple[int, np.uint64, np.uint64]]:
        """Eight bytes at a time: their place, what all lines share of them, and which bits."""
        padded = np.frombuffer(self.same.ljust(-(-self.length // 8) * 8, b"\0"), np.uint8)
        shared = np.where(padded, 0xFF, 0).astype(np.uint8)
        yield from zip(count(), padded.view(np.uint64), shared.view(np.uint64), strict=False)

    def _alike(self, heads: Bytes) -> Flags:
        """Which lines have the bytes that all share."""
        lines = heads.view(np.uint64)
        alike: Flags = heads[:, self.length] != ord(" ")  # else the body begins later
        for place, same, shared in self._words():
            if shared:
                alike &= (lines[:, place] & shared) == same
        return alike

    def _distinct_times(self, heads: Bytes) -> Places:
        """The times of lines that are alike; a stamp is read once for neighbours that share it."""
        if not len(heads):
            return np.full(0, NO_TIME)
        lines, end = heads.view(np.uint64), self.length // 8
        changes = np.zeros(len(heads), np.bool_)
        changes[0] = True
        for place, _, shared in self._words():
            if place < end and ~shared:  # the last bytes of a header are no stamp
                column = lines[:, place]
                changes[1:] |= column[1:] != column[:-1]
        first = np.flatnonzero(changes)
        times = _read(heads[first], self.stamps[-1])
        for outer in self.stamps[:-1]:
            times[_read(heads[first], outer) == NO_TIME] = NO_TIME
        return np.repeat(times, np.diff(first, append=len(heads)))


def learn(line: str, known: Container[Form] = ()) -> Form | None:
    """The form of this line's header; None where it has none, or one without fixed columns.

    ``known`` are forms that were learnt before.
    """
    header = parse_header(normalise(line)) if line.isascii() and line.isprintable() else None
    if not header or not header.local_time or not header.body or header.offset is not None:
        return None
    prefix = line[: len(line.rstrip(" ")) - len(header.body)]
    found = list(_STAMP.finditer(prefix))
    fixed = _STAMP.sub("", prefix)
    if not found or not prefix.endswith(": ") or len(prefix) > LONGEST or _CLOCK.search(fixed):
        return None
    if found[-1]["year"] is None and any(stamp["year"] for stamp in found):
        return None  # takes its year from the stamp round it
    same = bytearray(prefix, "ascii")
    for stamp in found:
        same[stamp.start() : stamp.end()] = bytes(len(stamp[0]))
    form = Form(bytes(same), tuple(map(Stamp.of, found)), header.level, header.host)
    if form in known:
        return form
    head = np.frombuffer(prefix.encode().ljust(SPARE, b"\0"), np.uint8).reshape(1, SPARE)
    # What parse_header allows and this module does not (a blank too much) is no form.
    return form if form.times(head)[0] != NO_TIME else None


def _code(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


_MONTH_CODES = np.array(sorted(map(_code, _MONTHS)))
_MONTH_NUMBERS = np.array([_MONTHS.index(code.to_bytes(3, "big").decode()) + 1
                           for code in _MONTH_CODES.tolist()])  # fmt: skip
_WEEKDAY_CODES = list(map(_code, _WEEKDAYS))


def _read(heads: Bytes, stamp: Stamp) -> Places:
    """The times that stand in these columns; NO_TIME where there is no time of the calendar."""
    code = _letters(heads, stamp.month)
    place = np.minimum(np.searchsorted(_MONTH_CODES, code), 11)
    month = _MONTH_NUMBERS[place]
    columns, expected = stamp.fixed
    good = (_MONTH_CODES[place] == code) & (heads[:, columns] == expected).all(axis=1)
    if stamp.weekday is not None:
        weekday = _letters(heads, stamp.weekday)
        good &= np.logical_or.reduce([weekday == code for code in _WEEKDAY_CODES])
    digits = heads[:, stamp.digits].astype(np.int64) - ord("0")
    if stamp.day_width == 2:  # padded with a blank
        digits[digits[:, 0] == ord(" ") - ord("0"), 0] = 0
    good &= ((digits >= 0) & (digits <= 9)).all(axis=1)
    days, hours, minutes, seconds, years = (digits @ stamp.weights).T
    if stamp.year is None:
        years = np.full(len(heads), NO_YEAR)
    leap = (month == 2) & (years % 4 == 0) & ((years % 100 != 0) | (years % 400 == 0))
    good &= (years >= 1) & (days >= 1) & (days <= _DAYS[month - 1] + leap)
    good &= (hours < 24) & (minutes < 60) & (seconds < 60)
    midnight = (np.maximum(years, 1) - 1970).astype("M8[Y]").astype("M8[M]") + (month - 1)
    elapsed = ((days - 1) * 24 + hours) * 3600 + minutes * 60 + seconds
    times = midnight.astype("M8[D]").astype("M8[us]").astype(np.int64) + elapsed * _SECOND
    return np.where(good, times, NO_TIME)


def _letters(heads: Bytes, column: int) -> Places:
    first, second, third = (heads[:, column + place].astype(np.int64) for place in range(3))
    return first << 16 | second << 8 | third
