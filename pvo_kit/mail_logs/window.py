"""The part of a stream that is looked at: whole lines in one buffer that is used again.

(A gigabyte read into ever new objects costs a third of a second in page faults alone.)
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pvo_kit.sources import SourceError

BLOCK = 4 << 20
"""Bytes that are looked at at a time."""

SPARE = 128
"""Bytes behind the last line that may be read, so that a beginning can be taken of every line."""

_LF, _CR, _BLANK, _TILDE, _DELETE = 0x0A, 0x0D, 0x20, 0x7E, 0x7F

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Stream(Protocol):
    """What is read: a file opened without a buffer, or anything that does as it does."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer or the beginning of it; 0 at the end. SourceError where it broke off."""


class Lines(NamedTuple):
    """The lines of a window: where each ends, without LF, CRLF or CR CR LF, and where its LF is.

    ``controls`` marks lines with control characters in them, ``foreign`` those with bytes beyond
    ASCII.
    """

    feeds: Places
    ends: Places
    controls: Flags
    foreign: Flags

    def begins(self, lines: Places) -> Places:
        """Where some of the lines begin."""
        return np.where(lines > 0, self.feeds[lines - 1] + 1, 0)

    def at(self, places: Places) -> Places:
        """The lines in which these places are."""
        return np.searchsorted(self.feeds, places)


class Window:
    """Whole lines of a stream: the first ``size`` bytes of ``data``.

    ``first`` is the number of the first line, ``ended`` tells that nothing follows the last one,
    ``damage`` why the stream broke off, if it did. ``flags`` is room for intermediate results.
    """

    def __init__(self, stream: Stream, block: int = BLOCK) -> None:
        """Read the first block."""
        self.stream, self._block = stream, block
        self._allot(block + SPARE)
        self._filled = self.size = 0
        self.first = 1
        self.ended = self._completed = False
        self.damage: SourceError | None = None
        self._fill()

    def advance(self, size: int, lines: int) -> None:
        """Let go of the first ``size`` bytes, ``lines`` lines, and read on.

        The buffer grows where most of it is kept, so that there is more to see in any case.
        """
        kept = self._filled - size
        grown = max(self._block, 2 * kept) + SPARE
        moved = self.data[size : self._filled].copy()
        if grown > len(self.data):
            self._allot(grown)
        self.data[:kept] = moved
        self._filled, self.first = kept, self.first + lines
        self._fill()

    def rest(self) -> bytes:
        """What was read and not let go of, as it stands in the stream."""
        return self.data[: self._filled - self._completed].tobytes()

    def lines(self) -> Lines:
        """Where the lines begin and end."""
        data = self.data[: self.size]
        # As signed numbers, bytes beyond ASCII are less than a blank too.
        odd = np.less(data.view(np.int8), _BLANK, out=self.flags[: self.size])
        if data.max(initial=0) > _TILDE:
            odd |= data == _DELETE
        special = np.flatnonzero(odd)
        values = data[special]
        is_feed = values == _LF
        feeds = ends = special if is_feed.all() else special[is_feed]
        controls, foreign = np.zeros(len(feeds), np.bool_), np.zeros(len(feeds), np.bool_)
        if len(special) > len(feeds):
            line = np.searchsorted(feeds, special)
            if np.any(values == _CR):
                ends = self._without_returns(feeds)
            inside = special < ends[line]
            controls[line[inside & ((values < _BLANK) | (values == _DELETE))]] = True
            foreign[line[inside & (values > _DELETE)]] = True
        return Lines(feeds, ends, controls, foreign)

    def _allot(self, size: int) -> None:
        self.data: Bytes = np.empty(size, np.uint8)
        self.flags: Flags = np.empty(size, np.bool_)

    def _without_returns(self, feeds: Places) -> Places:
        """The ends without up to two CRs before them, which only a line feed makes an ending."""
        begins, ends = np.concatenate([[0], feeds[:-1] + 1]), feeds
        for _ in range(2):
            returns = (self.data[ends - 1] == _CR) & (ends > begins)
            returns[len(ends) - self._completed :] = False
            ends = ends - returns
        return ends

    def _fill(self) -> None:
        """Read until the buffer is full or the stream ends, and cut behind the last whole line."""
        room = len(self.data) - SPARE
        while not self.ended and self._filled < room:
            try:
                count = self.stream.readinto(self.data[self._filled : room].data)
            except SourceError as error:
                self.damage, count = error, 0
            self.ended = not count
            self._filled += count or 0
        end = _behind_last(self.data[: self._filled], _LF)
        if self.ended and end < self._filled:  # a last line that was not ended
            self.data[self._filled] = _LF
            end = self._filled = self._filled + 1
            self._completed = True
        self.size = end


def _behind_last(data: Bytes, byte: int) -> int:
    """The place behind the last such byte, 0 where there is none."""
    for end in range(len(data), 0, -4096):
        begin = max(0, end - 4096)
        found = np.flatnonzero(data[begin:end] == byte)
        if len(found):
            return begin + int(found[-1]) + 1
    return 0
