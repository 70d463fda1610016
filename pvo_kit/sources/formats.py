"""Which archive a file is, by its first bytes."""

from __future__ import annotations

import tarfile
import zlib
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["zip", "tar", "tar.gz", "gz"]

HEAD = 1 << 16  # bytes that decide it

_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_GZ = b"\x1f\x8b\x08"


def archive_format(head: bytes) -> Format | None:
    """Tell which archive begins like this, or None for any other file."""
    if head.startswith(_ZIP):
        return "zip"
    if head.startswith(_GZ):
        return "tar.gz" if _is_tar(_first_block(head)) else "gz"
    return "tar" if _is_tar(head[: tarfile.BLOCKSIZE]) else None


def _first_block(head: bytes) -> bytes:
    """Return the first bytes in a gz, none where it is damaged."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, tarfile.BLOCKSIZE)
    except zlib.error:
        return b""


def _is_tar(block: bytes) -> bool:
    if block[257:262] == b"ustar":
        return True
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")  # an old one: by its checksum
    except tarfile.TarError:
        return False
    return True
