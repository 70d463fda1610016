"""The files of a set of logs: how each is to be read, and in which order.

Two walks through the paths: the first looks at the head of each file, the second opens them in the
order of their times. A walk only goes forward, so it is taken again where the order goes back.
"""

from __future__ import annotations

import glob
import os
import pathlib
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO, TypeAlias, cast

from pvo_kit import text
from pvo_kit.errors import InputError
from pvo_kit.mail_logs.finder import Finder
from pvo_kit.mail_logs.forms import Form, learn
from pvo_kit.mail_logs.header import (
    Header,
    Years,
    cut_column,
    first_dated,
    normalise,
    parse_header,
    stamp_in_name,
)
from pvo_kit.mail_logs.plain import HEAD
from pvo_kit.mail_logs.streams import Chained, Counted, Disk, Utf8, direct
from pvo_kit.mail_logs.telling import has_prompt, is_log
from pvo_kit.mail_logs.window import Stream, Window
from pvo_kit.sources import Source, SourceError, Unread, walk

_FIRST = 200  # lines whose header forms are learnt

Path: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True)
class Log:
    """A file that holds text, and how it is to be read, by its first lines.

    ``forms`` are the header forms in them; a file without any is for the plain reader alone.
    ``mixed`` tells that it holds more than log lines, ``column`` where a terminal cut its lines.
    ``dated`` is the first time with a year; ``starts`` are the headers that tell the first time.
    """

    file: str
    encoding: str
    forms: tuple[Form, ...]
    mixed: bool
    column: int | None
    dated: datetime | None
    starts: tuple[Header, ...]

    def years(self, year: int | None, dated: datetime | None) -> Years:
        """What gives its stamps their year; ``dated`` is a time with a year from the same set."""
        return Years(self.dated or dated or stamp_in_name(self.file), year)

    def first_time(self, year: int | None, dated: datetime | None) -> datetime:
        """Its first time, for the order in which files are read; without any it comes last."""
        local_time = self.years(year, dated).local_time
        return next(filter(None, map(local_time, self.starts)), datetime.max)


class LogFiles:
    """The files below some paths. ``unread`` are those that cannot be read."""

    def __init__(self, paths: Path | Iterable[Path], stdin: BinaryIO | None = None) -> None:
        """Look at the head of every file; raise InputError where there is nothing to read."""
        self._paths = expanded(paths)
        self._stdin = _spooled(stdin or sys.stdin.buffer) if "-" in self._paths else None
        self._disk = Disk(self._paths)
        self.unread: list[Unread] = []
        self.logs: dict[str, Log] = {}
        for item in self._walk():
            found = item if isinstance(item, Unread) else _look(item)
            if isinstance(found, Unread):
                self.unread.append(found)
            else:
                self.logs[found.file] = found
        if not self.logs:
            told = [f"{item.file} {item.reason}" for item in self.unread[:20]]
            raise InputError(
                "\n".join(["there is no log to read:", *(told or map(str, self._paths))])
            )

    def close(self) -> None:
        """Let go of standard input."""
        if self._stdin:
            self._stdin.close()

    @property
    def size(self) -> int | None:
        """Bytes in all of them; None where some are packed or come from standard input."""
        places = [self._disk.place(file) for file in self.logs]
        if self._stdin or not all(places):
            return None
        return sum(place.stat().st_size for place in places if place)

    def holder(self, file: str) -> pathlib.Path | None:
        """The file on disk that is this one, or the archive that it lies in."""
        return self._disk.holder(file)

    def in_order(self, year: int | None) -> tuple[datetime | None, list[str]]:
        """A time with a year from any of the files, and their names in the order of their times."""
        logs = sorted(self.logs.values(), key=lambda log: log.file)
        dated = None
        if not all(log.dated for log in logs):
            dated = next(filter(None, map(self._first_dated, logs)), None)
        order = sorted(logs, key=lambda log: (log.first_time(year, dated), log.file))
        return dated, [log.file for log in order]

    def _first_dated(self, log: Log) -> datetime | None:
        """The first time with a year of a whole file."""
        if log.dated:
            return log.dated
        for _, stream in self.opened([log.file]):
            if log.forms:
                return Finder(Window(stream), list(log.forms), Years(None, None)).first_dated()
            lines = text.lines(cast(BinaryIO, Counted(stream)), "utf-8")
            return first_dated(_whole(lines))
        return None

    def opened(self, order: Sequence[str]) -> Iterator[tuple[Log, Stream]]:
        """Yield these files in this order; a stream can be read until the next one is asked for."""
        left = list(order)
        while left:
            before = len(left)
            for item in self._walk():
                if left and isinstance(item, Source) and item.file == left[0]:
                    with ExitStack() as stack:
                        yield self.logs[left.pop(0)], self._stream(item, stack)
            if len(left) == before:  # it went away meanwhile
                self.unread.append(Unread(left.pop(0), "is no longer there; look where it went"))

    def _walk(self) -> Iterator[Source | Unread]:
        if self._stdin:
            self._stdin.seek(0)
        return walk(self._paths, stdin=self._stdin)

    def _stream(self, source: Source, stack: ExitStack) -> Stream:
        try:
            head = source.stream.read(text.HEAD)
        except SourceError:
            head = b""
        encoding = self.logs[source.file].encoding
        stream = Chained(head, direct(source, self._disk.place(source.file), head, stack))
        return stream if encoding == "utf-8" else Utf8(stream, encoding)


def expanded(paths: Path | Iterable[Path]) -> list[str]:
    """The paths as a list, with the files that a pattern (``mail.@2024*``) stands for."""
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not given:
        raise InputError("no log to read: give files, folders, archives or - (standard input)")
    result = list[str]()
    for path in (os.fspath(path) for path in given):
        found = [] if os.path.exists(path) else sorted(glob.glob(path, recursive=True))
        result += found or [path]
    return result


def _spooled(stdin: BinaryIO) -> BinaryIO:
    """Standard input in a file without a name: it is read more than once, and then is gone."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the set is)
    shutil.copyfileobj(stdin, spool)
    return spool


def _look(source: Source) -> Log | Unread:
    """How a file is to be read."""
    try:
        data = source.stream.read(text.HEAD)
    except SourceError as error:
        return Unread(source.file, str(error))
    found = text.detect(data, complete=len(data) < text.HEAD)
    if not data:
        return Unread(source.file, "is empty; ask for it again")
    if not found.encoding:
        return Unread(source.file, found.reason)
    lines = list(_whole(islice(text.lines(source.stream, found.encoding, data), HEAD)))
    mixed = not is_log(lines) or (len(lines) < HEAD and has_prompt(lines))
    return look(source.file, found.encoding, data, lines, mixed)


def look(file: str, encoding: str, data: bytes, lines: Sequence[str], mixed: bool) -> Log:
    """How a file is to be read, by its first bytes and its first lines."""
    column = cut_column(lines)
    feeds = "\n" in data[: text.HEAD].decode(encoding, "replace")
    forms = () if mixed or column or not feeds else _forms(lines[:_FIRST])
    return Log(file, encoding, forms, mixed, column, first_dated(lines), tuple(_starts(lines)))


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """The lines before damage, which is told when the file is read."""
    try:
        yield from lines
    except SourceError:
        return


def _forms(lines: Iterable[str]) -> tuple[Form, ...]:
    """The header forms of these lines, in the order of their first appearance."""
    known: dict[Form, None] = {}
    for line in lines:
        if form := learn(line, known):
            known[form] = None
    return tuple(known)


def _starts(lines: Iterable[str]) -> Iterator[Header]:
    """The headers up to the first one that has a time in any year."""
    for header in filter(None, (parse_header(normalise(line)) for line in lines)):
        if header.local_time:
            yield header
            if (header.local_time.month, header.local_time.day) != (2, 29):
                return
