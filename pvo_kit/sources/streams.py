"""Bytes that come in blocks, as a stream that only reads forward."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO, Protocol, cast

from pvo_kit.sources.reasons import DAMAGE, SourceError, reason

BLOCK = 1 << 18
PIECE = 1 << 10  # of packed data: zlib gives nothing of a piece that holds damage


class Readable(Protocol):
    """Whatever gives up to ``size`` bytes at a time, and none at its end."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes."""


class Stream(io.BufferedIOBase):
    """Blocks of bytes as a stream; an error comes behind the good bytes, as a SourceError."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        """Start before the first block."""
        self._blocks = blocks
        self._buffer = bytearray()
        self._error: SourceError | None = None
        self._position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def peek(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end or before an error, without moving on."""
        while len(self._buffer) < size and self._error is None:
            try:
                block = next(self._blocks, None)
            except DAMAGE as error:
                self._error = SourceError(reason(error))
                break
            if block is None:
                break
            self._buffer += block
        return bytes(self._buffer[:size])

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, fewer only at the end or before an error."""
        if size is None or size < 0:
            return b"".join(blocks(self))
        data = self.peek(size)
        if size and not data and self._error:
            raise self._error
        del self._buffer[: len(data)]
        self._position += len(data)
        return data

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._position

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Read on to an offset further on."""
        if whence or offset < self._position:
            raise io.UnsupportedOperation("this stream only reads forward")
        while self._position < offset and self.read(min(offset - self._position, BLOCK)):
            pass
        return self._position


def blocks(stream: Readable) -> Iterator[bytes]:
    """Yield what is left of a stream."""
    return iter(lambda: stream.read(BLOCK), b"")


def exactly(stream: Readable, size: int, piece: int = BLOCK) -> Iterator[bytes]:
    """Yield the next ``size`` bytes of a stream in pieces."""
    while size > 0:
        block = stream.read(min(size, piece))
        if not block:
            raise EOFError
        size -= len(block)
        yield block


class _Pieces:
    """A stream that is read in small pieces; see ``PIECE``."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        return self._stream.read(min(size, PIECE))


def gunzipped(stream: Readable) -> Iterator[bytes]:
    """Yield the content of a gz."""
    with gzip.GzipFile(fileobj=cast(BinaryIO, _Pieces(stream)), mode="rb") as unpacked:
        # read1, because read would lose what it has when the next piece is damaged.
        yield from iter(lambda: unpacked.read1(BLOCK), b"")


def digest(stream: Readable) -> str | None:
    """Return the SHA-256 of what is left of a stream, or None where that cannot be read."""
    found = sha256()
    try:
        for block in blocks(stream):
            found.update(block)
    except DAMAGE:
        return None
    return found.hexdigest()
