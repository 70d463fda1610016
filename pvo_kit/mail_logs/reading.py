"""From the streams of a set of logs to batches of what was found in them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TypeVar, cast

from pvo_kit import text
from pvo_kit.mail_logs import plain
from pvo_kit.mail_logs.batches import Batch
from pvo_kit.mail_logs.finder import Finder, Found, Slow, moved
from pvo_kit.mail_logs.header import Years
from pvo_kit.mail_logs.logfiles import Log
from pvo_kit.mail_logs.plain import Entry, Piece
from pvo_kit.mail_logs.running import Zone
from pvo_kit.mail_logs.streams import Counted
from pvo_kit.mail_logs.window import BLOCK, Stream, Window
from pvo_kit.sources import SourceError

MOST = 65_536
"""Lines that are taken apart together."""

FAR = 64 << 20
"""Bytes after which what was found is passed on, however little it is."""

_AHEAD = 3  # batches that are found before they are needed
_ENTRIES = 4096  # entries that the plain reader tells at a time

Item = TypeVar("Item")


@dataclass(frozen=True)
class Sizes:
    """How much is looked at at a time; tests make it little, to cut everything somewhere."""

    block: int = BLOCK
    most: int = MOST


WHOLE = Sizes()


class Reading:
    """One file while it is read; ``every`` tells that lines without DCID count as well."""

    def __init__(self, log: Log, stream: Stream, years: Years, every: bool, sizes: Sizes) -> None:
        """Begin at the beginning of the stream."""
        self._log, self._stream, self._years, self._every = log, Counted(stream), years, every
        self._forms, self._zone, self._sizes = list(log.forms), Zone(), sizes
        self._damage: str | None = None

    def batches(self) -> Iterator[Batch]:
        """Yield everything that is found, and with the last the damage, if there is any."""
        batch, taken, lines, most = self._batch(), 0, 0, self._sizes.most // 8
        for found in self._found():
            batch.found.append(found)
            batch.taken = self._stream.taken - taken
            lines += len(found.number) + len(found.slow)
            if lines >= most or batch.taken >= FAR:
                yield batch
                batch, taken, lines = self._batch(), self._stream.taken, 0
                most = self._sizes.most  # the first one is small, so that its user begins early
        batch.damage = self._damage
        if batch.found or batch.damage:
            yield batch

    def _batch(self) -> Batch:
        return Batch(self._log.file, self._forms, self._zone, self._log.mixed)

    def _found(self) -> Iterator[Found]:
        if not self._forms:
            yield from self._plainly(b"", 1)
            return
        window = Window(self._stream, self._sizes.block)
        finder = Finder(window, self._forms, self._years, self._every)
        yield from finder
        if finder.stuck:
            yield from self._plainly(window.rest(), window.first)
        elif window.damage:
            self._damage = str(window.damage)

    def _plainly(self, head: bytes, first: int) -> Iterator[Found]:
        """What the plain reader tells of the rest, from a line on that begins with ``head``."""
        lines = self._undamaged(text.lines(cast(BinaryIO, self._stream), "utf-8", head))
        entries = plain.entries(lines, self._log.mixed, self._log.column)
        while part := [moved(entry, first - 1) for entry in islice(entries, _ENTRIES)]:
            yield Found.of([Slow(entry, self._local_time(entry)) for entry in part])

    def _undamaged(self, lines: Iterator[str]) -> Iterator[str]:
        try:
            yield from lines
        except SourceError as error:
            self._damage = str(error)

    def _local_time(self, entry: Entry | Piece) -> datetime | None:
        return self._years.local_time(entry.header) if isinstance(entry, Entry) else None


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, made in a second thread while those before them are used."""
    with ThreadPoolExecutor(1, "mail-logs") as pool:
        waiting = deque(pool.submit(next, items, None) for _ in range(_AHEAD))
        while (ready := waiting.popleft().result()) is not None:
            waiting.append(pool.submit(next, items, None))
            yield ready
