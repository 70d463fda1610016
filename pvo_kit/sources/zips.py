"""The members of a zip, sorted, with what stands before the damage in each.

zipfile only reads the list: it would keep back the good bytes of a damaged member, and give nothing
of a zip that is cut off.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from pvo_kit.sources import entries, reasons
from pvo_kit.sources.entries import Entry
from pvo_kit.sources.limits import Budget
from pvo_kit.sources.members import Member
from pvo_kit.sources.reasons import SourceError
from pvo_kit.sources.streams import BLOCK, PIECE, exactly


def zip_members(file: IO[bytes], budget: Budget) -> Iterator[Member]:
    """Yield the members of a zip; those that can be saved, where its list of them is missing."""
    size = file.seek(0, os.SEEK_END)
    listed = entries.listed(file)
    found = entries.salvaged(file, size) if listed is None else listed
    if any(entry.name == "[Content_Types].xml" for entry in found):
        raise SourceError(reasons.OFFICE)
    for entry in sorted(found, key=lambda entry: entry.name.split("/")):
        yield _member(file, entry, size, budget)
    if listed is None:
        raise SourceError(reasons.UNLISTED)


def _member(file: IO[bytes], entry: Entry, size: int, budget: Budget) -> Member:
    packed = min(entry.packed, size)  # a bomb declares more than there is
    content = budget.watch(_content(file, entry), lambda: packed)
    return Member(entry.name, entry.name.endswith("/"), _refusal(entry), content)


def _refusal(entry: Entry) -> str:
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFLNK:
        return reasons.LINK
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return reasons.SPECIAL
    if entry.flags & entries.ENCRYPTED:
        return reasons.ENCRYPTED
    if entry.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is packed by a method that is not supported ({entry.method}); {reasons.UNPACK}"
    return ""


def _content(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    """Yield what a member holds; its checksum is told behind it."""
    local = entries.local_header(file, entry.offset)
    if not local:
        raise zipfile.BadZipFile("no header before the member")
    file.seek(local.name_size + local.extra_size, os.SEEK_CUR)
    if entry.method == zipfile.ZIP_DEFLATED and entry.packed:
        blocks = _inflated(exactly(file, entry.packed, PIECE))
    else:
        blocks = exactly(file, entry.packed)
    crc = 0
    for block in blocks:
        crc = zlib.crc32(block, crc)
        yield block
    if entry.crc not in (None, crc):
        raise zipfile.BadZipFile("wrong checksum")


def _inflated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in pieces:
        while data := unpacker.decompress(piece, BLOCK):
            yield data
            piece = unpacker.unconsumed_tail
        if unpacker.eof:
            return
    raise EOFError
