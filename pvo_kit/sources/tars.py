"""The members of a tar, in the order in which they stand in it."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from tarfile import EOFHeaderError, HeaderError, ReadError, TarFile, TarInfo  # type: ignore[attr-defined]
from typing import BinaryIO, Self, cast

from pvo_kit.sources.members import Member
from pvo_kit.sources.names import decoded
from pvo_kit.sources.reasons import LINK, SPARSE, SPECIAL
from pvo_kit.sources.streams import Stream, exactly


class _Header(TarInfo):
    """A tar header that tells damage, which tarfile takes for the end of the archive."""

    @classmethod
    def fromtarfile(cls, tarfile: TarFile) -> Self:
        """Return the next header."""
        try:
            return super().fromtarfile(tarfile)
        except EOFHeaderError:  # the mark that ends a good archive
            raise
        except HeaderError as error:
            raise ReadError(str(error)) from error


def tar_members(stream: Stream) -> Iterator[Member]:
    """Yield the members of a tar while it goes by."""
    with tarfile.open(
        fileobj=cast(BinaryIO, stream),
        mode="r:",
        tarinfo=_Header,
        encoding="utf-8",
        errors="surrogateescape",
    ) as tar:
        while info := tar.next():
            name = decoded(info.name.encode("utf-8", "surrogateescape"))
            # tarfile goes on behind the member by itself, however much of it was read.
            yield Member(name, info.isdir(), _refusal(info), exactly(stream, info.size))


def _refusal(info: TarInfo) -> str:
    if info.issym() or info.islnk():
        return LINK
    if info.issparse():
        return SPARSE
    return "" if info.isreg() or info.isdir() else SPECIAL
