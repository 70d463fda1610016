"""From paths to files: every file below them, through archives, as a stream with a name.

    walk(paths) ──▶ Source(file, stream)   a file, to be read before the next one is asked for
                └─▶ Unread(file, reason)   something that cannot be read, and the way out

Archives (zip, tar, tar.gz, gz) are known by their content. What can go wrong while a stream is
read (damage, a bomb) is a ``SourceError`` of its ``read``, raised behind the bytes that were good.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import stat
import struct
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tarfile import HeaderError, ReadError, TarFile
from typing import BinaryIO, NamedTuple, Self, cast

from pvo_kit.errors import PvoError


class SourceError(PvoError):
    """A stream that broke while it was read; the message is a reason as in ``Unread``."""


@dataclass(frozen=True)
class Limits:
    """How far archives are followed; what is beyond is refused as a bomb.

    ``depth`` counts the archives inside a PATH (a PATH that is an archive counts like a folder).
    A member may expand ``ratio`` times once it is beyond ``free_bytes``. ``total_bytes`` and
    ``members`` hold for an archive together with the archives in it.
    """

    depth: int = 3
    ratio: int = 200
    free_bytes: int = 64 << 20
    total_bytes: int = 64 << 30
    members: int = 100_000


@dataclass(frozen=True)
class Source:
    """A file that can be read, until the next item is asked for."""

    file: str
    stream: BinaryIO


@dataclass(frozen=True)
class Unread:
    """A file that cannot be read. ``reason`` goes on where its name ends: ``is encrypted; ...``."""

    file: str
    reason: str
    digest: str | None = None


LIMITS = Limits()
_BLOCK = 1 << 18
_PIECE = 1 << 10  # of packed data: zlib gives nothing of a piece that holds damage
_HEAD = 1 << 16
_IN_MEMORY = 16 << 20
_UNPACK = "unpack it and give the folder"
_AGAIN = "ask for it again"
_LINK = "is a link; give the file that it points to"
_SPECIAL = "is a pipe, a socket or a device; write its content to a file and give that"
_OUTSIDE = "has a path that leads out of its archive; unpack it by hand if it is meant to be there"
_LOCAL, _LOCAL_MAGIC = struct.Struct("<4s5H3I2H"), b"PK\3\4"  # what stands before a zip member
_ENCRYPTED, _SIZE_BEHIND, _UTF8 = 0x1, 0x8, 0x800  # flags of a zip member
_DAMAGE = (
    SourceError,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
)


def walk(
    paths: Sequence[str | os.PathLike[str]], limits: Limits = LIMITS, stdin: BinaryIO | None = None
) -> Iterator[Source | Unread]:
    """Yield every file below the paths; ``-`` is standard input.

    Paths come in the order given, the files of a folder or a zip sorted, those of a tar as they
    stand in it. Several paths each give their last component as the first of the names.
    """
    seen: dict[str, int] = {}
    for path in (os.fspath(path) for path in paths):
        last = path if path == "-" else Path(os.path.abspath(path)).name or path
        name = _unique(_printable(_decoded_name(os.fsencode(last))), seen)
        prefix = "" if len(paths) == 1 else f"{name}/"
        yield from _path(path, _Place(name, prefix, 0, _Budget(limits)), stdin)


# Names


def _unique(name: str, seen: dict[str, int]) -> str:
    """Return the name, with ``~2`` and so on behind it where it was seen before."""
    result = name
    while result in seen:
        seen[name] += 1
        result = f"{name}~{seen[name]}"
    seen[result] = 1
    return result


_JAPANESE = re.compile("[\u3005\u3041-\u30ff\u4e00-\u9fff]{2}")


def _decoded_name(raw: bytes, other: str = "") -> str:
    """Decode a name: UTF-8, else CP932 if it gives Japanese, else ``other`` (or surrogates)."""
    for encoding in ("utf-8", "cp932"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # One accent before a letter looks like a kanji in CP932: only two in a row are Japanese.
        if encoding == "utf-8" or _JAPANESE.search(name):
            return name
    return raw.decode(other) if other else raw.decode("utf-8", "surrogateescape")


def _printable(name: str) -> str:
    """Escape what changes or hides the text around it: controls, directions, unknown bytes."""
    return "".join(
        _escaped(c) if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c
        for c in name
    )


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is in no encoding
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode()


_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(.*[/\\])?\.\.([/\\]|$)", re.DOTALL)


def _below(name: str) -> str:
    """Return a member's path without empty parts and dots."""
    return _printable("/".join(part for part in name.split("/") if part not in ("", ".")))


# Streams


class _Stream(io.BufferedIOBase):
    """Blocks of bytes as a stream that reads forward; an error comes behind the good bytes."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
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
            except _DAMAGE as error:
                self._error = _source_error(error)
                break
            if block is None:
                break
            self._buffer += block
        return bytes(self._buffer[:size])

    def read(self, size: int | None = -1, /) -> bytes:
        """Return up to ``size`` bytes, fewer only at the end or before an error."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_BLOCK), b""))
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
        while self._position < offset and self.read(min(offset - self._position, _BLOCK)):
            pass
        return self._position


def _source_error(error: Exception) -> SourceError:
    """Return the error as a sentence that follows the file's name."""
    if isinstance(error, SourceError):
        return error
    if isinstance(error, PermissionError):
        return SourceError("may not be read; ask for the right to read it")
    if isinstance(error, OSError) and error.errno is not None:
        return SourceError(f"cannot be read ({error.strerror}); copy it to a local folder")
    if isinstance(error, EOFError):
        return SourceError(f"is cut off: it ends too early; {_AGAIN}")
    return SourceError(f"is damaged ({_printable(str(error))}); {_AGAIN}")


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: stream.read(_BLOCK), b"")


class _Pieces:
    """A stream that is read in small pieces; see ``_PIECE``."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes."""
        return self._stream.read(min(size, _PIECE))


def _gunzipped(stream: _Stream) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=cast(BinaryIO, _Pieces(stream)), mode="rb") as unpacked:
        # read1, because read would lose what it has when the next piece is damaged.
        yield from iter(lambda: unpacked.read1(_BLOCK), b"")


def _digest(stream: BinaryIO | _Stream) -> str | None:
    digest = sha256()
    try:
        while block := stream.read(_BLOCK):
            digest.update(block)
    except _DAMAGE:
        return None
    return digest.hexdigest()


# Limits


@dataclass
class _Budget:
    """What was taken out of one archive and the archives in it so far."""

    limits: Limits
    unpacked: int = 0
    members: int = 0

    def refusal(self) -> str:
        """Return why the archive is not read any further, or an empty string."""
        if self.unpacked > self.limits.total_bytes:
            return f"holds more than {self.limits.total_bytes:,} bytes; {_UNPACK}"
        if self.members > self.limits.members:
            return f"holds more than {self.limits.members:,} members; {_UNPACK}"
        return ""

    def watch(self, blocks: Iterator[bytes], packed: Callable[[], int]) -> Iterator[bytes]:
        """Pass on what is unpacked from ``packed`` bytes until it is beyond a limit."""
        size = 0
        for block in blocks:
            size += len(block)
            self.unpacked += len(block)
            if size > self.limits.free_bytes and size > self.limits.ratio * packed():
                raise SourceError(
                    f"expands more than {self.limits.ratio} times, as a bomb does; {_UNPACK}"
                )
            if self.unpacked > self.limits.total_bytes:
                raise SourceError(self.refusal())
            yield block


class _Place(NamedTuple):
    """A file, the prefix of what lies in it if it is an archive, and how deep it lies."""

    name: str
    prefix: str
    level: int
    budget: _Budget


class _Member(NamedTuple):
    """A member of an archive; its bytes can be had until the next one is asked for."""

    name: str
    folder: bool
    refusal: str
    blocks: Iterator[bytes]


# Paths


def _path(path: str, place: _Place, stdin: BinaryIO | None) -> Iterator[Source | Unread]:
    """Yield the files of one PATH."""
    if path == "-":
        yield from _content(place, _Stream(_blocks(stdin or sys.stdin.buffer)))
        return
    try:
        mode = os.stat(path).st_mode
    except PermissionError as error:
        yield Unread(place.name, str(_source_error(error)))
    except (OSError, ValueError):  # ValueError: a NUL in the path
        yield Unread(place.name, "does not exist; check the path")
    else:
        if stat.S_ISDIR(mode):
            yield from _folder(os.path.realpath(path), place)
        elif stat.S_ISREG(mode):
            yield from _disk(path, place)
        else:
            yield Unread(place.name, _SPECIAL)


def _folder(path: str, place: _Place) -> Iterator[Source | Unread]:
    """Yield the files below a folder, sorted; links are not followed."""
    limits, seen = place.budget.limits, dict[str, int]()
    waiting = [(path, place.prefix.removesuffix("/"))]
    while waiting:
        path, name = waiting.pop()
        try:
            status = os.lstat(path)
            if stat.S_ISDIR(status.st_mode) and not _is_junction(status):
                below = sorted(os.listdir(path), reverse=True)
                waiting += [(os.path.join(path, last), _joined(name, last)) for last in below]
                continue
        except OSError as error:
            yield Unread(name or place.name, str(_source_error(error)))
            continue
        name = _unique(name, seen)
        if stat.S_ISREG(status.st_mode):
            yield from _disk(path, _Place(name, f"{name}/", 1, _Budget(limits)))
        elif stat.S_ISLNK(status.st_mode) or stat.S_ISDIR(status.st_mode):
            yield Unread(name, _LINK)
        else:
            yield Unread(name, _SPECIAL)


def _joined(folder: str, last: str) -> str:
    name = _printable(_decoded_name(os.fsencode(last)))
    return f"{folder}/{name}" if folder else name


def _is_junction(status: os.stat_result) -> bool:
    """Tell whether a folder is a junction, the link of Windows that lstat takes for a folder."""
    return getattr(status, "st_reparse_tag", 0) == 0xA0000003


def _disk(path: str, place: _Place) -> Iterator[Source | Unread]:
    """Yield a file on disk, or the files in it."""
    try:
        with open(path, "rb") as file:
            yield from _content(place, _Stream(_blocks(file)), file)
    except OSError as error:
        yield Unread(place.name, str(_source_error(error)))


# Archives


def _kind(head: bytes) -> str:
    """Tell by its first bytes whether a file is a zip, tar, tar.gz or gz, else an empty string."""
    if head.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
        return "zip"
    if head.startswith(b"\x1f\x8b\x08"):
        try:
            content = zlib.decompressobj(31).decompress(head, tarfile.BLOCKSIZE)
        except zlib.error:
            content = b""
        return "tar.gz" if _is_tar(content) else "gz"
    return "tar" if _is_tar(head[: tarfile.BLOCKSIZE]) else ""


def _is_tar(block: bytes) -> bool:
    if block[257:262] == b"ustar":
        return True
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")  # an old one: by its checksum
    except tarfile.TarError:
        return False
    return True


def _content(
    place: _Place, stream: _Stream, file: BinaryIO | None = None
) -> Iterator[Source | Unread]:
    """Yield the stream as a file or, if it is an archive, the files in it.

    ``file`` is the file on disk that the stream comes from, if it comes straight from there.
    """
    kind = _kind(stream.peek(_HEAD))
    depth = place.budget.limits.depth
    if not kind:
        yield Source(place.name, cast(BinaryIO, stream))
    elif place.level > depth:
        yield Unread(
            place.name, f"lies more than {depth} archives deep; {_UNPACK}", _digest(stream)
        )
    elif kind == "gz":
        unpacked = _Stream(place.budget.watch(_gunzipped(stream), stream.tell))
        yield from _content(place._replace(level=place.level + 1), unpacked)
    elif kind == "zip":
        yield from _zip(place, stream, file)
    else:
        yield from _tar(place, kind, stream, file)


def _zip(place: _Place, stream: _Stream, file: BinaryIO | None) -> Iterator[Source | Unread]:
    """Yield the files in a zip; one in an archive is spooled first, for a zip needs seeks."""
    if file:
        top = _top(place, _zip_members(file, place.budget), file) if place.level == 0 else ""
        yield from _members(place, _zip_members(file, place.budget), top, file)
        return
    try:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            for block in iter(lambda: stream.read(_BLOCK), b""):
                spool.write(block)
            spooled = cast(BinaryIO, spool)
            yield from _members(place, _zip_members(spooled, place.budget), "", spooled)
    except _DAMAGE as error:
        yield Unread(place.name, str(_source_error(error)))


def _tar(
    place: _Place, kind: str, stream: _Stream, file: BinaryIO | None
) -> Iterator[Source | Unread]:
    """Yield the files in a tar as they come by; nothing is unpacked to disk."""
    top = ""
    if file and place.level == 0:  # twice through it: the names come first
        file.seek(0)
        budget = _Budget(place.budget.limits)
        top = _top(place, _tar_members(_tar_stream(kind, _Stream(_blocks(file)), budget)), file)
        file.seek(0)
        stream = _Stream(_blocks(file))
    members = _tar_members(_tar_stream(kind, stream, place.budget))
    yield from _members(place, members, top, file)


def _tar_stream(kind: str, stream: _Stream, budget: _Budget) -> _Stream:
    blocks = _gunzipped(stream) if kind == "tar.gz" else _blocks(cast(BinaryIO, stream))
    return _Stream(budget.watch(blocks, stream.tell))


_SUFFIX = re.compile(r"\.(zip|tar|tgz|tar\.gz)$", re.IGNORECASE)


def _top(place: _Place, members: Iterator[_Member], file: BinaryIO) -> str:
    """Return the folder that all members of a PATH lie below, if it is named like the archive.

    Without it, ``case.zip`` gives the names that its folder ``case`` gives.
    """
    stem = _below(_decoded_name(os.fsencode(_SUFFIX.sub("", os.path.basename(file.name)))))
    found = ""
    try:
        for member in islice(members, place.budget.limits.members):
            name = _below(member.name)
            if not (name.startswith(f"{stem}/") or (member.folder and name in ("", stem))):
                return ""
            found = f"{stem}/"
    except _DAMAGE:
        pass  # told when the archive is read; the names before it decide
    return found


def _members(
    place: _Place, members: Iterator[_Member], top: str, file: BinaryIO | None
) -> Iterator[Source | Unread]:
    """Yield the members of an archive, each as a file or, if it is an archive, the files in it."""
    budget, seen = place.budget, dict[str, int]()
    try:
        for member in members:
            budget.members += 1
            if refusal := budget.refusal():
                yield Unread(place.name, refusal)
                return
            outside = _LEADS_OUT.match(member.name)
            if member.folder and not outside:
                continue
            name = _printable(member.name) if outside else _below(member.name).removeprefix(top)
            name = _unique(place.prefix + name, seen)
            if refusal := _OUTSIDE if outside else member.refusal:
                yield Unread(name, refusal)
            else:
                inner = _Place(name, f"{name}/", place.level + 1, budget)
                yield from _content(inner, _Stream(member.blocks))
    except _DAMAGE as error:
        digest = None
        if file and not seen:  # nothing came out of it: the archive itself is what there is
            file.seek(0)
            digest = _digest(file)
        yield Unread(place.name, str(_source_error(error)), digest)


def _exactly(stream: BinaryIO | _Stream, size: int, piece: int) -> Iterator[bytes]:
    """Yield the next ``size`` bytes of a stream in pieces."""
    while size > 0:
        block = stream.read(min(size, piece))
        if not block:
            raise EOFError
        size -= len(block)
        yield block


# Tar


class _Header(tarfile.TarInfo):
    """A tar header that tells damage, which tarfile takes for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile: TarFile) -> Self:
        """Return the next header."""
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # the mark that ends a good archive
                raise
            raise ReadError(str(error)) from error


def _tar_members(stream: _Stream) -> Iterator[_Member]:
    with tarfile.open(
        fileobj=cast(BinaryIO, stream),
        mode="r:",
        tarinfo=_Header,
        encoding="utf-8",
        errors="surrogateescape",
    ) as tar:
        while info := tar.next():
            refusal = ""
            if info.issym() or info.islnk():
                refusal = _LINK
            elif info.issparse():
                refusal = f"is stored with holes (sparse); {_UNPACK}"
            elif not (info.isreg() or info.isdir()):
                refusal = _SPECIAL
            yield _Member(
                _decoded_name(info.name.encode("utf-8", "surrogateescape")),
                info.isdir(),
                refusal,
                _exactly(stream, info.size, _BLOCK),
            )


# Zip


class _Entry(NamedTuple):
    """What a zip says about a member; ``crc`` is None where it is not known."""

    name: str
    flags: int
    method: int
    crc: int | None
    packed: int
    offset: int
    mode: int = 0


def _zip_members(file: BinaryIO, budget: _Budget) -> Iterator[_Member]:
    size = file.seek(0, os.SEEK_END)
    damage = None
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [_entry(info) for info in archive.infolist()]
    except _DAMAGE:
        damage = SourceError(f"is cut off or damaged: its list of members is missing; {_AGAIN}")
        entries = _salvaged(file, size)
    if any(entry.name == "[Content_Types].xml" for entry in entries):
        raise SourceError("is an Office document; save it as plain text and give that")
    for entry in sorted(entries, key=lambda entry: entry.name.split("/")):
        blocks = budget.watch(_zip_data(file, entry), partial(min, entry.packed, size))
        yield _Member(entry.name, entry.name.endswith("/"), _zip_refusal(entry), blocks)
    if damage:
        raise damage


def _entry(info: zipfile.ZipInfo) -> _Entry:
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        name = _decoded_name(name.encode("cp437"), "cp437")
    if info.create_system == 0:
        name = name.replace("\\", "/")
    mode = info.external_attr >> 16 if info.create_system == 3 else 0
    packed, offset = info.compress_size, info.header_offset
    return _Entry(name, info.flag_bits, info.compress_type, info.CRC, packed, offset, mode)


def _zip_refusal(entry: _Entry) -> str:
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFLNK:
        return _LINK
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return _SPECIAL
    if entry.flags & _ENCRYPTED:
        return "is encrypted; unpack it with its password and give the folder"
    if entry.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is packed by a method that is not supported ({entry.method}); {_UNPACK}"
    return ""


def _zip_data(file: BinaryIO, entry: _Entry) -> Iterator[bytes]:
    """Yield a member's content. zipfile would keep back what stands before the damage."""
    file.seek(entry.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
        raise zipfile.BadZipFile("no header before the member")
    *_, name, extra = _LOCAL.unpack(header)
    file.seek(name + extra, os.SEEK_CUR)
    if entry.method == zipfile.ZIP_DEFLATED and entry.packed:
        blocks = _inflated(_exactly(file, entry.packed, _PIECE))
    else:
        blocks = _exactly(file, entry.packed, _BLOCK)
    crc = 0
    for block in blocks:
        crc = zlib.crc32(block, crc)
        yield block
    if entry.crc not in (None, crc):
        raise zipfile.BadZipFile("wrong checksum")


def _inflated(blocks: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for block in blocks:
        while data := unpacker.decompress(block, _BLOCK):
            yield data
            block = unpacker.unconsumed_tail
        if unpacker.eof:
            return
    raise EOFError


def _salvaged(file: BinaryIO, size: int) -> list[_Entry]:
    """Return the members of a zip that lost its list of them, by the header before each."""
    entries = list[_Entry]()
    offset = 0
    while True:
        file.seek(offset)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
            return entries
        _, _, flags, method, _, _, crc, packed, _, name_size, extra = _LOCAL.unpack(header)
        raw = file.read(name_size)
        name = raw.decode("utf-8", "replace") if flags & _UTF8 else _decoded_name(raw, "cp437")
        start = offset + _LOCAL.size + name_size + extra
        end = start + packed
        if flags & _SIZE_BEHIND or packed == 0xFFFFFFFF:
            if method == zipfile.ZIP_STORED:  # nothing tells where it ends
                return entries
            end, crc = _next_header(file, start, size), None
        entries.append(_Entry(name, flags, method, crc, end - start, offset))
        offset = end


def _next_header(file: BinaryIO, start: int, size: int) -> int:
    file.seek(start)
    before = b""
    for block in _blocks(file):
        window = before + block
        if (found := window.find(_LOCAL_MAGIC)) >= 0:
            return start + found
        before = window[-3:]
        start += len(window) - len(before)
    return size
