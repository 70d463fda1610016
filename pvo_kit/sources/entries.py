"""What a zip says about its members: in its list of them or, without one, before each."""

from __future__ import annotations

import struct
import zipfile
from typing import IO, NamedTuple

from pvo_kit.sources.names import decoded
from pvo_kit.sources.reasons import DAMAGE
from pvo_kit.sources.streams import blocks

ENCRYPTED = 0x1  # a flag of a member
_SIZE_BEHIND, _UTF8 = 0x8, 0x800  # two more
_WINDOWS, _UNIX = 0, 3  # systems that a zip comes from
_SIZE_ELSEWHERE = 0xFFFFFFFF  # in a zip of more than 4 GiB

_LOCAL = struct.Struct("<4s5H3I2H")
_LOCAL_MAGIC = b"PK\3\4"


class Entry(NamedTuple):
    """What is said about a member; ``crc`` is None where it is not known, ``mode`` 0."""

    name: str
    flags: int
    method: int
    crc: int | None
    packed: int
    offset: int
    mode: int = 0


class Local(NamedTuple):
    """The header that stands before a member, its name and its extra fields."""

    magic: bytes
    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name_size: int
    extra_size: int


def local_header(file: IO[bytes], offset: int) -> Local | None:
    """Return the header at an offset, or None where none stands; the name is read next."""
    file.seek(offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
        return None
    return Local._make(_LOCAL.unpack(header))


def listed(file: IO[bytes]) -> list[Entry] | None:
    """Return the members in the list at the end of a zip, or None where it is missing."""
    try:
        with zipfile.ZipFile(file) as archive:
            return [_entry(info) for info in archive.infolist()]
    except DAMAGE:
        return None


def _entry(info: zipfile.ZipInfo) -> Entry:
    name = info.orig_filename
    if not info.flag_bits & _UTF8:
        name = decoded(name.encode("cp437"), "cp437")
    if info.create_system == _WINDOWS:
        name = name.replace("\\", "/")
    return Entry(
        name,
        info.flag_bits,
        info.compress_type,
        info.CRC,
        info.compress_size,
        info.header_offset,
        info.external_attr >> 16 if info.create_system == _UNIX else 0,
    )


def salvaged(file: IO[bytes], size: int) -> list[Entry]:
    """Return the members of a zip that lost its list of them, by the header before each."""
    entries: list[Entry] = []
    offset = 0
    while local := local_header(file, offset):
        raw = file.read(local.name_size)
        name = raw.decode("utf-8", "replace") if local.flags & _UTF8 else decoded(raw, "cp437")
        start = offset + _LOCAL.size + local.name_size + local.extra_size
        crc: int | None = local.crc
        end = start + local.packed
        if local.flags & _SIZE_BEHIND or local.packed == _SIZE_ELSEWHERE:
            if local.method == zipfile.ZIP_STORED:  # nothing tells where it ends
                break
            crc, end = None, _next_header(file, start, size)
        entries.append(Entry(name, local.flags, local.method, crc, end - start, offset))
        offset = end
    return entries


def _next_header(file: IO[bytes], start: int, size: int) -> int:
    """Return where the next member begins, or the size of the file."""
    file.seek(start)
    before = b""
    for block in blocks(file):
        window = before + block
        if (found := window.find(_LOCAL_MAGIC)) >= 0:
            return start + found
        before = window[-3:]
        start += len(window) - len(before)
    return size
