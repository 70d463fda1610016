"""Finds the lines that matter in a log, many at a time, and cuts only these out.

    Window ──numpy──▶ lines ──Forms──▶ headers and times ──▶ candidates ──Arrow──▶ Found.texts
                                  └──▶ everything else ──plain reader──▶ Found.slow

A line with a known ``Form`` is an entry of its own, unless the line behind it has none: that one
may continue it. So both, and every line without a known form, go to the plain reader's own
functions, as the lines they are; there are few of them in a log that nobody pasted or wrapped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pvo_kit.mail_logs.forms import NO_TIME, Form, learn
from pvo_kit.mail_logs.header import Years, first_dated
from pvo_kit.mail_logs.plain import Entry, Piece, entries
from pvo_kit.mail_logs.window import Bytes, Flags, Lines, Places, Window
from pvo_kit.mail_logs.years import dated

MOST_FORMS = 16
"""Header forms of one file; lines of further ones are split one by one."""

STUCK = 64 << 20
"""Bytes; where no line among so many has a known form, the plain reader reads on."""

_WORDS = (b"DCID", b"UTC:")
"""Words of delivery lines, and of the line that tells the time zone."""

_PAIRS = [int.from_bytes(word[at : at + 2], "little") for word in _WORDS for at in (0, 1)]
_WHOLE = [int.from_bytes(word, "little") for word in _WORDS]


class Slow(NamedTuple):
    """An entry, or a line that belongs to none, as the plain reader tells it."""

    found: Entry | Piece
    local_time: datetime | None


@dataclass
class Found:
    """What some lines of a file hold.

    ``texts`` are the candidates (binary, as they stand), and of each its number, the place of its
    form in ``forms``, its local time (microseconds; NO_TIME: not known) and the first four letters
    of its body as a number. ``foreign`` tells that some are not ASCII. ``slow`` are the entries of
    other lines, in order. ``lines`` counts all lines but those in ``slow``, ``blank`` the empty
    ones among them.
    """

    texts: pa.Array
    number: Places
    form: npt.NDArray[np.int16]
    local_time: Places
    letters: npt.NDArray[np.uint32]
    foreign: bool
    slow: list[Slow]
    lines: int
    blank: int

    @classmethod
    def of(cls, slow: list[Slow]) -> Found:
        """Entries alone, without candidates."""
        none = np.array([], np.int64)
        return cls(_cut(none.view(np.uint8), none, none), none, none.astype(np.int16), none,
                   none.astype(np.uint32), False, slow, 0, 0)  # fmt: skip


@dataclass
class _Looked:
    """Lines of a window that were looked at: place, form (-1: none that is known) and time."""

    place: Places
    form: npt.NDArray[np.int16]
    time: Places

    def until(self, end: int) -> _Looked:
        """Those before a place."""
        count = int(np.searchsorted(self.place, end))
        return _Looked(self.place[:count], self.form[:count], self.time[:count])

    def only(self, chosen: Flags) -> _Looked:
        """Some of them."""
        if chosen.all():
            return self
        return _Looked(self.place[chosen], self.form[chosen], self.time[chosen])


class Finder:
    """The candidates of one file; every line that has ``DCID``, or simply every line.

    Lines with other than ASCII are candidates too, because pasting may hide a word in them, and so
    are lines that may tell the time zone. ``stuck`` tells that the window holds what only the plain
    reader can tell, from its first line on.
    """

    def __init__(
        self, window: Window, forms: list[Form], years: Years, every: bool = False
    ) -> None:
        """Find in this window; forms that are learnt on the way are added to those given."""
        self.window, self.forms, self._years, self._every = window, forms, years, every
        self.stuck = False
        self._tries = 1000

    def __iter__(self) -> Iterator[Found]:
        """Yield what is found, window by window."""
        window = self.window
        while True:
            lines = window.lines()
            wanted = self._wanted(lines)
            looked = self._looked(lines, wanted)
            known = looked.place[looked.form >= 0]
            # What follows the last known line may go on in the next window.
            end = len(wanted) if window.ended else int(known[-1]) if len(known) else 0
            if end:
                yield self._found(lines, wanted, looked.until(end), end)
            if window.ended:
                return
            if not end and window.size > STUCK:
                self.stuck = True
                return
            window.advance(int(lines.feeds[end - 1]) + 1 if end else 0, end)

    def first_dated(self) -> datetime | None:
        """The first local time with a year, where no form here has one."""
        window = self.window
        while True:
            lines = window.lines()
            looked = self._headers(lines, np.arange(len(lines.feeds)))
            for place in looked.place[looked.form < 0].tolist():
                if time := first_dated([self._text(lines, place)]):
                    return time
            if window.ended:
                return None
            window.advance(window.size, len(looked.place))

    def _wanted(self, lines: Lines) -> Flags:
        """Which lines may matter: those with DCID, with a time zone, or with hidden letters."""
        if self._every:
            return np.ones(len(lines.feeds), np.bool_)
        wanted = lines.controls | lines.foreign
        wanted[lines.at(self._places())] = True
        return wanted

    def _places(self) -> Places:
        """Where the words begin in the window.

        Two letters at a time are compared, at even places only, because odd ones are slower: there
        stand the first two of a word that begins at an even place, else the two in its middle.
        """
        size, data = self.window.size // 2, self.window.data
        found, equal = self.window.flags[:size], self.window.flags[size : 2 * size]
        pairs = data[: 2 * size].view(np.uint16)
        np.equal(pairs, _PAIRS[0], out=found)
        for pair in _PAIRS[1:]:
            found |= np.equal(pairs, pair, out=equal)
        places = np.flatnonzero(found) * 2
        middle = np.logical_or.reduce([data[places] == word[1] for word in _WORDS])
        places -= middle & (places > 0)
        letters = _rows(data, places, 4).view(np.uint32)[:, 0]
        return places[np.logical_or.reduce([letters == whole for whole in _WHOLE])]

    def _looked(self, lines: Lines, wanted: Flags) -> _Looked:
        """The headers of all lines, or of enough of them.

        Where stamps have a year, only the lines that matter and those behind them need a look: if
        these have known headers, then nothing continues what matters, and it continues nothing.
        """
        if not self._every and all(form.has_year for form in self.forms):
            spots = wanted.copy()
            spots[1:] |= wanted[:-1]
            spots[-1:] = True
            looked = self._headers(lines, np.flatnonzero(spots))
            if (looked.form >= 0).all():
                return looked
        return self._headers(lines, np.arange(len(wanted)))

    def _headers(self, lines: Lines, place: Places) -> _Looked:
        """The headers of these lines."""
        heads = self._heads(lines.begins(place))
        looked = _Looked(place, np.full(len(place), -1, np.int16), np.full(len(place), NO_TIME))
        rest = np.arange(len(place))
        for number, form in enumerate(self.forms):
            times = form.times(heads if len(rest) == len(place) else heads[rest])
            fits = times != NO_TIME
            looked.form[rest[fits]], looked.time[rest[fits]] = number, times[fits]
            rest = rest[~fits]
            if not len(rest):
                break
        looked.form[lines.controls[place]] = -1
        return looked

    def _heads(self, begins: Places) -> Bytes:
        """The beginning of each line, one row a line."""
        width = max(form.length for form in self.forms) + 1
        return _rows(self.window.data, begins, -(-width // 8) * 8)

    def _found(self, lines: Lines, wanted: Flags, looked: _Looked, end: int) -> Found:
        fast, slow, other, blank = looked.form >= 0, list[Entry | Piece](), 0, 0
        if not fast.all():  # then all lines were looked at
            told = _told_by_others(lines, fast)
            slow = list(self._slow(lines, told)) if told.any() else []
            blank, other = int(np.count_nonzero(~fast & ~told)), int(np.count_nonzero(told))
            fast &= ~told
        looked = looked.only(fast)
        has_year = np.array([form.has_year for form in self.forms])[looked.form]
        headed = [entry for entry in slow if isinstance(entry, Entry)]
        local_times, others = dated(
            self._years, looked.time, has_year, looked.place + self.window.first,
            [(entry.pieces[0].number, entry.header) for entry in headed])  # fmt: skip
        told_times = iter(others)
        chosen = wanted[looked.place]
        cut, form = looked.place[chosen], looked.form[chosen]
        begins = lines.begins(cut)
        bodies = begins + np.array([known.length for known in self.forms])[form]
        return Found(
            texts=_cut(self.window.data, begins, lines.ends[cut]),
            number=cut + self.window.first,
            form=form,
            local_time=local_times[chosen],
            letters=_rows(self.window.data, bodies, 4).view(np.uint32)[:, 0],
            foreign=bool(lines.foreign[cut].any()),
            slow=[Slow(entry, next(told_times) if isinstance(entry, Entry) else None)
                  for entry in slow],
            lines=end - other,
            blank=blank,
        )  # fmt: skip

    def _slow(self, lines: Lines, told: Flags) -> Iterator[Entry | Piece]:
        """What the plain reader tells of these lines, which are whole entries."""
        places = np.flatnonzero(told)
        for part in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
            raw = [self._text(lines, place) for place in part.tolist()]
            before = int(part[0]) + self.window.first - 1
            for found in entries(raw, False, None):
                if isinstance(found, Entry):
                    self._learn(found)
                yield moved(found, before)

    def _text(self, lines: Lines, place: int) -> str:
        begin = int(lines.feeds[place - 1]) + 1 if place else 0
        data = self.window.data[begin : lines.ends[place]]
        return data.tobytes().decode("utf-8", "replace")

    def _learn(self, entry: Entry) -> None:
        """Take the entry's header for a known form from the next window on."""
        if self._tries and len(self.forms) < MOST_FORMS:
            form = learn(entry.pieces[0].raw, self.forms)
            if form is None:
                self._tries -= 1
            elif form not in self.forms:
                self.forms.append(form)


def _told_by_others(lines: Lines, fast: Flags) -> Flags:
    """Lines for the plain reader: those of no known form, and the one that they may continue.

    Empty lines alone continue nothing.
    """
    group = np.cumsum(fast)  # a line of a known form, and the others behind it
    mixed = np.zeros(int(group[-1]) + 1, np.bool_)
    begins = lines.begins(np.arange(len(fast)))
    mixed[group[~fast & (lines.ends[: len(fast)] > begins)]] = True
    return mixed[group]


def moved(found: Entry | Piece, lines: int) -> Entry | Piece:
    """The same with numbers that count the lines of the file."""
    if isinstance(found, Piece):
        return found._replace(number=found.number + lines)
    pieces = [piece._replace(number=piece.number + lines) for piece in found.pieces]
    return found._replace(pieces=pieces)


def _rows(data: Bytes, begins: Places, width: int) -> Bytes:
    """So many bytes from each of these places on, one row a place."""
    rows = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    return rows[begins].view(np.uint8).reshape(len(begins), width)


def _cut(data: Bytes, begins: Places, ends: Places) -> pa.Array:
    """The texts between these places as one binary array: one copy, of these bytes only.

    The places, begin and end in turn, are the offsets of an array over the data, of which every
    other element is taken.
    """
    count = len(begins)
    if not count:
        return pa.array([], pa.binary())
    offsets = np.empty(2 * count, np.int32)
    offsets[0::2], offsets[1::2] = begins, ends
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    pieces = pa.Array.from_buffers(pa.binary(), 2 * count - 1, buffers)
    every_other = np.arange(0, 2 * count - 1, 2, dtype=np.int32)
    index = pa.Array.from_buffers(pa.int32(), count, [None, pa.py_buffer(every_other)])
    return pieces.take(index)
