"""What a walk gives: files that can be read, and what cannot be, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias


@dataclass(frozen=True)
class Source:
    """A file that can be read, until the next item is asked for.

    ``packed`` names what it was taken out of and the archive's format, the outermost first; a gz
    has the name of the file in it.
    """

    file: str
    stream: BinaryIO
    packed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Unread:
    """A file that cannot be read. ``reason`` goes on where its name ends: ``is encrypted; ...``."""

    file: str
    reason: str
    digest: str | None = None


Items: TypeAlias = Iterator[Source | Unread]
