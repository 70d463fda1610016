"""Files that are there whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path
from uuid import uuid4

from pvo_kit.errors import PvoError

DRAFT = ".draft-"
"""What the names of files begin with that are not finished; a later run removes those left over."""

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class DiskFull(PvoError):  # noqa: N818 - what happened, in the words of the person who reads it
    """There is no room for a result; everything that was there before is still whole."""


def write(path: Path, data: bytes) -> None:
    """Write beside the file, then rename: a full disk or a kill leaves what was there.

    Two processes that write the same file at once do no harm. Raises DiskFull, or OSError.
    """
    draft = path.with_name(f"{DRAFT}{uuid4().hex}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise DiskFull(f"{path.name}: the disk is full") from None
        raise


def left_over(folder: Path) -> list[Path]:
    """Return the drafts in a folder and in the folders in it, left by a run that was killed."""
    return sorted({*folder.glob(f"{DRAFT}*"), *folder.glob(f"*/{DRAFT}*")})
