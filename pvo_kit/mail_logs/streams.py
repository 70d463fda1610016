"""The bytes of a log, as UTF-8 and as fast as the disk and a fast inflater give them.

``sources.walk`` gives every file as a careful stream, through archives of any depth. A plain file
or a ``.gz`` on disk is opened directly here, and read on through the careful stream from where the
direct way fails: it alone gives what stands before damage, and tells the damage.
"""

from __future__ import annotations

import codecs
import os
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from io import BufferedIOBase, RawIOBase
from pathlib import Path
from typing import BinaryIO

from isal import igzip

from pvo_kit import text
from pvo_kit.mail_logs.window import Stream
from pvo_kit.sources import LIMITS, Source, SourceError
from pvo_kit.sources.names import on_disk, unique

_GZIP = b"\x1f\x8b"
_BROKEN = (OSError, EOFError, ValueError, zlib.error)


class Chained:
    """Bytes that were read already, then a stream."""

    def __init__(self, head: bytes, rest: Stream) -> None:
        """Begin with the head."""
        self._head, self._rest = memoryview(head), rest

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer or the beginning of it."""
        if not self._head:
            return self._rest.readinto(buffer)
        count = min(len(self._head), len(buffer))
        buffer[:count], self._head = self._head[:count], self._head[count:]
        return count


class Careful:
    """The stream of a source, as it is."""

    def __init__(self, stream: BinaryIO) -> None:
        """Begin where the stream stands."""
        self._stream = stream

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the buffer or the beginning of it."""
        data = self._stream.read(min(len(buffer), text.BLOCK))
        buffer[: len(data)] = data
        return len(data)


class Direct:
    """A file on disk whose content is that of a source; ``packed`` is its size if it is a gz."""

    def __init__(
        self, file: RawIOBase | BufferedIOBase, careful: BinaryIO, packed: int | None
    ) -> None:
        """Begin where both stand, which is the same place."""
        self._file, self._careful, self._packed = file, careful, packed
        self._place = careful.tell()
        self._failed = False

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer or the beginning of it."""
        if not self._failed:
            try:
                count = self._file.readinto(buffer) or 0
                self._place += count
                if not self._is_bomb():
                    return count
                self._place -= count
            except _BROKEN:
                pass
            self._failed = True
            self._careful.seek(self._place)
        return Careful(self._careful).readinto(buffer)

    def _is_bomb(self) -> bool:
        return (
            self._packed is not None
            and self._place > LIMITS.free_bytes
            and self._place > LIMITS.ratio * self._packed
        )


class Counted:
    """A stream that counts what is read of it, for who takes bytes and for who fills a buffer."""

    def __init__(self, stream: Stream) -> None:
        """Begin where the stream stands."""
        self._stream = stream
        self.taken = 0

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Fill the buffer or the beginning of it."""
        count = self._stream.readinto(buffer)
        self.taken += count or 0
        return count

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes."""
        buffer = bytearray(size)
        count = self.readinto(memoryview(buffer)) or 0
        return bytes(buffer[:count])


class Utf8:
    """Text of another encoding as UTF-8; what the encoding does not know stands as U+FFFD."""

    def __init__(self, stream: Stream, encoding: str) -> None:
        """Begin at the beginning of the stream."""
        self._stream, self._decoder = stream, codecs.getincrementaldecoder(encoding)("replace")
        self._block = bytearray(text.BLOCK)
        self._ready = memoryview(b"")
        self._damage: SourceError | None = None
        self._ended = False

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the buffer or the beginning of it."""
        while not self._ready and not self._ended:
            count = self._more()
            self._ended = not count
            told = self._decoder.decode(self._block[:count], self._ended)
            self._ready = memoryview(told.encode("utf-8", "replace"))
        if not self._ready and self._damage:
            raise self._damage
        count = min(len(self._ready), len(buffer))
        buffer[:count], self._ready = self._ready[:count], self._ready[count:]
        return count

    def _more(self) -> int:
        try:
            return self._stream.readinto(memoryview(self._block)) or 0
        except SourceError as error:  # told behind what was read
            self._damage = error
            return 0


def decoded(head: bytes, rest: BinaryIO, encoding: str) -> Stream:
    """Bytes that were read already and the stream of the rest, as UTF-8."""
    stream = Chained(head, Careful(rest))
    return stream if encoding == "utf-8" else Utf8(stream, encoding)


class Disk:
    """Where the files that ``walk(paths)`` names lie on disk, as far as they lie there as such."""

    def __init__(self, paths: Sequence[str | os.PathLike[str]]) -> None:
        """Give the same paths as to ``walk``."""
        seen: dict[str, int] = {}
        self._paths: dict[str, Path] = {}
        for path in (os.fspath(path) for path in paths):
            name = unique(on_disk(Path(os.path.abspath(path)).name or path), seen)
            self._paths[name] = Path(path)

    def place(self, file: str) -> Path | None:
        """The path of a file; None where there is none, because it lies in an archive."""
        path, below = self._split(file)
        if path is None:
            return None
        place = path if path.is_file() else path / below
        return place if place.is_file() else None

    def holder(self, file: str) -> Path | None:
        """The path of a file, or of the archive that it lies in."""
        path, below = self._split(file)
        for part in below.split("/"):
            if path is None or path.is_file():
                break
            path /= part
        return path if path and path.is_file() else None

    def _split(self, file: str) -> tuple[Path | None, str]:
        """The path given that a file lies below, and its way from there."""
        if len(self._paths) == 1:
            return next(iter(self._paths.values())), file
        top, _, below = file.partition("/")
        return self._paths.get(top), below


def direct(source: Source, place: Path | None, head: bytes, stack: ExitStack) -> Stream:
    """What follows the head that was read of a source: read directly where that can be done.

    What is opened for it is closed with the stack.
    """
    if place:
        try:
            file = stack.enter_context(place.open("rb", buffering=0))
            if file.read(len(_GZIP)) == _GZIP:
                unpacked = stack.enter_context(igzip.open(place, "rb"))
                if unpacked.read(len(head)) == head:
                    return Direct(unpacked, source.stream, place.stat().st_size)
            file.seek(0)
            if file.read(len(head)) == head:
                return Direct(file, source.stream, None)
        except _BROKEN:
            pass
    return Careful(source.stream)
